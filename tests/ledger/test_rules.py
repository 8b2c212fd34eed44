"""How lines and purchases are split into parts: by hand for each story, and always adding up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd import ledger
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger.shapes import Explanation, Facts, LedgerBill, LedgerLine, Link, Part, Purchase

OCT, NOV = (2026, 10), (2026, 11)
DAY = date(2026, 12, 1)
BILLS = {
    1: LedgerBill(1, 1, OCT, date(2026, 10, 31), date(2026, 11, 15), ""),
    2: LedgerBill(2, 1, NOV, date(2026, 11, 30), date(2026, 12, 15), ""),
}


def rp(amount: int) -> Rupiah:
    return Rupiah.of(amount)


def line(key: int, amount: int, bill: int | None = 1) -> LedgerLine:
    return LedgerLine(key, 1, OCT if bill != 2 else NOV, "belanja", rp(amount), DAY, 1, bill)


def bought(key: int, amount: int, **changes: Any) -> Purchase:
    given_ = {"status": "diperiksa", "origin_id": None} | changes
    return Purchase(
        id=key, opd_id=1, month=OCT, day=date(2026, 10, 5), amount=rp(amount),
        card_id=1, holder_id=1, user_id=1, **given_,
    )  # fmt: skip


def facts(
    lines: list[LedgerLine],
    purchases: list[Purchase],
    links: list[tuple[int, int, int]],
    told: list[Explanation] | None = None,
) -> Facts:
    found = Facts(
        DAY, BILLS, {one.id: one for one in lines}, [], told or [], {p.id: p for p in purchases}
    )
    for line_id, purchase_id, amount in links:
        link = Link(line_id, purchase_id, rp(amount))
        found.links.append(link)
        found.links_of_line.setdefault(line_id, []).append(link)
        found.links_of_purchase.setdefault(purchase_id, []).append(link)
    return found


def told(parts: tuple[Part, ...]) -> list[tuple[str, str, int, int]]:
    """(place, bearer, amount, left) of each part in whole rupiah."""
    return [
        (part.place, part.bearer, part.amount.sen // 100, part.left.sen // 100) for part in parts
    ]


def test_what_no_purchase_stands_behind_is_open() -> None:
    parts = ledger.split(facts([line(1, 100)], [], []))
    assert told(parts) == [("open", "undecided", 100, 100)]
    assert ledger.gross(parts) == rp(100)


def test_too_much_and_too_little_never_hide_each_other() -> None:
    found = facts([line(1, 100), line(2, -90)], [], [])
    assert ledger.gross(ledger.split(found)) == rp(190)


def test_a_purchase_not_billed_waits() -> None:
    parts = ledger.split(facts([], [bought(1, 100)], []))
    assert told(parts) == [("waiting", "budget", 100, 100)]
    assert (parts[0].billed, ledger.owed(parts)) == ("not_billed", rp(100))


def test_an_interim_list_is_no_bill() -> None:
    parts = ledger.split(facts([line(1, 100, None)], [bought(1, 100)], [(1, 1, 100)]))
    assert [(part.billed, part.place) for part in parts] == [("interim", "waiting")]


def test_approved_in_part_the_rest_is_the_holders_until_he_pays() -> None:
    half = bought(1, 100, status="disetujui", approved=rp(60), repaid=rp(30))
    parts = ledger.split(facts([line(1, 100)], [half], [(1, 1, 100)]))
    assert told(parts) == [("open", "budget", 60, 60), ("refused", "holder", 40, 10)]


def test_a_debited_part_is_settled() -> None:
    paid = bought(
        1, 100, status="lunas", approved=rp(100), dpt_id=7, dpt_bill_id=1, paid_on=date(2026, 11, 9)
    )
    found = facts([line(1, 100)], [paid], [(1, 1, 100)])
    parts = ledger.split(found)
    assert told(parts) == [("dpt", "budget", 100, 0)]
    block = ledger.bill_blocks(found, parts)[0]
    assert (block.settled, block.paid_on) == (True, date(2026, 11, 9))


def test_a_purchase_over_two_bills_is_paid_with_the_later_one() -> None:
    split = bought(1, 100, status="dpt", approved=rp(100), dpt_id=7, dpt_bill_id=2)
    found = facts([line(1, 70), line(2, 30, 2)], [split], [(1, 1, 70), (2, 1, 30)])
    first, second = ledger.bill_blocks(found, ledger.split(found))
    assert (first.carried, second.dpt, second.carried_in) == (rp(70), rp(30), rp(70))


REFUSED = {"status": "ditolak", "approved": ZERO}


@pytest.mark.parametrize(
    ("origin", "back", "expected"),
    [
        # the budget bore all: it all comes back to it
        ({"status": "disetujui", "approved": rp(100)}, -40, [("budget", -40, -40)]),
        # not decided yet: as if the budget bore it
        ({}, -40, [("budget", -40, -40)]),
        # the holder bore all and owes: it lessens what he owes
        (REFUSED, -40, [("holder", -40, 0)]),
        # the holder had paid: it is owed to him
        (REFUSED | {"status": "dibayar_pribadi", "repaid": rp(100)}, -40, [("holder", -40, -40)]),
        # borne in part: first to the budget, the rest to the holder
        (
            {"status": "disetujui", "approved": rp(30)},
            -40,
            [("budget", -30, -30), ("holder", -10, 0)],
        ),
        # more than was ever bought: nobody's, and open
        (
            {"status": "disetujui", "approved": rp(100)},
            -130,
            [("budget", -100, -100), ("undecided", -30, -30)],
        ),
    ],
)
def test_a_refund_follows_its_original(
    origin: dict[str, Any], back: int, expected: list[tuple[str, int, int]]
) -> None:
    found = facts(
        [line(1, 100), line(2, back, 2)],
        [bought(1, 100, **origin), bought(2, back, origin_id=1)],
        [(1, 1, 100), (2, 2, back)],
    )
    mine = [part for part in ledger.split(found) if part.kind == "refund"]
    assert [(p.bearer, p.amount.sen // 100, p.left.sen // 100) for p in mine] == expected


def test_what_the_holder_owes_is_net_of_what_came_back() -> None:
    found = facts(
        [line(1, 100), line(2, -40, 2)],
        [bought(1, 100, **REFUSED), bought(2, -40, origin_id=1)],
        [(1, 1, 100), (2, 2, -40)],
    )
    holder = [part.left for part in ledger.split(found) if part.bearer == "holder"]
    assert total(holder) == rp(60)


def test_a_refund_without_an_original_is_open_not_negative_spending() -> None:
    parts = ledger.split(facts([line(1, -50)], [bought(1, -50)], [(1, 1, -50)]))
    assert told(parts) == [("open", "undecided", -50, -50)]
    assert (ledger.owed(parts), ledger.gross(parts)) == (ZERO, rp(50))


@pytest.mark.parametrize(
    ("kind", "place", "bearer"),
    [
        ("meterai", "up_tunai", "up_tunai"),
        ("biaya", "others", "holder"),
        ("dibayar_dua_kali", "others", "bank"),
        ("tanpa_belanja", "others", "holder"),
    ],
)
def test_an_explained_difference_waits_until_it_is_paid(kind: str, place: str, bearer: str) -> None:
    one = Explanation(1, 1, kind, rp(10), 1, None, ZERO)
    parts = ledger.split(facts([line(1, 10)], [], [], [one]))
    assert told(parts) == [(place, bearer, 10, 10)]
    assert parts[0].waits
    paid = ledger.split(facts([line(1, 10)], [], [], [replace(one, paid=rp(10))]))
    assert not paid[0].waits


amounts = st.integers(-300, 300).filter(bool)


@st.composite
def books(draw: st.DrawFn) -> Facts:
    """Any lines, purchases and links: also those that no verb would write."""
    lines = [
        line(key, amount, draw(st.sampled_from((1, 2, None))))
        for key, amount in enumerate(draw(st.lists(amounts, max_size=5)), 1)
    ]
    purchases: list[Purchase] = []
    for key, amount in enumerate(draw(st.lists(amounts, max_size=5)), 1):
        origins = [None, *(one.id for one in purchases if one.amount > ZERO)]
        approved = draw(st.sampled_from((None, 0, amount // 2, amount)))
        purchases.append(
            bought(
                key,
                amount,
                origin_id=draw(st.sampled_from(origins)) if amount < 0 else None,
                approved=None if approved is None or amount < 0 else rp(approved),
                repaid=rp(draw(st.integers(0, 50))),
                dpt_id=draw(st.sampled_from((None, 3))),
                dpt_bill_id=draw(st.sampled_from((None, 1, 2))),
                dpt_month=OCT,
            )
        )
    links = [
        (one.id, two.id, draw(st.integers(1, 300)) * (1 if two.amount > ZERO else -1))
        for one in lines
        for two in purchases
        if draw(st.booleans())
    ]
    return facts(lines, purchases, links)


@given(books())
def test_parts_add_up_to_their_lines_and_purchases(found: Facts) -> None:
    parts = ledger.split(found)
    for one in found.lines.values():
        assert total(part.amount for part in parts if part.line_id == one.id) == one.amount
    for two in found.purchases.values():
        assert total(part.amount for part in parts if part.purchase_id == two.id) == two.amount
    for block in ledger.bill_blocks(found, parts):
        places = (
            block.dpt,
            block.refused,
            block.up_tunai,
            block.others,
            block.carried,
            block.open,
        )
        assert total(places) == block.total
    assert total(ledger.held(parts)) == ledger.owed(parts)
