"""Sheets to lines: which sheets hold transactions; each row a line, or skipped with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.core.pan import last_four, mask
from kkpd.engines.reading.cells.amounts import AmountColumn, currency_code
from kkpd.engines.reading.cells.dates import DateColumn
from kkpd.engines.reading.cells.evidence import tells
from kkpd.engines.reading.cells.times import TimeColumn
from kkpd.engines.reading.profile import DAYS, MONEY, Kinds, Profile, lost_titles, squash
from kkpd.engines.reading.statement import Answers, Cell, Line, Notes, Row, Sheet, row_text, text_of
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import layout
from kkpd.engines.reading.tables.chain import marked
from kkpd.engines.reading.tables.column_formats import Formats, currency_of_title
from kkpd.engines.reading.tables.control import Control
from kkpd.engines.reading.tables.interpretation import interpret
from kkpd.engines.reading.tables.layout import Layout
from kkpd.engines.reading.tables.rows import RowJudge, is_blank
from kkpd.engines.reading.tables.signs import Signs, times
from kkpd.engines.reading.tables.totals import Totals

TWIN_KEY = "lembar_kembar"
#: What each answer means, for the person who gives it.
MEANINGS = {
    "sekali": "salinan: baris yang sama dihitung sekali",
    "semua": "transaksi lain: semua lembar dihitung",
}
_NO_LINE, _NAMED = "bukan transaksi", 5
NO_TABLE = "lembar tanpa tabel transaksi"
_TELLING = frozenset({"merchant", "description", "reference", "card", "holder", "mcc"})
#: A sheet of so many lines, of which such a share stands on earlier sheets, may be a copy.
_LEAST, _SHARE = 5, 0.9

#: What a column found by content is called in a remark.
_MEANT = {
    "transaction_date": "tanggal transaksi",
    "posting_date": "tanggal pembukuan",
    "amount": "jumlah",
    "debit": "jumlah debit",
    "credit": "jumlah kredit",
    "balance": "saldo",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet, its first rows and its table; without one, why it is passed over."""

    sheet: Sheet
    head: Sequence[Row]
    layout: Layout | None
    reason: str = NO_TABLE


def choose(sheets: Sequence[Sheet], profile: Profile, notes: Notes) -> list[Tab]:
    """What is read of each sheet, in file order: no hidden ones or recaps beside others."""
    tabs = [_tab(sheet, profile) for sheet in sheets]
    if any(tab.layout and not tab.sheet.hidden for tab in tabs):
        tabs = [_left_out(tab, "lembar tersembunyi", tab.sheet.hidden, notes) for tab in tabs]
    if any(map(_tells, tabs)):
        tabs = [_left_out(tab, "lembar rekapitulasi", not _tells(tab), notes) for tab in tabs]
    return tabs


def _tab(sheet: Sheet, profile: Profile) -> Tab:
    head = list(islice(sheet.rows(), formats.SAMPLE))
    found = layout.find(head, profile)
    if found is not None:
        whole = aligned(sheet, found, head, profile)
        head = head if whole is sheet else list(islice(whole.rows(), formats.SAMPLE))
        sheet = whole
    return Tab(sheet, head, found)


def _tells(tab: Tab) -> bool:
    """Whether a table says what was bought."""
    return tab.layout is not None and not _TELLING.isdisjoint(tab.layout.columns)


def _left_out(tab: Tab, reason: str, out: bool, notes: Notes) -> Tab:
    if not out or tab.layout is None:
        return tab
    notes.find(
        "lembar_dilewati",
        f"Lembar “{tab.sheet.name}” tidak dibaca ({reason}). Bila berisi transaksi lain, simpan "
        "lembar itu sebagai berkas sendiri.",
    )
    return Tab(tab.sheet, (), None, reason)


def say_columns(found: Layout, profile: Profile, notes: Notes) -> None:
    """What a person should know of the columns chosen. Unreadable when one of money is lost."""
    for role in found.guessed:
        notes.find(
            "kolom_diduga",
            f"Kolom “{found.title(role)}” dibaca sebagai {_MEANT[role]} karena isinya, judulnya "
            "tidak dikenal. Periksa, atau tunjukkan kolomnya.",
            column=found.title(role),
        )
    _say_doubled(found, notes)
    _refuse_or_say_lost(found, profile, notes)


def say_missed(sheet: Sheet, notes: Notes, since: int) -> None:
    """Name skipped rows with a date and an amount that were read as no transaction."""
    telling = set(sheet.telling)
    missed = [
        one
        for one in notes.skipped[since:]
        if one.reason.startswith(_NO_LINE) and (one.row in telling or tells(one.text.split(" | ")))
    ]
    if missed:
        numbers = ", ".join(str(one.row) for one in missed[:_NAMED])
        notes.find(
            "mungkin_transaksi",
            f"{len(missed)} baris memuat tanggal dan jumlah tetapi tidak dibaca sebagai transaksi "
            f"(baris {numbers}{', …' if len(missed) > _NAMED else ''}). Periksa di daftar baris "
            "yang dilewati.",
            row=missed[0].row,
        )


def _say_doubled(found: Layout, notes: Notes) -> None:
    """Name a title of money that two columns bear: which one is meant, only a person knows."""
    titles = Counter(title for title in found.titles if title)
    for role in MONEY:
        title = found.title(role)
        if title and titles[title] > 1 and found.titles.index(title) == found.columns[role]:
            notes.find(
                "kolom_kembar",
                f"{titles[title]} kolom berjudul “{title}”; yang pertama dibaca. Periksa "
                "jumlahnya, atau tunjukkan kolomnya.",
                column=title,
            )


def _refuse_or_say_lost(found: Layout, profile: Profile, notes: Notes) -> None:
    """Name the columns of a kept profile that the file lacks; Unreadable if one is of money."""
    lost = lost_titles(found.titles, profile)
    money = [title for role, title in lost.items() if role in (*MONEY, "sign")]
    if money:
        raise Unreadable(
            f"Bentuk “{profile.title}” memakai kolom “{money[0]}”, tetapi berkas ini tidak "
            "memuatnya. Tunjukkan kolomnya, atau pilih bentuk lain.",
            field="kolom",
        )
    for title in lost.values():
        notes.find(
            "kolom_hilang",
            f"Bentuk “{profile.title}” memakai kolom “{title}”, tetapi berkas ini tidak memuatnya. "
            "Periksa barisnya, atau tunjukkan kolomnya.",
            column=title,
        )


class Twins:
    """Finds a sheet whose lines all stand on earlier sheets, which a person must explain."""

    def __init__(self, answers: Answers) -> None:
        self._answer = answers.get(TWIN_KEY)
        self._seen: Counter[tuple[object, ...]] = Counter()

    def copied(self, tab: Tab, lines: Sequence[Line], notes: Notes) -> bool:
        """Whether this sheet is a copy that is not to be counted; takes its lines in."""
        own: Counter[tuple[object, ...]] = Counter(
            (one.transaction_date, one.posting_date, one.amount, one.merchant, one.description)
            for one in lines
        )
        again = sum((own & self._seen).values())
        twin = own.total() >= _LEAST and again >= _SHARE * own.total()
        if twin and self._answer is None:
            notes.ask(
                TWIN_KEY,
                f"{again} dari {own.total()} baris lembar “{tab.sheet.name}” juga ada di lembar "
                "sebelumnya. Apakah lembar itu salinan?",
                dict(MEANINGS),
                [],
            )
        if twin and self._answer == "sekali":
            return True
        self._seen += own
        return False


#: So many rows tell what the columns of a further table are.
_TELLING_ROWS = 50

#: For each column of the first table the column of this one, None where it has none.
_Places = Sequence[int | None]


def aligned(sheet: Sheet, found: Layout, head: Sequence[Row], profile: Profile) -> Sheet:
    """The sheet with the rows of further tables in the order of the first table's columns."""
    if found.header is None or sheet.pages:
        return sheet
    turns = {
        number: places
        for number in range(found.first_row, len(head))
        if _may_be_titles(head[number], found)
        and (places := _places(head[number : number + _TELLING_ROWS], found, profile))
    }
    if not turns:
        return sheet

    return replace(sheet, rows=lambda: _turned(sheet.rows(), turns))


def _may_be_titles(row: Row, found: Layout) -> bool:
    """Whether the cells below the dates and amounts of the table are words."""
    wanted = [found.columns[role] for role in (*DAYS, *MONEY) if role in found.columns]
    texts = [row[index] if index < len(row) else "" for index in wanted]
    return all(isinstance(text, str) for text in texts) and (
        any(texts) and not any(letter.isdigit() for text in texts for letter in text_of(text))
    )


def _places(below: Sequence[Row], found: Layout, profile: Profile) -> _Places | None:
    """Where a further table has the columns of the first; None where nothing is to be turned."""
    other = layout.find(below, profile)
    if other is None or other.header != (0,) or other.guessed:
        return None
    if any(other.columns.get(role) is None for role in found.columns if role in (*DAYS, *MONEY)):
        return None
    if all(found.columns.get(role) == index for role, index in other.columns.items()):
        return None
    named = {squash(title): index for index, title in enumerate(other.titles) if title}
    roles: Mapping[int, str] = {index: role for role, index in found.columns.items()}
    return [
        other.columns.get(roles[index]) if index in roles else named.get(squash(title))
        for index, title in enumerate(found.titles)
    ]


def _turned(rows: Iterator[Row], turns: Mapping[int, _Places]) -> Iterator[Row]:
    places: _Places | None = None
    for number, row in enumerate(rows):
        places = turns.get(number, places)
        if places is None:
            yield row
        else:
            yield [row[at] if at is not None and at < len(row) else "" for at in places]


def read(
    sheets: Sequence[Sheet], profile: Profile, answers: Answers, notes: Notes
) -> Iterator[Line]:
    """The lines of all sheets; `notes` is complete at the end. Unreadable without a table."""
    totals = Totals(profile)
    for sheet in sheets:
        notes.findings += sheet.remarks
    found = choose(sheets, profile, notes)
    if not any(tab.layout for tab in found):
        raise Unreadable(_no_table(profile), field="kolom")
    running: tuple[Decimal, Decimal] | None = None
    twins = Twins(answers) if sum(tab.layout is not None for tab in found) > 1 else None
    for tab in found:
        if tab.layout is None:
            _skip_sheet(tab, totals, notes)
            continue
        reader = _Reader.of(tab.sheet, tab.head, tab.layout, profile, answers, notes, totals)
        yield from reader.lines() if twins is None else _once(reader, tab, twins, notes)
        running = reader.control.known() if twins is None else None
    notes.bills += totals.bills(notes.currency or profile.currency)
    if len(notes.bills) == 1:
        notes.opening = notes.bills[0].previous_balance
        notes.closing = notes.bills[0].total_due
    if twins is None and not notes.questions:
        reader.control.say(totals, notes)
    if notes.closing is None and not notes.questions:
        opening, closing = running or tuple(map(totals.balance, ("opening", "closing")))
        if notes.opening in (None, opening):
            notes.opening, notes.closing = opening, closing


def _skip_sheet(tab: Tab, totals: Totals, notes: Notes) -> None:
    rows = list(tab.sheet.rows())
    if tab.reason == NO_TABLE:
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
    clock: TimeColumn
    money: AmountColumn
    control: Control
    turn: int
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
        say_columns(found, profile, notes)
        settled = formats.settle(sheet, found, profile, answers, notes)
        if not settled.order_asked:
            totals.order = totals.order or settled.order
        totals.decimal = totals.decimal or settled.decimal
        body = head[found.first_row :]
        money = AmountColumn(settled.decimal, settled.plus_back, settled.debit_minus)
        days = DateColumn(
            settled.order,
            totals.bill_date() or formats.last_day(head, settled, answers, notes),
            settled.serials,
            settled.order_asked,
            sheet.later,
        )
        found, signs, down, dated = interpret(
            sheet, found, body, money, days, profile, answers, notes
        )
        printed = (row[at] for row in body for at in found.at("balance") if at < len(row))
        return cls(
            sheet=sheet,
            layout=found,
            notes=notes,
            totals=totals,
            formats=settled,
            signs=signs,
            judge=RowJudge(found, profile, notes, sheet),
            kinds=Kinds(profile),
            days=days,
            clock=TimeColumn("time" in found.columns),
            control=Control(down, dated),
            turn=-1 if marked(printed) else 1,
            money=money,
            currency=profile.currency or currency_of_title(found),
        )

    def lines(self) -> Iterator[Line]:
        """The lines of the sheet; skipped rows go to the notes."""
        first, skipped = self.layout.first_row, len(self.notes.skipped)
        for number, row in enumerate(self.sheet.rows(), start=1):
            self.notes.rows += 1
            if number <= first:
                self._head(number, row)
            elif line := self._line(number, row):
                yield line
        self.judge.finish()
        self.signs.ask(self.notes)
        say_missed(self.sheet, self.notes, skipped)

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
        amount = self.signs.amount(cell_of, self.money, number)
        if not self.judge.is_line(number, row, days, amount):
            self._look_at(number, row, cell_of("balance"))
            return None
        assert isinstance(amount, Decimal), f"row {number} is a line without an amount"
        card = self._card(text_of(cell_of("card"))) if "card" in columns else self.card
        self.control.add(amount)
        if "balance" in columns:
            before = self.money[cell_of("before")] if "before" in columns else None
            printed = times(self.money[cell_of("balance")], self.turn)
            self.control.step(number, amount, before, printed, card)

        def told(role: str) -> str:
            return (
                mask(text_of(row[columns[role]]).strip())
                if columns.get(role, width) < width
                else ""
            )

        back = amount.is_signed()
        merchant, description = told("merchant"), told("description")
        said = [merchant] * ("merchant" in columns) + [description] * ("description" in columns)
        first, second = (day if isinstance(day, date) else None for day in map(days.get, DAYS))
        raw = [row[at] if at < width else "" for at in self.layout.raw]
        return Line(
            row=number,
            sheet=self.sheet.label(number),
            reference=told("reference") or None,
            card_last4=card,
            transaction_date=first,
            posting_date=second,
            amount=amount,
            direction="C" if back else "D",
            description=said[-1] if said else "",
            merchant=merchant or None,
            mcc=told("mcc") or None,
            currency=currency_code(told("currency")) or self.currency,
            kind=self.kinds.one(" ".join(said), back),
            raw=tuple(mask(text_of(cell).strip()) for cell in raw),
            time=self.clock[cell_of("time" if "time" in columns else "transaction_date")],
        )

    def _card(self, text: str) -> str | None:
        """The last four digits; a bill names few cards many times."""
        if text not in self.cards:
            self.cards[text] = last_four(text)
        return self.cards[text]

    def _look_at(self, number: int, row: Row, printed: Cell) -> None:
        """A row between the lines may hold a total, or announce the card of the lines below it; a
        balance carried forward begins the steps, and one beside no amount is a step of its own.
        """
        reason = self.notes.skipped[-1].reason
        if reason == "saldo pindahan":
            self.control.chain.begin(times(self.money[printed], self.turn))
        elif reason == "tanpa jumlah":
            self.control.chain.rest(number, times(self.money[printed], self.turn))
        if "card" not in self.layout.columns and number not in self.sheet.repeated:
            self.totals.look_at(number, row)
            self.card = self.totals.card_of(row) or self.card
