"""A line is answered the same alone, in a long list, in any order, and as it always was."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkpd.cli import main
from kkpd.core.money import Rupiah
from kkpd.engines.classify import (
    THRESHOLD,
    Classified,
    Item,
    classify,
    classify_many,
    name_cache,
    rekening,
    word_scores,
)
from kkpd.engines.classify import classifier as machine
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import policy as classify_policy
from kkpd.engines.classify import rules as classify_rules
from kkpd.engines.classify.words import tokens as words_tokens

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
    for remembered in (classify_model.model, rekening.data_table):
        remembered.cache_clear()
    for by_text in (
        words_tokens._words,
        word_scores._unit,
        word_scores._proposed,
        name_cache.remember,
    ):
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
        Item(name, spec, unit, harga=Rupiah.of(price) if price else None)
        for name in names
        for spec in specs
        for unit in ("", "Unit")
        for price in (0, 250_000, 999_999, 1_000_000, 1_000_001)
    ]
    random.Random(4).shuffle(rows)
    together = list(classify_many(rows, capitalisation_limit=BATAS))
    again = list(classify_many(reversed(rows), capitalisation_limit=BATAS))
    assert together == again[::-1]
    for row, answer in list(zip(rows, together, strict=True))[::70]:
        _lupa()
        assert classify(row, capitalisation_limit=BATAS, rinci=False) == answer


_BENDA = ["laptop", "meja", "kertas", "buku", "gedung", "zzq"]
_WORDS = [*_BENDA, "sewa", "hotel", "malam", "rehab", "hibah", "untuk", "kelompok", "tani"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(_WORDS), max_size=4),
    st.lists(st.sampled_from(_WORDS), max_size=3),
    st.sampled_from(["", "Unit", "malam", "bulan", "paket"]),
    st.sampled_from([None, 0, 299_999, 300_000, 500_000, 999_999, 1_000_000, 2_000_000]),
    st.sampled_from([None, 500_000, 5_000_000]),
    st.sampled_from(["", "RUMAH MAKAN SEDERHANA"]),
    st.sampled_from([None, 300_000, 1_000_000]),
    st.sampled_from([None, 400_000]),
)
def test_what_is_remembered_for_long_lists_is_what_all_rules_say(
    uraian: list[str],
    spesifikasi: list[str],
    satuan: str,
    harga: int | None,
    nilai: int | None,
    merchant: str,
    umum: int | None,
    buku: int | None,
) -> None:
    """A line that no rule touches takes a shorter way: it must end where all rules end."""
    money = [None if value is None else Rupiah.of(value) for value in (harga, nilai, umum, buku)]
    thing = Item(
        " ".join(uraian),
        " ".join(spesifikasi),
        satuan,
        harga=money[0],
        nilai=money[1],
        merchant=merchant,
    )
    bound = classify_policy.ClassLimits(money[2], money[3])
    answer = machine.Judge(bound, THRESHOLD, None, rinci=False).putuskan
    assert answer(thing) == answer(thing)
    if uraian:
        assert answer(thing) == _semua_aturan(thing, bound)


def _semua_aturan(thing: Item, bound: classify_policy.ClassLimits) -> Classified:
    steps, known = classify_policy.LimitSteps(bound), name_cache.nama(thing)
    words = word_scores.baca(
        thing, steps, known, words_tokens.specification_words(thing.spesifikasi)
    )
    return classify_rules.putuskan(thing, steps, words, known, None, THRESHOLD)


@pytest.mark.parametrize("umum", [None, 0, 250_000, 300_000, 1_000_000, 3_000_000])
@pytest.mark.parametrize("buku", [None, 100_000, 2_000_000])
def test_the_steps_of_a_price_are_those_of_the_policy(umum: int | None, buku: int | None) -> None:
    bound = classify_policy.ClassLimits(
        None if umum is None else Rupiah.of(umum), None if buku is None else Rupiah.of(buku)
    )
    steps = classify_policy.LimitSteps(bound)
    near = [0, 100_000, 250_000, 300_000, 1_000_000, 2_000_000, 3_000_000, 10**10]
    amounts = [None, *(Rupiah(max(0, 100 * whole + sen)) for whole in near for sen in (-1, 0, 1))]
    for harga in amounts:
        for nilai in amounts:
            where = steps.standing(harga, nilai)
            assert where.reached == classify_policy.reached(harga, nilai, bound)
            assert where.band == classify_policy.band(harga, bound)


def test_memories_of_names_and_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MAX_REMEMBERED", 3)
    engine = machine.Judge(classify_policy.ClassLimits(BATAS), THRESHOLD, None, rinci=False)
    rows = [Item(f"laptop {'a' * turn}", harga=BATAS) for turn in range(2, 9)]
    first = [engine.putuskan(row) for row in rows]
    assert [engine.putuskan(row) for row in rows] == first
    assert len(engine._frames) <= 3
    assert name_cache.remember.cache_parameters()["maxsize"] == name_cache.MAX_REMEMBERED
