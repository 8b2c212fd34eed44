"""What a government card may not pay: other kinds of spending, cash, fees, foreign currency; and
the year's last day.
"""

from __future__ import annotations

from kkpd.belanja.checks.facts import PurchaseFacts, temuan
from kkpd.core.errors import Finding
from kkpd.core.indonesian_dates import DAYS, brief

_SCOPE = ("5.1.02", "5.2")

#: rule -> (words, sentence, source of the rule)
_WORDS = {
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


def words_forbidden(known_facts: PurchaseFacts) -> Finding | None:
    """The words of the purchase name something the card may not pay."""
    for rule, (words, sentence, dasar) in _WORDS.items():
        for word in words:
            if word in known_facts.teks:
                return temuan(rule, "salah", sentence, dasar, kata=word.strip())
    return None


def coverage(known_facts: PurchaseFacts) -> Finding | None:
    """KKPD pays goods and services and capital spending only."""
    if known_facts.rekening.startswith(_SCOPE):
        return None
    return temuan(
        "di_luar_lingkup",
        "salah",
        f"Rekening {known_facts.rekening} bukan belanja barang dan jasa atau belanja modal. "
        "Ganti rekeningnya; bila memang itu belanjanya, kartu tidak boleh membayarnya.",
        "Permendagri 79/2022: belanja barang dan jasa serta belanja modal melalui UP",
        rekening=known_facts.rekening,
    )


def mata_uang(known_facts: PurchaseFacts) -> Finding | None:
    """No foreign-currency transaction; a service billed in rupiah is allowed."""
    if known_facts.mata_uang == "IDR":
        return None
    return temuan(
        "mata_uang_asing",
        "salah",
        f"Transaksi dalam {known_facts.mata_uang}; kartu hanya untuk rupiah. "
        "Pemegang membayarnya sendiri, kecuali tagihan banknya berbunyi rupiah.",
        "syarat kartu: transaksi dalam rupiah; jasa luar negeri sebesar tagihan rupiahnya",
        mata_uang=known_facts.mata_uang,
    )


def use_cutoff(known_facts: PurchaseFacts) -> Finding | None:
    """After the year's last day of card use the purchase falls to UP Tunai."""
    if known_facts.use_cutoff is None or known_facts.tanggal <= known_facts.use_cutoff:
        return None
    return temuan(
        "lewat_batas_pakai",
        "salah",
        f"Dipakai sesudah batas pemakaian kartu {brief(known_facts.use_cutoff)}. "
        "Bebankan pada UP Tunai.",
        "setelan year_end_use_cutoff (langkah-langkah akhir tahun)",
        tanggal=known_facts.tanggal.isoformat(),
        batas=known_facts.use_cutoff.isoformat(),
    )


def weekend(known_facts: PurchaseFacts) -> Finding | None:
    """Saturday or Sunday: allowed, but worth a look; travel happens every day."""
    if known_facts.tanggal.weekday() < 5 or known_facts.card_kind == "perjalanan":
        return None
    day = DAYS[known_facts.tanggal.weekday()]
    return temuan(
        "akhir_pekan",
        "info",
        f"Belanja pada hari {day}. Pastikan untuk dinas, dan sebutkan kegiatannya dalam uraian.",
        "uji petik",
        hari=day,
    )
