"""An authenticator for tests: a passkey in software, and what an app would show."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

from kkpd.organisation.passkeys import Site

SITE = Site("localhost", "http://localhost")
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


def code(seed: str, at: datetime) -> str:
    """What the app shows at a moment."""
    return pyotp.TOTP(seed).at(int(at.timestamp()))


def base64url(data: bytes) -> str:
    """As browsers write bytes."""
    return urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Authenticator:
    """One passkey as a browser and its authenticator answer for it."""

    site: Site = SITE
    count: int = 0
    verified: bool = True
    name: bytes = b"a passkey of a test"
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, challenge: str) -> str:
        """The answer to `navigator.credentials.create`."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self.name).to_bytes(2) + self.name + encode_cbor(cose)
        data = self._data(_ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer("webauthn.create", challenge, attestationObject=attestation)

    def use(self, challenge: str) -> str:
        """The answer to `navigator.credentials.get`; the count grows by one."""
        self.count += 1
        data, client = self._data(0), self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer("webauthn.get", challenge, authenticatorData=data, signature=signature)

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        host = hashlib.sha256(self.site.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.site.origin}
        return json.dumps(told).encode()

    def _answer(self, kind: str, challenge: str, **parts: bytes) -> str:
        response = {name: base64url(part) for name, part in parts.items()}
        response["clientDataJSON"] = base64url(self._client(kind, challenge))
        name = base64url(self.name)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )
