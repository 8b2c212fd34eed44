"""Many lines decided in one act: the log says what it would say of one after the other, and the
database is read as often for many as for few.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from kkpd.approval import decide
from kkpd.approval.decide import SixTestsDecision
from kkpd.core.money import Rupiah
from kkpd.core.proof.canonical import Json
from kkpd.core.proof.events import ROWS, LogEvent
from kkpd.models import Ceiling
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.records import event_log
from tests.cast import ACTORS
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.chain_steps import LULUS, berbukti, diperiksa, setuju
from tests.worlds.desk import waiting
from tests.worlds.office import NOW, setelan

DEWI = ACTORS["dewi"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def mixed(session: Session, folder: Path) -> list[SixTestsDecision]:
    """Approved whole, in part and again in part; refused; without a reservation under a cap that is
    new; a purchase with two refunds.
    """
    rows = [berbukti(session, folder, n, rupiah=100_000 + n) for n in range(1, 7)]
    back = [
        berbukti(session, folder, 7, rupiah=-40_000, asal_id=rows[1].id),
        berbukti(session, folder, 8, rupiah=-30_000, asal_id=rows[1].id),
    ]
    diperiksa(session, folder, *rows, *back)
    ceilings_movements.settle(session, rows[3].id, "void", oleh_id=DEWI.orang_id, now=NOW)
    setelan(session, "max_per_payee_general", "900.000")
    part = {"jawaban": LULUS | {2: "tidak"}, "alasan": "Sebagian saja"}
    asked = [
        setuju(rows[0]),
        setuju(rows[1], nilai=Rupiah.of(60_000), **part),
        setuju(rows[2], keputusan="tolak", **part),
        setuju(rows[3]),
        setuju(rows[4], nilai=Rupiah.of(20_000), **part),
        setuju(rows[5]),
    ]
    return [*asked, *map(setuju, back)]


def told(session: Session, act: Callable[[], Any]) -> tuple[list[Any], list[Any]]:
    """What the log holds of the act and what the ceilings hold after it; then it is taken back."""
    event_log.append_queued(session)
    with session.begin_nested() as tried:
        act()
        events = [LogEvent.from_bytes(row.isi) for row in event_log.append_queued(session)]
        rows = session.scalars(select(Ceiling).order_by(Ceiling.jenis, Ceiling.kunci)).all()
        held = [(row.jenis, row.kunci, row.limit, row.reserved, row.posted) for row in rows]
        tried.rollback()
    session.expire_all()
    return [(one.subject, one.kind, one.before, _without_keys(one.after)) for one in events], held


def _without_keys(after: Json) -> Json:
    """Numbers that the database gives are not given again after a rollback."""
    assert isinstance(after, dict)
    rows = after.get(ROWS, [])
    assert isinstance(rows, list)
    for row in rows:
        assert isinstance(row, dict)
        if row["table"] == "ceiling":
            row.pop("key", None)
        new = row.get("new", {})
        assert isinstance(new, dict)
        for name in ("id", "ceiling_id"):
            new.pop(name, None)
    return after


def test_the_log_is_that_of_one_after_the_other(session: Session, tmp_path: Path) -> None:
    asked = mixed(session, tmp_path)

    def one_by_one() -> None:
        for one in asked:
            decide.decide(session, DEWI, one, NOW)

    apart = told(session, one_by_one)
    together = told(session, lambda: decide.decide_all(session, DEWI, asked, NOW))
    assert len(together[0]) == len(asked)
    assert together == apart
    assert ("penerima", Rupiah.of(900_000)) in [(row[0], row[2]) for row in together[1]]


def test_lines_are_read_together(session: Session, tmp_path: Path) -> None:
    """Approving 6 lines whole asks the database as often as approving 3."""
    asked = [setuju(row) for row in waiting(session, tmp_path, read=6)]
    said: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
    counts = []
    for some in (asked[:3], asked):
        session.expire_all()
        with session.begin_nested() as tried:
            said.clear()
            decide.decide_all(session, DEWI, some, NOW)
            counts.append(len([one for one in said if one.startswith("SELECT")]))
            tried.rollback()
    more = counts[1] - counts[0]
    assert more <= 9, "only the card and its state are asked for again, once a day of purchase"
