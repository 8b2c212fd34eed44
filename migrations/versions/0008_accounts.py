"""accounts: one-time codes, forced change of a password, where a session came from, feeds"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. A first password that an administrator typed and nobody changed must be changed."""
    with op.batch_alter_table("pengguna") as batch:
        batch.alter_column("sandi_hash", existing_type=sa.String(length=200), nullable=True)
        batch.add_column(
            sa.Column("ganti_sandi", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        "UPDATE pengguna SET ganti_sandi = true WHERE NOT demo AND NOT EXISTS (SELECT 1 FROM event"
        " WHERE event.jenis = 'akun:sandi:ganti'"
        " AND event.subjek = 'pengguna:' || CAST(pengguna.id AS VARCHAR(20)))"
    )
    with op.batch_alter_table("sesi") as batch:
        for name, length in (("alamat", 45), ("peramban", 60)):
            batch.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            )
    op.create_table(
        "kode_akun",
        sa.Column("pengguna_id", sa.Integer(), nullable=False),
        sa.Column("guna", sa.String(length=10), nullable=False),
        sa.Column("kode_hash", sa.String(length=200), nullable=False),
        sa.Column("dibuat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sampai_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "guna = 'undangan' OR guna = 'pulih' OR guna = 'surel'", name=op.f("ck_kode_akun_guna")
        ),
        sa.ForeignKeyConstraint(
            ["pengguna_id"], ["pengguna.id"], name=op.f("fk_kode_akun_pengguna_id")
        ),
        sa.PrimaryKeyConstraint("pengguna_id", "guna", name=op.f("pk_kode_akun")),
    )
    op.create_table(
        "alamat_kalender",
        sa.Column("pengguna_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("dibuat_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["pengguna_id"], ["pengguna.id"], name=op.f("fk_alamat_kalender_pengguna_id")
        ),
        sa.PrimaryKeyConstraint("pengguna_id", name=op.f("pk_alamat_kalender")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_alamat_kalender_token_hash")),
    )


def downgrade() -> None:
    """Back; possible while every account has a password."""
    op.drop_table("alamat_kalender")
    op.drop_table("kode_akun")
    with op.batch_alter_table("sesi") as batch:
        batch.drop_column("peramban")
        batch.drop_column("alamat")
    with op.batch_alter_table("pengguna") as batch:
        batch.drop_column("ganti_sandi")
        batch.alter_column("sandi_hash", existing_type=sa.String(length=200), nullable=False)
