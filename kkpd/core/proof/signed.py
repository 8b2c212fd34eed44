"""A statement that the log's key signs and people keep outside, as one small file.

Canonical JSON `{"v":1,"text","public_key","signature"}`: `text` is the canonical JSON of the
statement, Ed25519 signs the prefix of its kind and that text. So no statement of one kind, and no
checkpoint, passes for another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import VERSION

_KEYS: Final = frozenset({"v", "text", "public_key", "signature"})


def write(prefix: bytes, text: bytes, public_key: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """The file."""
    return canonical.dumps(
        {
            "v": VERSION,
            "text": text.decode(),
            "public_key": public_key.hex(),
            "signature": sign(prefix + text).hex(),
        }
    )


def read(prefix: bytes, data: bytes) -> tuple[bytes, bytes]:
    """The text, and the key that signed it; ValueError for a bent file."""
    found = canonical.fields(data, _KEYS)
    text, key = canonical.text(found, "text").encode(), canonical.digest(found["public_key"])
    try:
        signature = bytes.fromhex(canonical.text(found, "signature"))
        Ed25519PublicKey.from_public_bytes(key).verify(signature, prefix + text)
    except InvalidSignature:
        raise ValueError("the signature is not valid") from None
    return text, key
