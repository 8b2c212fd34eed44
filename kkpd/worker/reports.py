"""Long reports: drawn outside the request, kept under their hash, fetched as often as wanted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Engine

from kkpd.core.db.session import reading, writing
from kkpd.core.span import parse
from kkpd.engines.paper.drawings import draw
from kkpd.engines.paper.writers import WRITERS
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Tugas
from kkpd.reports import named
from kkpd.worker.context import Gudang, lingkup, pemohon, sekarang

#: Drawing up, drawing, keeping.
_LANGKAH = 3
#: Seconds between two looks at whether the drawing was called off.
JEDA_DETIK = 1.0


def kerjakan(engine: Engine, gudang: Gudang, task: Tugas) -> None:
    """Draw the report of the request up and keep the file."""
    asked, ending, hari = dari_permintaan(task.permintaan)
    _step(engine, task, 0)
    with reading(engine, lingkup(task)) as session:
        naskah = named.susun(session, pemohon(session, task.oleh_id), asked, hari)
    _step(engine, task, 1)
    if ending == "pdf":
        data = draw(naskah, None, _tiap_detik(lambda: _step(engine, task, 1)))
    else:
        data = WRITERS[ending](naskah)
    _step(engine, task, 2)
    name = f"{asked.nama}-{asked.opd}-{asked.rentang.kode}.{ending}"
    selesai(engine, task, gudang.hasil.put(data), name, _LANGKAH)


def _tiap_detik(lihat: Callable[[], None]) -> Callable[[], None]:
    """`lihat` at most once a second: a sign of life, and Dibatalkan where it was called off."""
    last = time.monotonic()

    def between_pages() -> None:
        nonlocal last
        if time.monotonic() - last >= JEDA_DETIK:
            lihat()
            last = time.monotonic()

    return between_pages


def selesai(engine: Engine, task: Tugas, digest: str, name: str, steps: int) -> None:
    """End the row with the file that was made."""
    with writing(engine, lingkup(task)) as session:
        records_jobs.maju(session, task.id, steps, steps, sekarang())
        said = f"Berkas {name} siap diunduh."
        records_jobs.akhiri(session, task.id, "selesai", said, sekarang(), hasil=(digest, name))


def _step(engine: Engine, task: Tugas, done: int) -> None:
    with writing(engine, lingkup(task)) as session:
        records_jobs.maju(session, task.id, done, _LANGKAH, sekarang())


def ke_permintaan(asked: named.Permintaan, ending: str, hari: date, sidik: str) -> dict[str, str]:
    """A request as the job's row keeps it; `sidik` of the data makes a changed report new work."""
    return {
        "nama": asked.nama,
        "opd": asked.opd,
        "periode": asked.rentang.kode,
        "bentuk": ending,
        "hari": hari.isoformat(),
        "sidik": sidik,
    }


def dari_permintaan(fields: Mapping[str, str]) -> tuple[named.Permintaan, str, date]:
    """The request, the form of the file and the report's day."""
    asked = named.Permintaan(
        nama=fields["nama"], opd=fields["opd"], rentang=parse(fields["periode"])
    )
    return asked, fields["bentuk"], date.fromisoformat(fields["hari"])
