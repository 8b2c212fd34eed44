"""What was added to a file after it was drawn: signatures are welcome, anything else is named."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyhanko.sign.validation import EmbeddedPdfSignature


def foreign_revisions(data: bytes, end: int) -> list[str]:
    """What follows byte `end` and is no valid, invisible signature over all that stands before.

    Whose signatures they are, and whether their certificates are trusted, is not asked here.
    """
    if len(data) == end:
        return []
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return _review(data)
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        return [f"{len(data) - end} bita yang tidak terbaca ({type(error).__name__})"]


def _review(data: bytes) -> list[str]:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, SuspiciousModification
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    pdf = PdfFileReader(io.BytesIO(data), strict=True)
    signatures = list(pdf.embedded_signatures)
    found = []
    if pdf.total_revisions != len(signatures) + 1:
        found.append(f"{pdf.total_revisions - 1} revisi, {len(signatures)} tanda tangan")
    review = DEFAULT_DIFF_POLICY.review_file(pdf, 0)
    if isinstance(review, SuspiciousModification):
        found.append(f"perubahan yang bukan tanda tangan ({review})")
    for signature in signatures:
        found += _one(signature)
    if signatures:
        coverage = signatures[-1].evaluate_signature_coverage()
        if coverage != SignatureCoverageLevel.ENTIRE_FILE:
            found.append("bagian akhir berkas tidak tercakup tanda tangan")
    return found


def _one(signature: EmbeddedPdfSignature) -> list[str]:
    """What is wrong with one signature."""
    from pyhanko.sign.validation import async_validate_pdf_signature

    name = signature.field_name
    status = asyncio.run(async_validate_pdf_signature(signature))
    found = [] if status.intact and status.valid else [f"tanda tangan {name} tidak sah"]
    box = signature.sig_field.get("/Rect", [0, 0, 0, 0])
    if box[0] != box[2] and box[1] != box[3]:
        found.append(f"tanda tangan {name} menutupi halaman")
    return found
