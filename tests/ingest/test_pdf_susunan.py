"""More bills as banks lay them out: blocks by card, titles over a balance, blanks in amounts."""

from __future__ import annotations

from decimal import Decimal

from kkpd.ingest import parse
from tests.ingest.test_pdf_layouts import lines, typed


def test_headings_between_blocks_name_the_card() -> None:
    """With or without a label, also right below a line; a total that names a card starts none."""
    read = parse(
        typed(
            """
Trans Date  Post Date   Description                  Amount
Cardholder: ADAMS     Card Number: XXXX-XXXX-XXXX-1111
01/29/2026  01/30/2026  FIRST                         10.00
4556-XXXX-XXXX-2222 BAKER
01/30/2026  01/31/2026  SECOND                        20.00
Total XXXX-XXXX-XXXX-9999                             20.00
01/30/2026  01/31/2026  THIRD                         30.00
Card ending in 3333
01/31/2026  02/01/2026  FOURTH                        40.00
"""
        )
    )
    cards = [(line.description, line.card_last4) for line in read.lines]
    assert cards == [("FIRST", "1111"), ("SECOND", "2222"), ("THIRD", "2222"), ("FOURTH", "3333")]


def test_a_balance_below_the_titles_is_no_title() -> None:
    read = parse(
        typed(
            """
TANGGAL       TANGGAL        KETERANGAN                   JUMLAH (Rp)
TRANSAKSI     PEMBUKUAN
                             SALDO SEBELUMNYA             900.000
15-12-2025    16-12-2025     PEMBAYARAN                   900.000 CR
28-12-2025    30-12-2025     HOTEL                      1.250.000
"""
        )
    )
    assert lines(read) == [("2025-12-15", "-900000"), ("2025-12-28", "1250000")]
    assert read.bills[0].previous_balance == Decimal(900000)


def test_blanks_between_thousands() -> None:
    """Also of two amounts beside each other; a number at a text's end stands farther off."""
    read = parse(
        typed(
            """
Date          Description                   Debit        Credit          Balance
13/03/2026    CAFE                          45,20                       10 954,80
14/03/2026    VIREMENT 1                               1 200 500,00  1 211 454,80
15/03/2026    FRAIS 2                      200,30                    1 211 254,50
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["45.20", "-1200500.00", "200.30"]


def test_a_number_in_the_text_of_a_line_without_titles() -> None:
    """`14.201` is a pump, not an amount with cents."""
    read = parse(
        typed(
            """
13/02/2026   SPBU 14.201 LUBUK PAKAM     250.000,00
15/02/2026   HOTEL                     1.250.000,50
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["250000.00", "1250000.50"]
