"""Changes of a purchase in words for people: its history, and conflicts between two saves."""

from __future__ import annotations

from datetime import date
from typing import Final

from kkpd.belanja.fields import FIELDS
from kkpd.core.indonesian_dates import brief
from kkpd.core.money import Rupiah

#: Name in an event -> word; other names (kelas, status, alasan) are words already.
_WORDS: Final = {"pemegang_id": "pemegang"} | {
    name: one.in_sentence for name, one in FIELDS.items()
}


def content(name: str, value: object) -> str:
    """A value of an event for people: amounts from sen, dates from ISO text."""
    kind = FIELDS[name].kind if name in FIELDS else "text"
    if value is None or value == "":
        return "kosong"
    if kind in ("money", "tax") and isinstance(value, int):
        return f"Rp {Rupiah(value)}"
    if kind == "day" and isinstance(value, str):
        return brief(date.fromisoformat(value))
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return str(value)


def say_change(name: str, before: object, after: object) -> str:
    """`nilai dari Rp 1.000 menjadi Rp 2.000`."""
    since = "" if before is None else f"dari {content(name, before)} "
    return f"{_WORDS.get(name, name)} {since}menjadi {content(name, after)}"


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
