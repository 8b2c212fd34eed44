"""The worker for long work: one thread in the server's process, woken when work is asked for.

It claims rows and hands each to what does that kind. When the process dies the row stays, and the
next worker takes it over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd.db.session import EVERY_OPD, writing
from kkpd.domain.errors import DomainError
from kkpd.domain.peran import Actor
from kkpd.domain.waktu import business_day
from kkpd.models import Orang, Pengguna
from kkpd.queries import akun
from kkpd.services import pekerjaan
from kkpd.services.berkas import Store
from kkpd.services.kunci_log import load_signer
from kkpd.services.log import Signer
from kkpd.services.pekerjaan import Tugas
from kkpd.web.bacaan import Rak

#: Progress is written at most this often (seconds).
_LAPOR_TIAP: Final = 1.0
_RUSAK: Final = "Program berhenti di tengah pekerjaan ini. Belum ada yang jadi; coba sekali lagi."


@dataclass(frozen=True, slots=True)
class Gudang:
    """Where files lie (bank files and evidence, issued reports, results of long work, readings of
    long files), and the key that signs checkpoints.
    """

    berkas: Store
    arsip: Store
    hasil: Store
    bacaan: Rak
    kunci: Signer


def gudang_di(instance: Path) -> Gudang:
    """The stores and the key of an installation."""
    return Gudang(
        Store(instance / "berkas"),
        Store(instance / "arsip"),
        Store(instance / "hasil"),
        Rak(instance / "bacaan"),
        load_signer(instance),
    )


#: What does one kind of work; it ends the job's row itself, or raises.
Pelaksana = Callable[[Engine, Gudang, Tugas], None]

_threads: WeakKeyDictionary[Engine, threading.Thread] = WeakKeyDictionary()
_guard = threading.Lock()


def bangunkan(engine: Engine, gudang: Gudang) -> None:
    """See to it that a worker runs; it ends by itself when nothing waits any more."""
    with _guard:
        running = _threads.get(engine)
        if running is None or not running.is_alive():
            thread = threading.Thread(target=kerjakan, args=(engine, gudang), daemon=True)
            _threads[engine] = thread
            thread.start()


def tunggu(engine: Engine, seconds: float) -> None:
    """Wait until the worker has nothing more to do."""
    running = _threads.get(engine)
    if running is not None:
        running.join(seconds)


def kerjakan(engine: Engine, gudang: Gudang) -> None:
    """Claim and do rows until none waits."""
    while True:
        with writing(engine, EVERY_OPD) as session:
            task = pekerjaan.klaim(session, sekarang())
        if task is None:
            return
        _do(engine, gudang, task)


def _do(engine: Engine, gudang: Gudang, task: Tugas) -> None:
    done, said = False, _RUSAK
    try:
        pelaksana()[task.jenis](engine, gudang, task)
        done = True
    except DomainError as refusal:
        said = refusal.message
    finally:
        if not done:
            with writing(engine, lingkup(task)) as session:
                pekerjaan.akhiri(session, task.id, "gagal", said, sekarang())


def pelaksana() -> Mapping[str, Pelaksana]:
    """kind -> what does it; imported when work is there, never on the server's start path."""
    from kkpd.web import pekerja_baca, pekerja_impor, pekerja_laporan, pekerja_paket

    return {
        "baca": pekerja_baca.kerjakan,
        "impor": pekerja_impor.kerjakan,
        "laporan": pekerja_laporan.kerjakan,
        "paket": pekerja_paket.kerjakan,
    }


def lingkup(task: Tugas) -> Iterable[int] | str:
    """What the work may see of the database."""
    return EVERY_OPD if task.opd_id is None else {task.opd_id}


def kemajuan(engine: Engine, task: Tugas, total: int) -> Callable[[int], None]:
    """What work tells its count to; it reaches the row once a second at most."""
    last = time.monotonic()

    def told(count: int) -> None:
        nonlocal last
        if time.monotonic() - last < _LAPOR_TIAP:
            return
        last = time.monotonic()
        with writing(engine, lingkup(task)) as session:
            pekerjaan.maju(session, task.id, count, max(count, total), sekarang())

    return told


def pemohon(session: Session, orang_id: int) -> Actor:
    """Who asked, with the assignments of today: a right that ended meanwhile is not used."""
    row = session.execute(
        select(Pengguna.id, Orang.nama)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Orang.id == orang_id)
    ).one()
    tasks = akun.tugas_pada(session, orang_id, business_day(sekarang()))
    return Actor(orang_id, row.id, row.nama, tasks)


def sekarang() -> datetime:
    """This moment."""
    return datetime.now(UTC)
