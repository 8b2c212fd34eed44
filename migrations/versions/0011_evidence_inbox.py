"""evidence inbox: files that wait for their purchase"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PEOPLE = ("pemilik_id", "oleh_id", "selesai_oleh_id")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "bukti_masuk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("opd_id", sa.Integer(), nullable=False),
        sa.Column("berkas_id", sa.Integer(), nullable=False),
        sa.Column("pemilik_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oleh_id", sa.Integer(), nullable=False),
        sa.Column("teks", sa.String(length=4000), nullable=False),
        sa.Column("difoto", sa.Date(), nullable=True),
        sa.Column("transaksi_id", sa.Integer(), nullable=True),
        sa.Column("alasan", sa.String(length=300), nullable=False),
        sa.Column("selesai_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("selesai_oleh_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(selesai_at IS NULL) = (selesai_oleh_id IS NULL)", name=op.f("ck_bukti_masuk_selesai")
        ),
        sa.CheckConstraint(
            "(selesai_at IS NOT NULL) = (transaksi_id IS NOT NULL OR length(alasan) >= 5)",
            name=op.f("ck_bukti_masuk_akhir"),
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_bukti_masuk_{name}"))
            for name, table in (
                ("opd_id", "opd"),
                ("berkas_id", "berkas"),
                ("transaksi_id", "transaksi"),
                *((person, "orang") for person in _PEOPLE),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bukti_masuk")),
    )
    for name in ("opd_id", "transaksi_id", *_PEOPLE):
        op.create_index(op.f(f"ix_bukti_masuk_{name}"), "bukti_masuk", [name])
    op.create_index(
        "uq_bukti_masuk_menunggu",
        "bukti_masuk",
        ["berkas_id"],
        unique=True,
        sqlite_where=sa.text("selesai_at IS NULL"),
        postgresql_where=sa.text("selesai_at IS NULL"),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("bukti_masuk")
