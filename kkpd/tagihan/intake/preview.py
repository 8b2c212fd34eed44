"""A plan as the preview shows it: lines with their state, some at a time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from kkpd.core.money import Rupiah
from kkpd.engines.reading.statement import Line
from kkpd.tagihan.bill_arithmetic import sen
from kkpd.tagihan.intake.plan_shapes import IntakePlan

#: What a line is to the books.
STATES: Final = ("baru", "dikenal", "lewat")


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of the file: `nomor` its position in the plan, `keadaan` what becomes of it."""

    nomor: int
    state: str
    line: Line
    nilai: Rupiah
    mata_uang: str
    bulan: tuple[int, int]
    came_late: bool
    line_id: int | None


@dataclass(frozen=True, slots=True)
class PlanExcerpt:
    """Some lines, and the number after which the next ones begin (None: no more)."""

    baris: tuple[PreviewLine, ...]
    next_up: int | None


def preview_lines(plan: IntakePlan, sesudah: int, banyak: int, state: str = "") -> PlanExcerpt:
    """The next lines after position `sesudah` (-1: from the first), of one state or of all."""
    wanted = (
        number
        for number in range(sesudah + 1, len(plan.lines))
        if state in ("", _state(plan, number))
    )
    shown = [_line(plan, number) for number in islice(wanted, banyak)]
    return PlanExcerpt(tuple(shown), shown[-1].nomor if next(wanted, None) is not None else None)


def _state(plan: IntakePlan, number: int) -> str:
    if number in plan.recognised:
        return "dikenal"
    return "lewat" if number in plan.lewat else "baru"


def _line(plan: IntakePlan, number: int) -> PreviewLine:
    line, books = plan.lines[number], plan.targets[number].buku
    known = plan.recognised.get(number)
    return PreviewLine(
        nomor=number,
        state=_state(plan, number),
        line=line,
        nilai=Rupiah(sen(line)),
        mata_uang=line.currency or plan.mata_uang,
        bulan=(books.tahun, books.bulan),
        came_late=books.asal is not None,
        line_id=known.line_id if known else None,
    )
