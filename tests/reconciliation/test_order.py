"""Any order of decisions, with any of them undone and taken again, gives the same end."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah
from kkpd.models import BarisBank, Cocok, Selisih, Transaksi
from kkpd.reconciliation import decide as cocok
from kkpd.reconciliation import differences as selisih
from kkpd.reconciliation import month as look
from kkpd.tagihan import line_state as baris
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti
from tests.worlds.office import NOW

CITRA: Final = ACTORS["citra"]
#: Lines in whole rupiah, and the purchases (by position) that settle each; none: explained.
TAGIHAN: Final = (750_000, 900_000, 103_000, 65_000)
BELANJA: Final = (750_000, 400_000, 500_000, 100_000)
PUTUSAN: Final[tuple[tuple[int, ...], ...]] = ((0,), (1, 2), (3,), ())


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _decide(
    session: Session, line: BarisBank, rows: list[Transaksi], what: tuple[int, ...]
) -> None:
    if not what:
        command = selisih.Explain(line.id, "tanpa_belanja", None, "ditanyakan")
        selisih.explain_difference(session, CITRA, DINKES, command, NOW)
        return
    rest = "biaya" if line.nilai != sum((rows[n].nilai for n in what), ZERO) else ""
    link = cocok.LinkUp(line.id, tuple(rows[n].id for n in what), rest, "surcharge")
    cocok.pair_up(session, CITRA, DINKES, link, NOW)


def _undo(session: Session, lines: list[BarisBank]) -> None:
    """Take back whatever is decided."""
    for line in lines:
        if baris.left_over(session, line) != line.nilai:
            cocok.undo(session, CITRA, DINKES, line.id, NOW)


def _end(session: Session) -> tuple[set[tuple[int, int, int]], set[tuple[int, str, int]], object]:
    """Living links, living explanations, the headline."""
    return (
        {
            (row.baris_bank_id, row.transaksi_id, row.nilai.sen)
            for row in session.scalars(select(Cocok).where(Cocok.dicabut_at.is_(None)))
        },
        {
            (row.baris_bank_id or 0, row.jenis, row.nilai.sen)
            for row in session.scalars(select(Selisih).where(Selisih.dicabut_at.is_(None)))
        },
        look.working(session, CITRA, DINKES, OKTOBER).summary,
    )


_day_order = st.permutations(range(len(TAGIHAN)))
_jalan = st.tuples(st.lists(st.integers(0, len(TAGIHAN) - 1), max_size=8), _day_order, _day_order)


@given(ways=st.tuples(_jalan, _jalan))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_with_undo_ends_the_same(
    session: Session, ways: tuple[tuple[list[int], list[int], list[int]], ...]
) -> None:
    """One after the other in the same books: what an example leaves, the next undoes first."""
    lines = list(session.scalars(select(BarisBank).order_by(BarisBank.id)))
    if not lines:
        with tempfile.TemporaryDirectory() as folder:
            for number, rupiah in enumerate(BELANJA):
                berbukti(session, Path(folder), number, rupiah=rupiah)
        lines = baris_bank(session, *TAGIHAN)
    rows = list(session.scalars(select(Transaksi).order_by(Transaksi.id)))
    ends = []
    for steps, then, last in ways:
        _undo(session, lines)
        decided: set[int] = set()
        for number in [*steps, *then]:
            if number in decided:
                cocok.undo(session, CITRA, DINKES, lines[number].id, NOW)
                decided.discard(number)
            else:
                _decide(session, lines[number], rows, PUTUSAN[number])
                decided.add(number)
        for number in last:
            if number not in decided:
                _decide(session, lines[number], rows, PUTUSAN[number])
        ends.append(_end(session))
    assert ends[0] == ends[1]
    assert ends[0][2] == look.MonthSummary(
        tagihan=Rupiah.of(sum(TAGIHAN)),
        cocok=Rupiah.of(sum(BELANJA)),
        amount_explained=Rupiah.of(68_000),
        selisih=ZERO,
        baris=4,
        matched_lines=4,
        to_decide=0,
        unpaired=0,
        not_yet_billed=0,
        amount_not_yet_billed=ZERO,
    )
