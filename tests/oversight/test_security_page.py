"""The security log for the inspector: read backwards, narrowed, in pages, with little memory."""

from __future__ import annotations

import ast
import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kkpd.core.errors import Forbidden
from kkpd.oversight import security_page
from kkpd.oversight.event_words import AREAS, NOTED, NOTED_AREAS, words_of
from kkpd.oversight.security_page import LogFilter, listing
from kkpd.records import security_log
from tests.cast import ACTORS, fill
from tests.databases import Fill

FITRI, ZONE = ACTORS["fitri"], "Asia/Jakarta"
BEGIN = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
Wrote = Callable[..., None]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.fixture
def wrote(tmp_path: Path) -> Wrote:
    """Append a line to a file of the log, so many minutes after the beginning."""

    def append(
        minute: float, kind: str, outcome: str, name: str = security_log.FILE, **told: object
    ) -> None:
        at = (BEGIN + timedelta(minutes=minute)).isoformat(timespec="milliseconds")
        line = {"at": at, "level": "INFO", "logger": "kkpd.keamanan", "message": kind}
        with (tmp_path / name).open("a", encoding="utf-8") as handle:
            handle.write(json.dumps({**line, "outcome": outcome, **told}) + "\n")

    return append


def kinds(session: Session, folder: Path, **asked: object) -> list[str]:
    page = listing(session, FITRI, folder, LogFilter(**asked), ZONE)  # type: ignore[arg-type]  # by name
    return [row.kind for row in page.rows]


def test_every_kind_that_is_noted_has_words() -> None:
    program = Path(security_page.__file__).parents[1]
    noted = set()
    for path in program.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "note":
                noted |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert len(noted) > 8
    assert [kind for kind in noted if words_of(str(kind)) is None] == []
    assert {kind.partition(":")[0] for kind in NOTED} == set(NOTED_AREAS)
    assert not set(NOTED_AREAS) & set(AREAS)


def test_newest_first_over_all_files_and_narrowed(
    session: Session, tmp_path: Path, wrote: Wrote
) -> None:
    citra = ACTORS["citra"].pengguna_id
    wrote(
        0,
        "akun:sesi:masuk",
        "gagal",
        "keamanan.log.1",
        subject="pengguna:0a1b2c",
        address="10.0.0.9",
    )
    wrote(1, "akses:izin", "ditolak", pengguna_id=citra, path="/admin/", address="10.0.0.1")
    wrote(90, "berkas:unduh", "berhasil", pengguna_id=ACTORS["budi"].pengguna_id)
    wrote(
        95,
        "akun:masuk:nonaktif",
        "berhasil",
        pengguna_id=ACTORS["joko"].pengguna_id,
        subject=f"pengguna:{citra}",
    )
    with (tmp_path / "keamanan.log").open("a") as handle:
        handle.write("a broken line\n[]\n")
    everything = ["akun:masuk:nonaktif", "berkas:unduh", "akses:izin", "akun:sesi:masuk"]
    assert kinds(session, tmp_path) == everything
    assert kinds(session, tmp_path, outcome="gagal") == ["akun:sesi:masuk"]
    assert kinds(session, tmp_path, area="akun") == ["akun:masuk:nonaktif", "akun:sesi:masuk"]
    assert kinds(session, tmp_path, pengguna_id=citra) == ["akun:masuk:nonaktif", "akses:izin"]
    # the day is the office's: 24 November begins at 17:00 UTC
    assert kinds(session, tmp_path, day=date(2026, 11, 24)) == everything[:2]
    assert kinds(session, tmp_path, day=date(2026, 11, 25)) == []
    rows = listing(session, FITRI, tmp_path, LogFilter(), ZONE).rows
    assert [row.who for row in rows] == ["Joko Administrator", "Budi Teknis", "Citra Bendahara", ""]
    assert rows[0].about == "Citra Bendahara"
    assert rows[2].about == "/admin/"
    assert rows[3].about == "nama tak dikenal 0a1b2c"
    assert rows[3].address == "10.0.0.9"


def test_pages_neither_lose_nor_repeat_a_line(
    session: Session, tmp_path: Path, wrote: Wrote
) -> None:
    for number in range(130):
        wrote(number // 3, "berkas:unduh", "berhasil", path=f"/{number}")
    seen, asked = [], LogFilter()
    while True:
        page = listing(session, FITRI, tmp_path, asked, ZONE)
        seen += [row.about for row in page.rows]
        if page.next_before is None:
            break
        assert len(page.rows) >= security_page.PAGE_SIZE
        asked = LogFilter(before=page.next_before)
    assert seen == [f"/{number}" for number in reversed(range(130))]


def test_a_long_log_costs_little_memory_and_a_page_stops_in_time(
    session: Session, tmp_path: Path, wrote: Wrote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(security_page, "MOST_READ", 4 * 1024 * 1024)
    wrote(0, "akun:sesi:masuk", "gagal")
    wrote(1, "berkas:unduh", "berhasil", path="/" + "x" * 300)
    path = tmp_path / "keamanan.log"
    first, other = path.read_bytes().splitlines(keepends=True)
    with path.open("wb") as handle:
        handle.write(first)
        for second in range(30_000):
            moment = (BEGIN + timedelta(seconds=second + 1)).isoformat(timespec="milliseconds")
            handle.write(b'{"at": "' + moment.encode() + b'"' + other[other.index(b', "level"') :])
    assert path.stat().st_size > 2 * security_page.MOST_READ
    tracemalloc.start()
    page = listing(session, FITRI, tmp_path, LogFilter(outcome="gagal"), ZONE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * 1024 * 1024
    assert page.rows == ()
    assert page.looked_until == page.next_before
    while page.next_before is not None and not page.rows:
        page = listing(
            session, FITRI, tmp_path, LogFilter(outcome="gagal", before=page.next_before), ZONE
        )
    assert [row.kind for row in page.rows] == ["akun:sesi:masuk"]


@pytest.mark.parametrize("who", ["citra", "joko"])
def test_only_who_watches_reads_it(session: Session, tmp_path: Path, who: str) -> None:
    with pytest.raises(Forbidden):
        listing(session, ACTORS[who], tmp_path, LogFilter(), ZONE)
