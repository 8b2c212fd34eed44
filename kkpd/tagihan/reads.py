"""Bills as people see them: the month's list, and one bill with its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.errors import NotFound
from kkpd.core.money import NOL, Rupiah
from kkpd.core.permissions import Actor
from kkpd.ledger.active import (
    baris_tagihan,
    diberikan,
    keluar_sebelum,
    pasangan_berlaku,
    tagihan_ada,
    terlihat,
)
from kkpd.models import BarisBank, Berkas, DtsFinal, SumberBaris, Tagihan
from kkpd.tagihan.bill_arithmetic import Tercetak

#: Lines and receipts on one page.
SEHALAMAN = 50


@dataclass(frozen=True, slots=True)
class TagihanBaris:
    """One bill in a list. `total` None: a list without printed totals."""

    id: int
    jenis: str
    kartu_akhir: str | None
    tanggal: date | None
    jatuh_tempo: date | None
    lalu: Rupiah | None
    pembayaran: Rupiah | None
    belanja_baru: Rupiah | None
    total: Rupiah | None
    baris: int
    ditagih: Rupiah
    at: datetime

    @property
    def tercetak(self) -> Tercetak:
        """The printed totals."""
        return Tercetak(self.lalu, self.pembayaran, self.belanja_baru, self.total)

    @property
    def selisih(self) -> Rupiah | None:
        """What the printed totals ask for beyond the lines; None where nothing is printed."""
        wanted = self.tercetak.seharusnya
        return None if wanted is None else wanted - self.ditagih

    @property
    def beda(self) -> Rupiah | None:
        """What the printed total has beyond previous + new - payments."""
        return self.tercetak.beda

    def sisa_hari(self, hari_ini: date) -> int | None:
        """Days until the due date; negative when it has passed."""
        return None if self.jatuh_tempo is None else (self.jatuh_tempo - hari_ini).days


@dataclass(frozen=True, slots=True)
class BarisTampil:
    """A line of a bill: what the bank says, and where it stands in which file."""

    id: int
    tanggal: date | None
    posting: date | None
    keterangan: str
    merchant: str
    kartu_akhir: str | None
    dikenal: bool
    jenis: str
    nilai: Rupiah
    mata_uang: str
    referensi: str | None
    berkas_id: int
    berkas: str
    lembar: str | None
    baris: int
    kejadian: int
    bulan_asal: int | None
    final_id: int | None


@dataclass(frozen=True, slots=True)
class Saringan:
    """What of a bill's lines is shown; empty fields do not narrow."""

    q: str = ""
    kartu: str = ""
    jenis: str = ""


@dataclass(frozen=True, slots=True)
class Halaman:
    """A page of lines, the key of the next, count and sum of all that the filter lets through."""

    baris: tuple[BarisTampil, ...]
    berikut: int | None
    banyak: int
    jumlah: Rupiah


def daftar(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]
) -> tuple[TagihanBaris, ...]:
    """The bills booked in a month: those with totals by date, then the lists."""
    require(actor, "tagihan:lihat", opd_id)
    mine = and_(Tagihan.opd_id == opd_id, Tagihan.tahun == periode[0], Tagihan.bulan == periode[1])
    return _bills(session, mine)


def satu(session: Session, actor: Actor, opd_id: int, tagihan_id: int) -> TagihanBaris:
    """One bill of this OPD; NotFound for any other."""
    require(actor, "tagihan:lihat", opd_id)
    found = _bills(session, and_(Tagihan.opd_id == opd_id, Tagihan.id == tagihan_id))
    if not found:
        raise NotFound(
            "Tagihan ini tidak ada, atau sudah dikeluarkan. Periksa alamatnya, lihat riwayat "
            "pengambilan, atau mulai dari menu."
        )
    return found[0]


def _bills(session: Session, condition: ColumnElement[bool]) -> tuple[TagihanBaris, ...]:
    rows = session.scalars(
        select(Tagihan)
        .where(condition, tagihan_ada())
        .order_by(Tagihan.tanggal.is_(None), Tagihan.tanggal, Tagihan.jenis, Tagihan.id)
    ).all()
    sums = _sums(session, condition)
    return tuple(
        TagihanBaris(
            bill.id,
            bill.jenis,
            bill.kartu_akhir,
            bill.tanggal,
            bill.jatuh_tempo,
            bill.tagihan_lalu,
            bill.pembayaran,
            bill.belanja_baru,
            bill.total,
            *sums.get(bill.id, (0, NOL)),
            bill.at,
        )
        for bill in rows
    )


def _sums(session: Session, condition: ColumnElement[bool]) -> Mapping[int, tuple[int, Rupiah]]:
    """Bill -> how many lines and what they ask for: its own, and those seen as part of it."""
    seen = exists().where(
        SumberBaris.tagihan_id == Tagihan.id,
        SumberBaris.baris_bank_id == BarisBank.id,
        terlihat(),
    )
    found: dict[int, tuple[int, Rupiah]] = {}
    for own in (BarisBank.tagihan_id == Tagihan.id, and_(BarisBank.tagihan_id != Tagihan.id, seen)):
        rows = session.execute(
            select(Tagihan.id, BarisBank.jenis, func.count(), func.sum(BarisBank.nilai))
            .join(BarisBank, and_(BarisBank.opd_id == Tagihan.opd_id, own))
            .where(condition, diberikan())
            .group_by(Tagihan.id, BarisBank.jenis)
        )
        for id_, jenis, count, amount in rows:
            known, total = found.get(id_, (0, NOL))
            found[id_] = (known + count, total if jenis == "pembayaran" else total + amount)
    return found


def jumlah_final(session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]) -> Rupiah:
    """What the lines of the month's final bills ask for, a line on two of them once."""
    require(actor, "tagihan:lihat", opd_id)
    bills = select(Tagihan.id).where(
        Tagihan.opd_id == opd_id,
        Tagihan.tahun == periode[0],
        Tagihan.bulan == periode[1],
        Tagihan.jenis == "final",
        tagihan_ada(),
    )
    seen = select(SumberBaris.baris_bank_id).where(SumberBaris.tagihan_id.in_(bills), terlihat())
    found = session.scalar(
        select(func.sum(BarisBank.nilai)).where(
            BarisBank.opd_id == opd_id,
            BarisBank.jenis != "pembayaran",
            or_(BarisBank.tagihan_id.in_(bills), BarisBank.id.in_(seen)),
            diberikan(),
        )
    )
    return found or NOL


def baris(
    session: Session,
    actor: Actor,
    opd_id: int,
    tagihan_id: int,
    saringan: Saringan,
    sesudah: int = 0,
) -> Halaman:
    """A page of the bill's lines in the order of receipt, paged by key."""
    require(actor, "tagihan:lihat", opd_id)
    wanted = and_(BarisBank.opd_id == opd_id, baris_tagihan(tagihan_id), *_narrowed(saringan))
    count, amount = session.execute(
        select(func.count(), func.sum(BarisBank.nilai)).select_from(BarisBank).where(wanted)
    ).one()
    rows = session.execute(
        select(BarisBank, Berkas.nama, DtsFinal.final_id, keluar_sebelum())
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .outerjoin(DtsFinal, and_(DtsFinal.dts_id == BarisBank.id, pasangan_berlaku()))
        .where(wanted, BarisBank.id > sesudah)
        .order_by(BarisBank.id)
        .limit(SEHALAMAN + 1)
    ).all()
    shown = tuple(_line(*row) for row in rows[:SEHALAMAN])
    more = shown[-1].id if len(rows) > SEHALAMAN else None
    return Halaman(shown, more, count, amount or NOL)


def _line(line: BarisBank, berkas: str, final_id: int | None, gone: int) -> BarisTampil:
    return BarisTampil(
        id=line.id,
        tanggal=line.tanggal_transaksi,
        posting=line.tanggal_posting,
        keterangan=line.keterangan,
        merchant=line.merchant,
        kartu_akhir=line.kartu_akhir,
        dikenal=line.kartu_id is not None,
        jenis=line.jenis,
        nilai=line.nilai,
        mata_uang=line.mata_uang,
        referensi=line.referensi,
        berkas_id=line.berkas_id,
        berkas=berkas,
        lembar=line.lembar,
        baris=line.baris,
        kejadian=line.kejadian - gone,
        bulan_asal=line.bulan_asal,
        final_id=final_id,
    )


def _narrowed(saringan: Saringan) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if saringan.q:
        text = saringan.q.lower()
        wanted.append(
            or_(
                func.lower(BarisBank.keterangan).contains(text, autoescape=True),
                func.lower(BarisBank.merchant).contains(text, autoescape=True),
                BarisBank.referensi == saringan.q,
            )
        )
    if saringan.kartu:
        wanted.append(BarisBank.kartu_akhir == saringan.kartu)
    if saringan.jenis:
        wanted.append(BarisBank.jenis == saringan.jenis)
    return wanted


def kartu_tagihan(session: Session, opd_id: int, tagihan_id: int) -> tuple[str, ...]:
    """The cards that appear on a bill, for its filter."""
    found = session.scalars(
        select(BarisBank.kartu_akhir)
        .where(
            BarisBank.opd_id == opd_id,
            baris_tagihan(tagihan_id),
            BarisBank.kartu_akhir.is_not(None),
        )
        .distinct()
        .order_by(BarisBank.kartu_akhir)
    )
    return tuple(digits for digits in found if digits)
