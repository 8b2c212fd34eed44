"""The amount: does it add up, is it like a surcharge, is a refund larger than its purchase."""

from __future__ import annotations

from kkpd.belanja.checks.facts import Fakta, temuan
from kkpd.core.errors import Finding
from kkpd.core.money import NOL, Rupiah

#: What merchants add for the card, in per mille of the price: EDC 1-3 %, QRIS 0.7 % (kkpd.md 5.2).
_TAMBAHAN_PERMIL = (5, 36)
#: Parts of a rupiah that tills round away: a difference up to here is no difference.
_PEMBULATAN = Rupiah.of(100)
_KATA_TAMBAHAN = (" surcharge ", " biaya kartu ", " biaya gesek ", " mdr ", " admin kartu ")
_DASAR_TAMBAHAN = "PBI 11/11/PBI/2009; biaya tambahan menjadi beban pribadi pemegang"


def tambahan(fakta: Fakta) -> Finding | None:
    """An amount that looks like the price plus a merchant's surcharge, or says so."""
    harga = _harga(fakta)
    lebih = NOL if harga is None else fakta.nilai - harga
    if harga is not None and _seperti_tambahan(harga, lebih):
        return temuan(
            "biaya_tambahan",
            "perhatian",
            f"Nilai lebih Rp {lebih} dari harganya, seperti biaya tambahan kartu. "
            "Biaya itu tidak dibebankan pada APBD: catat harganya saja, sisanya dibayar pemegang.",
            _DASAR_TAMBAHAN,
            nilai=f"Rp {fakta.nilai}",
            harga=f"Rp {harga}",
        )
    if any(word in fakta.teks for word in _KATA_TAMBAHAN):
        return temuan(
            "biaya_tambahan",
            "perhatian",
            "Uraian menyebut biaya tambahan kartu. "
            "Pisahkan nilainya; biaya itu dibayar pemegang, bukan APBD.",
            _DASAR_TAMBAHAN,
            uraian=fakta.uraian,
        )
    return None


def hitungan(fakta: Fakta) -> Finding | None:
    """Volume times unit price must be the amount, before or after tax."""
    if fakta.volume is None or fakta.harga_satuan is None or fakta.nilai < NOL:
        return None
    product = fakta.harga_satuan * fakta.volume
    right = (fakta.nilai, fakta.nilai - fakta.ppn - fakta.pbjt)
    if any(abs(product - amount) <= _PEMBULATAN for amount in right):
        return None
    if _seperti_tambahan(product, fakta.nilai - product):
        return None  # said by `tambahan`
    return temuan(
        "hitungan",
        "perhatian",
        f"{fakta.volume} x Rp {fakta.harga_satuan} = Rp {product}, bukan Rp {fakta.nilai}. "
        "Periksa nota, lalu perbaiki salah satunya.",
        "Pasal 5 huruf e angka 2",
        hitungan=f"Rp {product}",
        nilai=f"Rp {fakta.nilai}",
    )


def pajak(fakta: Fakta) -> Finding | None:
    """Tax base plus tax must be the amount; withheld tax stays below its base."""
    if fakta.dpp and abs(fakta.dpp + fakta.ppn + fakta.pbjt - abs(fakta.nilai)) > _PEMBULATAN:
        text = f"DPP Rp {fakta.dpp} + PPN Rp {fakta.ppn} + PBJT Rp {fakta.pbjt}"
        return temuan(
            "hitungan_pajak",
            "perhatian",
            f"{text} tidak sama dengan nilai Rp {fakta.nilai}. Periksa faktur atau notanya.",
            "Pasal 5 huruf e angka 2",
            pajak=text,
            nilai=f"Rp {fakta.nilai}",
        )
    if fakta.pph and fakta.pph >= (fakta.dpp or abs(fakta.nilai)):
        return temuan(
            "hitungan_pajak",
            "perhatian",
            f"PPh Rp {fakta.pph} tidak lebih kecil dari dasarnya. Periksa bukti potongnya.",
            "Pasal 5 huruf e angka 2",
            pph=f"Rp {fakta.pph}",
            dpp=f"Rp {fakta.dpp}",
        )
    return None


def pengembalian(fakta: Fakta) -> Finding | None:
    """A refund names its purchase and is not larger than it."""
    if fakta.nilai >= NOL:
        return None
    if fakta.asal_nilai is None:
        return temuan(
            "pengembalian_tanpa_asal",
            "perhatian",
            "Pengembalian belum menunjuk belanja asalnya. Pilih belanja asal agar kelasnya ikut.",
            "pengembalian mengikuti kelas dan pembebanan belanja asalnya",
            nilai=f"Rp {fakta.nilai}",
        )
    if abs(fakta.nilai) > fakta.asal_nilai:
        return temuan(
            "pengembalian_lebih",
            "perhatian",
            f"Pengembalian Rp {abs(fakta.nilai)} lebih besar dari sisa belanja asal "
            f"Rp {fakta.asal_nilai}. Periksa belanja asalnya.",
            "uang kembali paling banyak sebesar belanja asalnya",
            nilai=f"Rp {fakta.nilai}",
            asal=f"Rp {fakta.asal_nilai}",
        )
    return None


def pengembalian_tahun_lalu(fakta: Fakta) -> Finding | None:
    """A refund of last year's purchase is income of this year, not spending taken back."""
    if fakta.asal_tahun is None or fakta.asal_tahun >= fakta.tanggal.year:
        return None
    return temuan(
        "pengembalian_tahun_lalu",
        "perhatian",
        f"Belanja asalnya dibukukan tahun {fakta.asal_tahun}. Setor pengembalian ini ke RKUD; "
        "pagu tahun lalu tidak dipulihkan.",
        "pengembalian belanja tahun lalu menjadi lain-lain pendapatan (PP 12/2019)",
        asal_tahun=str(fakta.asal_tahun),
        tahun=str(fakta.tanggal.year),
    )


def _harga(fakta: Fakta) -> Rupiah | None:
    """What the goods cost by the papers: quantity times price, else base plus tax; None unknown."""
    if fakta.volume is not None and fakta.harga_satuan is not None:
        product = fakta.harga_satuan * fakta.volume
        return product if product == fakta.nilai else product + fakta.ppn + fakta.pbjt
    return fakta.dpp + fakta.ppn + fakta.pbjt if fakta.dpp else None


def _seperti_tambahan(harga: Rupiah, lebih: Rupiah) -> bool:
    low, high = _TAMBAHAN_PERMIL
    return harga > NOL and low * harga.sen <= lebih.sen * 1000 <= high * harga.sen
