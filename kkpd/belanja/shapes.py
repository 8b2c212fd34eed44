"""The shapes in which one purchase is shown: what the queries of belanja_rinci answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kkpd.core.money import Rupiah
from kkpd.models import Transaksi


@dataclass(frozen=True, slots=True)
class BuktiTerlampir:
    """One file of evidence as the page shows it."""

    id: int
    nama: str
    media: str
    ukuran: int
    sha256: str
    jenis: str
    at: datetime
    oleh: str


@dataclass(frozen=True, slots=True)
class TemuanBaris:
    """A finding with what its rule looked at."""

    id: int
    aturan: str
    berat: str
    pesan: str
    masukan: tuple[tuple[str, str], ...]
    selesai_at: datetime | None
    selesai_catatan: str


@dataclass(frozen=True, slots=True)
class Putusan:
    """A decision about the class, by the engine (`oleh` None) or a person."""

    id: int
    kelas: str
    keyakinan: int
    aturan: str
    alasan: str
    yang_mengubah: str
    bukti: tuple[tuple[str, str], ...]
    rekening: tuple[tuple[str, str, str], ...]
    at: datetime
    oleh: str | None


@dataclass(frozen=True, slots=True)
class PasanganBank:
    """The bank line that a purchase is matched with, and where it stands in the bank's file."""

    cocok_id: int
    baris_bank_id: int
    tanggal: date | None
    merchant: str
    nilai: Rupiah
    bagian: Rupiah
    status: str
    berkas: str
    sha256: str
    baris: int
    lembar: str | None


@dataclass(frozen=True, slots=True)
class Pesanan:
    """What the purchase holds on one ceiling."""

    jenis: str
    kunci: str
    dipesan: Rupiah
    terpakai: Rupiah

    @property
    def ada(self) -> bool:
        """Whether anything is held there now."""
        return bool(self.dipesan or self.terpakai)


@dataclass(frozen=True, slots=True)
class Rinci:
    """A purchase with the names of what it points at."""

    transaksi: Transaksi
    kartu_akhir: str
    jenis_kartu: str
    bank: str
    pemegang: str
    pemakai: str
    perekam: str
    nama_rekening: str
    nama_sub_kegiatan: str
    program: str
    bukti: tuple[BuktiTerlampir, ...]
    temuan: tuple[TemuanBaris, ...]
    putusan: tuple[Putusan, ...]
    pasangan: tuple[PasanganBank, ...]
    pesanan: tuple[Pesanan, ...]

    @property
    def terakhir(self) -> Putusan | None:
        """The decision that holds."""
        return self.putusan[-1] if self.putusan else None


@dataclass(frozen=True, slots=True)
class IsiBukti:
    """What is needed to show one file: whose purchase it is, where the bytes lie."""

    transaksi_id: int
    opd_id: int
    pemegang_id: int
    pemakai_id: int
    sha256: str
    media: str
    nama: str
