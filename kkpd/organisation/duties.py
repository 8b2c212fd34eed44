"""What a person holds on some days, and the refusal where the law keeps two duties apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kkpd.core import duties
from kkpd.core.choices import IN_FORCE
from kkpd.core.duties import Duty
from kkpd.core.errors import Conflict
from kkpd.core.permissions import COVERS_UNITS
from kkpd.models import Kartu, Opd, Orang, Penugasan

#: Cards that nobody decided on, or that are over, give their holder nothing.
_HOLDS_NOTHING: Final = ("diusulkan", "hilang", "ditutup")


def duty(session: Session, word: str, opd_id: int | None) -> Duty:
    """The duty with the OPDs that it reaches: an office of an SKPD reaches its units too."""
    if opd_id is None:
        return Duty(word, None)
    units: set[int] = set()
    if word in COVERS_UNITS:
        units = set(session.scalars(select(Opd.id).where(Opd.induk_id == opd_id)))
    return Duty(word, frozenset({opd_id, *units}))


def card_duty(session: Session, jenis: str, opd_id: int) -> Duty:
    """The duty of who holds a card of this kind in the OPD."""
    return duty(session, f"kartu_{jenis}", opd_id)


def require_apart(
    session: Session, orang: Orang, wanted: Duty, mulai: date, sampai: date | None, field: str
) -> None:
    """Conflict when the law keeps `wanted` apart from what the person holds on these days."""
    found = duties.conflict(_held(session, orang.id, mulai, sampai), wanted)
    if found is None:
        return
    other, rule = found
    raise Conflict(
        f"{orang.nama} sudah {other.nama}, tidak dapat menjadi {wanted.nama}: {rule.why} "
        f"({rule.dasar}). Pilih orang lain, atau akhiri yang lama dahulu.",
        rule=rule.dasar,
        field=field,
    )


def _held(session: Session, orang_id: int, mulai: date, sampai: date | None) -> Iterator[Duty]:
    """The roles in force on one of these days, delegated ones too, and the cards of today."""
    rows = session.execute(
        select(Penugasan.peran, Penugasan.opd_id).where(
            Penugasan.orang_id == orang_id,
            Penugasan.status == IN_FORCE,
            or_(Penugasan.sampai.is_(None), Penugasan.sampai >= mulai),
            *([] if sampai is None else [Penugasan.mulai <= sampai]),
        )
    )
    for peran, opd_id in rows:
        yield duty(session, peran, opd_id)
    cards = session.execute(
        select(Kartu.jenis, Kartu.opd_id).where(
            Kartu.pemegang_id == orang_id, Kartu.status.not_in(_HOLDS_NOTHING)
        )
    )
    for jenis, opd_id in cards:
        yield card_duty(session, jenis, opd_id)
