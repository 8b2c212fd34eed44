"""movements of ceilings keep no index that nobody asks (a third of what a commit wrote)"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = ("oleh_id", "opd_id")


def upgrade() -> None:
    """Forward. Movements are found by their ceiling or their purchase."""
    for column in _COLUMNS:
        op.drop_index(op.f(f"ix_ceiling_movement_{column}"), "ceiling_movement")


def downgrade() -> None:
    """Back."""
    for column in _COLUMNS:
        op.create_index(op.f(f"ix_ceiling_movement_{column}"), "ceiling_movement", [column])
