"""The score of a pair: a sum of named log-odds (Fellegi-Sunter), aware of what is common.

    W = ln P(line has a purchase) / P(it has none)
      + ln share(amount class) / chance of such an amount        "nilai"
      + ln share(date class) / free purchases a day on the card  "tanggal"
      + ln P(texts | same merchant) / P(texts | any purchase)    "nama"

W compares "these two are one purchase" with "both stay alone"; it is 0 where one cannot say. First
the ways in which amounts and dates of one purchase differ, then the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kkpd.core.money import Rupiah
from kkpd.engines.matching.merchant_names import MerchantName, compare, prepare
from kkpd.engines.matching.rows import F64, I64, NO_DAY, Bools, BothSides, Side, codes
from kkpd.engines.matching.weights import Weights

#: Classes in the order of their codes; -1 is an unexplained amount.
KELAS = (
    "sama",
    "surcharge_setengah",
    "surcharge_persepuluh",
    "surcharge_lain",
    "biaya",
    "pembulatan",
    "angka_tertukar",
    "angka_salah",
    "nol",
    "angka_hilang",
)
_ADDED_BY_BANK = np.isin(KELAS, ("surcharge_setengah", "surcharge_persepuluh", "biaya"))
SURCHARGE = (0.005, 0.035)
_HIGHEST_FEE = 10_000
_DIGITS = 13


def amount_class(bank: I64, catatan: I64) -> I64:
    """Class code for pairs of amounts in sen (line, purchase); later classes yield to earlier."""
    b, c = bank // 100, catatan // 100
    kode = np.full(len(b), -1, dtype=np.int64)
    same_sign = (bank > 0) & (catatan > 0)
    for nama, cocok in (
        ("angka_hilang", _digit_missing(b, c)),
        ("nol", (b == 10 * c) | (c == 10 * b)),
        *_digit_slips(b, c),
        ("pembulatan", _is_rounding(b, c)),
        ("biaya", (b > c) & (b - c <= _HIGHEST_FEE) & ((b - c) % 500 == 0)),
        *_surcharge(b, c),
    ):
        kode[cocok & same_sign] = KELAS.index(nama)
    kode[bank == catatan] = 0
    return kode


def _surcharge(b: I64, c: I64) -> list[tuple[str, Bools]]:
    excess = (b - c) / np.maximum(c, 1)
    entry = (excess >= SURCHARGE[0] - 2 / np.maximum(c, 1)) & (
        excess <= SURCHARGE[1] + 2 / np.maximum(c, 1)
    )
    hasil = [("surcharge_lain", entry)]
    for nama, satuan in (("surcharge_persepuluh", 0.001), ("surcharge_setengah", 0.005)):
        tariff = np.round(excess / satuan) * satuan
        hasil.append((nama, entry & (np.abs(c * tariff - (b - c)) <= 1)))
    return hasil


def _is_rounding(b: I64, c: I64) -> Bools:
    discrepancy = np.abs(b - c)
    rounded = ((c % 1000 == 0) & (discrepancy < 1000)) | ((c % 100 == 0) & (discrepancy < 100))
    hasil: Bools = rounded & (discrepancy * 50 <= b)
    return hasil


def _digit_slips(b: I64, c: I64) -> list[tuple[str, Bools]]:
    """One digit wrong, or two neighbours swapped: the difference has two leading digits at most."""
    one_item, swapped = np.zeros(len(b), dtype=np.bool_), np.zeros(len(b), dtype=np.bool_)
    selisih = np.abs(b - c)
    satuan = 10 ** np.maximum(_magnitude(selisih) - 1, 0)
    picked = np.flatnonzero((selisih % satuan == 0) & (_magnitude(b) == _magnitude(c)) & (b > 0))
    pangkat = 10 ** np.arange(_DIGITS, dtype=np.int64)
    db, dc = b[picked, None] // pangkat % 10, c[picked, None] // pangkat % 10
    discrepancy = db != dc
    banyak = discrepancy.sum(axis=1)
    crossed = (
        (db[:, :-1] == dc[:, 1:])
        & (db[:, 1:] == dc[:, :-1])
        & discrepancy[:, :-1]
        & discrepancy[:, 1:]
    )
    one_item[picked] = banyak == 1
    swapped[picked] = (banyak == 2) & crossed.any(axis=1)
    return [("angka_salah", one_item), ("angka_tertukar", swapped)]


def _magnitude(nilai: I64) -> I64:
    """Digits of each amount less one."""
    return np.searchsorted(10 ** np.arange(1, 19, dtype=np.int64), nilai, side="right")


def _digit_missing(b: I64, c: I64) -> Bools:
    hasil = np.zeros(len(b), dtype=np.bool_)
    discrepancy = _magnitude(b) - _magnitude(c)
    for long, brief, picked in ((b, c, discrepancy == 1), (c, b, discrepancy == -1)):
        positions = np.flatnonzero(picked)
        x, y = long[positions], brief[positions]
        cocok = np.zeros(len(positions), dtype=np.bool_)
        for p in range(_DIGITS):
            one_item = 10**p
            cocok |= (x // (10 * one_item) * one_item + x % one_item) == y
        hasil[positions] = cocok
    return hasil


def log_chance(sisi: Side) -> F64:
    """For each row the log of the chance that another row of its card has this amount.

    A repeated amount is as likely as it is frequent on the card or in the file; a unique one as
    likely as amounts of its size and roundness, so that Rp 1.237.450 says more than Rp 100.000. The
    share of new amounts is estimated from amounts seen once (Good and Turing).
    """
    banyak = len(sisi)
    if banyak == 0:
        return np.empty(0)
    in_file = np.bincount(sisi.amount_code)[sisi.amount_code]
    # rows are sorted by card, then amount: equal ones are neighbours
    bound = (np.diff(sisi.amount_code) != 0) | (np.diff(sisi.kartu) != 0)
    kelompok = np.concatenate([[0], np.cumsum(bound)])
    on_card = np.bincount(kelompok)[kelompok]
    rows_per_card = np.bincount(sisi.kartu)
    once = np.bincount(sisi.kartu[on_card == 1], minlength=len(rows_per_card))
    baru = (float((in_file == 1).sum()) + 5) / (banyak + 10)
    new_on_card = ((once + 10) / (rows_per_card + 20))[sisi.kartu]
    general = (in_file - 1) / (banyak + 50) + baru * _density(sisi)
    hasil: F64 = np.log((on_card - 1) / (rows_per_card[sisi.kartu] + 20) + new_on_card * general)
    return np.minimum(hasil, -0.1)


def _density(sisi: Side) -> F64:
    """For each row the expected share of one amount of its size and roundness."""
    banyak = np.bincount(sisi.amount_code)
    rupiah = np.zeros(len(banyak), dtype=np.int64)
    rupiah[sisi.amount_code] = np.maximum(np.abs(sisi.nilai) // 100, 1)
    noughts = np.zeros(len(rupiah), dtype=np.int64)
    for z in range(1, 7):
        noughts[rupiah % 10**z == 0] = z
    share = (np.bincount(noughts, weights=banyak, minlength=7) + 1) / (len(sisi) + 7)
    urut = np.argsort(rupiah, kind="stable")
    ordered, jumlah = rupiah[urut], np.concatenate([[0], np.cumsum(banyak[urut])])
    above = jumlah[np.searchsorted(ordered, rupiah * 1.1)]
    around = above - jumlah[np.searchsorted(ordered, rupiah * 0.9)]
    options = np.maximum(0.2 * rupiah / 10.0**noughts, 1)
    hasil: F64 = (around + 1) / (len(sisi) + 10) * share[noughts] / options
    return hasil[sisi.amount_code]


def log_surcharge_chance(nilai: I64, everything: I64) -> F64:
    """Log chance that an unrelated purchase lies within the surcharge range below each amount."""
    below = np.searchsorted(everything, (nilai / (1 + SURCHARGE[1])).astype(np.int64))
    above = np.searchsorted(everything, (nilai / (1 + SURCHARGE[0])).astype(np.int64))
    hasil: F64 = np.log((np.maximum(above - below, 0) + 1) / (len(everything) + 100))
    return hasil


def amount_weight(
    kode: I64, log_bank: F64, log_ledger: F64, log_surcharge: F64, weight: Weights
) -> F64:
    """Log of `share / (ways x chance)` for each class code (>= 0).

    The chance is that of the amount that differs from the price: the bank's if something was added,
    else the typed one.
    """
    share = np.array([weight.nilai[nama].share for nama in KELAS])
    cara = np.array([weight.nilai[nama].cara for nama in KELAS])
    chance = np.log(cara)[kode] + np.where(_ADDED_BY_BANK[kode], log_bank, log_ledger)
    lain = kode == KELAS.index("surcharge_lain")
    chance = np.where(lain, log_surcharge, np.minimum(chance, -0.1))
    hasil: F64 = np.log(share)[kode] - chance
    return hasil


def amount_text(kode: int, bank: int, catatan: int) -> tuple[str, bool]:
    """What a person reads about the amounts (sen), and whether they agree."""
    if kode == 0:
        return f"Rp {Rupiah(bank)} sama", True
    discrepancy = bank - catatan
    start = f"Rp {Rupiah(abs(discrepancy))} {'lebih' if discrepancy > 0 else 'kurang'}"
    percent = f"{discrepancy / catatan:.1%}".replace(".", ",")
    kata = {
        "biaya": "mungkin biaya layanan",
        "pembulatan": "mungkin pembulatan",
        "angka_tertukar": "mungkin dua angka tertukar",
        "angka_salah": "mungkin satu angka salah",
        "nol": "mungkin kurang atau lebih satu nol",
        "angka_hilang": "mungkin satu angka hilang atau berlebih",
    }
    return f"{start}: {kata.get(KELAS[kode], f'mungkin surcharge {percent}')}", False


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


#: Among equals the pairing in date order wins: the cost of a day squared.
_ORDER_COST = 1e-7
#: Pairs less likely than this (log-odds) are forgotten.
DROP_BELOW = -2.5
#: Candidate pairs, one record each; the fields are those of a `LinkRow`.
Edges = npt.NDArray[np.void]
_EDGE = np.dtype(
    [
        *((nama, np.int64) for nama in ("b", "c", "amount_class", "day_class", "days_apart")),
        *((nama, np.float32) for nama in ("similar", "w_amount", "w_day", "w_name")),
        ("w", np.float64),
    ]
)


@dataclass(frozen=True, slots=True)
class MatchContext:
    """Both sides with what is common on them: chances per row, rates per card.

    `crowd_*` is the log of unmatched rows a day on each card, `chance_*` the log chance of a row's
    amount, `commonness_*` how common a row's merchant is on its card (0..1).
    """

    both: BothSides
    nama: MerchantName
    heads: MerchantName
    weight: Weights
    span: F64
    crowd_bank: F64
    crowd_ledger: F64
    chance_bank: F64
    chance_ledger: F64
    commonness_bank: F64
    commonness_ledger: F64
    sorted_amounts: I64


def edges(*columns: npt.NDArray[np.generic]) -> Edges:
    """Pairs from their columns, in the order of the fields."""
    hasil = np.empty(len(columns[0]), dtype=_EDGE)
    for nama, column in zip(_EDGE.names or (), columns, strict=True):
        hasil[nama] = column
    return hasil


def unite(parts: Sequence[Edges]) -> Edges:
    """All pairs of several lists, ordered by (line, purchase)."""
    hasil = np.concatenate(parts)
    return hasil[np.lexsort((hasil["c"], hasil["b"]))]


def prepare_context(both: BothSides, weight: Weights) -> MatchContext:
    """Counts and rates of both sides, once."""
    nama, heads = prepare(both.bank.name_list, both.catatan.name_list, weight.nama)
    span = _card_spans(both)
    recorded = np.bincount(both.catatan.kartu, minlength=both.card_count)
    billed = np.bincount(both.bank.kartu, minlength=both.card_count)
    return MatchContext(
        both=both,
        nama=nama,
        heads=heads,
        weight=weight,
        span=span,
        crowd_bank=np.log((billed * weight.start.without_purchase + 0.5) / span),
        crowd_ledger=np.log((recorded * weight.start.without_line + 0.5) / span),
        chance_bank=log_chance(both.bank),
        chance_ledger=log_chance(both.catatan),
        commonness_bank=_commonness(both.bank, nama.family[nama.bank]),
        commonness_ledger=_commonness(both.catatan, nama.family[nama.catatan]),
        sorted_amounts=np.sort(both.catatan.nilai),
    )


def _card_spans(both: BothSides) -> F64:
    """Days that the rows of each card span, at least a fortnight."""
    start = np.full(both.card_count, np.iinfo(np.int64).max)
    finish = np.zeros(both.card_count, dtype=np.int64)
    for side in (both.bank, both.catatan):
        present = side.reference >= 0
        np.minimum.at(start, side.kartu[present], side.reference[present])
        np.maximum.at(finish, side.kartu[present], side.reference[present])
    hasil: F64 = np.maximum(finish - np.minimum(start, finish) + 1, 15).astype(np.float64)
    return hasil


def _commonness(side: Side, family: I64) -> F64:
    """How common each row's merchant is: its share on the card, leaning on its share in the file.

    The row itself is left out; a text that names nobody is as common as can be.
    """
    if len(side) == 0:
        return np.empty(0)
    kode = family[side.nama]
    everywhere = (np.bincount(kode + 1)[kode + 1] - 0.5) / (len(side) + 1000)
    on_card = np.bincount(side.kartu)[side.kartu]
    same = codes(side.kartu, kode)
    hasil: F64 = (np.bincount(same)[same] - 1 + 10 * everywhere) / (on_card - 1 + 10)
    return np.where(kode < 0, 1.0, hasil)


def score_pairs(
    context: MatchContext, b: I64, c: I64, kelas: I64 | None = None, bound: float = DROP_BELOW
) -> Edges:
    """Score pairs of rows, but those whose amounts nothing explains or no name could save.

    A pair is kept if with equal texts its score would pass `bound`.
    """
    bank, catatan, weight = context.both.bank, context.both.catatan, context.weight
    if kelas is None:
        kelas = amount_class(bank.nilai[b], catatan.nilai[c])
    present = kelas >= 0
    b, c, kelas = b[present], c[present], kelas[present]
    day, discrepancy = day_class(bank, b, catatan, c, weight)
    w_amount = amount_weight(
        kelas,
        context.chance_bank[b],
        context.chance_ledger[c],
        log_surcharge_chance(bank.nilai[b], context.sorted_amounts),
        weight,
    )
    w_day = pair_day_weight(context, b, day) - context.crowd_ledger[bank.kartu[b]]
    start = np.log((1 - weight.start.without_purchase) / weight.start.without_purchase)
    w = start + w_amount + w_day - _ORDER_COST * discrepancy.astype(np.float64) ** 2
    most_by_name = -np.log(np.maximum(context.commonness_bank[b], context.commonness_ledger[c]))
    kept = w + most_by_name > bound
    b, c, w = b[kept], c[kept], w[kept]
    w_name, similar = pair_name_weight(context, b, c)
    return edges(
        b, c, kelas[kept], day[kept], discrepancy[kept],
        similar, w_amount[kept], w_day[kept], w_name, w + w_name,
    )  # fmt: skip


def pair_day_weight(context: MatchContext, b: I64, kelas: I64) -> F64:
    """Log of `share / ways` of the date classes."""
    return day_weight(kelas, context.span[context.both.bank.kartu[b]], context.weight)


def pair_name_weight(context: MatchContext, b: I64, c: I64) -> tuple[F64, F64]:
    """(log-odds of the merchant texts, similarity or nan) for pairs of rows."""
    bank, catatan = context.both.bank, context.both.catatan
    logit, similar = compare(context.nama, bank.nama[b], catatan.nama[c], context.weight.nama)
    common = np.maximum(context.commonness_bank[b], context.commonness_ledger[c])
    return name_weight(logit, common), similar


def name_weight(logit: F64, common: F64) -> F64:
    """Log-odds of texts beside any purchase of the card; 0 where they cannot be compared."""
    return np.nan_to_num(logit - np.log(common * np.exp(np.nan_to_num(logit)) + 1 - common))
