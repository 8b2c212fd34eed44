"""The finding for a budget document below what is reserved and posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import FileRefused, Finding
from kkpd.models import Ceiling, Rekening, SubKegiatan
from kkpd.pagu.budget.rows import DpaLine, FundPlanLine
from kkpd.pagu.ceilings import rules as ceilings_rules
from kkpd.records.findings import note


def check_codes(
    session: Session, tahun: int, lines: Sequence[DpaLine] | Sequence[FundPlanLine]
) -> None:
    """FileRefused with every row whose sub kegiatan or account is unknown in the year."""
    activities = _known(session, SubKegiatan, tahun)
    accounts = _known(session, Rekening, tahun) | {""}
    unknown = dict.fromkeys(  # a row of a wide plan is twelve lines
        (line.nomor, code) for line in lines for code in _unknown(line, activities, accounts)
    )
    if unknown:
        raise FileRefused([_finding(row, code, tahun) for row, code in unknown])


def _finding(row: int, code: str, tahun: int) -> Finding:
    message = (
        f"Baris {row}: kode {code} tidak ada pada tahun {tahun}. "
        "Periksa kode dan tahunnya, atau muat dahulu tabel kodenya."
    )
    return Finding("anggaran:kode", message, "salah", row=row)


def _unknown(
    line: DpaLine | FundPlanLine, activities: set[str], accounts: set[str]
) -> Iterator[str]:
    if line.sub_kegiatan not in activities:
        yield line.sub_kegiatan
    if line.rekening not in accounts:
        yield line.rekening


def _known(session: Session, model: type[Rekening] | type[SubKegiatan], tahun: int) -> set[str]:
    return set(session.scalars(select(model.kode).where(model.tahun == tahun)))


def below(
    session: Session, short: Iterable[Ceiling], dokumen: str, tanggal: date, now: datetime
) -> None:
    """One finding for each ceiling whose new limit is below its use."""
    for ceiling in short:
        assert ceiling.sasaran is not None
        found = Finding(
            "batas_di_bawah_terpakai",
            f"{dokumen} menetapkan {ceilings_rules.NAMES[ceiling.jenis]} {ceiling.kunci} "
            f"Rp {ceiling.sasaran}, padahal Rp {ceiling.limit} sudah dipesan dan terpakai. "
            "Batas turun seiring pelepasan; selesaikan atau pindahkan belanjanya.",
            "salah",
            inputs={
                "batas_baru": f"Rp {ceiling.sasaran}",
                "terpakai": f"Rp {ceiling.limit}",
                "dokumen": dokumen,
                "dasar": "pengeluaran tidak melebihi anggaran yang tersedia (PP 12/2019)",
            },
        )
        month = (ceiling.tahun, tanggal.month if tanggal.year == ceiling.tahun else 1)
        subject = f"ceiling:{ceiling.id}:{now:%Y%m%dT%H%M%S}"
        note(session, ceiling.opd_id, month, subject, found, now)
