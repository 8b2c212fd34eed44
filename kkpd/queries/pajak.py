"""The month's taxes on card spending: who collects, on which proof, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.domain.documents import Dokumen, Kolom, Kop
from kkpd.domain.documents.parts import tabel
from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.pengembalian import BUKAN_BEBAN
from kkpd.domain.peran import Actor
from kkpd.domain.waktu import nama_periode
from kkpd.models import Transaksi
from kkpd.queries import setelan

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


def daftar(session: Session, actor: Actor, opd_id: int, periode: tuple[int, int]) -> DaftarPajak:
    """Every purchase of the month that carries tax or names who collects it."""
    require(actor, "bayar:lihat", opd_id)
    rows = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == periode[0],
            Transaksi.bulan == periode[1],
            Transaksi.status.not_in(BUKAN_BEBAN),
            or_(
                Transaksi.ppn != NOL,
                Transaksi.pbjt != NOL,
                Transaksi.pph != NOL,
                Transaksi.dpp != NOL,
                Transaksi.pemungut != "tidak_ada",
            ),
        )
        .order_by(Transaksi.tanggal, Transaksi.id)
    )
    return DaftarPajak(tuple(_row(row) for row in rows))


def _row(row: Transaksi) -> BarisPajak:
    sign = -1 if row.nilai < NOL else 1
    return BarisPajak(
        id=row.id,
        tanggal=row.tanggal,
        penjual=row.merchant,
        npwp=row.penjual_npwp,
        uraian=row.uraian,
        rekening=row.rekening,
        nota=row.nota,
        nilai=row.nilai,
        dpp=row.dpp * sign,
        ppn=row.ppn * sign,
        pbjt=row.pbjt * sign,
        pph_jenis=row.pph_jenis or "",
        pph=row.pph * sign,
        pemungut=row.pemungut,
        bukti=row.bukti_pajak,
    )


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
        kop=Kop(setelan.value(session, "nama_pemerintah", hari) or "Pemerintah Daerah", opd),
        tanggal=hari,
        isi=(tabel(_KOLOM, [("", rows)], judul="Pajak"),),
    )
