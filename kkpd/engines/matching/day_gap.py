"""The typed date of a purchase compared with the bank's dates, and its weight."""

from __future__ import annotations

import numpy as np

from kkpd.engines.matching.rows import F64, I64, NO_DAY, Side
from kkpd.engines.matching.weights import Weights

#: Classes beyond the lag tables, in the order of their codes; codes below 0 are no class.
OTHER = ("posting", "tukar", "bulan", "bulan_lain", "tahun", "angka", "jauh", "tanpa")
#: A lag of n days has code LAG + n.
LAG = 100
LAG_POSTING = 300
#: 1970-01-01 as a proleptic ordinal.
_EPOCH = 719_163


def day_class(bank: Side, b: I64, catatan: Side, c: I64, weight: Weights) -> tuple[I64, I64]:
    """(class code, days from the bank's reference date) for pairs of rows."""
    discrepancy = catatan.day[c] - bank.reference[b]
    has_transaction = bank.day[b] != NO_DAY
    near = (discrepancy >= -weight.day_window.earlier) & (discrepancy <= weight.day_window.sesudah)
    kode = np.where(has_transaction, LAG, LAG_POSTING) + discrepancy
    posting = has_transaction & (catatan.day[c] == bank.posting[b]) & (discrepancy > 0)
    kode[posting] = OTHER.index("posting")
    far = np.flatnonzero(~near & ~posting)
    kode[far] = _far_class(bank.reference[b[far]], catatan.day[c[far]])
    without = bank.reference[b] == NO_DAY
    kode[without], discrepancy[without] = OTHER.index("tanpa"), 0
    return kode, discrepancy


def _far_class(reference: I64, day: I64) -> I64:
    """Dates too far apart: which typing error explains them."""
    t_year, t_month, t_day = _date(reference)
    th, month_days, dh = _date(day)
    same_year, same_month, same_day = t_year == th, t_month == month_days, t_day == dh
    kode = np.full(len(reference), OTHER.index("jauh"), dtype=np.int64)
    satuan, tens = t_day % 10 == dh % 10, t_day // 10 == dh // 10
    digits_reversed = (t_day % 10 == dh // 10) & (t_day // 10 == dh % 10)
    kode[same_year & same_month & (satuan | tens | digits_reversed)] = OTHER.index("angka")
    kode[same_year & same_day] = OTHER.index("bulan_lain")
    bulan = (t_year * 12 + t_month) - (th * 12 + month_days)
    kode[(np.abs(bulan) == 1) & same_day] = OTHER.index("bulan")
    kode[same_month & same_day & (np.abs(t_year - th) == 1)] = OTHER.index("tahun")
    kode[same_year & (t_day == month_days) & (dh == t_month)] = OTHER.index("tukar")
    return kode


def _date(day: I64) -> tuple[I64, I64, I64]:
    moment = (day - _EPOCH).astype("datetime64[D]")
    bulan = moment.astype("datetime64[M]")
    ke = bulan.astype(np.int64)
    return ke // 12 + 1970, ke % 12 + 1, (moment - bulan).astype(np.int64) + 1


def day_weight(kode: I64, span: F64, weight: Weights) -> F64:
    """Log of `share / ways` for each class code; `span` is the days a card's rows span."""
    data_table = np.full(LAG_POSTING + 200, -np.inf)
    for discrepancy, share in weight.day.items():
        data_table[LAG + discrepancy] = np.log(share)
    for discrepancy, share in weight.posting_days.items():
        data_table[LAG_POSTING + discrepancy] = np.log(share)
    for nomor, nama in enumerate(OTHER):
        kelas = weight.other_days[nama]
        data_table[nomor] = np.log(kelas.share / kelas.cara)
    nilai = data_table[kode]
    extent = np.log(span)
    far = (kode == OTHER.index("jauh")) | (kode == OTHER.index("tanpa"))
    hasil: F64 = np.where(far, nilai - extent, nilai)
    return hasil


def day_text(kode: int, discrepancy: int) -> tuple[str, bool]:
    """What a person reads about the date, and whether it agrees."""
    if kode in (LAG, LAG_POSTING):
        return "tanggal sama", True
    if kode >= LAG_POSTING:
        return f"{discrepancy:+d} hari dari tanggal posting", False
    if kode >= LAG - 50:
        return f"{discrepancy:+d} hari", False
    kata = {
        "posting": f"{discrepancy:+d} hari: sama dengan tanggal posting",
        "tukar": f"{discrepancy:+d} hari: mungkin hari dan bulan tertukar",
        "bulan": f"{discrepancy:+d} hari: mungkin salah bulan",
        "bulan_lain": f"{discrepancy:+d} hari: mungkin salah bulan",
        "tahun": f"{discrepancy:+d} hari: mungkin salah tahun",
        "angka": f"{discrepancy:+d} hari: mungkin salah angka hari",
        "jauh": f"{discrepancy:+d} hari",
        "tanpa": "baris bank tanpa tanggal",
    }
    return kata[OTHER[kode]], False
