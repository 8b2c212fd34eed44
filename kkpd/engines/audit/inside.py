"""What a child process is asked: bytes of a file and options in, plain values for JSON out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from kkpd.core.errors import Unreadable
from kkpd.core.money import Rupiah
from kkpd.core.pan import mask
from kkpd.engines.audit import benford, doubles, habits, patterns, reference, units
from kkpd.engines.audit.amounts import NOTHING, to_sen
from kkpd.engines.audit.columns import find, needed
from kkpd.engines.audit.table import Source
from kkpd.engines.reading.cells import dates

Told = dict[str, Any]


def in_rupiah(amount: float) -> float:
    """An amount in sen, or a projection of amounts, as rupiah for JSON; whole where it is whole."""
    if isinstance(amount, int):
        whole, rest = divmod(amount, 100)
        return amount / 100 if rest else whole
    return amount / 100


def mus(
    data: bytes,
    name: str,
    column: str,
    confidence: float,
    materiality: int,
    expected: int,
    seed: int,
) -> tuple[Told, bytes]:
    """Plan and draw a sample: what `kkpd analyze mus` tells, and the sample as CSV."""
    source = Source.of(data, name)
    place = source.column(column)
    (texts,), rows = source.texts([place])
    values = to_sen(texts, column, rows)
    _refuse_empty(values, rows, column)
    book = sum(map(int, values[values > 0]))
    if book == 0:
        raise Unreadable(
            f"Kolom {column} tidak memuat satu nilai positif pun, jadi tidak ada yang disampel.",
            field=column,
        )
    planned = units.plan(book, materiality, expected, confidence)
    taken = units.select(values, planned.interval, seed)
    told = {
        "baris": int((values > 0).sum()),
        "nilai_buku": in_rupiah(book),
        "keyakinan": confidence,
        "materialitas": in_rupiah(materiality),
        "salah_dugaan": in_rupiah(expected),
        "interval": planned.interval / 100,
        "faktor": planned.factor,
        "ukuran": planned.size,
        "pasti": int((values >= planned.interval).sum()),
        "sampel": int(taken.sum()),
        "nilai_sampel": in_rupiah(sum(map(int, values[taken]))),
        "seed": seed,
        "dilewati": {"nol": int((values == 0).sum()), "negatif": int((values < 0).sum())},
    }
    return told, _sample(source, set(rows[taken].tolist()))


def _refuse_empty(values: Sequence[int] | Any, rows: Any, column: str) -> None:
    empty = rows[values == NOTHING]
    if len(empty):
        more = f" dan {len(empty) - 5} lainnya" if len(empty) > 5 else ""
        raise Unreadable(
            f"Kolom {column} kosong pada baris {', '.join(map(str, empty[:5]))}{more}. "
            "Isi nilainya (0 bila memang nol), lalu ulangi.",
            field=column,
        )


def _sample(source: Source, rows: set[int]) -> bytes:
    """These rows with all columns, as they stand in the file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=source.separator, lineterminator="\n")
    writer.writerow(source.titles)
    for frame in source.pieces():
        wanted = [row for row in frame.index if row in rows]
        writer.writerows(frame.loc[wanted].itertuples(index=False, name=None))
    return text.getvalue().encode()


def evaluation(
    data: bytes, name: str, column: str, audited: str, interval: str, confidence: float
) -> Told:
    """The bound of an audited sample, for `kkpd analyze mus-nilai`."""
    source = Source.of(data, name)
    cells, rows = source.texts([source.column(column), source.column(audited)])
    books, found = (to_sen(c, t, rows) for c, t in zip(cells, (column, audited), strict=True))
    _refuse_empty(books, rows, column)
    _refuse_empty(found, rows, audited)
    if not len(books):
        raise Unreadable(f"Berkas {name} tidak memuat satu baris pun.", field="sampel")
    if (books <= 0).any():
        row = int(rows[books <= 0][0])
        raise Unreadable(
            f"Baris {row}: nilai buku tidak positif. Sampel satuan uang hanya memuat nilai buku "
            "positif; uji baris seperti itu terpisah.",
            field=column,
        )
    width = Fraction(interval) * 100
    done = units.evaluate(books.tolist(), found.tolist(), width, confidence)
    return {
        "baris": len(books),
        "interval": float(width) / 100,
        "keyakinan": confidence,
        "proyeksi": in_rupiah(done.over.projected),
        "dasar": in_rupiah(done.basic),
        "tambahan": in_rupiah(done.over.allowance),
        "batas_atas": in_rupiah(done.upper),
        "pasti": {"baris": done.certain_items, "salah_saji": in_rupiah(done.over.certain)},
        "lebih_saji": {
            "baris": int((found < books).sum()),
            "noda": list(done.over.taints),
        },
        "kurang_saji": {
            "baris": int((found > books).sum()),
            "noda": list(done.under.taints),
            "proyeksi": in_rupiah(done.under.projected),
            "tambahan": in_rupiah(done.under.allowance),
            "batas_atas": in_rupiah(done.upper_under),
        },
    }


def digits(data: bytes, name: str, column: str, kind: benford.Digits) -> Told:
    """Benford's test of one column, for `kkpd analyze benford`."""
    source = Source.of(data, name)
    (texts,), rows = source.texts([source.column(column)])
    values = to_sen(texts, column, rows)
    if not (values > 0).any():
        raise Unreadable(f"Kolom {column} tidak memuat satu nilai positif pun.", field=column)
    done = benford.analyse(values, kind)
    few = (
        f"Hanya {done.n} nilai: kebetulan saja sudah memberi MAD sekitar {done.by_chance:.4f}. "
        f"Perlu sedikitnya {benford.enough(kind)} nilai sebelum kesesuaian berarti."
    )
    return {
        "uji": kind,
        "n": done.n,
        "mad": done.mad,
        "kesesuaian": done.conformity,
        "peringatan": few if done.too_few else None,
        "mad_kebetulan": done.by_chance,
        "dilewati": int((values <= 0).sum()),
        "digit": [
            {"digit": one.digit, "teramati": one.observed, "harapan": one.expected, "z": one.z}
            for one in done.digits
        ],
    }


def pattern(
    data: bytes, name: str, test: str, titles: dict[str, str | None], options: Told
) -> Told:
    """One of the tests of `patterns`, for `kkpd analyze split|ganda|...`."""
    source = Source.of(data, name)
    must, may = NEEDS[test]
    places = {role: needed(source, role, titles.get(role)) for role in must}
    for role in may:
        if (place := find(source, role, titles.get(role))) is not None:
            places[role] = place
    if test == "split" and not {"vendor", "kartu"} & places.keys():
        needed(source, "vendor", None)
    rows, warnings = _rows(source, places)
    told: Told = {
        "uji": test,
        "baris": len(rows.number),
        "kolom": {role: source.titles[place] for role, place in places.items()},
    }
    if test == "vendor":
        told |= _vendors(rows, options["porsi"])
    else:
        found, more = _found(test, rows, options)
        warnings += more
        told |= _hits(rows, found)
    return told | {"peringatan": warnings}


#: Test -> roles that it must have, and those that it uses where they are.
NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "split": (("nilai", "tanggal"), ("vendor", "kartu", "opd")),
    "ganda": (("nilai", "tanggal", "vendor"), ("nota", "referensi")),
    "dekat-batas": (("nilai",), ()),
    "bulat": (("nilai",), ()),
    "libur": (("nilai", "tanggal"), ()),
    "mcc": (("nilai", "mcc"), ("rekening",)),
    "vendor": (("nilai", "vendor"), ()),
    "harga": (("nilai", "uraian", "harga"), ("satuan", "rekening")),
    "akhir-tahun": (("nilai", "tanggal"), ("opd",)),
}


#: The roles of `patterns.Rows` after number, amount and day, in its order.
_TEXTS = ("kartu", "vendor", "nota", "mcc", "rekening", "opd", "referensi", "uraian", "satuan")


def _rows(source: Source, places: dict[str, int]) -> tuple[patterns.Rows, list[str]]:
    cells, numbers = source.texts(list(places.values()))
    columns = dict(zip(places, cells, strict=True))
    values = to_sen(columns["nilai"], source.titles[places["nilai"]], numbers)
    warnings = []
    if empty := int((values == NOTHING).sum()):
        warnings.append(f"{empty} baris tanpa nilai dianggap nol.")
        values[values == NOTHING] = 0
    days: list[date | None] = []
    if "tanggal" in columns:
        days, said = _days(columns["tanggal"], source.titles[places["tanggal"]], numbers.tolist())
        warnings += said
    rows = patterns.Rows(
        numbers.tolist(),
        values.tolist(),
        days,
        *(columns.get(role, []) for role in _TEXTS),
    )
    if "harga" in columns:
        prices = to_sen(columns["harga"], source.titles[places["harga"]], numbers)
        rows = replace(rows, price=prices.tolist())
    return rows, warnings


def _days(texts: list[str], title: str, numbers: list[int]) -> tuple[list[date | None], list[str]]:
    """Dates under the order that the whole column decides; day first where it does not."""
    without_time = {text: re.split(r"[T ]\d\d?[:.]\d\d", text)[0] for text in set(texts)}
    texts = [without_time[text] for text in texts]
    distinct = set(without_time.values())
    numeric = {text for text in distinct if dates.is_numeric_date(text)}
    order, certain = dates.decide_order(text for text in texts if text in numeric)
    warnings = []
    if not certain and order != "ymd":
        order = "dmy"
        warnings.append(f"Tanggal pada kolom {title} dibaca hari lebih dahulu.")
    column = dates.DateColumn(order, None, serials=False)
    read = {text: column[text] for text in distinct}
    found: list[date | None] = []
    for at, text in enumerate(texts):
        day = read[text]
        if day is not None and not isinstance(day, date):
            raise Unreadable(
                f"Kolom {title} baris {numbers[at]}: “{text[:20]}” bukan tanggal. "
                "Tulis seperti 2026-10-31 atau 31/10/2026.",
                field=title,
            )
        found.append(day)
    if empty := found.count(None):
        warnings.append(f"{empty} baris tanpa tanggal tidak dinilai menurut harinya.")
    return found, warnings


def _found(
    test: str, rows: patterns.Rows, options: Told
) -> tuple[list[patterns.RowPattern], list[str]]:
    limits = [Rupiah(limit) for limit in options["batas"]]
    if test == "split":
        return patterns.splits(rows, limits, options["hari"]), []
    if test == "ganda":
        return doubles.doubles(rows, options["hari"]), []
    if test == "dekat-batas":
        return patterns.near_limits(rows, limits, options["persen"]), []
    if test == "bulat":
        return patterns.round_amounts(rows, Rupiah(options["kelipatan"])), []
    if test == "harga":
        return habits.high_prices(rows), []
    if test == "akhir-tahun":
        return habits.year_end(rows), []
    if test == "mcc":
        return patterns.categories(rows, reference.weighed, reference.unfit), []
    years = {day.year for day in rows.day if day is not None}
    calendar = reference.holidays()
    lacks = sorted(years - {day.year for day in calendar})
    said = [f"Kalender libur {year} tidak ada: hanya akhir pekan yang dinilai." for year in lacks]
    return patterns.days_off(rows, calendar), said


def _hits(rows: patterns.Rows, found: list[patterns.RowPattern]) -> Told:
    touched = {at for hit in found for at in hit.places}
    made = []
    for hit in sorted(found, key=lambda one: (-one.amount.sen, one.places)):
        facts = {
            key: in_rupiah(value.sen) if isinstance(value, Rupiah) else value
            for key, value in hit.facts.items()
        }
        numbers = [rows.number[at] for at in hit.places]
        made.append(
            {
                "baris": numbers,
                "rupiah": in_rupiah(hit.amount.sen),
                "jenis": hit.kind,
                "alasan": mask(hit.reason),
                **facts,
            }
        )
    return {
        "jumlah_temuan": len(found),
        "baris_temuan": len(touched),
        "rupiah": in_rupiah(sum(hit.amount.sen for hit in found)),
        "temuan": made,
    }


def _vendors(rows: patterns.Rows, share: float) -> Told:
    if not any(amount > 0 for amount in rows.sen):
        raise Unreadable("Tidak ada nilai positif, jadi tidak ada pemusatan untuk dihitung.")
    index, shares = patterns.concentration(rows)
    running, pareto = 0.0, 0
    told = []
    for one in shares:
        pareto += running < 0.8
        running += one.share
        told.append(
            {
                "vendor": mask(one.vendor),
                "baris": len(one.places),
                "rupiah": in_rupiah(one.amount.sen),
                "porsi": one.share,
                "kumulatif": min(running, 1.0),
            }
        )
    hits = [
        patterns.RowPattern(
            one.places,
            one.amount,
            "pemusatan",
            f"{one.vendor} menerima {one.share:.0%} dari seluruh nilai (Rp {one.amount}).",
        )
        for one in shares
        if one.share >= share
    ]
    level = "rendah" if index < 1_500 else "sedang" if index < 2_500 else "tinggi"
    return {
        "hhi": index,
        "pemusatan": level,
        "jumlah_vendor": len(shares),
        "vendor_80_persen": pareto,
        **_hits(rows, hits),
        "vendor": told[:100],
    }
