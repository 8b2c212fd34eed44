"""Tables that tests look into: weighed MCCs, MCCs that fit an account, days off."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources

from kkpd.engines.classify import knowledge


def _table(*path: str) -> Iterator[dict[str, str]]:
    file = resources.files("kkpd").joinpath("data", *path)
    with file.open(encoding="utf-8") as handle:
        yield from csv.DictReader(handle)


@cache
def _weighed() -> dict[str, tuple[str, str]]:
    return {
        f"{mcc:04d}": (row["berat"], row["alasan"])
        for row in _table("audit", "mcc.csv")
        for mcc in range(int(row["dari"]), int(row["sampai"]) + 1)
    }


def weighed(mcc: str) -> tuple[str, str] | None:
    """(`larangan` or `perhatian`, why) of an MCC that a government's card should not meet."""
    return _weighed().get(mcc.strip().zfill(4))


@cache
def _accounts() -> list[tuple[str, str, frozenset[str]]]:
    rows = [
        (row["awalan"], row["nama"], frozenset(row["jenis"].split(";")))
        for row in _table("audit", "akun.csv")
    ]
    return sorted(rows, key=lambda row: -len(row[0]))


@cache
def unfit(mcc: str, account: str) -> str:
    """Why a shop of this MCC does not fit the account; "" where it does or nothing is known."""
    known = knowledge.mcc().get(mcc.strip().zfill(4))
    for prefix, name, kinds in _accounts():
        if known and account.strip().startswith(prefix):
            shop, kind = known
            if kind in kinds:
                return ""
            shown = kind.replace("_", " ") or "toko barang"
            return f"MCC {mcc} ({shop}, {shown}) tidak wajar bagi {name} ({account})."
    return ""


@cache
def holidays() -> dict[date, str]:
    """The days off of every year that the program carries."""
    folder = resources.files("kkpd").joinpath("data", "libur")
    return {
        date.fromisoformat(row["tanggal"]): row["nama"]
        for file in folder.iterdir()
        if file.name.endswith(".csv")
        for row in _table("libur", file.name)
    }
