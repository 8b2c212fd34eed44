"""Signing by the client service of BSrE (Balai Sertifikasi Elektronik): whole file in, signed out.

The service runs inside the government's own network and calls BSrE; it gets the NIK and passphrase
of the person for one signature. Its address and login come from the settings, NIK and passphrase
from the form: they are not stored, logged or repeated in errors.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from urllib.request import Request

from kkpd.core.errors import DomainError
from kkpd.engines.paper.sign import Order
from kkpd.engines.paper.sign.http import Unanswered, fetch

#: A larger signed file is refused (bytes).
_MOST = 512 * 1024 * 1024


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
            return fetch(request, 60, _MOST)
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
