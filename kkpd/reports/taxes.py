"""The month's taxes on card spending: who collects, on which proof, and what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.authorise import require
from kkpd.core.moments import nama_periode
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.core.span import Rentang
from kkpd.engines.paper import Dokumen, Kolom, Kop
from kkpd.engines.paper.parts import tabel
from kkpd.ledger import Facts
from kkpd.ledger import rules as ledger_rules
from kkpd.ledger.booking_month import Bulan
from kkpd.ledger.shapes import Purchase
from kkpd.models import Periode, Transaksi
from kkpd.records import settings as records_settings

_KOLOM: Final = (
    Kolom("nomor", "Nomor", "angka", 40),
    Kolom("tanggal", "Tanggal", "tanggal"),
    Kolom("penjual", "Penjual", lebar=120),
    Kolom("npwp", "NPWP atau NIK penjual", lebar=100),
    Kolom("uraian", "Untuk apa", lebar=140),
    Kolom("rekening", "Rekening", "kode", 90),
    Kolom("nota", "Nomor nota"),
    Kolom("nilai", "Nilai", "uang", 80, dijumlah=True),
    Kolom("dpp", "DPP", "uang", 80, dijumlah=True),
    Kolom("ppn", "PPN", "uang", 70, dijumlah=True),
    Kolom("pbjt", "PBJT", "uang", 70, dijumlah=True),
    Kolom("jenis_pph", "Jenis PPh"),
    Kolom("pph", "PPh", "uang", 70, dijumlah=True),
    Kolom("pemungut", "Pemungut"),
    Kolom("bukti", "Faktur, bupot atau NTPN", lebar=100),
    Kolom("kurang", "Belum ada", lebar=120),
)


@dataclass(frozen=True, slots=True)
class BarisPajak:
    """A purchase with tax; `kurang` names what the treasurer must still have (words, in order)."""

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
    def kurang(self) -> tuple[str, ...]:
        """The data that each card purchase must keep (ask of the seller), and the proof."""
        pajak = bool(self.ppn or self.pph)
        return tuple(
            word
            for word, missing in (
                ("NPWP atau NIK penjual", pajak and not self.npwp),
                ("DPP", pajak and not self.dpp),
                ("bukti pajak", pajak and not self.bukti),
                ("pemungut", pajak and self.pemungut == "tidak_ada"),
                ("nilai pajak", not pajak and not self.pbjt and self.pemungut != "tidak_ada"),
            )
            if missing
        )


@dataclass(frozen=True, slots=True)
class DaftarPajak:
    """The month's rows and the sums by who collects; `setor` is what the treasurer deposits."""

    baris: tuple[BarisPajak, ...]

    def jumlah(self, name: str, pemungut: str | None = None) -> Rupiah:
        """The sum of one column, of one collector where named."""
        return total(getattr(row, name) for row in self.baris if pemungut in (None, row.pemungut))

    @property
    def setor(self) -> Rupiah:
        """What the treasurer collected and must deposit: PPN and PPh."""
        return self.jumlah("ppn", "bendahara") + self.jumlah("pph", "bendahara")

    @property
    def belum_lengkap(self) -> int:
        """How many rows lack something."""
        return sum(bool(row.kurang) for row in self.baris)


def daftar(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], hari: date
) -> DaftarPajak:
    """The month's list as of a day."""
    require(actor, "bayar:lihat", opd_id)
    return DaftarPajak(tuple(baris(session, [opd_id], Rentang(*periode, periode[1]), hari)))


def baris(
    session: Session, opd_ids: Collection[int], span: Rentang, hari: date
) -> Iterator[BarisPajak]:
    """What the budget bears of taxed purchases, and of those that name who collects, by OPD and
    day: in the month of the bill that pays them, what is not billed in its own while that is open.
    """
    facts = ledger.facts(session, opd_ids, hari)
    borne: dict[int, Rupiah] = defaultdict(lambda: NOL)
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
                Transaksi.ppn != NOL,
                Transaksi.pbjt != NOL,
                Transaksi.pph != NOL,
                Transaksi.dpp != NOL,
                Transaksi.pemungut != "tidak_ada",
            ),
        )
        .order_by(Transaksi.opd_id, Transaksi.tanggal, Transaksi.id)
    )
    return (_row(row, mine[row.id]) for row in rows)


def _month(facts: Facts, one: Purchase, closed: Collection[tuple[int, Bulan]]) -> Bulan | None:
    """The month whose list has the purchase: that of its DPT or bill; its own while the month is
    open, since what a closed month's bills do not ask for waits for its bill.
    """
    if one.dpt_month is not None:
        return one.dpt_month
    bill_id = ledger_rules.bill_of(facts, one)
    if bill_id is not None:
        return facts.bills[bill_id].month
    return None if (one.opd_id, one.month) in closed else one.month


def _closed(session: Session, opd_ids: Collection[int]) -> set[tuple[int, Bulan]]:
    rows = session.execute(
        select(Periode.opd_id, Periode.tahun, Periode.bulan).where(
            Periode.opd_id.in_(opd_ids), Periode.status != "terbuka"
        )
    )
    return {(opd_id, (year, month)) for opd_id, year, month in rows}


def _row(row: Transaksi, borne: Rupiah) -> BarisPajak:
    return BarisPajak(
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
    """The tax with the sign of the line; of a line borne in part its proportion, to the sen."""
    amount = (2 * abs(tax.sen) * abs(borne.sen) + abs(whole.sen)) // (2 * abs(whole.sen))
    return Rupiah(-amount if borne < NOL else amount)


def dokumen(
    session: Session, found: DaftarPajak, opd: str, periode: tuple[int, int], hari: date
) -> Dokumen:
    """The list as a frozen table, from which CSV and XLSX are written."""
    rows = [
        (
            row.id,
            row.tanggal,
            row.penjual,
            row.npwp,
            row.uraian,
            row.rekening,
            row.nota,
            row.nilai,
            row.dpp,
            row.ppn,
            row.pbjt,
            row.pph_jenis,
            row.pph,
            row.pemungut.replace("_", " "),
            row.bukti,
            ", ".join(row.kurang),
        )
        for row in found.baris
    ]
    return Dokumen(
        formulir="daftar_pajak",
        versi=1,
        judul=f"Daftar pajak belanja KKPD {nama_periode(*periode)}",
        kop=Kop(
            records_settings.value(session, "nama_pemerintah", hari) or "Pemerintah Daerah", opd
        ),
        tanggal=hari,
        isi=(tabel(_KOLOM, [("", rows)], judul="Pajak"),),
    )
