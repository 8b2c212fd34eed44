"""`kkpd tieout`: every paper, page and board against each other and against the ledger.

An identity is a claim for one OPD and period (listed in docs/kebenaran.md); all are returned, those
that hold too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.moments import Span
from kkpd.models import Opd
from kkpd.oversight import board as oversight_board
from kkpd.oversight import monitoring
from kkpd.reports.tieout import balances, boards, spending
from kkpd.reports.tieout import bills as tieout_bills
from kkpd.reports.tieout import chain as tieout_chain
from kkpd.reports.tieout.world import READER, Claim, World

__all__ = ["Claim", "check", "month"]

_MONTHLY = (
    tieout_bills.claims,
    tieout_chain.claims,
    balances.claims,
    spending.claims,
    boards.claims,
)


def check(session: Session, tahun: int, day: date, opd: str = "") -> list[Claim]:
    """All claims of the year as of the day, of one OPD (short name or code) or of all of them.

    The session must be read-only, because facts are cached.
    """
    found: list[Claim] = []
    worlds: list[World] = []
    with ledger.remembered(session):
        board = {
            row.opd_id: row for row in oversight_board.oversight_board(session, READER, tahun, day)
        }
        watch = {row.opd_id: row for row in monitoring.watch_opds(session, READER, tahun, day)}
        for one in session.scalars(select(Opd).order_by(Opd.id)).all():
            if opd in ("", one.slug, one.kode):
                world = World(session, one, day)
                found += _of_opd(world, tahun)
                found += boards.board(world, tahun, board)
                found += boards.monitoring(world, tahun, watch)
                worlds.append(world)
        if not opd:
            found += spending.together(session, worlds, Span(tahun, 1, 12), day)
    return found


def month(session: Session, opd_id: int, span: Span, day: date) -> list[Claim]:
    """The claims of one OPD's month."""
    with ledger.remembered(session):
        world = World(session, session.get_one(Opd, opd_id), day)
        return list(_month(world, span))


def _month(world: World, span: Span) -> Iterator[Claim]:
    return world.claims(span, (found for part in _MONTHLY for found in part(world, span)))


def _of_opd(world: World, tahun: int) -> Iterator[Claim]:
    months = world.months(tahun)
    for span in months:
        yield from _month(world, span)
    for whole in _wholes(tahun):
        if any(whole.start <= one.start <= whole.finish for one in months):
            yield from world.claims(whole, spending.adds_up(world, months, whole))
    yield from world.claims(str(tahun), balances.ceilings(world))
    yield from world.claims(str(tahun), balances.year(world, tahun))


def _wholes(tahun: int) -> list[Span]:
    quarters = [Span(tahun, number * 3 - 2, number * 3) for number in range(1, 5)]
    return [*quarters, Span(tahun, 1, 12)]
