"""Identity of bank lines: multiset maximum over files, references, bills."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.engines.reading import Line
from kkpd.tagihan.identity import Slots, agreement_of, base_key, bill_identity
from tests.lines import bank_line, base_keys, identify


class Books:
    """What a service does with `identify`: slots per base key, references learned."""

    def __init__(self) -> None:
        self.slots: dict[str, list[str | None]] = {}

    def take(self, rows: list[Line]) -> int:
        new = 0
        for one in sorted(identify(self.slots, rows), key=lambda one: one.occurrence):
            slots = self.slots.setdefault(one.base_key, [])
            if one.new:
                slots.append(rows[one.index].reference)
                new += 1
                assert one.occurrence == len(slots)
            elif one.learned:
                slots[one.occurrence - 1] = one.learned
        return new

    @property
    def count(self) -> int:
        return sum(map(len, self.slots.values()))


@pytest.mark.parametrize(
    "same",
    [
        bank_line(text="  kopi "),
        bank_line(amount=Decimal("10")),
        bank_line(amount=Decimal("1E+1")),
        bank_line(text="", merchant="KOPI"),
        bank_line(reference="R1"),
        bank_line(currency=None),
    ],
)
def test_what_a_re_export_changes_is_not_identity(same: Line) -> None:
    assert base_key(same) == base_key(bank_line())


@pytest.mark.parametrize(
    "other",
    [
        bank_line(text="TEH"),
        bank_line(amount=Decimal("10.01")),
        bank_line(amount=Decimal("-10.00")),
        bank_line(card_last4="9999"),
        bank_line(card_last4=None),
        bank_line(transaction_date=date(2025, 3, 2)),
        bank_line(transaction_date=None, posting_date=date(2025, 3, 1)),
        bank_line(merchant="KOPI"),
    ],
)
def test_what_makes_another_line(other: Line) -> None:
    assert base_key(other) != base_key(bank_line())


def test_zero_has_one_form() -> None:
    assert base_key(bank_line(amount=Decimal("0.00"))) == base_key(bank_line(amount=Decimal("-0")))


@given(
    st.lists(st.decimals(-(10**6), 10**6, places=2), max_size=4),
    st.lists(st.decimals(-100, 100, allow_nan=False, allow_infinity=False), max_size=2),
)
def test_an_amount_has_one_key_however_many_zeros_and_neighbours_it_has(
    few_places: list[Decimal], any_places: list[Decimal]
) -> None:
    amounts = [*few_places, *any_places]
    shapes = [format(amount, "f") for amount in amounts]
    longer = [text + "000" if "." in text else text + ".000" for text in shapes]
    together = base_keys([bank_line(amount=amount) for amount in amounts])
    assert together == [
        base_key(bank_line(amount=amount.normalize(Context(prec=200)))) for amount in amounts
    ]
    assert together == [base_key(bank_line(amount=Decimal(text))) for text in longer]


def test_two_equal_purchases_stay_two_and_a_second_import_adds_none() -> None:
    books = Books()
    assert books.take([bank_line(), bank_line()]) == 2
    assert books.take([bank_line(), bank_line()]) == 0
    assert books.take([bank_line(), bank_line(), bank_line()]) == 1


def test_a_reference_tells_lines_apart_that_a_cut_day_hides() -> None:
    books = Books()
    books.take([bank_line(reference="a"), bank_line(reference="b")])
    assert books.take([bank_line(reference="b"), bank_line(reference="c")]) == 1
    assert books.take([bank_line(), bank_line()]) == 0  # the PDF of the same bill prints none


def test_a_line_without_reference_learns_it_from_a_later_file() -> None:
    books = Books()
    books.take([bank_line(), bank_line()])
    assert books.take([bank_line(reference="a"), bank_line(reference="b")]) == 0
    assert books.take([bank_line(reference="c"), bank_line(reference="b")]) == 1


def test_unstable_references_are_seen_and_can_be_ignored() -> None:
    seen: dict[str, Slots] = {base_key(bank_line()): ["x1"]}
    rows = [(base_key(bank_line()), "y7")]
    assert not agreement_of(seen, rows).stable
    assert agreement_of(seen, [(base_key(bank_line()), "x1")]).stable
    assert agreement_of({}, rows).stable
    found = identify(seen, [bank_line(reference="y7")], use_references=False)
    assert [one for one in found if one.new] == []


def test_bills_are_known_by_what_they_print() -> None:
    bill = bill_identity("1234", date(2025, 3, 25), "final", Decimal("10.00"))
    assert bill == bill_identity("1234", date(2025, 3, 25), "final", Decimal(10))
    assert bill != bill_identity("1234", date(2025, 3, 25), "dts", Decimal(10))
    assert bill != bill_identity(None, date(2025, 3, 25), "final", Decimal(10), "OPD")


rows = st.builds(
    bank_line,
    transaction_date=st.integers(0, 9).map(lambda n: date(2025, 3, 1) + timedelta(days=n)),
    amount=st.integers(-3, 3).map(Decimal),
    text=st.sampled_from(["KOPI", "TEH", "kopi "]),
)


@given(st.lists(rows, max_size=40), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_any_overlap_of_whole_days_in_any_order_gives_the_same_books(
    bank: list[Line], cuts: list[tuple[int, int]]
) -> None:
    def piece(first: int, last: int) -> list[Line]:
        start = date(2025, 3, 1)
        days = {start + timedelta(days=n) for n in range(first, last + 1)}
        return [row for row in bank if row.transaction_date in days]

    pieces = [piece(*sorted(cut)) for cut in cuts] + [piece(0, 4), piece(3, 9)]
    pieces *= 2
    for seed in range(3):
        order = random.Random(seed)
        books = Books()
        for one in order.sample(pieces, len(pieces)):
            books.take(order.sample(one, len(one)))
        assert {key: len(slots) for key, slots in books.slots.items()} == Counter(base_keys(bank))


named = st.lists(
    st.lists(st.sampled_from([None, "a", "b", "c", "d"]), max_size=5), min_size=1, max_size=5
)


@given(named, st.randoms(use_true_random=False))
def test_references_and_counts_give_one_result_in_any_order(
    files: list[list[str | None]], order: random.Random
) -> None:
    distinct: Counter[str] = Counter()
    for file in files:
        distinct |= Counter(name for name in file if name)
    wanted = max([distinct.total(), *map(len, files)])
    for _ in range(3):
        books = Books()
        order.shuffle(files)
        for file in files:
            books.take([bank_line(reference=name) for name in file])
        assert books.count == wanted
