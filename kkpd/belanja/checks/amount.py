"""The amount: does it add up, is it like a surcharge, is a refund larger than its purchase."""

from __future__ import annotations

from kkpd.belanja.checks.facts import PurchaseFacts, temuan
from kkpd.core.errors import Finding
from kkpd.core.money import ZERO, Rupiah

#: Taxes without an exception for cards: the treasurer still withholds them.
_STILL_WITHHELD = {"pph21": "PPh 21", "pph23": "PPh 23", "pph4_2": "PPh Pasal 4 ayat (2)"}


def exempt(known_facts: PurchaseFacts) -> Finding | None:
    """The treasurer collects a tax that PMK 59/2022 exempts for cards."""
    if known_facts.pemungut != "bendahara":
        return None
    ppn = bool(known_facts.ppn) and "ppn" in known_facts.exempt_taxes
    pph = known_facts.pph_jenis == "pph22" and "pph22" in known_facts.exempt_taxes
    if not ppn and not pph:
        return None
    names = " dan ".join(name for name, hit in (("PPN", ppn), ("PPh 22", pph)) if hit)
    return temuan(
        "pajak_dikecualikan",
        "perhatian",
        f"Bendahara tidak memungut {names} atas belanja dengan kartu. "
        "Catat pemungutnya penjual atau marketplace, atau kosongkan pajaknya.",
        "PMK 59/2022 Pasal 12 ayat (2) dan Pasal 18 ayat (1) huruf b dan h",
        pemungut=known_facts.pemungut,
        pajak=names,
    )


def still_withheld(known_facts: PurchaseFacts) -> Finding | None:
    """PPh 21, 23 and 4(2) are withheld also on card purchases, by the treasurer."""
    name = _STILL_WITHHELD.get(known_facts.pph_jenis or "")
    if name is None or known_facts.pemungut == "bendahara":
        return None
    return temuan(
        "pph_tetap_dipotong",
        "perhatian",
        f"{name} tetap dipotong bendahara walaupun dibayar dengan kartu. "
        "Atur pemotongannya dengan penyedia, lalu catat bendahara sebagai pemungut.",
        "PMK 59/2022 hanya mengecualikan PPN dan PPh 22",
        pajak=name,
        pemungut=known_facts.pemungut,
    )


#: Surcharges for paying by card, in per mille of the price: EDC 1-3 %, QRIS 0.7 % (kkpd.md 5.2).
_SURCHARGE_PERMILLE = (5, 36)
#: Rounding of tills: a smaller difference does not count.
_ROUNDING = Rupiah.of(100)
_SURCHARGE_WORDS = (" surcharge ", " biaya kartu ", " biaya gesek ", " mdr ", " admin kartu ")
_SURCHARGE_SOURCE = "PBI 11/11/PBI/2009; biaya tambahan menjadi beban pribadi pemegang"


def extra(known: PurchaseFacts) -> Finding | None:
    """An amount that looks like the price plus a merchant's surcharge, or a text that says so."""
    harga = _price(known)
    excess = ZERO if harga is None else known.nilai - harga
    if harga is not None and _like_surcharge(harga, excess):
        return temuan(
            "biaya_tambahan",
            "perhatian",
            f"Nilai lebih Rp {excess} dari harganya, seperti biaya tambahan kartu. "
            "Biaya itu tidak dibebankan pada APBD: catat harganya saja, sisanya dibayar pemegang.",
            _SURCHARGE_SOURCE,
            nilai=f"Rp {known.nilai}",
            harga=f"Rp {harga}",
        )
    if any(word in known.teks for word in _SURCHARGE_WORDS):
        return temuan(
            "biaya_tambahan",
            "perhatian",
            "Uraian menyebut biaya tambahan kartu. "
            "Pisahkan nilainya; biaya itu dibayar pemegang, bukan APBD.",
            _SURCHARGE_SOURCE,
            uraian=known.uraian,
        )
    return None


def arithmetic(known: PurchaseFacts) -> Finding | None:
    """Volume times unit price must be the amount, before or after tax."""
    if known.volume is None or known.harga_satuan is None or known.nilai < ZERO:
        return None
    product = known.harga_satuan * known.volume
    right = (known.nilai, known.nilai - known.ppn - known.pbjt)
    if any(abs(product - amount) <= _ROUNDING for amount in right):
        return None
    if _like_surcharge(product, known.nilai - product):
        return None  # said by `extra`
    return temuan(
        "hitungan",
        "perhatian",
        f"{known.volume} x Rp {known.harga_satuan} = Rp {product}, bukan Rp {known.nilai}. "
        "Periksa nota, lalu perbaiki salah satunya.",
        "Pasal 5 huruf e angka 2",
        hitungan=f"Rp {product}",
        nilai=f"Rp {known.nilai}",
    )


def taxes(known: PurchaseFacts) -> Finding | None:
    """Tax base plus tax must be the amount; withheld tax stays below its base."""
    if known.dpp and abs(known.dpp + known.ppn + known.pbjt - abs(known.nilai)) > _ROUNDING:
        text = f"DPP Rp {known.dpp} + PPN Rp {known.ppn} + PBJT Rp {known.pbjt}"
        return temuan(
            "hitungan_pajak",
            "perhatian",
            f"{text} tidak sama dengan nilai Rp {known.nilai}. Periksa faktur atau notanya.",
            "Pasal 5 huruf e angka 2",
            pajak=text,
            nilai=f"Rp {known.nilai}",
        )
    if known.pph and known.pph >= (known.dpp or abs(known.nilai)):
        return temuan(
            "hitungan_pajak",
            "perhatian",
            f"PPh Rp {known.pph} tidak lebih kecil dari dasarnya. Periksa bukti potongnya.",
            "Pasal 5 huruf e angka 2",
            pph=f"Rp {known.pph}",
            dpp=f"Rp {known.dpp}",
        )
    return None


def refund_amount(known: PurchaseFacts) -> Finding | None:
    """A refund names its purchase and is not larger than it."""
    if known.nilai >= ZERO:
        return None
    if known.origin_left is None:
        return temuan(
            "pengembalian_tanpa_asal",
            "perhatian",
            "Pengembalian belum menunjuk belanja asalnya. Pilih belanja asal agar kelasnya ikut.",
            "pengembalian mengikuti kelas dan pembebanan belanja asalnya",
            nilai=f"Rp {known.nilai}",
        )
    if abs(known.nilai) > known.origin_left:
        return temuan(
            "pengembalian_lebih",
            "perhatian",
            f"Pengembalian Rp {abs(known.nilai)} lebih besar dari sisa belanja asal "
            f"Rp {known.origin_left}. Periksa belanja asalnya.",
            "uang kembali paling banyak sebesar belanja asalnya",
            nilai=f"Rp {known.nilai}",
            asal=f"Rp {known.origin_left}",
        )
    return None


def last_year_refund(known: PurchaseFacts) -> Finding | None:
    """A refund of last year's purchase is income of this year, not spending taken back."""
    if known.origin_year is None or known.origin_year >= known.tanggal.year:
        return None
    return temuan(
        "pengembalian_tahun_lalu",
        "perhatian",
        f"Belanja asalnya dibukukan tahun {known.origin_year}. Setor pengembalian ini ke RKUD; "
        "pagu tahun lalu tidak dipulihkan.",
        "pengembalian belanja tahun lalu menjadi lain-lain pendapatan (PP 12/2019)",
        asal_tahun=str(known.origin_year),
        tahun=str(known.tanggal.year),
    )


def _price(known: PurchaseFacts) -> Rupiah | None:
    """The price by the papers: quantity times unit price, else base plus tax; None if unknown."""
    if known.volume is not None and known.harga_satuan is not None:
        product = known.harga_satuan * known.volume
        return product if product == known.nilai else product + known.ppn + known.pbjt
    return known.dpp + known.ppn + known.pbjt if known.dpp else None


def _like_surcharge(harga: Rupiah, excess: Rupiah) -> bool:
    low, high = _SURCHARGE_PERMILLE
    return harga > ZERO and low * harga.sen <= excess.sen * 1000 <= high * harga.sen
