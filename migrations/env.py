"""Alembic's door: runs on the connection it is given, SQLite in batch mode."""

from alembic import context

from kkpd.db.columns import Base
from kkpd.models import Opd

assert Opd.metadata is Base.metadata  # the mapped classes are loaded

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="types.",
)
context.run_migrations()
