"""How values are written, bars are measured and dates are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from kkpd.core.config import Settings
from kkpd.core.money import Rupiah
from kkpd.web import charts, filters, tables
from kkpd.web.forms import DayField, PageForm, RupiahField
from kkpd.web.request import converters


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """As much of the program as writing a value needs."""
    from kkpd.web import translation

    app = Flask(__name__)
    app.config["SECRET_KEY"] = "rahasia"
    app.extensions["kkpd.settings"] = Settings.load({"KKPD_INSTANCE": str(tmp_path)})
    translation.setup(app)
    return app


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (lambda: filters.rupiah(Rupiah.of(1_234_567)), "Rp\u00a01.234.567"),
        (lambda: filters.rupiah(Rupiah(-150)), "\u2212Rp\u00a01,50"),
        (lambda: filters.rupiah(None), "–"),
        (lambda: filters.tanggal(date(2026, 8, 4)), "4 Agu 2026"),
        (lambda: filters.tanggal(None), "–"),
        (lambda: filters.when(datetime(2026, 11, 24, 17, 5, tzinfo=UTC)), "25 Nov 2026 00.05 WIB"),
        (lambda: filters.when(None), "–"),
        (lambda: filters.period_name((2026, 10)), "Oktober 2026"),
        (lambda: filters.percent(Decimal("0.40")), "40%"),
        (lambda: filters.percent(Fraction(1, 3), 1), "33,3%"),
        (lambda: filters.percent(1), "100%"),
        (lambda: filters.whole_number(1_240), "1.240"),
        (lambda: filters.rekening("510201010024"), "5.1.02.01.01.0024"),
        (lambda: filters.rekening("5.1.02.01.01.0024"), "5.1.02.01.01.0024"),
        (lambda: filters.rekening("5.1.02"), "5.1.02"),
        (lambda: filters.ukuran(999), "999 B"),
        (lambda: filters.ukuran(1_234_567), "1,2 MB"),
        (lambda: filters.ukuran(10_000), "10,0 kB"),
        (lambda: filters.ukuran(2 * 10**9), "2,0 GB"),
    ],
)
def test_values(app: Flask, written: Any, expected: str) -> None:
    with app.test_request_context():
        assert written() == expected


def test_english_dates(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "__Host-bahasa=en"}):
        assert filters.tanggal(date(2026, 8, 4)) == "4 Aug 2026"
        assert filters.period_name((2026, 10)) == "October 2026"
        assert filters.rupiah(Rupiah.of(1000)) == "Rp\u00a01.000"


@pytest.mark.parametrize(
    ("limit", "reserved", "posted", "shares", "over"),
    [
        (216, 16, 48, ("22.2", "7.4"), False),
        (100, 0, 100, ("100.0", "0.0"), False),
        (100, 50, 100, ("66.7", "33.3"), True),
        (0, 0, 0, ("0.0", "0.0"), False),
        (0, 5, 0, ("0.0", "100.0"), True),
    ],
)
def test_ceilings(
    app: Flask, limit: int, reserved: int, posted: int, shares: tuple[str, str], over: bool
) -> None:
    with app.test_request_context():
        part = charts.ceiling_parts(Rupiah.of(limit), Rupiah.of(reserved), Rupiah.of(posted))
    assert (str(part.posted), str(part.reserved), part.over) == (*shares, over)
    assert part.posted + part.reserved <= 100


def test_progress() -> None:
    assert charts.percent_of(110, 113) == Decimal("97.3")
    assert charts.percent_of(0, 0) == 100
    assert charts.percent_of(5, 4) == 100
    assert charts.percent_of(-1, 4) == 0


def test_columns_fill_the_board_and_never_leave_it() -> None:
    chart = charts.stacked_columns(
        ["Jan", "Feb"],
        [("operasi", [Rupiah.of(60), Rupiah.of(10)]), ("modal", [Rupiah.of(40), Rupiah.of(-5)])],
    )
    assert [(mark.series, mark.x) for mark in chart.marks] == [
        (1, Decimal("36.0")),
        (2, Decimal("36.0")),
        (1, Decimal("216.0")),
    ]
    assert min(mark.y for mark in chart.marks) == 8
    assert all(mark.y + mark.height <= chart.base for mark in chart.marks)
    assert chart.table[1].cells == ("Rp\u00a010", "\u2212Rp\u00a05")
    assert charts.stacked_columns([], []).marks == ()
    assert charts.stacked_columns(["Jan"], [("operasi", [0])]).marks == ()


class Isian(PageForm):
    """One of each."""

    nilai = RupiahField("Nilai")
    tanggal = DayField("Tanggal")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("24/11/2026", date(2026, 11, 24)),
        ("4/1/2026", date(2026, 1, 4)),
        ("2026-11-24", date(2026, 11, 24)),
        ("24-11-2026", date(2026, 11, 24)),
        ("24.11.2026", date(2026, 11, 24)),
        (" ", None),
        ("31/02/2026", "“31/02/2026” bukan tanggal yang ada"),
        ("11/24/2026", "bukan tanggal yang ada"),
        ("besok", "bukan tanggal yang ada"),
    ],
)
def test_dates_are_read(app: Flask, typed: str, read: date | str | None) -> None:
    with app.test_request_context():
        form = Isian(formdata=MultiDict({"tanggal": typed, "nilai": ""}))
        form.validate()
        if isinstance(read, str):
            assert read in form.tanggal.errors[0]
            assert typed in form.tanggal()
        else:
            assert (form.tanggal.data, form.tanggal.errors) == (read, [])


def test_values_go_out_as_they_come_in(app: Flask) -> None:
    with app.test_request_context():
        form = Isian(formdata=None, nilai=Rupiah(123_456_750), tanggal=date(2026, 1, 4))
        assert 'value="1.234.567,50"' in form.nilai()
        assert 'value="04/01/2026"' in form.tanggal()
        assert 'value=""' in Isian(formdata=None).nilai()


def test_sort_order_comes_from_the_address_or_the_default(app: Flask) -> None:
    for query, order in (
        ("urut=nilai", ("nilai", False)),
        ("urut=-nilai", ("nilai", True)),
        ("urut=sandi_hash", ("tanggal", True)),
        ("", ("tanggal", True)),
    ):
        with app.test_request_context(f"/?{query}"):
            assert tables.sorted_by({"nilai", "tanggal"}, "-tanggal") == order


def test_periods_in_addresses() -> None:
    converter = converters.PeriodeConverter.__new__(converters.PeriodeConverter)
    assert converter.to_python("2026-10") == (2026, 10)
    assert converter.to_url((2026, 3)) == converter.to_url("2026-03") == "2026-03"


def test_points_over_shares() -> None:
    half, whole = Fraction(1, 2), Fraction(1)
    plot = charts.share_plot([(half, half, "a"), (whole, whole, "b")], diagonal=True, x_from=50)
    assert [dot.text for dot in plot.dots] == ["a", "b"]
    assert plot.diagonal == (plot.dots[0].x, plot.dots[0].y, plot.dots[1].x, plot.dots[1].y)
    assert [plot.dots[0].x, plot.dots[0].y] == [Decimal(charts.LEFT), Decimal(charts.BASE)]
    assert [tick.label for tick in plot.x_ticks] == ["50%", "60%", "70%", "80%", "90%", "100%"]
    low = charts.share_plot([(half, Fraction(1, 3), "c")], diagonal=False)
    assert low.diagonal is None
    assert low.y_ticks[0].label == "30%"
    assert charts.share_plot([], diagonal=False).line == ""
