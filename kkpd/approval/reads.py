"""The inputs of the six tests, the lists of lines for PPTK and PA, and the rows of the forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import six_tests
from kkpd.approval.evidence_rules import EvidenceSeen
from kkpd.approval.forms.dpr import SPENDING_KINDS, DprInput, DprKind, DprRow
from kkpd.approval.forms.dpr import dpr as form_dpr
from kkpd.approval.forms.dpt import DptInput, DptRow
from kkpd.approval.forms.dpt import dpt as form_dpt
from kkpd.approval.forms.refusal import PenolakanInput, RefusalRow
from kkpd.approval.forms.refusal import penolakan as form_penolakan
from kkpd.approval.six_tests import BillArithmetic, BilledLine, LineTest, SixTestInputs
from kkpd.belanja import detail as belanja_detail
from kkpd.core.moments import business_day, period_code, period_name
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import EXAMINERS, ROLE_NAMES, Actor, Role, require
from kkpd.core.shapes import shaped
from kkpd.engines.paper import FrozenDocument
from kkpd.ledger import active
from kkpd.ledger.bill_chain import Ready, bill_sums
from kkpd.ledger.rules import BORNE_BY_HOLDER, CHARGED
from kkpd.models import (
    BarisBank,
    Berkas,
    Bukti,
    Cocok,
    Dokumen,
    DokumenBaris,
    Kartu,
    Opd,
    Orang,
    Persetujuan,
    Tagihan,
    Transaksi,
    Uji,
)
from kkpd.organisation.cards import status_on
from kkpd.records.form_header import as_printed, numbered, paper_frame
from kkpd.records.issue import IssuePlan
from kkpd.tagihan import known_lines as tagihan_known_lines


@dataclass(frozen=True, slots=True)
class SixTestRow:
    """A purchase line as PPTK and PA see it in a list."""

    id: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    nilai: Rupiah
    kelas: str
    status: str
    kartu_id: int
    kartu_akhir: str
    card_kind: str
    pemegang: str
    perekam_id: int
    pemegang_id: int
    versi: int
    tahun: int
    bulan: int
    sub_kegiatan: str

    @property
    def dpr_kind(self) -> DprKind:
        """Which of the three DPR forms the line belongs to (kkpd.md 1.10)."""
        return dpr_kind(self.card_kind, self.kelas)


def dpr_kind(card_kind: str, kelas: str) -> DprKind:
    """perjalanan by the card, else modal or barang_jasa by the class."""
    if card_kind == "perjalanan":
        return "perjalanan"
    return "modal" if kelas == "modal" else "barang_jasa"


def lines(
    session: Session,
    actor: Actor,
    permission: str,
    opd_id: int,
    statuses: Sequence[str],
    periode: tuple[int, int] | None = None,
) -> list[SixTestRow]:
    """The OPD's lines in these statuses, oldest first; of one month when `periode` is given."""
    require(actor, permission, opd_id)
    statement = (
        select(Transaksi, Kartu.nomor_akhir, Kartu.jenis, Orang.nama)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .join(Orang, Orang.id == Transaksi.pemegang_id)
        .where(Transaksi.opd_id == opd_id, Transaksi.status.in_(statuses))
        .order_by(Transaksi.kartu_id, Transaksi.tanggal, Transaksi.id)
    )
    if periode is not None:
        statement = statement.where(Transaksi.tahun == periode[0], Transaksi.bulan == periode[1])
    return [_row(*found) for found in session.execute(statement)]


def one_line(session: Session, transaksi: Transaksi) -> SixTestRow:
    """The line as a list shows it."""
    kartu = session.get_one(Kartu, transaksi.kartu_id)
    holder = session.get_one(Orang, transaksi.pemegang_id)
    return _row(transaksi, kartu.nomor_akhir, kartu.jenis, holder.nama)


def _row(row: Transaksi, last4: str, jenis: str, holder: str) -> SixTestRow:
    return shaped(SixTestRow, row, kartu_akhir=last4, card_kind=jenis, pemegang=holder)


def inputs(session: Session, found: Sequence[Transaksi]) -> dict[int, SixTestInputs]:
    """Everything the six tests look at, for each of these lines; so many queries for any number."""
    ids = [row.id for row in found]
    matched: dict[int, list[tuple[BilledLine, int | None]]] = defaultdict(list)
    for id_, name, whole, part, bill_id in session.execute(
        select(
            Cocok.transaksi_id,
            BarisBank.merchant,
            BarisBank.nilai,
            Cocok.nilai,
            BarisBank.tagihan_id,
        )
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .where(Cocok.transaksi_id.in_(ids), Cocok.dicabut_at.is_(None))
        .order_by(BarisBank.id)
    ):
        matched[id_].append((BilledLine(name, whole, part), bill_id))
    evidence: dict[int, list[EvidenceSeen]] = defaultdict(list)
    for id_, name, media, size, text in session.execute(
        select(Bukti.transaksi_id, Berkas.nama, Berkas.media, Berkas.ukuran, Berkas.teks)
        .join(Bukti, Bukti.berkas_id == Berkas.id)
        .where(Bukti.transaksi_id.in_(ids), Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    ):
        evidence[id_].append(EvidenceSeen(name, media, size, text))
    bill, card = cache(partial(_bill, session)), cache(partial(_card, session))
    return {
        row.id: shaped(
            SixTestInputs,
            row,
            card_kind=card(row.kartu_id, row.tanggal)[0],
            status_kartu=card(row.kartu_id, row.tanggal)[1],
            bukti=tuple(evidence[row.id]),
            baris=tuple(line for line, _ in matched[row.id]),
            tagihan=tuple(bill(id_) for id_ in sorted({id_ or 0 for _, id_ in matched[row.id]})),
        )
        for row in found
    }


def line_tests(session: Session, found: Sequence[Transaksi]) -> dict[int, tuple[LineTest, ...]]:
    """The program's findings about each of these lines, test by test."""
    return {id_: six_tests.uji(one) for id_, one in inputs(session, found).items()}


def _card(session: Session, kartu_id: int, day: date) -> tuple[str, str]:
    kartu = session.get_one(Kartu, kartu_id)
    return kartu.jenis, status_on(session, kartu, day)


def _bill(session: Session, tagihan_id: int) -> BillArithmetic:
    bill = session.get_one(Tagihan, tagihan_id)
    return BillArithmetic(
        bill.tagihan_lalu,
        bill.belanja_baru,
        bill.pembayaran,
        bill.total,
        tagihan_known_lines.billed_total(session, tagihan_id),
    )


def newest_answers(session: Session, transaksi_id: int) -> dict[int, Uji]:
    """The newest answer to each of the six tests."""
    rows = session.scalars(select(Uji).where(Uji.transaksi_id == transaksi_id).order_by(Uji.id))
    return {row.nomor: row for row in rows}


def decisions(session: Session, ids: Collection[int]) -> dict[int, tuple[Rupiah, Rupiah]]:
    """Line -> (approved, refused) by the newest valid decision of PA or KPA."""
    rows = session.execute(
        select(Transaksi.id, Transaksi.nilai, Persetujuan.keputusan, Persetujuan.nilai)
        .join(Persetujuan, Persetujuan.transaksi_id == Transaksi.id)
        .where(
            Transaksi.id.in_(ids),
            Transaksi.status.in_((*CHARGED, *BORNE_BY_HOLDER)),
            Persetujuan.peran.in_(EXAMINERS),
        )
        .order_by(Persetujuan.id)
    )
    found: dict[int, tuple[Rupiah, Rupiah]] = {}
    for id_, whole, word, amount in rows:
        approved = amount if word == "setuju" else ZERO
        found[id_] = (approved, whole - approved)
    return found


def on_document(session: Session, transaksi_id: int, jenis: str) -> Dokumen | None:
    """The newest document of this kind with the line."""
    return session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            DokumenBaris.transaksi_id == transaksi_id,
            Dokumen.jenis == jenis,
            active.holds(Dokumen),
        )
        .order_by(Dokumen.id.desc())
        .limit(1)
    ).one_or_none()


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
        pemegang=as_printed(session.get_one(Orang, kartu.pemegang_id)),
        opd=opd.nama,
        kartu=kartu.nomor_akhir,
        baris=rows,
        pptk=as_printed(session.get_one(Orang, actor.orang_id)),
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
        signatory=as_printed(session.get_one(Orang, actor.orang_id)),
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
        recipient=as_printed(session.get_one(Orang, first.pemakai_id)),
        pemegang=as_printed(session.get_one(Orang, first.pemegang_id)),
        kartu=kartu.nomor_akhir,
        tagihan=f"{kartu.bank}, {period_name(*periode)}",
        baris=[
            RefusalRow(line.tanggal, line.merchant, line.uraian, reason, amount)
            for line, amount, reason in refused
        ],
        signatory=as_printed(session.get_one(Orang, actor.orang_id)),
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
