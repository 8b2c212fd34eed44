"""The weights of matching: read from a dated, readable file, never constants in code (law 15).

Every share is `P(this class | a true pair)`, learned from confirmed pairs; `cara` is how many
different values the class would let through, so that a class that excuses much proves little.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Kelas:
    """A way in which a field of a true pair looks: its share, and the number of ways."""

    pangsa: float
    cara: float


@dataclass(frozen=True, slots=True)
class Jendela:
    """Days from the bank's date to the typed date that are looked at, and other bounds."""

    sebelum: int
    sesudah: int
    bagian_sebelum: int
    bagian_sesudah: int
    refund_hari: int
    bagian_terbanyak: int
    bagian_calon: int
    komponen_terbesar: int


@dataclass(frozen=True, slots=True)
class Awal:
    """Shares of lines and purchases before anything is compared."""

    tanpa_belanja: float
    tanpa_baris: float
    pecah: float
    gabung: float


@dataclass(frozen=True, slots=True)
class BobotRefund:
    """Shares of refunds: with an original in the ledger, whole, in part; days until they come.

    `mendahului` is the share a day of originals typed after their refund, beside the first day;
    `lagi` the share of refunds that are a further piece beside another of their original.
    """

    tercatat: float
    penuh: float
    bagian_empat: float
    bagian_duapuluh: float
    bagian_lain: float
    rata_hari: float
    mendahului: float
    lagi: float


@dataclass(frozen=True, slots=True)
class BobotNama:
    """The logistic of merchant text and words (ASCII capitals) that name nobody.

    `perantara` stand before a name, `umum` are kinds of shop, `pasar` marketplaces: what was bought
    there may be typed by its seller. `uraian` open a text that says what was bought, not of whom.
    """

    perantara: frozenset[bytes]
    umum: frozenset[bytes]
    pasar: frozenset[bytes]
    uraian: frozenset[bytes]
    tetap: float
    kerangka: float
    kerangka2: float
    kata: float
    kata2: float
    panjang: float
    kerangka_panjang: float
    kata_panjang: float
    panjang_penuh: int
    terendah: float
    tertinggi: float


@dataclass(frozen=True, slots=True)
class Putusan:
    """When a link of the best world is accepted by itself (pasti) or proposed (usul).

    Proposed is what is likely beside its rivals (`usul_peluang`) and whose line likely has a
    partner at all (`usul_ada`; a refund has an original somewhere).
    """

    pasti_peluang: float
    pasti_jarak: float
    usul_peluang: float
    usul_ada: float


@dataclass(frozen=True, slots=True)
class Bobot:
    """Learned weights and dated settings; `versi` names them in every stored decision."""

    versi: str
    berlaku: date
    dasar: str
    jendela: Jendela
    awal: Awal
    refund: BobotRefund
    nilai: Mapping[str, Kelas]
    hari: Mapping[int, float]
    hari_posting: Mapping[int, float]
    hari_lain: Mapping[str, Kelas]
    nama: BobotNama
    putusan: Putusan

    @classmethod
    def baca(cls, teks: str) -> Bobot:
        """From the text of a `bobot.toml`."""
        isi = tomllib.loads(teks)
        nama: dict[str, Any] = dict(isi["nama"])
        for daftar in ("perantara", "umum", "pasar", "uraian"):
            nama[daftar] = frozenset(kata.encode() for kata in nama[daftar])
        return cls(
            versi=isi["versi"],
            berlaku=isi["berlaku"],
            dasar=isi["dasar"],
            jendela=Jendela(**isi["jendela"]),
            awal=Awal(**isi["awal"]),
            refund=BobotRefund(**isi["refund"]),
            nilai=_kelas(isi["nilai"]),
            hari={int(k): float(v) for k, v in isi["hari"].items()},
            hari_posting={int(k): float(v) for k, v in isi["hari_posting"].items()},
            hari_lain=_kelas(isi["hari_lain"]),
            nama=BobotNama(**nama),
            putusan=Putusan(**isi["putusan"]),
        )


def _kelas(isi: Mapping[str, Any]) -> dict[str, Kelas]:
    return {nama: Kelas(float(pangsa), float(cara)) for nama, (pangsa, cara) in isi.items()}


@cache
def bawaan() -> Bobot:
    """The weights that ship with the product (`kkpd/data/pencocokan/bobot.toml`)."""
    file = resources.files("kkpd") / "data" / "pencocokan" / "bobot.toml"
    return Bobot.baca(file.read_text(encoding="utf-8"))
