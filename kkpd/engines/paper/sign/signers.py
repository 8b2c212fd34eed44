"""Who signs: a certificate in a PKCS#12 file (PAdES B-B, or B-T with a time stamp), or the client
service of BSrE (Balai Sertifikasi Elektronik), which gets the whole file and gives it back signed.

File, passphrase and NIK are in memory for one signature; they are not stored, logged or repeated in
errors. The service runs inside the government's own network; its address and login are settings."""

from __future__ import annotations

import base64
import io
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.client import HTTPException, HTTPMessage
from typing import IO, TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kkpd.core.errors import DomainError
from kkpd.engines.paper.sign import Order

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.sign.timestamps import TimeStamper


class Unanswered(Exception):
    """Nothing usable came back. `body` is what a refusing server said (at most 64 kB)."""

    def __init__(self, message: str, body: bytes = b"") -> None:
        super().__init__(message)
        self.body = body


class _Stay(HTTPRedirectHandler):
    """A redirect would carry passphrase and login to another address: it is an error."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Never."""


def fetch(request: Request, seconds: float, most: int) -> bytes:
    """The body of a 200 answer; Unanswered for anything else, or more than `most` bytes."""
    try:
        with build_opener(_Stay).open(request, timeout=seconds) as answer:
            body: bytes = answer.read(most + 1)
    except HTTPError as refusal:
        with refusal:
            raise Unanswered(f"jawaban {refusal.code}", refusal.read(65_536)) from None
    except (OSError, HTTPException) as problem:
        raise Unanswered(f"tidak menjawab: {type(problem).__name__}") from None
    if len(body) > most:
        raise Unanswered("jawaban terlalu besar")
    return body


#: A time stamp with its certificates is a few kilobytes (bytes).
_MOST_STAMP = 256 * 1024


def stamper(url: str) -> TimeStamper:
    """A time stamper for pyHanko; asking it raises DomainError where nothing usable answers."""
    return _stamper_class()(url)


@cache
def _stamper_class() -> Callable[[str], TimeStamper]:
    """The class, made at first use: importing pyHanko takes a third of a second."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class HttpTimeStamper(TimeStamper):
        """Asks one address, waits at most ten seconds."""

        def __init__(self, url: str) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # pyHanko's
            self.url = url

        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            """The answer to one request."""
            asked = Request(  # noqa: S310 - kkpd.core.config lets http and https through, nothing else
                self.url,
                req.dump(),
                {"Content-Type": "application/timestamp-query"},
            )
            try:
                return tsp.TimeStampResp.load(fetch(asked, 10, _MOST_STAMP), strict=True)
            except (Unanswered, ValueError) as problem:
                raise DomainError(
                    f"Layanan cap waktu tidak memberi cap waktu ({problem}). Coba lagi, atau "
                    "minta administrator memeriksa setelan tsa_url."
                ) from None

    return HttpTimeStamper


#: No certificate with its chain is larger (bytes).
MOST_PKCS12 = 256 * 1024


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

        if len(self.data) > MOST_PKCS12:
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


#: A larger signed file is refused (bytes).
_MOST_PDF = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bsre:
    """One signer by the service at `url`: `POST <url>/api/sign/pdf`, invisible."""

    url: str
    user: str
    password: str = field(repr=False)
    nik: str = field(repr=False)
    passphrase: str = field(repr=False)

    def sign(self, pdf: bytes, order: Order) -> bytes:
        """The file that the service returns; DomainError with the service's message."""
        fields = {
            "nik": self.nik,
            "passphrase": self.passphrase,
            "tampilan": "invisible",
            "reason": order.reason,
            "location": order.place,
        }
        border, login = secrets.token_hex(16), f"{self.user}:{self.password}".encode()
        request = Request(  # noqa: S310 - kkpd.core.config lets http and https through, nothing else
            f"{self.url.rstrip('/')}/api/sign/pdf",
            multipart(fields, "dokumen.pdf", pdf, border),
            {
                "Content-Type": f"multipart/form-data; boundary={border}",
                "Authorization": f"Basic {base64.b64encode(login).decode()}",
            },
        )
        try:
            return fetch(request, 60, _MOST_PDF)
        except Unanswered as problem:
            raise DomainError(
                f"Layanan tanda tangan BSrE menolak atau tidak menjawab ({problem})"
                f"{self._said(problem.body)}. Periksa NIK dan frasa sandi, lalu coba lagi.",
                field="sandi",
            ) from None

    def _said(self, body: bytes) -> str:
        """The service's error message, if it has one and it contains no secret."""
        try:
            said = json.loads(body).get("error", "")
        except (ValueError, AttributeError):
            return ""
        plain = isinstance(said, str) and said.isprintable() and len(said) <= 200
        secret = plain and (self.passphrase in said or self.nik in said)
        return f": {said.rstrip('.')}" if plain and said and not secret else ""


def multipart(fields: dict[str, str], name: str, data: bytes, border: str) -> bytes:
    """The body of a form with one file in it (RFC 7578)."""
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
        if value
    ]
    head = (
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return b"".join([*parts, head.encode(), data, f"\r\n--{border}--\r\n".encode()])
