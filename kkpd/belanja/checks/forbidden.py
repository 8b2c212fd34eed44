"""What a government card is not for: scope, cash, fees, foreign money, the year's last day."""

from __future__ import annotations

from kkpd.belanja.checks.facts import Fakta, temuan
from kkpd.core.errors import Finding
from kkpd.core.indonesian_dates import HARI, pendek

_LINGKUP = ("5.1.02", "5.2")

#: rule -> (words, sentence, source of the rule)
_KATA = {
    "tarik_tunai": (
        (" tarik tunai ", " cash advance ", " penarikan tunai ", " transfer ke rekening "),
        "Kartu tidak untuk menarik atau mengirim uang tunai. Tanyakan kepada pemegang.",
        "syarat kartu dari bank penerbit: tanpa penarikan tunai dan transfer",
    ),
    "biaya_kartu": (
        (" iuran tahunan ", " annual fee ", " denda keterlambatan ", " bunga kartu "),
        "Iuran, bunga dan denda kartu tidak dibebankan pada APBD. Tanyakan kepada bank.",
        "Pasal 5 huruf g; praktik KKP: biaya kartu bukan beban anggaran",
    ),
    "uang_harian": (
        (" uang harian ", " uang saku ", " lumpsum "),
        "Uang harian tidak dibayar dengan kartu. Bayarkan dari UP Tunai.",
        "Pasal 18 ayat (4): angkutan, penginapan dan sewa kendaraan saja",
    ),
}


def kata(fakta: Fakta) -> Finding | None:
    """The words of the purchase name something the card may not pay."""
    for rule, (words, sentence, dasar) in _KATA.items():
        for word in words:
            if word in fakta.teks:
                return temuan(rule, "salah", sentence, dasar, kata=word.strip())
    return None


def lingkup(fakta: Fakta) -> Finding | None:
    """KKPD pays goods and services and capital spending only."""
    if fakta.rekening.startswith(_LINGKUP):
        return None
    return temuan(
        "di_luar_lingkup",
        "salah",
        f"Rekening {fakta.rekening} bukan belanja barang dan jasa atau belanja modal. "
        "Ganti rekeningnya; bila memang itu belanjanya, kartu tidak boleh membayarnya.",
        "Permendagri 79/2022: belanja barang dan jasa serta belanja modal melalui UP",
        rekening=fakta.rekening,
    )


def mata_uang(fakta: Fakta) -> Finding | None:
    """No foreign-currency transaction; a service billed in rupiah is allowed."""
    if fakta.mata_uang == "IDR":
        return None
    return temuan(
        "mata_uang_asing",
        "salah",
        f"Transaksi dalam {fakta.mata_uang}; kartu hanya untuk rupiah. "
        "Pemegang membayarnya sendiri, kecuali tagihan banknya berbunyi rupiah.",
        "syarat kartu: transaksi dalam rupiah; jasa luar negeri sebesar tagihan rupiahnya",
        mata_uang=fakta.mata_uang,
    )


def batas_pakai(fakta: Fakta) -> Finding | None:
    """After the year's last day of card use the purchase falls to UP Tunai."""
    if fakta.batas_pakai is None or fakta.tanggal <= fakta.batas_pakai:
        return None
    return temuan(
        "lewat_batas_pakai",
        "salah",
        f"Dipakai sesudah batas pemakaian kartu {pendek(fakta.batas_pakai)}. "
        "Bebankan pada UP Tunai.",
        "setelan year_end_use_cutoff (langkah-langkah akhir tahun)",
        tanggal=fakta.tanggal.isoformat(),
        batas=fakta.batas_pakai.isoformat(),
    )


def akhir_pekan(fakta: Fakta) -> Finding | None:
    """Saturday or Sunday: no offence, but worth a look; travel is of every day."""
    if fakta.tanggal.weekday() < 5 or fakta.jenis_kartu == "perjalanan":
        return None
    hari = HARI[fakta.tanggal.weekday()]
    return temuan(
        "akhir_pekan",
        "info",
        f"Belanja pada hari {hari}. Pastikan untuk dinas, dan sebutkan kegiatannya dalam uraian.",
        "uji petik",
        hari=hari,
    )
