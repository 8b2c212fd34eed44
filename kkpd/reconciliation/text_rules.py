"""Rules of bank texts: proposed, saved after a trial, declined, revoked; never changed.

A rule says: this text on this card is that payee, charged to that account. It is found by the
text's key, so a thousand rules cost a page one indexed read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja.commands import without_controls
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.engines.matching import text_key
from kkpd.ledger.active import is_given
from kkpd.models import AturanCocok, BarisBank, Cocok, Kartu, Orang, Transaksi
from kkpd.records import event_log
from kkpd.tagihan import line_state


@dataclass(frozen=True, slots=True)
class MakeRule:
    """The bank's text on this card means this payee, charged to this account."""

    kartu_id: int
    teks: str
    penerima: str
    sub_kegiatan: str
    rekening: str


def save(
    session: Session, actor: Actor, opd_id: int, command: MakeRule, now: datetime
) -> AturanCocok:
    """Save a rule; Conflict if one is in force for this text and card, NotFound for a card of
    another OPD.
    """
    role = require(actor, "cocok:putuskan", opd_id)
    line_state.lock(session, opd_id)
    row = _row(session, actor, opd_id, command, now)
    living = session.scalar(
        select(AturanCocok.id).where(
            AturanCocok.opd_id == opd_id,
            AturanCocok.kartu_id == row.kartu_id,
            AturanCocok.kunci == row.kunci,
            AturanCocok.dicabut_at.is_(None),
        )
    )
    if living is not None:
        raise Conflict("Teks ini pada kartu itu sudah mempunyai aturan. Cabut dahulu yang lama.")
    return _add(session, actor, role, row, "simpan", now)


def refuse(
    session: Session, actor: Actor, opd_id: int, command: MakeRule, now: datetime
) -> AturanCocok:
    """Decline a proposal: saved as a revoked rule, so that it is not proposed again at once."""
    role = require(actor, "cocok:putuskan", opd_id)
    row = _row(session, actor, opd_id, command, now)
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    return _add(session, actor, role, row, "tolak", now)


def revoke(session: Session, actor: Actor, opd_id: int, rule_id: int, now: datetime) -> AturanCocok:
    """Revoke a rule; decisions made with it stay."""
    role = require(actor, "cocok:putuskan", opd_id)
    row = session.get(AturanCocok, rule_id, with_for_update=True, populate_existing=True)
    if row is None or row.opd_id != opd_id:
        raise NotFound("Aturan tidak ditemukan.")
    if row.dicabut_at is not None:
        raise Conflict("Aturan ini sudah dicabut. Muat ulang halaman.")
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    _record(session, actor, role, row, "cabut", now)
    session.flush()
    return row


def _row(
    session: Session, actor: Actor, opd_id: int, command: MakeRule, now: datetime
) -> AturanCocok:
    card = session.get(Kartu, command.kartu_id)
    if card is None or card.opd_id != opd_id:
        raise NotFound("Kartu tidak ditemukan pada OPD ini.")
    teks, penerima = without_controls(command.teks), without_controls(command.penerima)
    kunci = text_key(teks)
    if not kunci:
        raise DomainError(
            "Teks ini tidak menyebut penyedia, hanya pasar daring atau perantara; "
            "tidak dapat dijadikan aturan.",
            field="teks",
        )
    if not 0 < len(penerima) <= 200 or len(teks) > 200:
        raise DomainError("Tulis nama penyedianya, paling banyak 200 huruf.", field="penerima")
    return AturanCocok(
        opd_id=opd_id,
        kartu_id=card.id,
        kunci=kunci,
        teks=teks,
        penerima=penerima,
        sub_kegiatan=without_controls(command.sub_kegiatan)[:30],
        rekening=without_controls(command.rekening)[:20],
        at=now,
        oleh_id=actor.orang_id,
    )


def _add(
    session: Session, actor: Actor, role: Role, row: AturanCocok, verb: str, now: datetime
) -> AturanCocok:
    session.add(row)
    session.flush()
    _record(session, actor, role, row, verb, now)
    return row


def _record(
    session: Session, actor: Actor, role: Role, row: AturanCocok, verb: str, now: datetime
) -> None:
    event_log.record(
        session,
        actor,
        role,
        f"cocok:aturan:{verb}",
        f"aturan_cocok:{row.id}",
        now=now,
        opd_id=row.opd_id,
        after={
            "kartu": row.kartu_id,
            "teks": row.teks,
            "penerima": row.penerima,
            "sub_kegiatan": row.sub_kegiatan,
            "rekening": row.rekening,
            "berlaku": row.dicabut_at is None,
        },
    )


#: How many equal decisions in a row propose a rule.
PROPOSE_AFTER: Final = 2
#: Keys per statement, within the database's limit of parameters.
_AT_ONCE: Final = 500

#: (card, key of the bank's text)
Place = tuple[int, str]


def effective(session: Session, opd_id: int, tempat: Iterable[Place]) -> dict[Place, AturanCocok]:
    """The rules in force for these places."""
    keys = sorted({kunci for _kartu, kunci in tempat if kunci})
    found: dict[Place, AturanCocok] = {}
    for start in range(0, len(keys), _AT_ONCE):
        rows = session.scalars(
            select(AturanCocok).where(
                AturanCocok.opd_id == opd_id,
                AturanCocok.kunci.in_(keys[start : start + _AT_ONCE]),
                AturanCocok.dicabut_at.is_(None),
            )
        )
        found |= {(row.kartu_id, row.kunci): row for row in rows}
    return found


def rule_for_text(
    session: Session, opd_id: int, kartu_id: int | None, merchant: str
) -> AturanCocok | None:
    """The rule for one text on one card."""
    if kartu_id is None:
        return None
    place = (kartu_id, text_key(merchant))
    return effective(session, opd_id, [place]).get(place)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in force with its hits: the bank lines it applies to."""

    id: int
    teks: str
    kartu_akhir: str
    penerima: str
    sub_kegiatan: str
    rekening: str
    at: datetime
    oleh: str
    affected: int
    terakhir: date | None


def listing(session: Session, actor: Actor, opd_id: int) -> list[RuleRow]:
    """The OPD's rules in force by text, each with its number of hits."""
    require(actor, "cocok:lihat", opd_id)
    hits = _hits(session, opd_id)
    rows = session.execute(
        select(AturanCocok, Kartu.nomor_akhir, Orang.nama)
        .join(Kartu, Kartu.id == AturanCocok.kartu_id)
        .join(Orang, Orang.id == AturanCocok.oleh_id)
        .where(AturanCocok.opd_id == opd_id, AturanCocok.dicabut_at.is_(None))
        .order_by(AturanCocok.teks, AturanCocok.id)
    )
    return [
        RuleRow(
            row.id,
            row.teks,
            last4,
            row.penerima,
            row.sub_kegiatan,
            row.rekening,
            row.at,
            who,
            *hits.get((row.kartu_id, row.kunci), (0, None)),
        )
        for row, last4, who in rows
    ]


def _hits(session: Session, opd_id: int) -> dict[Place, tuple[int, date | None]]:
    """How many lines of each place there are, and the day of the newest."""
    rows = session.execute(
        select(
            BarisBank.kartu_id,
            BarisBank.merchant,
            func.count(),
            func.max(func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting)),
        )
        .where(BarisBank.opd_id == opd_id, BarisBank.kartu_id.is_not(None), is_given())
        .group_by(BarisBank.kartu_id, BarisBank.merchant)
    )
    found: dict[Place, tuple[int, date | None]] = {}
    for kartu_id, merchant, count, newest in rows:
        assert kartu_id is not None
        place = (kartu_id, text_key(merchant))
        before, latest = found.get(place, (0, None))
        found[place] = (before + count, max(filter(None, (latest, newest)), default=None))
    return found


@dataclass(frozen=True, slots=True)
class RuleProposal:
    """A proposed rule, with the number of equal decisions behind it."""

    kartu_id: int
    kartu_akhir: str
    kunci: str
    teks: str
    penerima: str
    sub_kegiatan: str
    rekening: str
    times: int


def propose(
    session: Session, actor: Actor, opd_id: int, only: Place | None = None
) -> list[RuleProposal]:
    """Places without a rule whose newest decisions by people are equal often enough.

    After a rule was revoked or declined, only later decisions count.
    """
    require(actor, "cocok:lihat", opd_id)
    known = _last_word(session, opd_id)
    by_place: dict[Place, list[_Decision]] = {}
    for one in _decisions(session, opd_id, only[0] if only else None):
        place = (one.kartu_id, text_key(one.teks))
        ended = known.get(place)
        if place[1] and (place not in known or (ended is not None and one.at > ended)):
            by_place.setdefault(place, []).append(one)
    found = [
        _proposal(place, told) for place, told in by_place.items() if only is None or place == only
    ]
    return sorted(filter(None, found), key=lambda one: (-one.times, one.teks, one.kartu_id))


@dataclass(frozen=True, slots=True)
class _Decision:
    """A person's decision on one line and one purchase that was not undone."""

    kartu_id: int
    kartu_akhir: str
    teks: str
    isi: tuple[str, str, str]
    at: datetime


def _decisions(session: Session, opd_id: int, kartu_id: int | None) -> list[_Decision]:
    statement = (
        select(
            BarisBank.kartu_id,
            BarisBank.kartu_akhir,
            BarisBank.merchant,
            Transaksi.merchant,
            Transaksi.sub_kegiatan,
            Transaksi.rekening,
            Cocok.at,
        )
        .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
        .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(
            Cocok.opd_id == opd_id,
            Cocok.dicabut_at.is_(None),
            Cocok.jenis == "satu",
            Cocok.status == "dipilih",
            BarisBank.kartu_id.is_not(None),
        )
        .order_by(Cocok.at, Cocok.id)
    )
    if kartu_id is not None:
        statement = statement.where(BarisBank.kartu_id == kartu_id)
    return [
        _Decision(card or 0, last4 or "", text, (payee, sub, account), at)
        for card, last4, text, payee, sub, account, at in session.execute(statement)
    ]


def _last_word(session: Session, opd_id: int) -> Mapping[Place, datetime | None]:
    """Place -> when its newest rule ended, None while one is in force."""
    rows = session.execute(
        select(AturanCocok.kartu_id, AturanCocok.kunci, AturanCocok.dicabut_at)
        .where(AturanCocok.opd_id == opd_id)
        .order_by(AturanCocok.id)
    )
    return {(kartu_id, kunci): ended for kartu_id, kunci, ended in rows}


def _proposal(place: Place, told: list[_Decision]) -> RuleProposal | None:
    newest = told[-1]
    equal = 0
    for one in reversed(told):
        if one.isi != newest.isi:
            break
        equal += 1
    if equal < PROPOSE_AFTER:
        return None
    return RuleProposal(place[0], newest.kartu_akhir, place[1], newest.teks, *newest.isi, equal)


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """A past line that a rule would have applied to, and what people decided.

    `setuju` is None where nothing was decided yet.
    """

    line_id: int
    periode: tuple[int, int]
    tanggal: date | None
    teks: str
    nilai: Rupiah
    penerima: str
    rekening: str
    setuju: bool | None


def try_out(
    session: Session, actor: Actor, opd_id: int, tempat: Place, isi: tuple[str, str, str]
) -> list[RuleTrial]:
    """Every line of the place so far, compared with the rule (payee, sub kegiatan, account)."""
    require(actor, "cocok:lihat", opd_id)
    rows = session.execute(
        select(BarisBank, Transaksi.merchant, Transaksi.sub_kegiatan, Transaksi.rekening)
        .outerjoin(Cocok, (Cocok.baris_bank_id == BarisBank.id) & Cocok.dicabut_at.is_(None))
        .outerjoin(Transaksi, Transaksi.id == Cocok.transaksi_id)
        .where(BarisBank.opd_id == opd_id, BarisBank.kartu_id == tempat[0], is_given())
        .order_by(BarisBank.tahun.desc(), BarisBank.bulan.desc(), BarisBank.id.desc())
    )
    return [
        RuleTrial(
            row.id,
            (row.tahun, row.bulan),
            row.tanggal_transaksi or row.tanggal_posting,
            row.merchant,
            row.nilai,
            payee or "",
            account or "",
            None if payee is None else (payee, sub, account) == isi,
        )
        for row, payee, sub, account in rows
        if text_key(row.merchant) == tempat[1]
    ]
