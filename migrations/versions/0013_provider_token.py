"""the provider's ID token of a session, to end the session there too"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("sesi", sa.Column("token_penyedia", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("sesi", "token_penyedia")
