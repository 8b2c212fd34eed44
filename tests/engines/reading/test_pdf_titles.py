"""Titles and values of PDF bills that stand close to each other, and numbers that are no lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kkpd.engines.reading import parse
from tests.engines.reading.test_pdf_layouts import lines, typed


def test_an_amount_and_a_date_beside_each_other_are_two_cells() -> None:
    """Titles and values stand one blank apart; a currency belongs to the title before it."""
    read = parse(
        typed(
            """
                                                                                          Balance
Date         Booking text                 Debit CHF         Credit CHF Value date           CHF
23.09.2025   RETAIL GMBH                                         75.00 24.09.2025          8'500.00
23.09.2025   PRICES                           12.00                    23.09.2025          8'425.00
22.09.2025   SALARY                                           5'200.00 22.09.2025          8'437.00
"""
        )
    )
    assert lines(read) == [
        ("2025-09-23", "-75.00"),
        ("2025-09-23", "12.00"),
        ("2025-09-22", "-5200.00"),
    ]
    assert read.lines[0].posting_date == date(2025, 9, 24)


def test_numbers_below_the_table_are_no_lines() -> None:
    """The payment slip's code line, and a rate beside what it earned."""
    read = parse(
        typed(
            """
Date        Description                  Amount
13/03/2026  FIRST                         10.00
15/03/2026  SECOND                        20.00
            3.50%                         12.40
            Average Balance            1,800.00
PAYMENT SLIP
VISA        $                            550.00
0           998877          000998877     0000098765     6
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["10.00", "20.00"]


def test_titles_of_two_words_and_a_summary_of_labels_over_values() -> None:
    """`Withdrawal Amount` is one title, and a label's neighbour is another label, not its value."""
    read = parse(
        typed(
            """
Previous Balance   Payment Received   New Charges   Total Amount Due
6.562,40           5.000,00           18.000,00     19.562,40

Statement Date: 29/03/2019
Date        Narration             Value Date  Withdrawal Amount  Deposit Amount  Closing Balance
13/03/2019  ATW CHENNAI           13/03/2019          15.000,00            0,00       410.300,00
29/03/2019  SALARY                29/03/2019               0,00       52.750,00       463.050,00
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["15000.00", "-52750.00"]
    assert read.bill is not None
    assert read.bill.previous_balance == Decimal("6562.40")
    assert read.bill.total_due == Decimal("19562.40")


def test_days_whose_year_stands_below_them() -> None:
    """`Value` over `Date` is a day's title; the statement covers half a year."""
    read = parse(
        typed(
            """
Account Statement from 16 Apr 2018 to 16 Oct 2018
Txn Date   Value     Description                Ref No.     Debit       Credit      Balance
           Date                                 No.
18 Apr     18 Apr    SALARY-                                            25,000.00   35,000.00
2018       2018      CREDIT-
19 Apr     19 Apr    ATM CASH                               2,000.00                33,000.00
2018       2018
"""
        )
    )
    assert lines(read) == [("2018-04-18", "-25000.00"), ("2018-04-19", "2000.00")]


def test_a_summary_of_days_and_sums_is_no_table_beside_one() -> None:
    """Two days and three sums under their labels, above a bill with three lines."""
    read = parse(
        typed(
            """
STATEMENT DATE   PAYMENT DUE DATE   TOTAL CREDIT LIMIT   TOTAL MINIMUM DUE
14-09-2023       22-09-2023         Rp15,000.00          Rp50.00

TRANSACTION DATE   DESCRIPTION              AMOUNT (IDR)
OCBC 365 CREDIT CARD
 14/07             PAYMENT                      (500.00)
 15/07             COFFEE                         10.00
 16/07             GROCER                         20.00
TOTAL AMOUNT DUE                                 210.00
"""
        )
    )
    assert lines(read) == [
        ("2023-07-14", "-500.00"),
        ("2023-07-15", "10.00"),
        ("2023-07-16", "20.00"),
    ]
    assert read.unread is None
