"""DPT KKPD, the refusal notices that go with it (Permendagri 79/2022 Pasal 5 huruf h and i), and
the joint list of several DPTs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from kkpd.approval import reads, refund_order
from kkpd.approval.forms.dpt import DptUnit
from kkpd.approval.forms.dpt import joint_dpt_form as form
from kkpd.belanja.ceilings import UNSETTLED
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.moments import business_day, period_code
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import ROLE_NAMES, Actor, require
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.ledger import active, bill_chain, rules
from kkpd.ledger.active import latest_decision
from kkpd.ledger.bill_chain import Ready
from kkpd.models import Dokumen, DokumenBaris, Opd, Orang, Transaksi
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.records import settings as records_settings
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.issue import IssuePlan, Issuer, issue_document
from kkpd.records.transitions import advance, locked_purchase


def issue_dpt(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    penerbit: Issuer,
    now: datetime,
    terlihat: Rupiah | None = None,
    tagihan_id: int | None = None,
) -> Dokumen:
    """Issue the DPT of a bill of the month with all its approved lines that are on no DPT yet;
    ceilings are posted. `tagihan_id` chooses among several bills.

    `terlihat` is the sum that the person saw: Conflict if it has changed.
    """
    role = require(actor, "dpt:terbit", opd_id)
    on = business_day(now)
    found = _chosen(bill_chain.ready(session, opd_id, periode, on), tagihan_id)
    if found is None:
        raise DomainError(bill_chain.why_not(session, opd_id, periode, on))
    approved = _locked(session, actor, found)
    jumlah = total(nilai for _, nilai in approved)
    if terlihat not in (None, jumlah):
        raise Conflict(
            f"DPT ini berubah sejak Anda membukanya: jumlahnya kini Rp {jumlah}, bukan "
            f"Rp {terlihat}. Muat ulang lalu periksa lagi."
        )
    if jumlah <= ZERO:
        raise DomainError(
            f"Yang disetujui atas {found.name} berjumlah Rp {jumlah}: tidak ada yang dibayar "
            "kepada bank. Pengembaliannya ikut DPT tagihan berikutnya.",
            rule="pengembalian mengurangi tagihan berikutnya",
        )
    for transaksi, nilai in approved:
        advance(session, actor, transaksi, "terbit_dpt", now=now, after={"tagihan": found.bill_id})
        _post(session, actor, transaksi, nilai, now)
    plan = reads.dpt(session, actor, role, opd_id, found, approved, now)
    return issue_document(session, actor, role, plan, penerbit, now)


def _chosen(bills: Sequence[Ready], tagihan_id: int | None) -> Ready | None:
    if tagihan_id is not None:
        return next((one for one in bills if one.bill_id == tagihan_id), None)
    if len(bills) > 1:
        raise DomainError(
            f"Bulan ini mempunyai {len(bills)} tagihan yang siap dibayar. Pilih tagihannya: satu "
            "DPT untuk satu tagihan.",
            field="tagihan",
        )
    return bills[0] if bills else None


def _locked(session: Session, actor: Actor, found: Ready) -> list[tuple[Transaksi, Rupiah]]:
    """The lines, locked by ascending key and unchanged, purchases before their refunds."""
    rows = [locked_purchase(session, actor, id_) for id_ in sorted(found.lines)]
    if any(row.status != "disetujui" for row in rows):
        raise Conflict("Putusan atas tagihan ini berubah baru saja. Muat ulang lalu periksa lagi.")
    return _in_order(rows, found)


def _in_order(rows: Iterable[Transaksi], found: Ready) -> list[tuple[Transaksi, Rupiah]]:
    order = sorted(rows, key=lambda row: (row.nilai < ZERO, row.id))
    return [(row, found.lines[row.id]) for row in order]


def dpt_plan(session: Session, actor: Actor, opd_id: int, found: Ready, now: datetime) -> IssuePlan:
    """The DPT of this bill as the actor would issue it now."""
    role = require(actor, "dpt:terbit", opd_id)
    approved = _in_order([session.get_one(Transaksi, id_) for id_ in found.lines], found)
    return reads.dpt(session, actor, role, opd_id, found, approved, now)


def issue_refusal_notice(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    penerbit: Issuer,
    now: datetime,
) -> list[Dokumen]:
    """A refusal notice for each holder with refused lines (whole or in part) that are on no notice
    yet.
    """
    role = require(actor, "dpt:terbit", opd_id)
    plans = refusal_plans(session, actor, opd_id, periode, now)
    if not plans:
        raise DomainError("Tidak ada penolakan yang belum diberitahukan.")
    return [issue_document(session, actor, role, plan, penerbit, now) for plan in plans]


def refusal_plans(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], now: datetime
) -> list[IssuePlan]:
    """The refusal notices of the month as the actor would issue them now."""
    role = require(actor, "dpt:terbit", opd_id)
    refused: dict[tuple[int, int], list[tuple[Transaksi, Rupiah, str]]] = {}
    for transaksi, amount, reason in not_yet_notified(session, opd_id, periode):
        refused.setdefault((transaksi.pemakai_id, transaksi.kartu_id), []).append(
            (transaksi, amount, reason)
        )
    return [
        reads.penolakan(session, actor, role, periode, lines, now)
        for _, lines in sorted(refused.items())
    ]


def not_yet_notified(
    session: Session, opd_id: int, periode: tuple[int, int]
) -> list[tuple[Transaksi, Rupiah, str]]:
    """(line, refused amount, reason) of refusals that are on no notice yet, oldest first.

    A partial refusal is notified even after the rest was paid (Pasal 5 huruf i). A refund is never
    refused: the holder's part reduces what he owes.
    """
    told = (
        select(DokumenBaris.transaksi_id)
        .join(Dokumen)
        .where(Dokumen.jenis == "penolakan", active.holds(Dokumen))
    )
    rows = session.scalars(
        select(Transaksi)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == periode[0],
            Transaksi.bulan == periode[1],
            Transaksi.status.in_(("ditolak", *rules.CHARGED)),
            Transaksi.nilai > ZERO,
            Transaksi.id.not_in(told),
        )
        .order_by(Transaksi.tanggal, Transaksi.id)
    ).all()
    found = []
    for transaksi in rows:
        decision = latest_decision(session, transaksi.id)
        assert decision is not None, "a line that was decided has its decision"
        whole = decision.keputusan == "tolak"
        amount = transaksi.nilai if whole else transaksi.nilai - decision.nilai
        if amount:
            found.append((transaksi, amount, decision.alasan))
    return found


def _post(
    session: Session, actor: Actor, transaksi: Transaksi, nilai: Rupiah, now: datetime
) -> None:
    """Post the paid amount and void the rest of the reservation; a refund restores its original's
    ceilings.

    A refund of last year's purchase does not restore last year's budget: it goes to the RKUD.
    """
    if transaksi.nilai < ZERO:
        asal = refund_order.check_dpt(session, transaksi)
        if asal is not None and asal.tahun == transaksi.tahun:
            ceilings_movements.give_back(
                session, asal.id, abs(nilai), UNSETTLED, oleh_id=actor.orang_id, now=now
            )
        return
    reserved = ceilings_movements.held(session, transaksi.id)
    if not reserved:
        raise DomainError(
            f"Belanja {transaksi.merchant} Rp {transaksi.nilai} belum mempunyai tempat pada pagu; "
            "urungkan persetujuannya lalu uji kembali.",
            rule="pagu dan UP KKPD",
        )
    ceilings_movements.post_part(session, transaksi.id, nilai, oleh_id=actor.orang_id, now=now)


def unit(session: Session, opd_id: int) -> list[Opd]:
    """The units under this OPD, by code."""
    return list(
        session.scalars(select(Opd).where(Opd.induk_id == opd_id).order_by(Opd.kode, Opd.id))
    )


def not_yet_joined(
    session: Session, opd_id: int, periode: tuple[int, int]
) -> list[tuple[Opd, Dokumen]]:
    """(unit, DPT) of the month for every unit DPT that is on no joint list yet."""
    joint, joint_line, line = aliased(Dokumen), aliased(DokumenBaris), aliased(DokumenBaris)
    gathered = (
        select(line.dokumen_id)
        .join(joint_line, joint_line.transaksi_id == line.transaksi_id)
        .join(joint, joint.id == joint_line.dokumen_id)
        .where(joint.jenis == "dpt_gabungan", joint.opd_id == opd_id, active.holds(joint))
    )
    rows = session.execute(
        select(Opd, Dokumen)
        .join(Opd, Opd.id == Dokumen.opd_id)
        .where(
            Opd.induk_id == opd_id,
            Dokumen.jenis == "dpt",
            active.holds(Dokumen),
            Dokumen.tahun == periode[0],
            Dokumen.bulan == periode[1],
            Dokumen.id.not_in(gathered),
        )
        .order_by(Opd.kode, Dokumen.id)
    )
    return [(one, dpt) for one, dpt in rows]


def issue_joint_dpt(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    penerbit: Issuer,
    now: datetime,
) -> Dokumen:
    """Issue the joint list of all unit DPTs that are on none yet."""
    role = require(actor, "dpt:terbit", opd_id)
    found = not_yet_joined(session, opd_id, periode)
    if not found:
        raise DomainError(
            "Tidak ada DPT unit yang belum digabung. Tunggu KPA menerbitkan DPT unitnya."
        )
    for _, dpt in found:
        require(actor, "dpt:terbit", dpt.opd_id)
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    rows = [DptUnit(unit.kode, unit.nama, dpt.nomor, dpt.total) for unit, dpt in found]
    signer = SignatureBlock(ROLE_NAMES[role], as_printed(session.get_one(Orang, actor.orang_id)))
    bank = records_settings.value(session, "bank_rkud", on) or "Bank Sumut"

    def document(nomor: str) -> Document:
        frame = paper_frame(session, opd, period_code(*periode), nomor, on)
        return form(frame, bank, rows, [signer])

    plan = IssuePlan(
        jenis="dpt_gabungan",
        opd_id=opd_id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(dpt.total for _, dpt in found),
        baris=_lines(session, [dpt.id for _, dpt in found]),
        document=document,
    )
    return issue_document(session, actor, role, plan, penerbit, now)


def _lines(session: Session, dpt_ids: Sequence[int]) -> tuple[tuple[int, Rupiah], ...]:
    rows = session.execute(
        select(DokumenBaris.transaksi_id, func.sum(DokumenBaris.nilai))
        .where(DokumenBaris.dokumen_id.in_(dpt_ids))
        .group_by(DokumenBaris.transaksi_id)
        .order_by(DokumenBaris.transaksi_id)
    )
    return tuple((id_, nilai) for id_, nilai in rows)
