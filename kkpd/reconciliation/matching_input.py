"""Bank lines and purchases as input of matching, and possible originals of refunds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.engines import matching
from kkpd.ledger.rules import NOT_CHARGED
from kkpd.models import Kartu, Opd, Transaksi
from kkpd.reconciliation import text_rules


@dataclass(frozen=True, slots=True)
class Row:
    """A bank line with its covered amount; `sisa` is still open."""

    id: int
    jenis: str
    tanggal_transaksi: date | None
    tanggal_posting: date | None
    merchant: str
    keterangan: str
    nilai: Rupiah
    kartu_id: int | None
    kartu_akhir: str
    berkas_id: int
    berkas: str
    sha256: str
    lembar: str
    nomor: int
    cocok: Rupiah
    amount_explained: Rupiah
    bulan_asal: tuple[int, int] | None = None
    #: The open amount; cached, because a page uses it many times.
    sisa: Rupiah = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sisa", self.nilai - self.cocok - self.amount_explained)

    @property
    def tanggal(self) -> date | None:
        """The day of the transaction, or of its booking where the bank gives no other."""
        return self.tanggal_transaksi or self.tanggal_posting


@dataclass(frozen=True, slots=True)
class OpenPurchase:
    """The data of a purchase for matching and for the month's page."""

    id: int
    kartu_id: int
    tanggal: date
    merchant: str
    uraian: str
    rekening: str
    kelas: str
    nilai: Rupiah
    status: str
    versi: int


def open_purchases(
    session: Session, conditions: Iterable[ColumnElement[bool]]
) -> tuple[OpenPurchase, ...]:
    """The purchases that satisfy these conditions, oldest first."""
    columns = (getattr(Transaksi, one.name) for one in fields(OpenPurchase))
    rows = session.execute(
        select(*columns).where(*conditions).order_by(Transaksi.tanggal, Transaksi.id)
    )
    return tuple(OpenPurchase(*row) for row in rows)


def refund_origins(session: Session, opd_id: int, lines: Sequence[Row]) -> tuple[OpenPurchase, ...]:
    """Purchases, with or without a bank line, that may be the originals of these negative lines."""
    days = [line.tanggal for line in lines if line.tanggal]
    if not days:
        return ()
    span = timedelta(days=matching.bawaan().day_window.refund_days)
    return open_purchases(
        session,
        (
            Transaksi.opd_id == opd_id,
            Transaksi.kartu_id.in_({line.kartu_id for line in lines}),
            Transaksi.nilai > ZERO,
            Transaksi.tanggal >= min(days) - span,
            Transaksi.tanggal <= max(days),
            Transaksi.status.not_in(NOT_CHARGED),
        ),
    )


def to_lines(session: Session, opd_id: int, lines: Sequence[Row]) -> list[matching.BankLine]:
    """The lines for matching: the open amount of each, and the payee of a text rule instead of the
    bank's text if there is one.
    """
    places = {line.id: (line.kartu_id or 0, matching.text_key(line.merchant)) for line in lines}
    rules = text_rules.effective(session, opd_id, places.values())
    return [
        matching.BankLine(
            str(line.id),
            line.kartu_akhir,
            line.tanggal_posting,
            line.tanggal_transaksi,
            line.sisa,
            rules[place].penerima if (place := places[line.id]) in rules else line.merchant,
        )
        for line in lines
    ]


def to_purchases(
    session: Session, opd_id: int, purchases: Sequence[OpenPurchase]
) -> list[matching.Belanja]:
    """The purchases for matching."""
    slug = session.scalars(select(Opd.slug).where(Opd.id == opd_id)).one()
    cards = session.execute(select(Kartu.id, Kartu.nomor_akhir).where(Kartu.opd_id == opd_id))
    last4 = {id_: digits for id_, digits in cards}  # noqa: C416 -- rows are typed so
    return [
        matching.Belanja(
            str(row.id), slug, last4[row.kartu_id], row.tanggal, row.nilai, row.merchant
        )
        for row in purchases
    ]


def refund_proposals(
    session: Session, opd_id: int, back: Sequence[Row], asked: tuple[matching.BankLine, ...]
) -> tuple[matching.Pairing, ...]:
    """Proposals for refunds (`asked`), among all possible originals."""
    if not back:
        return ()
    origins = refund_origins(session, opd_id, back)
    return _origins(asked, tuple(to_purchases(session, opd_id, origins)))


@lru_cache(maxsize=32)
def _origins(
    back: tuple[matching.BankLine, ...], origins: tuple[matching.Belanja, ...]
) -> tuple[matching.Pairing, ...]:
    """Matching of refunds only; cached, because few decisions change it."""
    return matching.match(back, origins).pairings
