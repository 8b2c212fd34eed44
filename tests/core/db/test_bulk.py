"""Rows in bulk: what the database refuses is told, and the session goes on after it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.db.bulk import insert_rows
from kkpd.core.money import Rupiah
from kkpd.models import BarisBank
from tests.cast import fill
from tests.databases import Fill
from tests.worlds.bills import KOPI, ambil, csv


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


def _lines(line: BarisBank, keys: list[str], kejadian: int = 1) -> list[dict[str, object]]:
    return [
        {
            "opd_id": line.opd_id,
            "tagihan_id": line.tagihan_id,
            "berkas_id": line.berkas_id,
            "tahun": 2026,
            "bulan": 10,
            "kunci_dasar": key,
            "kejadian": kejadian,
            "jenis": "belanja",
            "nilai": Rupiah(7),
            "keterangan": "x",
            "merchant": "x",
            "baris": number,
            "mata_uang": "IDR",
        }
        for number, key in enumerate(keys)
    ]


def _held(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(BarisBank))


def test_a_refused_row_refuses_all_and_the_session_goes_on(
    session: Session, tmp_path: Path
) -> None:
    ambil(session, tmp_path, csv([KOPI]))
    line = session.scalars(select(BarisBank)).one()
    good, bad = _lines(line, ["a", "b"]), _lines(line, ["c", "d"], kejadian=0)
    with pytest.raises(DBAPIError, match="kejadian"), session.begin_nested():
        insert_rows(session, BarisBank, [*good, *bad])
    assert _held(session) == 1
    for some in (good, _lines(line, ["e"])):
        with session.begin_nested():
            insert_rows(session, BarisBank, some)
    assert _held(session) == 4
