"""The names of a purchase's fields for people, used in its history and in conflicts."""

from __future__ import annotations

from datetime import date
from typing import Final

from kkpd.core.indonesian_dates import brief
from kkpd.core.money import Rupiah

#: Field -> its name on screen.
FIELD_NAMES: Final = {
    "kartu_id": "kartu",
    "pemakai_id": "pemakai",
    "pemegang_id": "pemegang",
    "tanggal": "tanggal",
    "merchant": "penyedia",
    "uraian": "untuk apa",
    "sub_kegiatan": "sub kegiatan",
    "rekening": "rekening",
    "sumber_dana": "sumber dana",
    "nilai": "nilai",
    "kanal": "saluran",
    "satuan": "satuan",
    "volume": "volume",
    "harga_satuan": "harga satuan",
    "nota": "nomor nota",
    "penjual_npwp": "NPWP penjual",
    "dpp": "DPP",
    "ppn": "PPN",
    "pbjt": "PBJT",
    "pph_jenis": "jenis PPh",
    "pph": "PPh",
    "pemungut": "pemungut pajak",
    "bukti_pajak": "bukti pajak",
    "pdn_umk": "produk dalam negeri usaha kecil",
    "program_id": "program",
    "asal_id": "belanja asal",
    "status": "status",
    "kelas": "kelas",
    "alasan": "alasan",
    "versi": "versi",
    "tahun": "tahun",
    "bulan": "bulan",
}
_MONEY: Final = ("nilai", "harga_satuan", "dpp", "ppn", "pbjt", "pph")


def isi(name: str, value: object) -> str:
    """A value of an event for people: amounts from sen, dates from ISO text."""
    if value is None or value == "":
        return "kosong"
    if name in _MONEY and isinstance(value, int):
        return f"Rp {Rupiah(value)}"
    if name == "tanggal" and isinstance(value, str):
        return brief(date.fromisoformat(value))
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return str(value)


def say_change(name: str, before: object, after: object) -> str:
    """`nilai dari Rp 1.000 menjadi Rp 2.000`."""
    nama = FIELD_NAMES.get(name, name)
    if before is None:
        return f"{nama} menjadi {isi(name, after)}"
    return f"{nama} dari {isi(name, before)} menjadi {isi(name, after)}"


#: Names of kinds of events; a kind that is not listed is shown by its last word.
_EVENTS: Final = {
    "belanja:transaksi:catat": "Dicatat",
    "belanja:transaksi:ubah": "Diubah",
    "belanja:transaksi:timbang": "Ditimbang lagi",
    "belanja:bukti:lampirkan": "Bukti dilampirkan",
    "belanja:bukti:cabut": "Bukti dicabut",
    "belanja:kelas:tetapkan": "Kelas ditetapkan",
    "belanja:status:lengkapi": "Bukti lengkap",
    "belanja:status:cabut_bukti": "Bukti tidak lagi lengkap",
    "belanja:status:batalkan": "Dibatalkan",
    "belanja:status:ajukan": "Diajukan dalam DPR",
    "belanja:status:tarik": "Ditarik dari DPR",
    "belanja:status:periksa": "Diperiksa PPTK",
    "belanja:status:kembalikan": "Dikembalikan PPTK",
    "belanja:status:setujui": "Disetujui",
    "belanja:status:tolak": "Ditolak",
    "belanja:status:urungkan_uji": "Diuji kembali",
    "belanja:status:terbit_dpt": "Masuk DPT",
    "belanja:status:terbit_npd": "Masuk NPD",
    "belanja:status:ajukan_spp": "Masuk SPP",
    "belanja:status:terbit_spm": "Masuk SPM",
    "belanja:status:terbit_sp2d": "SP2D terbit",
    "belanja:status:bayar": "Dibayar",
    "belanja:status:bayar_pribadi": "Dibayar pribadi",
}


def event_name(jenis: str) -> str:
    """`Dicatat` for `belanja:transaksi:catat`."""
    return _EVENTS.get(jenis, jenis.rpartition(":")[2].replace("_", " ").capitalize())
