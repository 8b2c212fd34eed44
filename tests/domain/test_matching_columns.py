"""The columns under matching: keys and orders, amounts, dates, names, bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.matching import BarisBank, Belanja, bawaan, match
from kkpd.engines.matching import pairs as modul_kandidat
from kkpd.engines.matching.amount_gap import KELAS, kelas_nilai
from kkpd.engines.matching.arrays import bentangkan, gabung_kunci, hitung_sama, urut_kunci
from kkpd.engines.matching.merchant_names import bandingkan, bentuk, siapkan
from kkpd.engines.matching.weights import Bobot

KARTU = "4821"


def bilangan(*isi: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(isi, dtype=np.int64)


def test_ranges_unfold_in_order() -> None:
    nomor, letak = bentangkan(bilangan(3, 5, 9), bilangan(5, 5, 11))
    assert nomor.tolist() == [0, 0, 2, 2]
    assert letak.tolist() == [3, 4, 9, 10]


def test_keys_stay_apart_however_wide_the_columns() -> None:
    lebar = bilangan(0, 2**61, 0, 2**61)
    kunci = gabung_kunci(lebar, bilangan(0, 0, 1, 0), bilangan(0, 2**40, 0, 2**40))
    assert hitung_sama(kunci).tolist() == [1, 2, 1, 2]


@pytest.mark.parametrize("lebar", [1, 2**40])
def test_one_number_and_five_columns_order_alike(lebar: int) -> None:
    kiri, kanan = bilangan(2, 1, 2, 1) * lebar, bilangan(0, 5, 0, 4) * lebar
    urut, sama = urut_kunci(kiri, kanan)
    assert sorted(urut.tolist()[2:]) == [0, 2]
    assert urut.tolist()[:2] == [3, 1]
    assert sama.tolist() == [False, False, True]
    assert urut_kunci(bilangan(), bilangan())[0].tolist() == []


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
    kode = int(kelas_nilai(bilangan(bank * 100), bilangan(catatan * 100))[0])
    assert (KELAS[kode] if kode >= 0 else None) == kelas


@pytest.mark.parametrize(
    ("teks", "inti", "kerangka"),
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
def test_names_come_to_one_form(teks: str, inti: str, kerangka: str) -> None:
    assert bentuk(teks, bawaan().nama) == (inti, kerangka)


def test_names_that_share_no_letters_are_not_compared_further() -> None:
    bobot = bawaan().nama
    nama = siapkan(["SUMBER REJEKI MEDAN", "TOKO"], ["Toko Sumber Rejeki", "PLN", ""], bobot)
    logit, mirip = bandingkan(nama, bilangan(0, 0, 0, 1), bilangan(0, 1, 2, 0), bobot)
    assert logit[0] > 3
    assert mirip[0] == 1
    assert logit[1] == bobot.terendah
    assert np.isnan(logit[2:]).all()
    kosong = siapkan([], [], bobot)
    assert bandingkan(kosong, bilangan(), bilangan(), bobot)[0].tolist() == []


def _banyak(n: int) -> tuple[list[BarisBank], list[Belanja]]:
    hari, rupiah = date(2026, 10, 14), Rupiah.of(50_000)
    baris = [BarisBank(f"b{i:03d}", KARTU, hari, hari, rupiah, "KFC MEDAN") for i in range(n)]
    return baris, [Belanja(f"s{i:03d}", "1.02", KARTU, hari, rupiah, "Kfc") for i in range(n)]


def test_rows_that_are_all_alike_stay_bounded_and_pair_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(modul_kandidat, "TERBANYAK", 500)
    baris, belanja = _banyak(60)
    shipped = bawaan()  # what is asked here is order and bounds, not how sure a proposal must be
    bobot = replace(shipped, putusan=replace(shipped.putusan, usul_ada=0.8))
    pasangan = match(baris, belanja, bobot).pasangan
    assert [(p.baris[0][1:], p.belanja[0][1:]) for p in pasangan] == [
        (f"{i:03d}", f"{i:03d}") for i in range(60)
    ]


def test_a_window_shrinks_where_too_many_rows_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modul_kandidat, "TERBANYAK", 20)
    hari = [date(2026, 10, 1 + i) for i in range(12)]
    baris = [
        BarisBank(f"b{i:02d}", KARTU, h, h, Rupiah.of(50_001 + 7_919 * i), "KFC")
        for i, h in enumerate(hari)
    ]
    belanja = [
        Belanja(f"s{i:02d}", "1.02", KARTU, h, Rupiah.of(1_013 * (i + 1)), "Kfc")
        for i, h in enumerate(hari)
    ]
    assert match(baris, belanja).pasangan == ()


def test_weights_are_a_readable_dated_file() -> None:
    bobot = bawaan()
    assert bobot.versi
    assert bobot.dasar
    assert bobot.berlaku <= date(2026, 12, 31)
    assert sum(bobot.hari.values()) + sum(
        k.pangsa for n, k in bobot.hari_lain.items() if n != "tanpa"
    ) == pytest.approx(1, abs=0.01)
    assert sum(bobot.hari_posting.values()) == pytest.approx(1, abs=0.01)
    assert sum(k.pangsa for k in bobot.nilai.values()) == pytest.approx(1, abs=0.01)
    assert set(bobot.nilai) == set(KELAS)
    with pytest.raises(KeyError):
        Bobot.baca('versi = "1"')
