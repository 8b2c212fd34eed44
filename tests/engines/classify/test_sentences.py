"""The sentences fit what the thing is, and the evidence that is set by hand is told."""

from __future__ import annotations

import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Item, classify

SEJUTA = Rupiah.of(1_000_000)
LAPTOP = Item("Laptop Asus Vivobook", satuan="Unit", harga=Rupiah.of(9_500_000))


@pytest.mark.parametrize(
    ("uraian", "satuan", "kata"),
    [
        ("Honorarium narasumber", "Orang / Jam", "melekat pada perolehan aset tetap"),
        ("Sewa mobil", "Hari", "sewa beli"),
        ("Nasi kotak", "Kotak", "melekat langsung"),
        ("Biaya penginapan perjalanan dinas", "Orang / Hari", "melekat langsung"),
        ("Pemeliharaan AC", "Kali", "menambah umur"),
        ("Kertas HVS", "Rim", "barang ini berumur"),
        ("Pembangunan gedung kantor camat", "Paket", "pemeliharaan rutin"),
    ],
)
def test_what_would_change_it_fits_the_kind(uraian: str, satuan: str, kata: str) -> None:
    """What is no thing has no age: only its part in an asset makes it capital."""
    thing = Item(uraian, satuan=satuan, harga=Rupiah.of(1_500_000))
    putusan = classify(thing, capitalisation_limit=SEJUTA)
    assert kata in putusan.yang_mengubah
    assert ("barang ini" in putusan.yang_mengubah) == (putusan.aturan == "kata:habis_pakai")


def test_a_price_is_told_against_the_assumed_limit() -> None:
    for harga, seberapa in ((9_500_000, "mencapai"), (250_000, "di bawah")):
        thing = LAPTOP._replace(harga=Rupiah.of(harga))
        assert f"{seberapa} anggapan 1.000.000" in classify(thing, capitalisation_limit=None).alasan


def test_a_word_is_quoted_once() -> None:
    alasan = classify(Item("Pompa air", harga=SEJUTA), capitalisation_limit=SEJUTA).alasan
    assert alasan.startswith("Kata “pompa air” menunjukkan")


@pytest.mark.parametrize(
    "uraian",
    ["Jasa konsultansi laptop", "Kajian penggunaan kendaraan", "Pelatihan operator mesin jahit"],
)
def test_no_package_is_operational_because_it_is_durable(uraian: str) -> None:
    """Without a unit price no limit makes equipment operational: another kind carries that."""
    paket = Item(uraian, nilai=Rupiah.of(95_000_000), jenis_pengadaan="Jasa Lainnya")
    putusan = classify(paket, capitalisation_limit=SEJUTA)
    assert putusan.best_kelas == "operasi"
    assert putusan.aturan not in {"kata:peralatan", "kata:takberwujud", "kata:konstruksi"}


@pytest.mark.parametrize(("mcc", "kelas"), [("5912", "operasi"), ("5311", "modal")])
def test_the_category_of_a_shop_is_evidence(mcc: str, kelas: str) -> None:
    """A pharmacy sells what is used up; a department store sells anything."""
    line = Item("ZZYZX QWX", mcc=mcc, merchant="ZZYZX QWX", nilai=Rupiah.of(1_500_000))
    putusan = classify(line, capitalisation_limit=SEJUTA)
    assert (putusan.kelas, putusan.best_kelas) == ("ragu", kelas)
    named = {bukti.what for bukti in putusan.bukti}
    assert (f"mcc {mcc}" in named) == (mcc == "5912")
