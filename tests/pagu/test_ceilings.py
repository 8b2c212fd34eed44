"""Ceilings and numbers under many hands at once: never above the limit, no gap, no deadlock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import Ceiling
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import recount as look
from kkpd.pagu.ceilings.movements import Key
from kkpd.records import issue
from tests.cast import ACTORS, DINKES, fill, given
from tests.databases import Fill
from tests.worlds.office import NOW

UP = Key(DINKES, 2026, "up_kkpd", "UP")
DPA = Key(DINKES, 2026, "dpa", "a|b|c")


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


def reserve(session: Session, transaksi_id: int, rupiah: int) -> bool:
    found = ceilings_movements.locked(session, [UP, DPA])
    refusal = ceilings_movements.try_reserve(
        session, found, transaksi_id, Rupiah.of(rupiah), oleh_id=1, now=NOW
    )
    return refusal is None


def open_limits(session: Session) -> None:
    ceilings_movements.set_limit(session, UP, Rupiah.of(1000))
    ceilings_movements.set_limit(session, DPA, Rupiah.of(700))


def test_reserved_on_all_or_on_none(session: Session) -> None:
    open_limits(session)
    assert reserve(session, 1, 600)
    assert not reserve(session, 2, 200)
    states = {row.jenis: row.reserved for row in session.scalars(select(Ceiling))}
    assert states == {"up_kkpd": Rupiah.of(600), "dpa": Rupiah.of(600)}
    assert look.recount(session) == (2, None)


def test_settled_by_what_is_held(session: Session) -> None:
    open_limits(session)
    reserve(session, 1, 600)
    assert ceilings_movements.settle(session, 1, "void", oleh_id=1, now=NOW) == Rupiah.of(600)
    assert ceilings_movements.settle(session, 1, "void", oleh_id=1, now=NOW) == ZERO
    reserve(session, 1, 500)
    ceilings_movements.post_part(session, 1, Rupiah.of(400), oleh_id=1, now=NOW)
    ceilings_movements.give_back(session, 1, Rupiah.of(150), ("up_kkpd",), oleh_id=1, now=NOW)
    ceilings_movements.restore(session, 1, ["up_kkpd"], oleh_id=1, now=NOW)
    posted = {row.jenis: row.posted for row in session.scalars(select(Ceiling))}
    assert posted == {"up_kkpd": ZERO, "dpa": Rupiah.of(250)}
    assert look.recount(session) == (2, None)


def test_a_limit_is_not_lowered_below_what_is_used(session: Session) -> None:
    open_limits(session)
    reserve(session, 1, 600)
    with pytest.raises(Conflict, match=r"Batas baru Rp 500 di bawah"):
        ceilings_movements.set_limit(session, UP, Rupiah.of(500))
    assert ceilings_movements.set_limit(session, UP, Rupiah.of(600)).limit == Rupiah.of(600)


def test_the_database_is_the_last_line(session: Session) -> None:
    open_limits(session)
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()
    row.reserved = Rupiah.of(1001)
    with pytest.raises(DBAPIError, match="tidak_lewat"):
        session.flush()


def test_a_recount_names_the_difference(session: Session) -> None:
    open_limits(session)
    reserve(session, 1, 600)
    session.execute(text("UPDATE ceiling SET reserved = 1 WHERE jenis = 'dpa'"))
    session.expire_all()
    assert "dari gerakannya Rp 600 dan Rp 0" in (look.recount(session)[1] or "")


def test_the_list_is_the_opds_own(session: Session) -> None:
    open_limits(session)
    rows = look.listing(session, ACTORS["citra"], DINKES, 2026)
    assert [(row.jenis, row.nama) for row in rows] == [("dpa", "a · b · c"), ("up_kkpd", "UP KKPD")]


def test_many_hands_never_overspend(engine: Engine) -> None:
    with writing(engine, EVERY_OPD) as session:
        open_limits(session)
        given(session)

    def one(transaksi_id: int) -> bool:
        with writing(engine, {DINKES}) as session:
            taken = reserve(session, transaksi_id, 100)
            given(session)
            return taken

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(one, range(24)))
    assert sum(taken) == 7
    with reading(engine, EVERY_OPD) as session:
        assert look.recount(session) == (2, None)


def test_numbers_have_no_gap_under_many_hands(engine: Engine) -> None:
    def one(attempt: int) -> int:
        with writing(engine, {DINKES}) as session:
            return issue.next_number(session, DINKES, 2026, "dpt")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(24))) == list(range(1, 25))


def test_the_same_room_is_given_back_once(engine: Engine) -> None:
    """Others' room would hide a second void from the CHECK: what is held is read under the lock."""
    with writing(engine, EVERY_OPD) as session:
        open_limits(session)
        assert reserve(session, 1, 100)
        assert reserve(session, 2, 500)
        given(session)

    def one(_attempt: int) -> Rupiah:
        with writing(engine, {DINKES}) as session:
            moved = ceilings_movements.settle(session, 1, "void", oleh_id=1, now=NOW)
            given(session)
            return moved

    with ThreadPoolExecutor(8) as pool:
        moved = list(pool.map(one, range(16)))
    assert sorted(moved) == [ZERO] * 15 + [Rupiah.of(100)]
    with reading(engine, EVERY_OPD) as session:
        assert {row.reserved for row in session.scalars(select(Ceiling))} == {Rupiah.of(500)}


def test_what_was_read_before_is_read_anew(session: Session) -> None:
    open_limits(session)
    rows = session.scalars(select(Ceiling)).all()
    reserve(session, 1, 600)
    assert {row.reserved for row in rows} == {Rupiah.of(600)}


def test_a_refused_movement_leaves_no_trace(session: Session) -> None:
    """Two steps on one ceiling are weighed together: neither is written when the second fails."""
    open_limits(session)
    reserve(session, 1, 600)
    with pytest.raises(Conflict):
        ceilings_movements.post_part(session, 1, Rupiah.of(700), oleh_id=1, now=NOW)
    assert ceilings_movements.held(session, 1) == {
        row.id: Rupiah.of(600) for row in session.scalars(select(Ceiling))
    }
    assert look.recount(session) == (2, None)
