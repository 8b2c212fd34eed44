"""`kkpd verify books`: whoever keeps the database and changes it is named by row, field and event.

Each attack has the database's own guards out of its way: triggers dropped, checks off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Engine,
    Integer,
    String,
    Table,
    and_,
    delete,
    not_,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from kkpd.core.db import facts
from kkpd.core.db.columns import Base
from kkpd.core.db.engine import create_engine
from kkpd.core.db.facts_kinds import LEFT_OUT, NO_KEY
from kkpd.core.db.session import EVERY_OPD, reading_one_moment, rehearsing, writing
from kkpd.core.db.shadow import fact_tables
from kkpd.core.db.types import Sen
from kkpd.core.proof import canonical
from kkpd.models import Arsip, Berkas, Event
from kkpd.records import event_log
from kkpd.records.checks import books, kept
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.simulator import Request, jalankan
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import berbukti, diperiksa
from tests.worlds.office import NOW


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two offices' months, lived by the simulator."""
    address = f"sqlite:///{tmp_path_factory.mktemp('life') / 'life.sqlite3'}"
    assert jalankan(Request(20, 4, 2, address)).rusak is None
    engine = create_engine(address)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def made(life: Engine) -> Iterator[books.Replay]:
    """Its events, replayed once: no attack here touches them."""
    with reading_one_moment(life, EVERY_OPD) as session:
        replayed = books.replay(session)
        assert list(books.differences(session, replayed)) == []
    with closing(replayed.shadow):
        yield replayed


@pytest.fixture
def keeper(life: Engine) -> Iterator[Session]:
    """Who keeps the database, its guards gone; what he does is rolled back."""
    with rehearsing(life, EVERY_OPD) as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        session.execute(text("PRAGMA ignore_check_constraints = ON"))
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            session.execute(text(f'DROP TRIGGER "{name}"'))
        yield session
        session.execute(text("PRAGMA ignore_check_constraints = OFF"))


def row_key(table: Table, row: dict[str, object]) -> str:
    keys = facts.row_json(table, {c.key: row[c.key] for c in table.primary_key})
    return canonical.dumps([keys[c.key] for c in table.primary_key]).decode()


def at(table: Table, row: dict[str, object]) -> ColumnElement[bool]:
    return and_(*(column == row[column.key] for column in table.primary_key))


def a_column(table: Table, row: dict[str, object]) -> str:
    """A field that can be falsified without ado."""
    keys = {c.key for c in table.primary_key}
    for column in table.columns:
        plain = isinstance(column.type, Sen | Integer | String | Boolean)
        hidden = column.key in {*keys, *LEFT_OUT.get(table.name, {})}
        if plain and not hidden and row[column.key] is not None:
            return str(column.key)
    return ""


def other(field: Column[Any]) -> ColumnElement[Any]:
    """Another value than the field has."""
    if isinstance(field.type, Boolean):
        return not_(field)
    return field + "x" if isinstance(field.type, String) else type_coerce(field, Integer) + 1_000


def test_every_table_is_compared_row_by_row_and_field_by_field(
    keeper: Session, made: books.Replay
) -> None:
    tables = [t for t in fact_tables() if t.name not in NO_KEY]
    expected, tried = [], 0
    for table in tables:
        rows = [dict(r) for r in keeper.connection().execute(select(table)).mappings()]
        if not rows:
            continue
        tried += 1
        key, column = row_key(table, rows[0]), a_column(table, rows[0])
        if column:
            field = table.columns[column]
            keeper.execute(update(table).where(at(table, rows[0])).values({column: other(field)}))
            expected.append(f"{table.name} {key}, {column}: pembukuan ")
        if len(rows) > 1:
            keeper.execute(delete(table).where(at(table, rows[-1])))
            gone = row_key(table, rows[-1])
            expected.append(f"{table.name} {gone}: hilang dari pembukuan; ")
    found = list(books.differences(keeper, made))
    assert [one for one in expected if not any(line.startswith(one) for line in found)] == []
    assert tried > 30
    assert all(" no. " in line for line in found), "each names the event that told it last"


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        ("UPDATE transaksi SET nilai = nilai * 10 WHERE id = 1", "transaksi [1], nilai"),
        ("UPDATE transaksi SET merchant = 'Toko Lain' WHERE id = 1", "transaksi [1], merchant"),
        ("UPDATE transaksi SET rekening = '5.2' WHERE id = 1", "transaksi [1], rekening"),
        ("UPDATE persetujuan SET penguji_id = 99 WHERE id = 1", "persetujuan [1], penguji_id"),
        ("UPDATE baris_bank SET nilai = nilai + 1 WHERE id = 2", "baris_bank [2], nilai"),
        ("UPDATE baris_bank SET merchant = 'X' WHERE id = 2", "baris_bank [2], merchant"),
        ("UPDATE baris_bank SET jam = 754 WHERE id = 2", "baris_bank [2], jam"),
        ("DELETE FROM transaksi WHERE id = 3", "transaksi [3]: hilang"),
        ("UPDATE dokumen SET total = total + 100 WHERE id = 1", "dokumen [1], total"),
        ("UPDATE dokumen SET data = X'7b7d' WHERE id = 1", "dokumen [1], data"),
        ("UPDATE dokumen SET data = '{}' WHERE id = 1", "dokumen [1], data"),
        ("UPDATE dokumen SET at = 'kemarin' WHERE id = 1", "dokumen: ada isi yang bukan"),
        ("UPDATE transaksi SET nilai = 'abc' WHERE id = 1", "transaksi: ada isi yang bukan"),
        ("UPDATE dokumen_baris SET nilai = 1 WHERE id = 1", "dokumen_baris [1], nilai"),
        ("DELETE FROM dokumen_baris WHERE id = 2", "dokumen_baris [2]: hilang"),
        ("DELETE FROM bukti WHERE id = 1", "bukti [1]: hilang"),
        ("UPDATE berkas SET sha256 = 'ab' WHERE id = 1", "berkas [1], sha256"),
        ("DELETE FROM temuan WHERE id = 1", "temuan [1]: hilang"),
        (
            "INSERT INTO pembatalan (id, opd_id, alasan, at, oleh_id, dokumen_id) SELECT 999, "
            "opd_id, 'Salah ketik', at, oleh_id, id FROM dokumen WHERE id = 1",
            "pembatalan [999]: tidak ada peristiwa",
        ),
        ("UPDATE pengguna SET aktif = 1 - aktif WHERE id = 1", "pengguna [1], aktif"),
        ('UPDATE ceiling SET "limit" = "limit" * 10 WHERE id = 1', "ceiling [1], limit"),
        ("UPDATE ceiling_movement SET amount = amount + 1 WHERE id = 1", "ceiling_movement {"),
        ("DELETE FROM ceiling_movement WHERE id = 1", "ceiling_movement {"),
    ],
)
def test_a_falsified_book_is_named(
    keeper: Session, made: books.Replay, attack: str, expected: str
) -> None:
    keeper.execute(text(attack))
    found = list(books.differences(keeper, made))
    assert found
    assert all(line.startswith(expected) for line in found), found


def test_an_inserted_row_is_named(keeper: Session, made: books.Replay) -> None:
    for table in ("transaksi", "baris_bank", "temuan", "penugasan"):
        names = [c.key for c in Base.metadata.tables[table].columns if c.key != "id"]
        fields = ", ".join(f'"{name}"' for name in names)
        values = fields.replace('"kunci_kirim"', "'palsu'").replace('"subjek"', "'x'")
        values = values.replace('"kejadian"', "999")
        keeper.execute(
            text(
                f"INSERT INTO {table} (id, {fields}) SELECT 9999, {values} FROM {table} LIMIT 1"  # noqa: S608 - a test's own names
            )
        )
        found = list(books.differences(keeper, made))
        assert any(line.startswith(f"{table} [9999]: tidak ada peristiwa") for line in found)


@pytest.mark.parametrize("kept_part", [2, 30])
def test_books_whose_log_was_cut_off_are_named(keeper: Session, kept_part: int) -> None:
    """Thirty events, or half of all, are cut off; what they wrote is then told by nobody."""
    last = keeper.scalars(select(Event.id).order_by(Event.id.desc())).all()
    cut = last[30] if kept_part == 30 else last[len(last) // 2]
    keeper.execute(text("DELETE FROM event WHERE id > :cut"), {"cut": cut})
    replayed = books.replay(keeper)
    with closing(replayed.shadow):
        found = list(books.differences(keeper, replayed))
    assert any("tidak ada peristiwa yang menulisnya" in line for line in found)


def test_events_from_before_a_column_or_before_rows_are_judged_as_far_as_they_tell(
    keeper: Session,
) -> None:
    first = keeper.scalars(select(Event).where(Event.jenis == "belanja:transaksi:catat")).first()
    assert first
    old = first.isi.replace(b'"kanal":', b'"lama":')
    assert old != first.isi
    keeper.execute(text("UPDATE event SET isi = :isi WHERE id = :id"), {"isi": old, "id": first.id})
    keeper.execute(
        text("UPDATE event SET isi = :isi WHERE id = 1"),
        {"isi": b'{"after":null}'},
    )
    replayed = books.replay(keeper)
    with closing(replayed.shadow):
        found = list(books.differences(keeper, replayed))
        said = list(books.remarks(keeper, replayed))
    assert not any(line.startswith("transaksi [1], kanal") for line in found)
    assert any("transaksi, kanal: 1 baris lebih tua daripada kolom itu" in line for line in said)
    assert any(line.startswith("1 peristiwa pertama belum memuat baris") for line in said)


def test_the_check_sees_one_moment_while_others_write(engine: Engine) -> None:
    def count(session: Session) -> int:
        return len(session.scalars(select(Event.id)).all())

    def write(session: Session) -> None:
        event_log.record(
            session, ACTORS["joko"], None, "uji:kerja:catat", "opd:1", now=NOW, opd_id=DINKES
        )

    with reading_one_moment(engine, EVERY_OPD) as session:
        before = count(session)
        with writing(engine, EVERY_OPD) as other:
            write(other)
        assert count(session) == before
        assert books.replay(session).events == before
    with reading_one_moment(engine, EVERY_OPD) as session:
        assert count(session) == before + 1


def test_every_kept_file_and_paper_is_hashed(session: Session, tmp_path: Path) -> None:
    diperiksa(session, tmp_path, berbukti(session, tmp_path))
    event_log.append_queued(session)
    store, archive = Store(tmp_path / "berkas"), Store(tmp_path / "arsip")
    file = session.scalars(select(Berkas)).first()
    paper = session.scalars(select(Arsip)).first()
    assert file
    assert paper
    assert list(kept.faults(session, store, archive)) == []
    path = store.path(file.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    archive.path(paper.sha256).unlink()
    found = list(kept.faults(session, store, archive))
    assert found == [
        f"berkas [{file.id}]: berkas {file.sha256} berubah di penyimpanan",
        f"arsip [{paper.id}]: berkas {paper.sha256} tidak terbaca (No such file or directory)",
    ]
