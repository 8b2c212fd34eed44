"""From rows of the books to the frozen forms of kkpd.md 1.10, ready to be numbered and issued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kkpd.approval.forms.dpr import SPENDING_KINDS, DprInput, DprKind, DprRow
from kkpd.approval.forms.dpr import dpr as form_dpr
from kkpd.approval.forms.dpt import DptInput, DptRow
from kkpd.approval.forms.dpt import dpt as form_dpt
from kkpd.approval.forms.refusal import PenolakanInput, RefusalRow
from kkpd.approval.forms.refusal import penolakan as form_penolakan
from kkpd.approval.reads import dpr_kind
from kkpd.belanja import detail as belanja_detail
from kkpd.core.moments import business_day, period_code, period_name
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import ROLE_NAMES, Actor, Role
from kkpd.engines.paper import FrozenDocument
from kkpd.ledger.bill_chain import Ready, bill_sums
from kkpd.models import Kartu, Opd, Orang, Transaksi
from kkpd.records.form_header import numbered, officer, paper_frame
from kkpd.records.issue import IssuePlan


def dpr(
    session: Session,
    actor: Actor,
    kartu_id: int,
    jenis: DprKind,
    lines: Sequence[Transaksi],
    now: datetime,
) -> IssuePlan:
    """The DPR of one card and kind over these lines of one month, signed by the acting PPTK."""
    kartu = session.get_one(Kartu, kartu_id)
    opd = session.get_one(Opd, kartu.opd_id)
    on, periode = business_day(now), (lines[0].tahun, lines[0].bulan)
    rows = [dpr_row(line, jenis, bool(belanja_detail.bukti(session, line.id))) for line in lines]
    data = DprInput(
        paper_frame=paper_frame(session, opd, period_code(*periode), "", on),
        jenis=jenis,
        pemegang=officer(session.get_one(Orang, kartu.pemegang_id)),
        opd=opd.nama,
        kartu=kartu.nomor_akhir,
        baris=rows,
        pptk=officer(session.get_one(Orang, actor.orang_id)),
    )
    carried = [(line, line.nilai) for line in lines]
    return _plan("dpr", opd, periode, on, carried, numbered(data, form_dpr), kartu.id)


def dpt(
    session: Session,
    actor: Actor,
    role: Role,
    opd_id: int,
    found: Ready,
    approved: Sequence[tuple[Transaksi, Rupiah]],
    now: datetime,
) -> IssuePlan:
    """The DPT of a bill over what was approved of it, signed by the acting PA or KPA."""
    periode, sums = found.bill.month, bill_sums(found)
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    data = DptInput(
        paper_frame=paper_frame(session, opd, period_code(*periode), "", on),
        bank=session.get_one(Kartu, approved[0][0].kartu_id).bank,
        kelompok=[("", [dpt_row(session, line, amount) for line, amount in approved])],
        signatory=officer(session.get_one(Orang, actor.orang_id)),
        selaku=ROLE_NAMES[role],
        keterangan=[("Tagihan", found.name), ("Bulan pembukuan", period_name(*periode))],
        arithmetic=sums,
    )
    plan = _plan("dpt", opd, periode, on, approved, numbered(data, form_dpt))
    return replace(plan, tagihan_id=found.bill_id)


def penolakan(
    session: Session,
    actor: Actor,
    role: Role,
    periode: tuple[int, int],
    refused: Sequence[tuple[Transaksi, Rupiah, str]],
    now: datetime,
) -> IssuePlan:
    """The refusal notice to one proxy user of one card (Pasal 5 huruf i)."""
    first, on = refused[0][0], business_day(now)
    opd = session.get_one(Opd, first.opd_id)
    kartu = session.get_one(Kartu, first.kartu_id)
    data = PenolakanInput(
        paper_frame=paper_frame(session, opd, period_code(*periode), "", on),
        recipient=officer(session.get_one(Orang, first.pemakai_id)),
        pemegang=officer(session.get_one(Orang, first.pemegang_id)),
        kartu=kartu.nomor_akhir,
        tagihan=f"{kartu.bank}, {period_name(*periode)}",
        baris=[
            RefusalRow(line.tanggal, line.merchant, line.uraian, reason, amount)
            for line, amount, reason in refused
        ],
        signatory=officer(session.get_one(Orang, actor.orang_id)),
        selaku=ROLE_NAMES[role],
    )
    lines = [(line, amount) for line, amount, _ in refused]
    return _plan("penolakan", opd, periode, on, lines, numbered(data, form_penolakan), kartu.id)


def _plan(
    jenis: str,
    opd: Opd,
    periode: tuple[int, int],
    on: date,
    lines: Sequence[tuple[Transaksi, Rupiah]],
    document: Callable[[str], FrozenDocument],
    kartu_id: int | None = None,
) -> IssuePlan:
    return IssuePlan(
        jenis=jenis,
        opd_id=opd.id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(amount for _, amount in lines),
        baris=tuple((line.id, amount) for line, amount in lines),
        document=document,
        kartu_id=kartu_id,
    )


def dpr_row(line: Transaksi, jenis: DprKind, has_evidence: bool) -> DprRow:
    """The purchase as a DPR of this kind prints it."""
    return DprRow(
        uraian=f"{line.uraian} ({line.merchant})",
        jenis_belanja=SPENDING_KINDS[jenis],
        sub_kegiatan=line.sub_kegiatan,
        rekening=line.rekening,
        has_evidence=has_evidence,
        jumlah=line.nilai,
    )


def dpt_row(session: Session, line: Transaksi, amount: Rupiah) -> DptRow:
    """What was approved of the purchase as a DPT prints it."""
    kartu = session.get_one(Kartu, line.kartu_id)
    return DptRow(
        nama=session.get_one(Orang, line.pemegang_id).nama,
        kartu=kartu.nomor_akhir,
        jenis_belanja=SPENDING_KINDS[dpr_kind(kartu.jenis, line.kelas)],
        rincian=f"{line.uraian} ({line.merchant})",
        sub_kegiatan=line.sub_kegiatan,
        rekening=line.rekening,
        jumlah=amount,
    )
