"""Whose rows the program's login sees and writes on PostgreSQL, table by table (law 12), and that
a statement which slipped into a transaction cannot get round it.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, Table, func, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from kkpd.core.db.columns import Base
from kkpd.core.db.engine import create_engine
from kkpd.core.db.guards import APPEND_ONLY
from kkpd.core.db.row_security import SIGHTS, sight
from kkpd.core.db.session import EVERY_OPD, everywhere, reading, rehearsing, writing
from kkpd.core.errors import DomainError
from kkpd.models import Kartu, Opd, Orang
from tests.cast import DINKES, DISDIK, ORANG, fill
from tests.databases import Fill, owned, owner_url

TABLES = Base.metadata.tables

#: Tables of which everybody reads every row, as `SIGHTS` says why.
READ_BY_ALL = {
    *("chain", "chain_checkpoint", "checkpoint", "checkpoint_head", "langkah_masuk", "log_key"),
    *("opd", "pemakaian", "percobaan_masuk", "rekening", "sub_kegiatan"),
}
#: Tables into which everybody may write: no row of them is anybody's.
WRITTEN_BY_ALL = {
    *("chain_checkpoint", "checkpoint", "checkpoint_head", "langkah_masuk", "log_key"),
    *("pemakaian", "percobaan_masuk"),
}

#: A value of each type of column; every other constraint is taken away before.
_VALUES = {
    "bigint": "7",
    "boolean": "true",
    "bytea": "'x'",
    "character varying": "'x'",
    "date": "'2026-01-02'",
    "integer": "7",
    "json": "'{}'",
    "text": "'x'",
    "timestamp with time zone": "'2026-01-02 00:00+00'",
}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.fixture
def database_kind() -> str:
    """Only PostgreSQL has row-level security."""
    return "postgres"


@pytest.fixture
def bare(engine: Engine) -> Engine:
    """A database in which only the policies are left to refuse a row."""
    with owned(engine) as owner, owner.begin() as connection:
        connection.execute(
            text(
                "DO $$ DECLARE it record; BEGIN "
                "FOR it IN SELECT conname, conrelid::regclass AS t FROM pg_constraint "
                "WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c') "
                "LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', it.t, it.conname); "
                "END LOOP; FOR it IN SELECT tgname, tgrelid::regclass AS t FROM pg_trigger "
                "WHERE NOT tgisinternal LOOP "
                "EXECUTE format('DROP TRIGGER %I ON %s', it.tgname, it.t); END LOOP; END $$"
            )
        )
    return engine


def test_every_table_has_a_policy_and_what_is_not_the_opds_own_has_a_reason(engine: Engine) -> None:
    undecided = [name for name, table in TABLES.items() if sight(table) is None]
    assert undecided == [], "decide it in kkpd/core/db/row_security.py SIGHTS"
    assert [name for name, one in SIGHTS.items() if name not in TABLES or not one.reason] == []
    with engine.connect() as connection:
        without = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
                "AND relkind = 'r' AND NOT (relrowsecurity AND EXISTS (SELECT 1 FROM pg_policies "
                "WHERE tablename = relname AND policyname = 'lingkup'))"
            )
        ).all()
    assert without == ["alembic_version"]


def test_no_row_of_another_opd_is_read_inserted_or_changed(bare: Engine) -> None:
    """In every table: seen in its own scope, in that of every OPD, and in no other."""
    faults: list[str] = []
    for name, table in sorted(TABLES.items()):
        with owned(bare) as owner, owner.begin() as connection:
            insert = _insert(connection, table)
            if name not in {"opd", "pengguna"}:  # the cast has theirs
                connection.execute(text(insert))
        seen = {}
        for scope in ((DISDIK,), (DINKES,), EVERY_OPD):
            with reading(bare, scope) as session:
                seen[scope] = session.scalar(select(func.count()).select_from(table).where(
                    text(_THEIRS.get(name, _theirs(table)))))  # fmt: skip
        expected = seen[EVERY_OPD] if name in READ_BY_ALL else 0
        if not seen[DISDIK,] or seen[DISDIK,] != seen[EVERY_OPD] or seen[DINKES,] != expected:
            faults.append(f"{name} is read: {seen}")
        if name in WRITTEN_BY_ALL:
            continue
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            rehearsing(bare, {DINKES}) as one,
        ):
            one.execute(text(insert))
        if name not in APPEND_ONLY:
            with rehearsing(bare, {DINKES}) as session:
                column = next(iter(table.columns)).name
                changed = session.scalars(
                    update(table)
                    .where(text(_THEIRS.get(name, _theirs(table))))
                    .values({column: table.columns[column]})
                    .returning(table.columns[column])
                )
                if changed.all():
                    faults.append(f"{name} is changed")
    assert faults == []


_THEIRS = {
    "opd": f"id = {DISDIK}",
    "rekening": "tahun = 7",
    "sub_kegiatan": "tahun = 7",
    "chain_checkpoint": "true",
    "checkpoint": "true",
    "checkpoint_head": "true",
    "log_key": "true",
    "pemakaian": "true",
    "percobaan_masuk": "true",
}


def _theirs(table: Table) -> str:
    """Which rows of the table belong to the other OPD."""
    for column, value in (("opd_id", DISDIK), ("pengguna_id", ORANG["eko"])):
        if column in table.columns:
            return f"{column} = {value}"
    return f"orang_id = {ORANG['eko']}"


def _insert(connection: Connection, table: Table) -> str:
    """The statement that puts in one more row of the other OPD."""
    own = {"opd_id": DISDIK, "orang_id": ORANG["eko"], "pengguna_id": ORANG["eko"]}
    if table.name == "orang":
        own = {"opd_id": DISDIK}
    kinds = connection.execute(
        text("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :t"),
        {"t": table.name},
    )
    values = {
        name: str(own.get(name) or _VALUES[kind]) for name, kind in kinds.all() if name != "id"
    }
    names = ", ".join(f'"{name}"' for name in values)
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(values.values())})"  # noqa: S608 (our own names)


INJECTED = {
    "a scope without a seal": "SELECT set_config('kkpd.lingkup', '*', true)",
    "a scope under another's seal": (
        "SELECT set_config('kkpd.lingkup', left(current_setting('kkpd.lingkup'), 65) || '*', true)"
    ),
    "no scope": "RESET kkpd.lingkup",
    "a second key": "SELECT kkpd_kunci()",
    "another role": "RESET ROLE",
    "no policies": "SET LOCAL row_security = off",
    "the table of keys": "SELECT * FROM penjaga.kunci",
    "the owner": "SET ROLE kkpd",
    "no triggers": "ALTER TABLE kartu DISABLE TRIGGER ALL",
    "replication": "SET session_replication_role = replica",
    "no policy": "ALTER TABLE kartu DISABLE ROW LEVEL SECURITY",
    "its own function": (
        "CREATE OR REPLACE FUNCTION public.kkpd_lingkup() RETURNS int[] LANGUAGE sql AS "
        "'SELECT ARRAY[0]'"
    ),
    "a function of its own": (
        "CREATE FUNCTION pg_temp.kkpd_lingkup() RETURNS int[] LANGUAGE sql AS 'SELECT ARRAY[0]'"
    ),
}


@pytest.mark.parametrize("what", sorted(INJECTED))
def test_a_statement_that_slips_in_never_widens_the_scope(engine: Engine, what: str) -> None:
    with rehearsing(engine, {DINKES}) as session:
        point = session.begin_nested()
        try:
            session.execute(text(INJECTED[what]))
        except ProgrammingError:
            point.rollback()
        assert {card.opd_id for card in _cards(session)} <= {DINKES}


def _cards(session: Session) -> list[Kartu]:
    try:
        return list(session.scalars(select(Kartu)))
    except ProgrammingError as refused:  # row_security = off: an error instead of rows
        if "row-level security" not in str(refused):
            raise
        return []


def test_a_temporary_table_cannot_stand_in_for_the_one_a_guard_asks(engine: Engine) -> None:
    with rehearsing(engine, {DINKES}) as session:
        session.execute(text("CREATE TEMP TABLE periode (opd_id int, tahun int, bulan int)"))
        functions = session.scalars(
            text(
                "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
                "AND proname LIKE 'kkpd%' AND proname <> 'kkpd_tolak' AND NOT coalesce("
                "array_to_string(proconfig, ' ') LIKE '%pg_temp', false)"
            )
        ).all()
        assert functions == []


def test_a_question_about_every_opd_ends_with_its_block(engine: Engine) -> None:
    with reading(engine, {DINKES}) as session:
        with everywhere(session):
            assert len(session.scalars(select(Kartu)).all()) == 2
        session.expire_all()
        assert len(session.scalars(select(Kartu)).all()) == 1


def test_before_a_login_accounts_are_seen_and_nothing_of_an_opd(engine: Engine) -> None:
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Orang)) == len(ORANG)
        assert session.scalars(select(Kartu)).all() == []


def test_the_owners_login_is_refused_with_the_command_that_mends_it(database: str) -> None:
    engine = create_engine(owner_url(database))
    with pytest.raises(DomainError, match="kkpd db roles"):
        engine.connect()
    engine.dispose()


def test_a_login_that_could_become_the_owner_is_refused(database: str) -> None:
    with owned(database) as owner, owner.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        name = "kkpd_uji_anggota"
        connection.execute(text(f"DROP ROLE IF EXISTS {name}"))
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'x' NOINHERIT"))
        try:
            connection.execute(text(f"GRANT CREATE ON SCHEMA public TO {name}"))
            connection.execute(text(f"GRANT {name} TO kkpd"))
            connection.execute(text(f"ALTER TABLE kartu OWNER TO {name}"))
            program = create_engine(database.replace("kkpd_app", name).replace(
                "hanya-untuk-uji", "x"))  # fmt: skip
            with pytest.raises(DomainError, match="kkpd db roles"):
                program.connect()
            program.dispose()
        finally:
            connection.execute(text("ALTER TABLE kartu OWNER TO CURRENT_USER"))
            connection.execute(text(f"DROP OWNED BY {name}"))
            connection.execute(text(f"DROP ROLE {name}"))


def test_an_opd_of_another_is_not_renamed(engine: Engine) -> None:
    with writing(engine, {DINKES}) as session:
        session.execute(text("UPDATE opd SET nama = 'Kami' WHERE id = 2"))
    with reading(engine, EVERY_OPD) as session:
        assert session.get_one(Opd, DISDIK).nama != "Kami"
