"""The finding for an SPM-GU dated after the last day on which Kuasa BUD accepts them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Finding
from kkpd.core.indonesian_dates import brief
from kkpd.models import Dokumen, Temuan
from kkpd.records import findings as records_findings
from kkpd.records import settings as records_settings


def past_cutoff(tanggal: date, bound: date | None) -> Finding | None:
    """An SPM-GU dated after the last day of the year on which Kuasa BUD accepts them.

    He may still accept it (a dispensation) or leave it to the next year, so it is a finding and not
    a refusal. `bound` is that of the SPM's own year.
    """
    if bound is None or tanggal <= bound or tanggal.year != bound.year:
        return None
    return Finding(
        "lewat_batas_spm",
        f"SPM-GU bertanggal {brief(tanggal)}, sesudah hari terakhir SPM-GU diterima "
        f"{brief(bound)}. Mintalah dispensasi Kuasa BUD, atau ajukan lagi mulai Januari sebagai "
        "utang belanja.",
        "salah",
        inputs={
            "tanggal": tanggal.isoformat(),
            "batas": bound.isoformat(),
            "dasar": "setelan year_end_spm_cutoff (langkah-langkah akhir tahun)",
        },
    )


def check_spm_cutoff(session: Session, spm: Dokumen, now: datetime) -> None:
    """Check an SPM just issued against the cut-off of its year and OPD; blank: not checked."""
    assert spm.opd_id is not None, "an SPM is of one OPD"
    limit = records_settings.year_limit(
        session, "year_end_spm_cutoff", spm.tanggal.year, spm.opd_id
    )
    found = past_cutoff(spm.tanggal, limit)
    if found is None:
        return
    session.add(
        Temuan(
            opd_id=spm.opd_id,
            tahun=spm.tanggal.year,
            bulan=spm.tanggal.month,
            aturan=found.rule,
            berat=found.severity,
            subjek=f"dokumen:{spm.id}",
            pesan=f"{spm.nomor}: {found.message}"[:600],
            masukan={"spm": spm.nomor, **found.inputs},
            at=now,
        )
    )
    session.flush()


def settle(session: Session, spm: Dokumen, *, oleh_id: int, now: datetime) -> None:
    """Close the open finding of an SPM that was taken back."""
    rows = session.scalars(
        select(Temuan).where(
            Temuan.opd_id == spm.opd_id,
            Temuan.subjek == f"dokumen:{spm.id}",
            Temuan.selesai_at.is_(None),
        )
    )
    for row in rows:
        records_findings.settle(row, "SPM dibatalkan.", oleh_id=oleh_id, now=now)
