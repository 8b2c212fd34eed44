"""Findings, refused lines and their repayment, what is unsettled at the end, and the tax list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select

from kkpd.core.moments import Span, business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.ledger import Part
from kkpd.models import Case, CaseItem, Kartu, Orang, Penyelesaian, Persetujuan, Temuan, Transaksi
from kkpd.records.report_request import BooksAsOf, ReportInputs
from kkpd.reports import taxes as reports_taxes
from kkpd.reports.forms.oversight import (
    SHEETS,
    CaseLine,
    RefusedRow,
    ReportedFinding,
    TaxRow,
    UnsettledRow,
)

#: The reason printed for a refund among the refusals without a decision.
_REFUND_REASON: Final = "Pengembalian mengurangi tanggungan"
#: The bearers other than the budget, as printed.
_BEARERS: Final = {
    "holder": "pemegang kartu",
    "up_tunai": "UP Tunai",
    "bank": "bank atau penyedia",
    "undecided": "belum diketahui",
}
TAX_COLLECTORS: Final = {
    "penjual": "Penjual",
    "marketplace": "Marketplace",
    "bendahara": "Bendahara",
    "tidak_ada": "Tidak ada",
}


def compose_temuan(inputs: ReportInputs) -> Document:
    """Every finding of the months, settled or open, with its age on the report's day."""
    rows = [
        ReportedFinding(
            skpd=inputs.skpd(row.opd_id),
            tanggal=business_day(row.at),
            aturan=row.aturan.replace("_", " "),
            temuan=row.pesan,
            nilai=_amount(inputs, row.subjek),
            umur=max(0, (_until(inputs, row.selesai_at) - business_day(row.at)).days),
            status=f"Selesai: {row.selesai_catatan}".rstrip(": ") if row.selesai_at else "Terbuka",
        )
        for row in inputs.session.scalars(
            select(Temuan).where(*inputs.within(Temuan)).order_by(Temuan.opd_id, Temuan.id)
        )
    ]
    return inputs.sheet(SHEETS["temuan"], [("", rows)])


def compose_cases(inputs: ReportInputs) -> Document:
    """Every case of the months with its owner, due day, outcome and BPK's status."""
    mine = inputs.within(Case)
    told: dict[int, str] = {}
    for case_id, message in inputs.session.execute(
        select(CaseItem.kasus_id, CaseItem.pesan)
        .join(Case, Case.id == CaseItem.kasus_id)
        .where(*mine, CaseItem.aturan == Case.aturan)
        .order_by(CaseItem.id)
    ):
        told.setdefault(case_id, message)
    found = inputs.session.execute(
        select(Case, Orang.nama)
        .outerjoin(Orang, Orang.id == Case.pemilik_id)
        .where(*mine)
        .order_by(Case.opd_id, Case.id)
    )
    rows = [
        CaseLine(
            skpd=inputs.skpd(row.opd_id),
            nomor=row.id,
            aturan=row.aturan.replace("_", " "),
            uraian=told[row.id],
            nilai=row.nilai,
            jatuh_tempo=row.jatuh_tempo,
            pemilik=owner or "",
            status=row.status,
            hasil=(row.hasil or "").replace("_", " "),
            status_bpk=row.status_bpk.replace("_", " "),
        )
        for row, owner in found
    ]
    return inputs.sheet(SHEETS["tindak_lanjut"], [("", rows)])


def _until(inputs: ReportInputs, settled: datetime | None) -> date:
    return inputs.day if settled is None else business_day(settled)


def _amount(inputs: ReportInputs, subjek: str) -> Rupiah | None:
    """The subject of the finding, if it is one purchase."""
    area, _, key = subjek.partition(":")
    if area != "transaksi" or not key.isdecimal():
        return None
    row = inputs.session.get(Transaksi, int(key))
    return None if row is None else row.nilai


def compose_refused(inputs: ReportInputs) -> Document:
    """The amounts that holders bear of purchases on the months' bills and of purchases not billed
    yet, with repayments up to the report's day; a refund that reduces them is negative.
    """
    books = inputs.as_of(inputs.day)
    mine = [part for part in books.parts if part.bearer == "holder" and part.purchase_id]
    found = _refused(books, mine, inputs.span)
    ids = [part.purchase_id for part, _ in found]
    lines, reasons, days = inputs.belanja(ids), _reasons(inputs, ids), _last_paid(inputs, ids)
    rows = [
        RefusedRow(
            skpd=inputs.skpd(part.opd_id),
            tanggal=part.since,
            penanggung=inputs.session.get_one(Orang, line.pemakai_id).nama,
            uraian=_words(line),
            alasan=reasons.get(line.id, "") or (_REFUND_REASON if part.amount < ZERO else ""),
            nilai=part.amount,
            dikembalikan=paid,
            tanggal_kembali=days.get(line.id) if paid else None,
        )
        for part, paid in found
        for line in [lines[part.purchase_id or 0]]
    ]
    return inputs.sheet(SHEETS["ditolak"], [("", rows)])


def _refused(books: BooksAsOf, parts: Sequence[Part], span: Span) -> list[tuple[Part, Rupiah]]:
    """The parts of these months with their repayments; repayments are assigned from the last part
    on.
    """
    repaid: dict[int | None, Rupiah] = {}
    mine = set(books.told(span))
    found = []
    parts = sorted(parts, key=lambda part: (part.opd_id, part.since, part.purchase_id or 0))
    for part in reversed(parts):
        one = books.facts.purchases[part.purchase_id or 0]
        left = repaid.get(one.id, one.repaid if one.amount > ZERO else -one.repaid)
        paid = min(left, part.amount) if part.amount > ZERO else max(left, part.amount)
        repaid[one.id] = left - paid
        if part in mine:
            found.append((part, paid))
    return found[::-1]


def _words(line: Transaksi) -> str:
    return f"{line.uraian} ({line.merchant})"


def _reasons(inputs: ReportInputs, ids: Collection[int | None]) -> dict[int | None, str]:
    """Purchase -> why PA or KPA refused it, by the newest decision."""
    rows = inputs.session.execute(
        select(Persetujuan.transaksi_id, Persetujuan.alasan)
        .where(Persetujuan.transaksi_id.in_(set(ids)), Persetujuan.peran.in_(EXAMINERS))
        .order_by(Persetujuan.id)
    )
    return {id_: said for id_, said in rows}  # noqa: C416 -- a Row is no typed pair


def _last_paid(inputs: ReportInputs, ids: Collection[int | None]) -> dict[int | None, date]:
    """Purchase -> the day on the proof of the last repayment that was not reversed."""
    undone = select(Penyelesaian.membalik_id).where(Penyelesaian.membalik_id.is_not(None))
    rows = inputs.session.execute(
        select(Penyelesaian.transaksi_id, func.max(Penyelesaian.tanggal))
        .where(
            Penyelesaian.transaksi_id.in_(set(ids)),
            Penyelesaian.tanggal <= inputs.day,
            Penyelesaian.membalik_id.is_(None),
            Penyelesaian.id.not_in(undone),
        )
        .group_by(Penyelesaian.transaksi_id)
    )
    return {id_: day for id_, day in rows}  # noqa: C416 -- a Row is no typed pair


def compose_unsettled(inputs: ReportInputs) -> Document:
    """The amounts that the budget owes to the bank on the last day, of all years: first those on
    final bills, then those not billed yet.
    """
    books = inputs.as_of(inputs.span.sampai)
    parts = [part for part in books.parts if part.bearer == "budget" and part.left]
    parts.sort(key=lambda part: (part.opd_id, part.since, part.purchase_id or 0, part.line_id or 0))
    lines = inputs.belanja([part.purchase_id for part in parts])
    cards = _cards(inputs, lines.values())
    groups: dict[str, list[UnsettledRow]] = {"Sudah ditagih": [], "Belum ditagih": []}
    for part in parts:
        line = lines[part.purchase_id or 0]
        groups["Sudah ditagih" if part.billed == "final" else "Belum ditagih"].append(
            UnsettledRow(
                skpd=inputs.skpd(line.opd_id),
                tanggal=line.tanggal,
                kartu_akhir=cards[line.kartu_id],
                uraian=_words(line),
                rekening=line.rekening,
                nilai=part.left,
            )
        )
    said = f"Per akhir {inputs.span.nama}"
    told = [(heading, rows) for heading, rows in groups.items() if rows]
    others = list(_borne_by_others(books.parts))
    return inputs.sheet(SHEETS["belum_lunas"], told, said, catatan=others)


def _borne_by_others(parts: Iterable[Part]) -> Iterator[str]:
    """Amounts of bills that others must still pay; they are not a debt of the OPD."""
    left: dict[str, Rupiah] = defaultdict(lambda: ZERO)
    for part in parts:
        if part.billed == "final" and part.bearer != "budget":
            left[part.bearer] += part.left
    told = [f"{_BEARERS[who]} Rp {amount}" for who, amount in left.items() if amount]
    if told:
        yield (
            "Di luar jumlah ini, bagian tagihan yang belum dibayar oleh yang menanggungnya: "
            f"{'; '.join(told)}. Rinciannya ada pada Tanggungan dan Belanja Ditolak."
        )


def _cards(inputs: ReportInputs, lines: Iterable[Transaksi]) -> dict[int, str]:
    ids = {line.kartu_id for line in lines}
    rows = inputs.session.execute(select(Kartu.id, Kartu.nomor_akhir).where(Kartu.id.in_(ids)))
    return {id_: last4 for id_, last4 in rows}  # noqa: C416 -- a Row is no typed pair


def compose_taxes(inputs: ReportInputs) -> Document:
    """The tax list of the months; each SKPD a group where there are several."""
    groups: dict[str, list[TaxRow]] = defaultdict(list)
    many = len(inputs.coverage.members) > 1
    for row in reports_taxes.baris(inputs.session, inputs.coverage.ids, inputs.span, inputs.day):
        groups[inputs.skpd(row.opd_id) if many else ""].append(_taxed(row))
    return inputs.sheet(SHEETS["pajak"], list(groups.items()))


def _taxed(row: reports_taxes.PurchaseTax) -> TaxRow:
    return TaxRow(
        tanggal=row.tanggal,
        penjual=row.penjual,
        npwp=row.npwp,
        bukti=row.bukti,
        dpp=row.dpp,
        ppn=row.ppn,
        pbjt=row.pbjt,
        pph=row.pph,
        pemungut=TAX_COLLECTORS[row.pemungut],
    )
