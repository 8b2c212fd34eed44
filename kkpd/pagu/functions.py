"""The function of government that a sub kegiatan serves, by its *bidang urusan*.

Nine functions as Permendagri 90/2019 numbers them (kkpd.md 3.1). Which bidang urusan belongs to
which function is our reading of the recapitulation annexed to an APBD. It was not checked against
an official table, so a regency should compare it with its own before it publishes.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class BudgetFunction(NamedTuple):
    """A function: its code and official name."""

    kode: str
    nama: str


#: Each function with its bidang urusan.
_AREAS: Final = {
    BudgetFunction("01", "Pelayanan Umum"): (
        "2.16 2.20 2.21 2.24 4.01 4.02 5.01 5.02 5.03 5.04 5.05 5.06 5.07 6.01 7.01"
    ),
    BudgetFunction("02", "Ketertiban dan Keamanan"): "1.05 8.01",
    BudgetFunction("03", "Ekonomi"): (
        "2.07 2.09 2.13 2.15 2.17 2.18 3.25 3.27 3.28 3.29 3.30 3.31 3.32"
    ),
    BudgetFunction("04", "Perlindungan Lingkungan Hidup"): "2.10 2.11",
    BudgetFunction("05", "Perumahan dan Fasilitas Umum"): "1.03 1.04",
    BudgetFunction("06", "Kesehatan"): "1.02 2.14",
    BudgetFunction("07", "Pariwisata"): "2.22 3.26",
    BudgetFunction("08", "Pendidikan"): "1.01 2.19 2.23",
    BudgetFunction("09", "Perlindungan Sosial"): "1.06 2.08 2.12",
}
_FUNCTIONS: Final = {
    code: budget_function for budget_function, codes in _AREAS.items() for code in codes.split()
}
#: For codes without a known bidang urusan.
UNKNOWN: Final = BudgetFunction("", "")


def budget_function(sub_kegiatan: str) -> BudgetFunction:
    """The function of `1.02.02.2.02.0010`, also as it is written without dots."""
    digits = sub_kegiatan.replace(".", "")
    return _FUNCTIONS.get(f"{digits[:1]}.{digits[1:3]}", UNKNOWN)
