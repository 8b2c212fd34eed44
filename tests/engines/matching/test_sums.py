"""Splits, groups and refunds: what is summed and what is given back."""

from __future__ import annotations

from datetime import date

import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.matching import BankLine, match
from tests.engines.matching.test_matching import KARTU, baris, belanja, links


def test_one_line_split_over_purchases() -> None:
    hasil = match(
        [baris("b1", 14, 1_000_000, "PERCETAKAN MAJU JAYA")],
        [
            belanja("s1", 14, 412_350, "Percetakan Maju Jaya"),
            belanja("s2", 14, 587_650, "percetakan maju jaya"),
            belanja("s3", 14, 90_000, "Kfc"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1", "s2"), "pecah")]
    assert "2 belanja berjumlah Rp 1.000.000" in hasil.pairings[0].alasan[1].teks


def test_many_lines_are_one_purchase() -> None:
    hasil = match(
        [
            baris("b1", 14, 412_350, "PERCETAKAN MAJU JAYA"),
            baris("b2", 14, 587_650, "PERCETAKAN MAJU JAYA"),
        ],
        [belanja("s1", 14, 1_000_000, "Percetakan Maju Jaya")],
    )
    assert links(hasil) == [(("b1", "b2"), ("s1",), "gabung")]


def test_a_refund_finds_its_original() -> None:
    hasil = match(
        [
            baris("b1", 4, 800_000, "HOTEL GRAND KANAYA"),
            baris("b2", 14, -800_000, "REFUND HOTEL GRAND KANAYA"),
            baris("b3", 5, 400_000, "LION AIR"),
            baris("b4", 20, -300_000, "LION AIR"),
        ],
        [belanja("s1", 4, 800_000, "Hotel Grand Kanaya"), belanja("s2", 5, 400_000, "Lion Air")],
    )
    assert (("b2",), ("s1",), "refund") in links(hasil)
    assert (("b4",), ("s2",), "refund") in links(hasil)
    teks = {p.baris: {a.kunci: a.teks for a in p.alasan} for p in hasil.pairings}
    assert teks[("b2",)]["nilai"] == "pengembalian penuh: Rp 800.000 dari Rp 800.000"
    assert "sebagian" in teks[("b4",)]["nilai"]


def test_a_shop_gives_back_its_price_not_the_surcharge_on_it() -> None:
    hasil = match(
        [
            baris("b1", 2, 1_723_190, "SEJAHTERA SERDANG"),
            baris("b2", 9, 2_000_000, "SEJAHTERA SERDANG"),
            baris("b3", 25, -1_673_000, "SEJAHTERA SERDANG"),
        ],
        [
            belanja("s1", 2, 1_673_000, "Sejahtera Serdang"),
            belanja("s2", 9, 2_000_000, "Sejahtera Serdang"),
        ],
    )
    assert (("b3",), ("s1",), "refund") in links(hasil)


def test_a_refund_may_stand_before_the_posting_of_its_original() -> None:
    asal = BankLine(
        "b1", KARTU, date(2026, 10, 8), None, Rupiah.of(2_924_500), "DELIMA NUSANTARA ATK"
    )
    hasil = match(
        [asal, baris("b2", 4, -2_924_500, "DELIMA NUSANTARA A")],
        [belanja("s1", 3, 2_924_500, "Delima Nusantara ATK")],
    )
    assert (("b2",), ("s1",), "refund") in links(hasil)


@pytest.mark.parametrize(
    ("returned", "asal"),
    [(422_600, 2_113_205), (1_557_700, 3_115_500), (2_428_800, 4_048_124)],  # 20, 50 and 60 %
)
def test_a_part_is_given_back_in_whole_hundreds(returned: int, asal: int) -> None:
    hasil = match(
        [
            baris("b1", 2, asal, "GROSIR JAYA TOBA"),
            baris("b2", 4, 4_763_117, "GROSIR JAYA TOBA"),
            baris("b3", 10, -returned, "GROSIR JAYA TOBA"),
        ],
        [
            belanja("s1", 2, asal, "Grosir Jaya Toba"),
            belanja("s2", 4, 4_763_117, "Grosir Jaya Toba"),
        ],
    )
    assert (("b3",), ("s1",), "refund") in links(hasil)


@pytest.mark.parametrize("mistakes", [50_001, 50_000])
def test_a_rare_amount_near_a_common_one_is_no_evidence(mistakes: int) -> None:
    """Fifty thousand of a hundred thousand is said by many purchases, a stranger's slip by none."""
    crowd = [(f"TOKO {chr(65 + n % 26)}{chr(66 + n % 7)}RK", 1 + n % 9) for n in range(60)]
    hasil = match(
        [
            *(baris(f"r{n}", day, 50_000, nama) for n, (nama, day) in enumerate(crowd)),
            baris("b1", 2, 50_000, "APOTEK MENTARI SUMBER"),
            baris("b2", 9, mistakes // 1_000 * 1_000, "BLUE BIRD JAKARTA"),
            baris("b3", 25, -50_000, "REFUND APOTEK MENTARI S"),
        ],
        [
            *(belanja(f"q{n}", day, 50_000, nama) for n, (nama, day) in enumerate(crowd)),
            belanja("s1", 2, 50_000, "Apotek Mentari Sumber"),
            belanja("s2", 9, mistakes, "Blue Bird"),
        ],
    )
    assert (("b3",), ("s1",), "refund") in links(hasil)


def test_an_exact_sum_beats_a_slip_of_the_pen() -> None:
    """7.435.322 is 5.435.322 with one digit wrong; and exactly 2.000.000 more, bought beside it."""
    hasil = match(
        [baris("b1", 6, 7_435_322, "DEPOT SENTOSA BAROKAH")],
        [
            belanja("s1", 6, 2_000_000, "Depot Sentosa Barokah"),
            belanja("s2", 6, 5_435_322, "Sentosa Barokah"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1", "s2"), "pecah")]


def test_parts_of_a_line_posted_five_days_later() -> None:
    baris_bank = BankLine(
        "b1", KARTU, date(2026, 10, 29), None, Rupiah.of(9_807_654), "SWALAYAN CAHAYA"
    )
    hasil = match(
        [baris_bank],
        [
            belanja("s1", 24, 2_770_000, "swalayan cahaya"),
            belanja("s2", 24, 7_037_654, "Swalayan Cahaya"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1", "s2"), "pecah")]


def test_a_refund_prefers_its_negative_purchase() -> None:
    hasil = match(
        [
            baris("b1", 4, 812_500, "HOTEL GRAND KANAYA"),
            baris("b2", 14, -812_500, "HOTEL GRAND KANAYA"),
        ],
        [
            belanja("s1", 4, 812_500, "Hotel Grand Kanaya"),
            belanja("s2", 14, -812_500, "Hotel Grand Kanaya"),
        ],
    )
    assert links(hasil) == [(("b1",), ("s1",), "satu"), (("b2",), ("s2",), "refund")]


def test_an_original_is_given_back_in_pieces_but_never_more_than_it_was() -> None:
    """The first and the second piece of one purchase find it; a third that is too much does not."""
    bank = [
        baris("b1", 2, 1_237_450, "PERCETAKAN MAJU JAYA"),
        baris("b2", 5, -400_000, "PERCETAKAN MAJU JAYA"),
        baris("b3", 12, -837_450, "PERCETAKAN MAJU JAYA"),
        baris("b4", 3, 96_500, "WARUNG BU TUTI"),
    ]
    catatan = [
        belanja("s1", 2, 1_237_450, "Percetakan Maju Jaya"),
        belanja("s2", 3, 96_500, "Warung Bu Tuti"),
    ]
    for further in ([], [baris("b5", 19, -700_000, "PERCETAKAN MAJU JAYA")]):
        hasil = match(bank + further, catatan)
        returned = {p.baris[0] for p in hasil.pairings if p.jenis == "refund"}
        assert returned <= {"b2", "b3", "b5"}
        nilai = {one.id: -one.nilai.sen for one in bank + further}
        assert sum(nilai[id_] for id_ in returned) <= 123_745_000
        assert further or returned == {"b2", "b3"}
        assert all(p.belanja == ("s1",) for p in hasil.pairings if p.jenis == "refund")
        assert match((bank + further)[::-1], catatan[::-1]) == hasil
