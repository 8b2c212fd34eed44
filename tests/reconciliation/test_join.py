"""Several bank lines that a person joins to one purchase."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import BarisBank, Cocok
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.reconciliation import month as look
from kkpd.reconciliation.link import JoinLines, join_lines
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_lines_joined_by_hand_cover_their_purchase_and_go_back_together(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=900)
    ids = tuple(line.id for line in baris_bank(session, 500, 300, 100, 70))
    wanted = JoinLines(ids[0], (*ids[1:3], ids[0]), row.id, Rupiah.of(500))
    assert join_lines(session, CITRA, DINKES, wanted, NOW) == 3
    links = session.scalars(select(Cocok).order_by(Cocok.baris_bank_id)).all()
    assert [(one.baris_bank_id, one.nilai, one.jenis) for one in links] == [
        (ids[0], Rupiah.of(500), "gabung"),
        (ids[1], Rupiah.of(300), "gabung"),
        (ids[2], Rupiah.of(100), "gabung"),
    ]
    assert look.working(session, CITRA, DINKES, OKTOBER).summary.selisih == Rupiah.of(70)
    with pytest.raises(Conflict, match="sudah diselesaikan"):
        join_lines(session, CITRA, DINKES, wanted, NOW)
    assert set(reconciliation_decide.undo(session, CITRA, DINKES, ids[1], NOW)) == set(ids[:3])


def test_only_what_is_open_of_a_line_is_joined(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=800)
    first, second = baris_bank(session, 520, 300)
    said = differences.Explain(first.id, "biaya", Rupiah.of(20), "surcharge")
    differences.explain_difference(session, CITRA, DINKES, said, NOW)
    join_lines(session, CITRA, DINKES, JoinLines(second.id, (first.id,), row.id), NOW)
    assert look.working(session, CITRA, DINKES, OKTOBER).summary.selisih == ZERO


def test_what_does_not_fit_is_told_and_nothing_is_linked(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=800)
    other = berbukti(session, tmp_path, 2, rupiah=50)
    lines = baris_bank(session, 500, 200, -100, 50)
    first, second, back, last = (line.id for line in lines)
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(last, (other.id,)), NOW
    )
    for wrong, said in (
        (JoinLines(first, (), row.id), "Pilih satu sampai 19 baris lain"),
        (JoinLines(first, (first,), row.id), "Pilih satu sampai 19 baris lain"),
        (JoinLines(first, (second,), row.id), r"berjumlah Rp 700, kurang Rp 100 dari belanja"),
        (JoinLines(first, (second, back), row.id), "tidak dapat digabungkan"),
        (JoinLines(first, (last,), row.id), "sudah diselesaikan"),
        (JoinLines(first, (second,), other.id), "sudah dipasangkan"),
        (JoinLines(first, (999,), row.id), "tidak ditemukan"),
        (JoinLines(first, (second,), 999), "tidak ditemukan"),
        (JoinLines(first, (second,), row.id, Rupiah.of(499)), "berubah sejak"),
    ):
        with pytest.raises(DomainError, match=said):
            join_lines(session, CITRA, DINKES, wrong, NOW)
    with pytest.raises(Forbidden):
        join_lines(session, ACTORS["dewi"], DINKES, JoinLines(first, (second,), row.id), NOW)
    assert len(session.scalars(select(Cocok)).all()) == 1


def test_lines_of_other_months_are_not_joined(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=800)
    first = baris_bank(session, 500)[0]
    changed = {"bulan": 11, "baris": 99, "kejadian": 2, "nilai": Rupiah.of(300)}
    names = set(BarisBank.__table__.columns.keys()) - {"id"}
    second = BarisBank(**{name: getattr(first, name) for name in names} | changed)
    session.add(second)
    session.flush()
    with pytest.raises(DomainError, match="bulan lain"):
        join_lines(session, CITRA, DINKES, JoinLines(first.id, (second.id,), row.id), NOW)


def test_a_fee_is_no_part_of_a_price(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rupiah=800)
    lines = baris_bank(session, 500, 300, jenis="biaya")
    with pytest.raises(DomainError, match="bukan bagian harga"):
        join_lines(session, CITRA, DINKES, JoinLines(lines[0].id, (lines[1].id,), row.id), NOW)
