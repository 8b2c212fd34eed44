"""A certificate authority of our own, signers under it, and the two services signing talks to."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from kkpd.engines.paper.sign import Order
from kkpd.engines.paper.sign.signers import Pkcs12

DEMO_LOGIN_WORD = "frasa sandi Dewi"
NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
STAMPED = datetime(2026, 11, 24, 4, 31, tzinfo=UTC)
ORDER = Order(field="TTD1", name="dr. Dewi Contoh, M.Kes.", reason="Pengguna Anggaran", place="LP")

Pair = tuple[rsa.RSAPrivateKey, x509.Certificate]


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@cache
def pair(name: str, issuer: str = "CA Contoh", year: int = 2090, tsa: bool = False) -> Pair:
    """Key and certificate of this name, its own issuer where both names are the same."""
    key, own = _key(name), name == issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(sum(name.encode()) + 2)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(year, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=own, path_length=None), critical=True)
        .add_extension(_usage(own), critical=True)
    )
    if tsa:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return key, builder.sign(_key(issuer), hashes.SHA256())


def _usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=ca, crl_sign=ca,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def root(name: str = "CA Contoh") -> bytes:
    """The authority's certificate as PEM."""
    return pair(name, name)[1].public_bytes(Encoding.PEM)


def roots(name: str = "CA Contoh") -> list[Any]:
    """The authority's certificate as pyHanko takes it."""
    return [asn1.Certificate.load(pair(name, name)[1].public_bytes(Encoding.DER))]


def p12(name: str, **how: Any) -> bytes:
    """A PKCS#12 file of this signer, opened by SANDI."""
    key, certificate = pair(name, **how)
    locked = BestAvailableEncryption(DEMO_LOGIN_WORD.encode())
    return pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, locked)


def holder(name: str = "Dewi Contoh", tsa_url: str = "", **how: Any) -> Pkcs12:
    """A signer by PKCS#12."""
    return Pkcs12(p12(name, **how), DEMO_LOGIN_WORD, NOW, tsa_url)


def stamp(request: bytes) -> bytes:
    """The answer of a time-stamp authority under our root."""
    key, certificate = pair("TSA Contoh", tsa=True)
    stamper = DummyTimeStamper(
        asn1.Certificate.load(certificate.public_bytes(Encoding.DER)),
        keys.PrivateKeyInfo.load(
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        ),
        fixed_dt=STAMPED,
    )
    asked = tsp.TimeStampReq.load(request)
    answer: bytes = stamper.request_tsa_response(asked).dump()
    return answer


Answer = Callable[[str, Message, bytes], tuple[int, bytes]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """A server on this machine that answers each POST by (path, headers, body); gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """One answer."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = answer(self.path, self.headers, body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tsa(path: str, headers: Message, body: bytes) -> tuple[int, bytes]:
    """The time-stamp authority behind `serving`."""
    assert headers["Content-Type"] == "application/timestamp-query"
    return 200, stamp(body)


def bsre(path: str, headers: Message, body: bytes) -> tuple[int, bytes]:
    """The signing service behind `serving`: right login and phrase, or its own refusal."""
    assert path == "/api/sign/pdf"
    if headers["Authorization"] != "Basic " + base64.b64encode(b"buku:rahasia").decode():
        return 401, b""
    sent = message_from_bytes(b"Content-Type: " + headers["Content-Type"].encode() + b"\n\n" + body)
    parts = sent.get_payload()
    assert isinstance(parts, list)
    fields = {p.get_param("name", header="content-disposition"): p.get_payload(decode=True)
              for p in parts if isinstance(p, Message)}  # fmt: skip
    if fields["passphrase"] != DEMO_LOGIN_WORD.encode():
        return 400, b'{"status_code": 2031, "error": "Passphrase anda salah."}'
    assert (fields["nik"], fields["tampilan"]) == (b"1207000000000009", b"invisible")
    pdf = fields["file"]
    assert isinstance(pdf, bytes)
    return 200, holder().sign(io.BytesIO(pdf).getvalue(), ORDER)
