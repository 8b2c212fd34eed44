"""Input and output: a purchased line, and the decision about its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah

Kelas = Literal["operasi", "modal", "ragu"]
CertainKelas = Literal["operasi", "modal"]

#: Below this calibrated confidence the answer is `ragu`, unless the caller sets another
#: `threshold`.
THRESHOLD = 0.75


class Item(NamedTuple):
    """One line of a purchase, as far as it is known; only `uraian` is needed.

    `harga` is the price of one `satuan`, `nilai` the amount of the line; both in rupiah.
    `kode_barang` is the official goods code (Permendagri 108/2016; more than one parted by `;`),
    `kode_rekening` the account that was charged or budgeted, `mcc` the merchant's category.
    """

    uraian: str
    spesifikasi: str = ""
    satuan: str = ""
    volume: Decimal | None = None
    harga: Rupiah | None = None
    nilai: Rupiah | None = None
    merchant: str = ""
    mcc: str = ""
    kode_barang: str = ""
    jenis_pengadaan: str = ""
    kode_rekening: str = ""


class AccountProposal(NamedTuple):
    """A proposed account: level-6 code, its official name, and a score from 0 to 1."""

    kode: str
    nama: str
    scores: float


class EvidencePart(NamedTuple):
    """One piece of evidence: what it is, and its part in log-odds (plus: modal, minus: operasi)."""

    what: str
    bagian: float


@dataclass(frozen=True, slots=True)
class ClassMemory:
    """A class that a person confirmed for a good or merchant: visible, dated, revocable.

    `sumber` says who or which document, as it shall be quoted to the next reader.
    """

    kelas: CertainKelas
    tanggal: date
    sumber: str
    kode_rekening: str = ""


#: From `memory_keys` keys to what people confirmed; the caller keeps, dates and revokes entries.
MemoryBook = Mapping[str, ClassMemory]


class Classified(NamedTuple):
    """The answer, with everything a person needs to accept or change it.

    `kelas` is `ragu` when `keyakinan` (the calibrated chance that `best_kelas` is right, 0..1)
    is below the threshold. `aturan` is a stable key, `alasan` and `yang_mengubah` are one
    Indonesian sentence each; the parts of `bukti` add up to the log-odds of capital.
    """

    kelas: Kelas
    best_kelas: CertainKelas
    keyakinan: float
    aturan: str
    alasan: str
    yang_mengubah: str
    proposed_rekening: tuple[AccountProposal, ...] = ()
    bukti: tuple[EvidencePart, ...] = ()
    temuan: tuple[Finding, ...] = ()
