"""The fixtures of tests/conftest.py keep what they promise: no test sees another one's rows."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from kkpd.core.db.schema import is_current
from kkpd.models import Opd
from tests.databases import owned


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_of_its_own(engine: Engine, turn: int) -> None:
    """Both turns make the same table: the second would fail where the first left it."""
    with owned(engine) as owner, owner.begin() as connection:
        connection.execute(text("CREATE TABLE only_once (turn INTEGER)"))
        connection.execute(text("INSERT INTO only_once VALUES (:turn)"), {"turn": turn})


def test_the_structure_is_the_newest(engine: Engine) -> None:
    """Copied databases carry the migrations' head."""
    with engine.connect() as connection:
        assert is_current(connection)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_lent_session_begins_with_nothing_and_with_the_first_key(
    session: Session, turn: int
) -> None:
    """Both turns get the same key for the same row: nothing is left of the turn before."""
    assert session.execute(text("SELECT count(*) FROM opd")).scalar_one() == 0
    opd = Opd(kode="1", slug="a", nama="A")
    session.add(opd)
    session.flush()
    assert opd.id == 1


def test_session_and_engine_of_one_test_are_one_database(session: Session, engine: Engine) -> None:
    assert session.connection().engine.url == engine.url


def test_postgres_logs_in_as_no_superuser(engine: Engine) -> None:
    """Row-level security does not bind a superuser, so tests must not be one."""
    if engine.dialect.name == "sqlite":
        return
    with engine.connect() as connection:
        assert connection.execute(text("SHOW is_superuser")).scalar_one() == "off"
