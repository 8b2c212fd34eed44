"""What a child process is asked: bytes of a file and options in, plain values for JSON out."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kkpd.core.errors import Unreadable
from kkpd.engines.audit import benford, units
from kkpd.engines.audit.amounts import NOTHING, to_sen
from kkpd.engines.audit.table import Source

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
