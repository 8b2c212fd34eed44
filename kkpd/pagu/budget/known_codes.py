"""Check the codes of a budget file against the year's reference tables; every unknown one is
listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import FileRefused, Finding
from kkpd.models import Rekening, SubKegiatan
from kkpd.pagu.budget.rows import DpaLine, FundPlanLine


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
