"""`kkpd backup --out FILE`: the whole installation in one file, while people work."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from kkpd import __version__
from kkpd.cli import context as cli_context
from kkpd.cli.operate import backup_file
from kkpd.core.config import Settings
from kkpd.core.db.schema import revision
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.files import intact

_NOTE = """\
The file holds the database of one moment, bank files, evidence, issued papers, settings and keys;
daftar.json in it has the SHA-256 of each part. It opens with tar (after age, where it is
encrypted). kkpd restore --drill proves that it can be restored.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, for whom, with or without the keys."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTE
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="a new file")
    parser.add_argument(
        "--recipient",
        metavar="age1...",
        help="encrypt with age for this public key; without it the file is plain",
    )
    parser.add_argument(
        "--without-keys",
        action="store_true",
        help="leave out log_key and secret_key; keep them elsewhere",
    )


def run(args: argparse.Namespace) -> int:
    """Write the backup and say what is in it."""
    config = cli_context.settings()
    if args.out.exists():
        raise Conflict(f"{args.out} sudah ada. Pilih nama lain, misalnya dengan tanggalnya.")
    if args.out.resolve().is_relative_to(config.instance.resolve()):
        raise DomainError("Simpan cadangan di luar folder instance, sebaiknya di cakram lain.")
    try:
        with tempfile.TemporaryDirectory(prefix=".cadangan-", dir=config.instance) as folder:
            found = _write(config, args, Path(folder))
        backup_file.remember(config.instance, cli_context.now())
    except OSError as problem:
        raise DomainError(
            f"Cadangan tidak dapat ditulis ({problem.strerror}). Periksa izin dan sisa ruang "
            f"{args.out.parent} dan folder instance."
        ) from problem
    keys = "dengan kunci" if found.keys else "tanpa kunci: simpan log_key dan secret_key tersendiri"
    print(
        f"{args.out}: {len(found.files)} berkas, {found.size // 1_000_000} MB, "
        f"susunan {found.revision}, {keys}."
    )
    if not args.recipient:
        print("Berkas ini tidak tersandi: siapa pun yang memilikinya dapat membaca pembukuan.")
    return 0


def _write(config: Settings, args: argparse.Namespace, folder: Path) -> backup_file.BackupList:
    with cli_context.opened(config, current=False) as engine, engine.connect() as connection:
        structure = revision(connection)
    if structure is None:
        raise DomainError("Basis data masih kosong: tidak ada yang dicadangkan.")
    plain = folder / "cadangan.tar"
    place = plain if args.recipient else args.out
    with intact(place) as out:
        found = backup_file.write(
            out,
            config.instance,
            make_url(config.database_owner_url or config.database_url),
            version=__version__,
            revision=structure,
            now=cli_context.now(),
            keys=not args.without_keys,
            aside=folder,
        )
    if args.recipient:
        _encrypt(plain, args.out, args.recipient)
    return found


def _encrypt(plain: Path, out: Path, recipient: str) -> None:
    import pyrage

    try:
        key = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as problem:
        raise DomainError(
            "--recipient bukan kunci publik age (age1...). Buat dengan: age-keygen -o kunci.txt"
        ) from problem
    with intact(out) as handle, plain.open("rb") as source:
        pyrage.encrypt_io(source, handle, [key])
