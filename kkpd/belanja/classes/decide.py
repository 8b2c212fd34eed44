"""The class of a purchase: decided by the engine at entry, accepted or changed by a person.

Every decision is a row with its reason; a person's decision is also remembered for the OPD's next
purchase.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import ceilings
from kkpd.belanja.commands import without_controls
from kkpd.core.choices import KELAS
from kkpd.core.errors import Conflict, DomainError, Finding, NotFound
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.engines.classify import Classified, ClassMemory, Item, classify, memory_keys
from kkpd.engines.classify.knowledge import kelas_rekening
from kkpd.models import IngatanKelas, Orang, PutusanKelas, Transaksi
from kkpd.records import event_log
from kkpd.records import findings as records_findings
from kkpd.records import settings as records_settings
from kkpd.records.transitions import locked_purchase

#: The class may change until the PPTK has signed; afterwards it is on a paper.
ALLOWED_STATUSES: Final = ("tercatat", "berbukti", "diajukan")
#: In per mille: the original's class is certain.
_CERTAIN: Final = 1000


#: What the classifier is asked about.
_ASKED: Final = (*("uraian", "merchant", "rekening", "nilai", "satuan", "volume", "harga_satuan"),)


def follows_origin(transaksi: Transaksi) -> bool:
    """Whether a line is a refund of a known purchase and so has its class."""
    return transaksi.nilai < ZERO and transaksi.asal_id is not None


def follow(session: Session, transaksi: Transaksi, now: datetime) -> None:
    """A refund takes the class of its purchase, as a decision of its own."""
    asal = session.get_one(Transaksi, transaksi.asal_id)
    transaksi.kelas = asal.kelas
    session.add(
        PutusanKelas(
            opd_id=transaksi.opd_id,
            transaksi_id=transaksi.id,
            kelas=asal.kelas,
            keyakinan=_CERTAIN,
            aturan="pengembalian",
            alasan=f"Pengembalian belanja nomor {asal.id}: kelasnya mengikuti belanja asal.",
            yang_mengubah="Kelas lain bila belanja asalnya diganti.",
            bukti=[],
            at=now,
        )
    )
    session.flush()


def carry_class(session: Session, asal: Transaksi, now: datetime) -> list[int]:
    """Give the new class of a purchase to its refunds that are on no paper yet; their ids."""
    if not ceilings.has_refund(session, asal.id):
        return []
    refunds = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.asal_id == asal.id,
            Transaksi.nilai < ZERO,
            Transaksi.status.in_(ALLOWED_STATUSES),
            Transaksi.kelas != asal.kelas,
        )
        .order_by(Transaksi.id)
        .with_for_update()
    ).all()
    for refund in refunds:
        follow(session, refund, now)
    return [refund.id for refund in refunds]


#: The confidence of a person's decision, in per mille.
_PERSON = 1000


@dataclass(frozen=True, slots=True)
class SettleClass:
    """A person's decision. `alasan` may be empty if the engine's best answer is accepted."""

    transaksi_id: int
    kelas: str
    alasan: str = ""


def decide(session: Session, transaksi: Transaksi, now: datetime) -> list[Finding]:
    """Store the engine's decision about a line; returns findings where account and evidence
    disagree.

    A refund takes its origin's class. If the account and the goods clearly contradict each other,
    the line is `ragu`: both are quoted, and a person decides.
    """
    if follows_origin(transaksi):
        follow(session, transaksi, now)
        return []
    putusan = propose(session, transaksi.opd_id, stored_item(transaksi), transaksi.tanggal)
    conflicts = list(putusan.temuan)  # the classifier's remarks are about account against goods
    transaksi.kelas = "ragu" if conflicts else putusan.kelas
    session.add(_row(transaksi, putusan, conflicts, now))
    session.flush()
    carry_class(session, transaksi, now)
    return [
        Finding(
            "kelas_bertentangan",
            f"{finding.message.rstrip('.')}. Ganti rekeningnya, atau tetapkan kelasnya.",
            "salah",
            inputs={**finding.inputs, "uraian": transaksi.uraian, "dasar": finding.rule},
        )
        for finding in conflicts[:1]
    ]


def item_of(
    *,
    uraian: str,
    merchant: str,
    rekening: str,
    nilai: Rupiah | None,
    satuan: str = "",
    volume: int | None = None,
    harga_satuan: Rupiah | None = None,
) -> Item:
    """The classifier's question about a purchase line."""
    return Item(
        uraian=uraian,
        satuan=satuan,
        volume=None if volume is None else Decimal(volume),
        harga=harga_satuan,
        nilai=None if nilai is None else abs(nilai),
        merchant=merchant,
        kode_rekening=rekening,
    )


def stored_item(transaksi: Transaksi) -> Item:
    """The classifier's question about a stored line."""
    return item_of(**{name: getattr(transaksi, name) for name in _ASKED})


def propose(session: Session, opd_id: int, thing: Item, tanggal: date) -> Classified:
    """The engine's answer under the OPD's settings of that day and its people's memory."""
    return classify(
        thing,
        capitalisation_limit=records_settings.money(session, "batas_kapitalisasi", tanggal, opd_id),
        book_limit=records_settings.money(session, "batas_kapitalisasi_buku", tanggal, opd_id),
        remembered=_book(session, opd_id, memory_keys(thing)),
    )


def _book(session: Session, opd_id: int, keys: tuple[str, ...]) -> dict[str, ClassMemory]:
    rows = session.execute(
        select(IngatanKelas, Orang.nama)
        .join(Orang, Orang.id == IngatanKelas.oleh_id)
        .where(
            IngatanKelas.opd_id == opd_id,
            IngatanKelas.kunci.in_(keys),
            IngatanKelas.dicabut_at.is_(None),
        )
    )
    return {
        row.kunci: ClassMemory(
            "modal" if row.kelas == "modal" else "operasi",
            business_day(row.at),
            nama,
            row.rekening,
        )
        for row, nama in rows
    }


def settle_class(
    session: Session, actor: Actor, command: SettleClass, now: datetime
) -> PutusanKelas:
    """A person accepts or changes the class; `ragu` is an allowed answer (law 13)."""
    transaksi = locked_purchase(session, actor, command.transaksi_id)
    role = require(actor, "kelas:tetapkan", transaksi.opd_id)
    _may_change(transaksi, command)
    newest = terakhir(session, transaksi.id)
    alasan = without_controls(command.alasan) or _accepted(newest, command)
    before = transaksi.kelas
    transaksi.kelas = command.kelas
    putusan = PutusanKelas(
        opd_id=transaksi.opd_id,
        transaksi_id=transaksi.id,
        kelas=command.kelas,
        keyakinan=_PERSON,
        aturan="orang",
        alasan=alasan[:600],
        yang_mengubah="Kelas lain bila orang memutuskan lagi.",
        bukti=[],
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(putusan)
    session.flush()
    _remember(session, transaksi, putusan, actor, now)
    _settle(session, transaksi, alasan, actor, now)
    refunds = carry_class(session, transaksi, now)
    event_log.record(
        session,
        actor,
        role,
        "belanja:kelas:tetapkan",
        records_findings.subjek(transaksi.id),
        now=now,
        opd_id=transaksi.opd_id,
        before={"kelas": before},
        after={"kelas": command.kelas, "alasan": putusan.alasan, "pengembalian": [*refunds]},
    )
    return putusan


def settle_many(session: Session, actor: Actor, commands: list[SettleClass], now: datetime) -> int:
    """Several decisions at once, all or none; returns how many."""
    for command in sorted(commands, key=lambda one: one.transaksi_id):
        try:
            settle_class(session, actor, command, now)
        except DomainError as refusal:
            refusal.message = f"Belanja nomor {command.transaksi_id}: {refusal.message}"
            raise
    return len(commands)


def revoke_memory(session: Session, actor: Actor, memory_id: int, now: datetime) -> IngatanKelas:
    """Forget a remembered class; decisions already made stay."""
    row = session.scalars(
        select(IngatanKelas)
        .where(IngatanKelas.id == memory_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or not actor.sees(row.opd_id):
        raise NotFound("Ingatan tidak ditemukan.")
    role = require(actor, "kelas:tetapkan", row.opd_id)
    if row.dicabut_at is not None:
        raise Conflict("Ingatan ini sudah dicabut. Muat ulang halaman.")
    row.dicabut_at, row.dicabut_oleh_id = now, actor.orang_id
    event_log.record(
        session,
        actor,
        role,
        "belanja:ingatan:cabut",
        f"ingatan:{row.id}",
        now=now,
        opd_id=row.opd_id,
        before={"kunci": row.kunci, "kelas": row.kelas},
    )
    session.flush()
    return row


def terakhir(session: Session, transaksi_id: int) -> PutusanKelas | None:
    """The newest decision about a line, by the engine or by a person."""
    return session.scalars(
        select(PutusanKelas)
        .where(PutusanKelas.transaksi_id == transaksi_id)
        .order_by(PutusanKelas.id.desc())
        .limit(1)
    ).one_or_none()


def _row(
    transaksi: Transaksi, putusan: Classified, conflicts: list[Finding], now: datetime
) -> PutusanKelas:
    alasan = conflicts[0].message if conflicts else putusan.alasan
    return PutusanKelas(
        opd_id=transaksi.opd_id,
        transaksi_id=transaksi.id,
        kelas=transaksi.kelas,
        keyakinan=500 if conflicts else round(putusan.keyakinan * 1000),
        aturan="kelas_bertentangan" if conflicts else putusan.aturan[:80],
        alasan=alasan[:600],
        yang_mengubah=putusan.yang_mengubah[:600],
        bukti=evidence(putusan),
        at=now,
    )


def evidence(putusan: Classified) -> list[dict[str, str]]:
    """The evidence and the proposed accounts of an answer as the database keeps them."""
    parts = [{"apa": part.what, "bagian": f"{part.bagian:+.2f}"} for part in putusan.bukti[:40]]
    accounts = [
        {"rekening": proposal.kode, "nama": proposal.nama, "skor": f"{proposal.scores:.2f}"}
        for proposal in putusan.proposed_rekening[:5]
    ]
    return parts + accounts


def _may_change(transaksi: Transaksi, command: SettleClass) -> None:
    if command.kelas not in KELAS:
        raise DomainError("Pilih operasi, modal atau ragu.", field="kelas")
    if follows_origin(transaksi):
        raise Conflict(
            f"Pengembalian ini mengikuti kelas belanja asal nomor {transaksi.asal_id}. Tetapkan "
            "kelas belanja asal itu."
        )
    if transaksi.status not in ALLOWED_STATUSES:
        raise Conflict(
            f"Belanja berstatus {transaksi.status}; kelas hanya dapat ditetapkan sebelum PPTK "
            "menandatangani DPR."
        )


def _accepted(newest: PutusanKelas | None, command: SettleClass) -> str:
    """The reason when the engine's answer is accepted without a text."""
    if newest is not None and newest.kelas == command.kelas:
        return f"Diterima: {newest.alasan}"
    raise DomainError(
        "Tulis alasan singkat mengapa kelasnya diganti; alasan ini disimpan.", field="alasan"
    )


def _remember(
    session: Session, transaksi: Transaksi, putusan: PutusanKelas, actor: Actor, now: datetime
) -> None:
    """The item (its first key) is remembered; the merchant is not, because it sells many things."""
    if putusan.kelas == "ragu":
        return
    kunci = memory_keys(stored_item(transaksi))[0][:300]
    for old in session.scalars(
        select(IngatanKelas).where(
            IngatanKelas.opd_id == transaksi.opd_id,
            IngatanKelas.kunci == kunci,
            IngatanKelas.dicabut_at.is_(None),
        )
    ):
        old.dicabut_at, old.dicabut_oleh_id = now, actor.orang_id
    session.flush()
    session.add(
        IngatanKelas(
            opd_id=transaksi.opd_id,
            kunci=kunci,
            kelas=putusan.kelas,
            rekening=transaksi.rekening,
            putusan_id=putusan.id,
            at=now,
            oleh_id=actor.orang_id,
        )
    )
    session.flush()


def _settle(
    session: Session, transaksi: Transaksi, alasan: str, actor: Actor, now: datetime
) -> None:
    """The contradiction is settled; if the class does not fit the account, that is the next
    finding.
    """
    for row in records_findings.open_findings(session, transaksi, "kelas_bertentangan"):
        if transaksi.kelas != "ragu":
            records_findings.settle(session, row, alasan[:500], oleh_id=actor.orang_id, now=now)
    records_findings.write_out(
        session,
        transaksi,
        rekening_differs(transaksi),
        ("kelas_beda_rekening",),
        oleh_id=actor.orang_id,
        now=now,
    )


def rekening_differs(transaksi: Transaksi) -> list[Finding]:
    """The finding for a class that does not fit the account: the account must be corrected."""
    by_account = kelas_rekening(transaksi.rekening)
    if transaksi.kelas in ("ragu", by_account) or by_account is None:
        return []
    return [
        Finding(
            "kelas_beda_rekening",
            f"Kelas ditetapkan {transaksi.kelas}, tetapi rekening {transaksi.rekening} adalah "
            f"belanja {by_account}. Ganti rekeningnya sebelum diajukan.",
            "salah",
            inputs={
                "kelas": transaksi.kelas,
                "rekening": transaksi.rekening,
                "dasar": "Permendagri 90/2019: 5.1 belanja operasi, 5.2 belanja modal",
            },
        )
    ]
