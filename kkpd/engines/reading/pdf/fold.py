"""Tables printed two or three times beside each other: read one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kkpd.engines.reading.pdf.titles import Titles, has_value
from kkpd.engines.reading.pdf.words import TextCell, TextLine
from kkpd.engines.reading.tables import layout
from kkpd.engines.reading.words import squash

_TIMES = (2, 3, 4)
#: A cell may begin so many points left of its title.
_SLACK = 12.0


def unfolded(found: Sequence[TextLine]) -> list[TextLine]:
    """All lines; under titles that repeat themselves each repetition follows the one before it."""
    made: list[TextLine] = []
    starts: list[float] = []
    parts: list[list[TextLine]] = []
    for line in found:
        begun = _repeated(line)
        cut = _cut(line, starts) if starts and not begun else None
        if cut is None or (parts and any(parts) and line.page != parts[0][-1].page):
            made += [one for part in parts for one in part]
            parts = []
        if begun:
            starts = begun
            made.append(replace(line, cells=line.cells[: len(line.cells) // len(begun)]))
        elif cut is None:
            starts = starts if len(line.cells) < 2 else []
            made.append(line)
        else:
            parts = parts or [[] for _ in starts]
            for part, own in zip(parts, cut, strict=True):
                part += own
    return made + [one for part in parts for one in part]


def _repeated(line: TextLine) -> list[float]:
    """Where each repetition begins, empty when these are no titles twice or more."""
    texts = [squash(text) for text in line.texts]
    for times in _TIMES:
        width, rest = divmod(len(texts), times)
        if rest or width < 2 or texts != texts[:width] * times or has_value(line):
            continue
        if layout.complete(Titles(line.cells[:width]).roles):
            return [line.cells[at * width].left for at in range(times)]
    return []


def _cut(line: TextLine, starts: Sequence[float]) -> list[list[TextLine]] | None:
    """The pieces of a line moved under the first titles; None where a cell reaches over."""
    if not has_value(line):
        return None
    edges = [*(start - _SLACK for start in starts[1:]), float("inf")]
    pieces: list[list[TextCell]] = [[] for _ in starts]
    for cell in line.cells:
        at = next(number for number, edge in enumerate(edges) if cell.left < edge)
        if cell.right > edges[at]:
            return None
        move = starts[at] - starts[0]
        pieces[at].append(TextCell(cell.text, cell.left - move, cell.right - move))
    return [[replace(line, cells=tuple(piece))] if piece else [] for piece in pieces]
