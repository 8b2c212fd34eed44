"""Patterns over rows: what each test tells, and what it leaves alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kkpd.core.money import Rupiah
from kkpd.engines.audit import doubles, patterns, reference
from kkpd.engines.audit.patterns import Rows

LIMIT = Rupiah.of(10_000_000)
START = date(2026, 3, 2)


def _rows(*cells: tuple[int, int, str, str, str]) -> Rows:
    """(day, rupiah, card, vendor, note) each."""
    return Rows(
        range(2, 2 + len(cells)),
        [rupiah * 100 for _, rupiah, _, _, _ in cells],
        [START + timedelta(day) for day, _, _, _, _ in cells],
        [card for _, _, card, _, _ in cells],
        [vendor for _, _, _, vendor, _ in cells],
        [note for _, _, _, _, note in cells],
    )


def _kinds(hits: list[patterns.RowPattern]) -> list[tuple[str, tuple[int, ...]]]:
    return [(hit.kind, hit.places) for hit in hits]


def test_a_split_over_cards_and_days() -> None:
    rows = _rows((0, 4_000_000, "1", "PT Abadi", ""), (2, 7_000_000, "2", "ABADI.", ""))
    [hit] = patterns.splits(rows, [LIMIT], 3)
    assert (hit.kind, hit.places, hit.amount) == ("vendor", (0, 1), Rupiah.of(11_000_000))
    assert patterns.splits(rows, [LIMIT], 2) == []


def test_a_split_over_vendors() -> None:
    rows = _rows((0, 9_900_000, "1", "A", ""), (1, 9_500_000, "1", "B", ""))
    assert _kinds(patterns.splits(rows, [LIMIT], 3)) == [("kartu", (0, 1))]
    small = _rows((0, 5_100_000, "1", "A", ""), (1, 5_500_000, "1", "B", ""))
    assert patterns.splits(small, [LIMIT], 3) == []


def test_within_the_limit_together_is_no_split() -> None:
    rows = _rows((0, 4_000_000, "1", "A", ""), (0, 6_000_000, "1", "A", ""))
    assert patterns.splits(rows, [LIMIT], 3) == []


@pytest.mark.parametrize(
    ("notes", "kind"),
    [
        (("N-1024", "N 1024"), "nota"),
        (("N-1024", "N-1042"), "nota_mirip"),
        (("N-1O24", "N-1024"), "nota_mirip"),
        (("N-1024", "N-11024"), "nota_mirip"),
        (("N-1024", "N-1924"), "nota_mirip"),
        (("", ""), "berdekatan"),
        (("N-1024", "N-1025"), None),
        (("N-1024", "N-3377"), None),
    ],
)
def test_doubles_by_note(notes: tuple[str, str], kind: str | None) -> None:
    rows = _rows((0, 750_000, "1", "A", notes[0]), (1, 750_000, "1", "a", notes[1]))
    assert [hit.kind for hit in doubles.doubles(rows, 3)] == ([kind] if kind else [])


def test_doubles_of_one_day_and_swapped_digits() -> None:
    same = _rows((0, 750_000, "1", "A", ""), (0, 750_000, "2", "A", ""), (0, 750_000, "1", "B", ""))
    assert _kinds(doubles.doubles(same, 3)) == [("sama", (0, 1))]
    swapped = _rows((0, 1_350_000, "1", "A", "x"), (1, 1_530_000, "1", "A", "y"))
    assert _kinds(doubles.doubles(swapped, 3)) == [("angka_tertukar", (0, 1))]


def test_near_notes_of_one_day_at_any_amount() -> None:
    rows = _rows((0, 750_000, "1", "A", "N-1024"), (0, 810_000, "1", "A", "N-1042"))
    assert _kinds(doubles.doubles(rows, 3)) == [("nota_mirip", (0, 1))]
    later = _rows((0, 750_000, "1", "A", "N-1024"), (1, 810_000, "1", "A", "N-1042"))
    follow = _rows((0, 750_000, "1", "A", "N-1024"), (0, 810_000, "1", "A", "N-1034"))
    assert doubles.doubles(later, 3) == doubles.doubles(follow, 3) == []


def test_near_and_at_a_limit() -> None:
    amounts = (9_499_999, 9_500_000, 10_000_000, 10_000_001)
    rows = _rows(*((0, amount, "", "", "") for amount in amounts))
    assert [hit.places for hit in patterns.near_limits(rows, [LIMIT], 5)] == [(1,), (2,)]


def test_concentration() -> None:
    rows = _rows((0, 60, "", "PT A", ""), (0, 20, "", "a", ""), (0, 20, "", "B", ""))
    index, shares = patterns.concentration(rows)
    assert index == pytest.approx(6_800)
    assert [(one.places, one.share) for one in shares] == [((0, 1), 0.8), ((2,), 0.2)]


def test_categories() -> None:
    for mcc in ("7995", "7801", "6051", "6011", "5813", "7273", "742"):
        assert (reference.weighed(mcc) is None) == (mcc == "742"), mcc
    assert "tidak wajar" in reference.unfit("7011", "5.1.02.01.01.0024")
    assert reference.unfit("5943", "5.1.02.01.01.0024") == ""
    assert reference.unfit("9999", "5.1.02.01.01.0024") == ""
