"""The month's taxes on card spending: collector, proof, and what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.moments import Span, period_name
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.engines.paper import Column, FrozenDocument, Letterhead
from kkpd.engines.paper.parts import data_table
from kkpd.ledger import Facts
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.shapes import Month, Purchase
from kkpd.models import Periode, Transaksi
from kkpd.records import settings as records_settings

_COLUMNS: Final = (
    Column("id", "Nomor", "angka", 40),
    Column("tanggal", "Tanggal", "tanggal"),
    Column("penjual", "Penjual", lebar=120),
    Column("npwp", "NPWP atau NIK penjual", lebar=100),
    Column("uraian", "Untuk apa", lebar=140),
    Column("rekening", "Rekening", "kode", 90),
    Column("nota", "Nomor nota"),
    Column("nilai", "Nilai", "uang", 80, dijumlah=True),
    Column("dpp", "DPP", "uang", 80, dijumlah=True),
    Column("ppn", "PPN", "uang", 70, dijumlah=True),
    Column("pbjt", "PBJT", "uang", 70, dijumlah=True),
    Column("pph_jenis", "Jenis PPh"),
    Column("pph", "PPh", "uang", 70, dijumlah=True),
    Column("collector", "Pemungut"),
    Column("bukti", "Faktur, bupot atau NTPN", lebar=100),
    Column("missing", "Belum ada", lebar=120),
)


@dataclass(frozen=True, slots=True)
class PurchaseTax:
    """A purchase with tax; `lacks` names what the treasurer must still have (words, in order)."""

    id: int
    opd_id: int
    tanggal: date
    penjual: str
    npwp: str
    uraian: str
    rekening: str
    nota: str
    nilai: Rupiah
    dpp: Rupiah
    ppn: Rupiah
    pbjt: Rupiah
    pph_jenis: str
    pph: Rupiah
    pemungut: str
    bukti: str

    @property
    def collector(self) -> str:
        """Who collects, in words."""
        return self.pemungut.replace("_", " ")

    @property
    def missing(self) -> str:
        """What it lacks, in one cell."""
        return ", ".join(self.lacks)

    @property
    def lacks(self) -> tuple[str, ...]:
        """The data that each card purchase must keep (ask of the seller), and the proof."""
        taxes = bool(self.ppn or self.pph)
        return tuple(
            word
            for word, missing in (
                ("NPWP atau NIK penjual", taxes and not self.npwp),
                ("DPP", taxes and not self.dpp),
                ("bukti pajak", taxes and not self.bukti),
                ("pemungut", taxes and self.pemungut == "tidak_ada"),
                ("nilai pajak", not taxes and not self.pbjt and self.pemungut != "tidak_ada"),
            )
            if missing
        )


@dataclass(frozen=True, slots=True)
class TaxList:
    """The month's rows and the sums by collector; `to_deposit` is for the treasurer to deposit."""

    baris: tuple[PurchaseTax, ...]

    def jumlah(self, name: str, pemungut: str | None = None) -> Rupiah:
        """The sum of one column, of one collector where named."""
        return total(getattr(row, name) for row in self.baris if pemungut in (None, row.pemungut))

    @property
    def to_deposit(self) -> Rupiah:
        """What the treasurer collected and must deposit: PPN and PPh."""
        return self.jumlah("ppn", "bendahara") + self.jumlah("pph", "bendahara")

    @property
    def incomplete(self) -> int:
        """How many rows lack something."""
        return sum(bool(row.lacks) for row in self.baris)


def listing(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], day: date
) -> TaxList:
    """The month's list as of a day."""
    require(actor, "bayar:lihat", opd_id)
    return TaxList(tuple(baris(session, [opd_id], Span(*periode, periode[1]), day)))


def baris(
    session: Session, opd_ids: Collection[int], span: Span, day: date
) -> Iterator[PurchaseTax]:
    """The amounts borne by the budget of purchases with tax or with a collector, by OPD and day: in
    the month of the bill that pays them; purchases not billed yet in their own month while it is
    open.
    """
    facts = ledger.facts(session, opd_ids, day)
    borne: dict[int, Rupiah] = defaultdict(lambda: ZERO)
    for part in ledger.split(facts):
        if part.purchase_id is not None and part.bearer == "budget":
            borne[part.purchase_id] += part.amount
    closed = _closed(session, opd_ids)
    mine = {
        id_: amount
        for id_, amount in borne.items()
        if amount and _month(facts, facts.purchases[id_], closed) in span.bulan
    }
    rows = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.id.in_(mine),
            or_(
                Transaksi.ppn != ZERO,
                Transaksi.pbjt != ZERO,
                Transaksi.pph != ZERO,
                Transaksi.dpp != ZERO,
                Transaksi.pemungut != "tidak_ada",
            ),
        )
        .order_by(Transaksi.opd_id, Transaksi.tanggal, Transaksi.id)
    )
    return (_row(row, mine[row.id]) for row in rows)


def _month(facts: Facts, one: Purchase, closed: Collection[tuple[int, Month]]) -> Month | None:
    """The month whose list includes the purchase: that of its DPT or bill; without one its own
    month while it is open.
    """
    if one.dpt_month is not None:
        return one.dpt_month
    bill_id = ledger_rules.bill_of(facts, one)
    if bill_id is not None:
        return facts.bills[bill_id].month
    return None if (one.opd_id, one.month) in closed else one.month


def _closed(session: Session, opd_ids: Collection[int]) -> set[tuple[int, Month]]:
    rows = session.execute(
        select(Periode.opd_id, Periode.tahun, Periode.bulan).where(
            Periode.opd_id.in_(opd_ids), Periode.status != "terbuka"
        )
    )
    return {(opd_id, (year, month)) for opd_id, year, month in rows}


def _row(row: Transaksi, borne: Rupiah) -> PurchaseTax:
    return PurchaseTax(
        id=row.id,
        opd_id=row.opd_id,
        tanggal=row.tanggal,
        penjual=row.merchant,
        npwp=row.penjual_npwp,
        uraian=row.uraian,
        rekening=row.rekening,
        nota=row.nota,
        nilai=borne,
        dpp=_share(row.dpp, borne, row.nilai),
        ppn=_share(row.ppn, borne, row.nilai),
        pbjt=_share(row.pbjt, borne, row.nilai),
        pph_jenis=row.pph_jenis or "",
        pph=_share(row.pph, borne, row.nilai),
        pemungut=row.pemungut,
        bukti=row.bukti_pajak,
    )


def _share(tax: Rupiah, borne: Rupiah, whole: Rupiah) -> Rupiah:
    """The tax with the sign of the line; in proportion for a line borne in part, to the sen."""
    amount = (2 * abs(tax.sen) * abs(borne.sen) + abs(whole.sen)) // (2 * abs(whole.sen))
    return Rupiah(-amount if borne < ZERO else amount)


def dokumen(
    session: Session, found: TaxList, opd: str, periode: tuple[int, int], day: date
) -> FrozenDocument:
    """The list as a frozen table, from which CSV and XLSX are written."""
    rows = [tuple(getattr(row, kolom.kunci) for kolom in _COLUMNS) for row in found.baris]
    return FrozenDocument(
        formulir="daftar_pajak",
        versi=1,
        judul=f"Daftar pajak belanja KKPD {period_name(*periode)}",
        kop=Letterhead(
            records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah", opd
        ),
        tanggal=day,
        isi=(data_table(_COLUMNS, [("", rows)], judul="Pajak"),),
    )
