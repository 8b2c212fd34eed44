"""What the books already know when a bank file comes in: lines, bills, cards, closed months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from kkpd.core.db.bulk import one_of
from kkpd.core.db.session import everywhere
from kkpd.core.money import Rupiah
from kkpd.ledger.active import bill_exists, is_given, line_of_bill, visible
from kkpd.models import (
    BarisBank,
    BarisKeluar,
    Berkas,
    Impor,
    ImporKeluar,
    ImporTagihan,
    Kartu,
    SumberBaris,
    Tagihan,
)
from kkpd.tagihan.identity import LineFeatures

#: How many base keys are read at once.
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """The occurrences of one base key in the books: line ids and their references, in order.

    `terakhir` is the greatest number ever given, also to lines that were taken out since.
    """

    ids: tuple[int, ...]
    referensi: tuple[str | None, ...]
    terakhir: int


def tempat(session: Session, opd_id: int, kunci: Iterable[str]) -> dict[str, KnownPlace]:
    """What the books hold of these base keys (as stored, `d:` before those of DTS lines)."""
    if not session.scalar(select(exists().where(BarisBank.opd_id == opd_id))):
        return {}
    found: dict[str, list[tuple[int, int, str | None]]] = defaultdict(list)
    last: dict[str, int] = {}
    asked = iter(dict.fromkeys(kunci))
    while part := list(islice(asked, AT_ONCE)):
        rows = session.execute(
            select(
                BarisBank.kunci_dasar,
                BarisBank.kejadian,
                BarisBank.id,
                BarisBank.referensi,
                BarisKeluar.baris_bank_id.is_(None),
            )
            .outerjoin(BarisKeluar, BarisKeluar.baris_bank_id == BarisBank.id)
            .where(BarisBank.opd_id == opd_id, one_of(session, BarisBank.kunci_dasar, part))
            .order_by(BarisBank.kunci_dasar, BarisBank.kejadian)
        )
        for key, kejadian, id_, referensi, given in rows:
            last[key] = kejadian
            if given:
                found[key].append((kejadian, id_, referensi))
    learned = _learned(session, opd_id) if found else {}
    return {
        key: KnownPlace(
            tuple(id_ for _, id_, _ in found[key]),
            tuple(reference or learned.get(id_) for _, id_, reference in found[key]),
            number,
        )
        for key, number in last.items()
    }


def _learned(session: Session, opd_id: int) -> dict[int, str]:
    """References that a line got to know from a later file."""
    rows = session.execute(
        select(SumberBaris.baris_bank_id, SumberBaris.referensi)
        .where(SumberBaris.opd_id == opd_id, SumberBaris.referensi.is_not(None), visible())
        .order_by(SumberBaris.id.desc())
    )
    return {id_: reference for id_, reference in rows if reference is not None}


def own_cards(session: Session, opd_id: int) -> dict[str, int]:
    """Last four digits -> card, of this OPD; digits that two of its cards share name neither."""
    rows = session.execute(
        select(Kartu.nomor_akhir, func.min(Kartu.id))
        .where(Kartu.opd_id == opd_id)
        .group_by(Kartu.nomor_akhir)
        .having(func.count() == 1)
    )
    return {row.nomor_akhir: row[1] for row in rows}


def cards_of_other_opds(session: Session, opd_id: int, digits: Collection[str]) -> frozenset[str]:
    """Which of these cards other OPDs hold. Only that they do: never whose they are."""
    if not digits:
        return frozenset()
    with everywhere(session):
        found = session.scalars(
            select(Kartu.nomor_akhir)
            .where(Kartu.opd_id != opd_id, Kartu.nomor_akhir.in_(sorted(digits)))
            .distinct()
        )
        return frozenset(found)


def import_of_file(session: Session, berkas_id: int) -> Impor | None:
    """The taking-in of this receipt, when there was one, taken out again or not."""
    return session.scalars(select(Impor).where(Impor.berkas_id == berkas_id)).one_or_none()


def import_of_content(session: Session, opd_id: int, sha256: str) -> Impor | None:
    """The taking-in in force of these bytes by this OPD; there is at most one."""
    return session.scalars(
        select(Impor)
        .join(Berkas, Berkas.id == Impor.berkas_id)
        .where(
            Berkas.opd_id == opd_id,
            Berkas.jenis == "bank",
            Berkas.sha256 == sha256,
            Impor.id.not_in(select(ImporKeluar.impor_id)),
        )
    ).one_or_none()


def taken_out(session: Session, impor_id: int) -> ImporKeluar | None:
    """The withdrawal of this taking-in, when there was one."""
    return session.get(ImporKeluar, impor_id)


def bills_of_import(session: Session, impor_id: int) -> tuple[int, ...]:
    """The bills that one taking-in touched."""
    return tuple(
        session.scalars(
            select(ImporTagihan.tagihan_id)
            .where(ImporTagihan.impor_id == impor_id)
            .order_by(ImporTagihan.id)
        )
    )


def same_bill(
    session: Session,
    opd_id: int,
    *,
    jenis: str,
    tanggal: date,
    total: Rupiah,
    kartu: str | None,
) -> Tagihan | None:
    """The bill in the books that this one is; a file that does not name the card may be its twin
    only when it has no other.
    """
    rows = session.scalars(
        select(Tagihan)
        .where(
            Tagihan.opd_id == opd_id,
            Tagihan.jenis == jenis,
            Tagihan.tanggal == tanggal,
            Tagihan.total == total,
            bill_exists(),
        )
        .order_by(Tagihan.id)
    ).all()
    same = [row for row in rows if row.kartu_akhir == kartu]
    loose = [row for row in rows if row.kartu_akhir is None or kartu is None]
    return same[0] if same else loose[0] if len(loose) == 1 else None


def bill_turn(session: Session, opd_id: int, identitas: str) -> int:
    """The turn of a bill or list of this identity: 1 and one more for each that was taken out."""
    names = or_(Tagihan.identitas == identitas, Tagihan.identitas.startswith(f"{identitas}:"))
    gone = session.scalar(
        select(func.count()).where(Tagihan.opd_id == opd_id, names, not_(bill_exists()))
    )
    return 1 + (gone or 0)


def listing(session: Session, opd_id: int, identitas: str) -> Tagihan | None:
    """The bill or list of this identity and turn."""
    return session.scalars(
        select(Tagihan).where(Tagihan.opd_id == opd_id, Tagihan.identitas == identitas)
    ).one_or_none()


def features_of_bill(session: Session, tagihan_id: int) -> list[LineFeatures]:
    """The lines of a bill as every format states them."""
    return _features(session, line_of_bill(tagihan_id))


def _features(session: Session, *conditions: ColumnElement[bool]) -> list[LineFeatures]:
    rows = session.execute(
        select(
            BarisBank.id,
            BarisBank.kartu_akhir,
            BarisBank.tanggal_transaksi,
            BarisBank.tanggal_posting,
            BarisBank.nilai,
            BarisBank.merchant,
            BarisBank.referensi,
        )
        .where(*conditions, is_given())
        .order_by(BarisBank.id)
    )
    return [
        LineFeatures(
            id_,
            kartu,
            shown.isoformat() if (shown := tanggal or posting) else None,
            nilai.sen,
            teks,
            referensi,
        )
        for id_, kartu, tanggal, posting, nilai, teks, referensi in rows
    ]


def features_by_reference(
    session: Session, opd_id: int, jenis: str, references: Collection[str]
) -> list[LineFeatures]:
    """The lines of bills and lists of this kind that bear one of these references."""
    of_kind = select(Tagihan.id).where(Tagihan.opd_id == opd_id, Tagihan.jenis == jenis)
    wanted, found = iter(references), list[LineFeatures]()
    while part := list(islice(wanted, AT_ONCE)):
        of_sightings = select(SumberBaris.baris_bank_id).where(
            SumberBaris.opd_id == opd_id, one_of(session, SumberBaris.referensi, part), visible()
        )
        told = one_of(session, BarisBank.referensi, part)
        found += _features(
            session,
            BarisBank.opd_id == opd_id,
            BarisBank.tagihan_id.in_(of_kind),
            or_(told, BarisBank.id.in_(of_sightings)),
        )
    learned = _learned(session, opd_id)
    return [one._replace(referensi=one.referensi or learned.get(one.id)) for one in found]


def has_bills(session: Session, opd_id: int, jenis: str, *, listing: bool) -> bool:
    """Whether the books have a list, or a bill, of this kind."""
    return bool(session.scalar(select(_bills_of_kind(opd_id, jenis, listing=listing).exists())))


def features_elsewhere(
    session: Session, opd_id: int, jenis: str, *, listing: bool, day: tuple[date, date]
) -> list[LineFeatures]:
    """Lines of these days (first, last) that only lists know, or that bills brought."""
    shown = func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting)
    bills = _bills_of_kind(opd_id, jenis, listing=False)
    in_bill = or_(
        BarisBank.tagihan_id.in_(bills),
        BarisBank.id.in_(
            select(SumberBaris.baris_bank_id).where(
                SumberBaris.opd_id == opd_id, SumberBaris.tagihan_id.in_(bills), visible()
            )
        ),
    )
    own = BarisBank.tagihan_id.in_(_bills_of_kind(opd_id, jenis, listing=True))
    return _features(
        session,
        BarisBank.opd_id == opd_id,
        shown.between(*day),
        and_(own, not_(in_bill)) if listing else in_bill,
    )


def _bills_of_kind(opd_id: int, jenis: str, *, listing: bool) -> Select[int]:
    """The ids of the lists, or of the bills, of a kind."""
    of_list = Tagihan.identitas.startswith("daftar:")
    return select(Tagihan.id).where(
        Tagihan.opd_id == opd_id,
        Tagihan.jenis == jenis,
        of_list if listing else not_(of_list),
        bill_exists(),
    )


def billed_total(session: Session, tagihan_id: int) -> Rupiah:
    """What the lines of a bill ask for: all but payments."""
    found = session.scalar(
        select(func.sum(BarisBank.nilai)).where(
            line_of_bill(tagihan_id), BarisBank.jenis != "pembayaran"
        )
    )
    return found or Rupiah(0)
