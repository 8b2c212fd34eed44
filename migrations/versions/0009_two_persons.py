"""a grant is proposed by one person and confirmed by another; a card's limit waits for its decision

Assignments of before are in force, as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_PEOPLE = ("diusulkan_oleh_id", "diputus_oleh_id")
_CHECKS = {
    "status": "status = 'usulan' OR status = 'berlaku' OR status = 'ditolak' OR status = 'ditarik'",
    "dasar": "diusulkan_oleh_id IS NULL OR (length(dasar) > 0 AND tanggal_dasar IS NOT NULL)",
    "dua_orang": (
        "status <> 'berlaku' OR diusulkan_oleh_id IS NULL OR (diputus_oleh_id IS NOT NULL"
        " AND diputus_oleh_id <> diusulkan_oleh_id AND diputus_oleh_id <> orang_id)"
    ),
    "alasan": "status <> 'ditolak' OR length(alasan_putusan) >= 5",
}
_COLUMNS = (
    ("tanggal_dasar", sa.Date(), None),
    ("alasan_mundur", sa.String(300), ""),
    ("status", sa.String(10), "berlaku"),
    ("diusulkan_oleh_id", sa.Integer(), None),
    ("diusulkan_at", sa.DateTime(timezone=True), None),
    ("diputus_oleh_id", sa.Integer(), None),
    ("diputus_at", sa.DateTime(timezone=True), None),
    ("alasan_putusan", sa.String(300), ""),
)


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("penugasan") as table:
        for name, kind, old in _COLUMNS:
            table.add_column(sa.Column(name, kind, nullable=old is None, server_default=old))
    with op.batch_alter_table("penugasan") as table:
        for name, _kind, old in _COLUMNS:
            if old is not None:
                table.alter_column(name, server_default=None)
        for name in _PEOPLE:
            table.create_foreign_key(op.f(f"fk_penugasan_{name}"), "orang", [name], ["id"])
            table.create_index(op.f(f"ix_penugasan_{name}"), [name])
        for name, condition in _CHECKS.items():
            table.create_check_constraint(op.f(f"ck_penugasan_{name}"), condition)
    op.add_column("kartu", sa.Column("limit_usulan", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back; proposals that nobody confirmed must be refused or withdrawn first."""
    op.drop_column("kartu", "limit_usulan")  # not as a new table: lines and purchases point at the old one
    with op.batch_alter_table("penugasan") as table:
        for name in _CHECKS:
            table.drop_constraint(op.f(f"ck_penugasan_{name}"), type_="check")
        for name in _PEOPLE:
            table.drop_index(op.f(f"ix_penugasan_{name}"))
            table.drop_constraint(op.f(f"fk_penugasan_{name}"), type_="foreignkey")
        for name, _kind, _old in _COLUMNS:
            table.drop_column(name)
