"""The log's private keys in the instance's folder, readable by its owner only.

The first is `log_key`, its successors are `log_key.2` and so on; which of them signs is what the
database says (`records/proof/log_keys.py`). Each is 32 raw bytes as hex, beside its public key.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE_NAME = "log_key"


@dataclass(frozen=True, slots=True)
class FileSigner:
    """Ed25519 by a key, and the folder with its successors; None for a key without files."""

    key: Ed25519PrivateKey
    folder: Path | None = None

    @property
    def public_key(self) -> bytes:
        """32 raw bytes."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """64 bytes of Ed25519 signature."""
        return self.key.sign(data)

    def of(self, public_key: bytes) -> FileSigner | None:
        """The private key of this public one, of all that are here; None where it is not."""
        if self.public_key == public_key:
            return self
        found = map(_read, _successors(self.folder) if self.folder else ())
        return next((one for one in found if one.public_key == public_key), None)

    def make(self) -> FileSigner:
        """A new key in the folder; it signs once the database knows it."""
        if self.folder is None:
            raise ValueError("this key has no folder for successors")
        newest = max((int(one.suffix[1:]) for one in _successors(self.folder)), default=1)
        path = self.folder / f"{FILE_NAME}.{newest + 1}"
        _create(path)
        return _read(path)


def load_signer(instance: Path) -> FileSigner:
    """The first key of this instance, made at first use; two first starts end with one key."""
    path = instance / FILE_NAME
    if not path.exists():
        _create(path)
    return _read(path)


def _successors(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"{FILE_NAME}.[0-9]*") if path.suffix != ".pub"]


def _read(path: Path) -> FileSigner:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    signer = FileSigner(private, path.parent)
    public = path.with_name(f"{path.name}.pub")
    if not public.exists():
        public.touch(0o600)
        public.write_text(signer.public_key.hex() + "\n", "ascii")
    return signer


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    aside.touch(0o600)
    aside.write_text(Ed25519PrivateKey.generate().private_bytes_raw().hex(), "ascii")
    try:
        os.link(aside, path)
    except FileExistsError:
        pass  # another process was first; its key holds
    finally:
        aside.unlink()
