"""What goes into matching and what comes out of it: frozen rows, no behaviour.

A `Pairing` is one explained link between bank lines and purchases; which of the four
kinds it is says how many stand on each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah

#: satu: one line, one purchase. pecah: one line split over many purchases. gabung: many lines
#: together are one purchase. refund: a negative line and its negative purchase or its original.
Kind = Literal["satu", "pecah", "gabung", "refund"]
#: pasti: may be accepted by itself. usul: proposed, a person decides.
Status = Literal["pasti", "usul"]


@dataclass(frozen=True, slots=True)
class BankLine:
    """A statement line. `nilai` negative is a refund; `merchant` is the bank's own text."""

    id: str
    kartu: str
    tanggal_posting: date | None
    tanggal_transaksi: date | None
    nilai: Rupiah
    merchant: str


@dataclass(frozen=True, slots=True)
class Belanja:
    """A purchase as people recorded it. `merchant` may be empty."""

    id: str
    opd: str
    kartu: str
    tanggal: date
    nilai: Rupiah
    merchant: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `kunci` names the field, `teks` says it, `weight` is its log-odds (natural).

    `same` is True where the field agrees and False where it is a difference to look at.
    """

    kunci: str
    teks: str
    weight: float
    same: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """One link. `scores` is the sum of its reasons' weights, `peluang` its probability (0..1).

    `distance` is the margin in log-odds to the best world of the whole component without this link.
    """

    baris: tuple[str, ...]
    belanja: tuple[str, ...]
    jenis: Kind
    status: Status
    scores: float
    peluang: float
    distance: float
    alasan: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate purchase for a bank line, with the same reasons a link would carry."""

    belanja: str
    jenis: Kind
    scores: float
    peluang: float
    alasan: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class MatchResult:
    """All links, what stayed alone on each side (by id), and what people should look at."""

    pairings: tuple[Pairing, ...]
    unpaired_lines: tuple[str, ...]
    unpaired_purchases: tuple[str, ...]
    temuan: tuple[Finding, ...]
