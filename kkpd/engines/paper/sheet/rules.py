"""The thin rules of a table: collected while rows are drawn, then drawn at once above the
backgrounds.
"""

from __future__ import annotations

from collections.abc import Sequence

from kkpd.engines.paper.sheet import style
from kkpd.engines.paper.sheet.flow import Flow


class Rules:
    """The rules of one table on the present page."""

    def __init__(self, flow: Flow, edges: Sequence[int]) -> None:
        self.flow, self.edges = flow, edges
        self._from = flow.y
        self._paths: list[str] = []

    def begin(self) -> None:
        """Vertical rules begin here: below a head, or below a band."""
        self._from = self.flow.y

    def down(self, height: int) -> None:
        """A row is complete: move below it and draw its rule."""
        self.flow.y -= height
        y = self.flow.y
        self._paths.append(f"{self.flow.left} {y} m {self.flow.right} {y} l")

    def band(self, height: int, edges: Sequence[int]) -> None:
        """Draw the rule of a row with vertical rules of its own, below plain rows."""
        self._rows()
        self._upright((self.edges[0], *edges, self.edges[-1]), self.flow.y, self.flow.y - height)
        self.down(height)
        self.begin()

    def stroke(self) -> None:
        """Draw all rules of this page."""
        self._rows()
        paths = "\n".join(self._paths)
        self.flow.file.page.shapes.append(f"{style.GRID} {style.HAIR} w\n{paths} S")
        self._paths = []

    def _rows(self) -> None:
        """The vertical rules of the plain rows since the last band."""
        if self._from != self.flow.y:
            self._upright(self.edges, self._from, self.flow.y)
            self.begin()

    def _upright(self, places: Sequence[int], top: int, bottom: int) -> None:
        self._paths += [f"{x} {top} m {x} {bottom} l" for x in places]
