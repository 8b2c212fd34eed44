"""The demo's script as data: OPDs and people, and what they buy (kkpd/data/demo/*.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from random import Random
from typing import Any

from kkpd.core.money import Rupiah


@dataclass(frozen=True, slots=True)
class DemoItem:
    """A kind of purchase: what, where, on which account, at which price, how often.

    `taxes` is ppn, pbjt, pph23 or empty; `npwp` is the seller's, empty if there is none.
    """

    uraian: str
    merchant: str
    rekening: str
    harga: tuple[int, int]
    volume: tuple[int, int]
    satuan: str
    mcc: str
    kartu: str
    kegiatan: int
    kanal: str
    program: bool
    weight: int
    taxes: str
    npwp: str

    def buy(self, rng: Random) -> tuple[int, Rupiah]:
        """(volume, unit price): prices end on a whole five hundred rupiah."""
        price = rng.randint(self.harga[0] // 500, self.harga[1] // 500) * 500
        return rng.randint(*self.volume), Rupiah.of(price)


def opd() -> dict[str, Any]:
    """OPDs, people across OPDs, and settings."""
    return _read("opd.toml")


def thing() -> list[DemoItem]:
    """What the demo buys."""
    script = _read("belanja.toml")
    sellers = script["npwp"]
    return [
        DemoItem(
            uraian=row["uraian"],
            merchant=row["merchant"],
            rekening=row["rekening"],
            harga=(row["harga"][0], row["harga"][1]),
            volume=(row.get("volume", [1, 1])[0], row.get("volume", [1, 1])[1]),
            satuan=row["satuan"],
            mcc=row["mcc"],
            kartu=row.get("kartu", "barang"),
            kegiatan=row.get("kegiatan", 0),
            kanal=row.get("kanal", "lain"),
            program=row.get("program", False),
            weight=row["bobot"],
            taxes=row.get("pajak", ""),
            npwp=sellers.get(row["merchant"], ""),
        )
        for row in script["belanja"]
    ]


def _read(name: str) -> dict[str, Any]:
    text = resources.files("kkpd").joinpath("data", "demo", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
