"""The finding for a budget document below what is reserved and posted (hard-parts 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from kkpd.models import Temuan
from kkpd.pagu.ceilings import rules as ceilings_rules
from kkpd.pagu.ceilings.rows import LockedCeiling


def below(
    session: Session, short: Iterable[LockedCeiling], dokumen: str, tanggal: date, now: datetime
) -> None:
    """One finding for each ceiling whose new limit is below its use."""
    for ceiling in short:
        assert ceiling.sasaran is not None
        session.add(
            Temuan(
                opd_id=ceiling.opd_id,
                tahun=ceiling.tahun,
                bulan=tanggal.month if tanggal.year == ceiling.tahun else 1,
                aturan="batas_di_bawah_terpakai",
                berat="salah",
                subjek=f"ceiling:{ceiling.id}:{now:%Y%m%dT%H%M%S}",
                pesan=(
                    f"{dokumen} menetapkan {ceilings_rules.NAMES[ceiling.jenis]} {ceiling.kunci} "
                    f"Rp {ceiling.sasaran}, padahal Rp {ceiling.limit} sudah dipesan dan terpakai. "
                    "Batas turun seiring pelepasan; selesaikan atau pindahkan belanjanya."
                )[:600],
                masukan={
                    "batas_baru": f"Rp {ceiling.sasaran}",
                    "terpakai": f"Rp {ceiling.limit}",
                    "dokumen": dokumen,
                    "dasar": "pengeluaran tidak melebihi anggaran yang tersedia (PP 12/2019)",
                },
                at=now,
            )
        )
    session.flush()
