"""Papers of the chain that were taken back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped

from kkpd.core.db.columns import Base, kolom, kunci, reference
from kkpd.core.db.types import Moment


class Pembatalan(Base):
    """An issued document or a recorded step of payment that was taken back before the next step.

    The document or step stays as it was written and keeps its number; this row makes it void.
    """

    __tablename__ = "pembatalan"
    __table_args__ = (
        CheckConstraint("(dokumen_id IS NULL) <> (pencairan_id IS NULL)", name="tentang"),
        CheckConstraint("length(alasan) >= 5", name="alasan"),
    )

    id: Mapped[int] = kunci()
    opd_id: Mapped[int] = reference("opd.id", "OPD.")
    alasan: Mapped[str] = kolom("Mengapa dibatalkan.", String(600))
    at: Mapped[datetime] = kolom("Kapan.", Moment)
    oleh_id: Mapped[int] = reference("orang.id", "Oleh siapa.")
    dokumen_id: Mapped[int | None] = reference(
        "dokumen.id", "Dokumen yang dibatalkan.", unique=True, index=False, default=None
    )
    pencairan_id: Mapped[int | None] = reference(
        "pencairan.id",
        "SP2D atau pendebetan yang dibatalkan.",
        unique=True,
        index=False,
        default=None,
    )
