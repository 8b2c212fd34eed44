"""An audit package of the same books is the same file: on any day, in any zone, by anybody."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.moments import parse_span
from kkpd.models import BarisBank, Dokumen
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import periods
from kkpd.records.custody import Store
from kkpd.reports.package import make as package_make
from kkpd.reports.package.make import record_download
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import ambil, csv, kepala_tagihan
from tests.worlds.chain_steps import OKTOBER, SIGNER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW

BARIS = ("14/10/2026", "15/10/2026", "4821", "SUMBER REJEKI MEDAN", "750.000,00", "DB")
LATER = NOW + timedelta(days=40)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def books(engine: Engine, tmp_path: Path) -> Engine:
    """October with a purchase on a DPT and its bill, closed."""
    with writing(engine, EVERY_OPD) as session:
        row = berbukti(session, tmp_path, 1)
        bill = csv([BARIS], *kepala_tagihan("750.000,00", "750.000,00"))
        ambil(session, tmp_path / "berkas", bill, now=NOW)
        command = reconciliation_decide.LinkUp(
            session.scalars(select(BarisBank.id)).one(), (row.id,)
        )
        reconciliation_decide.pair_up(session, ACTORS["citra"], DINKES, command, NOW)
        diperiksa(session, tmp_path, row)
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
        dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
        periods.close(session, ACTORS["citra"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
    return engine


def packed(engine: Engine, folder: Path, now: datetime) -> bytes:
    """The package as an auditor takes it on that day, the taking away noted too."""
    out, gilang = io.BytesIO(), ACTORS["gilang"]
    stores = (Store(folder / "berkas"), Store(folder / "arsip"))
    name = package_make.build(
        engine, gilang, ("dinkes", parse_span("2026-10")), stores, SIGNER, out, now
    )
    with writing(engine, EVERY_OPD) as session:
        record_download(session, gilang, DINKES, name, "ab" * 32, now)
    return out.getvalue()


def elsewhere(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setenv("LC_ALL", "C" if "Kiritimati" in zone else "id_ID.UTF-8")
    time.tzset()


def test_a_closed_month_is_the_same_package_on_any_day(
    books: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch, "Pacific/Kiritimati")
    first = packed(books, tmp_path, LATER)
    elsewhere(monkeypatch, "America/Los_Angeles")
    with writing(books, EVERY_OPD) as session:  # another month goes on
        berbukti(session, tmp_path, 2)
    assert packed(books, tmp_path, LATER + timedelta(days=200)) == first
    monkeypatch.undo()
    time.tzset()
    with zipfile.ZipFile(io.BytesIO(first)) as made:
        assert len({info.date_time for info in made.infolist()}) == 1
        drafts = [one for one in made.namelist() if one.startswith("laporan/rancangan/")]
        assert "laporan/rancangan/rekap.pdf" in drafts
    with writing(books, EVERY_OPD) as session:  # what concerns the month is another package
        paper = session.scalars(select(Dokumen.id).where(Dokumen.jenis == "dpt")).one()
        payment_pay.issue(session, ACTORS["dewi"], paper, "npd", penerbit(tmp_path), LATER)
    changed = packed(books, tmp_path, LATER)
    assert changed != first
    for data in (first, changed):
        checks_itself(tmp_path, data)


def checks_itself(folder: Path, data: bytes) -> None:
    """The verifier of the package, alone with the standard library and no environment."""
    target, script = folder / "paket.zip", folder / "periksa.py"
    target.write_bytes(data)
    script.write_bytes(zipfile.ZipFile(target).read("periksa.py"))
    key = SIGNER.public_key.hex()
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(target), "--kunci", key],
        env={}, capture_output=True, text=True, check=False, cwd=os.sep,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, ""), run.stdout


def test_an_open_month_is_the_same_until_something_happens(engine: Engine, tmp_path: Path) -> None:
    with writing(engine, EVERY_OPD) as session:
        berbukti(session, tmp_path, 1)
    first = packed(engine, tmp_path, NOW)
    assert packed(engine, tmp_path, datetime(2027, 2, 3, tzinfo=UTC)) == first
    with writing(engine, EVERY_OPD) as session:
        berbukti(session, tmp_path, 2)
    changed = packed(engine, tmp_path, NOW)
    assert changed != first
    checks_itself(tmp_path, changed)
