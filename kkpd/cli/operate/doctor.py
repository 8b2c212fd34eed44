"""`kkpd doctor [--json]`: each part of the installation is well, or a sentence says what to do.

It only looks: it writes nothing, makes no key and starts no migration.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli.operate import backup_file
from kkpd.core.config import Settings
from kkpd.core.db import guards, health
from kkpd.core.db.columns import Base
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.errors import DomainError
from kkpd.core.moments import clock_time
from kkpd.core.proof.log_key import FILE_NAME, load_signer
from kkpd.models import Checkpoint, Event, Pekerjaan
from kkpd.records import jobs, log_signing

_NOTE = """\
--json prints a list of {"bagian", "keadaan", "pesan"}: keadaan is ok, perlu (something is to be
done) or belum (could not be looked at, because an earlier part is not well).
exit status: 0 everything is well, 1 something is to be done, 2 refused with one sentence.
"""
#: Work that waits longer has no worker.
_PATIENCE: Final = timedelta(minutes=5)
#: A log without a checkpoint, an installation without a backup for longer is told.
_DAILY: Final = timedelta(hours=36)
#: Two clocks may differ by so much.
_CLOCKS: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Examined:
    """What a check of the database may ask."""

    config: Settings
    session: Session
    now: datetime


class PartState(NamedTuple):
    """What was found of one part: `ok`, `perlu` or `belum`, and the sentence."""

    part: str
    state: str
    said: str = ""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Sentences or JSON."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTE
    parser.add_argument("--json", action="store_true", help="one object for each part")


def run(args: argparse.Namespace) -> int:
    """Look at every part, print, and say by the exit status whether all is well."""
    found = examine(cli_context.settings(), cli_context.now())
    if args.json:
        rows = [{"bagian": part, "keadaan": state, "pesan": said} for part, state, said in found]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for one in found:
            print(f"{one.state:<6}{one.part}{f': {one.said}' if one.said else ''}")
    return 0 if all(one.state == "ok" for one in found) else 1


def examine(config: Settings, now: datetime) -> list[PartState]:
    """Every part in the order in which it is to be mended."""
    found = [
        _told("ruang", health.room(config)),
        _told("surel", _mail(config)),
        _told("cadangan", _backup(config, now)),
    ]
    try:
        return found + _of_database(config, now)
    except DomainError as problem:  # the login of the program owns the tables
        trouble = problem.message
    except SQLAlchemyError:
        trouble = health.SILENT
    later = ("susunan", *OF_BOOKS)
    return [*found, _told("basis data", trouble), *(PartState(name, "belum") for name in later)]


def _of_database(config: Settings, now: datetime) -> list[PartState]:
    with cli_context.opened(config, current=False) as engine:
        with engine.connect() as connection:
            trouble = health.structure(connection)
        found = [PartState("basis data", "ok"), _told("susunan", trouble)]
        if trouble is not None:
            return found + [PartState(name, "belum") for name in OF_BOOKS]
        with reading(engine, EVERY_OPD) as session:
            books = Examined(config, session, now)
            return found + [_told(name, check(books)) for name, check in OF_BOOKS.items()]


def _told(part: str, trouble: str | None) -> PartState:
    return PartState(part, "ok") if trouble is None else PartState(part, "perlu", trouble)


def _mail(config: Settings) -> str | None:
    if config.smtp is not None or config.demo:
        return None
    return (
        "Server surel belum disetel: pengingat hanya ditulis ke folder surat. Isi KKPD_SMTP_HOST."
    )


def _backup(config: Settings, now: datetime) -> str | None:
    last = backup_file.last(config.instance)
    if config.demo or (last is not None and now - last <= _DAILY):
        return None
    since = (
        "Belum pernah dicadangkan"
        if last is None
        else f"Cadangan terakhir {clock_time(last, config.zone)}"
    )
    return f"{since}. Jalankan setiap hari: kkpd backup --out BERKAS"


def _guards(books: Examined) -> str | None:
    missing = guards.missing(books.session.connection(), Base.metadata)
    if not missing:
        return None
    names = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
    return (
        f"{len(missing)} pagar basis data hilang atau berubah ({names}). Jangan memakai program "
        "ini; simpan salinannya dan hubungi Inspektorat."
    )


def _key(books: Examined) -> str | None:
    if not (books.config.instance / FILE_NAME).exists():
        return "Berkas log_key tidak ada di folder instance. Kembalikan dari tempat penyimpanannya."
    try:
        log_signing.present_signer(books.session, load_signer(books.config.instance))
    except DomainError as problem:
        return problem.message
    except ValueError:
        return (
            "Berkas log_key atau riwayat kunci tidak terbaca. Jalankan kkpd verify log, lalu "
            "kembalikan kuncinya dari tempat penyimpanannya."
        )
    return None


def _clock(books: Examined) -> str | None:
    """This machine's clock against the server's, and against the newest event."""
    newest = books.session.scalar(select(func.max(Event.at)))
    if newest is not None and newest > books.now + _CLOCKS:
        last = clock_time(newest, books.config.zone)
        return (
            f"Jam komputer ini di belakang peristiwa terakhir ({last}). Betulkan jamnya (NTP) "
            "sebelum mencatat apa pun."
        )
    if books.session.connection().dialect.name != "postgresql":
        return None
    server = books.session.scalar(text("SELECT clock_timestamp()"))
    if server is None or abs(server - books.now) <= _CLOCKS:
        return None
    return "Jam komputer ini berbeda lebih dari satu menit dari server basis data. Pakai NTP."


def _worker(books: Examined) -> str | None:
    left = books.session.scalars(
        select(Pekerjaan).where(Pekerjaan.status.in_(("antre", "berjalan")))
    ).all()
    late = [
        one
        for one in left
        if jobs.pending(one, books.now) and (one.detak_at or one.at) < books.now - _PATIENCE
    ]
    if not late:
        return None
    return (
        f"{len(late)} pekerjaan menunggu lebih dari 5 menit. Pastikan kkpd serve berjalan; "
        "pekerjaan diambil begitu halamannya dibuka."
    )


def _witness(books: Examined) -> str | None:
    newest = books.session.scalar(select(func.max(Event.at)))
    signed = books.session.scalar(select(func.max(Checkpoint.at)))
    if newest is None or books.config.demo:
        return None
    if signed is not None and books.now - signed <= _DAILY:
        return None
    since = "belum pernah ditandatangani"
    if signed is not None:
        since = f"terakhir ditandatangani {clock_time(signed, books.config.zone)}"
    return (
        f"Catatan peristiwa {since}. Jalankan setiap hari: kkpd witness export --out BERKAS, lalu "
        "simpan di luar."
    )


#: Part -> what is asked of the books; nothing here writes.
OF_BOOKS: Final[dict[str, Callable[[Examined], str | None]]] = {
    "pagar": _guards,
    "kunci": _key,
    "jam": _clock,
    "pekerja": _worker,
    "saksi": _witness,
}
