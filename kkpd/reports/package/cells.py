"""Cells and totals of an audit package's tables, and what the log says of the same.

It travels in every package inside `periksa.py`: standard library only.
"""

from __future__ import annotations

from typing import Any

#: What begins so stands in a CSV behind an apostrophe, or a spreadsheet would calculate it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: The fields of a purchase that are amounts, in sen in the log.
_VALUE = ("nilai", "harga_satuan", "dpp", "ppn", "pbjt", "pph")


def same(row: dict[str, str], logged: dict[str, Any] | None) -> bool:
    """Whether every field that both tell is the same."""
    return logged is not None and all(
        row[name] == _cell(name, value) for name, value in logged.items() if name in row
    )


def _cell(name: str, value: Any) -> str:
    """A value of the log as it is written in a CSV of the package."""
    if value is None:
        return ""
    if name in _VALUE:
        sign, whole = "-" if value < 0 else "", abs(value)
        return f"{sign}{whole // 100}.{whole % 100:02}"
    return safe_cell(str(value))


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a number keeps its minus sign."""
    number = cell.startswith("-") and cell[1:].replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) and not number else cell


def sen(amount: str | None) -> int:
    return 0 if amount is None else int(amount.replace(".", ""))


def wrong_totals(document: dict[str, Any]) -> list[str]:
    """The tables whose subtotals or totals are not the sums of their rows."""
    faults = []
    for part in document["isi"]:
        if part["bagian"] != "tabel":
            continue
        columns = [i for i, column in enumerate(part["kolom"]) if column["dijumlah"]]
        whole = [0] * len(columns)
        for group in part["kelompok"]:
            sums = [sum(sen(row[i]) for row in group["baris"]) for i in columns]
            whole = [a + b for a, b in zip(whole, sums, strict=True)]
            if sums != [sen(amount) for amount in group["jumlah"]]:
                faults.append(f"jumlah {group['judul'] or 'kelompok'} keliru")
        if whole != [sen(amount) for amount in part["jumlah"]]:
            faults.append(f"jumlah {part['judul'] or 'tabel'} keliru")
    return faults
