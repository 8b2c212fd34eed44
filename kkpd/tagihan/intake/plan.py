"""What taking a bank file in would do, decided before anything is written.

The preview shows this plan, and taking in writes exactly it: which lines are new, known (and by
which line of the books) or left out with a reason, and to which bill and month each goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, Finding, Unreadable
from kkpd.engines.reading.statement import Statement
from kkpd.ledger.booking_month import Month
from kkpd.tagihan import bill_arithmetic
from kkpd.tagihan import bill_groups as kelompok
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bill_arithmetic import PrintedTotals, totals_by_key
from kkpd.tagihan.identity import agreement_of, place
from kkpd.tagihan.intake import reworded_lines
from kkpd.tagihan.intake.file_lines import tidied
from kkpd.tagihan.intake.plan_shapes import BillGroup, IntakePlan, KnownLine


def compose(
    session: Session,
    opd_id: int,
    summary: Statement,
    *,
    jenis: str | None,
    periode: Month | None,
    this_day: date,
) -> IntakePlan:
    """The plan for this file. Raises Unreadable, and DomainError for a bill of others.

    Open questions are left to the caller: the preview shows them, taking in refuses.
    """
    if summary.unread:
        raise Unreadable(summary.unread)
    if not (summary.lines or summary.questions or kelompok.real_bills(summary.bills)):
        raise Unreadable(
            "Berkas ini tidak memuat satu pun baris transaksi. "
            "Periksa apakah berkas yang diunduh dari bank benar."
        )
    jenis = _kind(jenis, summary)
    named = {one.card_last4 for one in summary.lines} | {one.card_last4 for one in summary.bills}
    cards = {digits for digits in named if digits}
    own = tagihan_known_lines.own_cards(session, opd_id)
    plan = IntakePlan(
        lines=list(map(tidied, summary.lines)),
        summary=summary,
        jenis=jenis,
        kelompok=_groups(session, opd_id, jenis, summary),
        bulan=periode,
        this_day=this_day,
        last_closed=tagihan_known_lines.last_closed(session, opd_id),
        kartu=own,
        foreign_cards=tagihan_known_lines.cards_of_other_opds(session, opd_id, cards - set(own)),
    )
    _refuse_foreign_bill(cards, plan)
    _recognise_lines(session, opd_id, plan)
    reworded_lines.compare(session, opd_id, plan)
    _sum_up(plan)
    return plan


def _kind(chosen: str | None, summary: Statement) -> str:
    printed = {bill.kind for bill in summary.bills if bill.kind}
    if chosen is None and len(printed) > 1:
        raise DomainError(
            "Berkas ini memuat Daftar Tagihan Sementara dan tagihan final sekaligus. "
            "Pilih jenisnya, atau unggah masing-masing.",
            field="jenis",
        )
    return chosen or next(iter(printed), "final")


def _groups(session: Session, opd_id: int, jenis: str, summary: Statement) -> dict[int, BillGroup]:
    bills = kelompok.real_bills(summary.bills)
    found: dict[int, BillGroup] = {}
    for position, bill in enumerate(bills):
        printed_totals = PrintedTotals.dari(bill)
        assert bill.bill_date is not None, "a bill without a day is none"
        assert printed_totals.total is not None, "a bill without a total is none"
        lama = tagihan_known_lines.same_bill(
            session,
            opd_id,
            jenis=jenis,
            tanggal=bill.bill_date,
            total=printed_totals.total,
            kartu=bill.card_last4,
        )
        taken = [group.lama for group in found.values()]
        found[position] = BillGroup(bill, printed_totals, None if lama in taken else lama)
    if len(bills) != 1:
        found[kelompok.LISTING] = BillGroup(None, None, None)
    return found


def _refuse_foreign_bill(cards: set[str], plan: IntakePlan) -> None:
    if cards and cards <= plan.foreign_cards:
        listed = ", ".join(sorted(cards)[:5])
        raise DomainError(
            f"Semua kartu pada berkas ini (berakhiran {listed}) bukan kartu OPD ini melainkan "
            "kartu OPD lain. Tagihan tidak diambil; serahkan berkasnya kepada administrator."
        )


def _recognise_lines(session: Session, opd_id: int, plan: IntakePlan) -> None:
    """Which lines the books hold already, by base key, occurrence and reference."""
    plan.tempat = tagihan_known_lines.tempat(session, opd_id, plan.keys)
    seen = {key: slots.referensi for key, slots in plan.tempat.items()}
    positions = [number for number, key in enumerate(plan.keys) if key in seen]
    keys = [plan.keys[number] for number in positions]
    references = [plan.lines[number].reference for number in positions]
    if not agreement_of(seen, zip(keys, references, strict=True)).stable:
        references = [None] * len(keys)
    for one in place(seen, keys, references):
        if not one.new:
            id_ = plan.tempat[one.base_key].ids[one.occurrence - 1]
            plan.recognised[positions[one.index]] = KnownLine(id_, one.learned)


def _sum_up(plan: IntakePlan) -> None:
    """The sums of each group, and what its own arithmetic says."""
    for number, totals in totals_by_key(plan.groups, plan.lines).items():
        plan.kelompok[number].jumlah = totals
    for group in plan.kelompok.values():
        if group.printed_totals is not None:
            group.temuan = [
                *bill_arithmetic.check(group.printed_totals, group.jumlah),
                *_copy_differences(group),
            ]


def _copy_differences(group: BillGroup) -> Iterator[Finding]:
    here, there = group.discrepancy
    if here or there:
        yield Finding(
            "wakil_berbeda",
            f"Tagihan ini sudah pernah diambil dari berkas lain, dan isinya tidak sama: {here} "
            f"baris hanya di berkas ini, {there} baris hanya di buku. Bandingkan kedua berkas.",
            "perhatian",
            inputs={"hanya_berkas": str(here), "hanya_buku": str(there)},
        )
