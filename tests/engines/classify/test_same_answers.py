"""A line is answered the same alone, in a list, in any order, and as it always was."""

from __future__ import annotations

import random
from pathlib import Path

from kkpd.cli import main
from kkpd.core.money import Rupiah
from kkpd.engines.classify import Item, classify, rekening
from kkpd.engines.classify import model as classify_model

GOLDEN = Path(__file__).parents[2] / "golden" / "klasifikasi"
BATAS = Rupiah.of(1_000_000)


def test_the_answers_are_those_of_the_golden_file(tmp_path: Path) -> None:
    """After new weights: read the difference, then write it by the command that stands here."""
    out = tmp_path / "keluar.csv"
    options = ("--batas-kapitalisasi", "1000000", "--explain")
    assert main(["classify", str(GOLDEN / "masuk.csv"), "--out", str(out), *options]) == 0
    assert out.read_text(encoding="utf-8") == (GOLDEN / "keluar.csv").read_text(encoding="utf-8")


def test_a_line_is_answered_the_same_alone_and_in_a_list() -> None:
    names = (
        "Laptop",
        "Meja rapat kayu jati",
        "Kertas HVS",
        "Zzq kurxi",
        "Buku novel",
        "Sewa mobil",
    )
    specs = ("", "Core i5 RAM 8 GB", "kayu jati tipe 3x", "untuk kelompok tani")
    rows = [
        Item(name, spec, unit, harga=Rupiah.of(price) if price else None)
        for name in names
        for spec in specs
        for unit in ("", "Unit")
        for price in (0, 250_000, 999_999, 1_000_000, 1_000_001)
    ]
    random.Random(4).shuffle(rows)
    together = [classify(row, capitalisation_limit=BATAS) for row in rows]
    again = [classify(row, capitalisation_limit=BATAS) for row in reversed(rows)]
    assert together == again[::-1]
    for row, answer in list(zip(rows, together, strict=True))[::70]:
        classify_model.model.cache_clear()
        rekening.data_table.cache_clear()
        assert classify(row, capitalisation_limit=BATAS) == answer
