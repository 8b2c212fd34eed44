"""A purchase typed wrong is made what the bank says, and linked, in one act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import BarisBank, Cocok, Event, Transaksi
from kkpd.reconciliation import correct
from kkpd.reconciliation import month as look
from kkpd.reconciliation.correct import CorrectPurchase, correct_and_link, differing
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, diperiksa, shortlist
from tests.worlds.office import KARTU_DINAS, NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def slips(session: Session, line: BarisBank) -> tuple[str, ...]:
    """What the page offers to correct of the first candidate."""
    rows = look.month_lines(session, CITRA, DINKES, OKTOBER)
    shown = next(row for row in rows if row.id == line.id)
    return differing(shown, shortlist(session, CITRA, DINKES, OKTOBER, line.id)[0])


def asked(line: BarisBank, row: Transaksi, *fields: str, **changes: Any) -> CorrectPurchase:
    return replace(CorrectPurchase(line.id, row.id, row.versi, fields, line.nilai), **changes)


def test_an_amount_is_corrected_with_its_history(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=640_000)
    (line,) = baris_bank(session, 604_000)
    assert slips(session, line) == ("nilai",)
    correct_and_link(session, CITRA, DINKES, asked(line, row, "nilai"), NOW)
    assert (row.nilai, row.status) == (Rupiah.of(604_000), "berbukti")
    link = session.scalars(select(Cocok)).one()
    assert (link.baris_bank_id, link.transaksi_id, link.nilai) == (line.id, row.id, line.nilai)
    event_log.append_queued(session)
    trail = event_log.event_trail(session, DINKES, f"transaksi:{row.id}")
    changed = [one for one in trail if one.jenis == "belanja:transaksi:ubah"]
    assert ("nilai", 64_000_000, 60_400_000) in changed[0].perubahan
    kinds = list(session.scalars(select(Event.jenis)))
    assert kinds.count("cocok:baris:pasangkan") == len(changed) == 1


def test_a_card_takes_its_holder_along(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=604_000, kartu_id=KARTU_DINAS)
    (line,) = baris_bank(session, 604_000)
    correct_and_link(session, CITRA, DINKES, asked(line, row, "kartu_id"), NOW)
    assert (row.kartu_id, row.pemakai_id) == (line.kartu_id, row.pemegang_id)


def test_a_day_is_asked_only_where_all_else_agrees(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=604_000, tanggal=date(2026, 10, 12))
    line, other = baris_bank(session, 604_000, 605_000)
    assert slips(session, line) == ("tanggal",)
    assert slips(session, other) == ("nilai",)
    correct_and_link(session, CITRA, DINKES, asked(line, row, "tanggal"), NOW)
    assert row.tanggal == line.tanggal_transaksi


def test_what_is_put_forward_says_who_acts_first(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=640_000)
    diperiksa(session, tmp_path, row, tagih=False)
    (line,) = baris_bank(session, 604_000)
    with pytest.raises(Conflict, match="PPTK mengembalikannya dahulu"):
        correct_and_link(session, CITRA, DINKES, asked(line, row, "nilai"), NOW)
    assert row.nilai == Rupiah.of(640_000)


def test_what_changed_meanwhile_is_told(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=640_000)
    (line,) = baris_bank(session, 604_000)
    for command in (
        asked(line, row, "nilai", versi=7),
        asked(line, row, "nilai", terlihat=Rupiah.of(1)),
        asked(line, row),
        asked(line, row, "rekening"),
    ):
        with pytest.raises(Conflict):
            correct_and_link(session, CITRA, DINKES, command, NOW)
    assert session.scalars(select(Cocok)).all() == []


def test_only_who_records_and_decides_may(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=640_000)
    (line,) = baris_bank(session, 604_000)
    for name in ("ani", "budi", "dewi", "eko"):  # eko is another OPD's treasurer
        with pytest.raises((Forbidden, NotFound)):
            correct_and_link(session, ACTORS[name], DINKES, asked(line, row, "nilai"), NOW)
    assert correct.OPEN_STATES == ("tercatat", "berbukti")
