"""The context of a stored line for the pure checks; and what changed since a version."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja.checks import PurchaseFacts, check
from kkpd.belanja.words import say_change
from kkpd.core.errors import Finding
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.shapes import shaped
from kkpd.models import Kartu, Transaksi
from kkpd.organisation.cards import status_on
from kkpd.records import settings as records_settings
from kkpd.records.event_history import LoggedEvent, event_trail


def temuan(session: Session, transaksi: Transaksi, mata_uang: str) -> list[Finding]:
    """The findings of the pure checks about this line."""
    return check(_facts(session, transaksi, mata_uang))


def _facts(session: Session, transaksi: Transaksi, mata_uang: str) -> PurchaseFacts:
    kartu = session.get_one(Kartu, transaksi.kartu_id)
    first = f"first_limit_{'goods' if kartu.jenis == 'barang' else 'travel'}"
    return shaped(
        PurchaseFacts,
        transaksi,
        card_kind=kartu.jenis,
        status_kartu=status_on(session, kartu, transaksi.tanggal),
        card_until=kartu.berlaku_sampai,
        mata_uang=mata_uang,
        use_cutoff=records_settings.year_limit(
            session, "year_end_use_cutoff", transaksi.tanggal.year, transaksi.opd_id
        ),
        first_use_limit=records_settings.money(session, first, transaksi.tanggal, transaksi.opd_id),
        is_first_use=_first_use(session, transaksi),
        twins=_twins(session, transaksi),
        origin_left=_origin_left(session, transaksi),
        origin_year=_origin_year(session, transaksi),
        exempt_taxes=frozenset(
            word
            for word in ("ppn", "pph22")
            if records_settings.value(
                session, f"{word}_kecuali_kartu", transaksi.tanggal, transaksi.opd_id
            )
        ),
    )


def _first_use(session: Session, transaksi: Transaksi) -> bool:
    other = session.scalar(
        select(Transaksi.id)
        .where(
            Transaksi.kartu_id == transaksi.kartu_id,
            Transaksi.id != transaksi.id,
            Transaksi.status != "dibatalkan",
            Transaksi.tanggal <= transaksi.tanggal,
        )
        .limit(1)
    )
    return other is None


def _twins(session: Session, transaksi: Transaksi) -> tuple[int, ...]:
    """Lines with the same card, day, amount and merchant, except cancelled ones and parts of one
    receipt.
    """
    rows = session.execute(
        select(Transaksi.id, Transaksi.nota, Transaksi.uraian)
        .where(
            Transaksi.opd_id == transaksi.opd_id,
            Transaksi.kartu_id == transaksi.kartu_id,
            Transaksi.tanggal == transaksi.tanggal,
            Transaksi.nilai == transaksi.nilai,
            func.lower(Transaksi.merchant) == transaksi.merchant.lower(),
            Transaksi.id != transaksi.id,
            Transaksi.status != "dibatalkan",
        )
        .order_by(Transaksi.id)
        .limit(5)
    )
    mine = (transaksi.nota, transaksi.uraian)
    return tuple(
        row.id
        for row in rows
        if not (row.nota and transaksi.nota) or (row.nota, row.uraian) == mine
    )


def _origin_year(session: Session, transaksi: Transaksi) -> int | None:
    if transaksi.asal_id is None:
        return None
    return session.scalar(select(Transaksi.tahun).where(Transaksi.id == transaksi.asal_id))


def _origin_left(session: Session, transaksi: Transaksi) -> Rupiah | None:
    """The amount of the refunded purchase minus its other refunds."""
    if transaksi.asal_id is None:
        return None
    asal = session.get_one(Transaksi, transaksi.asal_id)
    others = session.scalar(
        select(func.sum(Transaksi.nilai)).where(
            Transaksi.asal_id == asal.id,
            Transaksi.id != transaksi.id,
            Transaksi.status != "dibatalkan",
        )
    )
    return asal.nilai + (others or ZERO)


def conflict_sentence(session: Session, transaksi: Transaksi, versi: int) -> str:
    """What was changed since that version and by whom: the sentence for saving an old version."""
    bumps = [
        event
        for event in event_trail(session, transaksi.opd_id, f"transaksi:{transaksi.id}")
        if event.jenis.startswith(("belanja:transaksi:catat", "belanja:transaksi:ubah"))
        or event.jenis.startswith("belanja:status:")
    ]
    since = bumps[max(versi, 0) :]
    if not since:
        return "Belanja ini sudah berubah sejak Anda membukanya. Muat ulang, lalu ulangi."
    told = "; ".join(_told(event) for event in since[-3:])
    return (
        f"Belanja ini diubah sesudah Anda membukanya: {told}. "
        "Muat ulang untuk melihat yang baru, lalu ulangi perubahan Anda."
    )


def _told(event: LoggedEvent) -> str:
    fields = [say_change(*change) for change in event.perubahan if change[0] != "versi"]
    return f"{event.oleh} mengubah {', '.join(fields[:4]) or 'catatan'}"
