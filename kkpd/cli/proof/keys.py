"""Files and keys as people give them to a check."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from kkpd.core.errors import Unreadable
from kkpd.core.proof.log_key import KeyHistory

#: The most bytes of a file to check.
_MAX = 512 * 1024 * 1024


def read_file(path: Path) -> bytes:
    """The bytes of a file; Unreadable says why not."""
    try:
        if path.stat().st_size > _MAX:
            raise Unreadable(f"{path.name} lebih besar dari 512 MB: bukan laporan buku besar ini.")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} tidak dapat dibaca: {error.strerror}.") from None


def read_key(text: str) -> bytes:
    """The 32 bytes of an Ed25519 public key in hex, base64 or PEM, given or in a file; or the file
    with the history of keys (`kkpd key export`).
    """
    path = Path(text)
    if len(text) < 256 and path.is_file():
        text = path.read_text("ascii", errors="replace")
    if text.startswith("{"):
        return _history(text)
    if "-----BEGIN" in text:
        return _from_pem(text)
    text = "".join(text.split())
    try:
        found = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        found = b""
    if len(found) != 32:
        raise Unreadable(
            "Kunci log tidak terbaca: berikan 64 angka heksadesimal, base64, atau berkas PEM."
        )
    return found


def _history(text: str) -> bytes:
    data = text.encode()
    try:
        KeyHistory.read(data)
    except ValueError as error:
        raise Unreadable(f"Riwayat kunci log tidak utuh ({error}). Pakai salinan lain.") from None
    return data


def _from_pem(text: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(text.encode())
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable("Berkas kunci log bukan kunci publik Ed25519 dalam bentuk PEM.")
    return key.public_bytes_raw()
