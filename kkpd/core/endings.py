"""What may stand under the ending of a file's name; other content under it is refused.

Content alone decides how a file is read. The table is wide where banks are: they give `.xls` to
HTML and CSV. An ending that is not in it promises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final

from kkpd.core.errors import Unreadable

_TEXTS: Final = frozenset({"csv", "mt940", "camt", "ofx", "xml", "html"})
_PICTURES: Final = frozenset({"image/jpeg", "image/png"})
_PAPERS: Final = frozenset({"pdf", "application/pdf"})
_BOOKS: Final = frozenset({"xlsx", "xls"})  # a locked XLSX is packed like an old XLS
#: Ending -> contents, by the names of `engines/reading/recognise.py` and media types.
MAY_BE: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("csv", "tsv", "txt", "dat", "htm", "html", "xml"), _TEXTS),
    **dict.fromkeys(("ofx", "qfx", "sta", "940", "mt940"), _TEXTS),
    **dict.fromkeys(("xlsx", "xlsm"), _BOOKS),
    "xls": _BOOKS | _TEXTS,
    "zip": _BOOKS,  # a workbook is a ZIP; the reader says when it is none
    **dict.fromkeys(("jpg", "jpeg", "jpe", "jfif", "png"), _PICTURES),
    "pdf": _PAPERS,
    **dict.fromkeys(("doc", "docx", "exe", "js", "svg", "gif", "heic"), frozenset[str]()),
}
#: How a part of an archive with this ending begins, after a byte mark and blanks.
_BEGINS: Final = {
    "xml": (b"<",),
    "rels": (b"<",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
}
_MARKS: Final = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"


def refuse_other(name: str, content: str) -> None:
    """Unreadable when a file of this name may not have this content."""
    ending = PurePath(name).suffix[1:].lower()
    if content not in MAY_BE.get(ending, (content,)):
        word = content.rpartition("/")[2].upper()
        raise Unreadable(
            f"Nama berkas {name[:80]} berakhiran .{ending}, tetapi isinya {word}. Kirim berkas "
            "yang benar, atau simpan ulang dengan akhiran menurut isinya.",
            field="berkas",
        )


def part_agrees(name: str, data: bytes) -> bool:
    """Whether a part of an archive begins as its ending says; an empty one does."""
    begins = _BEGINS.get(PurePath(name).suffix[1:].lower(), ())
    plain = data[:256].lstrip(_MARKS) if b"<" in begins else data
    return not begins or not plain or plain.startswith(begins)
