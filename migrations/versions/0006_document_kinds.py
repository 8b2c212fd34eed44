"""the kinds of documents are the program's list alone, so that a new report needs no migration"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CHECK = "ck_dokumen_jenis"
_KINDS = """
dpr dpt penolakan dpt_gabungan npd spp spp_gu_ringkasan spp_gu_rincian spp_gu_pernyataan
sptb spm sp2d lpj bku buku_pembantu register_tagihan register_dpt register_sp2d rekap
rekonsiliasi batas pernyataan_up program kelengkapan temuan ditolak belum_lunas pajak
"""


def upgrade() -> None:
    """Forward: `records/issue` refuses a kind that `core/document_kinds` does not have."""
    with op.batch_alter_table("dokumen") as table:
        table.drop_constraint(op.f(_CHECK), type_="check")


def downgrade() -> None:
    """Back; possible while no later kind was issued."""
    allowed = " OR ".join(f"jenis = '{kind}'" for kind in _KINDS.split())
    with op.batch_alter_table("dokumen") as table:
        table.create_check_constraint(op.f(_CHECK), allowed)
