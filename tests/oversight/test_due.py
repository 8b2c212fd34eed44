"""What is due: bills, debits, spending, differences; the calendar that days are counted on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.errors import DomainError, Forbidden, Unreadable
from kkpd.core.money import Rupiah
from kkpd.core.reference_row import ReferenceRow
from kkpd.engines.watch.shapes import Hit
from kkpd.models import BarisBank, Case, Setelan, Tagihan, Transaksi
from kkpd.organisation import holidays as calendar
from kkpd.oversight import due
from kkpd.oversight.cases import open_from_hits
from kkpd.payment import pay as payment_pay
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    LULUS,
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW, brought, setelan

DAYS = NOW.date()
SKB = "SKB 3 Menteri contoh"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def rows(*days: tuple[str, str]) -> list[ReferenceRow]:
    return [
        ReferenceRow(number, {"tanggal": day, "nama": name})
        for number, (day, name) in enumerate(days, 2)
    ]


class TestLibur:
    """A year's calendar from a file."""

    def test_the_year_becomes_what_the_file_says(self, session: Session) -> None:
        who = ACTORS["joko"]
        given = rows(("2026-10-22", "Contoh"), ("23/10/2026", "Cuti bersama"))
        assert calendar.load_data(session, who, given, 2026, SKB, NOW) == calendar.HolidayLoad(
            2, 0, 0
        )
        assert calendar.load_data(session, who, given, 2026, SKB, NOW) == calendar.HolidayLoad(
            0, 0, 2
        )
        again = calendar.load_data(session, who, rows(("22-10-2026", "Lain")), 2026, SKB, NOW)
        assert again == calendar.HolidayLoad(1, 1, 0)
        assert calendar.days_off(session, 2026) == {date(2026, 10, 22): "Lain"}
        assert calendar.days_off(session) == calendar.days_off(session, 2026)
        assert calendar.days_off(session, 2027) == {}

    @pytest.mark.parametrize(
        ("given", "basis", "sentence"),
        [
            ([("2027-01-01", "Tahun baru")], SKB, "bukan tahun 2026"),
            ([("2026-02-30", "Tiada")], SKB, "bukan tanggal"),
            ([("2026-05-01", "A"), ("01/05/2026", "B")], SKB, "sudah ada di atasnya"),
            ([("2026-05-01", " ")], SKB, "nama hari libur"),
            ([], SKB, "Tidak ada hari libur"),
            ([("2026-05-01", "A")], " ", "dasar hukumnya"),
        ],
    )
    def test_what_is_no_calendar(
        self, session: Session, given: list[tuple[str, str]], basis: str, sentence: str
    ) -> None:
        with pytest.raises(DomainError, match=sentence) as refused:
            calendar.load_data(session, ACTORS["joko"], rows(*given), 2026, basis, NOW)
        assert basis.strip() == "" or isinstance(refused.value, Unreadable)

    def test_only_the_administrator(self, session: Session) -> None:
        with pytest.raises(Forbidden):
            calendar.load_data(session, ACTORS["citra"], rows(("2026-05-01", "A")), 2026, SKB, NOW)


def _due(session: Session) -> dict[str, due.DueDate]:
    return {one.jenis: one for one in due.due_dates(session, ACTORS["citra"], DINKES, DAYS)}


def test_nothing_is_due_where_nothing_was_bought(session: Session) -> None:
    assert _due(session) == {}


def test_a_case_is_due_until_it_is_answered(session: Session) -> None:
    (line,) = baris_bank(session, 250_000)
    hit = Hit("judi", "salah", (line.id,), line.nilai, "kartu:1/judi", "Kata.", "-", "UU 1")
    open_from_hits(session, DINKES, [hit], NOW)
    case = session.scalars(select(Case)).one()

    def shown() -> list[due.DueDate]:
        found = due.due_dates(session, ACTORS["fitri"], DINKES, DAYS)
        return [one for one in found if one.jenis == "kasus"]

    (one,) = shown()
    assert (one.kunci, one.due_day, one.nilai) == (str(case.id), case.jatuh_tempo, line.nilai)
    assert one.uraian == "judi"
    case.status = "dijawab"
    session.flush()
    assert shown() == []


def test_spending_counts_from_its_oldest_day(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path)
    assert "belanja" not in _due(session)
    setelan(session, "settle_within_days", "50")
    found = _due(session)["belanja"]
    assert (found.nilai, found.uraian, found.periode) == (Rupiah.of(750_000), "1", OKTOBER)
    assert (found.due_day - DAYS).days < 50


def test_a_debit_is_due_working_days_after_the_sp2d(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    diperiksa(session, tmp_path, row)
    approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    office = penerbit(tmp_path)
    issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, office, NOW)
    paper = payment_pay.RecordStep(issued.id, "sp2d", "SP2D/1", DAYS)
    payment_pay.record(session, ACTORS["lukman"], paper, NOW)
    assert "debet" not in _due(session)
    setelan(session, "days_to_pay_after_funds", "2")
    holiday = rows((DAYS.replace(day=DAYS.day + 1).isoformat(), "Contoh"))
    calendar.load_data(session, ACTORS["joko"], holiday, 2026, SKB, NOW)
    found = _due(session)["debet"]
    assert (found.due_day, found.sisa) == (date(2026, 10, 23), 2)
    debit = payment_pay.RecordStep(issued.id, "bayar", "B/1", DAYS)
    payment_pay.record(session, ACTORS["citra"], debit, NOW)
    assert "debet" not in _due(session)


def test_a_bill_is_due_until_it_is_paid_or_explained(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    plain = baris_bank(session, 1_000)[0]
    bill = Tagihan(
        opd_id=DINKES,
        tahun=2026,
        bulan=10,
        jenis="final",
        identitas="ef" * 32,
        berkas_id=plain.berkas_id,
        at=NOW,
        oleh_id=1,
        jatuh_tempo=DAYS.replace(day=19),
    )
    session.add(bill)
    session.flush()
    brought(session, bill)
    first, second = _lines(session, plain, bill.id, 750_000, 10_000)
    late = _due(session)["tagihan"]
    assert (late.nilai, late.sisa) == (Rupiah.of(760_000), -1)
    words = differences.Explain(
        second.id, "meterai", None, "Bea meterai dari UP Tunai", None, DAYS.replace(day=19)
    )
    differences.explain_difference(session, ACTORS["citra"], DINKES, words, NOW)
    reconciliation_decide.pair_up(
        session, ACTORS["citra"], DINKES, reconciliation_decide.LinkUp(first.id, (row.id,)), NOW
    )
    found = _due(session)
    assert found["tagihan"].nilai == Rupiah.of(750_000)
    assert (found["selisih"].sisa, found["selisih"].dasar) == (-1, "meterai")
    _refuse(session, tmp_path, row)
    assert "tagihan" not in _due(session)


def _lines(session: Session, plain: BarisBank, tagihan_id: int, *amounts: int) -> list[BarisBank]:
    """Lines of a bill that has a due date."""
    made = [
        BarisBank(
            opd_id=DINKES,
            tahun=2026,
            bulan=10,
            tagihan_id=tagihan_id,
            kunci_dasar=f"{number:x}" * 64,
            kejadian=1,
            jenis="belanja",
            nilai=Rupiah.of(amount),
            keterangan="SUMBER REJEKI MEDAN ID",
            merchant="SUMBER REJEKI MEDAN ID",
            berkas_id=plain.berkas_id,
            baris=number,
        )
        for number, amount in enumerate(amounts, 11)
    ]
    session.add_all(made)
    session.flush()
    return made


def _refuse(session: Session, folder: Path, row: Transaksi) -> None:
    """Refused: then the holder owes it, not the budget."""
    diperiksa(session, folder, row)
    no = {**LULUS, 5: "tidak"}
    command = approval_decide.SixTestsDecision(
        row.id, row.versi, no, "tolak", None, "Belanja pribadi"
    )
    approval_decide.decide(session, ACTORS["dewi"], command, NOW)


def test_the_settings_are_of_the_day(session: Session) -> None:
    setelan(session, "settle_within_days", "tidak tentu")
    assert _due(session) == {}
    assert session.query(Setelan).count() > 0
