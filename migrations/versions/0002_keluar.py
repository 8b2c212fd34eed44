"""an import can be taken out again: withdrawals, receipts and DTS pairs by turn"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What is there already is each first of its kind: turn 1."""
    _withdrawals()
    _lines_and_bills()
    with op.batch_alter_table("berkas") as batch:
        batch.add_column(_turn())
        batch.drop_constraint("uq_berkas_opd_id_jenis_sha256", type_="unique")
        batch.create_unique_constraint(
            "uq_berkas_opd_id_jenis_sha256_giliran", ["opd_id", "jenis", "sha256", "giliran"]
        )
        batch.create_check_constraint(op.f("ck_berkas_giliran"), "giliran >= 1")
    with op.batch_alter_table("dts_final") as batch:
        batch.add_column(_turn())
        batch.drop_constraint("pk_dts_final", type_="primary")
        batch.create_primary_key("pk_dts_final", ["dts_id", "giliran"])
        batch.create_check_constraint(op.f("ck_dts_final_giliran"), "giliran >= 1")


def _turn() -> sa.Column[int]:
    return sa.Column("giliran", sa.Integer(), nullable=False, server_default="1")


def _withdrawals() -> None:
    op.create_table(
        "impor_keluar",
        sa.Column("impor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opd_id", sa.Integer(), nullable=False),
        sa.Column("alasan", sa.String(length=600), nullable=False),
        sa.Column("baris", sa.Integer(), nullable=False),
        sa.Column("tetap", sa.Integer(), nullable=False),
        sa.Column("jumlah", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oleh_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(alasan) >= 5", name=op.f("ck_impor_keluar_alasan")),
        sa.CheckConstraint("baris >= 0 AND tetap >= 0", name=op.f("ck_impor_keluar_banyak")),
        sa.ForeignKeyConstraint(["impor_id"], ["impor.id"], name=op.f("fk_impor_keluar_impor_id")),
        sa.ForeignKeyConstraint(["oleh_id"], ["orang.id"], name=op.f("fk_impor_keluar_oleh_id")),
        sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f("fk_impor_keluar_opd_id")),
        sa.PrimaryKeyConstraint("impor_id", name=op.f("pk_impor_keluar")),
    )
    op.create_index("ix_impor_keluar_oleh_id", "impor_keluar", ["oleh_id"])
    op.create_index("ix_impor_keluar_opd_id", "impor_keluar", ["opd_id"])


def _lines_and_bills() -> None:
    for table, column in (("baris_keluar", "baris_bank_id"), ("tagihan_keluar", "tagihan_id")):
        op.create_table(
            table,
            sa.Column(column, sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("impor_id", sa.Integer(), nullable=False),
            sa.Column("opd_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                [column], [f"{column.removesuffix('_id')}.id"], name=op.f(f"fk_{table}_{column}")
            ),
            sa.ForeignKeyConstraint(
                ["impor_id"], ["impor_keluar.impor_id"], name=op.f(f"fk_{table}_impor_id")
            ),
            sa.ForeignKeyConstraint(["opd_id"], ["opd.id"], name=op.f(f"fk_{table}_opd_id")),
            sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_impor_id", table, ["impor_id"])
        op.create_index(f"ix_{table}_opd_id", table, ["opd_id"])
