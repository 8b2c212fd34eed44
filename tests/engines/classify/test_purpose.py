"""A purpose that is written: given away, or a repair that adds life."""

from __future__ import annotations

import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Classified, Item, classify

SEJUTA = Rupiah.of(1_000_000)
#: The words alone decide, for a thing of which the limit decides.
BENDA = {"kata:peralatan", "kata:takberwujud"}


def tanya(
    uraian: str, harga: Rupiah | None = None, kode_barang: str = "", kode_rekening: str = ""
) -> Classified:
    """The answer for a good under a limit of one million."""
    line = Item(uraian, harga=harga, kode_barang=kode_barang, kode_rekening=kode_rekening)
    return classify(line, capitalisation_limit=SEJUTA)


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
    assert (putusan.aturan, putusan.best_kelas) == (aturan, kelas)
    if aturan == "maksud:diserahkan":
        assert putusan.proposed_rekening[0].kode.startswith("5.1")
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


@pytest.mark.parametrize(
    ("uraian", "harga", "aturan", "kelas"),
    [
        ("Traktor tangan untuk kelompok tani Maju Jaya", 28_500_000, "maksud:untuk", "operasi"),
        ("Mesin jahit bagi para pelaku UMKM", 3_250_000, "maksud:untuk", "operasi"),
        ("Tandon air untuk warga terdampak kekeringan", 2_450_000, "maksud:untuk", "operasi"),
        ("Sepeda untuk siswa berprestasi", 2_500_000, "maksud:untuk", "operasi"),
        ("Mesin perontok padi kelompok tani (hibah)", 15_500_000, "maksud:diserahkan", "operasi"),
        ("Hibah mesin perahu", 15_500_000, "maksud:diserahkan", "operasi"),
        # each receiver by its own name, as such lists are written
        ("Mesin rajang KT Ngudi Lestari, Siluk II, Imogiri", 7_500_000, "maksud:untuk", "operasi"),
        ("Hand tractor Kel. Tani Sido Maju", 25_000_000, "maksud:untuk", "operasi"),
        ("Perahu fiber Kelompok Nelayan Bina Bahari", 38_000_000, "maksud:untuk", "operasi"),
        ("Meja kerja Kel. Ngestiharjo", 1_900_000, "kata:peralatan", "modal"),
        # groups by their short names, and what is granted to a body
        ("Perahu fiber untuk KUB", 38_000_000, "maksud:untuk", "operasi"),
        ("Mesin kemas utk poklahsar", 8_500_000, "maksud:untuk", "operasi"),
        ("Tenda u/ korban banjir", 1_350_000, "maksud:untuk", "operasi"),
        ("Laptop (hibah ke lembaga kursus)", 9_500_000, "maksud:diserahkan", "operasi"),
        ("Mesin cacah rumput - hibah", 9_500_000, "maksud:diserahkan", "operasi"),
        # only named, or built: a question
        ("Hand tractor kelompok tani", 28_500_000, "maksud:disebut", "ragu"),
        ("Perahu fiber nelayan", 28_500_000, "maksud:disebut", "ragu"),
        ("Gerobak bagi PKL", 4_500_000, "maksud:untuk", "operasi"),
        ("Laptop hibah penerima manfaat", 9_500_000, "maksud:diserahkan", "operasi"),
        ("Pembangunan sanggar untuk kelompok tani", 45_000_000, "maksud:untuk", "ragu"),
        # the office's own, though it serves people
        ("Komputer untuk pelayanan masyarakat", 9_800_000, "kata:peralatan", "modal"),
        ("Meja belajar untuk siswa SMP Negeri 2", 1_250_000, "kata:peralatan", "modal"),
        ("Pembangunan dermaga nelayan", 45_000_000, "kata:konstruksi", "modal"),
        ("Komputer Dinas Koperasi dan UKM", 9_800_000, "kata:peralatan", "modal"),
        ("Server untuk aplikasi kelompok tani", 45_000_000, "kata:peralatan", "modal"),
        ("Meja untuk kelompok kerja", 1_750_000, "kata:peralatan", "modal"),
        ("Laptop bukan untuk warga", 9_500_000, "kata:peralatan", "modal"),
        # a service is no thing that is handed over
        ("Honor narasumber untuk petani", 900_000, "kata:jasa", "operasi"),
    ],
)
def test_for_whom_a_thing_is_decides_where_the_words_say_it(
    uraian: str, harga: int, aturan: str, kelas: str
) -> None:
    found = tanya(uraian, Rupiah.of(harga))
    assert (found.aturan, found.kelas) == (aturan, kelas)
    if found.kelas == "ragu":
        assert found.best_kelas == "operasi"


@pytest.mark.parametrize(
    ("uraian", "satuan", "aturan"),
    [
        ("Hotel Grand Asia 2 malam", "", "layanan:perjalanan"),
        ("Hotel Grand Mercure Jakarta", "", "layanan:perjalanan"),
        ("Perawatan AC rutin", "paket", "kata:pemeliharaan"),
        ("Kamar hotel Santika", "mlm", "layanan:perjalanan"),
        ("Grand Zuri deluxe", "room night", "layanan:perjalanan"),
        ("Grand Ballroom sewa sehari", "", "layanan:sewa"),
        ("Sewa Grand Piano", "hari", "kata:sewa"),
        ("Kulkas untuk hotel", "unit", "kata:peralatan"),
        ("Furniture hotel", "unit", "kata:peralatan"),
        ("Mobil sewa beli 12 bulan", "unit", "kata:peralatan"),
        ("Teropong malam", "unit", "kata:peralatan"),
        ("Suite Grand Hotel", "OH", "kata:perjalanan"),
        # twelve months or less are no intangible asset (PSAP 14); a guarantee is no subscription
        ("Lisensi Adobe Creative Cloud 1 tahun", "akun", "layanan:jasa"),
        ("Lisensi ArcGIS Online", "bulan", "layanan:jasa"),
        ("Lisensi Windows Server, garansi 1 tahun", "lisensi", "kata:takberwujud"),
        ("Lisensi Windows Server 3 tahun", "lisensi", "kata:takberwujud"),
    ],
)
def test_nights_and_hire_are_services_whatever_the_name_sounds_like(
    uraian: str, satuan: str, aturan: str
) -> None:
    line = Item(uraian, satuan=satuan, harga=Rupiah.of(1_700_000))
    found = classify(line, capitalisation_limit=SEJUTA)
    assert found.aturan == aturan
    assert found.kelas == ("modal" if aturan in BENDA else "operasi")
    if aturan.endswith(":perjalanan"):
        assert found.proposed_rekening[0].kode == "5.1.02.04.01.0001"


@pytest.mark.parametrize("satuan", ["kali", "Hari", "bln", "OJ", "Unit / Tahun", "org"])
@pytest.mark.parametrize("uraian", ["Las tralis jendela", "Dinamo pompa", "Zzq kurxi"])
def test_who_pays_by_time_occasion_or_head_buys_no_thing(uraian: str, satuan: str) -> None:
    """The unit speaks against every capital kind, and is told where no word names the kind."""
    line = Item(uraian, satuan=satuan, harga=Rupiah.of(1_700_000))
    found = classify(line, capitalisation_limit=SEJUTA)
    assert found.best_kelas == "operasi"
    assert any(bukti.what.startswith("satuan ") and bukti.bagian < 0 for bukti in found.bukti)


def test_upkeep_that_is_called_routine_is_no_work() -> None:
    """It adds neither life nor capacity (PSAP 07), though it is bought as works are."""
    line = Item(
        "Pemeliharaan Rutin Jembatan Kabupaten",
        nilai=Rupiah.of(185_000_000),
        jenis_pengadaan="Pekerjaan Konstruksi",
    )
    found = classify(line, capitalisation_limit=SEJUTA)
    assert found.kelas == "operasi"
    if found.aturan == "layanan:pemeliharaan":
        assert "hanya mengembalikan fungsi semula" in found.alasan
    assert "menambah umur" in found.yang_mengubah
