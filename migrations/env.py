"""Alembic's door: runs on the connection it is given, SQLite in batch mode."""

from alembic import context

from kkpd.core.db.columns import Base
from kkpd.models import Opd

assert Opd.metadata is Base.metadata  # the mapped classes are loaded


def _of_this_database(item, _name, _kind, _reflected, _other):
    """Whether a part of the structure belongs to this kind of database (`info["hanya"]`)."""
    return item.info.get("hanya") in (None, context.get_context().dialect.name)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=_of_this_database,
    user_module_prefix="types.",
)
context.run_migrations()
