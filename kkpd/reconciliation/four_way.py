"""Four links of one amount: bank line, purchase, budget and ceiling, document and payment.

An amount is through when all four hold; otherwise it is a difference of exactly one kind, so that
the kinds add up to what is not through. The first link that is missing names the kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import Peran
from kkpd.ledger.difference_kinds import PEMILIK

#: Of a line that no purchase stands behind, by the line's own kind.
_TANPA_BELANJA: Final = {
    "belanja": "tanpa_belanja",
    "refund": "refund_ditunggu",
    "biaya": "biaya",
    "meterai": "meterai",
}

#: Who moves a purchase on, by its state.
_PEKERJA: Final = {
    "diajukan": Peran.PPTK,
    "diperiksa": Peran.PA,
    "disetujui": Peran.PA,
    "dpt": Peran.PA,
    "spp": Peran.PA,
    "spm": Peran.BUD,
}


@dataclass(frozen=True, slots=True)
class Fakta:
    """What is known of one amount: its line, its purchase, its room, its payment.

    An empty `status` means no purchase; `ditagih` False means no line. `nama` is the kind a person
    gave it. `jarak` is the days between line and purchase, `jendela` how many explain themselves.
    `kelebihan` is what was paid beyond the bill, or what the bank asks for again though it is paid.
    `debit` is a payment to the bank that it shows once too often; it is no part of the bill.
    """

    nilai: Rupiah
    ditagih: bool
    hari: date | None
    jenis_baris: str = ""
    kartu_dikenal: bool = True
    sebagian: bool = False
    nama: str = ""
    status: str = ""
    kartu_sama: bool = True
    kartu_tepat: bool = True
    opd_sama: bool = True
    jarak: int = 0
    jendela: int = 0
    kelebihan: bool = False
    ditolak: bool = False
    pagu: str = "ada"
    debit: bool = False


@dataclass(frozen=True, slots=True)
class Beda:
    """One difference: its kind, its amount, whose it is, how old, until when."""

    jenis: str
    nilai: Rupiah
    peran: Peran
    umur: int
    tempo: date | None


def jenis(fakta: Fakta) -> str | None:
    """The kind of difference that this amount is; None when it is through all four links."""
    return next((kind for kind, holds in _ATURAN if holds(fakta)), None) or _tanpa_pasangan(fakta)


def _tanpa_pasangan(fakta: Fakta) -> str | None:
    """Of what has no purchase or no line, once nothing more particular was said of it."""
    if fakta.nama:
        return fakta.nama
    if not fakta.ditagih:
        return "belum_ditagih"
    if fakta.status in ("lunas", "dibayar_pribadi"):
        return None
    return "belum_dibayar"


def _sendiri(kind: str) -> Callable[[Fakta], bool]:
    """The line has no purchase, no name, and its own kind says what it is."""

    def holds(fakta: Fakta) -> bool:
        alone = fakta.ditagih and not fakta.status and not fakta.nama
        whole = alone and fakta.kartu_dikenal and not fakta.sebagian
        return whole and _TANPA_BELANJA[fakta.jenis_baris] == kind

    return holds


def _ditanya(fakta: Fakta) -> bool:
    """The bank asks for it, and no person has named it."""
    return fakta.ditagih and not fakta.nama


def _berpasangan(fakta: Fakta) -> bool:
    return _ditanya(fakta) and bool(fakta.status)


#: kind -> when an amount is that; the first that holds names it.
_ATURAN: Final[tuple[tuple[str, Callable[[Fakta], bool]], ...]] = (
    ("dibayar_dua_kali", lambda f: f.debit),
    ("opd_salah", lambda f: _ditanya(f) and not f.opd_sama),
    ("kartu_salah", lambda f: _ditanya(f) and not f.status and not f.kartu_dikenal),
    ("nilai", lambda f: _ditanya(f) and not f.status and f.sebagian),
    ("dibayar_dua_kali", lambda f: _ditanya(f) and not f.status and f.kelebihan),
    *((kind, _sendiri(kind)) for kind in _TANPA_BELANJA.values()),
    ("kartu_salah", lambda f: _berpasangan(f) and not (f.kartu_sama and f.kartu_tepat)),
    ("tanggal", lambda f: _berpasangan(f) and abs(f.jarak) > f.jendela),
    ("dibayar_dua_kali", lambda f: _berpasangan(f) and f.kelebihan),
    (
        "ditolak",
        lambda f: (
            _berpasangan(f)
            and (f.ditolak or f.status == "ditolak")
            and f.status != "dibayar_pribadi"
        ),
    ),
    ("tanpa_pagu", lambda f: _berpasangan(f) and f.pagu == "tanpa_pagu"),
    ("lewat_batas", lambda f: _berpasangan(f) and f.pagu == "lewat_batas"),
)


def beda(fakta: Fakta, hari: date, tempo: date | None, hari_selesai: int | None) -> Beda | None:
    """The difference as of `hari`; due on `tempo`, else so many days after the amount's own day."""
    kind = jenis(fakta)
    if kind is None:
        return None
    owner = _PEKERJA.get(fakta.status, PEMILIK[kind]) if kind == "belum_dibayar" else PEMILIK[kind]
    age = max((hari - fakta.hari).days, 0) if fakta.hari else 0
    if tempo is None and fakta.hari is not None and hari_selesai is not None:
        tempo = fakta.hari + timedelta(days=hari_selesai)
    return Beda(kind, fakta.nilai, owner, age, tempo)


def debit_berlebih(tampil: int, dibukukan: int, kembali: int) -> int:
    """How many of equal payments that the bank shows are too many: beyond those that were made,
    one at least, and not given back since.
    """
    return max(tampil - max(dibukukan, 1) - kembali, 0)


@dataclass(frozen=True, slots=True)
class Pokok:
    """The headline: what the bank asks, what it has not asked yet and what it took once too often
    (`debit_lagi`), less what is through.

    `jenis` are the sums by kind; they add up to `belum_tuntas`, asserted when it is made.
    """

    tagihan: Rupiah
    belum_ditagih: Rupiah
    debit_lagi: Rupiah
    tuntas: Rupiah
    jenis: tuple[tuple[str, int, Rupiah], ...]

    @property
    def belum_tuntas(self) -> Rupiah:
        """What is not through all four links."""
        return self.tagihan + self.belum_ditagih + self.debit_lagi - self.tuntas


def pokok(bagian: Sequence[tuple[Fakta, Beda | None]], tagihan: Rupiah) -> Pokok:
    """The headline over all amounts of a month whose lines ask for `tagihan` altogether."""
    billed = total(fact.nilai for fact, _ in bagian if fact.ditagih)
    assert billed == tagihan, "every rupiah of the bill stands in exactly one amount"
    kinds: dict[str, list[Rupiah]] = {}
    for _fact, difference in bagian:
        if difference is not None:
            kinds.setdefault(difference.jenis, []).append(difference.nilai)
    found = Pokok(
        tagihan,
        total(fact.nilai for fact, _ in bagian if not fact.ditagih and not fact.debit),
        total(fact.nilai for fact, _ in bagian if fact.debit and not fact.ditagih),
        total(fact.nilai for fact, difference in bagian if difference is None),
        tuple((kind, len(kinds[kind]), total(kinds[kind])) for kind in PEMILIK if kind in kinds),
    )
    assert total(amount for _, _, amount in found.jenis) == found.belum_tuntas
    return found
