"""proof: checkpoints that do not grow with the chains, and the history of the log's key"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "chain_checkpoint",
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("ukuran", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("akar", sa.LargeBinary(), nullable=False),
        sa.Column("tanda", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_chain_checkpoint_chain_id")
        ),
        sa.PrimaryKeyConstraint("chain_id", "ukuran", name=op.f("pk_chain_checkpoint")),
    )
    op.create_table(
        "checkpoint_head",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.Integer(), nullable=False),
        sa.Column("ukuran", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seq"], ["checkpoint.seq"], name=op.f("fk_checkpoint_head_seq")
        ),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["chain.id"], name=op.f("fk_checkpoint_head_chain_id")
        ),
        sa.PrimaryKeyConstraint("seq", "chain_id", name=op.f("pk_checkpoint_head")),
    )
    op.create_index(op.f("ix_checkpoint_head_chain_id"), "checkpoint_head", ["chain_id"])
    op.create_table(
        "log_key",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("isi", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_key")),
    )


def downgrade() -> None:
    """Back."""
    for table in ("log_key", "checkpoint_head", "chain_checkpoint"):
        op.drop_table(table)
