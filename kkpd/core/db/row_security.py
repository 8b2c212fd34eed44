"""PostgreSQL: what the application's role may do, and whose rows a transaction sees (law 12)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import MetaData

from kkpd.core.db.session import APP_ROLE


def app_role(
    metadata: MetaData, updated: Collection[str], deleted: Collection[str]
) -> Iterator[str]:
    """The application's role: it owns nothing and cannot DELETE or UPDATE posted facts (law 5)."""
    yield (  # the role's name is our own constant
        "DO $$ BEGIN "
        f"IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN "
        f"CREATE ROLE {APP_ROLE} NOLOGIN NOBYPASSRLS; END IF; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    yield f"GRANT {APP_ROLE} TO CURRENT_USER"
    yield f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {APP_ROLE}"
    for table in sorted(metadata.tables):
        verbs = "INSERT, UPDATE" if table in updated else "INSERT"
        verbs += ", DELETE" if table in deleted else ""
        yield f"REVOKE ALL ON {table} FROM {APP_ROLE}"
        yield f"GRANT SELECT, {verbs} ON {table} TO {APP_ROLE}"


def row_level_security(metadata: MetaData, shared: Collection[str]) -> Iterator[str]:
    """A row of an OPD is visible only in a transaction whose scope includes that OPD."""
    for name, table in sorted(metadata.tables.items()):
        if "opd_id" not in table.columns or name in shared:
            continue
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS lingkup ON {name}"
        yield f"CREATE POLICY lingkup ON {name} TO {APP_ROLE} USING ({_SEEN})"


#: As subqueries, so that the scope is read once per statement and not once per row.
_SEEN = (
    "(SELECT current_setting('kkpd.opd', true) = '*') OR opd_id = ANY ((SELECT "
    "string_to_array(nullif(current_setting('kkpd.opd', true), '*'), ',')::int[])::int[])"
)
