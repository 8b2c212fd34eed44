"""Bills as banks lay them out on paper: titles over two lines, no year, sections, signs apart."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from reportlab.pdfgen.canvas import Canvas

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import Statement, parse
from kkpd.engines.reading.cells.amounts import take_apart

_SIZE = 7.0


def typed(text: str) -> bytes:
    """A PDF as a typewriter writes it; texts parted by two blanks are drawn by themselves."""
    rows = text.strip("\n").split("\n")
    width = max(map(len, rows)) * _SIZE * 0.6 + 60
    height = len(rows) * _SIZE * 1.35 + 60
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(width, height), invariant=True)
    canvas.setFont("Courier", _SIZE)
    for number, row in enumerate(rows):
        for found in re.finditer(r"\S+(?: \S+)*", row):
            left = 30 + found.start() * _SIZE * 0.6
            canvas.drawString(left, height - 30 - number * _SIZE * 1.35, found[0])
    canvas.save()
    return file.getvalue()


def lines(read: Statement) -> list[tuple[str, str]]:
    """Day and amount of each line."""
    return [
        (str(line.transaction_date or line.posting_date), str(line.amount)) for line in read.lines
    ]


def test_titles_on_two_lines_a_summary_above_and_days_without_a_year() -> None:
    """The row of `Statement Date, Amount Due` looks like titles, but nothing stands under it."""
    read = parse(
        typed(
            """
STATEMENT DATE        PAYMENT DUE DATE      TOTAL MINIMUM DUE

20 Jan 2026           10 Feb 2026           Rp50.000,00

Transaction      Posting
Date             Date             Description                       Amount (Rp)
                                  PREVIOUS BALANCE                     900.000,00
28 DEC           03 JAN           TOKO SINAR MEDAN                     125.500,00
                                  KARTU 4512 XXXX
05 JAN           07 JAN           PEMBAYARAN - TERIMA KASIH            900.000,00 CR
09 JAN           11 JAN           HOTEL DANAU TOBA                   1.250.000,00
                                  TOTAL                              1.375.500,00
"""
        )
    )
    assert lines(read) == [
        ("2025-12-28", "125500.00"),
        ("2026-01-05", "-900000.00"),
        ("2026-01-09", "1250000.00"),
    ]
    assert read.lines[0].posting_date == date(2026, 1, 3)
    assert read.lines[0].description == "TOKO SINAR MEDAN KARTU 4512 XXXX"
    assert read.rows == len(read.lines) + len(read.skipped)


def test_a_narrow_title_over_a_wide_column() -> None:
    """Dates begin left of their title, texts left of theirs; the plus and minus stand behind."""
    read = parse(
        typed(
            """
Periode : 01/08/2023 - 31/08/2023
   TARIKH MASUK                          BUTIR                              JUMLAH            BAKI
                                                                            URUSNIAGA       PENYATA
                   BEGINNING BALANCE                                                         500.00
      14/08/2023   CASH WITHDRAWAL                                          120.00-          380.00
      15/08/2023   IBK FUND TFR                                             300.00+          680.00
      16/08/2023   SALE DEBIT                                                45.50-          634.50
      17/08/2023   SALE DEBIT                                                34.50-          600.00
""".replace("TARIKH MASUK", "TANGGAL MASUK")
            .replace("BUTIR ", "URAIAN")
            .replace("BAKI", "SALDO")
        )
    )
    assert lines(read) == [
        ("2023-08-14", "120.00"),
        ("2023-08-15", "-300.00"),
        ("2023-08-16", "45.50"),
        ("2023-08-17", "34.50"),
    ]


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("Statement period 16 Dec 2025 - 15 Jan 2026", ["2025-12-20", "2026-01-14"]),
        ("December 16, 2025 through January 15, 2026", ["2025-12-20", "2026-01-14"]),
        ("Berlaku sampai 31 Desember 2031. Dicetak 17 Januari 2026", ["None", "None"]),
    ],
)
def test_the_year_comes_from_the_period_or_from_nowhere(period: str, days: list[str]) -> None:
    """A day far off, such as the end of an offer, tells no year; the days are asked."""
    read = parse(
        typed(
            f"""
{period}
Date        Description                  Amount
Dec 20      BOOKSHOP                      12.50
Jan 14      PHARMACY                       8.75
"""
        )
    )
    assert [day for day, _ in lines(read)] == days
    told = [one.rule for one in read.findings] + [one.key for one in read.questions]
    assert told == ["tahun" if days[0] == "None" else "tahun_diduga"]


def test_two_days_without_a_year_are_not_one_with_a_year() -> None:
    """`03 SEP 04 SEP` in neighbouring columns is no 3 September 2004."""
    read = parse(
        typed(
            """
01 SEP 2024 TO 30 SEP 2024
Trans  Post
Date   Date   Description            Withdrawal      Deposit
03 SEP 04 SEP FAST PAYMENT                12.50
09 SEP 10 SEP SALARY                                3,500.00
"""
        )
    )
    assert lines(read) == [("2024-09-03", "12.50"), ("2024-09-09", "-3500.00")]
    assert read.lines[0].posting_date == date(2024, 9, 4)


def test_sections_without_signs() -> None:
    """What stands under deposits is money back where other sections hold what was spent."""
    text = """
Tanggal cetak: 28/02/2026
DEPOSITS AND ADDITIONS
DATE        DESCRIPTION                    AMOUNT
02/17/2026  CLIENT                         500.00
Total Deposits and Additions              $500.00
ELECTRONIC WITHDRAWALS
DATE        DESCRIPTION                    AMOUNT
02/23/2026  VENDOR                         {}100.00
02/25/2026  CARD                           {}20.00
Total Electronic Withdrawals              {}$120.00
"""
    wanted = [("2026-02-17", "-500.00"), ("2026-02-23", "100.00"), ("2026-02-25", "20.00")]
    for minus in ("", "-"):
        read = parse(typed(text.format(minus, minus, minus)))
        assert lines(read) == wanted
        assert not read.questions


def test_a_plus_among_amounts_without_a_sign_is_money_back() -> None:
    read = parse(
        typed(
            """
Posting date   Description                   Amount in FCY   Amount in SGD
03 Mar 2025    Breakfast                                              5.40
04 Mar 2025    Hotel                             USD 24.00           32.15
09 Mar 2025    Payment received                                     +80.00
15 Mar 2025    Total outstanding balance                             27.00
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["5.40", "32.15", "-80.00"]
    assert read.skipped[-1].reason == "total"


def test_a_credit_mark_on_the_line_below_and_a_star_behind_the_day() -> None:
    read = parse(
        typed(
            """
Details                                                  Amount S$
15.01.25    PAYMENT BY TELEPHONE                              5.00
                                                                CR
17.01.25*   CAFE AURORA                                      40.00
19.01.25    TOTAL ENERGIES                                   34.50
"""
        )
    )
    assert lines(read) == [
        ("2025-01-15", "-5.00"),
        ("2025-01-17", "40.00"),
        ("2025-01-19", "34.50"),
    ]


def test_signs_and_currencies_apart_from_their_amounts() -> None:
    """A dash right before an amount is its sign, one in a column of its own is an empty cell."""
    read = parse(
        typed(
            """
DATE         DESCRIPTION            DEBIT             CREDIT            BALANCE
13/03/2026   Check deposit          -             Rp 250.000,00    Rp 2.750.000,00
19/03/2026   Withdrawal         Rp 1.141.850,00   -                Rp 1.608.150,00
"""
        )
    )
    assert lines(read) == [("2026-03-13", "-250000.00"), ("2026-03-19", "1141850.00")]
    read = parse(
        typed(
            """
DATE         DESCRIPTION            AMOUNT          BALANCE
13/03/2026   Check deposit      + $250.00        $2,750.00
19/03/2026   Withdrawal       - $1,141.85        $1,608.15
21/03/2026   Withdrawal         - $500.00        $1,108.15
31/03/2026   Interest             + $0.12        $1,108.27
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["-250.00", "1141.85", "500.00", "-0.12"]


def test_without_titles_a_balance_must_prove_itself() -> None:
    """Of two amounts at a line's end the last is a balance only where the amounts lead to it."""
    text = """
12/20/2025 PAYROLL 200.00 300.00
01/02/2026 TRANSFER 50.00 350.00
01/15/2026 MARKET -20.00 {}
01/20/2026 UTILITY -30.00 300.00
"""
    read = parse(typed(text.format("330.00")))
    assert [amount for _, amount in lines(read)] == ["-200.00", "-50.00", "20.00", "30.00"]
    with pytest.raises(Unreadable):
        parse(typed(text.format("331.00")))


def test_titles_move_from_page_to_page() -> None:
    """The second table of a document stands further right."""
    read = parse(
        typed(
            """
Date        Description                  Debit        Credit
13/03/2026  FIRST                        10.00
Date                  Description                  Debit        Credit
19/03/2026            SECOND                                     20.00
21/03/2026            THIRD                        30.00
"""
        )
    )
    assert [amount for _, amount in lines(read)] == ["10.00", "-20.00", "30.00"]


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("1 234 567,89", "1234567,89"),
        ("1'234.50", "1234.50"),
        ("12,34,567.00", "12,34,567.00"),
        ("50.00 4111 2222 3333 4444", None),
        ("12 34", None),
    ],
)
def test_blanks_part_thousands_only(text: str, core: str | None) -> None:
    """An amount and a card number beside it are not one amount."""
    written = take_apart(text)
    assert (written and written.core) == core


def test_indian_thousands() -> None:
    data = b'Date,Narration,Amount\n13/01/2025,A,"1,23,456.78"\n14/01/2025,B,99.00\n'
    assert sum((line.amount for line in parse(data).lines), Decimal(0)) == Decimal("123555.78")
