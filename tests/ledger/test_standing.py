"""Bills, months, due dates and debts say what the ledger says, to the rupiah."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.choices import DIFFERENCE_KINDS
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger.rules import BEARER
from kkpd.ledger.standing import Standing, bill_state, due_term, standing
from kkpd.models import BarisBank, Dokumen, Penyelesaian, Tagihan, Transaksi
from kkpd.oversight import due as due_dates
from kkpd.oversight import monitoring, this_month, todo
from kkpd.payment import liabilities
from kkpd.payment import pay as payment_pay
from kkpd.payment import repay as payment_repay
from kkpd.payment.liability_rules import RULES
from kkpd.reconciliation import differences
from kkpd.reconciliation import month as reconciliation_month
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    LULUS,
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    due_bill,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW

CITRA, DEWI = ACTORS["citra"], ACTORS["dewi"]
DAYS = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def books(session: Session, day: date = DAYS) -> Standing:
    return standing(session, [DINKES], day)


def bill(session: Session, days: int = 5) -> Tagihan:
    """October's bill, due so many days from today."""
    return due_bill(session, DAYS + timedelta(days=days))


def approve(session: Session, folder: Path, *rows: Transaksi, **changes: Any) -> None:
    diperiksa(session, folder, *rows)
    for row in rows:
        approval_decide.decide(session, DEWI, setuju(row, **changes), NOW)


def pay(session: Session, folder: Path, day: date = DAYS) -> Dokumen:
    """Issue the DPT of October's bill and take it to the bank."""
    office = penerbit(folder)
    issued = dpt.issue_dpt(session, DEWI, DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, office, NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        paper = payment_pay.RecordStep(issued.id, langkah, f"{langkah}/{issued.id}", day)
        payment_pay.record(session, ACTORS[who], paper, NOW)
    return issued


def tell(session: Session, line: BarisBank, jenis: str, day: date | None = None) -> int:
    words = differences.Explain(line.id, jenis, None, f"tentang {jenis}", None, day)
    return differences.explain_difference(session, CITRA, DINKES, words, NOW).id


def settle(session: Session, folder: Path, rupiah: int, **about: Any) -> Penyelesaian:
    given: dict[str, Any] = {"penanggung": "pemegang"} | about
    command = payment_repay.Repay(
        opd_id=DINKES, tanggal=DAYS, nilai=Rupiah.of(rupiah), nomor_bukti="STS/1", **given
    )
    return payment_repay.record(session, CITRA, command, Store(folder), 10**6, NOW)


def refund(session: Session, folder: Path, origin: Transaksi, rupiah: int, nomor: int = 9) -> Any:
    row = berbukti(session, folder, nomor, rupiah=-rupiah, asal_id=origin.id)
    diperiksa(session, folder, row)
    approval_decide.decide(session, DEWI, setuju(row), NOW)
    return row


def owed(session: Session, day: date = DAYS) -> dict[str, liabilities.Liability]:
    return {one.jenis: one for one in liabilities.listing(session, CITRA, DINKES, 2026, day)}


class TestBill:
    """One bill: where each rupiah is, and when it is lunas."""

    def test_lunas_only_when_every_rupiah_has_ended(self, session: Session, tmp_path: Path) -> None:
        found, row = bill(session), berbukti(session, tmp_path)
        stamp = baris_bank(session, 10_000)[0]
        approve(session, tmp_path, row)
        told = tell(session, stamp, "meterai")
        issued = pay(session, tmp_path)
        state = bill_state(session, books(session), found.id)
        assert state is not None
        assert {one.place: one.amount.sen // 100 for one in state.rows} == {
            "dpt": 750_000,
            "up_tunai": 10_000,
            "open": 0,
        }
        assert total(one.amount for one in state.rows) == state.block.total
        (wait,) = [one for row in state.rows for one in row.waits]
        assert (wait.stage, wait.left, wait.until) == (
            "up_tunai", Rupiah.of(10_000), found.jatuh_tempo,
        )  # fmt: skip
        assert (state.block.settled, state.block.lines, state.papers) == (
            False, 2, ((issued.id, issued.nomor),),
        )  # fmt: skip
        settle(session, tmp_path, 10_000, selisih_id=told, penanggung="up_tunai")
        assert books(session).blocks[found.id].settled

    def test_overdue_only_while_something_is_owed_to_the_bank(
        self, session: Session, tmp_path: Path
    ) -> None:
        found, late = bill(session, 2), DAYS + timedelta(days=9)
        row = berbukti(session, tmp_path)
        approve(session, tmp_path, row)
        before = due_term(list(books(session, late).blocks.values()), late)
        assert before is not None
        assert (before.dibayar, before.day, before.sisa) == (False, -7, row.nilai)
        pay(session, tmp_path)
        after = due_term([books(session, late).blocks[found.id]], late)
        assert after is not None
        assert (after.dibayar, after.day, after.sisa) == (True, 2, ZERO)


class TestMonth:
    """Bulan ini says what was bought and what the bill asks."""

    def month(self, session: Session) -> this_month.MonthOverview:
        headline = reconciliation_month.working(session, CITRA, DINKES, OKTOBER).summary
        return this_month.month_overview(session, CITRA, DINKES, OKTOBER, headline, books(session))

    def test_a_paid_month_is_done_although_a_purchase_waits_for_its_bill(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path, 1)
        waiting = berbukti(session, tmp_path, 2, rupiah=125_000)
        approve(session, tmp_path, row)
        pay(session, tmp_path)
        month = self.month(session)
        assert (month.selesai, len(month.langkah)) == (9, 9)
        assert (month.purchased, month.requested) == (row.nilai + waiting.nilai, row.nilai)
        assert month.pending == (1, waiting.nilai)


class TestDue:
    """What is due, and for whom."""

    def due(self, session: Session) -> dict[str, due_dates.DueDate]:
        return {one.jenis: one for one in due_dates.due_dates(session, CITRA, DINKES, DAYS)}

    def test_a_bill_in_two_files_is_due_as_a_whole_and_stays_after_a_part_is_paid(
        self, session: Session, tmp_path: Path
    ) -> None:
        bill(session)
        first, second = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2)
        approve(session, tmp_path, first)
        diperiksa(session, tmp_path, second)
        assert self.due(session)["tagihan"].nilai == first.nilai + second.nilai
        pay(session, tmp_path)
        assert self.due(session)["tagihan"].nilai == second.nilai
        approval_decide.decide(session, DEWI, setuju(second), NOW)
        pay(session, tmp_path)
        assert "tagihan" not in self.due(session)

    def test_a_holders_debt_and_a_waiting_difference_are_their_owners(
        self, session: Session, tmp_path: Path
    ) -> None:
        found, row = bill(session), berbukti(session, tmp_path)
        stamp = baris_bank(session, 10_000)[0]
        approve(session, tmp_path, row, nilai=Rupiah.of(700_000), alasan="kelebihan hitung")
        tell(session, stamp, "meterai")
        due = self.due(session)
        assert (due["kembali"].nilai, due["kembali"].whose) == (Rupiah.of(50_000), row.pemegang_id)
        assert (due["selisih"].nilai, due["selisih"].due_day) == (
            Rupiah.of(10_000),
            found.jatuh_tempo,
        )
        mine = {one.jenis: one.nilai for one in todo.to_do(session, ACTORS["ani"], DAYS)}
        assert mine["kembali"] == Rupiah.of(50_000)
        hers = {one.jenis: one.nilai for one in todo.to_do(session, CITRA, DAYS)}
        assert hers["tanggungan"] == Rupiah.of(10_000)
        assert "kembali" not in hers


class TestDebts:
    """What holders, UP Tunai and the bank owe."""

    def refused(self, session: Session, folder: Path) -> Transaksi:
        row = berbukti(session, folder)
        no = {**LULUS, 5: "tidak"}
        approve(session, folder, row, keputusan="tolak", jawaban=no, alasan="Belanja pribadi")
        return row

    def test_a_refund_lessens_what_the_holder_owes(self, session: Session, tmp_path: Path) -> None:
        row = self.refused(session, tmp_path)
        refund(session, tmp_path, row, 250_000)
        one = owed(session)["ditolak"]
        assert (one.nilai, one.returned, one.sisa) == (
            row.nilai, Rupiah.of(250_000), Rupiah.of(500_000),
        )  # fmt: skip
        settle(session, tmp_path, 500_000, transaksi_id=row.id)
        assert row.status == "dibayar_pribadi"

    def test_what_came_back_after_he_had_paid_is_owed_to_him(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = self.refused(session, tmp_path)
        settle(session, tmp_path, 750_000, transaksi_id=row.id)
        first, second = (refund(session, tmp_path, row, amount, amount) for amount in (100, 50))
        found = liabilities.listing(session, CITRA, DINKES, 2026, DAYS)
        back = {one.transaksi_id: one.sisa for one in found if one.jenis == "kembali_pemegang"}
        assert back == {first.id: Rupiah.of(100), second.id: Rupiah.of(50)}
        settle(session, tmp_path, 100, transaksi_id=first.id, penanggung="bank")
        assert [one.sisa for one in found if one.jenis == "ditolak"] == [ZERO]
        left = [one.left for one in books(session).parts if one.waits]
        assert left == [Rupiah.of(-50)]

    def test_two_refunds_after_part_was_paid_are_one_debt(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = self.refused(session, tmp_path)
        settle(session, tmp_path, 700_000, transaksi_id=row.id)
        for amount in (30_000, 40_000):
            refund(session, tmp_path, row, amount, amount)
        waiting = [part for part in books(session).parts if part.waits]
        assert total(part.left for part in waiting) == Rupiah.of(-20_000)

    def test_the_list_adds_up_to_what_the_ledger_says_waits(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = self.refused(session, tmp_path)
        refund(session, tmp_path, row, 50_000)
        for line, jenis in zip(baris_bank(session, 10_000, 20_000, -5_000), (
            "meterai", "tanpa_belanja", "refund_ditunggu",
        ), strict=True):  # fmt: skip
            tell(session, line, jenis)
        waits = total(abs(part.left) for part in books(session).parts if part.waits)
        found = liabilities.listing(session, CITRA, DINKES, 2026, DAYS)
        assert total(one.sisa for one in found) == waits == Rupiah.of(735_000)

    def test_every_kind_of_difference_can_be_settled_by_whom_the_ledger_names(self) -> None:
        words = {"holder": "pemegang", "up_tunai": "up_tunai", "bank": "bank"}
        assert set(DIFFERENCE_KINDS) <= RULES.keys()
        for kind, bearer in BEARER.items():
            assert words[bearer] in RULES[kind].penanggung


def test_monitoring_counts_what_dpts_carry(session: Session, tmp_path: Path) -> None:
    first, _second = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2)
    approve(session, tmp_path, first, nilai=Rupiah.of(700_000), alasan="kelebihan hitung")
    pay(session, tmp_path)
    (row,) = monitoring.watch_opds(session, DEWI, 2026, DAYS)
    assert row.bulan[9].belanja == row.year_quarters[3].belanja == Rupiah.of(700_000)
    assert ledger.owed(books(session).parts) == Rupiah.of(750_000)
