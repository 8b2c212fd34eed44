"""PostgreSQL's three logins: the owner migrates, the program serves, reports only read.

`make` is run once by somebody who may create roles. `refuse_owner` is asked on every connection of
the program: who owns the tables, or could become their owner, could switch off every guard.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, text

from kkpd.core.errors import DomainError

APP_ROLE: Final = "kkpd_app"
REPORT_ROLE: Final = "kkpd_laporan"


def statements(owner: URL, app: URL) -> Iterator[sql.Composed]:
    """What makes the roles of the whole server; safe to repeat. Passwords come from the addresses;
    an address without one leaves the login to the server's own rules (for example peer).
    """
    assert owner.username, "the caller has checked it"
    for name, password in (
        (owner.username, owner.password),
        (APP_ROLE, app.password),
        (REPORT_ROLE, None),
    ):
        role = sql.Identifier(name)
        yield sql.SQL(
            "DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        ).format(role)
        yield sql.SQL("ALTER ROLE {} LOGIN").format(role)
        if password is not None:
            yield sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(str(password)))
    program, report = sql.Identifier(APP_ROLE), sql.Identifier(REPORT_ROLE)
    owning = sql.Identifier(owner.username)
    yield sql.SQL("REVOKE {} FROM {}, {}").format(owning, program, report)
    yield sql.SQL("GRANT {} TO {}").format(program, owning)  # to see its connections; never back
    yield sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(report)


def database_statements(owner: str, database: str) -> Iterator[sql.Composed]:
    """What is set in the database itself: it and all in it belong to the owner."""
    name, owning = sql.Identifier(database), sql.Identifier(owner)
    app, report = sql.Identifier(APP_ROLE), sql.Identifier(REPORT_ROLE)
    yield sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, owning)
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name)
    yield sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, app)
    yield sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, report)
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}, {}").format(app, report)
    yield sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(owning)
    yield sql.SQL(_HAND_OVER).format(sql.Literal(owner))


#: Tables, sequences and functions that an earlier version made under another login.
_HAND_OVER: Final = """DO $do$ DECLARE satu record; BEGIN
  FOR satu IN SELECT c.oid::regclass AS nama FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND pg_get_userbyid(c.relowner) <> {0}
  LOOP EXECUTE format('ALTER TABLE %s OWNER TO %I', satu.nama, {0}); END LOOP;
  FOR satu IN SELECT p.oid::regprocedure AS nama FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'kkpd%'
      AND pg_get_userbyid(p.proowner) <> {0}
  LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO %I', satu.nama, {0}); END LOOP;
END $do$"""


def script(owner: URL, app: URL) -> str:
    """The same as `make` does, as text for psql: run in the database itself."""
    assert owner.username, "the caller has checked it"
    assert owner.database, "the caller has checked it"
    server = (*statements(owner, app), *database_statements(owner.username, owner.database))
    return "\n".join(f"{statement.as_string()};" for statement in server)


def make(admin: URL, owner: URL, app: URL) -> None:
    """Make roles and database as the administrator of the server; safe to repeat."""
    assert owner.username, "the caller has checked it"
    assert owner.database, "the caller has checked it"
    with _connected(admin) as connection:
        for statement in statements(owner, app):
            connection.execute(statement)
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [owner.database]
        ).fetchone()
        if found is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(
                create.format(sql.Identifier(owner.database), sql.Identifier(owner.username))
            )
    with _connected(admin.set(database=owner.database)) as connection:
        for statement in database_statements(owner.username, owner.database):
            connection.execute(statement)


def _connected(url: URL) -> psycopg.Connection[Any]:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(address, autocommit=True)


#: Superusers and members count: `pg_has_role` says what a login could become.
_COULD_OWN: Final = """
SELECT EXISTS (
    SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND relkind IN ('r', 'p') AND pg_has_role(session_user, relowner, 'MEMBER')
  ) OR EXISTS (
    SELECT 1 FROM pg_database WHERE datname = current_database()
      AND pg_has_role(session_user, datdba, 'MEMBER')
  ) OR (
    SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = session_user
  )
"""


_OWNS: Final = (
    "Peran basis data pada KKPD_DATABASE_URL memiliki tabel atau dapat menjadi pemiliknya, jadi "
    "pagar basis data dapat dimatikan. Jalankan: kkpd db roles, lalu pakai peran "
    f"{APP_ROLE} pada KKPD_DATABASE_URL dan peran pemilik pada KKPD_DATABASE_OWNER_URL."
)


def refuse_owner(connection: psycopg.Connection[Any]) -> None:
    """DomainError when this login could switch off the guards."""
    row = connection.execute(_COULD_OWN).fetchone()
    if row is None or row[0]:
        raise DomainError(_OWNS)


def refuse_missing(connection: Connection) -> None:
    """DomainError when PostgreSQL has not all the logins to which the guards grant."""
    if connection.dialect.name != "postgresql":
        return
    asked = text("SELECT count(*) FROM pg_roles WHERE rolname IN (:app, :report)")
    if connection.scalar(asked, {"app": APP_ROLE, "report": REPORT_ROLE}) != 2:
        raise DomainError(
            f"Peran basis data {APP_ROLE} dan {REPORT_ROLE} belum ada. Jalankan: kkpd db roles"
        )


def connection_key(connection: psycopg.Connection[Any]) -> bytes | None:
    """The key by which this connection seals its scope; None where the structure is not there yet.
    The database gives it once.
    """
    try:
        row = connection.execute("SELECT kkpd_kunci()").fetchone()
    except (psycopg.errors.UndefinedFunction, psycopg.errors.InsufficientPrivilege):
        connection.rollback()
        return None
    return None if row is None or row[0] is None else bytes.fromhex(row[0])
