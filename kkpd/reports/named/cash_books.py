"""LPJ of the UP KKPD, Buku Kas Umum and Buku Pembantu KKPD over a span of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import ColumnElement, select

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Role
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.ledger import active
from kkpd.ledger.shapes import Purchase
from kkpd.models import Dokumen, Pencairan, UpKeputusan
from kkpd.pagu import available
from kkpd.payment import payment_facts as payment_basis
from kkpd.records.report_request import BooksAsOf, ReportInputs
from kkpd.reports.forms.cash_books import BookClosing, BookInput, BookRow, LpjRow, LpjUp, buku, lpj
from kkpd.reports.named.chain import issued_dpts


def compose_lpj(inputs: ReportInputs) -> Document:
    """Charges of the months' DPTs by sub kegiatan, against the UP KKPD."""
    rows = payment_basis.payment_rows(inputs.session, issued_dpts(inputs))
    groups: dict[str, list[LpjRow]] = defaultdict(list)
    for row in rows:
        groups[row.sub_kegiatan].append(LpjRow(row.rekening, row.uraian, row.nilai))
    names = payment_basis.sub_kegiatan_name(inputs.session, inputs.span.tahun, groups)
    return lpj(
        inputs.paper_frame,
        inputs.span.nama,
        _up(inputs),
        [(f"Sub kegiatan {code} {names.get(code, '')}".strip(), g) for code, g in groups.items()],
        inputs.signed_by[0].orang,
        inputs.officer(Role.BENDAHARA),
        inputs.signed_by[0].selaku,
    )


def _up(inputs: ReportInputs) -> LpjUp:
    """Free UP KKPD at both ends of the span: the UP in force minus its use."""
    year_began = date(inputs.span.tahun, 1, 1)  # before it another year's decision was in force
    first = up_in_force(inputs, max(inputs.day_before, year_began))
    last = up_in_force(inputs, inputs.span.sampai)
    return LpjUp(
        start=first - inputs.as_of(inputs.day_before).owed,
        finish=last - inputs.as_of(inputs.span.sampai).owed,
        restored=total(row.nilai for row in _payments(inputs)),
        altered=last - first,
    )


def up_in_force(inputs: ReportInputs, on: date) -> Rupiah:
    """UP KKPD in force on that day, over all OPDs of the report."""
    return total(up_kkpd for _, up_kkpd in up_per_opd(inputs, on).values())


def up_per_opd(inputs: ReportInputs, on: date) -> dict[int, tuple[Rupiah, Rupiah]]:
    """(UP, UP KKPD) in force on that day for each OPD that has a decision this year: the newest one
    and every TUP in its days (kkpd.md 1.12).
    """
    rows: dict[int, list[UpKeputusan]] = defaultdict(list)
    for row in _up_decisions(inputs, UpKeputusan.mulai <= on):
        rows[row.opd_id].append(row)
    regular = {key: mine for key, mine in rows.items() if any(row.jenis == "up" for row in mine)}
    return {key: available.by_decisions(mine, on) or (ZERO, ZERO) for key, mine in regular.items()}


def regular_up_decisions(inputs: ReportInputs, opd_id: int) -> list[UpKeputusan]:
    """The OPD's UP decisions of the year up to the last day, TUP left out, oldest first."""
    mine, until = UpKeputusan.opd_id == opd_id, UpKeputusan.mulai <= inputs.span.sampai
    return list(_up_decisions(inputs, mine, until, UpKeputusan.jenis == "up"))


def _up_decisions(inputs: ReportInputs, *which: ColumnElement[bool]) -> Iterable[UpKeputusan]:
    mine = UpKeputusan.opd_id.in_(inputs.coverage.ids), UpKeputusan.tahun == inputs.span.tahun
    return inputs.session.scalars(
        select(UpKeputusan).where(*mine, *which).order_by(UpKeputusan.mulai, UpKeputusan.id)
    )


def _payments(inputs: ReportInputs) -> list[Pencairan]:
    """Debits to the bank within the months, oldest first."""
    return [row for row in _steps(inputs, ("bayar",)) if row.tanggal >= inputs.span.mulai]


def _steps(inputs: ReportInputs, langkah: tuple[str, ...]) -> list[Pencairan]:
    """SP2D and debits up to the last day, oldest first."""
    return list(
        inputs.session.scalars(
            select(Pencairan)
            .where(
                Pencairan.opd_id.in_(inputs.coverage.ids),
                Pencairan.langkah.in_(langkah),
                active.holds(Pencairan),
                Pencairan.tanggal <= inputs.span.sampai,
            )
            .order_by(Pencairan.tanggal, Pencairan.id)
        )
    )


def compose_bku(inputs: ReportInputs) -> Document:
    """SP2D in, debits to the bank out, by their dates; closed at the foot."""
    entries = _steps(inputs, ("sp2d", "bayar"))
    before = [row for row in entries if row.tanggal < inputs.span.mulai]
    this_year = [row for row in before if row.tanggal.year == inputs.span.tahun]
    papers = {dpt.id: dpt.nomor for dpt in _papers(inputs, entries)}
    opening_balance, grown = _balance(before), _balance(this_year)
    entry = total(row.nilai for row in this_year if row.langkah == "sp2d")
    return buku(
        BookInput(
            paper_frame=inputs.paper_frame,
            buku="bku",
            period_label=inputs.span.nama,
            opening_balance=opening_balance,
            baris=[
                _cash(inputs, row, papers[row.dpt_id])
                for row in entries
                if row.tanggal >= inputs.span.mulai
            ],
            signed_by=inputs.signed_by,
            book_closing=BookClosing(
                opening_balance - grown, entry, entry - grown, min(inputs.day, inputs.span.sampai)
            ),
        )
    )


def _balance(steps: Iterable[Pencairan]) -> Rupiah:
    """Receipts minus payments."""
    return total(row.nilai if row.langkah == "sp2d" else -row.nilai for row in steps)


def _papers(inputs: ReportInputs, entries: Iterable[Pencairan]) -> list[Dokumen]:
    ids = {row.dpt_id for row in entries}
    return list(inputs.session.scalars(select(Dokumen).where(Dokumen.id.in_(ids))))


def _cash(inputs: ReportInputs, row: Pencairan, dpt: str) -> BookRow:
    told = "SP2D-GU KKPD" if row.langkah == "sp2d" else "Pendebetan kepada bank"
    words = f"{told} atas DPT {dpt}{_of(inputs, row.opd_id)}"
    amount = row.nilai
    if row.langkah == "sp2d":
        return BookRow(row.tanggal, row.nomor, words, penerimaan=amount)
    return BookRow(row.tanggal, row.nomor, words, pengeluaran=amount)


def _of(inputs: ReportInputs, opd_id: int) -> str:
    return f", {inputs.skpd(opd_id)}" if len(inputs.coverage.members) > 1 else ""


def compose_helper_book(inputs: ReportInputs) -> Document:
    """Purchases as booked, minus refused amounts, and debits; the balance is what the budget owes
    to the bank.
    """
    before, after = inputs.as_of(inputs.day_before), inputs.as_of(inputs.span.sampai)
    paid = _payments(inputs)
    papers = {dpt.id: dpt.nomor for dpt in _papers(inputs, paid)}
    rows = [
        *_booked(inputs, before, after),
        *(_cash(inputs, row, papers[row.dpt_id]) for row in paid),
    ]
    return buku(
        BookInput(
            paper_frame=inputs.paper_frame,
            buku="buku_pembantu",
            period_label=inputs.span.nama,
            opening_balance=before.owed,
            saldo_akhir=after.owed,
            baris=sorted(rows, key=lambda row: row.tanggal),
            signed_by=inputs.signed_by,
        )
    )


def _booked(inputs: ReportInputs, before: BooksAsOf, after: BooksAsOf) -> Iterator[BookRow]:
    """The months' changes of the amount borne by the budget: purchases on their day, refusals on
    the day of the decision.
    """
    was, now = _shares(before, "budget"), _shares(after, "budget")
    holders = _shares(after, "holder")
    changed: list[tuple[Purchase, date, Rupiah, str]] = []
    for one in after.facts.purchases.values():
        new = one.id not in before.facts.purchases
        booked = now[one.id] + holders[one.id] if new else ZERO
        refused = now[one.id] - was[one.id] - booked
        if booked:
            changed.append((one, one.day, booked, ""))
        if refused:
            words = "Ditolak: " if refused < ZERO else "Ditanggung pemegang: "
            changed.append((one, _decided(inputs, after, one), refused, words))
    lines = inputs.belanja([one.id for one, *_ in changed])
    for one, day, amount, words in changed:
        line = lines[one.id]
        told = f"{words}{line.uraian} ({line.merchant}){_of(inputs, line.opd_id)}"
        yield BookRow(day, line.nota, told, penerimaan=amount)


def _shares(when: BooksAsOf, bearer: str) -> dict[int, Rupiah]:
    """Purchase -> the amount that this bearer bears."""
    found: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    for part in when.parts:
        if part.purchase_id is not None and part.bearer == bearer:
            found[part.purchase_id] += part.amount
    return found


def _decided(inputs: ReportInputs, when: BooksAsOf, one: Purchase) -> date:
    """The day in the span on which (a part of) the purchase was refused."""
    origin = when.facts.purchases.get(one.origin_id or 0, one)
    days = [day for day in (one.day, one.decided_on, origin.decided_on) if day is not None]
    return min(max(inputs.span.mulai, *days), inputs.span.sampai)
