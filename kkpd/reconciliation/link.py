"""Writing one link of a bank line with a purchase, and reading what may be linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.choices import PURCHASE_LINE_KINDS
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.engines import matching
from kkpd.models import BarisBank, Cocok, Orang, Transaksi
from kkpd.records import event_log
from kkpd.tagihan import billing_findings, line_state

#: At most this many lines or purchases on one side of a link.
SPLIT_LIMIT: Final = 20


def link_by_person(
    baris: Sequence[int], belanja: Sequence[int], jenis: matching.Kind
) -> matching.Pairing:
    """A link chosen by a person, in matching's own form: certain, without weighed reasons."""
    lines, purchases = tuple(map(str, baris)), tuple(map(str, belanja))
    return matching.Pairing(lines, purchases, jenis, "usul", 0.0, 1.0, 0.0, ())


def link_one(
    session: Session,
    actor: Actor,
    role: Role,
    opd_id: int,
    line_id: int,
    transaksi_id: int,
    amount: Rupiah,
    pair: matching.Pairing,
    now: datetime,
) -> None:
    """Write the link of this line with this purchase over `amount`, and record the event."""
    reasons: list[dict[str, str]] = [
        {"kunci": reason.kunci, "teks": reason.teks, "bobot": f"{reason.weight:+.1f}"}
        for reason in pair.alasan
    ]
    session.add(
        Cocok(
            opd_id=opd_id,
            baris_bank_id=line_id,
            transaksi_id=transaksi_id,
            nilai=amount,
            jenis=pair.jenis,
            status="pasti" if pair.status == "pasti" else "dipilih",
            peluang=round(pair.peluang * 10_000),
            alasan=reasons,
            at=now,
            oleh_id=actor.orang_id,
        )
    )
    after: dict[str, Json] = {
        "transaksi": transaksi_id,
        "nilai": amount.sen,
        "jenis": pair.jenis,
        "status": pair.status,
    }
    event_log.record(
        session,
        actor,
        role,
        "cocok:baris:pasangkan",
        f"baris_bank:{line_id}",
        now=now,
        opd_id=opd_id,
        after=after,
    )


_LINKED_BY: Final = FixedStatement(
    select(Orang.nama)
    .join(Cocok, Cocok.oleh_id == Orang.id)
    .where(Cocok.transaksi_id == bindparam("purchase"), Cocok.dicabut_at.is_(None))
)


def open_purchases(session: Session, opd_id: int, ids: Sequence[int]) -> list[Transaksi]:
    """These purchases of the OPD, locked and not linked; Conflict says who linked one."""
    if not 1 <= len(set(ids)) <= SPLIT_LIMIT:
        raise DomainError(f"Pilih satu sampai {SPLIT_LIMIT} belanja.", field="transaksi")
    rows = list(
        session.scalars(
            select(Transaksi)
            .where(Transaksi.opd_id == opd_id, Transaksi.id.in_(ids))
            .order_by(Transaksi.id)
            .with_for_update()
        )
    )
    if len(rows) != len(set(ids)):
        raise NotFound("Belanja tidak ditemukan.")
    for row in rows:
        taken = next((name for (name,) in _LINKED_BY.of(session, purchase=row.id)), "")
        if taken or row.status == "dibatalkan":
            how = f"sudah dipasangkan oleh {taken}" if taken else "sudah dibatalkan"
            raise Conflict(
                f"Belanja {row.merchant} Rp {row.nilai} {how}. Muat ulang untuk melihat keadaannya."
            )
    return rows


@dataclass(frozen=True, slots=True)
class JoinLines:
    """Join the line and others of its month to one purchase; their open parts equal its amount.

    `terlihat` is the open part of the first line that the person saw; None skips this check.
    """

    line_id: int
    shared: tuple[int, ...]
    transaksi_id: int
    terlihat: Rupiah | None = None


def join_lines(
    session: Session, actor: Actor, opd_id: int, command: JoinLines, now: datetime
) -> int:
    """Link each line with its open part; returns how many lines.

    Raises DomainError where the lines are too few or many, of other months, or do not add up to
    the purchase exactly; Conflict where one of them or the purchase was settled meanwhile.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    ids = tuple(dict.fromkeys((command.line_id, *command.shared)))
    if not 2 <= len(ids) <= SPLIT_LIMIT:
        raise DomainError(
            f"Pilih satu sampai {SPLIT_LIMIT - 1} baris lain yang digabungkan dengan baris ini.",
            field="bersama",
        )
    lines = [line_state.open_line(session, opd_id, id_) for id_ in ids]
    line_state.require_seen(session, lines[0], command.terlihat)
    (purchase,) = open_purchases(session, opd_id, (command.transaksi_id,))
    parts = {line.id: line_state.left_over(session, line) for line in lines}
    _require_fit(lines, total(parts.values()), purchase)
    pair = link_by_person(ids, (purchase.id,), "gabung")
    for id_, amount in parts.items():
        link_one(session, actor, role, opd_id, id_, purchase.id, amount, pair, now)
    session.flush()
    billing_findings.check_links(session, opd_id, {purchase.id}, oleh_id=actor.orang_id, now=now)
    return len(lines)


def _require_fit(lines: list[BarisBank], asked: Rupiah, purchase: Transaksi) -> None:
    first = lines[0]
    if any((line.tahun, line.bulan) != (first.tahun, first.bulan) for line in lines):
        raise DomainError("Baris dari bulan lain tidak dapat digabungkan.", field="bersama")
    if any(line.jenis not in PURCHASE_LINE_KINDS for line in lines):
        raise DomainError(
            "Biaya, meterai dan pembayaran bukan bagian harga belanja. Jelaskan baris itu sendiri.",
            field="bersama",
        )
    if any((line.nilai < ZERO) != (purchase.nilai < ZERO) for line in lines):
        raise DomainError(
            "Uang keluar dan uang kembali tidak dapat digabungkan. Pilih baris yang searah.",
            field="bersama",
        )
    rest = asked - purchase.nilai
    if rest:
        word = "lebih" if rest > ZERO else "kurang"
        raise DomainError(
            f"Baris yang dipilih berjumlah Rp {asked}, {word} Rp {abs(rest)} dari belanja "
            f"{purchase.merchant} Rp {purchase.nilai}. Pilih baris lain, atau jelaskan dahulu "
            "bagian baris yang bukan belanja ini.",
            field="bersama",
        )
