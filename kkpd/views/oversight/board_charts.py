"""The charts of the board, ready to draw; every cell leads to the board that tells it by OPD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import request, url_for

from kkpd.core.moments import MONTHS, period_code
from kkpd.core.money import Rupiah, total
from kkpd.ledger.standing import MonthSum
from kkpd.oversight.board import BoardRow
from kkpd.oversight.breakdown import (
    AFTER,
    LATE,
    OTHERS,
    Breakdowns,
    heat_months,
    week_days,
)
from kkpd.web.charts import ChartRow, percent_of
from kkpd.web.filters import period_name, rupiah
from kkpd.web.tables import url_with
from kkpd.web.translation import N_, _

#: What a chart's cell is told as.
NAMES: Final = {
    "umur": N_("Selisih terbuka berumur"),
    "up": N_("UP KKPD terpakai pada akhir"),
    "sisa": N_("Sisa UP KKPD pada akhir"),
    "operasi": N_("Belanja operasi pada DPT"),
    "modal": N_("Belanja modal pada DPT"),
    "toko": N_("Belanja pada DPT dari"),
    "tagihan": N_("Tagihan bank jatuh tempo"),
    "kasus": N_("Tindak lanjut jatuh tempo"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """A chart of columns: what `ui.bar_chart` is given."""

    title: str
    labels: list[str]
    series: list[tuple[str, list[Rupiah]]]
    links: list[list[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """One cell by OPD: its words, its sum, and each OPD's amount with where it leads."""

    title: str
    total: Rupiah
    rows: list[tuple[BoardRow, Rupiah, str]]


def columns(found: Breakdowns, day: date) -> list[Columns]:
    """Age of open money, UP KKPD, operating and capital spending, and the days that come."""
    ages = list(found["umur"])
    months = list(found["operasi"])
    names = [MONTHS[int(key[5:]) - 1][:3] for key in months]
    weeks = list(found["kasus"])
    return [
        _columns(_("Umur selisih terbuka, hari"), found, ["umur"], ages, ages),
        _columns(_("UP KKPD pada akhir bulan"), found, ["up", "sisa"], months, names),
        _columns(_("Operasi dan modal pada DPT"), found, ["operasi", "modal"], months, names),
        _columns(
            _("Yang jatuh tempo, menurut minggu"),
            found,
            ["tagihan", "kasus"],
            weeks,
            [_week_name(key, day) for key in weeks],
        ),
    ]


_SERIES: Final = {
    "umur": N_("selisih"),
    "up": N_("terpakai"),
    "sisa": N_("sisa"),
    "operasi": N_("operasi"),
    "modal": N_("modal"),
    "tagihan": N_("tagihan bank"),
    "kasus": N_("tindak lanjut"),
}


def _columns(
    title: str, found: Breakdowns, charts: list[str], keys: list[str], labels: list[str]
) -> Columns:
    series = [
        (_(_SERIES[chart]), [total(found[chart].get(key, {}).values()) for key in keys])
        for chart in charts
    ]
    links = [[_link(found, chart, key) for chart in charts] for key in keys]
    return Columns(title, labels, series, links)


def _link(found: Breakdowns, chart: str, key: str) -> str:
    return url_with(sorot=chart, pada=key) + "#sorot" if found[chart].get(key) else ""


def shops(found: Breakdowns) -> tuple[list[ChartRow], list[Rupiah], Rupiah]:
    """(rows of the table, amounts of the bars, all shops together): the largest first."""
    sums = {key: total(by_opd.values()) for key, by_opd in found["toko"].items()}
    whole, so_far = total(sums.values()), 0
    rows = []
    for key, amount in sums.items():
        so_far += amount.sen
        share = str(percent_of(so_far, whole.sen)).replace(".", ",")
        name, link = _key_name("toko", key), _link(found, "toko", key)
        rows.append(ChartRow(name, (rupiah(amount), f"{share}%"), (link, "")))
    return rows, list(sums.values()), whole


@dataclass(frozen=True, slots=True)
class Heat:
    """The heat map: what `ui.heat_chart` is given."""

    ticks: list[str]
    names: list[str]
    amounts: list[list[int]]
    head: list[str]
    rows: list[ChartRow]


def heat(rows: Sequence[BoardRow], tahun: int, day: date) -> Heat:
    """OPD x month: the open amount, each cell a link to that month's lines."""
    months = heat_months(tahun, day)
    codes = [period_code(*month) for month in months]
    amounts, shown = [], []
    for row in rows:
        cells = [row.sums.months.get(month, _NONE) for month in months]
        amounts.append([cell.gross.sen for cell in cells])
        pages = [url_for(name, opd=row.slug, periode="2000-01") for name in _MONTH_PAGES]
        told = [_month(cell, code, pages) for cell, code in zip(cells, codes, strict=True)]
        shown.append(ChartRow(row.nama, *zip(*told, strict=True)))
    ticks = [
        f"{MONTHS[month - 1][:3]} {year % 100}" if n % 3 == 0 else ""
        for n, (year, month) in enumerate(months)
    ]
    head = [_("OPD"), *(f"{MONTHS[month - 1][:3]} {year}" for year, month in months)]
    return Heat(ticks, [row.nama for row in rows], amounts, head, shown)


#: A month without anything, and the pages that tell what is open and what waits in a month.
_NONE: Final = MonthSum()
_MONTH_PAGES: Final = ("cocok.index", "tanggungan.index")


def _month(cell: MonthSum, code: str, pages: Sequence[str]) -> tuple[str, str]:
    """The text of a month and its link, whose month is filled in: building addresses is slow."""
    open_lines, waiting = pages
    if cell.gross:
        return rupiah(cell.gross), open_lines.replace("2000-01", code)
    if cell.waits:
        return f"◷ {rupiah(cell.left)}", waiting.replace("2000-01", code)
    return ("✓" if cell.lines else "–"), ""


def told(found: Breakdowns, rows: Sequence[BoardRow], tahun: int, day: date) -> Told | None:
    """The cell that the address asks for (`?sorot=umur&pada=31-60`), by OPD; None for none."""
    chart, key = request.args.get("sorot", ""), request.args.get("pada", "")
    by_opd = found.get(chart, {}).get(key)
    if not by_opd:
        return None
    shown = [(row, by_opd[row.opd_id]) for row in rows if by_opd.get(row.opd_id)]
    shown.sort(key=lambda one: (-one[1].sen, one[0].nama))
    words = f"{_(NAMES[chart])} {_key_name(chart, key, day)}"
    addressed = [(row, amount, _address(chart, key, row, (tahun, day))) for row, amount in shown]
    return Told(words, total(by_opd.values()), addressed)


def _key_name(chart: str, key: str, day: date = date.min) -> str:
    """How a key is said in a sentence."""
    if chart == "toko":
        return _("penyedia lain") if key == OTHERS else key
    if chart == "umur":
        return _("%(n)s hari", n=_("91 atau lebih") if key == "91-" else key.replace("-", "–"))
    if chart in ("tagihan", "kasus"):
        return _week_name(key, day)
    return period_name((int(key[:4]), int(key[5:])))


def _week_name(key: str, day: date) -> str:
    if key == LATE:
        return _("lewat")
    first, _last = week_days(key, day)
    assert first is not None
    return _("nanti") if key == AFTER else f"{first.day}/{first.month}"


def _address(chart: str, key: str, row: BoardRow, when: tuple[int, date]) -> str:
    """The page of the OPD that shows the lines of its amount."""
    tahun, day = when
    month = period_code(day.year, day.month)
    if chart == "umur":
        oldest = row.oldest_cell
        return url_for(
            "cocok.index", opd=row.slug, periode=period_code(*(oldest or ((tahun, 1), 0))[0])
        )
    if chart in ("up", "sisa"):
        return url_for("pagu.index", opd=row.slug, periode=key)
    if chart in ("operasi", "modal"):
        return url_for("laporan.pratinjau", nama="rekap", opd=row.slug, periode=key)
    if chart == "toko":
        wanted = None if key == OTHERS else key
        return url_for("belanja.index", opd=row.slug, periode=f"{tahun}-01", setahun=1, cari=wanted)
    if chart == "tagihan":
        return url_for("tenggat.index", opd=row.slug, periode=month)
    first, last = week_days(key, day)
    return url_for("kasus.index", opd=row.slug, dari=first, sampai=last)
