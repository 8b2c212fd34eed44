"""What was added to a file after it was drawn: signatures are fine, anything else is named."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

from kkpd.engines.paper.sign.additions import beside_signatures

if TYPE_CHECKING:
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
