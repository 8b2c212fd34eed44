"""Tables to lines: every row below the header becomes a line or a skipped row with its reason.

Rows are taken in batches and turned by column, so that a million of them fit in little memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import cast

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask_many
from kkpd.engines.reading.batch import Batch, Columns
from kkpd.engines.reading.cells.columns import (
    AmountColumn,
    CardColumn,
    CurrencyColumn,
    DateColumn,
    texts,
)
from kkpd.engines.reading.kinds import Kinds
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.profile import DAYS, MONEY, Profile
from kkpd.engines.reading.sheet import Block, Row, Sheet, row_text, text_of
from kkpd.engines.reading.statement import Answers
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import tabs
from kkpd.engines.reading.tables.column_formats import Formats
from kkpd.engines.reading.tables.fields import (
    Meant,
    back,
    currency_of_title,
    days_of,
    either,
    filled,
    meant,
    named,
)
from kkpd.engines.reading.tables.layout import Layout
from kkpd.engines.reading.tables.rows import RowJudge
from kkpd.engines.reading.tables.running import Running
from kkpd.engines.reading.tables.signs import Signs
from kkpd.engines.reading.tables.tabs import Tab, Twins
from kkpd.engines.reading.tables.totals import Totals
from kkpd.engines.reading.words import Vocabulary


def read(
    sheets: Sequence[Sheet], profile: Profile, answers: Answers, notes: Notes
) -> Iterator[Batch]:
    """The lines of all sheets in batches; `notes` is complete when the iterator ends.

    Raises Unreadable when no sheet holds a table, or when a printed total cannot be read.
    """
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
        yield from reader.batches() if twins is None else _once(reader, tab, twins, notes)
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


def _once(reader: _Reader, tab: Tab, twins: Twins, notes: Notes) -> Iterator[Batch]:
    """The lines of one sheet of several, unless it only repeats what stood on those before."""
    batches = list(reader.batches())
    if not twins.copied(tab, batches, notes):
        yield from batches
        return
    for line in (line for batch in batches for line in batch):
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
    profile: Profile
    notes: Notes
    totals: Totals
    formats: Formats
    signs: Signs
    judge: RowJudge
    kinds: Kinds
    days: DateColumn
    money: AmountColumn
    currencies: CurrencyColumn = field(default_factory=CurrencyColumn)
    cards: CardColumn = field(default_factory=CardColumn)
    running: Running = field(default_factory=Running)
    card: str | None = None

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
            profile=profile,
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
        )

    def batches(self) -> Iterator[Batch]:
        """The lines of the sheet, so many rows at a time; skipped rows go to the notes."""
        first, skipped = self.layout.first_row, len(self.notes.skipped)
        self._head(list(islice(self.sheet.rows(), first)))
        number = first + 1
        for block in self.sheet.below(first):
            lines = self._batch(number, block)
            number += block.size
            if lines:
                yield lines
        self.judge.finish()
        self.signs.ask(self.notes)
        tabs.say_missed(self.sheet, self.notes, skipped)

    def _head(self, rows: Sequence[Row]) -> None:
        for number, row in enumerate(rows, start=1):
            title = self.layout.header is not None and number - 1 in self.layout.header
            blank = not any(text_of(cell).strip() for cell in row)
            reason = "judul kolom" if title else "baris kosong" if blank else "di atas tabel"
            self.notes.skip(number, reason, row_text(row), self.sheet.label(number))
            self.card = self.totals.card_of(row) or self.card
        self.notes.rows += len(rows)

    def _batch(self, number: int, block: Block) -> Batch:
        size = block.size
        self.notes.rows += size
        if self.formats.decimal_asked:
            return self._wait(number, block.rows)
        self.judge.widths(number, block)
        columns = meant(block.columns, self.layout, size)
        days = [
            list(map(self.days.__getitem__, columns[role])) if role in columns else None
            for role in DAYS
        ]
        amounts = self.signs.amounts(columns, self.money)
        signed = back(amounts)
        known: dict[int, list[str]] = {}
        described = [self._text(block, known, index) for index in self._described]
        written = Vocabulary(known.values())
        self.judge.half_dated.look(number, days)
        keep = self.judge.rows(number, block, either(days, columns), amounts, written, days)
        if "balance" in columns:
            self.running.add(amounts, columns["balance"], keep, self.money)
        cards = self._cards(number, block, columns, keep)
        whole = Batch(
            Columns(
                row=range(number, number + size),
                sheet=self.sheet.labels(number, size),
                reference=filled(columns, "reference", size),
                card_last4=cards,
                transaction_date=days_of(days[0], size),
                posting_date=days_of(days[1], size),
                amount=cast(list[Decimal], amounts),
                direction=["C" if one else "D" for one in signed],
                description=described[-1] if described else [""] * size,
                merchant=named(described[0]) if self._has_merchant else [None] * size,
                mcc=filled(columns, "mcc", size),
                currency=self._currency(columns, size),
                kind=self.kinds.of(described, signed, written),
                raw=self._raw(block, known),
            )
        )
        return whole if all(keep) else whole.only(keep)

    def _wait(self, number: int, rows: Sequence[Row]) -> Batch:
        for position, row in enumerate(rows):
            reason = "menunggu jawaban atas tanda desimal"
            place = number + position
            self.notes.skip(place, reason, row_text(row), self.sheet.label(place))
        return Batch.of(())

    def _cards(
        self, number: int, block: Block, columns: Meant, keep: Sequence[bool]
    ) -> list[str | None]:
        """The card column, else the card that the last label above the line announced."""
        if "card" in columns:
            return [self.cards[text] for text in texts(columns["card"])]
        if all(keep):
            return [self.card] * block.size
        found: list[str | None] = []
        for row, is_line in zip(block.rows, keep, strict=True):
            if not is_line and number + len(found) not in self.sheet.repeated:
                self.totals.look_at(number + len(found), row)
                self.card = self.totals.card_of(row) or self.card
            found.append(self.card)
        return found

    @property
    def _has_merchant(self) -> bool:
        return "merchant" in self.layout.columns

    @property
    def _described(self) -> list[int]:
        """The text columns that people read, the merchant's first."""
        wanted = self.layout.columns
        return [wanted[role] for role in ("merchant", "description") if role in wanted]

    @staticmethod
    def _text(block: Block, known: dict[int, list[str]], index: int) -> list[str]:
        """A text column without card numbers, made once."""
        if index not in known:
            there = index < len(block.columns)
            cells = block.columns[index] if there else ("",) * block.size
            known[index] = mask_many(texts(cells))
        return known[index]

    def _raw(self, block: Block, known: dict[int, list[str]]) -> Sequence[tuple[str, ...]]:
        """The bank's own text fields, as identity takes them."""
        if not self.layout.raw:
            return [()] * block.size
        return list(
            zip(*[self._text(block, known, index) for index in self.layout.raw], strict=True)
        )

    def _currency(self, columns: Meant, size: int) -> Sequence[str | None]:
        own = self.profile.currency or currency_of_title(self.layout)
        if "currency" not in columns:
            return [own] * size
        return [self.currencies[text] or own for text in texts(columns["currency"])]
