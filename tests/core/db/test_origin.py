"""A bank line comes from a file that brought its bill: both databases refuse any other line, also
where the structure was upgraded with lines in it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import IntegrityError

from kkpd.core.db.guards import APPEND_ONLY, FROM_KNOWN
from kkpd.core.db.schema import config
from kkpd.core.db.session import EVERY_OPD, reading, rehearsing, writing
from kkpd.models import BarisBank, BerkasTagihan
from tests.cast import DINKES, DISDIK, fill
from tests.databases import Fill, owned, structure
from tests.worlds.bills import KOPI, NASI, ambil, csv

_COPY = text(
    "INSERT INTO baris_bank (opd_id, tahun, bulan, tagihan_id, berkas_id, kunci_dasar, kejadian, "
    "jenis, nilai, keterangan, merchant, baris, mata_uang) SELECT :opd, tahun, bulan, "
    "tagihan_id + :bill, berkas_id + :file, kunci_dasar || :more, kejadian, jenis, nilai, "
    "keterangan, merchant, baris, mata_uang FROM baris_bank"
)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


def test_a_line_of_an_unknown_bill_or_file_is_refused_before_and_after_an_upgrade(
    engine: Engine, tmp_path: Path
) -> None:
    with writing(engine, {DINKES}) as session:
        ambil(session, tmp_path, csv([KOPI, NASI]))
    for step in ("0002", "head"):
        if step == "head":
            structure(engine)
        else:
            with owned(engine) as owner, owner.begin() as connection:
                command.downgrade(config(connection), step)
        _refuses_strangers(engine)
    with engine.connect() as connection:
        command.check(config(connection))
    with reading(engine, EVERY_OPD) as session:
        assert session.scalar(select(func.count()).select_from(BarisBank)) == 2


def _refuses_strangers(engine: Engine) -> None:
    own = {"opd": DINKES, "bill": 0, "file": 0}
    for wrong in ({"bill": 9}, {"file": 9}, {"opd": DISDIK}):
        with pytest.raises(IntegrityError), writing(engine, EVERY_OPD) as session:
            session.execute(_COPY, {**own, **wrong, "more": "x"})
    with rehearsing(engine, EVERY_OPD) as session:
        session.execute(_COPY, {**own, "more": "x"})


def test_what_the_guard_looks_at_never_changes(engine: Engine, tmp_path: Path) -> None:
    assert {known for _, _, known in FROM_KNOWN} <= {*APPEND_ONLY}
    with writing(engine, {DINKES}) as session:
        ambil(session, tmp_path, csv([KOPI]))
    with pytest.raises(Exception, match=r"ditambah|denied"), writing(engine, {DINKES}) as session:
        session.execute(update(BerkasTagihan).values(opd_id=DISDIK))


def test_lines_are_seen_by_their_own_opd_alone(engine: Engine, tmp_path: Path) -> None:
    """On PostgreSQL by row-level security, whatever the statement asks for."""
    with writing(engine, {DINKES}) as session:
        ambil(session, tmp_path, csv([KOPI]))
    if engine.dialect.name == "sqlite":
        return
    count = select(func.count()).select_from(BarisBank)
    for scope, seen in (((), 0), ({DISDIK}, 0), ({DISDIK, DINKES}, 1), (EVERY_OPD, 1)):
        with reading(engine, scope) as session:
            assert session.scalar(count) == seen
    with engine.connect() as connection:
        assert connection.scalar(count) == 0
