"""The shipped weights on what offices of other regions really wrote, labelled by their own books.

`data/uji_daerah.csv` holds names, units, prices and classes out of public budgets, asset registers
and stock lists; no row is in training. `dibaca` are the sources whose mistakes were read before the
rules and the general knowledge were widened, `ditahan` those that were only counted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import numpy as np

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Classified, Item, classify
from train import sumber
from train.nilai import tally

Row = dict[str, str]


def listing() -> list[Row]:
    """Rows with bagian, sumber, batas, uraian, satuan, harga, nilai and label (operasi|modal)."""
    path = sumber.DATA / "uji_daerah.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reply(row: Row) -> Classified:
    """The program's answer under the limit of the row's region, without its account."""
    line = Item(
        row["uraian"],
        satuan=row["satuan"],
        harga=sumber.rupiah(row["harga"]),
        nilai=sumber.rupiah(row["nilai"]),
    )
    return classify(line, capitalisation_limit=Rupiah.of(int(row["batas"])), detailed=False)


def by_decisions(rows: Iterable[Row], kolom: str) -> dict[str, list[Row]]:
    """The rows by the text of one column, in the order of the file."""
    out: dict[str, list[Row]] = {}
    for row in rows:
        out.setdefault(row[kolom], []).append(row)
    return out


def _value(nama: str, rows: Sequence[Row]) -> None:
    answers = [reply(row) for row in rows]
    modal = np.array([a.keyakinan if a.best_kelas == "modal" else 1 - a.keyakinan for a in answers])
    answered = [
        a.kelas == row["label"] for a, row in zip(answers, rows, strict=True) if a.kelas != "ragu"
    ]
    share = len(answered) / len(rows)
    right = sum(answered) / max(1, len(answered))
    scores = tally(nama, [row["label"] for row in rows], modal)
    print(f"{scores} dijawab={share:.3f} benar={right:.4f}")


def render_number() -> None:
    """Print one line a part of the list, then one a source."""
    rows = listing()
    for part, inside in by_decisions(rows, "bagian").items():
        _value(f"daerah lain, {part}", inside)
    for source, inside in by_decisions(rows, "sumber").items():
        _value(source[:34], inside)
