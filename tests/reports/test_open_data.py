"""Open data: the function of each sub kegiatan, and small groups folded no further than needed."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kkpd.core.money import Rupiah, total
from kkpd.pagu.functions import UNKNOWN, BudgetFunction, budget_function
from kkpd.reports import open_data
from kkpd.reports.open_data import OTHERS, SMALL_CELL, _folded, _GroupKey

SUB_KEGIATAN = Path(open_data.__file__).parents[1] / "data" / "anggaran" / "sub_kegiatan.csv"
SEHAT, COMMON = budget_function("1.02.02.2.02.0011"), budget_function("5.02.01.2.01.0001")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1.01.02.2.01.0001", "Pendidikan"),
        ("102022020011", "Kesehatan"),
        ("1.03.02.2.01.0001", "Perumahan dan Fasilitas Umum"),
        ("1.05.02.2.01.0001", "Ketertiban dan Keamanan"),
        ("2.11.02.2.01.0001", "Perlindungan Lingkungan Hidup"),
        ("2.12.02.2.01.0001", "Perlindungan Sosial"),
        ("3.26.02.2.01.0001", "Pariwisata"),
        ("3.27.02.2.01.0001", "Ekonomi"),
        ("7.01.02.2.01.0001", "Pelayanan Umum"),
        ("9.99.01", ""),
        ("", ""),
    ],
)
def test_a_sub_kegiatan_has_its_function(code: str, name: str) -> None:
    assert budget_function(code).nama == name


def test_every_sub_kegiatan_of_the_official_table_has_a_function() -> None:
    with SUB_KEGIATAN.open(encoding="utf-8", newline="") as file:
        codes = [row["kode"] for row in csv.DictReader(file)]
    found = Counter(budget_function(code) for code in codes)
    assert UNKNOWN not in found
    assert len(found) == 9


def _one(account: str, kanal: str = "lain", fungsi_: BudgetFunction = SEHAT) -> _GroupKey:
    return _GroupKey(
        1, fungsi_, "modal" if account.startswith("5.2") else "operasi", account, kanal
    )


def test_small_groups_keep_as_much_as_their_size_allows() -> None:
    paper, ink, trip = "5.1.02.01.01.0025", "5.1.02.01.01.0026", "5.1.02.04.01.0001"
    laptop = "5.2.02.10.01.0002"
    groups = {
        _one(paper): (3, Rupiah.of(30)),
        _one(paper, "katalog"): (2, Rupiah.of(20)),
        _one(ink): (1, Rupiah.of(7)),
        _one(trip): (2, Rupiah.of(5)),
        _one(laptop): (1, Rupiah.of(900)),
        _one(laptop, fungsi_=COMMON): (1, Rupiah.of(800)),
    }
    assert _folded(groups) == {
        # ink and paper from the catalogue are one object, the two trips take it along
        _GroupKey(1, SEHAT, "operasi", "", OTHERS): (5, Rupiah.of(32)),
        # the computer would stand alone in its function
        _GroupKey(1, SEHAT, OTHERS, "", OTHERS): (4, Rupiah.of(930)),
        # the other function has but one purchase: it is not told
        _GroupKey(1, UNKNOWN, OTHERS, "", OTHERS): (1, Rupiah.of(800)),
    }


def test_what_is_left_of_a_function_takes_the_smallest_group_along() -> None:
    groups = {
        _one("5.1.02.01.01.0025"): (9, Rupiah.of(90)),
        _one("5.1.02.04.01.0001"): (4, Rupiah.of(40)),
        _one("5.2.02.10.01.0002"): (1, Rupiah.of(900)),
        _one("5.1.02.01.01.0026", fungsi_=COMMON): (5, Rupiah.of(5)),
        _one("5.1.02.01.01.0027", fungsi_=COMMON): (3, Rupiah.of(3)),
        _one("5.1.02.04.01.0002", fungsi_=COMMON): (2, Rupiah.of(2)),
    }
    assert _folded(groups) == {
        _one("5.1.02.01.01.0025"): (9, Rupiah.of(90)),
        _GroupKey(1, SEHAT, OTHERS, "", OTHERS): (5, Rupiah.of(940)),
        _one("5.1.02.01.01.0026", fungsi_=COMMON): (5, Rupiah.of(5)),
        _GroupKey(1, COMMON, "operasi", "", OTHERS): (5, Rupiah.of(5)),
    }


def test_nothing_is_lost_or_told_twice() -> None:
    groups = {
        _one(f"5.1.02.0{n % 4}.01.{n:04d}", kanal, function): (n % 4 + 1, Rupiah.of(n + 1))
        for n in range(40)
        for kanal in ("lain", "katalog")
        for function in (SEHAT, COMMON)
    }
    found = _folded(groups)
    assert sum(count for count, _ in found.values()) == sum(count for count, _ in groups.values())
    assert total(one for _, one in found.values()) == total(one for _, one in groups.values())
    small = [key for key, (count, _) in found.items() if count < SMALL_CELL]
    assert all(key.budget_function == UNKNOWN for key in small)
