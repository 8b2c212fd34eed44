"""A line is answered the same alone, in a long list, in any order, and as it always was."""

from __future__ import annotations

import random
from pathlib import Path

from kkpd.cli import main
from kkpd.domain.classification import (
    Barang,
    alasan,
    classify,
    classify_many,
    kata,
    model,
    rekening,
    teks,
)
from kkpd.domain.money import Rupiah

GOLDEN = Path(__file__).parent.parent / "golden" / "klasifikasi"
BATAS = Rupiah.of(1_000_000)


def test_the_answers_are_those_of_the_golden_file(tmp_path: Path) -> None:
    """After new weights: read the difference, then write it by the command that stands here."""
    out = tmp_path / "keluar.csv"
    options = ("--batas-kapitalisasi", "1000000", "--explain")
    assert main(["classify", str(GOLDEN / "masuk.csv"), "--out", str(out), *options]) == 0
    assert out.read_text(encoding="utf-8") == (GOLDEN / "keluar.csv").read_text(encoding="utf-8")


def _lupa() -> None:
    """Empty every memory of earlier lines."""
    for remembered in (model.model, rekening.tabel):
        remembered.cache_clear()
    for by_text in (teks._kata, kata._satuan, kata._usul, alasan.kata_terkuat):
        by_text.cache_clear()


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
        Barang(name, spec, unit, harga=Rupiah.of(price) if price else None)
        for name in names
        for spec in specs
        for unit in ("", "Unit")
        for price in (0, 250_000, 999_999, 1_000_000, 1_000_001)
    ]
    random.Random(4).shuffle(rows)
    together = list(classify_many(rows, batas_kapitalisasi=BATAS))
    again = list(classify_many(reversed(rows), batas_kapitalisasi=BATAS))
    assert together == again[::-1]
    for row, answer in list(zip(rows, together, strict=True))[::70]:
        _lupa()
        assert classify(row, batas_kapitalisasi=BATAS, rinci=False) == answer
