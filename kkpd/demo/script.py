"""The demo's script as data: OPDs and people, and what they buy (kkpd/data/demo/*.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from random import Random
from typing import Any

from kkpd.core.money import Rupiah

#: Keys of the TOML file that are called otherwise here.
_NAMES = {"bobot": "weight", "pajak": "taxes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoItem:
    """A kind of purchase: what, where, on which account, at which price, how often.

    `taxes` is ppn, pbjt, pph23 or empty; `npwp` is the seller's, empty if there is none.
    """

    uraian: str
    merchant: str
    rekening: str
    harga: tuple[int, int]
    volume: tuple[int, int] = (1, 1)
    satuan: str
    mcc: str
    kartu: str = "barang"
    kegiatan: int = 0
    kanal: str = "lain"
    program: bool = False
    weight: int
    taxes: str = ""
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
    return [_item(row, script["npwp"].get(row["merchant"], "")) for row in script["belanja"]]


def _item(row: dict[str, Any], npwp: str) -> DemoItem:
    fields: dict[str, Any] = {
        _NAMES.get(name, name): tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
    }
    return DemoItem(npwp=npwp, **fields)


def _read(name: str) -> dict[str, Any]:
    text = resources.files("kkpd").joinpath("data", "demo", name).read_text(encoding="utf-8")
    return tomllib.loads(text)
