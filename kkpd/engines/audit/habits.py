"""Prices far above those of the same thing, and spending that rushes to the end of the year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from kkpd.core.money import Rupiah
from kkpd.engines.audit.patterns import RowPattern, Rows

#: Fewer prices of a thing have no habit.
LEAST_PRICES: Final = 8
#: Iglewicz and Hoaglin (1993): beyond this modified z a value is an outlier; 0.6745 makes the MAD,
#: and 0.7979 the mean deviation where the MAD is nothing, a standard deviation.
_FAR: Final = 3.5
_OF_MIDDLE: Final = 0.6745
_OF_MEAN: Final = 0.7979
#: What lies within a fifth of the median is no matter of price.
_WORTH: Final = 1.2
#: A share is a rush beyond this z and from half as much again as the even share.
_LATE_Z: Final = 3.0
_LATE_SHARE: Final = 1.5
_SHOWN: Final = 20
_PERIODS: Final = ((10, "Oktober sampai Desember"), (12, "Desember"))


def high_prices(rows: Rows) -> list[RowPattern]:
    """Prices of one thing (account, unit and name) whose robust z is far above the median."""
    frame = pd.DataFrame({"price": np.asarray(rows.price, dtype=np.float64)})
    names = (rows.account, rows.unit, rows.item)
    keys = []
    for at, texts in enumerate(names):
        if texts:
            frame[f"key{at}"] = [" ".join(text.casefold().split()) for text in texts]
            keys.append(f"key{at}")
    frame = frame[frame["price"] > 0]
    frame["count"] = frame.groupby(keys, sort=False)["price"].transform("size")
    frame = frame[frame["count"] >= LEAST_PRICES].copy()
    frame["median"] = frame.groupby(keys, sort=False)["price"].transform("median")
    frame["apart"] = (frame["price"] - frame["median"]).abs()
    apart = frame.groupby(keys, sort=False)["apart"]
    spread = apart.transform("median") / _OF_MIDDLE
    spread = spread.where(spread > 0, apart.transform("mean") / _OF_MEAN)
    frame["z"] = (frame["apart"] / spread.where(spread > 0)).fillna(0.0)
    far = frame[(frame["z"] > _FAR) & (frame["price"] >= _WORTH * frame["median"])]
    return [
        _high_price(rows, int(at), Rupiah(round(middle)), int(count), float(z))
        for at, middle, count, z in zip(
            far.index, far["median"], far["count"], far["z"], strict=True
        )
    ]


def _high_price(rows: Rows, at: int, middle: Rupiah, count: int, z: float) -> RowPattern:
    price = Rupiah(rows.price[at])
    reason = (
        f"“{rows.item[at]}” seharga Rp {price}, sedangkan harga tengah dari {count} pembelian "
        f"barang itu Rp {middle}. Mengapa lebih mahal?"
    )
    facts = {"harga": price, "harga_tengah": middle, "z": z}
    return RowPattern((at,), Rupiah(rows.sen[at]), "harga_tinggi", reason, facts)


@dataclass(frozen=True, slots=True)
class _Year:
    """One office's payments of a year until the last day that the rows know."""

    office: str
    year: int
    places: pd.DataFrame
    last: date


def year_end(rows: Rows) -> list[RowPattern]:
    """Offices whose share of October to December, or of December, is far beyond the even share.

    The even share is that of the days, until the last day of the rows. z is that of a proportion
    over the number of payments; the share of rupiah decides too. Names the largest payments.
    """
    frame = pd.DataFrame(
        {
            "day": [0 if day is None else day.toordinal() for day in rows.day],
            "year": [0 if day is None else day.year for day in rows.day],
            "month": [0 if day is None else day.month for day in rows.day],
            "sen": np.asarray(rows.sen, dtype=np.int64),
            "office": rows.office or [""] * len(rows.sen),
        }
    )
    frame = frame[(frame["sen"] > 0) & (frame["year"] > 0)]
    last = frame.groupby("year")["day"].max().to_dict()
    hits = []
    for (office, _), places in frame.groupby(["office", "year"]):
        year = int(places["year"].iloc[0])
        one = _Year(str(office), year, places, date.fromordinal(last[year]))
        for month, name in _PERIODS:
            if one.last >= date(one.year, month, 1) and (hit := _late(one, month, name)):
                hits.append(hit)
    return hits


def _late(one: _Year, month: int, name: str) -> RowPattern | None:
    days = (one.last - date(one.year, 1, 1)).days + 1
    even = ((one.last - date(one.year, month, 1)).days + 1) / days
    late = one.places[one.places["month"] >= month]
    count, whole = len(one.places), int(one.places["sen"].sum())
    z = (len(late) / count - even) / math.sqrt(even * (1 - even) / count)
    amount = int(late["sen"].sum())
    share = amount / whole
    if z < _LATE_Z or share < _LATE_SHARE * even:
        return None
    largest = late.sort_values("sen", ascending=False, kind="stable").index[:_SHOWN]
    reason = (
        f"{share:.0%} dari nilai tahun {one.year} dibayar pada {name}, sedangkan bagian yang "
        f"merata {even:.0%}; {len(late)} dari {count} pembayaran."
    )
    facts = {"opd": one.office, "tahun": one.year, "porsi": share, "merata": even, "z": z}
    kind = "triwulan_akhir" if month == 10 else "desember"
    return RowPattern(tuple(map(int, largest)), Rupiah(amount), kind, reason, facts)
