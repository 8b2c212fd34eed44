"""The demo year ties out to the rupiah, and another hand reckons the same from the tables."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import cast

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Opd, Periode
from kkpd.reports.tieout import Claim, check
from tests.tieout import other_hand

DAY = date(2026, 12, 1)
YEAR = 2026


@pytest.fixture(scope="module")
def claims(year: Engine) -> list[Claim]:
    with reading(year, EVERY_OPD) as session:
        return check(session, YEAR, DAY)


@pytest.fixture
def session(year: Engine) -> Iterator[Session]:
    with reading(year, EVERY_OPD) as found:
        yield found


def test_every_identity_holds(claims: list[Claim]) -> None:
    assert [claim.sentence for claim in claims if not claim.holds] == []


def test_each_closed_month_has_twenty_identities_at_least(
    session: Session, claims: list[Claim]
) -> None:
    slugs = {opd.id: opd.slug for opd in session.scalars(select(Opd))}
    count = Counter((claim.opd, claim.period) for claim in claims)
    closed = session.scalars(select(Periode).where(Periode.status != "terbuka")).all()
    assert len(closed) > 50
    for row in closed:
        assert count[slugs[row.opd_id], f"{row.tahun}-{row.bulan:02d}"] >= 20


def test_another_hand_owes_the_same(year: Engine, session: Session) -> None:
    books = other_hand.read(year)
    for opd in session.scalars(select(Opd)):
        for number in range(1, 12):
            end = date(YEAR, number, monthrange(YEAR, number)[1])
            owed = ledger.owed(ledger.parts(session, [opd.id], end)).sen
            assert owed == other_hand.owed(books, opd.id, YEAR, number), (opd.slug, number)


def test_another_hand_reads_the_same_in_the_papers(
    year: Engine, session: Session, claims: list[Claim]
) -> None:
    """Registers, DPTs, debits and the board against plain selects and pandas."""
    books = other_hand.read(year)
    slugs = {opd.id: opd.slug for opd in session.scalars(select(Opd))}
    sources = {
        "A5": other_hand.billed(books),
        "B4": other_hand.papers(books, "dpt"),
        "C1 spm": other_hand.papers(books, "spm"),
        "C5 penerimaan": other_hand.steps(books, "sp2d"),
        "C5 pengeluaran": other_hand.steps(books, "bayar"),
        "I1": other_hand.open_gross(books),
    }
    said = {(claim.key, claim.opd, claim.period): claim.left.sen for claim in claims}
    for key, found in sources.items():
        for where, amount in found.items():
            opd_id, year_, number = (int(one) for one in cast("tuple[int, int, int]", where))
            period = f"{year_}-{number:02d}"
            assert said[key, slugs[opd_id], period] == int(amount), (key, slugs[opd_id], period)
