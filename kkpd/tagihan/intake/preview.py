"""A plan as the preview shows it: lines with their state, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from kkpd.core.money import Rupiah
from kkpd.tagihan.intake.line_columns import LineColumns
from kkpd.tagihan.intake.plan_shapes import IntakePlan

#: What a line is to the books.
STATES: Final = ("baru", "dikenal", "lewat")


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of the file: `nomor` its position in the plan, `keadaan` what becomes of it."""

    nomor: int
    keadaan: str
    baris: int
    lembar: str | None
    tanggal: date | None
    posting: date | None
    kartu: str | None
    keterangan: str
    jenis: str
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


def preview_lines(plan: IntakePlan, sesudah: int, banyak: int, keadaan: str = "") -> PlanExcerpt:
    """The next lines after position `sesudah` (-1: from the first), of one state or of all."""
    found: list[PreviewLine] = []
    for line in _lines(plan, sesudah, keadaan):
        if len(found) == banyak:
            return PlanExcerpt(tuple(found), found[-1].nomor)
        found.append(line)
    return PlanExcerpt(tuple(found), None)


def _lines(plan: IntakePlan, after: int, keadaan: str) -> Iterator[PreviewLine]:
    for start, kolom in plan.buffer.numbered():
        if start + len(kolom) <= after + 1:
            continue
        targets = plan.target_numbers(kolom)
        for offset in range(max(0, after + 1 - start), len(kolom)):
            state = _state(plan, start + offset)
            if keadaan in ("", state):
                yield _line(plan, kolom, offset, start + offset, state, targets[offset])


def _state(plan: IntakePlan, number: int) -> str:
    if number in plan.recognised:
        return "dikenal"
    return "lewat" if number in plan.lewat else "baru"


def _line(
    plan: IntakePlan, kolom: LineColumns, offset: int, number: int, state: str, target: int
) -> PreviewLine:
    known = plan.recognised.get(number)
    books = plan.sasaran[target].buku
    return PreviewLine(
        nomor=number,
        keadaan=state,
        baris=kolom.baris[offset],
        lembar=kolom.lembar[offset],
        tanggal=_day(kolom.transaksi[offset]),
        posting=_day(kolom.posting[offset]),
        kartu=kolom.kartu[offset],
        keterangan=kolom.keterangan[offset] or kolom.merchant[offset],
        jenis=kolom.jenis[offset],
        nilai=Rupiah(kolom.sen[offset]),
        mata_uang=kolom.mata_uang[offset] or plan.mata_uang,
        bulan=(books.tahun, books.bulan),
        came_late=books.asal is not None,
        line_id=known.line_id if known else None,
    )


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
