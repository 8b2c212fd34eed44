"""cases: what somebody must answer for, its facts and its steps"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_OPEN = sa.text("status <> 'selesai'")


def _one_of(table: str, column: str, values: str, *, nullable: bool = False) -> sa.CheckConstraint:
    words = [f"{column} = '{value}'" for value in values.split()]
    empty = [f"{column} IS NULL"] if nullable else []
    return sa.CheckConstraint(" OR ".join([*empty, *words]), name=op.f(f"ck_{table}_{column}"))


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{of}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, of in columns.items()
    ]


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    """Forward."""
    _cases()
    _items()
    _steps()


def _cases() -> None:
    op.create_table(
        "kasus",
        _number("id"),
        _number("opd_id"),
        _number("tahun"),
        _number("bulan"),
        _text("sebab", 200),
        _text("aturan", 80),
        _text("berat", 12),
        sa.Column("nilai", sa.BigInteger(), nullable=False),
        _moment("dibuka_at"),
        sa.Column("jatuh_tempo", sa.Date(), nullable=False),
        _text("status", 10),
        _text("status_bpk", 30),
        _number("pemilik_id", nullable=True),
        _text("hasil", 30, nullable=True),
        _moment("ditutup_at", nullable=True),
        _number("ditutup_oleh_id", nullable=True),
        _number("versi"),
        _one_of("kasus", "status", "terbuka dijawab selesai"),
        _one_of("kasus", "berat", "info perhatian salah"),
        _one_of(
            "kasus",
            "hasil",
            "wajar salah_dibetulkan administratif pribadi_dikembalikan dugaan_diteruskan",
            nullable=True,
        ),
        _one_of(
            "kasus",
            "status_bpk",
            "sesuai belum_sesuai belum_ditindaklanjuti tidak_dapat_ditindaklanjuti",
        ),
        sa.CheckConstraint("bulan BETWEEN 1 AND 12", name=op.f("ck_kasus_bulan")),
        sa.CheckConstraint(
            "(status = 'selesai') = (ditutup_at IS NOT NULL)", name=op.f("ck_kasus_ditutup")
        ),
        sa.CheckConstraint(
            "hasil IS NULL OR ditutup_oleh_id IS NOT NULL", name=op.f("ck_kasus_hasil_orang")
        ),
        sa.CheckConstraint("ditutup_oleh_id <> pemilik_id", name=op.f("ck_kasus_bukan_pemilik")),
        *_keys("kasus", opd_id="opd", pemilik_id="orang", ditutup_oleh_id="orang"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kasus")),
    )
    op.create_index(
        "uq_kasus_sebab_terbuka",
        "kasus",
        ["opd_id", "sebab"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_kasus_opd_tahun_bulan", "kasus", ["opd_id", "tahun", "bulan"])
    op.create_index("ix_kasus_status_opd", "kasus", ["status", "opd_id"])
    for name in ("pemilik_id", "ditutup_oleh_id"):
        op.create_index(op.f(f"ix_kasus_{name}"), "kasus", [name])


def _items() -> None:
    op.create_table(
        "kasus_butir",
        _number("id"),
        _number("opd_id"),
        _number("kasus_id"),
        _text("aturan", 80),
        _text("berat", 12),
        _text("subjek", 200),
        sa.Column("nilai", sa.BigInteger(), nullable=False),
        sa.Column("bukti", sa.JSON(), nullable=False),
        _text("pesan", 600),
        _text("jernih", 400),
        _text("dasar", 300),
        _moment("at"),
        _one_of("kasus_butir", "berat", "info perhatian salah"),
        *_keys("kasus_butir", opd_id="opd", kasus_id="kasus"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kasus_butir")),
        sa.UniqueConstraint(
            "kasus_id", "aturan", "subjek", name=op.f("uq_kasus_butir_kasus_id_aturan_subjek")
        ),
    )
    op.create_index("ix_kasus_butir_opd_subjek", "kasus_butir", ["opd_id", "subjek"])


def _steps() -> None:
    op.create_table(
        "kasus_langkah",
        _number("id"),
        _number("opd_id"),
        _number("kasus_id"),
        _text("jenis", 12),
        _text("isi", 1000),
        _moment("at"),
        _number("oleh_id", nullable=True),
        _text("nilai_baru", 80),
        _number("berkas_id", nullable=True),
        _one_of(
            "kasus_langkah",
            "jenis",
            "buka tambah tunjuk jawab kembalikan putus tutup buka_lagi uji_acak komentar",
        ),
        sa.CheckConstraint(
            "jenis NOT IN ('jawab', 'putus', 'kembalikan', 'buka_lagi', 'komentar')"
            " OR length(isi) >= 5",
            name=op.f("ck_kasus_langkah_isi"),
        ),
        *_keys("kasus_langkah", opd_id="opd", kasus_id="kasus", oleh_id="orang", berkas_id="berkas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kasus_langkah")),
    )
    op.create_index("ix_kasus_langkah_kasus", "kasus_langkah", ["kasus_id", "id"])
    for name in ("opd_id", "oleh_id", "berkas_id"):
        op.create_index(op.f(f"ix_kasus_langkah_{name}"), "kasus_langkah", [name])


def downgrade() -> None:
    """Back."""
    for table in ("kasus_langkah", "kasus_butir", "kasus"):
        op.drop_table(table)
