"""Amounts that the budget does not bear: refused lines and named differences, with rest and age."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import EXAMINERS, Actor, require
from kkpd.core.shapes import shaped
from kkpd.ledger.shapes import Month
from kkpd.ledger.standing import Standing, standing
from kkpd.models import Kartu, Orang, Penyelesaian, Persetujuan, Selisih, Transaksi
from kkpd.payment.liability_rules import RULES


@dataclass(frozen=True, slots=True)
class Payment:
    """One repayment."""

    id: int
    penanggung: str
    tanggal: date
    nilai: Rupiah
    nomor_bukti: str
    catatan: str
    berkas_id: int | None
    oleh: str
    at: datetime
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class Liability:
    """Something owed: a purchase refused in whole or in part, a refund that came after its holder
    had paid, or a named difference. `returned` is the sum of refunds; `sisa` is that of the ledger.
    """

    jenis: str
    transaksi_id: int | None
    selisih_id: int | None
    sejak: date
    uraian: str
    alasan: str
    whose: str
    nilai: Rupiah
    sisa: Rupiah
    payments_made: tuple[Payment, ...]
    umur: int
    bulan: Month
    status: str = ""

    @property
    def amount_paid(self) -> Rupiah:
        """The sum of repayments."""
        return sum((one.nilai for one in self.payments_made), start=ZERO)

    @property
    def returned(self) -> Rupiah:
        """The amount refunded, which is no longer owed."""
        return self.nilai - self.amount_paid - self.sisa

    @property
    def penanggung(self) -> tuple[str, ...]:
        """Who may repay it, the usual payer first."""
        return RULES[self.jenis].penanggung

    @property
    def dasar(self) -> str:
        """The source of the rule."""
        return RULES[self.jenis].dasar


def listing(session: Session, actor: Actor, opd_id: int, tahun: int, day: date) -> list[Liability]:
    """Everything owed of the OPD's year and the rest of earlier years, open first, by age."""
    require(actor, "bayar:lihat", opd_id)
    found = [
        one
        for one in _all(session, standing(session, [opd_id], day))
        if one.bulan[0] == tahun or (one.bulan[0] < tahun and one.sisa)
    ]
    return sorted(found, key=lambda one: (not one.sisa, one.sejak, one.transaksi_id or 0))


def one_item(
    session: Session, opd_id: int, transaksi_id: int | None, selisih_id: int | None, day: date
) -> Liability | None:
    """What is owed for a purchase or a named difference; None if nothing."""
    found = _all(session, standing(session, [opd_id], day))
    asked = (transaksi_id, selisih_id)
    return next((one for one in found if (one.transaksi_id, one.selisih_id) == asked), None)


def _all(session: Session, books: Standing) -> list[Liability]:
    """Everything that the budget does not bear, from the ledger's parts; each purchase or named
    difference once.
    """
    amounts: dict[tuple[int | None, int | None], tuple[Rupiah, Rupiah]] = {}
    for part in books.parts:
        if part.bearer == "budget" or part.is_open or part.bearer == "undecided":
            continue
        told = part.explanation_id
        key = (None, told) if told is not None else (part.purchase_id, None)
        amount, left = amounts.get(key, (ZERO, ZERO))
        amounts[key] = (amount + part.amount, left + part.left)
    bought = {id_: pair for (id_, _), pair in amounts.items() if id_ is not None}
    named = {id_: pair for (_, id_), pair in amounts.items() if id_ is not None}
    return [*_refused(session, books, bought), *_named(session, books, named)]


def _refused(
    session: Session, books: Standing, amounts: Mapping[int, tuple[Rupiah, Rupiah]]
) -> Iterator[Liability]:
    reasons, paid = _reasons(session, amounts), _paid(session, Penyelesaian.transaksi_id, amounts)
    rows = session.execute(
        select(Transaksi, Orang.nama, Kartu.nomor_akhir)
        .join(Orang, Orang.id == Transaksi.pemegang_id)
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .where(Transaksi.id.in_(amounts))
        .order_by(Transaksi.id)
    )
    for row, nama, finish in rows:
        (share, left), payments = amounts[row.id], paid.get(row.id, ())
        back = share < ZERO
        if back and not left and not payments:
            continue  # it reduced what the holder owed
        made = total(one.nilai for one in payments)
        purchase = books.facts.purchases[row.id]
        since = row.tanggal if back else purchase.decided_on or row.tanggal
        yield Liability(
            jenis="kembali_pemegang" if back else "ditolak",
            transaksi_id=row.id,
            selisih_id=None,
            sejak=since,
            uraian=f"{row.merchant}: {row.uraian}",
            alasan="" if back else reasons.get(row.id, ""),
            whose=f"{nama} (•••• {finish})",
            nilai=made - left if back else share,
            sisa=abs(left),
            payments_made=payments,
            umur=(books.facts.day - since).days,
            bulan=(row.tahun, row.bulan),
            status="" if back else row.status,
        )


def _reasons(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Purchase -> why PA or KPA refused it, by the newest decision."""
    rows = session.execute(
        select(Persetujuan.transaksi_id, Persetujuan.alasan)
        .where(Persetujuan.transaksi_id.in_(ids), Persetujuan.peran.in_(EXAMINERS))
        .order_by(Persetujuan.id)
    )
    return {id_: alasan for id_, alasan in rows}  # noqa: C416 -- a Row is no typed pair


def _named(
    session: Session, books: Standing, amounts: Mapping[int, tuple[Rupiah, Rupiah]]
) -> Iterator[Liability]:
    paid = _paid(session, Penyelesaian.selisih_id, amounts)
    rows = session.execute(
        select(Selisih, Orang.nama)
        .join(Orang, Orang.id == Selisih.pemilik_id)
        .where(Selisih.id.in_(amounts))
        .order_by(Selisih.id)
    )
    for row, nama in rows:
        amount, left = amounts[row.id]
        yield Liability(
            jenis=row.jenis,
            transaksi_id=None,
            selisih_id=row.id,
            sejak=business_day(row.at),
            uraian=row.catatan,
            alasan="",
            whose=nama,
            nilai=abs(amount),
            sisa=abs(left),
            payments_made=paid.get(row.id, ()),
            umur=(books.facts.day - business_day(row.at)).days,
            bulan=(row.tahun, row.bulan),
        )


def _paid(
    session: Session, about: InstrumentedAttribute[int | None], ids: Collection[int]
) -> dict[int, tuple[Payment, ...]]:
    rows = session.execute(
        select(Penyelesaian, Orang.nama, about)
        .join(Orang, Orang.id == Penyelesaian.oleh_id)
        .where(about.in_(ids))
        .order_by(Penyelesaian.id)
    ).all()
    reversed_ = {row.membalik_id for row, _, _ in rows}
    found: dict[int, tuple[Payment, ...]] = {}
    for row, nama, id_ in rows:
        assert id_ is not None
        one = shaped(Payment, row, oleh=nama, is_reversed=row.id in reversed_)
        found[id_] = (*found.get(id_, ()), one)
    return found
