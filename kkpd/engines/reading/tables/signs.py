"""Which way the money goes: spending positive, money back negative, however a bank shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
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

SIGN_KEY = "tanda_belanja"
#: What each answer means, for the person who gives it.
MEANINGS: Mapping[str, str] = {
    "negative": "belanja bertanda minus, uang kembali tanpa tanda",
    "positive": "belanja tanpa tanda, uang kembali bertanda minus",
}

_TWO = ("debit", "credit")
_OF_CARD = frozenset({"card", "holder", "mcc", "merchant"})
#: Steps of a balance column that must agree before it decides the sign; of fewer, all must.
_PROOF = 3


@dataclass(frozen=True, slots=True)
class Signs:
    """How amounts become ours: `debit` and `credit` multiply rows of that mark, or column."""

    way: Way
    debit: int = 1
    credit: int = 1
    unmarked: int = 1
    bare_back: bool = False
    marks: Marks = field(default_factory=Marks)
    title: str | None = None

    @classmethod
    def of(
        cls,
        layout: Layout,
        body: Sequence[Row],
        money: AmountColumn,
        profile: Profile,
        answers: Answers,
        notes: Notes,
    ) -> Signs:
        """Settle the signs from the answer, the profile, a DB/CR column, or a running balance."""
        if "amount" not in layout.columns:
            debit, credit = (_column_sign(layout, body, money, role) for role in _TWO)
            return cls("columns", debit, credit)
        given = answers.get(SIGN_KEY, profile.spending)
        if given is not None:
            return cls._all(-1 if given == "negative" else 1)
        cells = _column(body, layout.columns["amount"])
        printed = _column(body, layout.columns["balance"]) if "balance" in layout.columns else []
        if bare_is_back(cells, printed, money):
            return cls("amount", bare_back=True)
        amounts = money.read(cells)
        if "sign" in layout.columns:
            printed_marks = [text_of(c).strip() for c in _column(body, layout.columns["sign"])]
            own = Marks.of(profile, answers)
            debit, credit, unmarked = _by_marks(printed_marks, amounts, own)
            return cls("amount", debit, credit, unmarked, False, own, layout.title("sign"))
        factor = _by_columns(layout, body, money, amounts)
        if factor:
            return cls._all(factor)
        if printed:
            factor = _by_balance(amounts, money.read(printed), "card" in layout.columns)
            if factor:
                return cls._all(factor)
        if not _marked(cells):
            _ask(amounts, layout, notes)
        return cls("amount")

    @classmethod
    def _all(cls, factor: int) -> Signs:
        return cls("amount", factor, factor, factor)

    def amount(self, cell_of: Callable[[str], Cell], money: AmountColumn) -> Amount:
        """A row's amount with our sign; None where empty, WRONG where unreadable."""
        if self.way == "columns":
            debit = _times(money[cell_of("debit")], self.debit)
            return _net(debit, _times(money[cell_of("credit")], self.credit))
        cell = cell_of("amount")
        amount = money[cell]
        if self.bare_back:
            return _times(amount, -1 if _mark(cell) == "" else 1)
        if self.debit == self.credit:
            return _times(amount, self.unmarked)
        mark = text_of(cell_of("sign")).strip()
        way = self.marks.way(mark)
        if not way and isinstance(amount, Decimal) and amount:
            self.marks.saw(mark)
        return _times(amount, {1: self.debit, -1: self.credit, 0: self.unmarked}[way])

    def ask(self, notes: Notes) -> None:
        """Ask what an unknown word beside an amount means, where that decides its sign."""
        if self.debit != self.credit:
            self.marks.ask(self.title, notes)


def _marked(cells: Sequence[Cell]) -> bool:
    """Whether amounts carry CR or DB, which leaves nothing to ask."""
    written = (take_apart(cell) for cell in cells if isinstance(cell, str))
    return any(one is not None and one.mark for one in written)


def _ask(amounts: Sequence[Amount], layout: Layout, notes: Notes) -> None:
    """Ask when most amounts carry a minus (half of them where no card or shop is named)."""
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


def _times(amount: Amount, factor: int) -> Amount:
    return -amount if factor < 0 and isinstance(amount, Decimal) else amount


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


def _by_balance(amounts: Sequence[Amount], balances: Sequence[Amount], of_card: bool) -> int:
    """-1 when the balance grows by the amount, 1 when it falls (or is owed), 0 if not proven."""
    priced = [amount for amount in amounts if isinstance(amount, Decimal)]
    if of_card and 2 * sum(amount < 0 for amount in priced) < len(priced):
        return 1
    grows = falls = 0
    known = [
        (amount, balance)
        for amount, balance in zip(amounts, balances, strict=True)
        if isinstance(amount, Decimal) and isinstance(balance, Decimal) and amount
    ]
    for (_, before), (amount, after) in pairwise(known):
        grows += after - before == amount
        falls += after - before == -amount
    for (amount, after), (_, before) in pairwise(known):
        grows += after - before == amount
        falls += after - before == -amount
    enough = max(1, min(_PROOF, len(known) - 1))
    if grows >= enough and grows > 3 * falls:
        return -1
    return 1 if falls >= enough and falls > 3 * grows else 0


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


#: Without a balance to prove it, so many marks stand beside each amount without one.
_MARKED_EACH = 2


def bare_is_back(cells: Sequence[Cell], balances: Sequence[Cell], money: AmountColumn) -> bool:
    """Whether amounts without a mark are money back: DB marks the others, balances agree."""
    marks = [_mark(cell) for cell in cells]
    bare, out = marks.count(""), sum(mark[:1] == "D" for mark in marks if mark)
    if not bare or not out or bare + out < len(marks) - marks.count(None):
        return False
    if not balances:
        return out >= _MARKED_EACH * bare
    amounts = [
        money[cell] if mark is not None else None for cell, mark in zip(cells, marks, strict=True)
    ]
    moved_back, moved_same = (
        [
            amount * (factor if mark == "" else 1) if isinstance(amount, Decimal) else Decimal(0)
            for amount, mark in zip(amounts, marks, strict=True)
        ]
        for factor in (-1, 1)
    )
    known = [money[cell] for cell in balances]
    return _agreeing(moved_back, known) > _agreeing(moved_same, known)


def _mark(cell: Cell) -> str | None:
    """The mark of an amount, empty for none and `-` for a sign; None where there is no amount."""
    written = take_apart(cell) if isinstance(cell, str) else None
    if written is None:
        return None
    return "-" if written.negative or written.plus else written.mark or ""


def _agreeing(moved: Sequence[Decimal], balances: Sequence[object]) -> int:
    """How many steps from one printed balance to the next are the sum between them."""
    count, total, before = 0, Decimal(0), None
    for amount, balance in zip(moved, balances, strict=True):
        total += amount
        if isinstance(balance, Decimal):
            count += before is not None and bool(total) and abs(balance - before) == abs(total)
            total, before = Decimal(0), balance
    return count
