"""The log's keys: their public history, and the private ones in the instance's folder.

A key is born once, every successor is signed by its predecessor. A statement is the canonical JSON
`{"v":1,"seq","at","act","key","reason","prev"}`; `seq` counts from 1, `prev` is the hex SHA-256 of
the statement before (64 zeros for the first). Ed25519 signs PREFIX and these bytes:

* `lahir`, the first one: by the key itself;
* `ganti`, `key` is the next one: by the key before, then by the next one itself;
* `cabut`, `key` is an earlier one, not to be believed from `at` on: by the key of that moment.

The file that people keep is canonical JSON `{"v":1,"statements":[[text,[signature...]]...]}`.

The first private key is `log_key`, its successors are `log_key.2` and so on, each 32 raw bytes as
hex beside its public key, readable by their owner only. Which of them signs is what the database
says (`records/log_signing.py`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kkpd.core.proof import canonical
from kkpd.core.proof.canonical import VERSION, Json
from kkpd.core.proof.events import from_iso, iso

FILE_NAME: Final = "log_key"
PREFIX: Final = b"kkpd kunci 1\n"
Act = Literal["lahir", "ganti", "cabut"]
#: Signs bytes: 64 bytes of Ed25519.
Sign = Callable[[bytes], bytes]
_NOTHING_BEFORE: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """One statement about a key (32 bytes)."""

    seq: int
    at: datetime
    act: Act
    key: bytes
    reason: str
    prev: str

    def to_bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical.dumps(
            {
                "v": VERSION,
                "seq": self.seq,
                "at": iso(self.at),
                "act": self.act,
                "key": self.key.hex(),
                "reason": self.reason,
                "prev": self.prev,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> KeyStatement:
        """Read canonical bytes; ValueError where the shape does not hold."""
        fields = canonical.fields(data, _STATEMENT_KEYS)
        act = next((known for known in get_args(Act) if known == fields["act"]), None)
        if act is None:
            raise ValueError("no act on a key")
        found = cls(
            canonical.count(fields, "seq"),
            from_iso(canonical.text(fields, "at")),
            act,
            canonical.digest(fields["key"]),
            canonical.text(fields, "reason"),
            canonical.hex_digest(fields, "prev"),
        )
        return canonical.exactly(found, found.to_bytes(), data)


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement with its signatures."""

    text: bytes
    signatures: tuple[bytes, ...]

    def to_list(self) -> list[Json]:
        """As it is written in a file."""
        return [self.text.decode(), [one.hex() for one in self.signatures]]

    @classmethod
    def read(cls, value: Json) -> SignedStatement:
        """What `to_list` wrote; ValueError for anything else."""
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError("a statement is [text, signatures]")
        fields = dict(zip(("text", "signatures"), value, strict=True))
        found = [bytes.fromhex(str(one)) for one in canonical.items(fields, "signatures")]
        return cls(canonical.text(fields, "text").encode(), tuple(found))


@dataclass(frozen=True, slots=True)
class KeyGeneration:
    """A key and when it began, was succeeded and was revoked; a key given bare has no times."""

    number: int
    key: bytes
    since: datetime | None = None
    until: datetime | None = None
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """All keys of one log in their order, and the statements that say so."""

    generations: tuple[KeyGeneration, ...] = ()
    statements: tuple[SignedStatement, ...] = ()

    @classmethod
    def of_one(cls, key: bytes) -> KeyHistory:
        """A key that somebody knows without its history."""
        return cls((KeyGeneration(1, key),))

    @classmethod
    def known(cls, data: bytes) -> KeyHistory:
        """The 32 bytes of one key, or a file with the history; ValueError for anything else."""
        return cls.of_one(data) if len(data) == 32 else cls.read(data)

    @classmethod
    def read(cls, data: bytes) -> KeyHistory:
        """The history in a file, each statement checked; ValueError for a bent file."""
        fields = canonical.fields(data, frozenset({"v", "statements"}))
        found = cls()
        for one in canonical.items(fields, "statements"):
            found = found.followed(SignedStatement.read(one))
        if not found.generations:
            raise ValueError("a history begins with a key")
        return canonical.exactly(found, found.to_bytes(), data)

    def to_bytes(self) -> bytes:
        """The file."""
        told = [one.to_list() for one in self.statements]
        return canonical.dumps({"v": VERSION, "statements": told})

    @property
    def current(self) -> bytes:
        """The key that signs now."""
        return self.generations[-1].key

    def generation(self, key: bytes) -> KeyGeneration | None:
        """The generation of this key; None for a foreign one."""
        return next((one for one in self.generations if one.key == key), None)

    def accepts(self, key: bytes, at: datetime) -> bool:
        """Whether what this key signed at that moment is to be believed."""
        found = self.generation(key)
        return found is not None and (found.revoked_at is None or at < found.revoked_at)

    def next(self, act: Act, key: bytes, reason: str, at: datetime) -> KeyStatement:
        """The statement that would follow, not signed yet."""
        before = self.statements[-1:]
        prev = sha256(before[0].text).hexdigest() if before else _NOTHING_BEFORE
        return KeyStatement(len(self.statements) + 1, at, act, key, reason, prev)

    def followed(self, signed: SignedStatement) -> KeyHistory:
        """The history with one more statement; ValueError where it does not follow."""
        one = KeyStatement.from_bytes(signed.text)
        if one != self.next(one.act, one.key, one.reason, one.at):
            raise ValueError("the statement does not follow the one before")
        signers = self._signers(one)
        if len(signers) != len(signed.signatures):
            raise ValueError(f"the statement needs {len(signers)} signatures")
        for key, signature in zip(signers, signed.signatures, strict=True):
            _verify(key, signature, PREFIX + signed.text)
        return KeyHistory(self._after(one), (*self.statements, signed))

    def _signers(self, one: KeyStatement) -> tuple[bytes, ...]:
        """Who must sign this statement here; ValueError where it has no place."""
        found = self.generation(one.key)
        if one.act == "lahir" and not self.generations:
            return (one.key,)
        if one.act == "ganti" and self.generations and found is None:
            return (self.current, one.key)
        revocable = found is not None and found.revoked_at is None and one.key != self.current
        if one.act == "cabut" and revocable:
            return (self.current,)
        raise ValueError(f"{one.act} has no place here")

    def _after(self, one: KeyStatement) -> tuple[KeyGeneration, ...]:
        if one.act == "cabut":
            return tuple(
                replace(each, revoked_at=one.at, reason=one.reason) if each.key == one.key else each
                for each in self.generations
            )
        ended = [replace(each, until=each.until or one.at) for each in self.generations]
        return (*ended, KeyGeneration(len(ended) + 1, one.key, one.at))


def sign(statement: KeyStatement, signers: Sequence[Sign]) -> SignedStatement:
    """The statement signed by these, in this order."""
    text = statement.to_bytes()
    return SignedStatement(text, tuple(by(PREFIX + text) for by in signers))


def is_signed_by(key: bytes, signature: bytes, data: bytes) -> bool:
    """Whether this key signed these bytes."""
    try:
        _verify(key, signature, data)
    except ValueError:
        return False
    return True


def _verify(key: bytes, signature: bytes, data: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except InvalidSignature:
        raise ValueError("the signature is not valid") from None


_STATEMENT_KEYS: Final = frozenset({"v", "seq", "at", "act", "key", "reason", "prev"})


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
