"""`kkpd analyze TEST --tahun N`: frozen rows, event, working paper, and the same answer again."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kkpd import cli
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.money import Rupiah
from kkpd.core.proof.events import LogEvent
from kkpd.models import Dokumen, Event, Orang
from tests.cast import ORANG
from tests.engines.audit import other_hand
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import bank_billed, baris_bank, berbukti

pytestmark = pytest.mark.usefixtures("opened_here")


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with three purchases, one of them billed, and a bank line without any."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("KKPD_INSTANCE", str(folder))
    monkeypatch.delenv("KKPD_DATABASE_URL", raising=False)
    engine = create_engine(f"sqlite:///{folder / 'kkpd.sqlite3'}")
    upgrade(engine)
    with writing(engine, EVERY_OPD) as session:
        belanja_dunia.enter(session)
        rows = [berbukti(session, folder, n, nilai=Rupiah.of(n * 111_000)) for n in (1, 2, 3)]
        bank_billed(session, folder, rows[0])
        baris_bank(session, 75_000, keterangan="=1+1", merchant="", mcc="7995")
    engine.dispose()
    return folder


def _told(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Any:
    assert cli.main(["analyze", *map(str, words), "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def _refusal(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert cli.main(["analyze", *map(str, words)]) == 2
    return capsys.readouterr().err


def _books(folder: Path) -> Any:
    engine = create_engine(f"sqlite:///{folder / 'kkpd.sqlite3'}")
    with reading(engine, EVERY_OPD) as session:
        kinds = select(Event).where(Event.jenis == "laporan:analisis:jalan").order_by(Event.id)
        found = [LogEvent.from_bytes(row.isi) for row in session.scalars(kinds)]
        papers = list(session.scalars(select(Dokumen.nomor)))
    engine.dispose()
    return found, papers


def test_the_population_is_every_payment_once(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _told(capsys, "bulat", "--tahun", "2026", "--out", tmp_path / "hasil")
    data = (tmp_path / "hasil" / "populasi.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [
        *("transaksi:1", "transaksi:2", "transaksi:3", "baris_bank:2")
    ]
    assert [row["nilai"] for row in rows] == ["111000.00", "222000.00", "333000.00", "75000.00"]
    assert rows[3]["vendor"] == "'=1+1"  # harmless in a spreadsheet
    assert told["populasi"] == {"sha256": sha256(data).hexdigest(), "baris": 4, "rupiah": 741_000}
    assert told["berkas"] == ["bulat.json", "bulat.pdf", "bulat.xlsx", "populasi.csv"]


def test_the_event_keeps_hash_seed_and_options(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "hasil"
    told = _told(
        capsys, *("mus", "--tahun", "2026", "--opd", "dinkes", "--materialitas", "300000"),
        *("--out", out),
    )  # fmt: skip
    (event,), _ = _books(instance)
    kept = event.after
    assert kept["populasi"] == told["populasi"]["sha256"]
    assert (kept["benih"], kept["materialitas"], kept["uji"]) == (told["seed"], "300000", ["mus"])
    again = tmp_path / "lagi.csv"
    words = ("mus", "--file", out / "populasi.csv", "--materialitas", "300000")
    same = _told(capsys, *words, "--seed", str(told["seed"]), "--out", again)
    assert again.read_bytes() == (out / "sampel.csv").read_bytes()
    assert same == told["hasil"]["mus"]


def test_a_finding_names_the_rows_of_the_books(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _told(capsys, "mcc", "--tahun", "2026", "--out", tmp_path / "hasil")
    (found,) = told["hasil"]["mcc"]["temuan"]
    assert (found["id"], found["baris"]) == (["baris_bank:2"], [5])


def test_findings_become_cases_once(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("mcc", "--tahun", "2026", "--kasus", "--out", tmp_path / "hasil")
    assert _told(capsys, *words)["kasus_baru"] == 1
    assert _told(capsys, *words)["kasus_baru"] == 0
    assert cli.main(("cases", "list", "--json")) == 0
    listed = json.loads(capsys.readouterr().out)
    (case,) = [one for one in listed if one["aturan"] == "analisis_mcc"]
    assert (case["rupiah"], case["baris"]) == (75_000, [10])
    assert "tindakan ini" in _refusal(capsys, *words, "--oleh", "gilang")


def test_every_test_at_once(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _told(capsys, "all", "--tahun", "2026", "--out", tmp_path / "hasil")
    assert told["hasil"]["mus"]["materialitas"] == 741_000 * 2 // 100
    assert [*told["hasil"]] == [
        *("split", "ganda", "dekat-batas", "bulat", "libur", "mcc", "vendor", "harga"),
        "akhir-tahun",
        *("benford-1", "benford-2", "benford-12", "benford-akhir2", "mus"),
    ]
    for name in told["hasil"]:
        assert (tmp_path / "hasil" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert json.loads((tmp_path / "hasil" / f"{name}.json").read_bytes()) == told["hasil"][name]


def test_the_working_paper_is_issued_when_it_is_complete(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("vendor", "--tahun", "2026", "--terbit", "--out", tmp_path / "hasil")
    engine = create_engine(f"sqlite:///{instance / 'kkpd.sqlite3'}")
    with writing(engine, EVERY_OPD) as session:
        session.execute(
            update(Orang).where(Orang.id == ORANG["fitri"]).values(nip=None, pangkat="")
        )
    assert "NIP" in _refusal(capsys, *words)
    assert not (tmp_path / "hasil").exists()
    with writing(engine, EVERY_OPD) as session:
        session.execute(
            update(Orang)
            .where(Orang.id == ORANG["fitri"])
            .values(nip="19820304 200604 2 002", pangkat="Penata (III/c)")
        )
    engine.dispose()
    _told(capsys, *words)
    _, papers = _books(instance)
    assert papers == ["0001/KERTAS-KERJA-KKPD/SEMUA/XII/2026"]
    paper, key = tmp_path / "hasil" / "vendor.pdf", instance / "log_key.pub"
    assert cli.main(["verify", str(paper), "--key", str(key)]) == 0


def _package(instance: Path, path: Path) -> Callable[[str], list[dict[str, str]]]:
    """Tables of the audit package of the year, by name."""
    words = ("package", "--opd", "dinkes", "--periode", "2026", "--out", str(path))
    assert cli.main(words) == 0
    archive = zipfile.ZipFile(path)
    (place,) = {str(Path(one).parent) for one in archive.namelist() if one.endswith("belanja.csv")}

    def table(name: str) -> list[dict[str, str]]:
        data = archive.read(f"{place}/{name}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(data)))

    return table


def _again(table: Callable[[str], list[dict[str, str]]]) -> list[dict[str, str]]:
    """The frozen rows as the working paper tells a stranger to make them."""
    cards = {one["id"]: one["nomor_akhir"] for one in table("kartu")}
    lines = {one["id"]: one for one in table("baris_bank")}
    pairs = [one for one in table("cocok") if not one["dicabut_at"]]
    made = []
    for one in table("belanja"):
        if one["status"] == "dibatalkan":
            continue
        paid = [int(two["baris_bank_id"]) for two in pairs if two["transaksi_id"] == one["id"]]
        line = lines[str(min(paid))] if paid else {"mcc": "", "referensi": ""}
        made.append(
            {
                "id": f"transaksi:{one['id']}",
                "tanggal": one["tanggal"],
                "nilai": one["nilai"],
                "kartu": cards[one["kartu_id"]],
                "vendor": one["merchant"],
                "nota": one["nota"],
                "mcc": line["mcc"],
                "kode_rekening": one["rekening"],
                "referensi": line["referensi"],
                "uraian": one["uraian"],
                "harga_satuan": one["harga_satuan"],
            }
        )
    taken = {one["baris_bank_id"] for one in pairs}
    for key, one in lines.items():
        if one["jenis"] in ("belanja", "refund") and key not in taken:
            made.append(
                {
                    "id": f"baris_bank:{key}",
                    "tanggal": one["tanggal_transaksi"] or one["tanggal_posting"],
                    "nilai": one["nilai"],
                    "kartu": one["kartu_akhir"],
                    "vendor": one["merchant"] or one["keterangan"],
                    "nota": "",
                    "mcc": one["mcc"],
                    "kode_rekening": "",
                    "referensi": one["referensi"],
                    "uraian": "",
                    "harga_satuan": "",
                }
            )
    return made


def test_a_stranger_computes_it_again_from_the_audit_package_alone(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows from the package's tables; sample and digits by arithmetic that is not the program's."""
    out = tmp_path / "hasil"
    words = ("--tahun", "2026", "--opd", "dinkes", "--materialitas", "300000", "--seed", "7")
    told = _told(capsys, "all", *words, "--out", out)["hasil"]
    table = _package(instance, tmp_path / "paket.zip")
    rows = _again(table)
    frozen = csv.DictReader(io.StringIO((out / "populasi.csv").read_text("utf-8-sig")))
    assert [{key: one[key] for key in rows[0]} for one in frozen] == rows

    amounts = [Decimal(one["nilai"]) for one in rows]
    width = Decimal(other_hand.interval(300_000, 0, 0.95))
    point = Decimal(random.Random(7).random()) * min(width, sum(amounts))
    drawn, running = [], Decimal()
    for one, amount in zip(rows, amounts, strict=True):
        running += amount
        if amount >= width or running > point:
            drawn.append(one["id"])
        while running > point:
            point += width
    sample = csv.DictReader(io.StringIO((out / "sampel.csv").read_text("utf-8-sig")))
    assert [one["id"] for one in sample] == drawn
    assert len(drawn) == told["mus"]["sampel"]

    first = Counter(int(str(amount)[0]) for amount in amounts)
    for digit in told["benford-1"]["digit"]:
        assert digit["teramati"] == pytest.approx(first[digit["digit"]] / len(amounts), abs=1e-12)
        assert digit["harapan"] == pytest.approx(math.log10(1 + 1 / digit["digit"]), abs=1e-12)


def test_what_is_refused(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", tmp_path / "hasil")
    assert "Sebut satu sumber" in _refusal(capsys, "bulat")
    assert "Sebut satu sumber" in _refusal(capsys, "bulat", "--tahun", "2026", "--file", "x.csv")
    assert "--out" in _refusal(capsys, "bulat", "--tahun", "2026")
    assert "tahun 2031" in _refusal(capsys, "bulat", "--tahun", "2031", *out)
    assert "OPD" in _refusal(capsys, "bulat", "--tahun", "2026", "--opd", "entah", *out)
    assert "tindakan ini" in _refusal(capsys, "bulat", "--tahun", "2026", *out, "--oleh", "citra")
    assert "--tahun" in _refusal(capsys, "bulat", "--file", "x.csv", *out)
    (tmp_path / "hasil").write_text("")
    assert "adalah berkas" in _refusal(capsys, "bulat", "--tahun", "2026", *out)
