"""Which bank lines, bills and papers count: the one definition, used by every read.

A line is *given* (`is_given`) while an import in force shows it: the file that brought it, or a
later one. It *counts* (`effective`) when it is given and is not an interim line that a final line
replaces (or the other way round in a closed month). What was taken out (ImporKeluar) can still be
looked at. A line that is out never counts again and its number is not used again. A paper *holds*
(`holds`) until it is taken back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from kkpd.core.money import ZERO
from kkpd.core.moves import VERIFIED
from kkpd.core.permissions import EXAMINERS
from kkpd.models import (
    BarisBank,
    BarisKeluar,
    Dokumen,
    DokumenBaris,
    DtsFinal,
    Impor,
    ImporKeluar,
    Orang,
    Pembatalan,
    Penyelesaian,
    Persetujuan,
    SumberBaris,
    Tagihan,
    TagihanKeluar,
    Transaksi,
    Verifikasi,
)


def is_given() -> ColumnElement[bool]:
    """Condition: an import in force gives the line."""
    out = exists().where(BarisKeluar.baris_bank_id == BarisBank.id)
    return not_(out.correlate(BarisBank))


def effective() -> ColumnElement[bool]:
    """Condition: the line counts. Of an interim line and its final line only one counts."""
    replaced = exists().where(DtsFinal.gugur_id == BarisBank.id, pair_holds())
    return and_(is_given(), not_(replaced.correlate(BarisBank)))


def pair_holds() -> ColumnElement[bool]:
    """Condition on DtsFinal: the pair holds. It ends when its final line is taken out; an interim
    line that has a final one cannot be taken out before it.
    """
    out = exists().where(BarisKeluar.baris_bank_id == DtsFinal.final_id)
    return not_(out.correlate(DtsFinal))


def bill_exists() -> ColumnElement[bool]:
    """Condition on Tagihan: an import in force shows the bill."""
    out = exists().where(TagihanKeluar.tagihan_id == Tagihan.id)
    return not_(out.correlate(Tagihan))


def withdrawn_files() -> Select[int]:
    """The receipts whose import was taken out; the lines they show no longer count."""
    return select(Impor.berkas_id).join(ImporKeluar, ImporKeluar.impor_id == Impor.id)


def visible() -> ColumnElement[bool]:
    """Condition on SumberBaris: the file that saw the line again is in force."""
    return SumberBaris.berkas_id.not_in(withdrawn_files())


def line_of_bill(tagihan_id: int) -> ColumnElement[bool]:
    """Condition: the line belongs to this bill, by the file that brought it or by a later one."""
    seen = select(SumberBaris.baris_bank_id).where(SumberBaris.tagihan_id == tagihan_id, visible())
    return and_(
        or_(BarisBank.tagihan_id == tagihan_id, BarisBank.id.in_(seen)),
        is_given(),
    )


def withdrawn_before() -> ScalarSelect[int]:
    """How many lines with the same bank fields and a lower number were taken out."""
    other = aliased(BarisBank)
    return (
        select(func.count())
        .select_from(other)
        .join(BarisKeluar, BarisKeluar.baris_bank_id == other.id)
        .where(
            other.opd_id == BarisBank.opd_id,
            other.kunci_dasar == BarisBank.kunci_dasar,
            other.kejadian < BarisBank.kejadian,
        )
        .correlate(BarisBank)
        .scalar_subquery()
    )


def holds(model: Any) -> ColumnElement[bool]:
    """The condition that this document or step of payment (or an alias of it) was not taken back.

    Every sum over issued papers uses it; registers show the others as void.
    """
    column = Pembatalan.dokumen_id if hasattr(model, "data_sha256") else Pembatalan.pencairan_id
    return ~select(Pembatalan.id).where(column == model.id).exists()


def verified() -> ColumnElement[bool]:
    """The condition that the PPK-SKPD found this SPP complete."""
    return select(Verifikasi.id).where(Verifikasi.dokumen_id == Dokumen.id).exists()


def verified_lines(opd_id: int | None = None) -> Select[int]:
    """The purchases (of that OPD) on a valid SPP that the PPK-SKPD found complete."""
    own = () if opd_id is None else (Dokumen.opd_id == opd_id,)
    return (
        select(DokumenBaris.transaksi_id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(Dokumen.jenis == "spp", holds(Dokumen), verified(), *own)
    )


def move_state() -> ColumnElement[str]:
    """The state of a purchase as `core/moves.py` knows it: of one whose SPP was found complete its
    own.
    """
    done = and_(Transaksi.status == "spp", Transaksi.id.in_(verified_lines()))
    return case((done, VERIFIED), else_=Transaksi.status)


def latest_decision(session: Session, transaksi_id: int) -> Persetujuan | None:
    """The newest decision of PA or KPA on the line."""
    return session.scalars(
        select(Persetujuan)
        .where(Persetujuan.transaksi_id == transaksi_id, Persetujuan.peran.in_(EXAMINERS))
        .order_by(Persetujuan.id.desc())
        .limit(1)
    ).one_or_none()


#: Papers that move no line -> the states that their lines may have while the paper can be taken
#: back: before an NPD for a joint list, before any further step for a refusal.
WITHOUT_STEP: Final = {
    "dpt_gabungan": frozenset({"dpt"}),
    "penolakan": frozenset({"ditolak", "disetujui", "dpt"}),
}


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Who took it back, when and why."""

    oleh: str
    at: datetime
    alasan: str


def taken_back(session: Session, dokumen_id: int) -> TakenBack | None:
    """How this document was taken back; None while it holds."""
    row = session.execute(
        select(Pembatalan, Orang.nama)
        .join(Orang, Orang.id == Pembatalan.oleh_id)
        .where(Pembatalan.dokumen_id == dokumen_id)
    ).one_or_none()
    return None if row is None else TakenBack(row[1], row[0].at, row[0].alasan)


def can_take_back(session: Session, dokumen_id: int, jenis: str, allowed: Collection[str]) -> bool:
    """Whether it holds and its lines have taken no further step."""
    if taken_back(session, dokumen_id) is not None:
        return False
    return set(allowed) >= states_of_lines(session, dokumen_id) and not (
        jenis == "penolakan" and was_repaid(session, dokumen_id)
    )


def states_of_lines(session: Session, dokumen_id: int) -> set[str]:
    """The states of its lines."""
    states = session.scalars(
        select(Transaksi.status)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id == dokumen_id)
    ).all()
    return set(states)


def was_repaid(session: Session, dokumen_id: int) -> bool:
    """Whether the holder has repaid something of its lines, reversals aside."""
    paid = session.scalar(
        select(Penyelesaian.transaksi_id)
        .join(DokumenBaris, DokumenBaris.transaksi_id == Penyelesaian.transaksi_id)
        .where(DokumenBaris.dokumen_id == dokumen_id)
        .group_by(Penyelesaian.transaksi_id)
        .having(func.sum(Penyelesaian.nilai) != ZERO)
        .limit(1)
    )
    return paid is not None
