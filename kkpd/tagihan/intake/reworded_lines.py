"""Lines that another file told in other words: paired by card, day and amount.

For a bill that exists already, and between a bill and the lists (files without a bill's date and
total): here too the books hold, for each card, day and amount, the greatest number that one file
showed. Lines recognised this way are reported, because their texts differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from kkpd.core.errors import Finding
from kkpd.models import Tagihan
from kkpd.tagihan import bill_arithmetic
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bill_arithmetic import PrintedTotals, sen
from kkpd.tagihan.bill_groups import LISTING
from kkpd.tagihan.intake.plan_shapes import BillGroup, IntakePlan, KnownLine
from kkpd.tagihan.reworded import BILL_COMPLETE, LineFeatures, same_day
from kkpd.tagihan.reworded import compare as compare_tagihan


def compare(session: Session, opd_id: int, plan: IntakePlan) -> None:
    """Pair, in every group, the lines that their raw fields did not recognise."""
    for number, group in plan.kelompok.items():
        if group.lama is not None and group.printed_totals is not None:
            _compare_other_copy(session, plan, number, group, group.lama, group.printed_totals)
        found = _find_in_other_form(session, opd_id, plan, number)
        again, alike = (
            _find_in_other_listings(session, opd_id, plan) if number == LISTING else (0, 0)
        )
        group.comparison_findings = [*_said(found + again), *_alike_findings(alike)]


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
    if bill_arithmetic.lengkap(printed_totals, tagihan_known_lines.billed_total(session, lama.id)):
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


def _find_in_other_listings(session: Session, opd_id: int, plan: IntakePlan) -> tuple[int, int]:
    """A list among other lists: lines of days that both show whole, and lines that are only alike.

    The first are the same purchases in other words (cut names, a later posting day); the second
    stay two and are reported, because only a person can know.
    """
    if not tagihan_known_lines.has_bills(session, opd_id, plan.jenis, listing=True):
        return 0, 0
    left = [one for one in _left(plan, LISTING) if one.id not in plan.lewat and one.tanggal]
    if not left:
        return 0, 0
    days = {one.tanggal for one in left if one.tanggal}
    ends = (date.fromisoformat(min(days)), date.fromisoformat(max(days)))
    books = [
        one
        for one in tagihan_known_lines.features_elsewhere(
            session, opd_id, plan.jenis, listing=True, day=ends
        )
        if one.tanggal in days
    ]
    whole = same_day((one for one in _all(plan, LISTING) if one.tanggal in days), books)
    taken = {known.line_id for known in plan.recognised.values()}
    free = [one for one in books if one.id not in taken]
    same = compare_tagihan(
        [one for one in left if one.tanggal in whole],
        [one for one in free if one.tanggal in whole],
    )
    for position, id_ in same.pairings.items():
        plan.recognised[position] = KnownLine(id_)
    alike = compare_tagihan(
        [one for one in left if one.tanggal not in whole],
        [one for one in free if one.tanggal not in whole],
    )
    return len(same.pairings), len(alike.pairings)


def _all(plan: IntakePlan, number: int) -> Iterator[LineFeatures]:
    """All lines of a group."""
    for position, (line, group) in enumerate(zip(plan.lines, plan.groups, strict=True)):
        if group == number:
            day = line.transaction_date or line.posting_date
            shown = day.isoformat() if day else None
            text = line.merchant or ""
            yield LineFeatures(position, line.card_last4, shown, sen(line), text)


def _left(plan: IntakePlan, number: int) -> Iterator[LineFeatures]:
    """The lines of a group that are not recognised by their raw fields."""
    return (one for one in _all(plan, number) if one.id not in plan.recognised)


def _alike_findings(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            "mirip_daftar",
            f"{count} baris sama kartu, hari dan nilainya dengan baris di buku dari daftar lain, "
            "tetapi tulisannya berbeda; keduanya dicatat. Bila itu belanja yang sama, keluarkan "
            "pengambilan yang lama.",
            "perhatian",
            inputs={"n": str(count)},
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
