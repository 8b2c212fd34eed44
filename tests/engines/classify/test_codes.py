"""Codes of accounts and goods: one spelling, what they say, whether the files agree."""

from __future__ import annotations

import pytest

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import knowledge as words_codes
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import rekening as akun


@pytest.mark.parametrize(
    ("written", "neat"),
    [
        ("510201010024", "5.1.02.01.01.0024"),
        ("5.1.2.1.1.24", "5.1.02.01.01.0024"),
        ("5.1.02.01.01.024", "5.1.02.01.01.0024"),
        ("5.2.02", "5.2.02"),
    ],
)
def test_account_codes_have_one_spelling(written: str, neat: str) -> None:
    assert words_codes.tidy_rekening(written) == neat


@pytest.mark.parametrize(
    ("code", "kind", "account", "name"),
    [
        ("1.3.2.10.01.02.002", "peralatan", "5.2.02.10.01.0002", "Lap Top"),
        ("132100102002", "peralatan", "5.2.02.10.01.0002", "Lap Top"),
        ("117010301001", "habis_pakai", "5.1.02.01.01.0024", "Alat Tulis"),
        ("1.3.02.10.01.0002", "peralatan", "5.2.02.10.01.0002", "PERSONAL KOMPUTER"),
        ("1302100102", "peralatan", "5.2.02.10.01.0002", "PERSONAL KOMPUTER"),
        ("13021001000200002", "peralatan", "5.2.02.10.01.0002", "Lap Top"),
        ("1.3.0.20.40.10.001.00009", "peralatan", "5.2.02.04.01.0001", None),
        ("1.1.1.20.10.30.012.00004", "habis_pakai", "5.1.02.01.01.0035", None),
        ("1.1.12.01.03.0001", "habis_pakai", "5.1.02.01.01.0024", None),
        ("1.1.7.01.05.01.001", "diserahkan", None, None),
        ("1.3.5.01.01.01.001", "buku", "5.2.05.01.01.0001", None),
        ("1.3.1.01.01.01.001", "tanah", "5.2.01.01.01.0001", None),
        ("1.5.3.01.01.05", "takberwujud", "5.2.06.01.01.0005", None),
        ("8.1.02.03.02.0121", "pemeliharaan", "5.1.02.03.02.0121", ""),
        ("8.1.0.20.20.90.012", "jasa", "5.1.02.02.08.0012", ""),
        ("5.1.0.20.20.90.012", "jasa", "5.1.02.02.09.0012", ""),
        ("9.9.9.99", None, None, ""),
        ("7", None, None, ""),
    ],
)
def test_goods_codes(code: str, kind: str | None, account: str | None, name: str | None) -> None:
    assert words_codes.goods_kind(code) == kind
    if account is not None or kind is None:
        assert words_codes.goods_rekening(code) == account
    if name is not None:
        assert words_codes.goods_name(code) == name


def test_every_account_that_can_be_charged_names_a_kind() -> None:
    for code in classify_knowledge.nama_rekening():
        kind = words_codes.rekening_kind(code)
        assert kind is not None or code.startswith("5.1.02.")
        if kind is not None and not code.startswith("5.1.02.01.04."):
            assert classify_knowledge.jenis()[kind].kelas == words_codes.kelas_rekening(code)


def test_the_files_agree_with_each_other() -> None:
    kinds = classify_knowledge.jenis()
    named = {
        *classify_knowledge.rekening_prefixes().values(),
        *classify_knowledge.goods_prefixes().values(),
    }
    named |= {kind for _, kind in classify_knowledge.mcc().values() if kind}
    named |= set(classify_knowledge.merchant_words().values())
    assert named <= set(kinds)
    assert classify_model.model().jenis == tuple(kinds)
    assert set(akun.data_table().kode) <= set(classify_knowledge.nama_rekening())
    assert all(row[0] for row in classify_knowledge.rekening_notes())
    assert {row[0] for row in classify_knowledge.calibration()} == {
        *("di_atas", "di_atas_rendah", "di_bawah", "buku", "lain"),
        *("tanpa_harga", "tanpa_batas", "tak_dikenal"),
    }
