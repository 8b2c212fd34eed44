"""The pure rules of bills: months, groups, arithmetic, twins, interim lines, columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.errors import DomainError, Unreadable
from kkpd.core.money import Rupiah
from kkpd.engines.reading import Bill
from kkpd.ledger.booking_month import Booking, after, book_month, month_of
from kkpd.tagihan import bills, interim_rules
from kkpd.tagihan.bills import LineTotals, PrintedTotals, sen, totals_by_key
from kkpd.tagihan.identity import LineFeatures, base_key, compare
from kkpd.tagihan.intake.plan import line_key, tidied
from kkpd.tagihan.interim_rules import InterimCandidate
from tests.lines import bank_line

OKTOBER, NOVEMBER = (2026, 10), (2026, 11)


@pytest.mark.parametrize(
    ("asal", "last_closed", "wanted"),
    [
        (OKTOBER, None, Booking(2026, 10)),
        (OKTOBER, (2026, 9), Booking(2026, 10)),
        (OKTOBER, OKTOBER, Booking(2026, 11, OKTOBER)),
        ((2026, 3), OKTOBER, Booking(2026, 11, (2026, 3))),
        (NOVEMBER, (2026, 12), Booking(2027, 1, NOVEMBER)),
    ],
)
def test_a_closed_month_sends_its_lines_on(
    asal: tuple[int, int], last_closed: tuple[int, int] | None, wanted: Booking
) -> None:
    assert book_month(asal, last_closed) == wanted


def test_months_follow_each_other() -> None:
    assert after((2026, 12)) == (2027, 1)
    assert month_of("2026-10-13") == OKTOBER


def _bill(card: str | None, total: str | None = "100", sheet: str | None = None) -> Bill:
    amount = None if total is None else Decimal(total)
    return Bill(card_last4=card, bill_date=date(2026, 10, 25), total_due=amount, sheet=sheet)


def test_lines_find_their_bill_by_card_else_by_sheet() -> None:
    cards = bills.bill_pointer([_bill("1111"), _bill("2222")])
    assert [cards(None, card) for card in ("2222", "1111", None)] == [1, 0, bills.LISTING]
    sheets = bills.bill_pointer([_bill(None, sheet="A"), _bill(None, "7", sheet="B")])
    assert [sheets(name, None) for name in ("B", "C")] == [1, bills.LISTING]
    unclear = bills.bill_pointer([_bill(None), _bill(None, "7")])
    assert unclear("A", "1111") == bills.LISTING
    assert bills.bill_pointer([_bill("1111")])("A", "9999") == 0
    assert bills.bill_pointer([])(None, None) == bills.LISTING


def test_a_bill_needs_date_and_total_and_counts_once() -> None:
    same = [_bill("1111"), _bill("1111"), _bill("2222"), _bill("3333", None)]
    assert [one.card_last4 for one in bills.real_bills(same)] == ["1111", "2222"]
    with pytest.raises(DomainError, match="identitas"):
        bills.identitas(_bill("1", None), "final")
    first = bills.identitas(_bill("1111"), "final")
    assert first == bills.identitas(_bill("1111", "100.00", "lain"), "final")
    assert first != bills.identitas(_bill("1111"), "dts")


def test_the_arithmetic_of_a_bill() -> None:
    good = PrintedTotals.dari(
        Bill(
            previous_balance=Decimal(50),
            payments=Decimal(50),
            new_charges=Decimal(90),
            stamp_duty=Decimal(10),
            total_due=Decimal(100),
        )
    )
    assert good.baru == Rupiah.of(100)
    lines = (
        LineTotals().plus("belanja", 2, 9_000).plus("meterai", 1, 1_000).plus("pembayaran", 1, -9)
    )
    assert (lines.baris, lines.bank_billed, lines.pembayaran) == (4, Rupiah.of(100), Rupiah(-9))
    assert bills.check(good, lines) == []
    assert bills.lengkap(good, lines.bank_billed)
    wrong = PrintedTotals(Rupiah.of(1), Rupiah.of(0), Rupiah.of(5), Rupiah.of(9))
    rules = [one.rule for one in bills.check(wrong, LineTotals())]
    assert rules == ["hitungan_tagihan", "jumlah_baris"]


def test_without_new_charges_the_totals_say_what_the_lines_must_be() -> None:
    assert PrintedTotals(Rupiah.of(30), None, None, Rupiah.of(100)).expected == Rupiah.of(70)
    assert PrintedTotals(None, None, None, Rupiah.of(100)).expected is None
    assert bills.check(PrintedTotals(None, None, None, None), LineTotals()) == []


def test_twins_are_compared_line_by_line() -> None:
    books = [
        LineFeatures(1, "4821", "2026-10-13", 5),
        LineFeatures(2, "4821", "2026-10-13", 5),
        LineFeatures(3, None, "x", 9),
    ]
    file = [
        LineFeatures(10, "4821", "2026-10-13", 5),
        LineFeatures(11, None, "2026-10-13", 5),
        LineFeatures(12, "4821", "x", 9),
        LineFeatures(13, "4821", "2026-10-13", 5),
    ]
    found = compare(file, books)
    assert found.pairings[12] == 3
    assert {found.pairings[10], found.pairings[13]} == {1, 2}
    assert [one.id for one in found.only_in_file] == [11]
    assert found.only_in_books == []


def _line(
    id_: int, day: int, sen: int, merchant: str = "KOPI", ref: str | None = None
) -> InterimCandidate:
    return InterimCandidate(id_, "4821", date(2026, 10, day) if day else None, sen, ref, merchant)


@pytest.mark.parametrize(
    ("interim", "final", "wanted"),
    [
        (_line(1, 3, 500, ref="R"), _line(9, 20, 700, "LAIN", "R"), [(1, 9, 200)]),
        (_line(1, 3, 500), _line(9, 3, 500, " kopi "), [(1, 9, 0)]),
        (_line(1, 3, 500), _line(9, 6, 500), [(1, 9, 0)]),
        (_line(1, 3, 500), _line(9, 3, 500, "LAIN"), [(1, 9, 0)]),
        (_line(1, 3, 500), _line(9, 3, 700), [(1, 9, 200)]),
        (_line(1, 3, 500), _line(9, 5, 500, "LAIN"), [(1, 9, 0)]),
        (_line(1, 0, 500), _line(9, 0, 500), [(1, 9, 0)]),
        (_line(1, 0, 500), _line(9, 3, 500), [(1, 9, 0)]),
        (_line(1, 3, 500), _line(9, 7, 500), []),
        (_line(1, 3, 500, ""), _line(9, 3, 700, ""), []),
        (_line(1, 3, 500), _line(9, 3, -500), []),
    ],
)
def test_an_interim_line_finds_its_final_one(
    interim: InterimCandidate, final: InterimCandidate, wanted: list[tuple[int, int, int]]
) -> None:
    assert interim_rules.pair_up([interim], [final]) == wanted


@given(st.lists(st.integers(1, 5), max_size=8), st.lists(st.integers(1, 5), max_size=8))
def test_each_line_closes_at_most_one(left: list[int], right: list[int]) -> None:
    interim = [_line(n, 3, amount) for n, amount in enumerate(left)]
    final = [_line(100 + n, 3, amount) for n, amount in enumerate(right)]
    pairs = interim_rules.pair_up(interim, final)
    assert (
        len({pair.dts_id for pair in pairs}) == len({pair.final_id for pair in pairs}) == len(pairs)
    )
    assert len(pairs) == min(len(left), len(right))
    assert pairs == interim_rules.pair_up(interim[::-1], final[::-1])


def test_lines_become_what_the_books_can_hold() -> None:
    line = bank_line("a\x00b" + "x" * 600, currency="Rp.", mcc="54113", reference="R" * 100)
    held = tidied(line)
    assert (sen(held), held.currency, held.mcc) == (1_000, "IDR", None)
    assert (len(held.description), len(held.merchant or "")) == (500, 200)
    assert held.description.startswith("a b")
    assert len(held.reference or "") == 80
    assert tidied(bank_line(reference="")).reference is None


def test_a_key_begins_with_the_day_of_the_line() -> None:
    day = date(2026, 10, 15)
    for dates, wanted in (((None, day), "2026-10-15"), ((None, None), "0000-00-00")):
        line = bank_line(transaction_date=dates[0], posting_date=dates[1])
        assert line_key(line) == wanted + base_key(line)


@pytest.mark.parametrize(("amount", "word"), [("1.234", "lebih dari dua angka"), ("1e18", "besar")])
def test_an_amount_that_is_no_whole_sen_names_its_row(amount: str, word: str) -> None:
    with pytest.raises(Unreadable, match=f"Baris 7: .*{word}"):
        tidied(bank_line(amount=Decimal(amount), row=7))


def test_totals_of_lines_by_key() -> None:
    lines = [bank_line(amount=Decimal(amount)) for amount in (1, 2, 3)]
    lines.append(bank_line(amount=Decimal(-4), kind="pembayaran"))
    assert totals_by_key("abaa", lines) == {
        "a": LineTotals(3, belanja=Rupiah.of(4), pembayaran=Rupiah.of(-4)),
        "b": LineTotals(1, belanja=Rupiah.of(2)),
    }
