"""The instance's own key for checkpoints: made once in its folder, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE_NAME = "log_key"


@dataclass(frozen=True, slots=True)
class FileSigner:
    """Ed25519 by a key of 32 raw bytes kept as hex in `<instance>/log_key`."""

    key: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """32 raw bytes; also written beside the key as `log_key.pub` for auditors."""
        return self.key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """64 bytes of Ed25519 signature."""
        return self.key.sign(data)


def load_signer(instance: Path) -> FileSigner:
    """The key of this instance, made at first use; two first starts end with one key."""
    path = instance / FILE_NAME
    if not path.exists():
        _create(path)
    signer = FileSigner(
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text("ascii")))
    )
    public = path.with_suffix(".pub")
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
