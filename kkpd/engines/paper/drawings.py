"""Which drawing a form's version has. A line stays for ever: issued documents are drawn by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from kkpd.core.proof.events import Proof
from kkpd.engines.paper import FrozenDocument, sheet
from kkpd.engines.paper.sheet import look as sheet_look

Drawing = Callable[[FrozenDocument, Proof | None, Callable[[], None] | None], bytes]

#: Every form that was ever issued. Titles and columns come with the data, only the look is here.
FORMS = (
    "dpr",
    "penolakan",
    "dpt",
    "dpt_gabungan",
    "npd",
    "spp_gu_pengantar",
    "spp_gu_ringkasan",
    "spp_gu_rincian",
    "spp_gu_pernyataan",
    "sptb",
    "spm_gu",
    "lpj",
    "bku",
    "buku_pembantu",
    "register_tagihan",
    "register_dpt",
    "register_sp2d",
    "rekap",
    "rekonsiliasi",
    "batas",
    "pernyataan_up",
    "program",
    "kelengkapan",
    "temuan",
    "ditolak",
    "belum_lunas",
    "pajak",
)
_LOOKS: Final = {1: sheet_look.FIRST, 2: sheet_look.SECOND}
DRAWINGS: Final[dict[tuple[str, int], Drawing]] = {
    (form, version): partial(sheet.draw, one) for version, one in _LOOKS.items() for form in FORMS
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

    `each_page` is called between pages: long work can be called off there by raising.
    ValueError for a form or version that was never drawn, or a draft with proof.
    """
    return drawing(dokumen.formulir, dokumen.versi)(dokumen, bukti, each_page)
