"""Held-out lines are judged after the rules of the program itself."""

from __future__ import annotations

import numpy as np
import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Item
from kkpd.engines.classify import knowledge as classify_knowledge
from train import laporan
from train.kalibrasi import Lipatan
from train.nilai import BATAS_PAKET, galat_harapan
from train.sumber import Contoh

PAKET = (
    "Traktor roda dua untuk kelompok tani",  # for whom it is
    "Belanja Alat/Bahan untuk Kegiatan Kantor-Alat Tulis Kantor",  # an account's full name
    "Pengadaan laptop",  # no rule
)


def test_rules_turn_the_answer_of_the_weights_as_they_do_in_the_program() -> None:
    rows = [
        Contoh(Item(text, nilai=Rupiah.of(90_000_000)), "peralatan", (), "paket", "operasi")
        for text in PAKET
    ]
    chances = np.array(
        [[float(kind == "peralatan") for kind in classify_knowledge.jenis()]] * len(rows)
    )
    fold = Lipatan("", rows, chances, BATAS_PAKET, np.full(len(rows), 0.9))
    given, named, plain = laporan.dengan_aturan(fold, fold.modal)
    assert given == pytest.approx(0.2)
    assert named == pytest.approx(0.01)
    assert plain == pytest.approx(0.9)


def test_answers_as_sure_as_they_are_right_still_have_some_error_on_few_rows() -> None:
    sure = np.full(530, 0.9)
    assert 0.0 < galat_harapan(sure) < 0.03
    assert galat_harapan(np.ones(530)) == 0.0
