"""Tables to lines: every row below the header becomes a line or a skipped row with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kkpd.core.errors import Unreadable
from kkpd.core.pan import last_four, mask
from kkpd.engines.reading.cells.columns import AmountColumn, DateColumn, currency_code
from kkpd.engines.reading.profile import DAYS, MONEY, Kinds, Profile
from kkpd.engines.reading.sheet import Cell, Row, Sheet, row_text, text_of
from kkpd.engines.reading.statement import Answers, Line, Notes
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import tabs
from kkpd.engines.reading.tables.column_formats import Formats, currency_of_title
from kkpd.engines.reading.tables.layout import Layout
from kkpd.engines.reading.tables.rows import RowJudge, Running, is_blank
from kkpd.engines.reading.tables.signs import Signs
from kkpd.engines.reading.tables.tabs import Tab, Twins
from kkpd.engines.reading.tables.totals import Totals


def read(
    sheets: Sequence[Sheet], profile: Profile, answers: Answers, notes: Notes
) -> Iterator[Line]:
    """The lines of all sheets; `notes` is complete at the end. Unreadable without a table."""
    totals = Totals(profile)
    for sheet in sheets:
        notes.findings += sheet.remarks
    found = tabs.choose(sheets, profile, notes)
    if not any(tab.layout for tab in found):
        raise Unreadable(_no_table(profile), field="kolom")
    running: tuple[Decimal, Decimal] | None = None
    twins = tabs.Twins(answers) if sum(tab.layout is not None for tab in found) > 1 else None
    for tab in found:
        if tab.layout is None:
            _skip_sheet(tab, totals, notes)
            continue
        reader = _Reader.of(tab.sheet, tab.head, tab.layout, profile, answers, notes, totals)
        yield from reader.lines() if twins is None else _once(reader, tab, twins, notes)
        running = reader.running.found() if twins is None else None
    notes.bills += totals.bills(notes.currency or profile.currency)
    if len(notes.bills) == 1:
        notes.opening = notes.bills[0].previous_balance
        notes.closing = notes.bills[0].total_due
    if notes.closing is None and not notes.questions:
        opening, closing = running or tuple(map(totals.balance, ("opening", "closing")))
        if notes.opening in (None, opening):
            notes.opening, notes.closing = opening, closing


def _skip_sheet(tab: Tab, totals: Totals, notes: Notes) -> None:
    rows = list(tab.sheet.rows())
    if tab.reason == tabs.NO_TABLE:
        totals.look(rows)
    for number, row in enumerate(rows, start=1):
        notes.rows += 1
        notes.skip(number, tab.reason, row_text(row), tab.sheet.name)


def _once(reader: _Reader, tab: Tab, twins: Twins, notes: Notes) -> Iterator[Line]:
    """The lines of one sheet of several, unless it only repeats what stood on those before."""
    lines = list(reader.lines())
    if not twins.copied(tab, lines, notes):
        yield from lines
        return
    for line in lines:
        notes.skip(line.row, "lembar salinan", f"{line.description} {line.amount}", line.sheet)


def _no_table(profile: Profile) -> str:
    if profile.name == "umum":
        return (
            "Tidak ada tabel transaksi yang dikenali: harus ada kolom tanggal dan kolom jumlah. "
            "Periksa berkas, atau tunjukkan kolomnya."
        )
    wanted = "tanggal (" + ", ".join(profile.columns.get("transaction_date", ("-",))) + ")"
    sums = [title for role in MONEY for title in profile.columns.get(role, ())]
    money = "jumlah (" + (", ".join(sums) or "-") + ")"
    return (
        f"Berkas tidak memakai bentuk “{profile.title}”: kolom {wanted} dan {money} tidak ada. "
        "Pilih profil lain atau biarkan berkas dikenali dari isinya."
    )


@dataclass(slots=True)
class _Reader:
    sheet: Sheet
    layout: Layout
    notes: Notes
    totals: Totals
    formats: Formats
    signs: Signs
    judge: RowJudge
    kinds: Kinds
    days: DateColumn
    money: AmountColumn
    running: Running
    currency: str | None
    card: str | None = None
    cards: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        sheet: Sheet,
        head: Sequence[Row],
        found: Layout,
        profile: Profile,
        answers: Answers,
        notes: Notes,
        totals: Totals,
    ) -> _Reader:
        """Settle what the whole sheet decides (date order, decimal sign) before its first row."""
        above = head[: found.first_row]
        totals.look(above)
        tabs.say_columns(found, profile, notes)
        settled = formats.settle(sheet, found, profile, answers, notes)
        if not settled.order_asked:
            totals.order = totals.order or settled.order
        if not settled.decimal_asked:
            totals.decimal = totals.decimal or settled.decimal
        body = head[found.first_row :]
        money = AmountColumn(settled.decimal, settled.plus_back, settled.debit_minus)
        signs = Signs.of(found, body, money, profile, answers, notes)
        return cls(
            sheet=sheet,
            layout=found,
            notes=notes,
            totals=totals,
            formats=settled,
            signs=signs,
            judge=RowJudge(found, profile, notes, sheet),
            kinds=Kinds(profile),
            days=DateColumn(
                settled.order,
                totals.bill_date() or formats.last_day(head, settled, notes),
                settled.serials,
                settled.order_asked,
                sheet.later,
            ),
            money=money,
            running=Running(money),
            currency=profile.currency or currency_of_title(found),
        )

    def lines(self) -> Iterator[Line]:
        """The lines of the sheet; skipped rows go to the notes."""
        first, skipped = self.layout.first_row, len(self.notes.skipped)
        for number, row in enumerate(self.sheet.rows(), start=1):
            self.notes.rows += 1
            if number <= first:
                self._head(number, row)
            elif self.formats.decimal_asked:
                self._skip(number, row, "menunggu jawaban atas tanda desimal")
            elif line := self._line(number, row):
                yield line
        self.judge.finish()
        self.signs.ask(self.notes)
        tabs.say_missed(self.sheet, self.notes, skipped)

    def _skip(self, number: int, row: Row, reason: str) -> None:
        self.notes.skip(number, reason, row_text(row), self.sheet.label(number))

    def _head(self, number: int, row: Row) -> None:
        title = self.layout.header is not None and number - 1 in self.layout.header
        reason = "judul kolom" if title else "baris kosong" if is_blank(row) else "di atas tabel"
        self._skip(number, row, reason)
        self.card = self.totals.card_of(row) or self.card

    def _line(self, number: int, row: Row) -> Line | None:
        columns = self.layout.columns
        width = len(row)

        def cell_of(role: str) -> Cell:
            index = columns.get(role, width)
            return row[index] if index < width else ""

        days = {role: self.days[cell_of(role)] for role in DAYS if role in columns}
        amount = self.signs.amount(cell_of, self.money)
        if not self.judge.is_line(number, row, days, amount):
            self._look_at(number, row)
            return None
        assert isinstance(amount, Decimal), f"row {number} is a line without an amount"
        if "balance" in columns:
            self.running.add(amount, cell_of("balance"))
        back = amount.is_signed()
        merchant, description = (
            mask(text_of(cell_of(role)).strip()) for role in ("merchant", "description")
        )
        said = [merchant] * ("merchant" in columns) + [description] * ("description" in columns)
        first, second = (day if isinstance(day, date) else None for day in map(days.get, DAYS))
        raw = [row[at] if at < width else "" for at in self.layout.raw]
        return Line(
            row=number,
            sheet=self.sheet.label(number),
            reference=mask(text_of(cell_of("reference")).strip()) or None,
            card_last4=self._card(text_of(cell_of("card"))) if "card" in columns else self.card,
            transaction_date=first,
            posting_date=second,
            amount=amount,
            direction="C" if back else "D",
            description=said[-1] if said else "",
            merchant=merchant or None,
            mcc=mask(text_of(cell_of("mcc")).strip()) or None,
            currency=currency_code(text_of(cell_of("currency"))) or self.currency,
            kind=self.kinds.one(" ".join(said), back),
            raw=tuple(mask(text_of(cell).strip()) for cell in raw),
        )

    def _card(self, text: str) -> str | None:
        """The last four digits; a bill names few cards many times."""
        if text not in self.cards:
            self.cards[text] = last_four(text)
        return self.cards[text]

    def _look_at(self, number: int, row: Row) -> None:
        """A row between the lines may hold a total, or announce the card of the lines below."""
        if "card" not in self.layout.columns and number not in self.sheet.repeated:
            self.totals.look_at(number, row)
            self.card = self.totals.card_of(row) or self.card
