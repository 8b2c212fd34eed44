"""PAdES with a PKCS#12 file: B-B, or B-T with a time stamp.

The file and its passphrase are in memory for one signature; they are not stored, logged or repeated
in errors.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kkpd.core.errors import DomainError
from kkpd.engines.paper.sign import Order
from kkpd.engines.paper.sign.stamp import stamper

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

#: No certificate with its chain is larger (bytes).
MOST = 256 * 1024


@dataclass(frozen=True, slots=True)
class Pkcs12:
    """One signer: the bytes of a `.p12` file, its passphrase, the moment, a time-stamp address."""

    data: bytes = field(repr=False)
    passphrase: str = field(repr=False)
    now: datetime
    tsa_url: str = ""

    def sign(self, pdf: bytes, order: Order) -> bytes:
        """The file with one signature more; DomainError at field `sertifikat` or `sandi`."""
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.pdf_utils.misc import PdfError
        from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
        from pyhanko.sign.general import SigningError
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

        said = PdfSignatureMetadata(
            field_name=order.field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            name=order.name,
            reason=order.reason,
            location=order.place or None,
        )
        signer, out = self._signer(), io.BytesIO()
        try:
            PdfSigner(
                said,
                signer,
                timestamper=stamper(self.tsa_url) if self.tsa_url else None,
                new_field_spec=SigFieldSpec(order.field, on_page=0),
            ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
        except (PdfError, SigningError, ValueError) as problem:
            raise DomainError(
                f"Dokumen tidak dapat ditandatangani ({type(problem).__name__}): "
                "kunci dalam sertifikat tidak dapat dipakai untuk PAdES.",
                field="sertifikat",
            ) from None
        return out.getvalue()

    def _signer(self) -> SimpleSigner:
        """The key and certificate; refused where they do not open or are not valid today."""
        from pyhanko.sign.signers import SimpleSigner

        if len(self.data) > MOST:
            raise DomainError(
                "Berkas sertifikat lebih dari 256 KB: pilih berkas .p12 atau .pfx milik Anda.",
                field="sertifikat",
            )
        try:
            found: SimpleSigner | None = SimpleSigner.load_pkcs12_data(
                self.data, [], self.passphrase.encode()
            )
            certificate = found.signing_cert if found else None
        except (ValueError, TypeError, AttributeError, NotImplementedError):
            found, certificate = None, None
        if found is None or certificate is None:
            raise DomainError(
                "Sertifikat tidak terbuka: kata sandinya keliru, atau berkas ini bukan PKCS#12 "
                "(.p12/.pfx) yang berisi kunci dan sertifikat.",
                field="sandi",
            ) from None
        if not certificate.not_valid_before <= self.now <= certificate.not_valid_after:
            raise DomainError(
                f"Sertifikat berlaku {certificate.not_valid_before:%d/%m/%Y} sampai "
                f"{certificate.not_valid_after:%d/%m/%Y}, tidak hari ini. Pakai yang berlaku.",
                field="sertifikat",
            )
        return found
