"""Special events of the year: which OPD has what in which month, and what the bank does.

Common events are in every month (`kkpd.demo.year`): partial refunds, split receipts, surcharges,
lost receipts, wrong cards, charges that nobody recorded.
"""

from __future__ import annotations

from typing import Final

#: (OPD, month) -> the story of one goods purchase of that month.
SPECIAL: Final = {
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
REFUND_DAYS: Final = {
    "refund": 9,
    "refund_penuh": 9,
    "refund_telat": 75,
    "tolak_kembali": 25,
    "tolak_lunas_kembali": 65,
}
#: Paid with the travel card, so the purchase is refused.
WRONG_CARD: Final = ("tolak_kembali", "tolak_lunas_kembali")
#: One month of this OPD has a bill up to the middle and one up to the end.
TWO_BILLS: Final = ("kominfostan", 6)
MID_MONTH: Final = 15
#: The bill of this month comes in two files; that of the other is preceded by an interim list.
TWO_FILES: Final = ("distan", 4)
INTERIM: Final = ("disdik", 5)
#: These bills have a small bank fee.
FEES: Final = (("dinkes", 5), ("cktr", 5))
FEE_TEXT: Final = "BIAYA ADMINISTRASI KARTU"
#: The treasurer's explanation of it.
FEE_REFUND: Final = "Biaya administrasi kartu; dimintakan kembali kepada bank."
#: Holders of this OPD have repaid nothing since this month.
STILL_WAITING: Final = ("disbudporapar", 7)
