"""Frozen document -> bytes. Draws, never computes."""

from __future__ import annotations

from collections.abc import Callable

from kkpd.domain.documents import Dokumen
from kkpd.domain.proof import Bukti


def draw(
    dokumen: Dokumen,
    bukti: Bukti | None = None,
    tiap_halaman: Callable[[], None] | None = None,
) -> bytes:
    """The document as a PDF by the drawing of its form and version.

    `tiap_halaman` is called between pages: long work can be called off there by raising.
    ValueError for a form or version that was never drawn, or a draft with proof.
    """
    from kkpd.reports.drawings import drawing

    return drawing(dokumen.formulir, dokumen.versi)(dokumen, bukti, tiap_halaman)
