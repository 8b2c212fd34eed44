"""The year's own stories: which OPD lives through what in which month, and what the bank does then.

Beside them each month has the common ones (`kkpd.demo.year`): refunds in part, split receipts,
surcharges, lost receipts, wrong cards, charges that nobody logged.
"""

from __future__ import annotations

from typing import Final

#: (OPD, month) -> the story of one goods purchase of that month.
KHUSUS: Final = {
    ("dinkes", 2): "refund_penuh",
    ("dinkes", 4): "sebagian",
    ("dinkes", 8): "akhir_bulan",
    ("dinkes", 10): "akhir_bulan",
    ("bapenda", 2): "tolak_kembali",
    ("bapenda", 4): "refund_telat",
    ("distan", 2): "refund_telat",
    ("distan", 5): "tolak_lunas_kembali",
    ("cktr", 2): "sebagian",
    ("cktr", 5): "akhir_bulan",
    ("disbudporapar", 5): "refund_penuh",
    ("disdik", 8): "akhir_bulan",
    ("kominfostan", 6): "dua_tagihan",
}
#: Days from the posting until the money of a purchase comes back.
KEMBALI: Final = {
    "refund": 9,
    "refund_penuh": 9,
    "refund_telat": 75,
    "tolak_kembali": 25,
    "tolak_lunas_kembali": 65,
}
#: Paid with the travel card, so that the purchase is refused.
SALAH_KARTU: Final = ("tolak_kembali", "tolak_lunas_kembali")
#: One month of this OPD has a bill up to the middle and one up to the end.
DUA_TAGIHAN: Final = ("kominfostan", 6)
TENGAH: Final = 15
#: The bill of this month comes in two files; that of the other is preceded by an interim list.
DUA_BERKAS: Final = ("distan", 4)
SEMENTARA: Final = ("disdik", 5)
#: A small fee of the bank stands on these bills.
BIAYA: Final = (("dinkes", 5), ("cktr", 5))
TEKS_BIAYA: Final = "BIAYA ADMINISTRASI KARTU"
#: How the treasurer explains it.
BIAYA_KEMBALI: Final = "Biaya administrasi kartu; dimintakan kembali kepada bank."
#: Holders of this OPD have made nothing good of what was found since this month.
MENUNGGU: Final = ("disbudporapar", 7)
