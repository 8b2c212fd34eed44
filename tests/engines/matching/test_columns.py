"""The columns under matching: keys and orders, amounts, dates, names, bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.engines.matching import BankLine, Belanja, bawaan, match
from kkpd.engines.matching import shortlist as modul_kandidat
from kkpd.engines.matching.merchant_names import compare, form_of, prepare
from kkpd.engines.matching.rows import codes
from kkpd.engines.matching.score import KELAS, amount_class
from kkpd.engines.matching.weights import Weights

KARTU = "4821"


def whole_number(*isi: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(isi, dtype=np.int64)


def test_equal_rows_share_a_code_however_wide_the_columns() -> None:
    wide = whole_number(0, 2**60, 0, 2**60)
    kode = codes(wide, whole_number(0, 0, 1, 0), whole_number(0, 2**40, 0, 2**40)).tolist()
    assert kode[1] == kode[3]
    assert len(set(kode)) == 3
    assert codes(whole_number(), whole_number()).tolist() == []


@pytest.mark.parametrize(
    ("bank", "catatan", "kelas"),
    [
        (750_000, 750_000, "sama"),
        (-750_000, -750_000, "sama"),
        (-750_000, 750_000, None),
        (-761_250, -750_000, None),
        (761_250, 750_000, "surcharge_setengah"),
        (755_250, 750_000, "surcharge_persepuluh"),
        (763_333, 750_000, "surcharge_lain"),
        (776_250, 750_000, "surcharge_setengah"),
        (776_260, 750_000, None),
        (738_750, 750_000, None),
        (52_500, 50_000, "biaya"),
        (1_237_450, 1_237_000, "pembulatan"),
        (1_237_450, 1_238_000, "pembulatan"),
        (1_237_450, 1_273_450, "angka_tertukar"),
        (1_237_450, 1_937_450, "angka_salah"),
        (1_237_450, 12_374_500, "nol"),
        (1_237_450, 137_450, "angka_hilang"),
        (137_450, 1_237_450, "angka_hilang"),
        (1_237_450, 7_231_540, None),
        (0, 0, "sama"),
    ],
)
def test_how_amounts_differ(bank: int, catatan: int, kelas: str | None) -> None:
    kode = int(amount_class(whole_number(bank * 100), whole_number(catatan * 100))[0])
    assert (KELAS[kode] if kode >= 0 else None) == kelas


@pytest.mark.parametrize(
    ("teks", "core_words", "skeleton"),
    [
        ("TOKOPEDIA*Sumber Rejeki", "SUMBER REJEKI", "SMBRRJK"),
        ("QRIS TOKO SUMBER-REJEKI  MEDAN", "SUMBER REJEKI MEDAN", "SMBRRJKMDN"),
        ("SP *Apotek 24", "APOTEK 24", "APTK24"),
        ("rumah makan", "", ""),
        ("QRIS", "QRIS", "QRS"),
        ("  ", "", ""),
        ("KFC*", "KFC", "KFC"),
        ("Café É", "CAF", "CF"),
    ],
)
def test_names_come_to_one_form(teks: str, core_words: str, skeleton: str) -> None:
    assert form_of(teks, bawaan().nama) == (core_words, skeleton)


def test_names_that_share_no_letters_are_not_compared_further() -> None:
    weight = bawaan().nama
    nama = prepare(["SUMBER REJEKI MEDAN", "TOKO"], ["Toko Sumber Rejeki", "PLN", ""], weight)[0]
    logit, similar = compare(nama, whole_number(0, 0, 0, 1), whole_number(0, 1, 2, 0), weight)
    assert logit[0] > 3
    assert similar[0] == 1
    assert logit[1] == weight.lowest
    assert np.isnan(logit[2:]).all()
    kosong, _ = prepare([], [], weight)
    assert compare(kosong, whole_number(), whole_number(), weight)[0].tolist() == []


def _how_many(n: int) -> tuple[list[BankLine], list[Belanja]]:
    day, rupiah = date(2026, 10, 14), Rupiah.of(50_000)
    baris = [BankLine(f"b{i:03d}", KARTU, day, day, rupiah, "KFC MEDAN") for i in range(n)]
    return baris, [Belanja(f"s{i:03d}", "1.02", KARTU, day, rupiah, "Kfc") for i in range(n)]


def test_rows_that_are_all_alike_pair_in_order() -> None:
    baris, belanja = _how_many(60)
    shipped = bawaan()  # what is asked here is order and bounds, not how sure a proposal must be
    weight = replace(shipped, putusan=replace(shipped.putusan, proposal_present=0.8))
    pairings = match(baris, belanja, weight).pairings
    assert [(p.baris[0][1:], p.belanja[0][1:]) for p in pairings] == [
        (f"{i:03d}", f"{i:03d}") for i in range(60)
    ]


def test_more_equal_rows_on_a_day_than_can_be_compared_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(modul_kandidat, "MOST", 500)
    with pytest.raises(DomainError, match="Terlalu banyak baris yang serupa"):
        match(*_how_many(60))


def test_a_window_shrinks_where_too_many_rows_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modul_kandidat, "MOST", 20)
    day = [date(2026, 10, 1 + i) for i in range(12)]
    baris = [
        BankLine(f"b{i:02d}", KARTU, h, h, Rupiah.of(50_001 + 7_919 * i), "KFC")
        for i, h in enumerate(day)
    ]
    belanja = [
        Belanja(f"s{i:02d}", "1.02", KARTU, h, Rupiah.of(1_013 * (i + 1)), "Kfc")
        for i, h in enumerate(day)
    ]
    assert match(baris, belanja).pairings == ()


def test_weights_are_a_readable_dated_file() -> None:
    weight = bawaan()
    assert weight.versi
    assert weight.dasar
    assert weight.effective <= date(2026, 12, 31)
    assert sum(weight.day.values()) + sum(
        k.share for n, k in weight.other_days.items() if n != "tanpa"
    ) == pytest.approx(1, abs=0.01)
    assert sum(weight.posting_days.values()) == pytest.approx(1, abs=0.01)
    assert sum(k.share for k in weight.nilai.values()) == pytest.approx(1, abs=0.01)
    assert set(weight.nilai) == set(KELAS)
    with pytest.raises(KeyError):
        Weights.read_in('versi = "1"')
