"""The worker for long imports: one thread in the server's process, woken when work is asked for.

It reads the file first, telling its progress, and then writes it in one transaction together with
the end of the job's row. When the process dies the row stays, and the next worker takes it over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd.db.session import EVERY_OPD, reading, writing
from kkpd.domain.errors import DomainError
from kkpd.domain.peran import Actor
from kkpd.domain.waktu import business_day, parse_periode
from kkpd.models import Orang, Pengguna
from kkpd.queries import akun
from kkpd.services import cocok, pekerjaan
from kkpd.services.berkas import Store
from kkpd.services.pekerjaan import Tugas
from kkpd.services.tagihan import Hasil, berkas_bank
from kkpd.web import penerimaan
from kkpd.web.penerimaan import Pilihan

#: Progress is written at most this often (seconds).
_LAPOR_TIAP = 1.0
_RUSAK = "Program berhenti di tengah pekerjaan ini. Belum ada yang masuk buku; coba sekali lagi."
_JAWAB = "jawab."

_threads: WeakKeyDictionary[Engine, threading.Thread] = WeakKeyDictionary()
_guard = threading.Lock()


def bangunkan(engine: Engine, store: Store) -> None:
    """See to it that a worker runs; it ends by itself when nothing waits any more."""
    with _guard:
        running = _threads.get(engine)
        if running is None or not running.is_alive():
            thread = threading.Thread(target=kerjakan, args=(engine, store), daemon=True)
            _threads[engine] = thread
            thread.start()


def tunggu(engine: Engine, seconds: float) -> None:
    """Wait until the worker has nothing more to do."""
    running = _threads.get(engine)
    if running is not None:
        running.join(seconds)


def kerjakan(engine: Engine, store: Store) -> None:
    """Claim and do rows until none waits."""
    while True:
        with writing(engine, EVERY_OPD) as session:
            task = pekerjaan.klaim(session, _now())
        if task is None:
            return
        _do(engine, store, task)


def _do(engine: Engine, store: Store, task: Tugas) -> None:
    done, said = False, _RUSAK
    try:
        _import(engine, store, task)
        done = True
    except DomainError as refusal:
        said = refusal.message
    finally:
        if not done:
            with writing(engine, {task.opd_id}) as session:
                pekerjaan.akhiri(session, task.id, "gagal", said, _now())


def _import(engine: Engine, store: Store, task: Tugas) -> None:
    chosen, berkas_id = dari_permintaan(task.permintaan)
    with reading(engine, {task.opd_id}) as session:
        actor = _actor(session, task.oleh_id)
        berkas = berkas_bank(session, actor, task.opd_id, berkas_id)
        total = store.get(berkas.sha256).count(b"\n")
        progress = _progress(engine, task, total)
        read = penerimaan.gulung_berkas(session, store, berkas, chosen, progress)
    with writing(engine, {task.opd_id}) as session:
        berkas = berkas_bank(session, actor, task.opd_id, berkas_id)
        hasil = penerimaan.ambil(session, actor, berkas, chosen, read, _now())
        matched = cocok.terima_pasti_berkas(session, actor, task.opd_id, berkas_id, _now())
        count = read.gulungan.banyak
        pekerjaan.maju(session, task.id, count, count, _now())
        pekerjaan.akhiri(session, task.id, "selesai", _said(hasil, matched), _now(), hasil.impor_id)


def _progress(engine: Engine, task: Tugas, total: int) -> Callable[[int], None]:
    last = time.monotonic()

    def told(count: int) -> None:
        nonlocal last
        if time.monotonic() - last < _LAPOR_TIAP:
            return
        last = time.monotonic()
        with writing(engine, {task.opd_id}) as session:
            pekerjaan.maju(session, task.id, count, max(count, total), _now())

    return told


def _said(hasil: Hasil, matched: int) -> str:
    told = f"{hasil.baru} baris baru, {hasil.lama} sudah dikenal, {hasil.lewat} dilewati."
    return f"{told} {matched} langsung cocok." if matched else told


def _actor(session: Session, orang_id: int) -> Actor:
    """Who asked, with the assignments of today: a right that ended meanwhile is not used."""
    row = session.execute(
        select(Pengguna.id, Orang.nama)
        .join(Orang, Orang.id == Pengguna.orang_id)
        .where(Orang.id == orang_id)
    ).one()
    tasks = akun.tugas_pada(session, orang_id, business_day(_now()))
    return Actor(orang_id, row.id, row.nama, tasks)


def ke_permintaan(berkas_id: int, chosen: Pilihan) -> dict[str, str]:
    """A request to take a file in, as the job's row keeps it."""
    periode = f"{chosen.periode[0]:04d}-{chosen.periode[1]:02d}" if chosen.periode else ""
    return {
        "berkas": str(berkas_id),
        "profil": chosen.profil or "",
        "jenis": chosen.jenis or "",
        "periode": periode,
        **{f"{_JAWAB}{key}": value for key, value in sorted(chosen.jawaban.items())},
    }


def dari_permintaan(fields: Mapping[str, str]) -> tuple[Pilihan, int]:
    """The choices and the file of a request."""
    answers = {
        key.removeprefix(_JAWAB): value for key, value in fields.items() if key.startswith(_JAWAB)
    }
    chosen = Pilihan(
        fields["profil"] or None,
        fields["jenis"] or None,
        parse_periode(fields["periode"]) if fields["periode"] else None,
        answers,
    )
    return chosen, int(fields["berkas"])


def _now() -> datetime:
    return datetime.now(UTC)
