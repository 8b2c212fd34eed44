"""Which way the money goes: spending positive, money back negative, however a bank shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from kkpd.engines.reading.cells.amounts import WRONG, Amount, AmountColumn, take_apart
from kkpd.engines.reading.cells.evidence import folded, sign_of
from kkpd.engines.reading.profile import Profile
from kkpd.engines.reading.statement import Answers, Cell, Notes, Row, text_of
from kkpd.engines.reading.tables.layout import Layout

MARK_KEY = "arti_tanda"
#: The answer that no unknown word means money back, and what it says to the person who gave it.
NO_MARK = "tidak_ada"
MARK_MEANINGS: Mapping[str, str] = {NO_MARK: "tidak satu pun: semuanya belanja"}
#: So many words are offered; a column with more says what was bought, not which way money goes.
_MARKS_OFFERED = 6
#: The longest word that an answer may be.
LONGEST_MARK = 40


@dataclass(slots=True)
class Marks:
    """Which way a mark points; an unknown word is asked where a profile named the column."""

    own: Mapping[str, int] = field(default_factory=dict)
    asks: bool = False
    answer: str | None = None
    strange: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, profile: Profile, answers: Answers) -> Marks:
        """A profile's own words (`debit`, `kredit`), and the answer to an earlier question."""
        given = ((word, way) for name, way in _WAYS for word in profile.words.get(name, ()))
        own = {folded(word): way for word, way in given}
        answer = answers.get(MARK_KEY)
        if answer is not None and answer != NO_MARK:
            own[folded(answer)] = -1
        return cls(own, profile.name != "umum", answer)

    def way(self, mark: str) -> int:
        """1 for spending, -1 for money back, 0 for a word that nobody knows."""
        return self.own.get(folded(mark)) or sign_of(mark)

    def saw(self, mark: str) -> None:
        """Remember an unknown word that stands beside an amount."""
        if mark:
            self.strange[mark] = None

    def ask(self, title: str | None, notes: Notes) -> None:
        """Ask once, at the end of the sheet."""
        if not self.asks or not self.strange:
            return
        if self.answer is None:
            words = list(self.strange)[:_MARKS_OFFERED]
            named = ", ".join(f"“{word}”" for word in words)
            choices = {word: f"“{word}” berarti uang kembali" for word in words}
            notes.ask(
                MARK_KEY,
                f"Kolom “{title}” memuat {named} yang tidak dikenal sebagai belanja atau uang "
                "kembali. Mana yang berarti uang kembali? (Kata lain dibaca sebagai belanja.)",
                choices | dict(MARK_MEANINGS),
                [],
            )


_WAYS = (("debit", 1), ("kredit", -1))


Way = Literal["amount", "columns"]

COLUMNS = ("debit", "credit")
SIGN_KEY = "tanda_belanja"
#: What each answer means, for the person who gives it.
MEANINGS: Mapping[str, str] = {
    "negative": "belanja bertanda minus, uang kembali tanpa tanda",
    "positive": "belanja tanpa tanda, uang kembali bertanda minus",
}

_OF_CARD = frozenset({"card", "holder", "mcc", "merchant"})
EDGE_KEY = "arah_baris"
#: What each answer means, for the person who gives it.
EDGE_MEANINGS: Mapping[str, str] = {"belanja": "uang keluar", "kembali": "uang masuk"}
SIDES_KEY = "arah_kolom"
#: What each answer means, for the person who gives it.
SIDES_MEANINGS: Mapping[str, str] = {
    "rekening": "saldo rekening: turun oleh uang keluar",
    "utang": "saldo utang kartu: naik oleh belanja",
}
#: The answer that an amount without a mark is money back, where DB stands beside the others.
BARE = "tanpa tanda"


@dataclass(frozen=True, slots=True)
class Signs:
    """How amounts become ours: `debit` and `credit` multiply rows of that mark, or column.

    `back` are the rows whose money comes back where nothing but their balance tells it.
    """

    way: Way
    debit: int = 1
    credit: int = 1
    unmarked: int = 1
    lettered: bool = False
    bare_back: bool = False
    marks: Marks = field(default_factory=Marks)
    title: str | None = None
    back: Collection[int] = ()

    @classmethod
    def readings(
        cls,
        layout: Layout,
        body: Sequence[Row],
        money: AmountColumn,
        profile: Profile,
        answers: Answers,
    ) -> list[Signs]:
        """The ways to sign these amounts, the usual one first; one where somebody said which."""
        if "amount" not in layout.columns:
            debit, credit = (
                _column_sign(layout, body, money, role) for role in ("debit", "credit")
            )
            return [cls("columns", debit, credit)]
        given = answers.get(SIGN_KEY, profile.spending)
        if given is not None:
            return [cls._all(-1 if given == "negative" else 1)]
        cells = _column(body, layout.columns["amount"])
        bare = _bare_beside_debits(cells)
        if bare:
            told = answers.get(MARK_KEY)
            usual = told == BARE or (told is None and 2 * bare <= len(cells))
            both = [cls("amount", lettered=True, bare_back=one) for one in (usual, not usual)]
            return both if told is None else both[:1]
        if "sign" in layout.columns:
            printed = [text_of(cell).strip() for cell in _column(body, layout.columns["sign"])]
            own = Marks.of(profile, answers)
            ways = [_by_marks(printed, money.read(cells), own), (1, -1, 1), (1, -1, -1), (1, 1, 1)]
            title = layout.title("sign")
            return [cls("amount", *way, False, False, own, title) for way in dict.fromkeys(ways)]
        factor = _by_columns(layout, body, money, money.read(cells)) or 1
        lettered = any(_mark(cell) not in (None, "", "-") for cell in cells)
        return [replace(cls._all(factor), lettered=lettered)]

    @classmethod
    def _all(cls, factor: int) -> Signs:
        return cls("amount", factor, factor, factor)

    @property
    def told(self) -> bool:
        """Whether marks or two columns tell money out from money back."""
        return self.way == "columns" or self.lettered or self.debit != self.credit

    def turned(self) -> Signs:
        """The same with money out and back changed."""
        return replace(self, debit=-self.debit, credit=-self.credit, unmarked=-self.unmarked)

    def amount(
        self, cell_of: Callable[[str], Cell], money: AmountColumn, number: int = 0
    ) -> Amount:
        """A row's amount with our sign; None where empty, WRONG where unreadable."""
        if self.way == "columns":
            debit = times(money[cell_of("debit")], self.debit)
            return _net(debit, times(money[cell_of("credit")], self.credit))
        cell = cell_of("amount")
        amount = money[cell]
        if self.bare_back:
            return times(amount, -1 if _mark(cell) == "" else 1)
        if self.debit == self.credit:
            return times(amount, -self.unmarked if number in self.back else self.unmarked)
        mark = text_of(cell_of("sign")).strip()
        way = self.marks.way(mark)
        if not way and isinstance(amount, Decimal) and amount:
            self.marks.saw(mark)
        return times(amount, {1: self.debit, -1: self.credit, 0: self.unmarked}[way])

    def ask(self, notes: Notes) -> None:
        """Ask what an unknown word beside an amount means, where that decides its sign."""
        if self.debit != self.credit:
            self.marks.ask(self.title, notes)


def ask_signs(
    layout: Layout, body: Sequence[Row], money: AmountColumn, signs: Signs, notes: Notes
) -> None:
    """Ask which amounts are spending where the file leaves it open."""
    cells = _column(body, layout.columns["amount"])
    bare = _bare_beside_debits(cells)
    if bare and 2 * bare > len(cells):
        notes.ask(
            MARK_KEY,
            f"{bare} jumlah tidak bertanda, {len(cells) - bare} bertanda debit, dan tidak ada "
            "saldo yang menjelaskannya. Apa arti jumlah tanpa tanda?",
            {BARE: "jumlah tanpa tanda berarti uang kembali", **MARK_MEANINGS},
            [],
        )
    if signs.told or not {"debit", "credit"}.isdisjoint(layout.columns):
        return
    amounts = money.read(cells)
    negative = [i for i, one in enumerate(amounts) if isinstance(one, Decimal) and one < 0]
    priced = sum(isinstance(amount, Decimal) and bool(amount) for amount in amounts)
    of_card = not _OF_CARD.isdisjoint(layout.columns)
    if 2 * len(negative) < priced + of_card or not negative:
        return
    notes.ask(
        SIGN_KEY,
        f"{len(negative)} dari {priced} jumlah pertama bertanda minus, dan tidak ada saldo atau "
        "kolom debit/kredit yang menjelaskannya. Bagaimana bank menulis belanja?",
        dict(MEANINGS),
        [layout.first_row + 1 + index for index in negative],
    )


def times(amount: Amount, factor: int) -> Amount:
    """An amount with the sign of a factor."""
    return -amount if factor < 0 and isinstance(amount, Decimal) else amount


def ask_edge(number: int, amount: Decimal, answers: Answers, notes: Notes) -> bool:
    """Whether the row before which no balance stands is money back, as somebody says."""
    if EDGE_KEY not in answers:
        notes.ask(
            EDGE_KEY,
            f"Hanya saldo yang menunjukkan arah uang di berkas ini, dan sebelum baris {number} "
            f"(jumlah {amount}) tidak tercetak saldo. Apakah baris itu belanja atau uang kembali?",
            dict(EDGE_MEANINGS),
            [number],
        )
    return answers.get(EDGE_KEY) == "kembali"


def ask_sides(layout: Layout, answers: Answers, notes: Notes) -> str | None:
    """What the balance beside two columns is, where no title says which of them is money out."""
    if SIDES_KEY not in answers:
        out, back = (f"“{layout.title(role) or layout.columns[role] + 1}”" for role in COLUMNS)
        notes.ask(
            SIDES_KEY,
            f"Saldo naik oleh kolom {back} dan turun oleh kolom {out}, tetapi judulnya tidak "
            "mengatakan mana uang keluar. Saldo apakah itu?",
            dict(SIDES_MEANINGS),
            [],
        )
    return answers.get(SIDES_KEY)


def _column(rows: Sequence[Row], index: int) -> list[Cell]:
    return [row[index] if index < len(row) else "" for row in rows]


def _by_marks(
    marks: Sequence[str], amounts: Sequence[Amount], words: Marks
) -> tuple[int, int, int]:
    """Factors of rows marked debit, credit, and not at all; beside signed amounts marks repeat."""
    lean: Counter[int] = Counter()
    for text, amount in zip(marks, amounts, strict=True):
        if isinstance(amount, Decimal) and amount:
            lean[words.way(text)] += 1 if amount > 0 else -1
    debit = -1 if lean[1] < 0 else 1
    credit = 1 if lean[-1] < 0 else -1
    if debit < 0:  # spending is printed negative: the bank's own view of the account
        return -1, -1, -1
    return 1, credit, 1


def _by_columns(
    layout: Layout, body: Sequence[Row], money: AmountColumn, amounts: Sequence[Amount]
) -> int:
    """The sign that filled debit and credit columns give the amounts beside; 0 if unclear."""
    leans = set()
    for role, way in (("debit", 1), ("credit", -1)):
        if role in layout.columns:
            filled = money.read(_column(body, layout.columns[role]))
            leans |= {
                way if amount > 0 else -way
                for amount, beside in zip(amounts, filled, strict=True)
                if isinstance(amount, Decimal) and amount and isinstance(beside, Decimal) and beside
            }
    return leans.pop() if len(leans) == 1 else 0


def _column_sign(layout: Layout, body: Sequence[Row], money: AmountColumn, role: str) -> int:
    """-1 for a debit or credit column printed with a minus in most rows."""
    if role not in layout.columns:
        return 1
    amounts = money.read(_column(body, layout.columns[role]))
    priced = [amount for amount in amounts if isinstance(amount, Decimal) and amount]
    return -1 if 2 * sum(amount < 0 for amount in priced) > len(priced) else 1


def _net(debit: Amount, credit: Amount) -> Amount:
    """Debit less credit."""
    if debit is WRONG or credit is WRONG:
        return WRONG
    if debit is None and credit is None:
        return None
    return (debit or Decimal(0)) - (credit or Decimal(0))


def _bare_beside_debits(cells: Sequence[Cell]) -> int:
    """How many amounts have no mark where DB marks all the others; 0 for any other column."""
    marks = [mark for mark in map(_mark, cells) if mark is not None]
    bare = marks.count("")
    return bare if bare < len(marks) and all(mark[:1] in ("", "D") for mark in marks) else 0


def _mark(cell: Cell) -> str | None:
    """The mark of an amount, empty for none and `-` for a sign; None where there is no amount."""
    written = take_apart(cell) if isinstance(cell, str) else None
    if written is None:
        return None
    return "-" if written.negative or written.plus else written.mark or ""
