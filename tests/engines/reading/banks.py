"""Statements as banks of this country print them, truth first; `banks.toml` holds the shapes.

A *shape* is a bank's file: the titles of its columns in order, how it writes a day and money, how
it says which way the money goes, and what stands above and below the lines.
"""

from __future__ import annotations

import csv
import io
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from tests.engines.reading.layouts import D, money, purchases


@dataclass(frozen=True)
class Shape:
    """How a bank writes a file. `columns` are (role, titles that it uses); `marks` are what stands
    beside money out and money in: in a column of its own, or behind the amount (`behind`).
    """

    name: str
    columns: Sequence[tuple[str, Sequence[str]]]
    head: Sequence[str] = ()
    foot: str = ""
    marks: Sequence[str] = ("", "")
    behind: str = ""
    day: Sequence[str] = ("%d/%m/%Y",)
    comma: Sequence[bool] = (False,)
    separator: str = ","
    zero: Sequence[str] = ("",)
    apostrophe: bool = False
    backwards: Sequence[bool] = (False,)


def _shape(told: dict[str, Any]) -> Shape:
    columns = [(role, names.split("|")) for role, names in (c.split("=") for c in told["columns"])]
    return Shape(**told | {"columns": columns})


_TOLD = tomllib.loads(Path(__file__).with_name("banks.toml").read_text("utf-8"))
SHAPES = [_shape(told) for told in _TOLD["bank"]]


class Paper(NamedTuple):
    """A written file, its truth, and what was chosen."""

    data: bytes
    truth: list[tuple[date, Decimal]]
    chosen: str


def paper(shape: Shape, seed: int) -> Paper:
    """One file of a bank."""
    dice = random.Random(f"{shape.name} {seed}")
    lines = purchases(seed * 31 + len(shape.name))
    comma, form = dice.choice(shape.comma), dice.choice(shape.day)
    zero, backwards = dice.choice(shape.zero), dice.choice(shape.backwards)
    opening = balance = D(dice.randrange(300, 900) * 1_000_000)
    titles = {role: dice.choice(names) for role, names in shape.columns}
    cells = []
    for number, (day, amount, text) in enumerate(lines, start=1):
        before, balance = balance, balance + (amount if shape.name == "owed" else -amount)
        none = {"no": str(number), "text": text} | _FIXED
        days = dict.fromkeys(("day", "post"), day.strftime(form))
        stood = {"before": before, "after": balance, "balance": balance}
        cells.append(none | days | {role: money(one, comma) for role, one in stood.items()})
        cells[-1] |= _movement(shape, amount, comma, zero)
        cells[-1] |= {
            "kind": dice.choice(("Pembelian", "Transfer")),
            "ref": f"{dice.random():.12f}"[2:],
        }
        if shape.apostrophe:
            cells[-1] |= {role: "'" + cells[-1][role] for role in ("day", "branch")}
    truth = [(day, amount) for day, amount, _ in lines]
    if backwards:
        cells.reverse()
        truth.reverse()
    said = _said(truth, opening, balance, comma)
    table = [next(csv.reader([line], delimiter=shape.separator), []) for line in shape.head]
    table = [[cell.format(**said) for cell in row] for row in table]
    table += [list(titles.values()), *([one[role] for role in titles] for one in cells)]
    out = io.StringIO()
    rows = table + _foot(shape, list(titles), said)
    csv.writer(out, delimiter=shape.separator).writerows(rows)
    return Paper(out.getvalue().encode(), truth, f"{form} {comma} {zero!r} {backwards} {titles}")


_FIXED = {
    "branch": "0161",
    "account": "033301000999301",
    "clock": "091507",
    "code": "5502",
    "user": "8888083",
    "more": "",
    "ccy": "IDR",
    "journal": "482113",
    "card": "4567 89XX XXXX 1234",
}


def _movement(shape: Shape, amount: Decimal, comma: bool, zero: str) -> dict[str, str]:
    back, printed = amount < 0, money(abs(amount), comma)
    mark = shape.marks[back]
    marked = f"{printed}{shape.behind}{mark}".strip() if shape.behind else printed
    return {
        "mark": mark,
        "amount": f"{mark}{printed}" if shape.behind == "<" else marked,
        "out": zero if back else printed,
        "in": printed if back else zero,
    }


def _said(
    truth: list[tuple[date, Decimal]], opening: Decimal, closing: Decimal, comma: bool
) -> dict[str, str]:
    """What a bank prints above or below its lines."""
    spent = sum((amount for _, amount in truth if amount > 0), D(0))
    net = sum((amount for _, amount in truth), D(0))
    first, end = (truth[0][0].replace(day=day) for day in (1, 28))
    sums = {"opening": opening, "closing": closing, "in": spent - net, "out": spent, "net": net}
    days = {"period": f"{first:%d/%m/%Y} - {end:%d/%m/%Y}", "end": f"{end:%d/%m/%Y}"}
    return days | {name: money(one, comma) for name, one in (sums | {"zero": D(0)}).items()}


def _foot(shape: Shape, roles: list[str], said: dict[str, str]) -> list[list[str]]:
    if shape.foot == "bca":
        return [
            ["Saldo Awal", ":", said["opening"]],
            ["Mutasi Debet", ":", said["out"]],
            ["Mutasi Kredit", ":", said["in"]],
            ["Saldo Akhir", ":", said["closing"]],
        ]
    if shape.foot == "totals":
        return [["Total Keluar", said["out"]], ["Total Masuk", said["in"]]]
    if shape.foot in ("bri", "sum"):
        row = dict.fromkeys(roles, "") | {"text": "Total", "amount": said["net"]}
        row |= {"out": said["out"], "in": said["in"]}
        return [[row[role] for role in roles]]
    return []
