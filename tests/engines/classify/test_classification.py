"""The decision for one line: order of authority, the limit, the sentences, and bad input."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.money import MAX_SEN, Rupiah
from kkpd.engines.classify import (
    THRESHOLD,
    Classified,
    ClassMemory,
    Item,
    classify,
    memory_keys,
)
from kkpd.engines.classify.model import logit

SEJUTA = Rupiah.of(1_000_000)
LAPTOP = Item("Laptop Asus Vivobook", satuan="Unit", harga=Rupiah.of(9_500_000))

#: text, unit, unit price, class under a limit of one million, rule
PEMBELIAN = [
    ("Laptop Asus Vivobook", "Unit", 9_500_000, "modal", "kata:peralatan"),
    ("Kursi kerja putar", "Buah", 1_450_000, "modal", "kata:peralatan"),
    ("Kursi kerja putar", "Buah", 650_000, "operasi", "kata:peralatan"),
    ("Printer Epson L3210", "Unit", 2_600_000, "modal", "kata:peralatan"),
    ("Kertas HVS A4 80 gram", "Rim", 58_000, "operasi", "kata:habis_pakai"),
    ("Toner printer HP 85A", "Buah", 1_250_000, "operasi", "kata:habis_pakai"),
    ("Ban mobil 195/70 R14", "Buah", 1_100_000, "operasi", "kata:habis_pakai"),
    ("Nasi kotak", "Kotak", 35_000, "operasi", "kata:makanan"),
    ("Honorarium narasumber", "Orang / Jam", 1_200_000, "operasi", "kata:jasa"),
    ("Sewa mobil", "Hari", 1_500_000, "operasi", "kata:sewa"),
    ("Pemeliharaan AC", "Kali", 1_500_000, "operasi", "kata:pemeliharaan"),
    ("Biaya penginapan perjalanan dinas", "Orang / Hari", 1_300_000, "operasi", "kata:perjalanan"),
    ("Buku pelajaran matematika SD kelas 4", "Buku", 45_000, "modal", "kata:buku"),
    ("Buku tulis isi 42 lembar", "Buah", 6_000, "operasi", "kata:habis_pakai"),
    ("Pembangunan gedung kantor camat", "Paket", 900_000_000, "modal", "kata:konstruksi"),
]


@pytest.mark.parametrize(("uraian", "satuan", "harga", "kelas", "aturan"), PEMBELIAN)
def test_words_price_and_limit_decide(
    uraian: str, satuan: str, harga: int, kelas: str, aturan: str
) -> None:
    thing = Item(uraian, satuan=satuan, harga=Rupiah.of(harga))
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert (putusan.best_kelas, putusan.aturan) == (kelas, aturan)
    assert putusan.alasan.endswith(".")
    assert putusan.yang_mengubah.endswith(".")


def test_the_limit_is_the_callers() -> None:
    kamera = Item("Kamera digital", satuan="Unit", harga=Rupiah.of(700_000))
    assert classify(kamera, capitalisation_limit=Rupiah.of(500_000)).kelas == "modal"
    below = classify(kamera, capitalisation_limit=SEJUTA)
    assert below.kelas == "operasi"
    assert "di bawah batas kapitalisasi 1.000.000 (dicatat ekstrakomptabel)" in below.alasan
    assert below.yang_mengubah == "Modal bila harga satuan >= batas kapitalisasi 1.000.000."


def test_without_a_limit_the_assumption_is_said_and_the_middle_is_unsure() -> None:
    kamera = Item("Kamera digital", satuan="Unit", harga=Rupiah.of(700_000))
    putusan = classify(kamera, capitalisation_limit=None)
    assert putusan.kelas == "ragu"
    assert "anggapan 1.000.000" in putusan.yang_mengubah
    mahal = classify(LAPTOP, capitalisation_limit=None)
    assert mahal.kelas == "modal"
    assert "belum diberikan" in mahal.alasan


def test_books_know_no_limit_but_their_own() -> None:
    buku = Item("Buku pelajaran SD", satuan="Buku", harga=Rupiah.of(60_000))
    assert classify(buku, capitalisation_limit=SEJUTA).best_kelas == "modal"
    bound = Rupiah.of(100_000)
    putusan = classify(buku, capitalisation_limit=SEJUTA, book_limit=bound)
    assert putusan.best_kelas == "operasi"
    assert "100.000" in putusan.alasan + putusan.yang_mengubah


def test_price_from_amount_and_quantity() -> None:
    kursi = Item("Kursi rapat", nilai=Rupiah.of(9_000_000), volume=Decimal(10))
    assert classify(kursi, capitalisation_limit=SEJUTA).best_kelas == "operasi"
    murah = Item("Kursi rapat", nilai=Rupiah.of(900_000))
    assert classify(murah, capitalisation_limit=SEJUTA).best_kelas == "operasi"
    tak_tentu = Item("Kursi rapat", nilai=Rupiah.of(9_000_000), merchant="TOKO MAJU")
    assert "harga satuan belum diketahui" in classify(tak_tentu, capitalisation_limit=SEJUTA).alasan


@pytest.mark.parametrize("volume", [Decimal("1e-30"), Decimal(0), Decimal(-3)])
def test_an_absurd_quantity_gives_no_price(volume: Decimal) -> None:
    thing = Item("Kursi rapat", nilai=Rupiah.of(9_000_000), volume=volume)
    assert classify(thing, capitalisation_limit=SEJUTA).best_kelas == "modal"


def test_the_account_given_decides_and_conflicts_are_findings() -> None:
    thing = Item(LAPTOP.uraian, harga=LAPTOP.harga, kode_rekening="5.1.02.01.01.0024")
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.aturan) == ("operasi", "rekening")
    [temuan] = putusan.temuan
    assert temuan.rule == "aset_di_rekening_barang"
    assert "laptop" in temuan.message
    kertas = Item("Kertas HVS", satuan="Rim", kode_rekening="520205010001")
    [sebaliknya] = classify(kertas, capitalisation_limit=SEJUTA).temuan
    assert sebaliknya.rule == "barang_di_rekening_modal"


def test_what_is_handed_to_the_public_is_no_conflict() -> None:
    thing = Item(LAPTOP.uraian, harga=LAPTOP.harga, kode_rekening="5.1.02.01.01.0039")
    assert classify(thing, capitalisation_limit=SEJUTA).temuan == ()


@pytest.mark.parametrize(
    "rekening", ["4.1.01", "bukan kode", "5.1.02.01.01.0024;5.2.02.10.01.0002"]
)
def test_an_account_that_names_no_class_leaves_it_to_the_words(rekening: str) -> None:
    thing = Item(LAPTOP.uraian, harga=LAPTOP.harga, kode_rekening=rekening)
    assert classify(thing, capitalisation_limit=SEJUTA).aturan == "kata:peralatan"


def test_memory_stands_over_goods_code_and_words() -> None:
    kunci = memory_keys(LAPTOP)[0]
    remembered = {kunci: ClassMemory("operasi", date(2026, 3, 2), "Citra", "5.1.02.01.01.0039")}
    putusan = classify(LAPTOP, capitalisation_limit=SEJUTA, remembered=remembered)
    assert (putusan.kelas, putusan.aturan) == ("operasi", "ingatan")
    assert "02-03-2026 oleh Citra" in putusan.alasan
    assert putusan.proposed_rekening[0].kode == "5.1.02.01.01.0039"
    lain = classify(
        LAPTOP, capitalisation_limit=SEJUTA, remembered={"barang:lain": remembered[kunci]}
    )
    assert lain.aturan == "kata:peralatan"


def test_memory_of_a_merchant() -> None:
    thing = Item("Belanja", merchant="Toko Buku Maju")
    assert memory_keys(thing) == ("barang:belanja", "merchant:toko buku maju")
    remembered = {"merchant:toko buku maju": ClassMemory("modal", date(2026, 1, 5), "Dewi")}
    assert classify(thing, capitalisation_limit=SEJUTA, remembered=remembered).kelas == "modal"


@pytest.mark.parametrize(
    ("kode", "harga", "kelas", "akun"),
    [
        ("1.3.2.10.01.02.002", 9_000_000, "modal", "5.2.02.10.01.0002"),
        ("1.3.2.10.01.02.002", 400_000, "operasi", ""),
        ("1.1.7.01.03.01.001", 9_000_000, "operasi", "5.1.02.01.01.0024"),
        ("1.3.05.01.01.0001", 50_000, "modal", "5.2.05.01.01.0001"),
        ("8.1.02.02.04.0036", 9_000_000, "operasi", "5.1.02.02.04.0036"),
    ],
)
def test_goods_code(kode: str, harga: int, kelas: str, akun: str) -> None:
    thing = Item("Barang", kode_barang=kode, harga=Rupiah.of(harga))
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert putusan.kelas == kelas
    assert putusan.aturan.startswith("kode_barang:")
    assert not akun or putusan.proposed_rekening[0].kode == akun


def test_goods_code_is_named_as_the_regulation_names_it() -> None:
    thing = Item("Komputer jinjing", kode_barang="1.3.2.10.01.02.002", harga=SEJUTA)
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert "bernama “Lap Top” termasuk peralatan" in putusan.alasan


@pytest.mark.parametrize(
    ("mcc", "uraian", "kelas"),
    [
        ("5812", "dinner for committee", "operasi"),
        ("5541", "gasoline city use", "operasi"),
        ("7011", "hotel room", "operasi"),
        ("742", "animal care", "operasi"),
        ("5812", "Laptop Asus Vivobook Core i7", "ragu"),
    ],
)
def test_merchants_of_services_food_fuel_and_travel(mcc: str, uraian: str, kelas: str) -> None:
    thing = Item(uraian, mcc=mcc, nilai=Rupiah.of(9_000_000))
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.best_kelas) == (kelas, "operasi")
    assert putusan.aturan.startswith("mcc:")


def test_a_shop_of_goods_proves_nothing() -> None:
    thing = Item(LAPTOP.uraian, mcc="5732", harga=LAPTOP.harga)
    assert classify(thing, capitalisation_limit=SEJUTA).aturan == "kata:peralatan"


def test_a_package_that_bears_an_accounts_name() -> None:
    nama = "Belanja Peralatan dan Mesin-Alat Kantor dan Rumah Tangga-Alat Rumah Tangga-Alat Dapur"
    putusan = classify(Item(nama, nilai=Rupiah.of(1_332_000)), capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.aturan) == ("operasi", "nama_rekening")


@pytest.mark.parametrize("uraian", ["", "   ", "???", "😀😀", "12345", "\x00"])
def test_nothing_to_judge_is_ragu_with_the_reason(uraian: str) -> None:
    putusan = classify(Item(uraian), capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.aturan, putusan.keyakinan) == ("ragu", "teks_kosong", 0.5)


@pytest.mark.parametrize("harga", [Rupiah(-1), Rupiah(MAX_SEN)])
def test_impossible_prices_are_ragu(harga: Rupiah) -> None:
    putusan = classify(Item("Laptop Asus", harga=harga), capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.aturan) == ("ragu", "harga_tak_wajar")
    assert str(harga) in putusan.alasan


def test_a_refund_at_a_restaurant_is_no_capital() -> None:
    thing = Item("Laptop Asus", mcc="5812", nilai=Rupiah(-5_000_000))
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.best_kelas) == ("ragu", "operasi")


def test_a_megabyte_of_text_is_read_at_its_beginning() -> None:
    long = "Laptop Asus Vivobook " + "spesifikasi lengkap " * 50_000
    thing = Item(long, spesifikasi=long, harga=LAPTOP.harga)
    assert classify(thing, capitalisation_limit=SEJUTA).kelas in {"modal", "ragu"}


def test_the_words_belanja_modal_are_no_evidence() -> None:
    dengan = classify(Item("Belanja Modal Kertas HVS", satuan="Rim"), capitalisation_limit=SEJUTA)
    assert dengan.best_kelas == "operasi"
    assert not any("modal" in row.what for row in dengan.bukti)


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=12), st.integers(0, 10**9))
def test_any_text_has_an_answer_whose_evidence_adds_up(
    uraian: str, spesifikasi: str, satuan: str, harga: int
) -> None:
    thing = Item(uraian, spesifikasi, satuan, harga=Rupiah.of(harga))
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert 0.5 <= putusan.keyakinan <= 1
    assert (putusan.kelas == "ragu") == (putusan.keyakinan < THRESHOLD)
    if putusan.aturan.startswith("kata:"):
        total = sum(row.bagian for row in putusan.bukti)
        chance = 1 / (1 + math.exp(-total))
        sure = max(chance, 1 - chance)
        assert sure == pytest.approx(putusan.keyakinan, abs=0.02)


@given(
    st.sampled_from([row[0] for row in PEMBELIAN]),
    st.integers(1, 10**8),
    st.integers(1, 10**8),
)
def test_a_higher_price_never_makes_a_thing_less_capital(uraian: str, a: int, b: int) -> None:
    low, high = sorted((a, b))
    chance = [
        _modal(classify(Item(uraian, harga=Rupiah.of(price)), capitalisation_limit=SEJUTA))
        for price in (low, high)
    ]
    assert chance[0] <= chance[1] + 0.02


def _modal(putusan: Classified) -> float:
    sure = putusan.keyakinan
    return sure if putusan.best_kelas == "modal" else 1 - sure


def test_a_brief_answer_is_the_same_without_evidence() -> None:
    full = classify(LAPTOP, capitalisation_limit=SEJUTA)
    assert full.bukti
    assert classify(LAPTOP, capitalisation_limit=SEJUTA, detailed=False) == full._replace(bukti=())


def test_logit_stays_finite() -> None:
    assert math.isfinite(logit(0.0))
    assert math.isfinite(logit(1.0))


def test_a_rule_never_speaks_for_the_class_it_denies() -> None:
    """Words surer than the rule lose confidence to it, but the rule is no evidence against them."""
    toner = Item("Toner printer", satuan="Buah", kode_rekening="5.1.02.01.01.0029")
    putusan = classify(toner, capitalisation_limit=SEJUTA)
    first, second, *_ = putusan.bukti
    assert (first.what, first.bagian) == ("rekening 5.1.02.01.01.0029", 0.0)
    assert second.what == "keyakinan tertinggi aturan ini"
    assert sum(row.bagian for row in putusan.bukti) == pytest.approx(logit(0.02), abs=0.02)
