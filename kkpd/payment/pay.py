"""From DPT to lunas: NPD, SPP-GU, SPM-GU, SP2D-GU, debit to the bank (kkpd.md 1.9, no. 6 to 10).

Every step takes all lines of one DPT through the transition table and writes its document or its
number. Payment releases what the purchases held of UP KKPD and of the card; the DPA stays used.

Each unit's DPT is paid by itself; a joint DPT is a list over them. SP2D numbers must be unique
within the DPT's year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import ceilings
from kkpd.belanja.ceilings import UNSETTLED
from kkpd.core.errors import Conflict, DomainError, Finding, NotFound
from kkpd.core.moments import brief, business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import forms
from kkpd.ledger import active
from kkpd.models import Dokumen, DokumenBaris, Pencairan, Periode, Temuan, Transaksi
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.payment import payment_facts, verify
from kkpd.payment.forms.disbursement import SHEETS, npd, spm, spp_cover
from kkpd.payment.forms.payment_facts import PaymentInput, lacks
from kkpd.records import event_log
from kkpd.records import findings as records_findings
from kkpd.records import issue as records_issue
from kkpd.records import settings as records_settings
from kkpd.records.form_header import numbered
from kkpd.records.issue import IssuePlan, Issuer, issue_document
from kkpd.records.transitions import advance, locked_purchase
from kkpd.tagihan import billing_findings


def past_cutoff(tanggal: date, bound: date | None) -> Finding | None:
    """An SPM-GU dated after the last day of the year on which Kuasa BUD accepts them.

    He may still accept it (a dispensation) or leave it to the next year, so it is a finding and not
    a refusal. `bound` is that of the SPM's own year.
    """
    if bound is None or tanggal <= bound or tanggal.year != bound.year:
        return None
    return Finding(
        "lewat_batas_spm",
        f"SPM-GU bertanggal {brief(tanggal)}, sesudah hari terakhir SPM-GU diterima "
        f"{brief(bound)}. Mintalah dispensasi Kuasa BUD, atau ajukan lagi mulai Januari sebagai "
        "utang belanja.",
        "salah",
        inputs={
            "tanggal": tanggal.isoformat(),
            "batas": bound.isoformat(),
            "dasar": "setelan year_end_spm_cutoff (langkah-langkah akhir tahun)",
        },
    )


def check_spm_cutoff(session: Session, spm: Dokumen, now: datetime) -> None:
    """Check an SPM just issued against the cut-off of its year and OPD; blank: not checked."""
    assert spm.opd_id is not None, "an SPM is of one OPD"
    limit = records_settings.year_limit(
        session, "year_end_spm_cutoff", spm.tanggal.year, spm.opd_id
    )
    found = past_cutoff(spm.tanggal, limit)
    if found is None:
        return
    said = replace(
        found, message=f"{spm.nomor}: {found.message}", inputs={"spm": spm.nomor, **found.inputs}
    )
    month = (spm.tanggal.year, spm.tanggal.month)
    records_findings.note(session, spm.opd_id, month, f"dokumen:{spm.id}", said, now)


def settle(session: Session, spm: Dokumen, *, oleh_id: int, now: datetime) -> None:
    """Close the open finding of an SPM that was taken back."""
    rows = session.scalars(
        select(Temuan).where(
            Temuan.opd_id == spm.opd_id,
            Temuan.subjek == f"dokumen:{spm.id}",
            Temuan.selesai_at.is_(None),
        )
    )
    for row in rows:
        records_findings.settle(session, row, "SPM dibatalkan.", oleh_id=oleh_id, now=now)


@dataclass(frozen=True, slots=True)
class PaymentStep:
    """A step that issues a document: its kind, its transition, its permission, its form.

    `needed` are the data of the office that it prints; `annexes` are issued with it.
    """

    jenis: str
    action: str
    permission: str
    form: Callable[[PaymentInput], Document]
    needed: tuple[forms.PaperNeed, ...]
    annexes: Mapping[str, Callable[[PaymentInput], Document]] = field(default_factory=dict)


_OFFICE: Final = (forms.DPA, forms.BANK, forms.REKENING, forms.NPWP)
_FUNDS: Final = (*_OFFICE, forms.SPD, forms.ENOUGH_SPD)
STEPS: Final = {
    "npd": PaymentStep("npd", "terbit_npd", "npd:terbit", npd, _OFFICE),
    "spp": PaymentStep("spp", "ajukan_spp", "spp:ajukan", spp_cover, _FUNDS, SHEETS),
    "spm": PaymentStep("spm", "terbit_spm", "spm:terbit", spm, (*_FUNDS, forms.SPP)),
}


def issue(
    session: Session, actor: Actor, dpt_id: int, jenis: str, penerbit: Issuer, now: datetime
) -> Dokumen:
    """Issue the NPD, SPP or SPM over a DPT; its lines take the step. An SPP comes with its annexes,
    under its number.

    DomainError lists everything that the paper lacks.
    """
    dpt, opd_id = _dpt(session, actor, dpt_id)
    langkah = STEPS[jenis]
    role = require(actor, langkah.permission, opd_id)
    if jenis == "spm":
        verify.require_verified(session, dpt, business_day(now))
    lines = _advance(session, actor, dpt, langkah.action, now)
    data = payment_facts.of_dpt(session, dpt, actor, role, now)
    plan = replace(_plan(dpt, langkah, data, now), baris=lines)
    issued = issue_document(session, actor, role, plan, penerbit, now)
    for kind, form in langkah.annexes.items():
        sheet = numbered(data, form)
        annex = replace(plan, jenis=kind, document=sheet, baris=(), parent=issued.nomor)
        issue_document(session, actor, role, annex, penerbit, now)
    if jenis == "spm":
        check_spm_cutoff(session, issued, now)
    return issued


def _plan(dpt: Dokumen, step: PaymentStep, data: PaymentInput, now: datetime) -> IssuePlan:
    return IssuePlan(
        jenis=step.jenis,
        opd_id=dpt.opd_id,
        tahun=dpt.tahun,
        bulan=dpt.bulan,
        tanggal=business_day(now),
        total=dpt.total,
        baris=(),
        document=numbered(data, step.form),
        lacks=lacks(data, step.needed),
    )


def lacking(
    session: Session, actor: Actor, dpt_id: int, jenis: str, now: datetime
) -> tuple[forms.Lack, ...]:
    """What the NPD, SPP or SPM over this DPT would lack if the actor issued it now."""
    dpt, opd_id = _dpt(session, actor, dpt_id)
    role = require(actor, STEPS[jenis].permission, opd_id)
    data = payment_facts.of_dpt(session, dpt, actor, role, now)
    return records_issue.lacking(_plan(dpt, STEPS[jenis], data, now))


@dataclass(frozen=True, slots=True)
class RecordStep:
    """The SP2D, or the bank's proof of the debit: number and date as on the paper."""

    dpt_id: int
    langkah: str
    nomor: str
    tanggal: date


def record(session: Session, actor: Actor, command: RecordStep, now: datetime) -> Pencairan:
    """Record the SP2D (Kuasa BUD) or the debit (treasurer); the debit ends in lunas."""
    dpt, opd_id = _dpt(session, actor, command.dpt_id)
    sp2d = command.langkah == "sp2d"
    role = require(actor, "sp2d:terbit" if sp2d else "bayar:catat", opd_id)
    if not 1 <= len(command.nomor.strip()) <= 120:
        raise DomainError("Tulis nomornya, paling banyak 120 huruf.", field="nomor")
    if command.tanggal > business_day(now):
        raise DomainError("Tanggalnya belum tiba.", field="tanggal")
    _check_paper(session, opd_id, dpt, command)
    lines = _advance(session, actor, dpt, "terbit_sp2d" if sp2d else "bayar", now)
    row = Pencairan(
        opd_id=opd_id,
        tahun=dpt.tahun,
        dpt_id=dpt.id,
        langkah=command.langkah,
        nomor=command.nomor.strip(),
        tanggal=command.tanggal,
        nilai=dpt.total,
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(row)
    if not sp2d:
        for transaksi_id, _ in lines:
            ceilings_movements.restore(
                session, transaksi_id, UNSETTLED, oleh_id=actor.orang_id, now=now
            )
        paid = [transaksi_id for transaksi_id, _ in lines]
        ceilings.follow_paid(session, paid, oleh_id=actor.orang_id, now=now)
    _record(session, actor, role, row, now)
    session.flush()
    if not sp2d:
        billing_findings.refresh(session, opd_id, oleh_id=actor.orang_id, now=now)
    return row


def _check_paper(session: Session, opd_id: int, dpt: Dokumen, command: RecordStep) -> None:
    """Check that the paper's month is open, its number is new, and its date is not before the
    previous step.
    """
    periode = session.get(Periode, (opd_id, command.tanggal.year, command.tanggal.month))
    if periode is not None and periode.status != "terbuka":
        raise Conflict(
            f"Tanggal {command.tanggal:%d-%m-%Y} berada pada periode yang sudah ditutup. "
            "Periode tertutup tidak berubah; pakai tanggal pada periode terbuka.",
            rule="periode tertutup tidak dapat diubah",
            field="tanggal",
        )
    rows = session.scalars(
        select(Pencairan).where(
            Pencairan.opd_id == opd_id,
            Pencairan.tahun == dpt.tahun,
            active.holds(Pencairan) | (Pencairan.dpt_id != dpt.id),
        )
    ).all()
    taken = {row.nomor for row in rows if row.langkah == command.langkah}
    if command.nomor.strip() in taken:
        raise Conflict(
            f"Nomor {command.nomor.strip()} sudah dipakai. Nomor dokumen tidak dipakai dua kali.",
            rule="nomor dokumen unik per OPD, tahun dan jenis",
            field="nomor",
        )
    steps = (row.tanggal for row in rows if row.dpt_id == dpt.id)
    earlier = max([dpt.tanggal, *_issued_on(session, dpt), *steps])
    if command.tanggal < earlier:
        raise DomainError(
            f"Tanggal {command.tanggal:%d-%m-%Y} sebelum langkah sebelumnya "
            f"({earlier:%d-%m-%Y}). Periksa tanggal pada kertasnya.",
            rule="urutan rantai pembayaran (Pasal 5 huruf h sampai k)",
            field="tanggal",
        )


def _issued_on(session: Session, dpt: Dokumen) -> Sequence[date]:
    """The dates of the valid NPD, SPP and SPM of this DPT."""
    lines = select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == dpt.id)
    return session.scalars(
        select(Dokumen.tanggal)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            Dokumen.opd_id == dpt.opd_id,
            Dokumen.jenis.in_(STEPS),
            DokumenBaris.transaksi_id.in_(lines),
            active.holds(Dokumen),
        )
        .distinct()
    ).all()


def _record(session: Session, actor: Actor, role: Role, row: Pencairan, now: datetime) -> None:
    event_log.record(
        session,
        actor,
        role,
        f"pembayaran:{row.langkah}:catat",
        f"dokumen:{row.dpt_id}",
        now=now,
        opd_id=row.opd_id,
        after={
            "nomor": row.nomor,
            "tanggal": row.tanggal.isoformat(),
            "nilai": row.nilai.sen,
        },
    )


def _advance(
    session: Session, actor: Actor, dpt: Dokumen, action: str, now: datetime
) -> tuple[tuple[int, Rupiah], ...]:
    lines = session.execute(
        select(DokumenBaris.transaksi_id, DokumenBaris.nilai)
        .where(DokumenBaris.dokumen_id == dpt.id)
        .order_by(DokumenBaris.transaksi_id)
    ).all()
    for transaksi_id, _ in lines:
        transaksi: Transaksi = locked_purchase(session, actor, transaksi_id)
        advance(session, actor, transaksi, action, now=now, after={"dpt": dpt.nomor})
    if active.taken_back(session, dpt.id) is not None:  # its lines are on a newer DPT
        raise Conflict(f"DPT {dpt.nomor} sudah dibatalkan. Muat ulang halamannya.")
    return tuple((transaksi_id, nilai) for transaksi_id, nilai in lines)


def _dpt(session: Session, actor: Actor, dpt_id: int) -> tuple[Dokumen, int]:
    dpt = session.get(Dokumen, dpt_id)
    if dpt is None or not actor.sees_all_of(dpt.opd_id):
        raise NotFound("DPT tidak ditemukan.")
    if dpt.jenis != "dpt":
        raise Conflict("Pembayaran berjalan per DPT; dokumen ini bukan DPT.")
    assert dpt.opd_id is not None, "a DPT is of one OPD"
    return dpt, dpt.opd_id
