"""quotas: what a person and an OPD asked of the program in the last day"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "pemakaian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kunci", sa.String(length=40), nullable=False),
        sa.Column("jenis", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ukuran", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pemakaian")),
    )
    op.create_index("ix_pemakaian_kunci_jenis_at", "pemakaian", ["kunci", "jenis", "at"])


def downgrade() -> None:
    """Back."""
    op.drop_table("pemakaian")
