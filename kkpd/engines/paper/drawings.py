"""The drawing of each form and version. A line is never removed: issued documents need it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from kkpd.core.document_kinds import KINDS
from kkpd.core.proof.events import Proof
from kkpd.engines.paper import FrozenDocument, sheet
from kkpd.engines.paper.sheet.style import FIRST, SECOND

Drawing = Callable[[FrozenDocument, Proof | None, Callable[[], None] | None], bytes]

#: Titles and columns come with the data, only the look is here.
_LOOKS: Final = {1: FIRST, 2: SECOND}
_FORMS: Final = [kind.drawing for kind in KINDS.values() if kind.drawing]
DRAWINGS: Final[dict[tuple[str, int], Drawing]] = {
    (form, version): partial(sheet.draw, one) for version, one in _LOOKS.items() for form in _FORMS
}


def drawing(form: str, version: int) -> Drawing:
    """The drawing; ValueError where this program never had one."""
    found = DRAWINGS.get((form, version))
    if found is None:
        raise ValueError(f"no drawing {version} of {form!r}: it needs a newer program")
    return found


def draw(
    dokumen: FrozenDocument,
    bukti: Proof | None = None,
    each_page: Callable[[], None] | None = None,
) -> bytes:
    """The document as a PDF by the drawing of its form and version.

    `each_page` is called between pages; it can cancel long work by raising. ValueError for a form
    or version that was never drawn, or a draft with proof.
    """
    return drawing(dokumen.formulir, dokumen.versi)(dokumen, bukti, each_page)
