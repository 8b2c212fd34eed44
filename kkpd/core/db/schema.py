"""The structure of the database: Alembic migrations from empty to newest, then the guards.

Revision 0001 never changes. A change of `kkpd/tables` is a new revision (`alembic revision
--autogenerate` with the configuration from here), tried on rows by
`tests/core/db/test_migrations.py`. What only one database has carries `info={"hanya": ...}` and
`ddl_if`, which `migrations/env.py` reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

from kkpd.core.db import guards, roles
from kkpd.core.db.columns import Base

if TYPE_CHECKING:
    from alembic.config import Config


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings; the migrations live beside the package, or in it when installed."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_migrations()))
    settings.set_main_option("path_separator", "os")
    if connection is not None:
        settings.attributes["connection"] = connection
    return settings


def _migrations() -> Path:
    package = Path(str(resources.files("kkpd")))
    return package.parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest structure; from empty or from any earlier one. On PostgreSQL
    the engine is the owner's; DomainError while the other logins are missing.
    """
    from alembic import command

    with engine.connect() as connection, _tables_may_be_rebuilt(connection), connection.begin():
        roles.refuse_missing(connection)
        changes = not is_new(connection) and not is_current(connection)
        guards.lift(connection)
        command.upgrade(config(connection), "head")
        guards.install(connection, Base.metadata)  # complete now: the migrations load the models
        if changes:
            _nothing_dangles(connection)


@contextmanager
def _tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by rebuilding it, which foreign keys to it forbid. They can be
    switched off only outside a transaction, so they are checked again before the commit.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def _nothing_dangles(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3)
        if lost:
            raise RuntimeError(f"foreign keys without their rows after the migration: {lost}")


def is_new(connection: Connection) -> bool:
    """Whether the database is empty."""
    return revision(connection) is None


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest structure (for `GET /sehat`)."""
    return revision(connection) == head()


def head() -> str | None:
    """The newest structure that this program knows."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config()).get_current_head()


def is_known(structure: str) -> bool:
    """Whether this program has the migrations up to that structure."""
    from alembic.script import ScriptDirectory

    every = ScriptDirectory.from_config(config()).walk_revisions()
    return any(one.revision == structure for one in every)


def revision(connection: Connection) -> str | None:
    """The structure that the database has; None if it is empty."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()
