"""Choices of the form: the OPD's cards, people, programmes, known shops with their last accounts,
and purchases that a refund may refer to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from kkpd.core.choices import IN_FORCE
from kkpd.core.moments import brief
from kkpd.core.money import ZERO
from kkpd.engines.matching import same_shop
from kkpd.models import Kartu, Orang, Penugasan, Program, Rekening, Temuan, Transaksi
from kkpd.pagu.ceilings.movements import dpa_key
from kkpd.pagu.reads import PaguLine


@dataclass(frozen=True, slots=True)
class CardChoice:
    """A card to choose: its last four digits, kind, holder and state."""

    id: int
    nomor_akhir: str
    jenis: str
    status: str
    pemegang_id: int
    pemegang: str

    @property
    def label(self) -> str:
        """`•••• 4821, barang/jasa/modal, Ani Pemegang`; a card not active says so."""
        kind = "perjalanan dinas" if self.jenis == "perjalanan" else "barang/jasa/modal"
        state = "" if self.status == "aktif" else f" ({self.status})"
        return f"•••• {self.nomor_akhir}, {kind}, {self.pemegang}{state}"


def kartu(
    session: Session, opd_id: int, pemegang_id: int | None = None, always: int | None = None
) -> list[CardChoice]:
    """The OPD's cards, those of one holder (and `always`) when named; active ones first."""
    statement = (
        select(
            Kartu.id,
            Kartu.nomor_akhir,
            Kartu.jenis,
            Kartu.status,
            Kartu.pemegang_id,
            Orang.nama,
        )
        .join(Orang, Orang.id == Kartu.pemegang_id)
        .where(Kartu.opd_id == opd_id)
        .order_by(Kartu.status != "aktif", Orang.nama, Kartu.nomor_akhir)
    )
    if pemegang_id is not None:
        statement = statement.where(or_(Kartu.pemegang_id == pemegang_id, Kartu.id == always))
    return [CardChoice(*row) for row in session.execute(statement)]


def charges(lines: Iterable[PaguLine]) -> dict[str, tuple[str, ...]]:
    """What people may type -> the DPA lines that it means: a line's key, or its account alone."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        for typed in (line.rekening, line.kunci):
            found[typed] = (*found.get(typed, ()), line.kunci)
    return found


def orang(session: Session, opd_id: int) -> list[tuple[int, str]]:
    """People who may have used a card: who works in the OPD or has an assignment there."""
    assigned = select(Penugasan.orang_id).where(
        Penugasan.opd_id == opd_id, Penugasan.status == IN_FORCE
    )
    rows = session.execute(
        select(Orang.id, Orang.nama)
        .where((Orang.opd_id == opd_id) | Orang.id.in_(assigned), Orang.aktif)
        .order_by(Orang.nama, Orang.id)
    )
    return [(row.id, row.nama) for row in rows]


def program(session: Session, opd_id: int) -> list[tuple[int, str]]:
    """The OPD's smart-city programmes."""
    rows = session.execute(
        select(Program.id, Program.nama)
        .where(Program.opd_id == opd_id)
        .order_by(Program.nama, Program.id)
    )
    return [(row.id, row.nama) for row in rows]


def asal(
    session: Session,
    opd_id: int,
    tahun: int,
    always: int | None = None,
    only_of: int | None = None,
) -> list[tuple[int, str]]:
    """The year's purchases that a refund may refer to, newest first, those of one holder when he is
    named; `always` is included.
    """
    usual = and_(Transaksi.tahun == tahun, Transaksi.nilai > ZERO, Transaksi.status != "dibatalkan")
    if only_of is not None:
        usual = and_(usual, or_(Transaksi.pemegang_id == only_of, Transaksi.pemakai_id == only_of))
    rows = session.execute(
        select(Transaksi.id, Transaksi.tanggal, Transaksi.merchant, Transaksi.nilai)
        .where(Transaksi.opd_id == opd_id, or_(Transaksi.id == always, usual))
        .order_by(Transaksi.id != always, Transaksi.tanggal.desc(), Transaksi.id.desc())
        .limit(300)
    )
    return [
        (row.id, f"{row.id}: {brief(row.tanggal)} {row.merchant} Rp {row.nilai}") for row in rows
    ]


def mata_uang(session: Session, opd_id: int, transaksi_id: int) -> str:
    """The currency that the purchase's finding names; IDR when there is none."""
    inputs = session.scalar(
        select(Temuan.masukan).where(
            Temuan.opd_id == opd_id,
            Temuan.subjek == f"transaksi:{transaksi_id}",
            Temuan.aturan == "mata_uang_asing",
            Temuan.selesai_at.is_(None),
        )
    )
    return "IDR" if inputs is None else str(inputs["mata_uang"])


@dataclass(frozen=True, slots=True)
class KnownShop:
    """A shop where this OPD bought before, with the charges of its last purchases there."""

    merchant: str
    tanggal: date
    charges: tuple[str, ...]
    nama_rekening: str

    @property
    def label(self) -> str:
        """`5.1.02.01.01.0024 Alat Tulis Kantor, terakhir 14 Okt 2026`."""
        rekening = self.charges[0].split("|")[1]
        return f"{rekening} {self.nama_rekening}, terakhir {brief(self.tanggal)}"


#: Purchases looked at for known shops, and the charges kept for each.
_LOOKED_AT: Final = 1_000
_CHARGES: Final = 3


def shops(session: Session, opd_id: int) -> tuple[KnownShop, ...]:
    """The OPD's shops, those of the last purchases first."""
    rows = session.execute(
        select(
            Transaksi.merchant,
            Transaksi.tanggal,
            Transaksi.sub_kegiatan,
            Transaksi.rekening,
            Transaksi.sumber_dana,
            Rekening.nama,
        )
        .outerjoin(
            Rekening,
            and_(Rekening.tahun == Transaksi.tahun, Rekening.kode == Transaksi.rekening),
        )
        .where(Transaksi.opd_id == opd_id, Transaksi.status != "dibatalkan")
        .order_by(Transaksi.tanggal.desc(), Transaksi.id.desc())
        .limit(_LOOKED_AT)
    )
    found: dict[str, KnownShop] = {}
    for merchant, tanggal, *codes, nama in rows:
        key, charge = merchant.casefold(), dpa_key(*codes)
        known = found.setdefault(key, KnownShop(merchant, tanggal, (), nama or ""))
        if charge not in known.charges and len(known.charges) < _CHARGES:
            found[key] = replace(known, charges=(*known.charges, charge))
    return tuple(found.values())


def charges_at(known: Iterable[KnownShop], merchant: str) -> tuple[str, ...]:
    """The charges of the last purchases at this shop, the newest first; empty for a new shop."""
    if not merchant.strip():
        return ()
    at = [charge for shop in known if same_shop(shop.merchant, merchant) for charge in shop.charges]
    return tuple(dict.fromkeys(at))[:_CHARGES]
