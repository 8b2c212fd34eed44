"""the time of day of a bank line, as far as the bank tells it"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("baris_bank", sa.Column("jam", sa.String(8), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("baris_bank", "jam")
