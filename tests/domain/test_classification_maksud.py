"""What is written of the purpose: given away, or adding life to what stands."""

from __future__ import annotations

import pytest

from kkpd.domain.classification import Barang, Putusan, classify
from kkpd.domain.money import Rupiah

SEJUTA = Rupiah.of(1_000_000)


def tanya(
    uraian: str, harga: Rupiah | None = None, kode_barang: str = "", kode_rekening: str = ""
) -> Putusan:
    """The answer for a good under a limit of one million."""
    line = Barang(uraian, harga=harga, kode_barang=kode_barang, kode_rekening=kode_rekening)
    return classify(line, batas_kapitalisasi=SEJUTA)


@pytest.mark.parametrize(
    ("uraian", "aturan", "kelas"),
    [
        ("Traktor tangan untuk diserahkan kepada kelompok tani", "maksud:diserahkan", "operasi"),
        ("Laptop dihibahkan kepada sekolah", "maksud:diserahkan", "operasi"),
        ("Mesin jahit, bantuan kelompok UMKM", "maksud:diserahkan", "operasi"),
        ("Sepeda motor hadiah undian", "maksud:diserahkan", "operasi"),
        ("Laptop tidak untuk dihibahkan", "kata:peralatan", "modal"),
        ("Laptop dari dana bantuan operasional sekolah", "kata:peralatan", "modal"),
        ("Laptop bantuan", "kata:peralatan", "modal"),
        ("Overhaul genset menambah umur dan kapasitas", "maksud:menambah", "modal"),
        ("Perbaikan genset", "kata:pemeliharaan", "operasi"),
    ],
)
def test_a_purpose_that_is_written_stands_over_the_thing(
    uraian: str, aturan: str, kelas: str
) -> None:
    code = "1.3.2.10.01.02.002" if aturan == "maksud:diserahkan" else ""
    putusan = tanya(uraian, harga=Rupiah.of(9_000_000), kode_barang=code)
    assert (putusan.aturan, putusan.kelas_terbaik) == (aturan, kelas)
    if aturan == "maksud:diserahkan":
        assert putusan.rekening_usul[0].kode.startswith("5.1")
        assert "dipakai sendiri" in putusan.yang_mengubah


def test_a_repair_that_adds_life_is_upkeep_below_the_limit() -> None:
    putusan = tanya("Perbaikan pompa menambah umur", harga=Rupiah.of(400_000))
    assert putusan.aturan == "kata:pemeliharaan"
    assert tanya("Perbaikan pompa menambah umur").aturan == "maksud:menambah"


def test_what_is_given_away_on_a_capital_account_is_a_conflict() -> None:
    putusan = tanya(
        "Laptop untuk diserahkan kepada siswa",
        harga=Rupiah.of(9_000_000),
        kode_rekening="5.2.02.10.01.0002",
    )
    assert [finding.rule for finding in putusan.temuan] == ["barang_di_rekening_modal"]
