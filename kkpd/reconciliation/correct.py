"""A purchase that was typed wrong, corrected to what the bank says and linked with its line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.verbs import ChangePurchase
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.reconciliation.decide import LinkUp, pair_up
from kkpd.reconciliation.line_detail import PairChoice
from kkpd.reconciliation.link import open_purchases
from kkpd.reconciliation.matching_input import Row
from kkpd.tagihan import line_state

Differing: TypeAlias = Literal["nilai", "kartu_id", "tanggal"]
#: State of a purchase that may not be changed any more -> who has to act first.
WHO_FIRST: Final = {
    "diajukan": "Belanja ini sudah diajukan dalam DPR. Bendahara menariknya dahulu dari DPR.",
    "diperiksa": "Belanja ini sudah diperiksa PPTK. PPTK mengembalikannya dahulu.",
    "disetujui": "Belanja ini sudah disetujui PA/KPA. PA/KPA mengurungkan ujinya dahulu.",
}
OPEN_STATES: Final = ("tercatat", "berbukti")


@dataclass(frozen=True, slots=True)
class CorrectPurchase:
    """Make these fields of the purchase what the line says; `versi` is what the person saw."""

    line_id: int
    transaksi_id: int
    versi: int
    fields: tuple[str, ...]
    terlihat: Rupiah | None = None


def differing(line: Row, one: PairChoice) -> tuple[Differing, ...]:
    """What of the candidate may be a slip: amount and card, or, where those agree, the day.

    The day is asked only of a bank that tells the day of the transaction; money back is no slip.
    """
    if one.nilai.sen * line.sisa.sen <= 0 or line.sisa != line.nilai:
        return ()
    found: list[Differing] = []
    if one.nilai != line.sisa:
        found.append("nilai")
    if line.kartu_id is not None and one.kartu_id != line.kartu_id:
        found.append("kartu_id")
    if not found and line.tanggal_transaksi not in (None, one.tanggal):
        found.append("tanggal")
    return tuple(found)


def correct_and_link(
    session: Session, actor: Actor, opd_id: int, command: CorrectPurchase, now: datetime
) -> None:
    """Change the purchase by the verb that people use, then link it with the line.

    Conflict where the purchase is on a DPR or further (the sentence says who acts first), of
    another version, or settled meanwhile; Forbidden for who may not record purchases.
    """
    require(actor, "cocok:putuskan", opd_id)
    require(actor, "belanja:catat", opd_id)
    line_state.lock(session, opd_id)
    line = line_state.open_line(session, opd_id, command.line_id)
    line_state.require_seen(session, line, command.terlihat)
    (row,) = open_purchases(session, opd_id, (command.transaksi_id,))
    if row.status in WHO_FIRST:
        raise Conflict(WHO_FIRST[row.status])
    said: dict[str, Rupiah | int | date | None] = {
        "nilai": line_state.left_over(session, line),
        "kartu_id": line.kartu_id,
        "tanggal": line.tanggal_transaksi,
    }
    wanted = {name: said[name] for name in command.fields if said.get(name) is not None}
    if not wanted or (row.nilai < ZERO) != (line.nilai < ZERO):
        raise Conflict("Tidak ada lagi yang perlu diubah. Muat ulang untuk melihat keadaannya.")
    content = belanja_verbs.recorded_again(session, row, **wanted)
    belanja_verbs.change(session, actor, ChangePurchase(row.id, command.versi, content), now)
    pair_up(session, actor, opd_id, LinkUp(line.id, (row.id,)), now)
