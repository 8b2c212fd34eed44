"""Shared by recording and changing a purchase: permission, is it a purchase, findings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import ceilings
from kkpd.belanja import surroundings as belanja_surroundings
from kkpd.belanja.classes import decide as classes_decide
from kkpd.belanja.commands import NotAFact, RecordPurchase, fill_in, not_a_fact, tidy_up
from kkpd.core.errors import Conflict, Finding, Forbidden, NotFound
from kkpd.core.indonesian_dates import brief
from kkpd.core.indonesian_dates import bulan as month_name
from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role
from kkpd.core.proof.canonical import Json
from kkpd.models import Cocok, Kartu, Periode, Transaksi
from kkpd.records import findings as records_findings
from kkpd.records.findings import AT_RECORDING
from kkpd.records.scope import require
from kkpd.records.transitions import locked_purchase

#: The fields that a person fills in: what an event shows and what `ubah` may change.
ENTRY_FIELDS: Final = (
    "kartu_id",
    "pemakai_id",
    "tanggal",
    "merchant",
    "uraian",
    "sub_kegiatan",
    "rekening",
    "sumber_dana",
    "nilai",
    "kanal",
    "satuan",
    "volume",
    "harga_satuan",
    "nota",
    "penjual_npwp",
    "dpp",
    "ppn",
    "pbjt",
    "pph_jenis",
    "pph",
    "pemungut",
    "bukti_pajak",
    "pdn_umk",
    "program_id",
    "asal_id",
)


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
    session: Session, actor: Actor, command: RecordPurchase, now: datetime
) -> tuple[Role, RecordPurchase]:
    """The acting role and the cleaned command, or NotAFact with every wrong field."""
    recording_role(session, actor, command.opd_id)
    tidy = fill_in(session, tidy_up(command))
    findings = not_a_fact(session, tidy, business_day(now))
    if findings:
        raise NotAFact(findings)
    return recording_role(session, actor, tidy.opd_id, kartu_id=tidy.kartu_id), tidy


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
        found += classes_decide.putuskan(session, transaksi, now)
    else:
        rules.discard("kelas_bertentangan")
    found += belanja_surroundings.temuan(session, transaksi, command.mata_uang)
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


def has_refund(session: Session, transaksi_id: int) -> bool:
    """Whether it has a refund that was not cancelled."""
    refund = select(Transaksi.id).where(
        Transaksi.asal_id == transaksi_id, Transaksi.status != "dibatalkan"
    )
    return session.scalar(refund.limit(1)) is not None


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
