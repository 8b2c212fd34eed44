"""The weights of matching: read from a dated, readable file, never constants in code (law 15)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Bobot:
    """Learned weights and dated settings; `versi` names them in every stored decision."""

    versi: str
    berlaku: date
    dasar: str
    sebelum: int
    sesudah: int
    pasti_peluang: float
    pasti_jarak: float
    usul_skor: float

    @classmethod
    def baca(cls, teks: str) -> Bobot:
        """From the text of a `bobot.toml`."""
        isi = tomllib.loads(teks)
        return cls(
            versi=isi["versi"],
            berlaku=isi["berlaku"],
            dasar=isi["dasar"],
            **isi["jendela"],
            **isi["putusan"],
        )


@cache
def bawaan() -> Bobot:
    """The weights that ship with the product (`kkpd/data/pencocokan/bobot.toml`)."""
    file = resources.files("kkpd") / "data" / "pencocokan" / "bobot.toml"
    return Bobot.baca(file.read_text(encoding="utf-8"))
