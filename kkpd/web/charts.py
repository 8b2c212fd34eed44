"""The geometry of bars and charts: numbers in, frozen shapes out; the macros only draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kkpd.core.money import Rupiah
from kkpd.web.filters import rupiah, whole_number
from kkpd.web.translation import _

#: The size of a chart, in its own units.
WIDTH, HEIGHT, BASE = 360, 160, 136
#: Room for the numbers of a vertical axis.
LEFT = 38
#: The side of a cell of the heat map, and the room for the names of its rows.
HEAT_STEP, HEAT_LEFT = 22, 190
#: The height of a bar of a ranking with its name.
RANK_STEP = 30
#: Room for half of the last number of a horizontal axis.
RIGHT = 18


def percent_of(part: int, whole: int) -> Decimal:
    """`part` of `whole` in percent with one decimal, between 0 and 100; 100 if `whole` is zero."""
    if whole <= 0:
        return Decimal(100)
    share = (Decimal(part) * 100 / whole).quantize(Decimal("0.1"))
    return min(max(share, Decimal(0)), Decimal(100))


@dataclass(frozen=True, slots=True)
class CeilingParts:
    """Shares of a ceiling's bar in percent, whether it is overspent, and the same in words."""

    posted: Decimal
    reserved: Decimal
    over: bool
    text: str


def ceiling_parts(limit: Rupiah, reserved: Rupiah, posted: Rupiah) -> CeilingParts:
    """The bar of a ceiling (law 6): posted, then reserved, of its limit."""
    whole = max(limit.sen, posted.sen + reserved.sen, 1)
    share = percent_of(posted.sen, whole)
    text = _(
        "Terpakai %(posted)s · dipesan %(reserved)s · batas %(limit)s",
        posted=rupiah(posted),
        reserved=rupiah(reserved),
        limit=rupiah(limit),
    )
    held = min(percent_of(reserved.sen, whole), Decimal(100) - share)
    return CeilingParts(share, held, posted.sen + reserved.sen > limit.sen, text)


@dataclass(frozen=True, slots=True)
class ChartMark:
    """One rectangle of a chart; `series` counts from 1."""

    series: int
    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal


@dataclass(frozen=True, slots=True)
class Tick:
    """A label below the axis."""

    x: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row of the table beneath a chart; a cell with a link leads to what it counts."""

    label: str
    cells: tuple[str, ...]
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A stacked column chart, ready to draw."""

    marks: tuple[ChartMark, ...]
    ticks: tuple[Tick, ...]
    table: tuple[ChartRow, ...]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def stacked_columns(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[int | Rupiah]]],
    links: Sequence[Sequence[str]] = (),
) -> Chart:
    """Columns of up to three series, one column a label; negative values are drawn as nothing.
    `links` are those of the cells of each label.
    """
    columns = [[values[place] for _name, values in series] for place in range(len(labels))]
    tallest = max((sum(map(_size, column)) for column in columns), default=0) or 1
    step = Decimal(WIDTH) / max(len(labels), 1)
    marks: list[ChartMark] = []
    for place, column in enumerate(columns):
        marks += _stack(column, step * place + step * Decimal("0.2"), step, tallest)
    ticks = [Tick(_tenth(step * place + step / 2), name) for place, name in enumerate(labels)]
    rows = [
        ChartRow(name, tuple(map(_write, column)), tuple(links[place]) if links else ())
        for place, (name, column) in enumerate(zip(labels, columns, strict=True))
    ]
    return Chart(tuple(marks), tuple(ticks), tuple(rows))


def _stack(
    column: Sequence[int | Rupiah], x: Decimal, step: Decimal, tallest: int
) -> list[ChartMark]:
    marks, top = [], Decimal(BASE)
    for number, value in enumerate(column, 1):
        height = Decimal(BASE - 8) * _size(value) / tallest
        if height > 0:
            top -= height
            gap = Decimal(1) if number > 1 and height > 2 else Decimal(0)
            marks.append(
                ChartMark(
                    number,
                    _tenth(x),
                    _tenth(top),
                    _tenth(step * Decimal("0.6")),
                    _tenth(height - gap),
                )
            )
    return marks


@dataclass(frozen=True, slots=True)
class RankBar:
    """A bar of a ranking: its width, and the share of the whole down to it, in percent."""

    y: int
    width: Decimal
    share: Decimal


def ranking(values: Sequence[Rupiah], whole: Rupiah) -> list[RankBar]:
    """Bars below each other (Pareto): the largest fills the width."""
    most, so_far, bars = max((one.sen for one in values), default=0) or 1, 0, []
    for place, one in enumerate(values):
        so_far += one.sen
        width = _tenth(Decimal(WIDTH) * _size(one) / most)
        bars.append(RankBar(place * RANK_STEP, width, percent_of(so_far, whole.sen)))
    return bars


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Squares that grow with the amount, one path for each of the three sizes."""

    paths: tuple[str, ...]
    width: int
    height: int
    step: int = HEAT_STEP
    left: int = HEAT_LEFT


def heat_map(rows: Sequence[Sequence[int]]) -> HeatMap:
    """Rows of amounts in sen. A square is small below a tenth of the largest amount, large from a
    half of it on, so it reads without colour.
    """
    most = max((one for row in rows for one in row), default=0)
    paths: list[list[str]] = [[], [], []]
    for number, row in enumerate(rows):
        for place, one in enumerate(row):
            if one > 0:
                size = (one * 10 >= most) + (one * 2 >= most)
                side = 6 + 5 * size
                x = HEAT_LEFT + place * HEAT_STEP + (HEAT_STEP - side) // 2
                y = HEAT_STEP + number * HEAT_STEP + (HEAT_STEP - side) // 2
                paths[size].append(f"M{x} {y}h{side}v{side}h-{side}z")
    columns = len(rows[0]) if rows else 0
    width = HEAT_LEFT + columns * HEAT_STEP
    return HeatMap(tuple("".join(one) for one in paths), width, (len(rows) + 1) * HEAT_STEP)


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a plot, with its text."""

    x: Decimal
    y: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Points over two shares, the lines between them, and the diagonal."""

    dots: tuple[Dot, ...]
    line: str
    diagonal: tuple[Decimal, Decimal, Decimal, Decimal] | None
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE
    left: int = LEFT


def share_plot(
    points: Sequence[tuple[Fraction, Fraction, str]], *, diagonal: bool, x_from: int = 0
) -> Plot:
    """Points (x, y, text) with shares between 0 and 1. The x axis runs from `x_from` percent to
    100, the y axis from the ten percent below the lowest point, at most 50, to 100.
    """
    low = min([50, *(int(y * 10) * 10 for _x, y, _text in points)])
    dots = tuple(Dot(_across(x, x_from), _up(y, low), text) for x, y, text in points)
    line = " ".join(f"{dot.x},{dot.y}" for dot in dots)
    start = Fraction(max(low, x_from), 100)
    ends = (
        _across(start, x_from),
        _up(start, low),
        _across(Fraction(1), x_from),
        _up(Fraction(1), low),
    )
    x_steps = range(x_from, 101, (100 - x_from) // 5)
    y_steps = range(low, 101, (100 - low) // 5)
    return Plot(
        dots,
        line,
        ends if diagonal else None,
        tuple(Tick(_across(Fraction(at, 100), x_from), f"{at}%") for at in x_steps),
        tuple(Tick(_up(Fraction(at, 100), low), f"{at}%") for at in y_steps),
    )


def _across(share: Fraction, low: int) -> Decimal:
    room = Fraction(WIDTH - LEFT - RIGHT)
    return _exact(LEFT + room * (share * 100 - low) / (100 - low))


def _up(share: Fraction, low: int) -> Decimal:
    return _exact(BASE - Fraction(BASE - 10) * (share * 100 - low) / (100 - low))


def _exact(value: Fraction) -> Decimal:
    return _tenth(Decimal(value.numerator) / value.denominator)


def _size(value: int | Rupiah) -> int:
    return max(value.sen if isinstance(value, Rupiah) else value, 0)


def _write(value: int | Rupiah) -> str:
    return rupiah(value) if isinstance(value, Rupiah) else whole_number(value)


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))
