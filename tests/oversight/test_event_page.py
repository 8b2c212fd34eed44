"""The event log in words: every kind has some, grants stand above, the filter narrows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Forbidden
from kkpd.core.permissions import Role
from kkpd.models import Event
from kkpd.oversight import event_page as look
from kkpd.oversight.event_page import EventFilter
from kkpd.oversight.event_words import AREAS, WORDS, words_of
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES, DISDIK
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.chain_steps import berbukti
from tests.worlds.office import NOW

FITRI, ZONE = ACTORS["fitri"], "Asia/Jakarta"
_KIND = re.compile(r"[a-z_*]+(:[a-z_*]+){1,2}")
_PROGRAM = Path(look.__file__).parents[1]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def _kinds() -> set[str]:
    """The kinds of event in the source: texts `area:subject:action`, and what is handed to the log
    (`*` where a part is made from a value).
    """
    found = set()
    for path in _PROGRAM.rglob("*.py"):
        if path.name == "event_words.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = _text(node)
            if _KIND.fullmatch(text) and text.count(":") == 2 and text.split(":")[0] in AREAS:
                found.add(text)
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record":
                found |= {kind for one in node.args[3:4] if _KIND.fullmatch(kind := _text(one))}
    return found


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "*" for one in node.values]
        return "".join(map(str, parts))
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_every_kind_of_event_has_words() -> None:
    kinds = _kinds()
    assert len(kinds) > 35
    without = [kind for kind in kinds if not _worded(kind)]
    assert without == [], "give them words in kkpd/oversight/event_words.py"
    assert {kind.partition(":")[0] for kind in WORDS} == set(AREAS)


def _worded(kind: str) -> bool:
    """Also a kind that the source makes from a value: some words must fit its fixed parts."""
    parts = kind.split(":")
    return words_of(kind) is not None or any(
        len(parts) == len(known := one.split(":"))
        and all(a in (b, "*") or b == "*" for a, b in zip(parts, known, strict=True))
        for one in WORDS
    )


def test_what_happened_is_told_with_who_what_and_the_change(
    session: Session, tmp_path: Path
) -> None:
    line = berbukti(session, tmp_path)
    event_log.append_queued(session)
    rows = look.listing(session, FITRI, EventFilter(area="belanja"), ZONE)
    made = next(row for row in rows if row.kind == "belanja:transaksi:catat")
    assert (made.act, made.who, made.role) == (
        "mencatat belanja",
        "Citra Bendahara",
        "Bendahara Pengeluaran",
    )
    assert (made.subject.kind, made.subject.id) == ("transaksi", line.id)
    assert any(
        one.what == "transaksi.nilai" and one.after == str(line.nilai) for one in made.changes
    )


def test_the_filter_narrows_by_person_kind_opd_and_day(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path)
    for opd_id in (DINKES, DISDIK, None):
        event_log.record(
            session, ACTORS["joko"], Role.ADMIN, "admin:penugasan:usul", "penugasan:1",
            now=NOW, opd_id=opd_id, before={"peran": "pptk"}, after={"peran": "pa"},
        )  # fmt: skip
    event_log.append_queued(session)

    def count(**asked: object) -> int:
        return len(look.listing(session, FITRI, EventFilter(**asked), ZONE))  # type: ignore[arg-type]  # a test's shorthand

    assert count(orang_id=ACTORS["joko"].orang_id) == 3
    assert count(area="admin", opd_id=DISDIK) == 1
    assert count(day=NOW.date()) == count()
    assert count(day=NOW.date().replace(year=2020)) == 0
    newest = session.scalars(select(Event.id).order_by(Event.id.desc())).first()
    assert count(before_id=newest) == count() - 1
    grants = look.grants(session, FITRI)
    assert {row.kind for row in grants} == {"admin:penugasan:usul"}
    assert [(one.what, one.before, one.after) for one in grants[0].changes] == [
        ("peran", "pptk", "pa")
    ]


@pytest.mark.parametrize("nama", ["citra", "dewi", "joko", "lukman"])
def test_only_inspector_and_auditor_read_it(session: Session, nama: str) -> None:
    with pytest.raises(Forbidden):
        look.listing(session, ACTORS[nama], EventFilter(), ZONE)
