"""Batches one after another: each refusal is told, and the session goes on after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.db.bulk import Batches
from kkpd.core.money import Rupiah
from kkpd.models import BarisBank
from tests.cast import fill
from tests.databases import Fill
from tests.services.tagihan_bantu import KOPI, ambil, csv

TABLE = BarisBank.__table__


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def _lines(line: BarisBank, keys: list[str], kejadian: int = 1) -> dict[str, object]:
    return {
        "opd_id": line.opd_id,
        "tagihan_id": line.tagihan_id,
        "berkas_id": line.berkas_id,
        "tahun": 2026,
        "bulan": 10,
        "kunci_dasar": keys,
        "kejadian": kejadian,
        "jenis": "belanja",
        "nilai": Rupiah(7),
        "keterangan": "x",
        "merchant": "x",
        "baris": list(range(len(keys))),
        "mata_uang": "IDR",
    }


def _held(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(BarisBank))


def _add(session: Session, *given: dict[str, object], wait: bool = False) -> None:
    with session.begin_nested(), Batches(session, TABLE) as batches:  # type: ignore[arg-type]  # a Table
        for columns in given:
            batches.add(columns)
        if wait:
            batches.wait()


def test_a_refused_batch_is_told_by_the_next_by_wait_or_at_the_end(
    session: Session, tmp_path: Path
) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    line = session.scalars(select(BarisBank)).one()
    good, bad = _lines(line, ["a", "b"]), _lines(line, ["c", "d"], kejadian=0)
    with pytest.raises(DBAPIError, match="kejadian"):
        _add(session, good, bad, _lines(line, ["e"]))
    with pytest.raises(DBAPIError, match="kejadian"):
        _add(session, good, bad, wait=True)
    with pytest.raises(DBAPIError, match="kejadian"):
        _add(session, good, bad)
    assert _held(session) == 1
    _add(session, good, _lines(line, ["e"]))
    assert _held(session) == 4


def test_our_own_error_waits_for_the_batch_under_way(session: Session, tmp_path: Path) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    line = session.scalars(select(BarisBank)).one()
    long = _lines(line, [f"{number:05}" for number in range(3_000)])
    with pytest.raises(ValueError, match="different length"):
        _add(session, long, {"baris": [1], "kunci_dasar": []})
    assert _held(session) == 1
