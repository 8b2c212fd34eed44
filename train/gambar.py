"""Two plots for the documentation, as plain SVG: reliability, and accuracy against coverage."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np

from train.latih import Array

SISI, EDGE = 320, 44
WARNA = ("#0b5394", "#b45f06")
Point = list[tuple[float, float]]


def andal(sure: Array, right: Array, kotak: int = 8) -> Point:
    """(mean confidence, share right) of groups of equal size, by rising confidence."""
    order = np.argsort(sure, kind="stable")
    return [
        (float(sure[part].mean()), float(right[part].mean()))
        for part in np.array_split(order, kotak)
        if len(part)
    ]


def settled_share(sure: Array, right: Array) -> Point:
    """(share answered, share right among them), from the surest fifth to all."""
    order = np.argsort(-sure, kind="stable")
    return [
        (share, float(right[order[: max(1, int(share * len(order)))]].mean()))
        for share in np.linspace(0.2, 1.0, 33)
    ]


def write_out(
    path: Path,
    judul: str,
    sumbu: tuple[str, str],
    calibration_lines: Sequence[tuple[str, Point]],
    *,
    same: bool,
) -> None:
    """Write a plot of named lines; both axes run from 0.5 to 1, `same` draws the diagonal."""
    low = (0.5, 0.5) if same else (0.2, 0.8)
    marks = [_text(SISI / 2, 18, judul, 14), _text(SISI / 2, SISI - 6, sumbu[0], 12)]
    marks.append(
        f'<text transform="translate(12 {SISI / 2}) rotate(-90)" font-size="12" '
        f'text-anchor="middle">{escape(sumbu[1])}</text>'
    )
    inside = SISI - 2 * EDGE
    marks.append(
        f'<rect x="{EDGE}" y="{EDGE}" width="{inside}" height="{inside}" fill="none" '
        'stroke="#888"/>'
    )
    if same:
        marks.append(_jalur([(0.5, 0.5), (1, 1)], low, "#888", "4 4"))
    for at, (name, points) in enumerate(calibration_lines):
        marks.append(_jalur(points, low, WARNA[at], ""))
        marks.append(_text(EDGE + 8, EDGE + 18 + 16 * at, name, 12, "start", WARNA[at]))
    ends = (low[0], 1.0), (low[1], 1.0)
    marks += [_text(_x(x, low[0]), SISI - EDGE + 14, f"{x:g}", 11) for x in ends[0]]
    marks += [_text(EDGE - 4, _y(y, low[1]) + 4, f"{y:g}", 11, "end") for y in ends[1]]
    body = "\n".join(marks)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SISI} {SISI}" '
        f'font-family="sans-serif" role="img"><title>{escape(judul)}</title>\n{body}\n</svg>\n',
        encoding="utf-8",
    )


def _x(value: float, low: float) -> float:
    return round(EDGE + (SISI - 2 * EDGE) * (value - low) / (1 - low), 1)


def _y(value: float, low: float) -> float:
    return round(SISI - EDGE - (SISI - 2 * EDGE) * (max(value, low) - low) / (1 - low), 1)


def _jalur(points: Point, low: tuple[float, float], warna: str, putus: str) -> str:
    path = " ".join(f"{_x(x, low[0])},{_y(y, low[1])}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{warna}" stroke-width="2" '
        f'stroke-dasharray="{putus}"/>'
    )


def _text(
    x: float, y: float, text: str, size: int, anchor: str = "middle", warna: str = "#222"
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{warna}">'
        f"{escape(text)}</text>"
    )
