"""The small readers: cells of dates, amounts and cards, sizes, and batches, each on its own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from kkpd.core.errors import TooLarge, Unreadable
from kkpd.engines import reading as engines_reading
from kkpd.engines.reading import guard
from kkpd.engines.reading.cells import amounts, dates

LAST = date(2026, 10, 25)

FIXED = [
    (datetime(2026, 3, 4, 9, 30), date(2026, 3, 4)),  # noqa: DTZ001 -- a sheet's moment has no zone
    (date(2026, 3, 4), date(2026, 3, 4)),
    ("2026-03-04", date(2026, 3, 4)),
    ("4 Maret 2026", date(2026, 3, 4)),
    (45_000, None),
    (None, None),
]


@pytest.mark.parametrize(("cell", "day"), FIXED)
def test_a_cell_with_one_reading(cell: object, day: date | None) -> None:
    assert dates.fixed(cell) == day


NEAR = [(20, 10, date(2026, 10, 20)), (28, 12, date(2025, 12, 28)), (31, 2, None)]


@pytest.mark.parametrize(("day", "month", "found"), NEAR)
def test_a_day_without_a_year_is_before_the_bill(day: int, month: int, found: date | None) -> None:
    assert dates.near(day, month, LAST) == found


def test_the_leap_day_of_a_year_that_had_one() -> None:
    assert dates.near(29, 2, date(2025, 1, 31)) == date(2024, 2, 29)
    assert dates.near(29, 2, LAST) is None


SERIALS = [
    (45_000, date(2023, 3, 15)),
    ("45000", date(2023, 3, 15)),
    ("45000.75", date(2023, 3, 15)),
    (29_999, None),
    (60_000, None),
    (True, None),
    ("empat", None),
    (None, None),
]


@pytest.mark.parametrize(("cell", "day"), SERIALS)
def test_a_serial_number_is_a_day_between_1982_and_2064(cell: object, day: date | None) -> None:
    assert dates.serial(cell) == day


NO_AMOUNT = ["1" * 61, "(1.000", "1.000)", "-+1", "+1-", "satu", "1.2.3.4"]


@pytest.mark.parametrize("text", NO_AMOUNT)
def test_what_is_written_like_no_amount(text: str) -> None:
    assert amounts.AmountColumn(".")[text] is amounts.WRONG


@pytest.mark.parametrize(
    ("cell", "amount"), [(True, amounts.WRONG), (None, None), (date(2026, 1, 1), amounts.WRONG)]
)
def test_a_cell_of_another_kind(cell: object, amount: object) -> None:
    assert amounts.AmountColumn(",")[cell] == amount


def test_an_exponent_is_written_out() -> None:
    written = amounts.take_apart("1,5E3")
    assert written is not None
    assert Decimal(written.core) == Decimal(1500)


def test_sizes_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable, match="Berkas kosong"):
        guard.refuse_sizes(b"\xef\xbb\xbf \r\n")
    monkeypatch.setattr(guard, "MAX_BYTES", 10)
    monkeypatch.setattr(guard, "MAX_WHOLE", 10)
    for refuse in (guard.refuse_sizes, guard.refuse_large):
        refuse(b"1234567890")
        with pytest.raises(TooLarge, match="Bagi tagihan per bulan"):
            refuse(b"12345678901")


def test_a_batch_is_a_sequence_of_lines() -> None:
    rows = "".join(f"{number:02d}/10/2026,TOKO {number},1000\n" for number in range(13, 19))
    data = f"Transaction Date,Merchant,Amount\n{rows}".encode()
    batch = next(iter(engines_reading.stream(data).batches()))
    lines = list(batch)
    assert len(batch) == len(lines) == 6
    assert batch[0] == lines[0]
    assert batch[-1].merchant == "TOKO 18"
    assert list(batch[2:4]) == lines[2:4]
