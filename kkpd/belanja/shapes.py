"""The dataclasses of one purchase as its page shows it (`detail.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kkpd.core.money import Rupiah
from kkpd.models import Transaksi


@dataclass(frozen=True, slots=True)
class AttachedEvidence:
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
class PurchaseFinding:
    """A finding with what its rule looked at."""

    id: int
    aturan: str
    berat: str
    pesan: str
    masukan: tuple[tuple[str, str], ...]
    selesai_at: datetime | None
    selesai_catatan: str


@dataclass(frozen=True, slots=True)
class ClassDecision:
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
class BankMatch:
    """The bank line that a purchase is matched with, and its place in the bank's file."""

    match_id: int
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
class CeilingHold:
    """What the purchase holds on one ceiling."""

    jenis: str
    kunci: str
    reservation: Rupiah
    terpakai: Rupiah

    @property
    def present(self) -> bool:
        """Whether anything is held there now."""
        return bool(self.reservation or self.terpakai)


@dataclass(frozen=True, slots=True)
class PurchaseDetail:
    """A purchase with the names behind its ids."""

    transaksi: Transaksi
    kartu_akhir: str
    card_kind: str
    bank: str
    pemegang: str
    pemakai: str
    recorder: str
    nama_rekening: str
    sub_kegiatan_name: str
    program: str
    bukti: tuple[AttachedEvidence, ...]
    temuan: tuple[PurchaseFinding, ...]
    putusan: tuple[ClassDecision, ...]
    pairings: tuple[BankMatch, ...]
    holds: tuple[CeilingHold, ...]

    @property
    def terakhir(self) -> ClassDecision | None:
        """The current decision."""
        return self.putusan[-1] if self.putusan else None


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """What is needed to show one file: whose purchase it is, where the bytes lie."""

    transaksi_id: int
    opd_id: int
    pemegang_id: int
    pemakai_id: int
    sha256: str
    media: str
    nama: str
