"""What a person must settle outside the budget: refused purchases, named differences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from kkpd.core.money import ZERO, total
from kkpd.ledger.shapes import Part
from kkpd.ledger.standing import Standing
from kkpd.models import Selisih, Transaksi
from kkpd.oversight.reminder_rules import DueEntry
from kkpd.oversight.todo_ground import Ground


def debts(work: Ground) -> Iterator[DueEntry]:
    """What this person must settle: refused purchases to repay, and their named differences.

    One with a day of its own is listed separately; the others are grouped by kind.
    """
    me = work.actor.orang_id
    for opd_id in sorted(_mine(work)):
        books = work.buku(opd_id)
        found: dict[tuple[str, str, str, date | None], list[Part]] = {}
        for part in books.parts:
            if part.waits and books.owner(part) == me:
                found.setdefault(_kind(books, part), []).append(part)
        for (jenis, kunci, kind, due), parts in found.items():
            amount = abs(total(part.left for part in parts))
            yield work.butir(
                jenis,
                opd_id,
                min(part.month for part in parts),
                len({part.explanation_id or part.purchase_id for part in parts}),
                amount,
                due_day=due or min(filter(None, map(books.until, parts)), default=None),
                kunci=kunci,
                what=kind.replace("_", " "),
                dasar=kind,
            )


def _kind(books: Standing, part: Part) -> tuple[str, str, str, date | None]:
    """(kind of what waits, key, kind of difference, its own day)."""
    if part.explanation_id is None:
        jenis = "kembali" if part.left > ZERO else "lebih_kembali"
        return jenis, f"{part.month[0]}-{part.month[1]:02d}", "", None
    due = books.told[part.explanation_id].due
    if due is not None:
        return "selisih", str(part.explanation_id), part.kind, due
    return "tanggungan", part.kind, part.kind, None


def _mine(work: Ground) -> set[int]:
    """OPDs in which a difference or a decided purchase is this person's."""
    me = work.actor.orang_id
    found: set[int] = set()
    for query in (
        select(Selisih.opd_id).where(Selisih.pemilik_id == me, Selisih.dicabut_at.is_(None)),
        select(Transaksi.opd_id).where(Transaksi.pemegang_id == me),
    ):
        found |= set(work.session.scalars(query.distinct()))
    return found & work.opd.keys()


def named(work: Ground) -> Iterator[DueEntry]:
    """Named differences of purchases that no line asks for, with a day, of this person."""
    rows = work.session.scalars(
        select(Selisih).where(
            work.within(Selisih.opd_id),
            Selisih.pemilik_id == work.actor.orang_id,
            Selisih.dicabut_at.is_(None),
            Selisih.jatuh_tempo.is_not(None),
            Selisih.baris_bank_id.is_(None),
        )
    )
    for row in rows:
        yield work.butir(
            "selisih",
            row.opd_id,
            (row.tahun, row.bulan),
            1,
            row.nilai,
            due_day=row.jatuh_tempo,
            kunci=str(row.id),
            what=row.jenis.replace("_", " "),
            dasar=row.jenis,
        )
