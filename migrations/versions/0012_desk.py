"""the desk: the PPK-SKPD's word on an SPP, and the text that could be read of evidence"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("berkas", sa.Column("teks", sa.String(length=2000), nullable=True))
    op.create_table(
        "verifikasi",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opd_id", sa.Integer(), nullable=False),
        sa.Column("dokumen_id", sa.Integer(), nullable=False),
        sa.Column("jawaban", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oleh_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dokumen_id"], ["dokumen.id"], name="fk_verifikasi_dokumen_id"),
        sa.ForeignKeyConstraint(["oleh_id"], ["orang.id"], name="fk_verifikasi_oleh_id"),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name="fk_verifikasi_opd_id"),
        sa.PrimaryKeyConstraint("id", name="pk_verifikasi"),
        sa.UniqueConstraint("dokumen_id", name="uq_verifikasi_dokumen_id"),
    )
    op.create_index("ix_verifikasi_oleh_id", "verifikasi", ["oleh_id"])
    op.create_index("ix_verifikasi_opd_id", "verifikasi", ["opd_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("verifikasi")
    op.drop_column("berkas", "teks")
