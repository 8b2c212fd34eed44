"""PostgreSQL: where a bank line comes from is looked up once a statement (kkpd.core.db.guards)"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAME = "fk_baris_bank_opd_id_tagihan_id_berkas_id"


def upgrade() -> None:
    """Forward. SQLite keeps the foreign key: there a look costs next to nothing."""
    if op.get_context().dialect.name == "postgresql":
        op.drop_constraint(op.f(_NAME), "baris_bank", type_="foreignkey")


def downgrade() -> None:
    """Back."""
    if op.get_context().dialect.name == "postgresql":
        op.create_foreign_key(
            op.f(_NAME),
            "baris_bank",
            "berkas_tagihan",
            ["opd_id", "tagihan_id", "berkas_id"],
            ["opd_id", "tagihan_id", "berkas_id"],
        )
