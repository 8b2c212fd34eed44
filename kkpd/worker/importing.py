"""Long bank files: read for the check with progress, then taken into the books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.core.db.session import reading, writing
from kkpd.core.moments import parse_periode, period_code
from kkpd.core.permissions import Actor
from kkpd.models import Berkas
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Job
from kkpd.tagihan import receive
from kkpd.tagihan.receive import bank_file
from kkpd.worker import take_in
from kkpd.worker.context import WorkStores, report_progress, requester, this_moment
from kkpd.worker.take_in import IntoBooks, TakeInChoice


def read_ahead(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    """Read the file of the request to its end and keep the reading for the check.

    Refusals are the same as in the check.
    """
    opd_id = opd_of(task)
    with reading(engine, {opd_id}) as session:
        actor, berkas, chosen, data = requested(session, work_stores, task)
        progress = report_progress(engine, task, data.count(b"\n"))
        shelf = work_stores.file_reading
        read = take_in.read_file(session, shelf, opd_id, data, chosen, progress)
        receive.preview(session, actor, chosen.command(opd_id, berkas.id, read), this_moment())
    with writing(engine, {opd_id}) as session:
        count = len(read.lines)
        records_jobs.advance(session, task.id, count, count, this_moment())
        records_jobs.conclude(session, task.id, "selesai", f"{count} baris dibaca.", this_moment())


_ANSWER_PREFIX = "jawab."


def import_file(engine: Engine, work_stores: WorkStores, task: Job) -> None:
    """Take the file of the request into the books."""
    opd_id = opd_of(task)
    with reading(engine, {opd_id}) as session:
        actor, berkas, chosen, data = requested(session, work_stores, task)
        berkas_id, shelf = berkas.id, work_stores.file_reading
        progress = report_progress(engine, task, data.count(b"\n"))
        read = take_in.read_file(session, shelf, opd_id, data, chosen, progress)
        key = take_in.kunci(session, opd_id, data, chosen)
    with writing(engine, {opd_id}) as session:
        berkas = bank_file(session, actor, opd_id, berkas_id)
        done = take_in.into_books(
            session, actor, chosen.command(opd_id, berkas.id, read), this_moment()
        )
        count, said = len(read.lines), _said(done)
        records_jobs.advance(session, task.id, count, count, this_moment())
        records_jobs.conclude(
            session, task.id, "selesai", said, this_moment(), done.result.impor_id
        )
    shelf.drop(key)


class RequestedFile(NamedTuple):
    """The request: person, file, choices, bytes."""

    actor: Actor
    berkas: Berkas
    options: TakeInChoice
    data: bytes


def opd_of(task: Job) -> int:
    """The OPD of the bill."""
    assert task.opd_id is not None, "a bill is one OPD's"
    return task.opd_id


def requested(session: Session, work_stores: WorkStores, task: Job) -> RequestedFile:
    """The request of a job about a bank file. NotFound if the file is gone or not the person's."""
    chosen, berkas_id = from_request(task.permintaan)
    who = requester(session, task.oleh_id)
    berkas = bank_file(session, who, opd_of(task), berkas_id)
    return RequestedFile(who, berkas, chosen, work_stores.berkas.get(berkas.sha256))


def _said(done: IntoBooks) -> str:
    result = done.result
    told = f"{result.baru} baris baru, {result.lama} sudah dikenal, {result.lewat} dilewati."
    told += f" {done.matched} langsung cocok." if done.matched else ""
    return f"{told} {done.cases} tindak lanjut dibuka." if done.cases else told


def as_request(berkas_id: int, chosen: TakeInChoice) -> dict[str, str]:
    """A request to take a file in, for the job's row."""
    return {
        "berkas": str(berkas_id),
        "profil": chosen.profil or "",
        "jenis": chosen.jenis or "",
        "periode": period_code(*chosen.periode) if chosen.periode else "",
        **{f"{_ANSWER_PREFIX}{key}": value for key, value in sorted(chosen.jawaban.items())},
    }


def from_request(fields: Mapping[str, str]) -> tuple[TakeInChoice, int]:
    """The choices and the file of a request."""
    answers = {
        key.removeprefix(_ANSWER_PREFIX): value
        for key, value in fields.items()
        if key.startswith(_ANSWER_PREFIX)
    }
    chosen = TakeInChoice(
        fields["profil"] or None,
        fields["jenis"] or None,
        parse_periode(fields["periode"]) if fields["periode"] else None,
        answers,
    )
    return chosen, int(fields["berkas"])
