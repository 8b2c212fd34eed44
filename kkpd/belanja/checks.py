"""The checks when a purchase is recorded: they give findings, never a refusal (law 1).

`check(PurchaseFacts(...))` gives the findings of one purchase; each has its rule, the inputs with
the legal source, and one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kkpd.core.errors import Finding, Severity
from kkpd.core.moments import DAYS, brief
from kkpd.core.money import ZERO, Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseFacts:
    """A purchase as it is about to be recorded.

    `status_kartu` is the card's state on the day of the purchase. `use_cutoff` is the last day of
    card use set for the year, `first_use_limit` the cap of a card's first use; None where the
    setting is blank, then it is not checked. `twins` are ids of purchases with the same card, date,
    amount and merchant; `origin_left` is the amount of the refunded purchase minus facts refunds,
    `origin_year` the year in which it was booked. `exempt_taxes`: "ppn", "pph22", where a setting
    of the day exempts the card.
    """

    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    card_kind: str
    status_kartu: str
    card_until: date | None = None
    mata_uang: str = "IDR"
    volume: int | None = None
    harga_satuan: Rupiah | None = None
    dpp: Rupiah = ZERO
    ppn: Rupiah = ZERO
    pbjt: Rupiah = ZERO
    pph: Rupiah = ZERO
    use_cutoff: date | None = None
    first_use_limit: Rupiah | None = None
    is_first_use: bool = False
    twins: tuple[int, ...] = ()
    origin_left: Rupiah | None = None
    origin_year: int | None = None
    pemungut: str = "tidak_ada"
    pph_jenis: str | None = None
    exempt_taxes: frozenset[str] = frozenset()

    @property
    def teks(self) -> str:
        """Merchant and purpose in small letters, with single blanks around every word."""
        return f" {' '.join(f'{self.merchant} {self.uraian}'.casefold().split())} "


def temuan(rule: str, severity: Severity, message: str, dasar: str, **inputs: str) -> Finding:
    """A finding whose inputs end with the source of the rule."""
    return Finding(rule, message, severity, inputs={**inputs, "dasar": dasar})


_TRAVEL = "5.1.02.04"
#: Vehicle hire, which a travel card may pay too (Art. 18 (4)): *Belanja Sewa Kendaraan ...*.
_VEHICLE_HIRE = tuple(f"5.1.02.02.04.{nomor:04d}" for nomor in range(35, 44))


def is_for_travel(rekening: str) -> bool:
    """Whether a travel card may pay this account (Art. 18 (4)): travel, or hire of a vehicle."""
    return rekening.startswith(_TRAVEL) or rekening in _VEHICLE_HIRE


def wrong_kind(card_kind: str, rekening: str) -> tuple[str, str] | None:
    """(sentence, source) when a card of this kind may not pay this account (Art. 18)."""
    if card_kind == "perjalanan":
        if is_for_travel(rekening):
            return None
        return (
            "Kartu perjalanan dinas dipakai untuk selain angkutan, penginapan dan sewa kendaraan. "
            "Bebankan pada UP Tunai, atau pemegang membayar sendiri.",
            "Permendagri 79/2022 Pasal 18 ayat (4)",
        )
    if not rekening.startswith(_TRAVEL):
        return None
    return (
        "Kartu barang/jasa/modal dipakai untuk perjalanan dinas. "
        "Bebankan pada UP Tunai, atau pemegang membayar sendiri.",
        "Permendagri 79/2022 Pasal 18 ayat (1)",
    )


def wrong_card(facts: PurchaseFacts) -> Finding | None:
    """A travel card pays transport, lodging and vehicle hire only; a goods card pays the rest."""
    said = wrong_kind(facts.card_kind, facts.rekening)
    if said is None:
        return None
    return temuan(
        "kartu_salah",
        "salah",
        said[0],
        said[1],
        kartu=facts.card_kind,
        rekening=facts.rekening,
    )


def state_of(facts: PurchaseFacts) -> Finding | None:
    """A card that was not active on the day, or past its last day."""
    if facts.status_kartu != "aktif":
        return temuan(
            "kartu_tidak_aktif",
            "salah",
            f"Kartu berstatus {facts.status_kartu} pada {brief(facts.tanggal)}. "
            "Tanyakan kepada pemegang dan bank siapa yang memakainya.",
            "riwayat kartu (Pasal 18 ayat (5))",
            status=facts.status_kartu,
            tanggal=facts.tanggal.isoformat(),
        )
    if facts.card_until is not None and facts.tanggal > facts.card_until:
        return temuan(
            "kartu_tidak_aktif",
            "salah",
            f"Kartu hanya berlaku sampai {brief(facts.card_until)}. "
            "Tanyakan kepada pemegang dan bank siapa yang memakainya.",
            "masa berlaku kartu",
            berlaku_sampai=facts.card_until.isoformat(),
            tanggal=facts.tanggal.isoformat(),
        )
    return None


def first_one(facts: PurchaseFacts) -> Finding | None:
    """The cap on a card's first use, where the region set one."""
    if not facts.is_first_use or facts.first_use_limit is None:
        return None
    if facts.nilai <= facts.first_use_limit:
        return None
    return temuan(
        "batas_pertama",
        "perhatian",
        f"Pemakaian pertama kartu ini melebihi batas Rp {facts.first_use_limit}. "
        "Mintalah keterangan pemegang sebelum diajukan.",
        "setelan first_limit (Pasal 19)",
        nilai=f"Rp {facts.nilai}",
        batas=f"Rp {facts.first_use_limit}",
    )


def alike(facts: PurchaseFacts) -> Finding | None:
    """The same card, day, amount and merchant are recorded already."""
    if not facts.twins or facts.nilai < ZERO:
        return None
    others = ", ".join(str(id_) for id_ in facts.twins)
    return temuan(
        "mungkin_kembar",
        "perhatian",
        f"Kartu, tanggal, nilai dan penyedianya sama dengan belanja nomor {others}. "
        "Batalkan salah satu bila ini nota yang sama.",
        "satu nota satu catatan",
        belanja=others,
    )


#: Taxes without an exception for cards: the treasurer still withholds them.
_STILL_WITHHELD = {"pph21": "PPh 21", "pph23": "PPh 23", "pph4_2": "PPh Pasal 4 ayat (2)"}


def exempt(facts: PurchaseFacts) -> Finding | None:
    """The treasurer collects a tax that PMK 59/2022 exempts for cards."""
    if facts.pemungut != "bendahara":
        return None
    ppn = bool(facts.ppn) and "ppn" in facts.exempt_taxes
    pph = facts.pph_jenis == "pph22" and "pph22" in facts.exempt_taxes
    if not ppn and not pph:
        return None
    names = " dan ".join(name for name, hit in (("PPN", ppn), ("PPh 22", pph)) if hit)
    return temuan(
        "pajak_dikecualikan",
        "perhatian",
        f"Bendahara tidak memungut {names} atas belanja dengan kartu. "
        "Catat pemungutnya penjual atau marketplace, atau kosongkan pajaknya.",
        "PMK 59/2022 Pasal 12 ayat (2) dan Pasal 18 ayat (1) huruf b dan h",
        pemungut=facts.pemungut,
        pajak=names,
    )


def still_withheld(facts: PurchaseFacts) -> Finding | None:
    """PPh 21, 23 and 4(2) are withheld also on card purchases, by the treasurer."""
    name = _STILL_WITHHELD.get(facts.pph_jenis or "")
    if name is None or facts.pemungut == "bendahara":
        return None
    return temuan(
        "pph_tetap_dipotong",
        "perhatian",
        f"{name} tetap dipotong bendahara walaupun dibayar dengan kartu. "
        "Atur pemotongannya dengan penyedia, lalu catat bendahara sebagai pemungut.",
        "PMK 59/2022 hanya mengecualikan PPN dan PPh 22",
        pajak=name,
        pemungut=facts.pemungut,
    )


#: Surcharges for paying by card, in per mille of the price: EDC 1-3 %, QRIS 0.7 % (kkpd.md 5.2).
_SURCHARGE_PERMILLE = (5, 36)
#: Rounding of tills: a smaller difference does not count.
_ROUNDING = Rupiah.of(100)
_SURCHARGE_WORDS = (" surcharge ", " biaya kartu ", " biaya gesek ", " mdr ", " admin kartu ")
_SURCHARGE_SOURCE = "PBI 11/11/PBI/2009; biaya tambahan menjadi beban pribadi pemegang"


def extra(facts: PurchaseFacts) -> Finding | None:
    """An amount that looks like the price plus a merchant's surcharge, or a text that says so."""
    harga = _price(facts)
    excess = ZERO if harga is None else facts.nilai - harga
    if harga is not None and _like_surcharge(harga, excess):
        return temuan(
            "biaya_tambahan",
            "perhatian",
            f"Nilai lebih Rp {excess} dari harganya, seperti biaya tambahan kartu. "
            "Biaya itu tidak dibebankan pada APBD: catat harganya saja, sisanya dibayar pemegang.",
            _SURCHARGE_SOURCE,
            nilai=f"Rp {facts.nilai}",
            harga=f"Rp {harga}",
        )
    if any(word in facts.teks for word in _SURCHARGE_WORDS):
        return temuan(
            "biaya_tambahan",
            "perhatian",
            "Uraian menyebut biaya tambahan kartu. "
            "Pisahkan nilainya; biaya itu dibayar pemegang, bukan APBD.",
            _SURCHARGE_SOURCE,
            uraian=facts.uraian,
        )
    return None


def arithmetic(facts: PurchaseFacts) -> Finding | None:
    """Volume times unit price must be the amount, before or after tax."""
    if facts.volume is None or facts.harga_satuan is None or facts.nilai < ZERO:
        return None
    product = facts.harga_satuan * facts.volume
    right = (facts.nilai, facts.nilai - facts.ppn - facts.pbjt)
    if any(abs(product - amount) <= _ROUNDING for amount in right):
        return None
    if _like_surcharge(product, facts.nilai - product):
        return None  # said by `extra`
    return temuan(
        "hitungan",
        "perhatian",
        f"{facts.volume} x Rp {facts.harga_satuan} = Rp {product}, bukan Rp {facts.nilai}. "
        "Periksa nota, lalu perbaiki salah satunya.",
        "Pasal 5 huruf e angka 2",
        hitungan=f"Rp {product}",
        nilai=f"Rp {facts.nilai}",
    )


def taxes(facts: PurchaseFacts) -> Finding | None:
    """Tax base plus tax must be the amount; no tax is above its highest rate or its base."""
    if facts.dpp and abs(facts.dpp + facts.ppn + facts.pbjt - abs(facts.nilai)) > _ROUNDING:
        text = f"DPP Rp {facts.dpp} + PPN Rp {facts.ppn} + PBJT Rp {facts.pbjt}"
        return temuan(
            "hitungan_pajak",
            "perhatian",
            f"{text} tidak sama dengan nilai Rp {facts.nilai}. Periksa faktur atau notanya.",
            "Pasal 5 huruf e angka 2",
            pajak=text,
            nilai=f"Rp {facts.nilai}",
        )
    if (high := _beyond_rate(facts)) is not None:
        return high
    if facts.pph and facts.pph >= (facts.dpp or abs(facts.nilai)):
        return temuan(
            "hitungan_pajak",
            "perhatian",
            f"PPh Rp {facts.pph} tidak lebih kecil dari dasarnya. Periksa bukti potongnya.",
            "Pasal 5 huruf e angka 2",
            pph=f"Rp {facts.pph}",
            dpp=f"Rp {facts.dpp}",
        )
    return None


#: Tax -> the highest percent of its base, and where it stands; a rate is doubled without NPWP.
_HIGHEST: Final = {
    "PPN": (12, "UU 7/2021 Pasal 7; PMK 131/2024"),
    "PBJT": (10, "UU 1/2022 Pasal 58 ayat (1)"),
    "PPh 22": (3, "UU PPh Pasal 22; PMK 59/2022 (1,5%, dua kali tanpa NPWP)"),
    "PPh 23": (30, "UU PPh Pasal 23 (2% atau 15%, dua kali tanpa NPWP)"),
}


def _beyond_rate(facts: PurchaseFacts) -> Finding | None:
    """A tax above the highest rate that the law has for it."""
    withheld = {"pph22": "PPh 22", "pph23": "PPh 23"}.get(facts.pph_jenis or "", "")
    base = facts.dpp or abs(facts.nilai) - facts.ppn - facts.pbjt
    for name, tax in (("PPN", facts.ppn), ("PBJT", facts.pbjt), (withheld, facts.pph)):
        most, dasar = _HIGHEST.get(name, (100, ""))
        if dasar and tax * 100 > base * most + _ROUNDING * 100:
            told = f"{name} Rp {tax} lebih dari {most}% dasarnya Rp {base}. Periksa fakturnya."
            return temuan("hitungan_pajak", "perhatian", told, dasar, pajak=name, dpp=f"Rp {base}")
    return None


def refund_amount(facts: PurchaseFacts) -> Finding | None:
    """A refund names its purchase and is not larger than it."""
    if facts.nilai >= ZERO:
        return None
    if facts.origin_left is None:
        return temuan(
            "pengembalian_tanpa_asal",
            "perhatian",
            "Pengembalian belum menunjuk belanja asalnya. Pilih belanja asal agar kelasnya ikut.",
            "pengembalian mengikuti kelas dan pembebanan belanja asalnya",
            nilai=f"Rp {facts.nilai}",
        )
    if abs(facts.nilai) > facts.origin_left:
        return temuan(
            "pengembalian_lebih",
            "perhatian",
            f"Pengembalian Rp {abs(facts.nilai)} lebih besar dari sisa belanja asal "
            f"Rp {facts.origin_left}. Periksa belanja asalnya.",
            "uang kembali paling banyak sebesar belanja asalnya",
            nilai=f"Rp {facts.nilai}",
            asal=f"Rp {facts.origin_left}",
        )
    return None


def last_year_refund(facts: PurchaseFacts) -> Finding | None:
    """A refund of last year's purchase is income of this year, not spending taken back."""
    if facts.origin_year is None or facts.origin_year >= facts.tanggal.year:
        return None
    return temuan(
        "pengembalian_tahun_lalu",
        "perhatian",
        f"Belanja asalnya dibukukan tahun {facts.origin_year}. Setor pengembalian ini ke RKUD; "
        "pagu tahun lalu tidak dipulihkan.",
        "pengembalian belanja tahun lalu menjadi lain-lain pendapatan (PP 12/2019)",
        asal_tahun=str(facts.origin_year),
        tahun=str(facts.tanggal.year),
    )


def _price(facts: PurchaseFacts) -> Rupiah | None:
    """The price by the papers: quantity times unit price, else base plus tax; None if unknown."""
    if facts.volume is not None and facts.harga_satuan is not None:
        product = facts.harga_satuan * facts.volume
        return product if product == facts.nilai else product + facts.ppn + facts.pbjt
    return facts.dpp + facts.ppn + facts.pbjt if facts.dpp else None


def _like_surcharge(harga: Rupiah, excess: Rupiah) -> bool:
    low, high = _SURCHARGE_PERMILLE
    return harga > ZERO and low * harga.sen <= excess.sen * 1000 <= high * harga.sen


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


def words_forbidden(facts: PurchaseFacts) -> Finding | None:
    """The words of the purchase name something the card may not pay."""
    for rule, (words, sentence, dasar) in _WORDS.items():
        for word in words:
            if word in facts.teks:
                return temuan(rule, "salah", sentence, dasar, kata=word.strip())
    return None


def coverage(facts: PurchaseFacts) -> Finding | None:
    """KKPD pays goods and services and capital spending only."""
    if facts.rekening.startswith(_SCOPE):
        return None
    return temuan(
        "di_luar_lingkup",
        "salah",
        f"Rekening {facts.rekening} bukan belanja barang dan jasa atau belanja modal. "
        "Ganti rekeningnya; bila memang itu belanjanya, kartu tidak boleh membayarnya.",
        "Permendagri 79/2022: belanja barang dan jasa serta belanja modal melalui UP",
        rekening=facts.rekening,
    )


def foreign_currency(facts: PurchaseFacts) -> Finding | None:
    """No foreign-currency transaction; a service billed in rupiah is allowed."""
    if facts.mata_uang == "IDR":
        return None
    return temuan(
        "mata_uang_asing",
        "salah",
        f"Transaksi dalam {facts.mata_uang}; kartu hanya untuk rupiah. "
        "Pemegang membayarnya sendiri, kecuali tagihan banknya berbunyi rupiah.",
        "syarat kartu: transaksi dalam rupiah; jasa luar negeri sebesar tagihan rupiahnya",
        mata_uang=facts.mata_uang,
    )


def after_cutoff(facts: PurchaseFacts) -> Finding | None:
    """After the year's last day of card use the purchase falls to UP Tunai."""
    if facts.use_cutoff is None or facts.tanggal <= facts.use_cutoff:
        return None
    return temuan(
        "lewat_batas_pakai",
        "salah",
        f"Dipakai sesudah batas pemakaian kartu {brief(facts.use_cutoff)}. Bebankan pada UP Tunai.",
        "setelan year_end_use_cutoff (langkah-langkah akhir tahun)",
        tanggal=facts.tanggal.isoformat(),
        batas=facts.use_cutoff.isoformat(),
    )


def weekend(facts: PurchaseFacts) -> Finding | None:
    """Saturday or Sunday: allowed, but worth a look; travel happens every day."""
    if facts.tanggal.weekday() < 5 or facts.card_kind == "perjalanan":
        return None
    day = DAYS[facts.tanggal.weekday()]
    return temuan(
        "akhir_pekan",
        "info",
        f"Belanja pada hari {day}. Pastikan untuk dinas, dan sebutkan kegiatannya dalam uraian.",
        "uji petik",
        hari=day,
    )


#: Every rule reads the whole fact and returns one finding or none.
RULES: Final[tuple[Callable[[PurchaseFacts], Finding | None], ...]] = (
    wrong_card,
    state_of,
    coverage,
    words_forbidden,
    foreign_currency,
    after_cutoff,
    first_one,
    alike,
    extra,
    arithmetic,
    taxes,
    exempt,
    still_withheld,
    refund_amount,
    last_year_refund,
    weekend,
)


def check(facts: PurchaseFacts) -> list[Finding]:
    """Every finding about this purchase, in the order of RULES."""
    return [found for rule in RULES if (found := rule(facts)) is not None]
