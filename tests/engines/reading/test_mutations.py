"""Whoever deletes, alters or turns something in a file that prints balances or totals is told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import parse
from tests.engines.reading import samples
from tests.engines.reading.banks import SHAPES, Shape, paper
from tests.engines.reading.bills import as_csv
from tests.engines.reading.test_bills import BILL

_AMOUNTS = ("amount", "out", "in")
_DIGIT = re.compile(r"\d")


def _status(data: bytes) -> str:
    try:
        return parse(data).status
    except Unreadable:
        return "ditolak"


def _altered(text: str) -> str:
    return _DIGIT.sub(lambda found: str(int(found[0]) % 9 + 1), text, count=1)


def _size(text: str) -> int:
    return int("".join(filter(str.isdigit, text)) or 0)


def _turned(shape: Shape, places: dict[str, int], row: list[str]) -> list[str]:
    """The row with its money going the other way, however this bank shows it."""
    if "out" in places:
        swap = {places["out"]: row[places["in"]], places["in"]: row[places["out"]]}
        return [swap.get(at, cell) for at, cell in enumerate(row)]
    out, back = shape.marks
    if "mark" in places:
        other = {out: back, back: out}
        return [other[cell] if at == places["mark"] else cell for at, cell in enumerate(row)]
    at = places["amount"]
    bare = row[at].strip("DBCRK -")
    now_back = row[at] == (f"{back}{bare}" if shape.behind == "<" else f"{bare} {back}".strip())
    mark = out if now_back else back
    turned = f"{mark}{bare}" if shape.behind == "<" else f"{bare}{shape.behind}{mark}".strip()
    return [*row[:at], turned, *row[at + 1 :]]


def _harms(shape: Shape, seed: int) -> Iterator[tuple[str, bytes]]:
    """Each row of a file harmed in each way, but for the ends of a balance without a foot."""
    data = paper(shape, seed).data
    table = list(csv.reader(io.StringIO(data.decode()), delimiter=shape.separator))
    places = {role: at for at, (role, _) in enumerate(shape.columns)}
    lines = [line.row - 1 for line in parse(data).lines]
    for number in lines if shape.foot else lines[1:-1]:
        row = table[number]
        most = max((places[r] for r in _AMOUNTS if r in places), key=lambda at: _size(row[at]))
        said = next((places[role] for role in ("balance", "after") if role in places), most)
        harmed = {
            "deleted": [],
            "altered": [[*row[:most], _altered(row[most]), *row[most + 1 :]]],
            "turned": [_turned(shape, places, row)],
            "balance": [[*row[:said], _altered(row[said]), *row[said + 1 :]]],
        }
        for name, rows in harmed.items():
            out = io.StringIO()
            csv.writer(out, delimiter=shape.separator).writerows(
                [*table[:number], *rows, *table[number + 1 :]]
            )
            yield f"{name} {number + 1}", out.getvalue().encode()


_PROVING = [one for one in SHAPES if one.foot or {"balance", "after"} & {r for r, _ in one.columns}]


@pytest.mark.parametrize("shape", _PROVING, ids=lambda shape: shape.name)
def test_every_row_of_a_bank_s_table(shape: Shape) -> None:
    seed = next(seed for seed in range(9) if _status(paper(shape, seed).data) == "terbukti")
    assert [name for name, data in _harms(shape, seed) if _status(data) == "terbukti"] == []


def _account_harms(text: str) -> Iterator[str]:
    """MT940: each movement deleted, altered, turned; each closing balance altered."""
    for found in re.finditer(
        r"^:61:(\d{6}(?:\d{4})?)(R?)([DC])([A-Z]?)([\d,]+)", text, re.MULTILINE
    ):
        start, end = found.span()
        stop = re.compile(r"^:(?!86)|^-", re.MULTILINE).search(text, start + 1)
        yield text[:start] + (text[stop.start() :] if stop else "")
        amount = _altered(found[5])
        yield f"{text[:start]}:61:{found[1]}{found[2]}{found[3]}{found[4]}{amount}{text[end:]}"
        mark = "CD"[found[3] == "C"]
        yield f"{text[:start]}:61:{found[1]}{found[2]}{mark}{found[4]}{found[5]}{text[end:]}"
    for found in re.finditer(r"^:62F:[DC]\d{6}[A-Z]{3}", text, re.MULTILINE):
        yield text[: found.end()] + _altered(text[found.end() :])


def test_every_movement_of_an_account_statement() -> None:
    tried = 0
    for name in samples.expected():
        if "mt940" not in name or samples.statement(name).status != "terbukti":
            continue
        for harmed in _account_harms(samples.read(name).decode("cp1252")):
            tried += 1
            assert _status(harmed.encode("cp1252")) != "terbukti", (name, harmed[:400])
    assert tried > 100


def test_every_row_and_total_of_a_bill() -> None:
    rows = as_csv(BILL).decode().splitlines()
    lines = [line.row - 1 for line in parse(as_csv(BILL)).lines]
    totals = [at for at, row in enumerate(rows) if re.match(r"(Total|Transaksi|Pembay).*;\d", row)]
    for at in [*lines, *totals]:
        cells = rows[at].split(";")
        money = max(range(len(cells)), key=lambda i: _size(cells[i]) * ("," in cells[i]))
        altered = ";".join([*cells[:money], _altered(cells[money]), *cells[money + 1 :]])
        for kept in ([altered], [])[: 1 + (at in lines)]:
            data = "\n".join([*rows[:at], *kept, *rows[at + 1 :]]).encode()
            assert _status(data) == "ditanya", rows[at]
