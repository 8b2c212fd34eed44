"""The inputs of the six tests, and the lists of lines for PPTK and PA."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import six_tests
from kkpd.approval.forms.dpr import DprKind
from kkpd.approval.six_tests import BillArithmetic, BilledLine, LineTest, SixTestInputs
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import EXAMINERS, Actor, require
from kkpd.core.shapes import shaped
from kkpd.ledger import cancelled
from kkpd.ledger.refund_rules import BORNE_BY_HOLDER, CHARGED
from kkpd.models import (
    BarisBank,
    Berkas,
    Bukti,
    Cocok,
    Dokumen,
    DokumenBaris,
    Kartu,
    Orang,
    Persetujuan,
    Tagihan,
    Transaksi,
    Uji,
)
from kkpd.organisation.cards import status_on
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


def inputs(session: Session, transaksi: Transaksi) -> SixTestInputs:
    """Everything the six tests look at for this line."""
    kartu = session.get_one(Kartu, transaksi.kartu_id)
    matched = session.execute(
        select(BarisBank.merchant, BarisBank.nilai, Cocok.nilai, BarisBank.tagihan_id)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .where(Cocok.transaksi_id == transaksi.id, Cocok.dicabut_at.is_(None))
        .order_by(BarisBank.id)
    ).all()
    evidence = session.scalars(
        select(Berkas.nama)
        .join(Bukti, Bukti.berkas_id == Berkas.id)
        .where(Bukti.transaksi_id == transaksi.id, Bukti.dicabut_at.is_(None))
        .order_by(Bukti.id)
    )
    return shaped(
        SixTestInputs,
        transaksi,
        card_kind=kartu.jenis,
        status_kartu=status_on(session, kartu, transaksi.tanggal),
        bukti=tuple(evidence),
        baris=tuple(BilledLine(name, whole, part) for name, whole, part, _ in matched),
        tagihan=tuple(_bill(session, id_) for id_ in sorted({row.tagihan_id for row in matched})),
    )


def line_tests(session: Session, transaksi: Transaksi) -> tuple[LineTest, ...]:
    """The program's findings about the line, test by test."""
    return six_tests.uji(inputs(session, transaksi))


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
            cancelled.effective(Dokumen),
        )
        .order_by(Dokumen.id.desc())
        .limit(1)
    ).one_or_none()
