"""Reading a bank file of any kind: recognise the format, choose the profile, read it whole.

`parse` gives a `Statement`; `stream` gives the same in batches for long files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading import guard, recognise
from kkpd.engines.reading.cells.evidence import folded
from kkpd.engines.reading.profile import Profile, get_profile
from kkpd.engines.reading.recognise import choose
from kkpd.engines.reading.statement import Answers, Bill, Line, Notes, Statement
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import signs, tabs
from kkpd.engines.reading.tables import table as tables_table

ZERO = Decimal(0)


class Sums:
    """The sum of the lines by kind, gathered line by line."""

    def __init__(self) -> None:
        self._sums: dict[str, Decimal] = {}

    def add(self, line: Line) -> None:
        """Take in a line."""
        self._sums[line.kind] = self._sums.get(line.kind, ZERO) + line.amount

    def of(self, *kinds: str) -> Decimal:
        """The sum over some kinds."""
        return sum((self._sums.get(kind, ZERO) for kind in kinds), ZERO)


def check_sums(bill: Bill, sums: Sums, notes: Notes) -> None:
    """Report what the only bill of a file says against itself and against its lines."""
    _check_due(bill, notes)
    _check_lines(bill, sums, notes)


def _check_due(bill: Bill, notes: Notes) -> None:
    if bill.total_due is None or bill.new_charges is None or bill.previous_balance is None:
        return
    base = bill.previous_balance - (bill.payments or ZERO) + bill.new_charges
    if bill.total_due not in (base, base + (bill.stamp_duty or ZERO)):
        notes.find(
            "tagihan_tidak_cocok",
            f"Tagihan lalu {bill.previous_balance} dikurangi pembayaran {bill.payments or 0} "
            f"ditambah transaksi baru {bill.new_charges} dan meterai {bill.stamp_duty or 0} "
            f"tidak sama dengan total tagihan {bill.total_due}.",
            dihitung=str(base + (bill.stamp_duty or ZERO)),
            tercetak=str(bill.total_due),
        )


def _check_lines(bill: Bill, sums: Sums, notes: Notes) -> None:
    """A bill counts refunds against what was bought, or with the payments."""
    credited = -sums.of("refund")
    if bill.new_charges is not None:
        bought, duty = sums.of("belanja", "refund", "biaya"), sums.of("meterai")
        alone = bought + credited
        if bill.new_charges not in (bought, bought + duty, alone, alone + duty):
            notes.find(
                "jumlah_baris_berbeda",
                f"Jumlah baris {bought} tidak sama dengan transaksi baru {bill.new_charges} pada "
                "ringkasan tagihan.",
                dihitung=str(bought),
                tercetak=str(bill.new_charges),
            )
    paid = -sums.of("pembayaran")
    if bill.payments is not None and paid and bill.payments not in (paid, paid + credited):
        notes.find(
            "pembayaran_berbeda",
            f"Pembayaran pada baris {paid} tidak sama dengan pembayaran {bill.payments} pada "
            "ringkasan tagihan.",
            dihitung=str(paid),
            tercetak=str(bill.payments),
        )


_OFFERED = {**formats.OFFERED, tabs.TWIN_KEY: tabs.MEANINGS}


def checked(answers: Answers) -> dict[str, str]:
    """The same answers; Unreadable names what no question offers."""
    for key, value in answers.items():
        if key == signs.MARK_KEY:
            _one_word(value)
        elif key not in _OFFERED:
            known = ", ".join((*_OFFERED, signs.MARK_KEY))
            raise Unreadable(f"Jawaban “{mask(key)[:40]}” tidak dikenal. Yang ada: {known}.")
        elif value not in _OFFERED[key]:
            raise Unreadable(f"Jawaban `{key}` harus salah satu dari {', '.join(_OFFERED[key])}.")
    return dict(answers)


def _one_word(value: str) -> None:
    plain = folded(value)
    if not 0 < len(plain) <= signs.LONGEST_MARK or not plain.isprintable() or mask(value) != value:
        raise Unreadable(f"Jawaban `{signs.MARK_KEY}` harus sebuah kata dari kolom tanda.")


_UNREAD = "baris_tidak_terbaca"
_BATCH = 8_192
_MEND = "Perbaiki di berkas atau minta ulang dari bank, lalu unggah lagi."


class Stream:
    """One reading of a file in batches. `statement()` may be asked when `batches()` has ended.

    Errors: Unreadable or TooLarge, each with a sentence for the person, from any of the two.
    """

    def __init__(self, data: bytes, profile: Profile | str | None, answers: Answers | None) -> None:
        guard.refuse_sizes(data)
        self._data = data
        self._answers = checked(answers or {})
        self._notes = Notes()
        self._count = 0
        self._sums = Sums()
        self._checked = False
        self._currencies: Counter[str | None] = Counter()
        self.format = recognise.format_of(data)
        if self.format != "csv":
            guard.refuse_large(data)
        given = get_profile(profile) if isinstance(profile, str) else profile
        self._lines = iter(self._open(given))

    def _open(self, given: Profile | None) -> Iterable[Line]:
        reader = recognise.reader(self.format)
        if reader is not None:
            profile = (given or get_profile("umum")).with_general_words()
            self._notes.profile = profile.name
            return reader(self._data, profile, self._notes)
        sheets = recognise.sheets(self.format, self._data)
        profile = (given or choose(sheets)).with_general_words()
        self._notes.profile = profile.name
        return tables_table.read(sheets, profile, self._answers, self._notes)

    def batches(self) -> Iterator[list[Line]]:
        """The lines in the order of the file, some thousands at a time."""
        while batch := list(islice(self._lines, _BATCH)):
            self._count += len(batch)
            for line in batch:
                self._sums.add(line)
            self._currencies.update(line.currency for line in batch)
            yield batch

    def statement(self, lines: tuple[Line, ...] = ()) -> Statement:
        """Everything but the lines (or with the lines given). Asserts that no row was lost."""
        notes = self._notes
        assert notes.rows == self._count + len(notes.skipped), (
            f"{notes.rows} rows in, {self._count} lines and {len(notes.skipped)} skipped out"
        )
        unread = self._unread()
        if len(notes.bills) == 1 and not self._checked and not notes.questions:
            check_sums(notes.bills[0], self._sums, notes)
            self._checked = True
        usual = [code for code, _ in self._currencies.most_common(2) if code]
        return Statement(
            format=self.format,
            profile=notes.profile,
            sha256=hashlib.sha256(self._data).hexdigest(),
            opening=notes.opening,
            closing=notes.closing,
            currency=notes.currency or (usual[0] if usual else None),
            lines=lines,
            skipped=tuple(notes.skipped),
            findings=tuple(notes.findings),
            questions=tuple(notes.questions),
            bills=tuple(notes.bills),
            rows=notes.rows,
            unread=unread,
        )

    def _unread(self) -> str | None:
        """The sentence on rows that could not be read; raised when they are more than the lines."""
        notes = self._notes
        if not notes.unread:
            return None
        said = f"{notes.unread_rows()}. {_MEND}"
        if len(notes.unread) > self._count:
            raise Unreadable(said)
        if all(finding.rule != _UNREAD for finding in notes.findings):
            notes.find(_UNREAD, said, "salah", notes.unread[0][0])
        return said


def stream(
    data: bytes,
    name: str = "",
    profile: Profile | str | None = None,
    answers: Answers | None = None,
) -> Stream:
    """Begin reading; use it for files too long to hold all their lines at once."""
    del name
    return Stream(data, profile, answers)


def parse(
    data: bytes,
    name: str = "",
    profile: Profile | str | None = None,
    answers: Answers | None = None,
) -> Statement:
    """Read a bank file whole. Formats are told by content; `name` is the original file name.

    `profile` is a Profile or a shipped profile's name; without it the file is recognised by its
    content. `answers` settle the questions of an earlier reading. Raises Unreadable or TooLarge.
    """
    reading = stream(data, name, profile, answers)
    lines = tuple(line for batch in reading.batches() for line in batch)
    return reading.statement(lines)
