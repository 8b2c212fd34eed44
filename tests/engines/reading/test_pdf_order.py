"""More bills as banks lay them out: blocks by card, titles over a balance, blanks in amounts."""

from __future__ import annotations

from decimal import Decimal

from kkpd.engines.reading import parse
from tests.engines.reading.test_pdf_layouts import lines, typed


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


def test_dates_printed_once_a_day_are_proven_by_the_balance() -> None:
    """Amounts may stand on a transaction's second line; one wrong balance and nothing is filled."""
    text = """
Date        Details                 Paid out    Paid in    Balance
30 Apr 26   BALANCEBROUGHTFORWARD                           500.00
01 May 26   GROCER                     40.00
            PHARMACY                   10.00                450.00
02 May 26   TRANSFER
            ACME LTD                               100.00
            CAFE                        5.50                {}
03 May 26   BALANCECARRIEDFORWARD                           {}
"""
    read = parse(typed(text.format("544.50", "544.50")))
    assert lines(read) == [
        ("2026-05-01", "40.00"),
        ("2026-05-01", "10.00"),
        ("2026-05-02", "-100.00"),
        ("2026-05-02", "5.50"),
    ]
    assert read.lines[2].description == "TRANSFER ACME LTD"
    read = parse(typed(text.format("544.60", "544.60")))
    assert lines(read) == [("2026-05-01", "40.00"), ("2026-05-02", "-100.00")]


def test_legal_text_and_a_second_table_hold_no_transactions() -> None:
    """Their amounts do not stand where the amounts of the table stand."""
    read = parse(
        typed(
            """
Tgl Transaksi   Tgl Posting   Keterangan                            Jumlah (Rp)
20-05-2026      21-05-2026    CICILAN 03/12                          833.000,00
22-05-2026      23-05-2026    HOTEL                                1.250.000,50
25-05-2026      25-05-2026    BEA METERAI                             10.000,00

Informasi Cicilan
Merchant        Pokok         Sisa Cicilan            Tenor
SOLUTION        9.996.000,00  7.497.000,00            3/12
12-06-2026      adalah batas akhir; denda 100.000,00
"""
        )
    )
    assert lines(read) == [
        ("2026-05-20", "833000.00"),
        ("2026-05-22", "1250000.50"),
        ("2026-05-25", "10000.00"),
    ]


def test_texts_broken_within_several_columns() -> None:
    """Each piece goes on below the beginning of its own column; a date is whole again."""
    read = parse(
        typed(
            """
No   Nomor Kartu   Tgl Transaksi   Tgl Pembukuan   Merchant          Jumlah      DB/CR
1    4365 02**     05-01-          07-01-2026      TOKO SINAR JAYA   80.403,61   DB
     **** 1111     2026                            MEDAN
2    4365 02**     16-01-          17-01-2026      HOTEL             10.000,00   CR
     **** 2222     2026
"""
        )
    )
    assert lines(read) == [("2026-01-05", "80403.61"), ("2026-01-16", "-10000.00")]
    assert [(line.card_last4, line.merchant) for line in read.lines] == [
        ("1111", "TOKO SINAR JAYA MEDAN"),
        ("2222", "HOTEL"),
    ]


def test_tables_with_other_titles_and_beside_each_other() -> None:
    """Each is laid under the first titles by its meaning; none is lost."""
    read = parse(
        typed(
            """
Statement period 01/01/2026 - 01/31/2026
DEPOSITS
Date      Description                     Amount
01/03     PAYROLL                       2,500.00
01/05     PAYROLL                         500.00
CHECKS PAID
Check #   Date      Amount      Check #   Date      Amount
1001      01/05     146.95      1003      01/09     351.65
1002      01/06      17.63      1004      01/10     492.33
OTHER WITHDRAWALS
Post Date   Merchant Name                     Trans Date    Amount
01/12       ACH ELECTRIC                      01/11          99.10
"""
        )
    )
    assert lines(read) == [
        ("2026-01-03", "-2500.00"),
        ("2026-01-05", "-500.00"),
        ("2026-01-05", "146.95"),
        ("2026-01-06", "17.63"),
        ("2026-01-09", "351.65"),
        ("2026-01-10", "492.33"),
        ("2026-01-11", "99.10"),
    ]


def test_only_money_out_is_marked() -> None:
    """The amount is repeated in the text below; the month names the year; the balance is proof."""
    read = parse(
        typed(
            """
PERIODE        : JANUARI 2026
TANGGAL    KETERANGAN              CBG       MUTASI               SALDO
01/01      SALDO AWAL                                      1,000,000.00
13/01      TRSF E-BANKING          0000    381,166.01
           0201/FTSCY/WS95
           381166.01
14/01      TRSF E-BANKING                  200,000.00 DB   1,181,166.01
15/01      SETORAN                         100,000.00      1,281,166.01
16/01      BIAYA ADM                        10,000.00 DB
SALDO AWAL   :    1,000,000.00
SALDO AKHIR  :    1,271,166.01
"""
        )
    )
    assert lines(read) == [
        ("2026-01-13", "-381166.01"),
        ("2026-01-14", "200000.00"),
        ("2026-01-15", "-100000.00"),
        ("2026-01-16", "10000.00"),
    ]
    assert (read.opening, read.closing) == (Decimal("1000000.00"), Decimal("1271166.01"))


def test_what_stands_around_the_table_settles_its_dates_and_amounts() -> None:
    """A period and a total leave nothing to ask; `Tagihan Baru` alone is what is due."""
    read = parse(
        typed(
            """
Tgl Cetak : 28.03.2026
Tagihan Bulan Lalu     0
Tanggal        Keterangan            Jumlah
04.03.2026     TOKO                 746.518
05.03.2026     HOTEL                554.000
Tagihan Baru                      1.300.518
12.04.2026 batas akhir; 25.000
"""
        )
    )
    assert lines(read) == [("2026-03-04", "746518"), ("2026-03-05", "554000")]
    assert not read.questions
    assert read.closing == Decimal(1300518)
    assert "urutan_dari_kepala" in [finding.rule for finding in read.findings]
