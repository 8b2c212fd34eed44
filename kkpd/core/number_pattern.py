"""Document numbers as printed: a pattern (dated setting) filled with the gapless number."""

from __future__ import annotations

from typing import Final

from kkpd.core.document_kinds import KINDS
from kkpd.core.errors import DomainError

ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

#: Used where no `nomor_<jenis>` setting is in force.
DEFAULT_PATTERN: Final = "{urut:04d}/{jenis}/{opd}/{bulan}/{tahun}"


def render_number(
    layout: str, *, urut: int, jenis: str, opd: str, tahun: int, bulan: int, kode: str = ""
) -> str:
    """The number as printed; an empty `layout` is the kind's own, `kode` the OPD's official code.

    DomainError when the pattern holds an unknown field.
    """
    kind = KINDS[jenis]
    layout = layout or kind.pattern or DEFAULT_PATTERN
    fields = {
        "urut": urut,
        "jenis": kind.short,
        "opd": opd.upper(),
        "kode": kode or opd.upper(),
        "bulan": ROMAN[bulan - 1],
        "tahun": tahun,
    }
    try:
        return layout.format_map(fields)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise DomainError(
            f"Pola nomor “{layout}” tidak dapat dipakai. Isian yang dikenal: "
            "{urut}, {urut:04d}, {jenis}, {opd}, {kode}, {bulan}, {tahun}.",
            field="pola",
        ) from error
