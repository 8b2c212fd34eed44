"""the second factor: apps, recovery codes, passkeys, identities at a provider, logins on their way"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAYS = "sandi totp pemulihan kunci penyedia penyedia_mfa"


def _one_of(column: str, words: str) -> str:
    return " OR ".join(f"{column} = '{word}'" for word in words.split())


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _owned(table: str, *columns: sa.Column[object], removed_by: bool = False) -> None:
    """A table of things of an account."""
    more: list[sa.schema.SchemaItem] = []
    if removed_by:
        more = [
            _moment("dicabut_at", nullable=True),
            sa.Column("dicabut_oleh_id", sa.Integer(), nullable=True),
            sa.Column("alasan", sa.String(length=300), nullable=False),
            sa.ForeignKeyConstraint(
                ["dicabut_oleh_id"], ["orang.id"], name=op.f(f"fk_{table}_dicabut_oleh_id")
            ),
        ]
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pengguna_id", sa.Integer(), nullable=table == "langkah_masuk"),
        *columns,
        _moment("dibuat_at"),
        *more,
        sa.ForeignKeyConstraint(
            ["pengguna_id"], ["pengguna.id"], name=op.f(f"fk_{table}_pengguna_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    if table != "benih_totp":
        op.create_index(f"ix_{table}_pengguna_id", table, ["pengguna_id"])
    if removed_by:
        op.create_index(f"ix_{table}_dicabut_oleh_id", table, ["dicabut_oleh_id"])


def _unique_while_kept(table: str, *columns: str) -> None:
    kept = sa.text("dicabut_at IS NULL")
    op.create_index(
        f"uq_{table}_{'_'.join(columns)}",
        table,
        list(columns),
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


def upgrade() -> None:
    """Forward. Sessions that are open now were opened with a password."""
    _owned(
        "benih_totp",
        sa.Column("benih", sa.String(length=200), nullable=False),
        sa.Column("langkah", sa.BigInteger(), nullable=False),
        removed_by=True,
    )
    _unique_while_kept("benih_totp", "pengguna_id")
    _owned(
        "kode_pemulihan",
        sa.Column("huruf", sa.String(length=1), nullable=False),
        sa.Column("kode_hash", sa.String(length=200), nullable=False),
        _moment("dipakai_at", nullable=True),
    )
    _owned(
        "kunci_sandi",
        sa.Column("nama", sa.String(length=60), nullable=False),
        sa.Column("kredensial", sa.String(length=1400), nullable=False),
        sa.Column("kunci_publik", sa.LargeBinary(), nullable=False),
        sa.Column("hitungan", sa.BigInteger(), nullable=False),
        _moment("dipakai_at", nullable=True),
        removed_by=True,
    )
    with op.batch_alter_table("kunci_sandi") as batch:
        batch.create_unique_constraint(op.f("uq_kunci_sandi_kredensial"), ["kredensial"])
    _owned(
        "identitas_luar",
        sa.Column("penerbit", sa.String(length=300), nullable=False),
        sa.Column("subjek", sa.String(length=255), nullable=False),
        _moment("dicabut_at", nullable=True),
    )
    _unique_while_kept("identitas_luar", "penerbit", "subjek")
    _login()


def _login() -> None:
    steps = _one_of("jenis", "faktor kunci ubah penyedia")
    _owned(
        "langkah_masuk",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("jenis", sa.String(length=20), nullable=False),
        sa.Column("isi", sa.JSON(), nullable=False),
    )
    with op.batch_alter_table("langkah_masuk") as batch:
        batch.create_unique_constraint(op.f("uq_langkah_masuk_token_hash"), ["token_hash"])
        batch.create_check_constraint(op.f("ck_langkah_masuk_jenis"), steps)
    with op.batch_alter_table("sesi") as batch:
        batch.add_column(
            sa.Column("cara", sa.String(length=20), nullable=False, server_default="sandi")
        )
        batch.create_check_constraint(op.f("ck_sesi_cara"), _one_of("cara", _WAYS))


def downgrade() -> None:
    """Back: every second factor is gone."""
    with op.batch_alter_table("sesi") as batch:
        batch.drop_constraint(op.f("ck_sesi_cara"), type_="check")
        batch.drop_column("cara")
    for table in ("langkah_masuk", "identitas_luar", "kunci_sandi", "kode_pemulihan", "benih_totp"):
        op.drop_table(table)
