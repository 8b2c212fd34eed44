"""One file that holds a whole installation, and the way back.

The file is a tar: the database of one moment first, then the instance folder (bytes are kept before
their row is written, so a later look at the folder has every file that the database names), at last
`daftar.json` with the size and SHA-256 of each part. Nothing in it needs this program to be read.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from sqlalchemy import URL

from kkpd.core.errors import DomainError, Unreadable

#: The parts of the tar.
DATABASE: Final = "basisdata"
FOLDER: Final = "instance"
LIST: Final = "daftar.json"
_MARK: Final = "cadangan_terakhir"
#: What the program makes again when it is missing; the database is a part of its own.
_NOT_KEPT: Final = frozenset({"hasil", "bacaan", "keamanan.kunci", _MARK})
_PIECE: Final = 1024 * 1024


def remember(instance: Path, now: datetime) -> None:
    """Keep when the last backup was written whole, for `last`."""
    mark = instance / _MARK
    mark.touch(0o600)
    mark.write_text(now.isoformat(), "ascii")


def last(instance: Path) -> datetime | None:
    """When the last backup was written; None before the first."""
    try:
        return datetime.fromisoformat((instance / _MARK).read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class BackupPart:
    """One file of a backup: bytes and SHA-256 in hex."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupList:
    """What a backup holds: which program and structure it is of (`database` is sqlite or
    postgresql), whether the keys are in it, and its files by their names.
    """

    version: str
    revision: str
    moment: str
    database: str
    keys: bool
    files: dict[str, BackupPart]

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(one.size for one in self.files.values())


def is_key(name: str) -> bool:
    """Whether this file of the instance is private: who has it can sign as this ledger."""
    return name == "secret_key" or (name.startswith("log_key") and not name.endswith(".pub"))


def write(
    out: IO[bytes],
    instance: Path,
    database: URL,
    *,
    version: str,
    revision: str,
    now: datetime,
    keys: bool,
    aside: Path,
) -> BackupList:
    """Write the backup while people work; `database` is the owner's address, `aside` a folder of
    its own for the copy of the database.
    """
    copy, files = aside / DATABASE, dict[str, BackupPart]()
    _copy_database(database, copy)
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        files[DATABASE] = _add(tar, copy, DATABASE)
        copy.unlink()
        for path in _kept(instance, Path(database.database or ""), keys):
            name = f"{FOLDER}/{path.relative_to(instance).as_posix()}"
            files[name] = _add(tar, path, name)
        kind = database.get_backend_name()
        found = BackupList(version, revision, now.isoformat(), kind, keys, files)
        text = json.dumps(asdict(found), ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(LIST)
        info.size, info.mode = len(text), 0o600
        tar.addfile(info, BytesIO(text))
    return found


def unpack(source: IO[bytes], folder: Path) -> BackupList:
    """Unpack a backup into an empty folder; Unreadable where a part is missing, changed or more."""
    found = dict[str, BackupPart]()
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for member in tar:
                found[member.name] = _take(tar, member, folder)
        listing = _read_list((folder / LIST).read_bytes())
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as problem:
        raise Unreadable(
            f"Berkas ini bukan cadangan yang utuh ({problem}). Pakai salinan lain."
        ) from problem
    del found[LIST]
    wrong = {name for name in found | listing.files if found.get(name) != listing.files.get(name)}
    if wrong:
        raise Unreadable(
            f"{len(wrong)} bagian cadangan berbeda dari daftarnya, misalnya {min(wrong)}. "
            "Pakai salinan lain."
        )
    return listing


def restore_postgres(copy: Path, owner: URL) -> None:
    """Fill the empty database at `owner` from the copy that `write` made."""
    _run_postgres("pg_restore", owner, "--single-transaction", "--no-owner", str(copy))


def _copy_database(database: URL, copy: Path) -> None:
    """The database of one moment, as SQLite file or in the custom format of pg_dump."""
    copy.touch(0o600)
    if database.get_backend_name() == "postgresql":
        _run_postgres("pg_dump", database, "--format=custom", "--no-owner", f"--file={copy}")
        return
    if not Path(database.database or "").is_file():
        raise DomainError("Basis data belum ada: tidak ada yang dicadangkan.")
    with (
        closing(sqlite3.connect(f"file:{database.database}?mode=ro", uri=True)) as books,
        closing(sqlite3.connect(copy)) as kept,
    ):
        books.backup(kept)


def _run_postgres(program: str, url: URL, *words: str) -> None:
    """Run a program of PostgreSQL; its password goes through the environment, which other users
    cannot read.
    """
    found = shutil.which(program)
    if found is None:
        raise DomainError(
            f"{program} tidak ada di komputer ini. Pasang postgresql-client dari versi yang sama "
            "dengan servernya atau lebih baru."
        )
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {} if url.password is None else {"PGPASSWORD": str(url.password)}
    done = subprocess.run(  # noqa: S603 (our own words)
        [found, f"--dbname={address}", *words],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.strip().splitlines() or ["tanpa sebab"]
        raise DomainError(f"{program} gagal: {told[-1]}")


def _kept(instance: Path, database: Path, keys: bool) -> Iterator[Path]:
    """The files of the instance that a backup holds, in the order of their names. The database of
    SQLite and what lies beside it under its name are a part of their own.
    """
    for path in sorted(instance.rglob("*")):
        first = path.relative_to(instance).parts[0]
        if first.startswith(".") or first in _NOT_KEPT or path.is_symlink() or not path.is_file():
            continue
        if path.parent == database.parent and path.name.startswith(database.name):
            continue
        if keys or not is_key(path.name):
            yield path


def _add(tar: tarfile.TarFile, path: Path, name: str) -> BackupPart:
    with path.open("rb") as handle:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(handle.fileno()).st_size, 0o600
        read = _Hashed(handle)
        tar.addfile(info, read)
    return BackupPart(info.size, read.hash.hexdigest())


class _Hashed:
    """A file that is read once, and the SHA-256 of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.hash = source, sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.source.read(size)
        self.hash.update(data)
        return data


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> BackupPart:
    """Write one part below the folder; ValueError for a name that leads elsewhere."""
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts or not member.isreg():
        raise ValueError(f"{member.name} tidak termasuk cadangan")
    source = tar.extractfile(member)
    assert source is not None  # a regular file
    path, read = folder / place, _Hashed(source)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(0o600)
    with path.open("wb") as out:
        while piece := read.read(_PIECE):
            out.write(piece)
    return BackupPart(member.size, read.hash.hexdigest())


def _read_list(data: bytes) -> BackupList:
    read: dict[str, Any] = json.loads(data)
    files = {str(name): BackupPart(**part) for name, part in read.pop("files").items()}
    return BackupList(**read, files=files)
