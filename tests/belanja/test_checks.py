"""The checks at entry: one table of facts and the rules they break."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.belanja.checks import PurchaseFacts, check
from kkpd.core.money import Rupiah
from kkpd.core.pan import mask, tidy_npwp

WEDNESDAY = date(2026, 10, 14)
BIASA = PurchaseFacts(
    tanggal=WEDNESDAY,
    merchant="Toko Sumber Rejeki",
    uraian="Kertas HVS",
    rekening="5.1.02.01.01.0024",
    nilai=Rupiah.of(1_000_000),
    card_kind="barang",
    status_kartu="aktif",
)
R = Rupiah.of

TABLES: list[tuple[dict[str, Any], set[str]]] = [
    ({}, set()),
    ({"rekening": "5.2.02.10.01.0002"}, set()),
    ({"card_kind": "perjalanan"}, {"kartu_salah"}),
    ({"card_kind": "perjalanan", "rekening": "5.1.02.04.01.0001"}, set()),
    ({"card_kind": "perjalanan", "rekening": "5.1.02.02.04.0036"}, set()),
    ({"card_kind": "perjalanan", "rekening": "5.1.02.02.04.0044"}, {"kartu_salah"}),
    ({"rekening": "5.1.02.04.01.0003"}, {"kartu_salah"}),
    ({"status_kartu": "hilang"}, {"kartu_tidak_aktif"}),
    ({"card_until": WEDNESDAY}, set()),
    ({"card_until": date(2026, 10, 13)}, {"kartu_tidak_aktif"}),
    ({"rekening": "5.1.01.01.01.0001"}, {"di_luar_lingkup"}),
    ({"rekening": "5.1.05.01.01.0001"}, {"di_luar_lingkup"}),
    ({"uraian": "Tarik  tunai ATM"}, {"tarik_tunai"}),
    ({"uraian": "Iuran tahunan kartu"}, {"biaya_kartu"}),
    ({"uraian": "Uang harian Ani"}, {"uang_harian"}),
    ({"mata_uang": "SGD"}, {"mata_uang_asing"}),
    ({"use_cutoff": WEDNESDAY}, set()),
    ({"use_cutoff": date(2026, 10, 13)}, {"lewat_batas_pakai"}),
    ({"tanggal": date(2026, 10, 17)}, {"akhir_pekan"}),
    (
        {
            "tanggal": date(2026, 10, 18),
            "card_kind": "perjalanan",
            "rekening": "5.1.02.04.01.0001",
        },
        set(),
    ),
    ({"is_first_use": True, "first_use_limit": R(1_000_000)}, set()),
    ({"is_first_use": True, "first_use_limit": R(999_999)}, {"batas_pertama"}),
    ({"is_first_use": True}, set()),
    ({"twins": (7,)}, {"mungkin_kembar"}),
    ({"volume": 4, "harga_satuan": R(250_000)}, set()),
    ({"volume": 3, "harga_satuan": R(333_333)}, set()),
    ({"volume": 4, "harga_satuan": R(200_000)}, {"hitungan"}),
    ({"volume": 1, "harga_satuan": R(980_000)}, {"biaya_tambahan"}),
    ({"volume": 1, "harga_satuan": R(996_000)}, {"hitungan"}),
    ({"volume": 1, "harga_satuan": R(900_900), "ppn": R(99_100)}, set()),
    ({"dpp": R(900_900), "ppn": R(99_100)}, set()),
    ({"dpp": R(900_000), "ppn": R(50_000)}, {"hitungan_pajak"}),
    ({"dpp": R(892_857), "ppn": R(107_143)}, set()),
    ({"dpp": R(880_000), "ppn": R(120_000)}, {"hitungan_pajak"}),
    ({"dpp": R(900_000), "pbjt": R(100_000)}, {"hitungan_pajak"}),
    ({"pbjt": R(90_909)}, set()),
    ({"pph": R(30_100), "pph_jenis": "pph22"}, set()),
    ({"pph": R(31_000), "pph_jenis": "pph22"}, {"hitungan_pajak"}),
    ({"dpp": R(882_882), "ppn": R(97_118)}, {"biaya_tambahan", "hitungan_pajak"}),
    ({"uraian": "Kertas dan surcharge 2%"}, {"biaya_tambahan"}),
    ({"pph": R(15_000)}, set()),
    ({"pph": R(1_000_000)}, {"hitungan_pajak"}),
    ({"nilai": R(-5)}, {"pengembalian_tanpa_asal"}),
    ({"nilai": R(-5), "origin_left": R(5), "twins": (1,)}, set()),
    ({"nilai": R(-6), "origin_left": R(5)}, {"pengembalian_lebih"}),
    ({"nilai": R(-6), "origin_left": R(6), "volume": 1, "harga_satuan": R(9)}, set()),
]


@pytest.mark.parametrize(("changes", "rules"), TABLES)
def test_table(changes: dict[str, Any], rules: set[str]) -> None:
    found = check(replace(BIASA, **changes))
    assert {finding.rule for finding in found} == rules
    for finding in found:
        assert finding.message.endswith(".")
        assert "dasar" in finding.inputs


@given(st.integers(1_000, 10**10), st.integers(1, 200))
def test_a_price_paid_as_it_stands_is_never_a_surcharge(sen: int, volume: int) -> None:
    known_facts = replace(
        BIASA, nilai=Rupiah(sen) * volume, volume=volume, harga_satuan=Rupiah(sen)
    )
    assert check(known_facts) == []


@pytest.mark.parametrize(
    "kartu", ["4111111111111111", "5500 0055 5555 5559", "4111.1111.1111.1111"]
)
def test_a_card_number_is_no_npwp(kartu: str) -> None:
    assert tidy_npwp(kartu) == f"****{kartu[-4:]}"


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("012345678901000", "01.234.567.8-901.000"),
        ("01.234.567.8-901.000", "01.234.567.8-901.000"),
        ("0012345678901000", "001.234.567.8-901.000"),
        ("1207261508900001", "12.07.26.150890.0001"),
        (" toko kecil ", "toko kecil"),
        ("4539148803436467", "****6467"),
        ("45391488034364671", "45391488034364671"),
    ],
)
def test_npwp(given_text: str, written: str) -> None:
    assert tidy_npwp(given_text) == written


@given(st.text(alphabet="0123456789 .-", max_size=24))
def test_a_tax_number_never_looks_like_a_card_number(text: str) -> None:
    written = tidy_npwp(text)
    digits = "".join(letter for letter in written if letter.isdigit())
    if len(digits) in (15, 16):
        assert mask(written) == written
