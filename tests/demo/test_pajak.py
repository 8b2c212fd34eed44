"""The taxes of the demo's purchases add up, name who collects, and ask nobody a question."""

from __future__ import annotations

from datetime import date

import pytest

from kkpd.belanja.fields import RecordPurchase
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.pan import tidy_npwp
from kkpd.demo import script as demo_script
from kkpd.demo.script import affected

BARANG = {one.uraian: one for one in demo_script.thing()}


def bought(nilai: Rupiah) -> RecordPurchase:
    """A purchase of that amount, or a refund."""
    return RecordPurchase(
        opd_id=1,
        kartu_id=1,
        tanggal=date(2026, 10, 14),
        merchant="Toko",
        uraian="Barang",
        sub_kegiatan="1",
        rekening="5",
        nilai=nilai,
        kunci_kirim="a",
    )


@pytest.mark.parametrize("uraian", BARANG)
@pytest.mark.parametrize("rupiah", [1, 17_500, 1_406_000, 199_999_999, -87_500])
def test_base_and_tax_are_the_price(uraian: str, rupiah: int) -> None:
    item = BARANG[uraian]
    for nomor in (6, 7):
        got = affected(bought(Rupiah.of(rupiah)), item, nomor)
        taxed = bool(item.taxes)
        assert got.dpp + got.ppn + got.pbjt == (abs(got.nilai) if taxed else ZERO)
        assert min(got.dpp, got.ppn, got.pbjt, got.pph) >= ZERO
        assert got.pph < abs(got.nilai)
        assert (got.pemungut == "tidak_ada") is not taxed
        assert (got.pemungut == "bendahara") is (got.pph_jenis == "pph23")
        assert bool(got.bukti_pajak) is (nomor == 7 and item.taxes in ("ppn", "pph23"))
        assert "*" not in tidy_npwp(got.penjual_npwp)


def test_every_taxed_seller_has_a_number_and_every_kind_is_there() -> None:
    taxed = [one for one in BARANG.values() if one.taxes]
    assert all(len(one.npwp) == 15 for one in taxed)
    assert {one.taxes for one in BARANG.values()} == {"", "ppn", "pbjt", "pph23"}
