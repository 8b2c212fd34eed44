"""How a file writes dates and amounts, settled from whole columns; what stays open is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from kkpd.engines.reading.cells import amounts, dates
from kkpd.engines.reading.cells.amounts import currency_code
from kkpd.engines.reading.profile import DAYS, DateOrder, DecimalSign, Profile
from kkpd.engines.reading.statement import Answers, Notes, Row, Sheet
from kkpd.engines.reading.tables import signs
from kkpd.engines.reading.tables.layout import Layout

#: When this many rows settle a format, the rest only has to agree; else twice as many are asked.
SAMPLE = 2_000

DATE_KEY, DECIMAL_KEY, YEAR_KEY = "urutan_tanggal", "tanda_desimal", "tahun"
_ORDER_LABELS = {
    "dmy": "hari-bulan-tahun",
    "mdy": "bulan-hari-tahun",
    "ymd": "tahun-bulan-hari",
}
_DECIMAL_LABELS = {",": "koma memisahkan sen (1.234,56)", ".": "titik memisahkan sen (1,234.56)"}
#: What each answer means, for the person who gave it.
MEANINGS: Mapping[str, str] = {**_ORDER_LABELS, **_DECIMAL_LABELS, **signs.MEANINGS}
#: Question -> the answers that it offers.
OFFERED: Mapping[str, Mapping[str, str]] = {
    DATE_KEY: _ORDER_LABELS,
    DECIMAL_KEY: _DECIMAL_LABELS,
    signs.SIGN_KEY: signs.MEANINGS,
}
_CURRENCY_NAMES = frozenset({"IDR", "USD", "EUR", "GBP", "CAD", "AUD", "SGD", "MYR", "JPY"})
_MONEY = ("amount", "debit", "credit", "original_amount", "balance")


@dataclass(frozen=True, slots=True)
class Formats:
    """How dates and amounts are read; an `asked` one waits for the person's answer."""

    order: DateOrder | None
    decimal: DecimalSign | None
    order_asked: bool = False
    serials: bool = False
    yearless: bool = False
    last_month: int = 12
    plus_back: bool = False
    debit_minus: bool = False


def settle(
    sheet: Sheet,
    layout: Layout,
    profile: Profile,
    answers: Answers,
    notes: Notes,
) -> Formats:
    """Decide from the profile, the answers, the first rows, else from as many as it takes."""
    order, order_known = _given(answers, DATE_KEY, profile.date_order)
    decimal, decimal_known = _given(answers, DECIMAL_KEY, profile.decimal)
    evidence = _Evidence(layout)
    evidence.look(sheet, order_known=order_known, decimal_known=decimal_known)
    own_order, own_decimal = evidence.order(), evidence.decimal()
    if not order_known:
        order, order_known = own_order
    if not decimal_known:
        decimal = own_decimal
    if not order_known:
        order, order_known = _order_above(sheet, layout, order, notes)
    if not order_known:
        _ask_order(evidence, notes)
    return Formats(
        order=order,  # type: ignore[arg-type]  # answers are checked
        decimal=decimal,  # type: ignore[arg-type]  # answers are checked
        order_asked=not order_known,
        serials=evidence.serials(),
        yearless=any(map(dates.without_year, evidence.days)),
        last_month=dates.last_month(evidence.days, order),  # type: ignore[arg-type]  # answers are checked
        plus_back=evidence.plus_back(),
        debit_minus=evidence.debit_minus(),
    )


def last_day(head: Sequence[Row], settled: Formats, answers: Answers, notes: Notes) -> date | None:
    """The latest day of lines printed without their year, where no label names the bill's day.
    Asks for the year of the last line where nothing tells it.
    """
    if not settled.yearless or settled.order_asked:
        return None
    if YEAR_KEY in answers:
        return date(int(answers[YEAR_KEY]), settled.last_month, 28) + timedelta(days=3)
    last = dates.last_day(head, settled.order)
    if last is None:
        notes.ask(
            YEAR_KEY,
            "Tanggal di berkas ini tidak bertahun, dan tidak ada periode atau tanggal lain yang "
            "menyebutnya. Tahun berapa baris terakhirnya? Tulis empat angka, misalnya 2026.",
            {},
            [],
        )
    else:
        notes.find(
            "tahun_diduga",
            "Tanggal di berkas ini tidak bertahun; tahunnya dibaca dari tanggal lain di berkas "
            f"(paling lambat {last}). Periksa tanggal baris.",
            "info",
        )
    return last


def currency_of_title(layout: Layout) -> str | None:
    """`Jumlah (Rp)` names the currency of the column."""
    title = layout.title("amount") or layout.title("debit") or ""
    words = title.replace("(", " ").replace(")", " ").split()
    codes = [code for word in words if (code := currency_code(word)) in _CURRENCY_NAMES]
    return codes[0] if codes else None


def _order_above(
    sheet: Sheet, layout: Layout, order: str | None, notes: Notes
) -> tuple[str | None, bool]:
    """The order of the dates above the table, such as the bill's period, where they tell it."""
    above = islice(sheet.rows(), layout.first_row)
    found = dates.numeric_dates(text for row in above for text in row if isinstance(text, str))
    own, certain = dates.decide_order(found)
    if own is None or not certain:
        return order, False
    notes.find(
        "urutan_dari_kepala",
        f"Urutan tanggal ({_ORDER_LABELS[own]}) diambil dari tanggal di atas tabel, karena kolom "
        "tanggalnya sendiri bisa dibaca lebih dari satu cara. Periksa tanggal baris.",
        "info",
    )
    return own, True


def _given(answers: Answers, key: str, own: str | None) -> tuple[str | None, bool]:
    """The person's answer before the profile's own rule."""
    given = answers.get(key, own)
    return given, given is not None


class _Evidence:
    """Distinct date texts and amount digits of a sheet, with the row where each stands first."""

    def __init__(self, layout: Layout) -> None:
        self.days: dict[str, int] = {}
        self.cores: dict[str, int] = {}
        self._first = layout.first_row
        self._day_columns = [layout.columns[role] for role in DAYS if role in layout.columns]
        self._money_columns = [layout.columns[role] for role in _MONEY if role in layout.columns]
        self._priced = [layout.columns["amount"]] if "amount" in layout.columns else []
        self._billed: set[str] = set()
        self._money: set[str] = set()

    def look(self, sheet: Sheet, *, order_known: bool, decimal_known: bool) -> None:
        """Look at the rows below the titles until they settle what is open, or to the end."""
        rows = islice(enumerate(sheet.rows(), start=1), self._first, None)
        days = money = True
        size = more = SAMPLE
        while (days or money) and self._add(islice(rows, more), days, money) == more:
            days = not (order_known or self.order()[1])
            money = not (decimal_known or amounts.is_sure(self.cores))
            size, more = 2 * size, size

    def _add(self, rows: Iterable[tuple[int, Row]], days: bool, money: bool) -> int:
        """Look at these rows; returns how many there were."""
        count = 0
        for number, row in rows:
            count += 1
            if days:
                for text in _texts(row, self._day_columns):
                    self.days.setdefault(text, number)
            if money:
                self._billed.update(_texts(row, self._priced))
                for text in _texts(row, self._money_columns):
                    self._amount(text, number)
        return count

    def _amount(self, text: str, number: int) -> None:
        if text in self._money:
            return
        self._money.add(text)
        written = None if amounts.is_blank(text) else amounts.take_apart(text)
        if written is not None:
            self.cores.setdefault(written.core, number)

    def plus_back(self) -> bool:
        """Whether a plus marks money back in the amount column."""
        return _plus_is_back(self._billed)

    def debit_minus(self) -> bool:
        """Whether every amount with a debit mark has a minus besides, which says the same."""
        lettered = (text for text in self._billed if "d" in text.casefold())
        marked = [one for one in map(amounts.take_apart, lettered) if one and one.mark]
        debits = [one.negative for one in marked if not amounts.is_back(one.mark)]
        return bool(debits) and all(debits)

    def order(self) -> tuple[DateOrder | None, bool]:
        order, certain = dates.decide_order(self.days)
        if order is None and dates.ambiguous_short(self.days):
            return "dmy", False
        return order, certain

    def decimal(self) -> DecimalSign | None:
        return amounts.decide_decimal(self.cores)

    def serials(self) -> bool:
        """Whether the dates are bare Excel serial numbers throughout."""
        filled = [text for text in self.days if not dates.is_blank(text)]
        return bool(filled) and sum(dates.serial(t) is not None for t in filled) > len(filled) / 2


def _plus_is_back(texts: Iterable[str]) -> bool:
    """Whether a plus marks money back: some amounts carry it, most no sign, and none a minus."""
    if not any("+" in text for text in texts):
        return False
    written = [one for text in texts if (one := amounts.take_apart(text)) is not None]
    plus = sum(one.plus for one in written)
    signed = any(one.negative or one.mark for one in written)
    return 0 < 2 * plus < len(written) and not signed


def _texts(row: Row, columns: Sequence[int]) -> Iterator[str]:
    for index in columns:
        if index < len(row):
            cell = row[index]
            if isinstance(cell, str):
                yield cell


def _ask_order(evidence: _Evidence, notes: Notes) -> None:
    unsure = {text: row for text, row in evidence.days.items() if dates.orders_of(text.strip())}
    unsure = unsure or {text: evidence.days[text] for text in dates.ambiguous_short(evidence.days)}
    example = next((text for text in unsure if not _alike(text)), next(iter(unsure)))
    readings: dict[DateOrder, str] = {order: _shown(example, order) for order in ("dmy", "mdy")}
    notes.ask(
        DATE_KEY,
        f"Tanggal seperti {example} bisa dibaca lebih dari satu cara, dan tidak ada tanggal lain "
        "di berkas ini yang memastikannya. Urutan mana yang dipakai bank?",
        {order: f"{_ORDER_LABELS[order]}: {example} = {day}" for order, day in readings.items()},
        list(unsure.values()),
    )


def _alike(text: str) -> bool:
    return dates.same_under([text], ("dmy", "mdy"))


def _shown(example: str, order: DateOrder) -> str:
    """How an order reads the example: an ISO day, or day and month where it has no year."""
    day = dates.read(example, order)
    parts = dates.without_year(example)
    if day is None and parts is not None:
        first, second = parts if order == "dmy" else reversed(parts)
        return f"tanggal {first} bulan {second}"
    return str(day)
