"""`kkpd restore FILE`: an empty installation gets the books of a backup. `--drill` tries it in a
folder of its own, which is thrown away.

Afterwards the log, the books and the papers are checked against each other: what a restored
installation says must be what was backed up.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from kkpd.cli import context as cli_context
from kkpd.cli.operate import backup_file
from kkpd.core.config import Settings
from kkpd.core.db.schema import is_known, is_new
from kkpd.core.errors import Conflict, DomainError, Unreadable

_NOTE = """\
Into an empty installation: KKPD_INSTANCE names its folder; on PostgreSQL KKPD_DATABASE_URL and
KKPD_DATABASE_OWNER_URL name its empty database, after kkpd db roles. A kkpd.toml that is there
already stays. --drill on PostgreSQL needs an empty database too, and leaves it filled.
exit status: 0 restored and all checks hold, 1 a check does not hold, 2 refused with one sentence.
"""
#: What is asked of a restored installation.
_CHECKS: Final = (("verify", "log"), ("verify", "books"), ("tieout",))


def arguments(parser: argparse.ArgumentParser) -> None:
    """The backup, how it is decrypted, in earnest or as a drill."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTE
    parser.add_argument("file", type=Path, metavar="FILE", help="written by kkpd backup")
    parser.add_argument(
        "--identity", type=Path, metavar="FILE", help="the private key of age, for an encrypted one"
    )
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="FOLDER",
        help="log_key and secret_key, where the backup was written without them",
    )
    parser.add_argument(
        "--drill", action="store_true", help="try it in a temporary folder; nothing else changes"
    )


def run(args: argparse.Namespace) -> int:
    """Restore and check."""
    if not args.file.is_file():
        raise Unreadable(f"{args.file} bukan berkas yang ada. Periksa namanya.")
    if not args.drill:
        return _restore(args, cli_context.settings())
    with tempfile.TemporaryDirectory(prefix="kkpd-latihan-") as folder:
        changed = {"KKPD_INSTANCE": folder}
        if not os.environ.get("KKPD_DATABASE_URL", "").startswith("postgresql"):
            changed["KKPD_DATABASE_URL"] = f"sqlite:///{folder}/kkpd.sqlite3"
        status = _restore(args, cli_context.settings(**changed))
    print("Latihan selesai; foldernya sudah dibuang.")
    return status


def _restore(args: argparse.Namespace, config: Settings) -> int:
    _must_be_empty(config)
    with tempfile.TemporaryDirectory(prefix=".pulih-", dir=config.instance) as aside:
        folder = Path(aside)
        found = _unpacked(args, folder)
        _must_fit(found, config)
        if not found.keys:
            _add_keys(args.keys, folder / backup_file.FOLDER)
        _fill(found, folder / backup_file.DATABASE, config)
        _move_in(folder / backup_file.FOLDER, config.instance)
    print(f"Dipulihkan: {len(found.files)} berkas, pembukuan sampai {found.moment}.")
    if (config.instance / "kkpd.toml").exists():
        print("Periksa kkpd.toml: alamat dan nama komputer di dalamnya mungkin dari yang lama.")
    cli_context.migrate(config)
    return max(_checked(words, config) for words in _CHECKS)


def _must_be_empty(config: Settings) -> None:
    """A folder or database that has books is never written over."""
    held = [name for name in ("berkas", "arsip", "log_key") if (config.instance / name).exists()]
    with cli_context.owned(config) as engine, engine.connect() as connection:
        if held or not is_new(connection):
            raise Conflict(
                f"{config.instance} atau basis datanya sudah berisi pembukuan. Pulihkan ke "
                "pemasangan yang kosong: sebut foldernya pada KKPD_INSTANCE."
            )


def _unpacked(args: argparse.Namespace, folder: Path) -> backup_file.BackupList:
    """The backup in this folder, decrypted first where it must be."""
    path = args.file
    with path.open("rb") as handle:
        sealed = handle.read(18) == b"age-encryption.org"
    if sealed:
        path = folder / "cadangan.tar"
        _decrypt(args.file, path, args.identity)
    with path.open("rb") as handle:
        found = backup_file.unpack(handle, folder)
    if sealed:
        path.unlink()
    return found


def _decrypt(sealed: Path, plain: Path, identity: Path | None) -> None:
    import pyrage

    if identity is None:
        raise DomainError(f"{sealed} tersandi. Sebut kunci privatnya: --identity FILE.")
    try:
        lines = identity.read_text("ascii").splitlines()
        keys = [
            pyrage.x25519.Identity.from_str(one.strip())
            for one in lines
            if one.strip() and not one.startswith("#")
        ]
        with sealed.open("rb") as source, plain.open("xb") as out:
            pyrage.decrypt_io(source, out, keys)
    except (OSError, UnicodeDecodeError, pyrage.IdentityError, pyrage.DecryptError) as problem:
        raise Unreadable(
            f"{sealed} tidak dapat dibuka dengan {identity} ({problem}). Pakai kunci privat dari "
            "kunci publik yang dipakai saat mencadangkan."
        ) from problem


def _must_fit(found: backup_file.BackupList, config: Settings) -> None:
    kind = make_url(config.database_url).get_backend_name()
    if found.database != kind:
        raise DomainError(
            f"Cadangan ini dari {found.database}, pemasangan ini memakai {kind}. "
            "Setel KKPD_DATABASE_URL yang sejenis."
        )
    if not is_known(found.revision):
        raise DomainError(
            f"Cadangan ini dari versi {found.version} (susunan {found.revision}), yang lebih baru "
            "dari program ini. Pasang versi itu dahulu."
        )


def _add_keys(folder: Path | None, instance: Path) -> None:
    if folder is None:
        raise DomainError(
            "Cadangan ini tanpa kunci. Sebut folder log_key dan secret_key: --keys FOLDER."
        )
    for name in ("log_key", "secret_key"):
        if not (folder / name).is_file():
            raise DomainError(f"{folder} tidak berisi {name}.")
    for path in sorted(folder.iterdir()):
        if backup_file.is_key(path.name):
            shutil.copyfile(path, instance / path.name)
            (instance / path.name).chmod(0o600)


def _move_in(folder: Path, instance: Path) -> None:
    """Each entry at its place; the settings of this machine stay."""
    for path in sorted(folder.iterdir()):
        place = instance / path.name
        if not (path.name == "kkpd.toml" and place.exists()):
            path.replace(place)


def _fill(found: backup_file.BackupList, copy: Path, config: Settings) -> None:
    if found.database == "postgresql":
        backup_file.restore_postgres(
            copy, make_url(config.database_owner_url or config.database_url)
        )
        return
    place = Path(make_url(config.database_url).database or "")
    for rest in ("", "-wal", "-shm"):
        place.with_name(place.name + rest).unlink(missing_ok=True)
    shutil.move(copy, place)


def _checked(words: tuple[str, ...], config: Settings) -> int:
    """Ask the restored installation in a process of its own, as an operator would."""
    print(f"kkpd {' '.join(words)}", flush=True)
    named = {"KKPD_INSTANCE": str(config.instance), "KKPD_DATABASE_URL": config.database_url}
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-m", "kkpd", *words], env={**os.environ, **named}, check=False
    )
    return int(done.returncode != 0)
