"""a DPT names the bill that it pays; a refund frees room of its own, so reserved may fall below 0"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_FK = "fk_dokumen_tagihan_id"
_CHECK = "ck_ceiling_tidak_negatif"


def upgrade() -> None:
    """Forward. DPTs of before keep no bill: their month says which one they paid."""
    with op.batch_alter_table("dokumen") as table:
        table.add_column(sa.Column("tagihan_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f(_FK), "tagihan", ["tagihan_id"], ["id"])
        table.create_index(op.f("ix_dokumen_tagihan_id"), ["tagihan_id"])
    with op.batch_alter_table("ceiling") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.create_check_constraint(op.f(_CHECK), "posted >= 0")


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("ceiling") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")
        table.create_check_constraint(op.f(_CHECK), "reserved >= 0 AND posted >= 0")
    with op.batch_alter_table("dokumen") as table:
        table.drop_index(op.f("ix_dokumen_tagihan_id"))
        table.drop_constraint(op.f(_FK), type_="foreignkey")
        table.drop_column("tagihan_id")
