"""Reading a bank file of any kind: recognise the format, choose the profile, read it whole.

`parse` gives a `Statement`; `stream` gives the same in batches for very long files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

from kkpd.core import gc_paused
from kkpd.core.errors import Unreadable
from kkpd.engines.reading import guard, sniff
from kkpd.engines.reading.answered import checked
from kkpd.engines.reading.arithmetic import Sums, check
from kkpd.engines.reading.batch import Batch
from kkpd.engines.reading.notes import Notes
from kkpd.engines.reading.profile import Profile, get_profile
from kkpd.engines.reading.recognise import choose
from kkpd.engines.reading.statement import Answers, Line, Statement
from kkpd.engines.reading.tables import table as tables_table

_UNREAD = "baris_tidak_terbaca"
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
        self.format = sniff.format_of(data)
        if self.format != "csv":
            guard.refuse_large(data)
        given = get_profile(profile) if isinstance(profile, str) else profile
        self._batches = self._open(given)

    def _open(self, given: Profile | None) -> Iterator[Batch]:
        reader = sniff.reader(self.format)
        if reader is not None:
            profile = (given or get_profile("umum")).with_general_words()
            self._notes.profile = profile.name
            return reader(self._data, profile, self._notes)
        sheets = sniff.sheets(self.format, self._data)
        profile = (given or choose(sheets)).with_general_words()
        self._notes.profile = profile.name
        return tables_table.read(sheets, profile, self._answers, self._notes)

    def batches(self) -> Iterator[Batch]:
        """The lines in the order of the file, some thousands at a time."""
        while (batch := self._next()) is not None:
            self._count += len(batch)
            self._sums.add(batch)
            self._currencies.update(batch.columns.currency)
            yield batch

    def _next(self) -> Batch | None:
        """The next batch, without the collector walking over its many small objects."""
        with gc_paused.pause():
            return next(self._batches, None)

    def statement(self, lines: tuple[Line, ...] = ()) -> Statement:
        """Everything but the lines (or with the lines given). Asserts that no row was lost."""
        notes = self._notes
        assert notes.rows == self._count + len(notes.skipped), (
            f"{notes.rows} rows in, {self._count} lines and {len(notes.skipped)} skipped out"
        )
        unread = self._unread()
        if len(notes.bills) == 1 and not self._checked and not notes.questions:
            check(notes.bills[0], self._sums, notes)
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
