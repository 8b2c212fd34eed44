"""What waits in the evidence inbox, the purchases that take evidence, and who may be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from kkpd.belanja.evidence import ALLOWED_STATUSES
from kkpd.belanja.inbox.clues import Clues, read_clues
from kkpd.belanja.inbox.rules import EvidencePlace, Offer, offers
from kkpd.core.moments import business_day
from kkpd.core.permissions import holders
from kkpd.models import Berkas, Bukti, BuktiMasuk, Kartu, Orang, Penugasan, Transaksi
from kkpd.records.office_holders import in_force

#: Purchases that are compared: more than an OPD has open in a year.
_MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that waits, with what it says and its purchase where that is clear."""

    id: int
    nama: str
    media: str
    ukuran: int
    sha256: str
    pemilik_id: int
    pemilik: str
    at: datetime
    clues: Clues
    offer: Offer | None = None

    def age(self, today: date) -> int:
        """Days since it was dropped."""
        return (today - business_day(self.at)).days


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits, the oldest first, and the purchases it may belong to."""

    files: tuple[WaitingFile, ...]
    purchases: tuple[EvidencePlace, ...]

    @property
    def sure(self) -> tuple[WaitingFile, ...]:
        """Files whose purchase is beyond doubt."""
        return tuple(one for one in self.files if one.offer is not None and one.offer.sure)


def inbox(session: Session, opd_id: int, tahun: int, only_of: int | None = None) -> Inbox:
    """The OPD's inbox of this budget year; one person's own, with own purchases, when named."""
    rows = session.execute(
        select(BuktiMasuk, Berkas, Orang.nama)
        .join(Berkas, Berkas.id == BuktiMasuk.berkas_id)
        .join(Orang, Orang.id == BuktiMasuk.pemilik_id)
        .where(
            BuktiMasuk.opd_id == opd_id,
            BuktiMasuk.selesai_at.is_(None),
            *(() if only_of is None else (BuktiMasuk.pemilik_id == only_of,)),
        )
        .order_by(BuktiMasuk.at, BuktiMasuk.id)
    ).all()
    purchases = open_purchases(session, opd_id, tahun, only_of)
    clues = {
        row.id: read_clues(kept.nama, row.teks, row.difoto, business_day(row.at))
        for row, kept, _ in rows
    }
    found = offers(clues, purchases)
    files = tuple(
        WaitingFile(
            row.id,
            kept.nama,
            kept.media,
            kept.ukuran,
            kept.sha256,
            row.pemilik_id,
            nama,
            row.at,
            clues[row.id],
            found.get(row.id),
        )
        for row, kept, nama in rows
    )
    return Inbox(files, purchases)


def open_purchases(
    session: Session, opd_id: int, tahun: int, only_of: int | None = None
) -> tuple[EvidencePlace, ...]:
    """Purchases of the year that take evidence, newest first."""
    has = exists().where(Bukti.transaksi_id == Transaksi.id, Bukti.dicabut_at.is_(None))
    query = (
        select(
            Transaksi.id,
            Transaksi.tanggal,
            Transaksi.nilai,
            Transaksi.merchant,
            Kartu.nomor_akhir,
            Transaksi.uraian,
            Orang.nama,
            has.label("has_evidence"),
        )
        .join(Kartu, Kartu.id == Transaksi.kartu_id)
        .join(Orang, Orang.id == Transaksi.pemegang_id)
        .where(
            Transaksi.opd_id == opd_id,
            Transaksi.tahun == tahun,
            Transaksi.status.in_(ALLOWED_STATUSES),
        )
        .order_by(Transaksi.tanggal.desc(), Transaksi.id.desc())
        .limit(_MOST)
    )
    if only_of is not None:
        query = query.where(or_(Transaksi.pemegang_id == only_of, Transaksi.pemakai_id == only_of))
    return tuple(EvidencePlace(*row) for row in session.execute(query))


def waiting_count(session: Session, opd_id: int, only_of: int | None = None) -> int:
    """How many files wait in the OPD, or for one person."""
    query = select(func.count()).where(BuktiMasuk.opd_id == opd_id, BuktiMasuk.selesai_at.is_(None))
    if only_of is not None:
        query = query.where(BuktiMasuk.pemilik_id == only_of)
    return session.scalar(query) or 0


def people(session: Session, opd_id: int, day: date) -> list[tuple[int, str]]:
    """Who may have files wait in this OPD: its holders and treasurers of today."""
    roles = [str(role) for role in holders("bukti:unggah")]
    rows = session.execute(
        select(Orang.id, Orang.nama)
        .join(Penugasan, Penugasan.orang_id == Orang.id)
        .where(Penugasan.opd_id == opd_id, Penugasan.peran.in_(roles), in_force(day))
        .distinct()
        .order_by(Orang.nama, Orang.id)
    )
    return [(row.id, row.nama) for row in rows]


def file_of(
    session: Session, opd_id: int, waiting_id: int, only_of: int | None = None
) -> Berkas | None:
    """The receipt of a waiting file's bytes; None when it does not wait here."""
    query = (
        select(Berkas)
        .join(BuktiMasuk, BuktiMasuk.berkas_id == Berkas.id)
        .where(
            BuktiMasuk.id == waiting_id,
            BuktiMasuk.opd_id == opd_id,
            BuktiMasuk.selesai_at.is_(None),
        )
    )
    if only_of is not None:
        query = query.where(BuktiMasuk.pemilik_id == only_of)
    return session.scalars(query).one_or_none()
