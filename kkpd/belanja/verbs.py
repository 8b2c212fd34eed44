"""Purchases: recorded, changed, split, cancelled. The ledger never refuses a fact (law 1): a
purchase beyond a limit is recorded with a finding; only input that is no purchase is refused
(`NotAFact`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.belanja import ceilings
from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import commands as belanja_surroundings
from kkpd.belanja.classes import decide as classes_decide
from kkpd.belanja.commands import NotAFact, fill_in, not_a_fact, tidy_up, without_controls
from kkpd.belanja.fields import ENTRY_FIELDS, FIELDS, RecordPurchase
from kkpd.core.db.raw_sql import FixedStatement, insert_missing
from kkpd.core.errors import Conflict, DomainError, Finding, Forbidden, NotFound
from kkpd.core.moments import brief, business_day
from kkpd.core.moments import period_name as month_name
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.ledger.booking_month import book_month, last_closed
from kkpd.ledger.shapes import Month
from kkpd.models import Cocok, Kartu, Periode, Persetujuan, Transaksi
from kkpd.records import event_log
from kkpd.records import findings as records_findings
from kkpd.records.findings import AT_RECORDING, subjek
from kkpd.records.transitions import advance, locked_purchase


def recording_role(
    session: Session, actor: Actor, opd_id: int, *, kartu_id: int | None = None
) -> Role:
    """The role by which the actor records: the treasurer any card, a holder only their own."""
    if actor.can("belanja:catat", opd_id):
        return require(actor, "belanja:catat", opd_id)
    role = require(actor, "belanja_saya:catat", opd_id)
    if kartu_id is not None:
        kartu = session.get(Kartu, kartu_id)
        if kartu is None or kartu.pemegang_id != actor.orang_id:
            raise NotFound("Kartu itu tidak ada di antara kartu Anda.")
    return role


def lock_for_change(
    session: Session, actor: Actor, transaksi_id: int, versi: int | None = None
) -> Transaksi:
    """The line, locked, when this actor may change it now; NotFound for another holder's."""
    transaksi = locked_purchase(session, actor, transaksi_id)
    own = actor.orang_id in (transaksi.pemegang_id, transaksi.pemakai_id)
    if not actor.can("belanja:catat", transaksi.opd_id):
        if not actor.can("belanja_saya:catat", transaksi.opd_id):
            raise Forbidden("Hanya bendahara atau pemegang kartu yang dapat mengubah belanja.")
        if not own:
            raise NotFound("Belanja tidak ditemukan.")
    if versi is not None and versi != transaksi.versi:
        raise Conflict(
            belanja_surroundings.conflict_sentence(session, transaksi, versi), field="versi"
        )
    if transaksi.status not in ("tercatat", "berbukti"):
        raise Conflict(
            f"Belanja berstatus {transaksi.status} dan tidak dapat diubah lagi. "
            "Tarik dari DPR dahulu, atau catat koreksi baru."
        )
    _open(session, transaksi)
    return transaksi


def prepared(
    session: Session,
    actor: Actor,
    command: RecordPurchase,
    now: datetime,
    *,
    kept_card: int | None = None,
) -> tuple[Role, RecordPurchase]:
    """The acting role and the cleaned command, or NotAFact with every wrong field.

    `kept_card` is the card that the line has already: its proxy user need not hold it.
    """
    recording_role(session, actor, command.opd_id)
    tidy = fill_in(session, tidy_up(command))
    findings = not_a_fact(session, tidy, business_day(now))
    if findings:
        raise NotAFact(findings)
    card = None if tidy.kartu_id == kept_card else tidy.kartu_id
    return recording_role(session, actor, tidy.opd_id, kartu_id=card), tidy


def snapshot(transaksi: Transaksi) -> dict[str, Json]:
    """The line's content for an event: amounts in sen, dates as ISO text."""
    fields = (*ENTRY_FIELDS, "tahun", "bulan", "pemegang_id", "versi")
    return {name: _json(getattr(transaksi, name)) for name in fields}


def _json(value: object) -> Json:
    if isinstance(value, Rupiah):
        return value.sen
    if isinstance(value, date):
        return value.isoformat()
    assert value is None or isinstance(value, int | str)
    return value


def foreign(command: RecordPurchase) -> dict[str, Json]:
    return {} if command.mata_uang == "IDR" else {"mata_uang": command.mata_uang}


def assess_again(
    session: Session,
    transaksi: Transaksi,
    command: RecordPurchase,
    actor: Actor,
    now: datetime,
    *,
    class_again: bool,
) -> None:
    """Apply ceilings, class and checks to the line and store the findings."""
    rules = set(AT_RECORDING)
    found = ceilings.pesan(session, transaksi, oleh_id=actor.orang_id, now=now)
    if class_again:
        found += classes_decide.decide(session, transaksi, now)
    else:
        rules.discard("kelas_bertentangan")
    found += belanja_surroundings.findings_of(session, transaksi, command.mata_uang)
    found += _moved(transaksi)
    records_findings.write_out(session, transaksi, found, rules, oleh_id=actor.orang_id, now=now)
    records_findings.write_out(
        session,
        transaksi,
        classes_decide.rekening_differs(transaksi) if not class_again else [],
        ("kelas_beda_rekening",),
        oleh_id=actor.orang_id,
        now=now,
    )


def _moved(transaksi: Transaksi) -> list[Finding]:
    day = transaksi.tanggal
    if (day.year, day.month) == (transaksi.tahun, transaksi.bulan):
        return []
    booked = month_name(transaksi.tahun, transaksi.bulan)
    return [
        Finding(
            "dibukukan_kemudian",
            f"Tanggal {brief(day)} jatuh pada periode yang sudah ditutup; "
            f"dibukukan pada {booked}. Sebutkan alasannya bila ditanya.",
            "info",
            inputs={
                "tanggal": day.isoformat(),
                "periode": f"{transaksi.tahun}-{transaksi.bulan:02d}",
                "dasar": "periode yang ditutup tidak berubah",
            },
        )
    ]


def is_matched(session: Session, transaksi_id: int) -> bool:
    live = select(Cocok.id).where(Cocok.transaksi_id == transaksi_id, Cocok.dicabut_at.is_(None))
    return session.scalar(live.limit(1)) is not None


def _open(session: Session, transaksi: Transaksi) -> None:
    status = session.scalar(
        select(Periode.status).where(
            Periode.opd_id == transaksi.opd_id,
            Periode.tahun == transaksi.tahun,
            Periode.bulan == transaksi.bulan,
        )
    )
    if status not in (None, "terbuka"):
        raise Conflict(
            f"Periode {month_name(transaksi.tahun, transaksi.bulan)} sudah ditutup. "
            "Catat koreksi pada periode yang terbuka."
        )


def record(
    session: Session,
    actor: Actor,
    command: RecordPurchase,
    now: datetime,
    *,
    kept_card: int | None = None,
) -> Transaksi:
    """Record a purchase; sending the same form twice returns the first row.

    NotAFact when it describes no purchase, NotFound for a card that is not the holder's own (but
    for `kept_card`, the card of the line that is split).
    """
    role, tidy = prepared(session, actor, command, now, kept_card=kept_card)
    return _written(session, actor, role, tidy, now)


def _written(
    session: Session, actor: Actor, role: Role, command: RecordPurchase, now: datetime
) -> Transaksi:
    found = _sent(session, actor, command)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            transaksi = _insert(session, actor, command, now)
    except IntegrityError:  # the same form was sent twice at once; the other request was first
        found = _sent(session, actor, command)
        if found is None:
            raise
        return found
    event_log.record(
        session,
        actor,
        role,
        "belanja:transaksi:catat",
        subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        after={**snapshot(transaksi), **foreign(command)},
    )
    assess_again(session, transaksi, command, actor, now, class_again=True)
    return transaksi


_SENT: Final = FixedStatement(
    select(Transaksi.id).where(
        Transaksi.opd_id == bindparam("opd"), Transaksi.kunci_kirim == bindparam("key")
    )
)


def _sent(session: Session, actor: Actor, command: RecordPurchase) -> Transaksi | None:
    """The row that this form created before, if any."""
    asked = {"opd": command.opd_id, "key": command.kunci_kirim}
    found = next((session.get_one(Transaksi, id_) for (id_,) in _SENT.of(session, **asked)), None)
    if found is not None and found.perekam_id != actor.orang_id:
        raise Conflict("Formulir ini sudah dikirim oleh orang lain. Buka formulir baru.")
    return found


def _place_in_month(
    session: Session, opd_id: int, tanggal: date, actor: Actor, now: datetime
) -> Month:
    """The open month in which a purchase of this date is booked; its row is created with the OPD's
    first fact.
    """
    booked = book_month((tanggal.year, tanggal.month), last_closed(session, opd_id))
    if session.get(Periode, (opd_id, booked.tahun, booked.bulan)) is None:
        insert_missing(
            session,
            Periode,
            opd_id=opd_id,
            tahun=booked.tahun,
            bulan=booked.bulan,
            status="terbuka",
            sejak=now,
            oleh_id=actor.orang_id,
        )
    return booked.tahun, booked.bulan


def _insert(session: Session, actor: Actor, command: RecordPurchase, now: datetime) -> Transaksi:
    kartu = session.get_one(Kartu, command.kartu_id)
    tahun, bulan = _place_in_month(session, command.opd_id, command.tanggal, actor, now)
    values = {name: getattr(command, name) for name in ENTRY_FIELDS if name != "pemakai_id"}
    transaksi = Transaksi(
        opd_id=command.opd_id,
        tahun=tahun,
        bulan=bulan,
        pemegang_id=kartu.pemegang_id,
        pemakai_id=command.pemakai_id or kartu.pemegang_id,
        perekam_id=actor.orang_id,
        dicatat_at=now,
        kunci_kirim=command.kunci_kirim,
        **values,
    )
    session.add(transaksi)
    session.flush()
    return transaksi


_CLASS_FIELDS: Final = {name for name, one in FIELDS.items() if one.for_class}
_MATCH_FIELDS: Final = {name for name, one in FIELDS.items() if one.for_match}


@dataclass(frozen=True, slots=True)
class ChangePurchase:
    """New content for a line; `versi` is the one the person saw (opd and kunci_kirim stay)."""

    transaksi_id: int
    versi: int
    isi: RecordPurchase


def recorded_again(session: Session, transaksi: Transaksi, **changes: object) -> RecordPurchase:
    """The line as a person would give it again, with these fields changed."""
    kept: dict[str, Any] = {name: getattr(transaksi, name) for name in ENTRY_FIELDS}
    if transaksi.pemakai_id == transaksi.pemegang_id:
        kept["pemakai_id"] = None  # follows the card
    kept["mata_uang"] = belanja_choices.mata_uang(session, transaksi.opd_id, transaksi.id)
    kept |= {"opd_id": transaksi.opd_id, "kunci_kirim": transaksi.kunci_kirim}
    return RecordPurchase(**kept | changes)


def change(session: Session, actor: Actor, command: ChangePurchase, now: datetime) -> Transaksi:
    """Change a line that is not on a DPR yet; for an old version, Conflict with what changed."""
    transaksi = lock_for_change(session, actor, command.transaksi_id, command.versi)
    isi = replace(command.isi, opd_id=transaksi.opd_id, kunci_kirim=transaksi.kunci_kirim)
    role, isi = prepared(session, actor, isi, now, kept_card=transaksi.kartu_id)
    before = snapshot(transaksi)
    changed = _changed(session, transaksi, isi)
    _guard_links(session, transaksi, changed)
    _guard_refunds(session, transaksi, isi)
    _take_over(session, transaksi, isi, actor, now)
    session.flush()
    transaksi.versi += 1
    after = snapshot(transaksi)
    differing = [name for name in before if before[name] != after[name]]
    event_log.record(
        session,
        actor,
        role,
        "belanja:transaksi:ubah",
        subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        before={name: before[name] for name in differing},
        after={**{name: after[name] for name in differing}, **foreign(isi)},
    )
    ceilings.let_go(session, transaksi, oleh_id=actor.orang_id, now=now)
    again = bool(changed & _CLASS_FIELDS)
    assess_again(session, transaksi, isi, actor, now, class_again=again)
    if "asal_id" in changed and before["asal_id"]:
        origin = session.get_one(Transaksi, before["asal_id"])
        ceilings.follow(session, origin, oleh_id=actor.orang_id, now=now)
    return transaksi


def _changed(session: Session, transaksi: Transaksi, isi: RecordPurchase) -> set[str]:
    kartu = session.get_one(Kartu, isi.kartu_id)
    wanted = {name: getattr(isi, name) for name in ENTRY_FIELDS}
    wanted["pemakai_id"] = isi.pemakai_id or kartu.pemegang_id
    return {name for name, value in wanted.items() if getattr(transaksi, name) != value}


def _guard_links(session: Session, transaksi: Transaksi, changed: set[str]) -> None:
    """Refuse changes of what other rows depend on."""
    if changed & _MATCH_FIELDS and is_matched(session, transaksi.id):
        raise Conflict(
            "Belanja ini dipasangkan dengan baris bank; nilai, tanggal dan kartunya tidak dapat "
            "diubah. Urungkan pasangannya dahulu."
        )
    judged = select(Persetujuan.id).where(Persetujuan.transaksi_id == transaksi.id).limit(1)
    if "kartu_id" in changed and session.scalar(judged) is not None:
        raise Conflict(
            "Belanja ini sudah pernah diperiksa PPTK; kartunya tidak dapat diganti. "
            "Batalkan, lalu catat baru."
        )


def _guard_refunds(session: Session, transaksi: Transaksi, isi: RecordPurchase) -> None:
    """A refund refers to another purchase, and a purchase with refunds stays a purchase."""
    if isi.asal_id == transaksi.id:
        raise Conflict(
            "Belanja tidak dapat mengembalikan dirinya sendiri. Tulis nomor belanja asalnya.",
            field="asal_id",
        )
    if isi.nilai < ZERO and ceilings.has_refund(session, transaksi.id):
        raise Conflict(
            "Belanja ini mempunyai pengembalian, sehingga tidak dapat menjadi pengembalian. "
            "Batalkan pengembaliannya dahulu.",
            field="nilai",
        )


def _take_over(
    session: Session, transaksi: Transaksi, isi: RecordPurchase, actor: Actor, now: datetime
) -> None:
    kartu = session.get_one(Kartu, isi.kartu_id)
    if transaksi.tanggal != isi.tanggal:
        transaksi.tahun, transaksi.bulan = _place_in_month(
            session, transaksi.opd_id, isi.tanggal, actor, now
        )
    for name in ENTRY_FIELDS:
        setattr(transaksi, name, getattr(isi, name))
    transaksi.pemegang_id = kartu.pemegang_id
    transaksi.pemakai_id = isi.pemakai_id or kartu.pemegang_id


@dataclass(frozen=True, slots=True)
class CancelPurchase:
    """A purchase that was recorded by mistake; the row stays, with the reason in the log."""

    transaksi_id: int
    versi: int
    alasan: str


def cancel(session: Session, actor: Actor, command: CancelPurchase, now: datetime) -> Transaksi:
    """Cancel a record made by mistake: its reservations are released and its findings settled."""
    transaksi = lock_for_change(session, actor, command.transaksi_id, command.versi)
    alasan = without_controls(command.alasan)[:300]
    if len(alasan) < 5:
        raise DomainError("Tulis alasan pembatalan, sedikitnya 5 huruf.", field="alasan")
    if is_matched(session, transaksi.id):
        raise Conflict("Belanja ini dipasangkan dengan baris bank. Urungkan pasangannya dahulu.")
    if ceilings.has_refund(session, transaksi.id):
        raise Conflict(
            "Belanja ini mempunyai pengembalian. Batalkan pengembaliannya dahulu, atau ganti "
            "belanja asalnya."
        )
    advance(session, actor, transaksi, "batalkan", now=now, after={"alasan": alasan})
    ceilings.let_go(session, transaksi, oleh_id=actor.orang_id, now=now)
    if transaksi.asal_id:  # other refunds of its original may now release more room
        ceilings.follow(session, transaksi, oleh_id=actor.orang_id, now=now)
    records_findings.settle_all(
        session, transaksi, f"Belanja dibatalkan: {alasan}", oleh_id=actor.orang_id, now=now
    )
    return transaksi


def weigh_again(
    session: Session, actor: Actor, transaksi_id: int, now: datetime
) -> DomainError | None:
    """Try again to reserve for a line over its ceilings, e.g. after a budget change.

    Returns the refusal when there is still no room, None when the line is reserved now.
    """
    transaksi = locked_purchase(session, actor, transaksi_id)
    role = require(actor, "belanja:catat", transaksi.opd_id)
    if transaksi.status not in ("tercatat", "berbukti", "diajukan", "diperiksa"):
        raise Conflict(f"Belanja berstatus {transaksi.status}; tidak ada yang dipesan lagi.")
    ceilings.let_go(session, transaksi, oleh_id=actor.orang_id, now=now)
    found = ceilings.pesan(session, transaksi, oleh_id=actor.orang_id, now=now)
    rules = ("lewat_batas", "tanpa_pagu")
    records_findings.write_out(session, transaksi, found, rules, oleh_id=actor.orang_id, now=now)
    over = next((one for one in found if one.rule == "lewat_batas"), None)
    event_log.record(
        session,
        actor,
        role,
        "belanja:transaksi:timbang",
        subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        after={"dipesan": over is None},
    )
    return None if over is None else Conflict(over.message)


def record_many(
    session: Session, actor: Actor, commands: Iterable[RecordPurchase], now: datetime
) -> list[Transaksi]:
    """Record all rows or none: NotAFact names every wrong row (1-based) and field."""
    rows = list(commands)
    if not rows:
        raise DomainError("Belum ada baris yang diisi. Isi atau tempelkan sedikitnya satu.")
    found: list[Finding] = []
    good: list[tuple[Role, RecordPurchase]] = []
    seen: set[str] = set()
    for row, command in enumerate(rows, 1):
        try:
            role, tidy = prepared(session, actor, command, now)
        except NotAFact as refusal:
            found += [replace(finding, row=row) for finding in refusal.findings]
            continue
        except NotFound as refusal:
            found.append(Finding("bukan_fakta", refusal.message, "salah", row, "kartu_id"))
            continue
        if tidy.kunci_kirim in seen:
            found.append(Finding("bukan_fakta", "Baris ini terkirim dua kali.", "salah", row))
        seen.add(tidy.kunci_kirim)
        good.append((role, tidy))
    if found:
        raise NotAFact(found)
    return [_written(session, actor, *one, now) for one in good]
