"""Tables that tests look into: weighed MCCs, MCCs that fit an account, days off."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import resources


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
def _kinds() -> dict[str, tuple[str, str]]:
    return {row["mcc"]: (row["jenis"], row["nama"]) for row in _table("mcc.csv")}


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
    kind = _kinds().get(mcc.strip().zfill(4))
    for prefix, name, kinds in _accounts():
        if kind and account.strip().startswith(prefix):
            if kind[0] in kinds:
                return ""
            shown = kind[0].replace("_", " ") or "toko barang"
            return f"MCC {mcc} ({kind[1]}, {shown}) tidak wajar bagi {name} ({account})."
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
