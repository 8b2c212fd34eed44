"""Decides what taking a bank file in would do, before anything is written.

The preview shows this plan, and taking in writes exactly it: which lines are new, known (and by
which line of the books) or left out with a reason, and to which bill and month each goes. Lines
that another file told in other words are recognised by card, day and amount, and reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import starmap

from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, Finding, Unreadable
from kkpd.engines.reading.statement import (
    ALIKE_KEY,
    ALIKE_MEANINGS,
    Answers,
    Choice,
    Question,
    Statement,
)
from kkpd.ledger.booking_month import last_closed
from kkpd.ledger.shapes import Month
from kkpd.models import Tagihan
from kkpd.tagihan import bills
from kkpd.tagihan import bills as kelompok
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bills import LISTING, PrintedTotals, sen, totals_by_key
from kkpd.tagihan.identity import (
    BILL_COMPLETE,
    NEAR,
    LineFeatures,
    agreement_of,
    closed_by,
    place,
    same_day,
    same_reference,
)
from kkpd.tagihan.identity import compare as compare_tagihan
from kkpd.tagihan.intake.plan import BillGroup, IntakePlan, KnownLine, tidied


def compose(
    session: Session,
    opd_id: int,
    summary: Statement,
    *,
    jenis: str | None,
    periode: Month | None,
    jawaban: Answers,
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
        last_closed=last_closed(session, opd_id),
        kartu=own,
        foreign_cards=tagihan_known_lines.cards_of_other_opds(session, opd_id, cards - set(own)),
        jawaban=jawaban,
    )
    _refuse_foreign_bill(cards, plan)
    _recognise_lines(session, opd_id, plan)
    _recognise_references(session, opd_id, plan)
    compare(session, opd_id, plan)
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


def _recognise_references(session: Session, opd_id: int, plan: IntakePlan) -> None:
    """Which other lines the books hold with the same card, reference and amount."""
    named = {line.reference for line in plan.lines if line.reference}
    if not named:
        return
    books = tagihan_known_lines.features_by_reference(session, opd_id, plan.jenis, named)
    plan.stable_references = True
    same = same_reference([one for number in plan.kelompok for one in _all(plan, number)], books)
    plan.stable_references = bool(same)
    taken = {known.line_id for known in plan.recognised.values()}
    for position, id_ in same.items():
        if position not in plan.recognised and id_ not in taken:
            plan.recognised[position] = KnownLine(id_)


def _sum_up(plan: IntakePlan) -> None:
    """The sums of each group, and what its own arithmetic says."""
    for number, totals in totals_by_key(plan.groups, plan.lines).items():
        plan.kelompok[number].jumlah = totals
    for group in plan.kelompok.values():
        if group.printed_totals is not None:
            group.temuan = [
                *bills.check(group.printed_totals, group.jumlah),
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


def compare(session: Session, opd_id: int, plan: IntakePlan) -> None:
    """Pair, in every group, the lines that their raw fields did not recognise."""
    for number, group in plan.kelompok.items():
        if group.lama is not None and group.printed_totals is not None:
            _compare_other_copy(session, plan, number, group, group.lama, group.printed_totals)
        found = _find_in_other_form(session, opd_id, plan, number)
        if number == LISTING:
            found += _find_in_other_listings(session, opd_id, plan)
        group.comparison_findings = list(_said(found))


def _compare_other_copy(
    session: Session,
    plan: IntakePlan,
    number: int,
    group: BillGroup,
    lama: Tagihan,
    printed_totals: PrintedTotals,
) -> None:
    """A bill that another file brought already."""
    taken = {known.line_id for known in plan.recognised.values()}
    books = tagihan_known_lines.features_of_bill(session, lama.id)
    found = compare_tagihan(
        list(_left(plan, number)), [one for one in books if one.id not in taken]
    )
    for position, id_ in found.pairings.items():
        plan.recognised[position] = KnownLine(id_)
    if bills.lengkap(printed_totals, tagihan_known_lines.billed_total(session, lama.id)):
        plan.lewat.update((one.id, BILL_COMPLETE) for one in found.only_in_file)
    group.discrepancy = (len(found.only_in_file), len(found.only_in_books))


def _find_in_other_form(session: Session, opd_id: int, plan: IntakePlan, number: int) -> int:
    """A bill's lines among those of lists, a list's among those of bills; how many were found."""
    if not tagihan_known_lines.has_bills(session, opd_id, plan.jenis, listing=number != LISTING):
        return 0
    left = [one for one in _left(plan, number) if one.id not in plan.lewat]
    days = sorted(date.fromisoformat(one.tanggal) for one in left if one.tanggal)
    if not days:
        return 0
    books = tagihan_known_lines.features_elsewhere(
        session, opd_id, plan.jenis, listing=number != LISTING, day=(days[0], days[-1])
    )
    taken = {known.line_id for known in plan.recognised.values()}
    found = compare_tagihan(left, [one for one in books if one.id not in taken and one.tanggal])
    for position, id_ in found.pairings.items():
        plan.recognised[position] = KnownLine(id_)
    return len(found.pairings)


def _find_in_other_listings(session: Session, opd_id: int, plan: IntakePlan) -> int:
    """A list's lines among those of other lists; how many were found.

    Those of a card's day that both show whole are the same purchases in other words (cut names, a
    later posting day); of those that are only alike a person says whether they are.
    """
    if not tagihan_known_lines.has_bills(session, opd_id, plan.jenis, listing=True):
        return 0
    left = [one for one in _left(plan, LISTING) if one.id not in plan.lewat and one.tanggal]
    if not left:
        return 0
    days = {one.tanggal for one in left if one.tanggal}
    near = timedelta(NEAR)
    ends = (date.fromisoformat(min(days)) - near, date.fromisoformat(max(days)) + near)
    around = tagihan_known_lines.features_elsewhere(
        session, opd_id, plan.jenis, listing=True, day=ends
    )
    taken = {known.line_id for known in plan.recognised.values()}
    closed = closed_by(left, [one for one in around if one.id not in taken])
    shown = {one.tanggal for one in _all(plan, LISTING) if one.tanggal}
    within = {one.id for one in around if min(shown) <= (one.tanggal or "") <= max(shown)}
    unsure = {position: id_ for position, id_ in closed.items() if id_ not in within}
    left = [one for one in left if one.id not in closed]
    taken |= set(closed.values())
    books = [one for one in around if one.tanggal in days]
    whole = same_day((one for one in _all(plan, LISTING) if one.tanggal in days), books)
    free = [one for one in books if one.id not in taken]
    same = compare_tagihan(
        [one for one in left if (one.kartu, one.tanggal) in whole],
        [one for one in free if (one.kartu, one.tanggal) in whole],
    ).pairings
    alike = compare_tagihan(
        [one for one in left if (one.kartu, one.tanggal) not in whole],
        [one for one in free if (one.kartu, one.tanggal) not in whole],
    ).pairings
    alike |= unsure
    if alike and ALIKE_KEY not in plan.jawaban and not plan.summary.questions:
        plan.asked.append(_ask_alike([plan.lines[position].row for position in alike]))
    same |= {position: id_ for position, id_ in closed.items() if position not in unsure}
    if plan.jawaban.get(ALIKE_KEY) == "sama":
        same |= alike
    plan.recognised.update((position, KnownLine(id_)) for position, id_ in same.items())
    return len(same)


def _all(plan: IntakePlan, number: int) -> Iterator[LineFeatures]:
    """All lines of a group."""
    for position, (line, group) in enumerate(zip(plan.lines, plan.groups, strict=True)):
        if group == number:
            day = line.transaction_date or line.posting_date
            shown = day.isoformat() if day else None
            text = line.merchant or ""
            reference = line.reference if plan.stable_references else None
            yield LineFeatures(position, line.card_last4, shown, sen(line), text, reference)


def _left(plan: IntakePlan, number: int) -> Iterator[LineFeatures]:
    """The lines of a group that are not recognised by their raw fields."""
    return (one for one in _all(plan, number) if one.id not in plan.recognised)


def _ask_alike(rows: list[int]) -> Question:
    """Whether lines that other lists told in other words are the same purchases."""
    return Question(
        ALIKE_KEY,
        f"{len(rows)} baris sama kartu, hari dan nilainya dengan baris yang sudah ada di buku dari "
        "daftar lain, tetapi tulisannya berbeda. Apakah itu belanja yang sama?",
        tuple(starmap(Choice, ALIKE_MEANINGS.items())),
        tuple(rows[:20]),
    )


def _said(count: int) -> Iterator[Finding]:
    if not count:
        return
    yield Finding(
        "bentuk_lain",
        f"{count} baris dikenali menurut kartu, hari dan nilainya sebagai baris yang sudah ada di "
        "buku dari berkas dengan tulisan lain, dan tidak dicatat dua kali.",
        "info",
        inputs={"n": str(count)},
    )
