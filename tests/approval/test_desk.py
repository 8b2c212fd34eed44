"""The desk: what is an exception, and many decisions in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.approval import decide, desk, reads
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import Rupiah
from kkpd.models import Penugasan, Persetujuan, Transaksi, Uji
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.chain_steps import LULUS, setuju
from tests.worlds.desk import waiting
from tests.worlds.office import NOW

DEWI, INDRA = ACTORS["dewi"], ACTORS["indra"]
OKTOBER = (2026, 10)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def shown(session: Session) -> tuple[desk.DeskLine, ...]:
    rows = reads.lines(session, DEWI, "uji:lihat", DINKES, ("diperiksa",), OKTOBER)
    return desk.lines(session, rows)


def test_an_unread_picture_proves_nothing(session: Session, tmp_path: Path) -> None:
    waiting(session, tmp_path, read=2, pictures=1)
    found = shown(session)
    assert [one.exceptional for one in found] == [False, False, True]
    known, picture = found[0], found[2]
    assert [test.hasil for test in known.tests] == ["sesuai"] * 5 + ["menunggu"]
    assert [test.nomor for test in picture.unknown] == [2, 4]
    assert "teksnya terbaca" in known.bukti[0].wording
    assert "isinya tidak terbaca program" in picture.bukti[0].wording


def test_all_are_decided_or_none(session: Session, tmp_path: Path) -> None:
    rows = waiting(session, tmp_path, read=3)
    seen = [setuju(row) for row in rows]
    wrong = replace(seen[2], keputusan="tolak", jawaban=LULUS, alasan="Bukan untuk dinas")
    with pytest.raises(DomainError, match="sedikitnya satu uji") as refused:
        decide.decide_all(session, DEWI, [*seen[:2], wrong], NOW)
    assert refused.value.field == f"putusan-{rows[2].id}"
    assert rows[2].merchant in refused.value.message


def test_a_line_that_changed_meanwhile_is_named(session: Session, tmp_path: Path) -> None:
    rows = waiting(session, tmp_path, read=2)
    seen = [setuju(row) for row in rows]
    decide.decide(session, INDRA, seen[1], NOW)
    decide.undo(session, INDRA, rows[1].id, NOW)
    with pytest.raises(Conflict, match="berubah sejak") as refused:
        decide.decide_all(session, DEWI, seen, NOW)
    assert refused.value.field == f"versi-{rows[1].id}"


def test_whole_part_and_refusal_in_one_act(session: Session, tmp_path: Path) -> None:
    rows = waiting(session, tmp_path, read=3)
    some = setuju(
        rows[1], nilai=Rupiah.of(20_000), jawaban=LULUS | {2: "tidak"}, alasan="Sebagian saja"
    )
    none = setuju(
        rows[2], keputusan="tolak", jawaban=LULUS | {2: "tidak"}, alasan="Bukan untuk dinas"
    )
    decide.decide_all(session, DEWI, [none, some, setuju(rows[0])], NOW)
    assert [row.status for row in rows] == ["disetujui", "disetujui", "ditolak"]
    words = session.scalars(
        select(Persetujuan.nilai)
        .where(Persetujuan.peran == "pa", Persetujuan.keputusan == "setuju")
        .order_by(Persetujuan.id)
    )
    assert list(words) == [rows[0].nilai, Rupiah.of(20_000)]
    assert session.scalar(select(func.count()).select_from(Uji)) == 18
    with pytest.raises(DomainError, match="sedikitnya satu"):
        decide.decide_all(session, DEWI, [], NOW)


def test_so_many_queries_for_any_number_of_lines(session: Session, tmp_path: Path) -> None:
    """The desk asks the database as often for 6 lines as for 3."""
    from sqlalchemy import event

    rows = waiting(session, tmp_path, read=6)
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
    listed = reads.lines(session, DEWI, "uji:lihat", DINKES, ("diperiksa",), OKTOBER)
    counts = []
    for number in (3, 6):
        session.expire_all()
        asked.clear()
        desk.lines(session, listed[:number])
        counts.append(len(asked))
    more = counts[1] - counts[0]
    assert more <= 9, "only the card and its state are asked for again, once a day of purchase"
    assert len(rows) == 6


def test_who_acts_for_whom_is_told(session: Session) -> None:
    given: dict[str, Any] = {
        "orang_id": ORANG["kartika"],
        "peran": "pa",
        "opd_id": DINKES,
        "mulai": date(2026, 10, 1),
        "sampai": date(2026, 12, 31),
        "dasar": "Surat kuasa 7/2026",
        "atas_nama_id": ORANG["dewi"],
        "status": "berlaku",
    }
    session.add(Penugasan(**given))
    session.flush()
    (one,) = desk.stand_ins(session, DINKES, "uji:putuskan", date(2026, 10, 20))
    assert (one.orang_id, one.atas_nama) == (ORANG["kartika"], "Dewi Anggaran")
    assert one.dasar == "Surat kuasa 7/2026"
    assert desk.stand_ins(session, DINKES, "uji:putuskan", date(2027, 1, 1)) == ()
    assert session.scalars(select(Transaksi)).all() == []
