"""What balances prove: the sign of amounts, and where an account stood before and after."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from kkpd.engines.reading import parse

D = Decimal
_ROWS = [
    ("13/02/2026", "Setoran", "-250.00", "1,250.00"),
    ("14/02/2026", "Belanja", "100.00", "1,150.00"),
    ("15/02/2026", "Belanja", "30.50", "1,119.50"),
]


def _table(
    rows: Sequence[tuple[str, ...]], titles: str = "Date,Description,Amount,Balance"
) -> bytes:
    return "\n".join([titles, *(",".join(f'"{cell}"' for cell in row) for row in rows)]).encode()


@pytest.mark.parametrize("backwards", [False, True])
def test_a_running_balance_gives_opening_and_closing(backwards: bool) -> None:
    read = parse(_table(_ROWS[::-1] if backwards else _ROWS))
    assert (read.opening, read.closing) == (D("1000.00"), D("1119.50"))
    assert D("1000.00") - sum(line.amount for line in read.lines) == read.closing


def test_what_a_card_owes_grows_with_what_is_bought() -> None:
    owed = [
        ("13/02/2026", "A", "10.00", "4512", "110.00"),
        ("14/02/2026", "B", "25.00", "4512", "135.00"),
    ]
    read = parse(_table(owed, "Date,Description,Amount,Card,Balance"))
    assert [line.amount for line in read.lines] == [D("10.00"), D("25.00")]
    assert (read.opening, read.closing) == (D("100.00"), D("135.00"))


@pytest.mark.parametrize("last", ["1,119.51", "", "n/a"])
def test_a_balance_that_does_not_lead_from_first_to_last_says_nothing(last: str) -> None:
    read = parse(_table([*_ROWS[:2], (*_ROWS[2][:3], last)]))
    assert (len(read.lines), read.opening, read.closing) == (3, None, None)


def test_balances_with_their_mark_are_an_account_s() -> None:
    """A credit balance is positive there, whatever a CR makes of an amount."""
    rows = [
        ("13/02/2026", "A", "100.00", "", "900.00 Cr"),
        ("14/02/2026", "B", "", "50.00", "950.00 Cr"),
    ]
    read = parse(_table(rows, "Date,Description,Debit,Credit,Balance"))
    assert [line.amount for line in read.lines] == [D("100.00"), D("-50.00")]
    assert (read.opening, read.closing) == (D("1000.00"), D("950.00"))


def test_two_lines_are_enough_for_the_sign() -> None:
    """A balance that grows by just the amount of the only other line is no chance."""
    rows = [("13/02/2026", "A", "-33.50", "-23.50"), ("14/02/2026", "B", "1,533.50", "1,510.00")]
    read = parse(_table(rows))
    assert [line.amount for line in read.lines] == [D("33.50"), D("-1533.50")]
    assert not read.questions


def test_balances_by_their_labels() -> None:
    """The bank prints them above and below the table; with two accounts nobody could choose."""
    text = (
        "Saldo awal,,,1.500.000\nTanggal,Uraian,Debet,Kredit\n13/02/2026,Belanja,500.000,\n"
        '14/02/2026,Setoran,,"250.000,00"\nSaldo akhir,,,1.250.000\n'
    )
    read = parse(text.encode())
    assert (read.opening, read.closing) == (D("1500000"), D("1250000"))
    assert len(read.lines) == 2
    read = parse(text.encode() + b"Saldo akhir,,,99.000\n")
    assert (read.opening, read.closing) == (D("1500000"), None)


def test_a_column_of_zeros_is_not_what_was_paid() -> None:
    data = b'Fecha,Importe de envio,Bruto,Neto,Nombre\n13/01/2026,"0,00","49,37","47,59",A\n'
    assert [line.amount for line in parse(data).lines] == [D("49.37")]
    lone = b'Fecha,Importe,Nombre\n13/01/2026,"0,00",A\n'
    assert [line.amount for line in parse(lone).lines] == [D("0.00")]


def test_debit_and_credit_beside_the_amount_give_its_sign() -> None:
    """The bank repeats each amount, with its minus, in a column for money out or in."""
    data = (
        b"tanggal;bedrag;kredit;debet;uraian\n13/01/2026;-16,52;;-16,52;A\n"
        b"14/01/2026;35,77;35,77;;B\n15/01/2026;-8,00;;-8,00;C\n"
    )
    read = parse(data)
    assert [line.amount for line in read.lines] == [D("16.52"), D("-35.77"), D("8.00")]
    assert not read.questions


def test_as_many_minuses_as_not_are_a_question() -> None:
    data = b"Date,Details,Amount\n13/01/2026,A,1500.00\n14/01/2026,B,-500.00\n"
    assert [question.key for question in parse(data).questions] == ["tanda_belanja"]


@pytest.mark.parametrize(
    ("text", "is_line"),
    [
        ("Turnover", False),
        ("Total debit", False),
        ("Jumlah mutasi kredit", False),
        ("Total amount due", False),
        ("TOTAL ENERGIES 44", True),
        ("Total", False),
        ("Turnover Cafe", True),
    ],
)
def test_dated_rows_that_only_sum_up(text: str, is_line: bool) -> None:
    rows = [("13/01/2026", "Belanja", "15.31"), ("14/01/2026", text, "15.31")]
    read = parse(_table(rows, "Date,Details,Debit"))
    assert len(read.lines) == 1 + is_line
    assert read.rows == len(read.lines) + len(read.skipped)
