"""Long work: asked for once, claimed by one, taken over from the dead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import Forbidden, NotFound
from kkpd.models import Pekerjaan
from kkpd.records import jobs as records_jobs
from tests.cast import ACTORS, DINKES, DISDIK, fill
from tests.databases import Fill
from tests.worlds.bills import SEKARANG

CITRA = ACTORS["citra"]
MINTA = {"berkas": "1"}
IMPOR = ("impor",)


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def _ask(engine: Engine, permintaan: dict[str, str]) -> int:
    with writing(engine, {DINKES}) as session:
        return records_jobs.enqueue(session, CITRA, DINKES, permintaan, SEKARANG).id


def test_the_same_request_is_one_row(engine: Engine) -> None:
    first = _ask(engine, MINTA)
    assert _ask(engine, MINTA) == first
    assert _ask(engine, {"berkas": "2"}) != first


def test_a_row_is_claimed_once_and_taken_over_after_silence(engine: Engine) -> None:
    id_ = _ask(engine, MINTA)
    with writing(engine, EVERY_OPD) as session:
        task = records_jobs.claim(session, SEKARANG)
        assert task is not None
        assert (task.id, task.opd_id, task.permintaan) == (id_, DINKES, MINTA)
    with writing(engine, EVERY_OPD) as session:
        assert records_jobs.claim(session, SEKARANG) is None
    with writing(engine, {DINKES}) as session:
        records_jobs.advance(session, id_, 5, 10, SEKARANG)
    with writing(engine, EVERY_OPD) as session:
        row = session.get_one(Pekerjaan, id_)
        assert (row.selesai, row.dari) == (5, 10)
        assert not records_jobs.pending(row, SEKARANG)
        later = SEKARANG + records_jobs.SILENCE_LIMIT + timedelta(seconds=1)
        assert records_jobs.pending(row, later)
        again = records_jobs.claim(session, later)
        assert again is not None
        assert again.id == id_


def test_two_workers_never_hold_one_row(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return  # there one writer at a time is the lock
    _ask(engine, MINTA)
    with writing(engine, EVERY_OPD) as one, writing(engine, EVERY_OPD) as two:
        assert records_jobs.claim(one, SEKARANG) is not None
        assert records_jobs.claim(two, SEKARANG) is None


def test_a_failed_row_is_tried_again_a_finished_one_is_not(engine: Engine) -> None:
    id_ = _ask(engine, MINTA)
    with writing(engine, {DINKES}) as session:
        records_jobs.conclude(session, id_, "gagal", "sebabnya", SEKARANG)
    assert _ask(engine, MINTA) == id_
    with writing(engine, {DINKES}) as session:
        row = records_jobs.one_item(session, CITRA, id_, IMPOR)
        assert (row.status, row.pesan) == ("antre", "")
        records_jobs.conclude(session, id_, "selesai", "jadi", SEKARANG)
    assert _ask(engine, MINTA) == id_
    with writing(engine, EVERY_OPD) as session:
        assert records_jobs.claim(session, SEKARANG) is None


def test_others_may_not_ask_and_strangers_find_nothing(engine: Engine) -> None:
    id_ = _ask(engine, MINTA)
    with writing(engine, {DINKES, DISDIK}) as session:
        with pytest.raises(Forbidden):
            records_jobs.enqueue(session, ACTORS["budi"], DINKES, MINTA, SEKARANG)
        with pytest.raises(NotFound):
            records_jobs.one_item(session, ACTORS["eko"], id_, IMPOR)
        with pytest.raises(NotFound):
            records_jobs.one_item(session, CITRA, id_, ("paket",))
