"""What was added to a file after it was drawn: signatures are fine, anything else is named."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import EmbeddedPdfSignature

#: The exceptions of reading broken PDF syntax.
BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip

#: The most bytes that signatures add; more is not read.
MOST_ADDED = 64 * 1024 * 1024


def foreign_revisions(data: bytes, end: int) -> list[str]:
    """What follows byte `end` and is not a valid, invisible signature over everything before it.

    Signers and trust are not checked here.
    """
    if len(data) == end:
        return []
    if b"/ByteRange" not in data[end:] or len(data) - end > MOST_ADDED:
        return [f"{len(data) - end} bita di belakang akhir berkas"]  # too large to parse
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return _review(data, end)
    except (PdfError, *BROKEN) as error:
        return [f"{len(data) - end} bita yang tidak terbaca ({type(error).__name__})"]


def _review(data: bytes, end: int) -> list[str]:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import (
        DEFAULT_DIFF_POLICY,
        StandardDiffPolicy,
        SuspiciousModification,
    )
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    pdf = PdfFileReader(io.BytesIO(data), strict=True)
    signatures = list(pdf.embedded_signatures)
    if not signatures:
        return [f"{len(data) - end} bita di belakang akhir berkas"]
    found = []
    if pdf.total_revisions != len(signatures) + 1:
        found.append(f"{pdf.total_revisions - 1} revisi, {len(signatures)} tanda tangan")
    policy = StandardDiffPolicy(
        DEFAULT_DIFF_POLICY.global_rules,
        DEFAULT_DIFF_POLICY.form_rule,
        ignore_orphaned_objects=False,
    )
    review = policy.review_file(pdf, 0)
    if isinstance(review, SuspiciousModification):
        found.append(f"perubahan yang bukan tanda tangan ({review})")
    found += dict.fromkeys(beside_signatures(pdf))
    for signature in signatures:
        found += _one(signature)
    if signatures[-1].evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        found.append("bagian akhir berkas tidak tercakup tanda tangan")
    return found


def _one(signature: EmbeddedPdfSignature) -> list[str]:
    """What is wrong with one signature."""
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    name, signature_digest = signature.field_name, signature.compute_digest()
    intact, valid = validate_sig_integrity(
        signature.signer_info, signature.signer_cert, "data", signature_digest
    )
    found = [] if intact and valid else [f"tanda tangan {name} tidak sah"]
    if not _spelt_once(signature):
        found.append(f"tanda tangan {name} memuat bita di luar isinya")
    box = signature.sig_field.get("/Rect", [0, 0, 0, 0])
    if box[0] != box[2] and box[1] != box[3]:
        found.append(f"tanda tangan {name} menutupi halaman")
    return found


def _spelt_once(signature: EmbeddedPdfSignature) -> bool:
    """Whether the part that the signature does not cover, its own hexadecimal text, is exactly the
    CMS.
    """
    from asn1crypto import cms

    start, length, after, _ = (int(part) for part in signature.sig_object["/ByteRange"])
    stream = signature.reader.stream
    stream.seek(start + length)
    gap = stream.read(after - start - length)
    written = cms.ContentInfo.load(signature.pkcs7_content).dump().hex().encode()
    return any(
        gap == b"<" + spelt.ljust(len(gap) - 2, b"0") + b">" for spelt in (written, written.upper())
    )


#: Dates and the name of the last program: every signer sets them.
_OF_THE_WRITER = ("/ModDate", "/Producer")
_XMP_OF_THE_WRITER = (
    "{http://ns.adobe.com/xap/1.0/}ModifyDate",
    "{http://ns.adobe.com/xap/1.0/}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
)
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_CATALOG = ("/AcroForm", "/Metadata", "/Extensions", "/Version")
_FORM = ("/Fields", "/SigFlags", "/DR", "/DA")
#: The entries of an invisible signature field: no actions, no help text, no widgets.
_FIELD = {
    "/Type", "/Subtype", "/FT", "/T", "/V", "/F", "/Ff", "/Rect", "/P", "/AP", "/MK", "/Lock",
    "/SV", "/DA", "/Border", "/BS",
}  # fmt: skip


def beside_signatures(pdf: PdfFileReader) -> Iterator[str]:
    """Changes after the first revision that no signature needs, in words for people.

    pyHanko's rules allow changes of title, metadata, validation data, or a field's picture over a
    page, which any self-made certificate would then cover. Here everything except signatures must
    stay as drawn.
    """
    drawn = pdf.get_historical_resolver(0)
    for number in range(1, pdf.total_revisions):
        now = pdf.get_historical_resolver(number)
        if _others(drawn.root, now.root, _CATALOG):
            yield "susunan dokumen diubah"
        if _xmp(drawn.root["/Metadata"].data) != _xmp(now.root["/Metadata"].data):
            yield "metadata diubah"
        if _others(drawn.trailer_view["/Info"], now.trailer_view["/Info"], _OF_THE_WRITER):
            yield "judul atau keterangan dokumen diubah"
        if _others(drawn.root["/AcroForm"], now.root["/AcroForm"], _FORM):
            yield "formulir di dalam berkas diubah"
        if not all(map(_is_plain, now.root["/AcroForm"]["/Fields"])):
            yield "bidang isian yang bukan tanda tangan tak terlihat"


def _others(drawn: Any, now: Any, free: tuple[str, ...]) -> bool:
    """Whether entries of a dictionary differ that must not."""
    return any(_spelt(drawn, key) != _spelt(now, key) for key in {*drawn, *now} - {*free})


def _spelt(entries: Any, key: str) -> bytes | None:
    if key not in entries:
        return None
    out = io.BytesIO()
    entries.raw_get(key).write_to_stream(out, None)
    return out.getvalue()


def _is_plain(field: Any) -> bool:
    """Whether a field is an existing signature that shows nothing on a page."""
    field = field.get_object()
    box = field.get("/Rect", [0, 0, 0, 0])
    flat = box[0] == box[2] or box[1] == box[3]
    return flat and {*field} <= _FIELD and field.get("/FT") == "/Sig" and "/V" in field


def _xmp(data: bytes) -> dict[str, list[str]]:
    """The properties of XMP metadata with their values, in any spelling."""
    from lxml import etree

    found: dict[str, list[str]] = {}
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    if any(not isinstance(one.tag, str) for one in root.iter()):
        found["comment"] = []  # what we write has none
    for about in root.iterfind(f"{_RDF}RDF/{_RDF}Description"):
        for name, value in about.attrib.items():
            found.setdefault(name, []).append(value)
        for property_ in about:
            found.setdefault(str(property_.tag), []).extend(sorted(_words(property_)))
    found.pop(f"{_RDF}about", None)
    return {name: said for name, said in found.items() if name not in _XMP_OF_THE_WRITER}


def _words(element: Any) -> Iterator[str]:
    """Every text and every attribute below an element but RDF's own ways of nesting."""
    for one in element.iter():
        yield from (text.strip() for text in (one.text, one.tail) if text and text.strip())
        yield from (
            value
            for name, value in one.attrib.items()
            if not name.startswith(_RDF) or name == f"{_RDF}resource"
        )
