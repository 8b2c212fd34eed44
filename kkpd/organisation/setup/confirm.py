"""The second person's one act: everything that waits and was seen is confirmed, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, FileRefused, Finding
from kkpd.core.permissions import Actor, require
from kkpd.models import Kartu, Orang, Penugasan
from kkpd.organisation import assignments, cards

#: How far a card goes by the decision: only decided, or already in its holder's hand.
CARD_STEPS: Final = {
    "ditetapkan": ("ditetapkan",),
    "aktif": ("ditetapkan", "terbit", "diserahkan", "aktif"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAll:
    """The proposals that were seen; for cards the decision, its day, and how far they go."""

    penugasan: Sequence[int]
    kartu: Sequence[int] = ()
    until: str = "ditetapkan"
    nomor_dokumen: str = ""
    tanggal: date | None = None


def confirm_all(session: Session, actor: Actor, command: ConfirmAll, now: datetime) -> int:
    """Confirm each by its own verb; FileRefused names everybody who cannot be confirmed."""
    require(actor, "penugasan:kelola")
    if not command.penugasan and not command.kartu:
        raise Conflict("Tidak ada usulan yang menunggu Anda. Muat ulang halamannya.")
    if command.kartu and command.tanggal is None:
        raise DomainError("Tulis tanggal keputusan kartunya.", field="tanggal")
    wrong: list[Finding] = []
    for id_ in command.penugasan:
        try:
            assignments.confirm(session, actor, id_, now)
        except DomainError as refusal:
            row = session.get(Penugasan, id_)
            wrong.append(_finding(session, None if row is None else row.orang_id, refusal))
    for id_ in command.kartu:
        try:
            _card(session, actor, command, id_, now)
        except DomainError as refusal:
            card = session.get(Kartu, id_)
            wrong.append(_finding(session, None if card is None else card.pemegang_id, refusal))
    if wrong:
        raise FileRefused(wrong)
    return len(command.penugasan) + len(command.kartu)


def _card(
    session: Session, actor: Actor, command: ConfirmAll, kartu_id: int, now: datetime
) -> None:
    assert command.tanggal is not None, "asked for above"
    if command.until not in CARD_STEPS:
        raise DomainError("Pilih sampai mana kartunya.", field="until")
    for status in CARD_STEPS[command.until]:
        step = cards.ChangeStatus(
            kartu_id=kartu_id,
            status=status,
            tanggal=command.tanggal,
            nomor_dokumen=command.nomor_dokumen,
        )
        cards.change_status(session, actor, step, now)


def _finding(session: Session, orang_id: int | None, refusal: DomainError) -> Finding:
    name = "" if orang_id is None else session.get_one(Orang, orang_id).nama
    return Finding("konfirmasi", f"{name}: {refusal.message}", "salah")
