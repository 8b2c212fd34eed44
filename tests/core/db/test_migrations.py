"""A database of an earlier structure, with rows in it, becomes today's with every row kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, insert, select, text
from sqlalchemy.exc import DBAPIError

from kkpd.core.db import guards
from kkpd.core.db.columns import Base
from kkpd.core.db.schema import config, is_current, upgrade
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.money import Rupiah
from kkpd.models import Berkas, CeilingMovement, DtsFinal, Tagihan
from tests.databases import owned, structure

AT = datetime(2026, 10, 30, 2, tzinfo=UTC)


def _start_over(engine: Engine, revision: str) -> None:
    """The structure of an earlier revision, empty; the engine is the owner's."""
    with engine.connect() as connection, connection.begin():
        guards.lift(connection)
    Base.metadata.drop_all(engine)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("DROP TABLE alembic_version"))
        command.upgrade(config(connection), revision)


class _Lama:
    """Rows of the earlier structure, put in by table name."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.tables = connection, MetaData()
        self.tables.reflect(connection)

    def put(self, table: str, **values: object) -> None:
        columns = self.tables.tables[table].columns
        common = {"opd_id": 1, "oleh_id": 1, "at": AT, "tahun": 2026, "bulan": 10}
        given = {name: value for name, value in common.items() if name in columns} | values
        self.connection.execute(insert(self.tables.tables[table]).values(**given))


def _rows(connection: Connection) -> None:
    """A bill's file, evidence, an interim line with its final one, a ceiling's movement."""
    old = _Lama(connection)
    old.put("opd", kode="1", slug="a", nama="A", alamat="", aktif=True)
    old.put("orang", nama="Citra", nip="", jabatan="", pangkat="", surel="", aktif=True)
    for jenis in ("bank", "bukti"):
        old.put("berkas", jenis=jenis, sha256="ab" * 32, ukuran=1, media="text/csv", nama="a.csv")
    for number, jenis in ((1, "dts"), (2, "final")):
        old.put("tagihan", jenis=jenis, identitas=jenis, berkas_id=1)
        old.put("berkas_tagihan", tagihan_id=number, berkas_id=1)
        old.put(
            "baris_bank", tagihan_id=number, berkas_id=1, kunci_dasar=jenis, kejadian=1,
            jenis="belanja", nilai=100, keterangan="KOPI", merchant="KOPI", baris=number,
            mata_uang="IDR",
        )  # fmt: skip
    old.put("dts_final", dts_id=1, final_id=2, gugur_id=1, selisih=0)
    old.put("ceiling", jenis="up_kkpd", kunci="UP", limit=900, reserved=700, posted=0)
    old.put("ceiling_movement", ceiling_id=1, transaksi_id=5, kind="reserve", amount=700)


def test_rows_of_the_first_structure_are_kept(engine: Engine) -> None:
    """Receipts and pairs become the first of their turn; what refers to them still does."""
    with owned(engine) as owner:
        _start_over(owner, "0001")
        with owner.begin() as connection:
            _rows(connection)
        upgrade(owner)
    with reading(engine, EVERY_OPD) as session:
        assert is_current(session.connection())
        files = session.scalars(select(Berkas).order_by(Berkas.id)).all()
        assert [(one.id, one.jenis, one.giliran) for one in files] == [
            (1, "bank", 1),
            (2, "bukti", 1),
        ]
        pair = session.scalars(select(DtsFinal)).one()
        assert (pair.dts_id, pair.final_id, pair.gugur_id, pair.giliran) == (1, 2, 1, 1)
        moved = session.scalars(select(CeilingMovement)).one()
        assert (moved.transaksi_id, moved.amount, moved.oleh_id) == (5, Rupiah(700), 1)
        assert {bill.berkas_id for bill in session.scalars(select(Tagihan))} == {1}
    _still_guarded(engine)
    structure(engine)  # once more changes nothing


def _still_guarded(engine: Engine) -> None:
    """Tables made anew keep what the database refuses: edits, and rows without parents."""
    for statement in (
        "UPDATE berkas SET nama = 'lain'",
        "DELETE FROM dts_final",
        "UPDATE ceiling_movement SET amount = 1",
        "UPDATE baris_bank SET berkas_id = 99",
        "INSERT INTO berkas_tagihan (opd_id, tagihan_id, berkas_id) VALUES (1, 1, 99)",
    ):
        with pytest.raises(DBAPIError), writing(engine, EVERY_OPD) as session:
            session.execute(text(statement))


def test_models_and_structure_agree(engine: Engine) -> None:
    """Alembic finds nothing to change: a class was changed together with its migration."""
    with engine.connect() as connection:
        command.check(config(connection))
