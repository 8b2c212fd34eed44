"""Berita Acara Rekonsiliasi: billed and booked amounts, and every rupiah between them.

The issued copy and a later drawing are equal: both use the lines of the month as of the day it was
closed (an open month: the report's day). Amounts linked with purchases and refunds are booked; the
rest is explained or open, with a row each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.moments import Span, business_day, period_code
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, Role
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import Person as Officer
from kkpd.engines.paper.forms import usual_signers
from kkpd.ledger import BillBlock, Facts, Part
from kkpd.ledger.bill_chain import bill_name, block_rows
from kkpd.ledger.difference_kinds import LABELS
from kkpd.ledger.shapes import Month
from kkpd.models import BarisBank, Dokumen, Kartu, Opd, Orang, Periode, Selisih, TindakanPeriode
from kkpd.reconciliation.forms.minutes import (
    MinutesCard,
    MinutesExplanation,
    MinutesInput,
    reconciliation_minutes,
)
from kkpd.reconciliation.forms.minutes import reconciliation_minutes as minutes_form
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.issue import IssuePlan
from kkpd.records.office_holders import officer
from kkpd.records.report_request import ReportInputs, ReportScope, moment


def plan(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> IssuePlan:
    """The minutes of the month: bill against books per card, and every explanation.

    The closing treasurer signs, the PA takes note. A month closed again replaces its older minutes.
    """
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    span = Span(*periode, periode[1])
    older = newest_minutes(session, opd_id, periode)
    frame = paper_frame(session, opd, period_code(*periode), "", on)
    inputs = ReportInputs(session, ReportScope(opd, (opd,)), span, frame, on)
    pa = officer(session, opd_id, Role.PA, on)
    signers = usual_signers(
        as_printed(pa) if pa else Officer(""), as_printed(session.get_one(Orang, actor.orang_id))
    )
    found = replace(masukan(inputs), signed_by=signers)

    def document(nomor: str) -> FrozenDocument:
        return minutes_form(replace(found, paper_frame=replace(frame, nomor=nomor)))

    return IssuePlan(
        jenis="rekonsiliasi",
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(card.bank for card in found.kartu),
        baris=(),
        document=document,
        menggantikan_id=older.id if older else None,
    )


#: If there are more bills than these, their sum is printed instead.
_NAME_AT_MOST: Final = 3
_OPEN_TEXTS: Final = {
    "refund": "Pengembalian tanpa belanja asal yang menampungnya",
    "purchase": "Ditagih melebihi belanja yang dicatat",
}


@dataclass(slots=True)
class _Sides:
    """Parts of the months' lines, of their purchases not billed yet, and their final bills."""

    lines: list[Part]
    unbilled: list[Part]
    blocks: list[BillBlock]


def compose(inputs: ReportInputs) -> Document:
    """The minutes of the months."""
    return reconciliation_minutes(masukan(inputs))


def masukan(inputs: ReportInputs) -> MinutesInput:
    """The content of the minutes of the months, the same for issuing and drawing again."""
    sides = _sides(inputs)
    span = inputs.span
    return MinutesInput(
        paper_frame=inputs.paper_frame,
        opd=inputs.coverage.nama,
        period_label=f"bulan {span.nama}" if span.start == span.finish else span.nama,
        tagihan=_bills(sides.blocks),
        kartu=_cards(inputs, sides.lines),
        explanations=_explanations(inputs, sides.lines),
        signed_by=inputs.signed_by,
        not_yet_billed=(
            len({part.purchase_id for part in sides.unbilled}),
            total(part.amount for part in sides.unbilled),
        ),
        arithmetic=_counts(sides.blocks),
    )


def _sides(inputs: ReportInputs) -> _Sides:
    months: dict[date, set[tuple[int, Month]]] = defaultdict(set)
    closed = _closed(inputs)
    for opd_id in inputs.coverage.ids:
        for month in inputs.span.bulan:
            months[closed.get((opd_id, month), inputs.day)].add((opd_id, month))
    found = _Sides([], [], [])
    for day, mine in sorted(months.items()):
        books = moment(inputs.session, {opd_id for opd_id, _ in mine}, day)
        for part in books.parts:
            if (part.opd_id, part.month) in mine:
                (found.unbilled if part.line_id is None else found.lines).append(part)
        found.blocks += [
            block
            for block in _in_time(books.facts, books.parts)
            if (block.bill.opd_id, block.bill.month) in mine
        ]
    found.lines.sort(key=lambda part: part.line_id or 0)
    return found


def _in_time(facts: Facts, parts: Sequence[Part]) -> list[BillBlock]:
    """The bills without lines that came too late and are booked in a later month."""
    late = {
        line.id
        for line in facts.lines.values()
        if line.bill_id is not None and line.month > facts.bills[line.bill_id].month
    }
    lines = {id_: line for id_, line in facts.lines.items() if id_ not in late}
    return ledger.bill_blocks(
        replace(facts, lines=lines), [part for part in parts if part.line_id not in late]
    )


def _closed(inputs: ReportInputs) -> dict[tuple[int, Month], date]:
    """(OPD, month) -> the day on which it was closed, of months that are not open again."""
    rows = inputs.session.execute(
        select(Periode.opd_id, Periode.tahun, Periode.bulan, TindakanPeriode.at)
        .join(
            TindakanPeriode,
            (TindakanPeriode.opd_id == Periode.opd_id)
            & (TindakanPeriode.tahun == Periode.tahun)
            & (TindakanPeriode.bulan == Periode.bulan),
        )
        .where(
            *inputs.within(Periode),
            Periode.status != "terbuka",
            TindakanPeriode.tindakan == "tutup",
        )
        .order_by(TindakanPeriode.id)
    )
    return {(opd_id, (year, month)): business_day(at) for opd_id, year, month, at in rows}


def _bills(blocks: Sequence[BillBlock]) -> str:
    if len(blocks) > _NAME_AT_MOST:
        return f"{len(blocks)} tagihan"
    return ", ".join(bill_name(block.bill) for block in blocks) or "belum ada tagihan final"


def _counts(blocks: Sequence[BillBlock]) -> list[list[tuple[str, str]]]:
    """Where the rupiah are, for each bill or for all together if they are many."""
    if len(blocks) > _NAME_AT_MOST:
        return [_count(_bills(blocks), blocks)]
    return [_count(bill_name(block.bill), [block]) for block in blocks]


def _count(name: str, blocks: Sequence[BillBlock]) -> list[tuple[str, str]]:
    sums: dict[str, Rupiah] = defaultdict(lambda: ZERO)
    for block in blocks:
        for label, amount in (("Dibayar dengan DPT", block.dpt), *block_rows(block)):
            sums[label] += amount
    rows = [
        ("Jumlah tagihan", total(block.total for block in blocks)),
        *((label, amount) for label, amount in sums.items() if amount),
        ("Belum ditetapkan", total(block.open for block in blocks)),
    ]
    return [("Tagihan", name), *((label, f"Rp {amount}") for label, amount in rows)]


def _booked(part: Part) -> bool:
    """Whether the part of the line is booked."""
    return part.kind in ("purchase", "refund") and not part.is_open


def _bank_lines(inputs: ReportInputs, parts: Sequence[Part]) -> dict[int | None, BarisBank]:
    ids = {part.line_id for part in parts}
    rows = inputs.session.scalars(select(BarisBank).where(BarisBank.id.in_(ids)))
    return {row.id: row for row in rows}


def _cards(inputs: ReportInputs, parts: Sequence[Part]) -> list[MinutesCard]:
    """Bill and books of each card; lines without a known card are listed by their last digits."""
    lines = _bank_lines(inputs, parts)
    groups: dict[tuple[str, int], list[Part]] = defaultdict(list)
    for part in parts:
        line = lines[part.line_id]
        groups[line.kartu_akhir or "", line.kartu_id or 0].append(part)
    cards = inputs.session.execute(
        select(Kartu.id, Orang.nama)
        .join(Orang, Orang.id == Kartu.pemegang_id)
        .where(Kartu.id.in_({card for _, card in groups}))
    )
    holders: dict[int, str] = {id_: name for id_, name in cards}  # noqa: C416 -- a Row is no pair
    return [
        MinutesCard(
            holders.get(card, "(kartu tidak dikenal)" if last4 else "(tanpa kartu)"),
            last4,
            total(part.amount for part in rows),
            total(part.amount for part in rows if _booked(part)),
        )
        for (last4, card), rows in sorted(groups.items())
    ]


def _explanations(inputs: ReportInputs, parts: Sequence[Part]) -> list[MinutesExplanation]:
    """A row for each part of the lines that is not a booked purchase."""
    rest = [part for part in parts if not _booked(part)]
    lines, told = _bank_lines(inputs, rest), _told(inputs, rest)
    return [
        MinutesExplanation(
            part.since,
            lines[part.line_id].merchant or lines[part.line_id].keterangan,
            told.get(part.explanation_id, _OPEN_TEXTS.get(part.kind, "Belum dijelaskan")),
            part.amount,
        )
        for part in rest
    ]


def _told(inputs: ReportInputs, parts: Sequence[Part]) -> dict[int | None, str]:
    """Explanation -> its kind, note and owner."""
    rows = inputs.session.execute(
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == Selisih.pemilik_id)
        .where(Selisih.id.in_({part.explanation_id for part in parts}))
    )
    return {
        row.id: f"{f'{LABELS[row.jenis]}: {row.catatan}'.rstrip(': ')} (diselesaikan {owner})"
        for row, owner in rows
    }


def newest_minutes(session: Session, opd_id: int, periode: tuple[int, int]) -> Dokumen | None:
    """The Berita Acara Rekonsiliasi of the newest closing of the month."""
    return session.scalars(
        select(Dokumen)
        .join(TindakanPeriode, TindakanPeriode.dokumen_id == Dokumen.id)
        .where(
            TindakanPeriode.opd_id == opd_id,
            TindakanPeriode.tahun == periode[0],
            TindakanPeriode.bulan == periode[1],
            TindakanPeriode.tindakan == "tutup",
        )
        .order_by(TindakanPeriode.id.desc())
        .limit(1)
    ).one_or_none()
