"""Reading a bank file of any kind: recognise the format, choose the profile, read it whole.

`parse` gives a `Statement`; `stream` gives the lines in batches on the way.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading import guard, recognise
from kkpd.engines.reading.cells.amounts import written
from kkpd.engines.reading.cells.evidence import folded
from kkpd.engines.reading.profile import Profile, get_profile
from kkpd.engines.reading.statement import (
    ALIKE_KEY,
    ALIKE_MEANINGS,
    DOUBT_KEY,
    Answers,
    Bill,
    Line,
    Notes,
    Statement,
)
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import signs, table

ZERO = Decimal(0)

_OFFERED = {
    **formats.OFFERED,
    table.TWIN_KEY: table.MEANINGS,
    signs.EDGE_KEY: signs.EDGE_MEANINGS,
    signs.SIDES_KEY: signs.SIDES_MEANINGS,
    ALIKE_KEY: ALIKE_MEANINGS,
}
_UNREAD = "baris_tidak_terbaca"
_BATCH = 8_192
#: The longest reason.
_REASON = 300
_MEND = "Perbaiki di berkas atau minta ulang dari bank, lalu unggah lagi."


def checked(answers: Answers) -> dict[str, str]:
    """The same answers; Unreadable names a key or value that no question offers."""
    for key, value in answers.items():
        if key == signs.MARK_KEY:
            _one_word(value)
        elif key == DOUBT_KEY:
            _reason(value)
        elif key == formats.YEAR_KEY:
            if not (value.isdecimal() and "1990" <= value <= "2099" and len(value) == 4):
                raise Unreadable(f"Jawaban `{key}` harus sebuah tahun, misalnya 2026.")
        elif key not in _OFFERED:
            known = ", ".join((*_OFFERED, signs.MARK_KEY, DOUBT_KEY, formats.YEAR_KEY))
            raise Unreadable(f"Jawaban “{mask(key)[:40]}” tidak dikenal. Yang ada: {known}.")
        elif value not in _OFFERED[key]:
            raise Unreadable(f"Jawaban `{key}` harus salah satu dari {', '.join(_OFFERED[key])}.")
    return dict(answers)


def _one_word(value: str) -> None:
    plain = folded(value)
    if not 0 < len(plain) <= signs.LONGEST_MARK or not plain.isprintable() or mask(value) != value:
        raise Unreadable(f"Jawaban `{signs.MARK_KEY}` harus sebuah kata dari kolom tanda.")


def _reason(value: str) -> None:
    if not 10 <= len(value.strip()) <= _REASON or not value.isprintable() or mask(value) != value:
        raise Unreadable(
            f"Jawaban `{DOUBT_KEY}` harus sebuah alasan dari 10 sampai {_REASON} huruf, tanpa "
            "nomor kartu."
        )


class Stream:
    """One reading of a file in batches; then `statement` of all its lines may be asked."""

    def __init__(self, data: bytes, profile: Profile | str | None, answers: Answers | None) -> None:
        guard.refuse_sizes(data)
        self._data, self._notes = data, Notes()
        self._answers = answers = checked(answers or {})
        self.format = recognise.format_of(data)
        if self.format != "csv":
            guard.refuse_large(data)
        given = get_profile(profile) if isinstance(profile, str) else profile
        self._lines = iter(self._open(given, answers))

    def _open(self, given: Profile | None, answers: Answers) -> Iterable[Line]:
        reader, notes = recognise.reader(self.format), self._notes
        sheets = recognise.sheets(self.format, self._data) if reader is None else []
        profile = (given or recognise.choose(sheets)).with_general_words()
        notes.profile = profile.name
        if reader is not None:
            return reader(self._data, profile, notes)
        return table.read(sheets, profile, answers, notes)

    def batches(self) -> Iterator[list[Line]]:
        """The lines in the order of the file, some thousands at a time."""
        while batch := list(islice(self._lines, _BATCH)):
            yield batch

    def statement(self, lines: Sequence[Line]) -> Statement:
        """What the file says, with all the lines that the batches gave."""
        notes = self._notes
        assert notes.rows == len(lines) + len(notes.skipped), (
            f"{notes.rows} rows in, {len(lines)} lines and {len(notes.skipped)} skipped out"
        )
        unread = _unread(notes, len(lines))
        if not notes.questions:
            for bill, own in _by_bill(notes.bills, lines):
                _check_due(bill, notes)
                _check_lines(bill, own, notes)
        notes.ask_doubts(self._answers.get(DOUBT_KEY))
        currencies = Counter(line.currency for line in lines).most_common(2)
        return Statement(
            format=self.format,
            profile=notes.profile,
            sha256=hashlib.sha256(self._data).hexdigest(),
            opening=notes.opening,
            closing=notes.closing,
            currency=notes.currency or next((code for code, _ in currencies if code), None),
            lines=tuple(lines),
            skipped=tuple(notes.skipped),
            findings=tuple(notes.findings),
            questions=tuple(notes.questions),
            bills=tuple(notes.bills),
            rows=notes.rows,
            unread=unread,
            proofs=tuple(notes.proofs),
        )


def _unread(notes: Notes, lines: int) -> str | None:
    """The sentence on rows that could not be read; raised when they are more than the lines."""
    if not notes.unread:
        return None
    said = f"{notes.unread_rows()}. {_MEND}"
    if len(notes.unread) > lines:
        raise Unreadable(said)
    notes.find(_UNREAD, said, "salah", notes.unread[0][0])
    return said


def _by_bill(bills: Sequence[Bill], lines: Sequence[Line]) -> Iterator[tuple[Bill, Sequence[Line]]]:
    """Each bill with its lines, where one card each tells which they are."""
    cards = {bill.card_last4 for bill in bills}
    if len(bills) == 1:
        yield bills[0], lines
    elif len(cards) == len(bills) and None not in cards:
        for bill in bills:
            yield bill, [line for line in lines if line.card_last4 == bill.card_last4]


def _check_due(bill: Bill, notes: Notes) -> None:
    """Previous - paid + new = due, as the bill itself prints them."""
    if bill.total_due is None or bill.new_charges is None or bill.previous_balance is None:
        return
    base = bill.previous_balance - (bill.payments or ZERO) + bill.new_charges
    if bill.total_due not in (base, base + (bill.stamp_duty or ZERO)):
        notes.doubt(
            "tagihan_tidak_cocok",
            f"Tagihan lalu {written(bill.previous_balance)} dikurangi pembayaran "
            f"{written(bill.payments or ZERO)} ditambah transaksi baru {written(bill.new_charges)} "
            f"dan meterai {written(bill.stamp_duty or ZERO)} tidak sama dengan total tagihan "
            f"{written(bill.total_due)}.",
            dihitung=str(base + (bill.stamp_duty or ZERO)),
            tercetak=str(bill.total_due),
        )


def _check_lines(bill: Bill, lines: Sequence[Line], notes: Notes) -> None:
    """The lines make the new charges; refunds count against them or with the payments."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line.kind] += line.amount
    paid, credited, duty = -sums["pembayaran"], -sums["refund"], sums["meterai"]
    bought = sums["belanja"] + sums["refund"] + sums["biaya"]
    printed = _new(bill)
    made = {bought + back + more for back in (ZERO, credited) for more in (ZERO, duty)}
    if bill.previous_balance is None and bill.new_charges is None:
        made |= {one - paid for one in made}
    if printed is not None and lines:
        if printed in made:
            notes.proofs.append(f"transaksi baru {written(printed)} cocok")
        else:
            notes.doubt(
                "jumlah_baris_berbeda",
                f"Jumlah baris {written(bought)} tidak sama dengan {written(printed)} pada "
                "ringkasan tagihan.",
                dihitung=str(bought),
                tercetak=str(printed),
            )
    if bill.payments is not None and paid and bill.payments not in (paid, paid + credited):
        notes.doubt(
            "pembayaran_berbeda",
            f"Pembayaran pada baris {written(paid)} tidak sama dengan pembayaran "
            f"{written(bill.payments)} pada ringkasan tagihan.",
            dihitung=str(paid),
            tercetak=str(bill.payments),
        )


def _new(bill: Bill) -> Decimal | None:
    """What the lines must make: the new charges, else what the other totals leave of the total."""
    if bill.new_charges is not None or bill.total_due is None:
        return bill.new_charges
    if bill.previous_balance is None:
        return bill.total_due if bill.payments is None else None
    return bill.total_due - bill.previous_balance + (bill.payments or ZERO)


def stream(
    data: bytes, profile: Profile | str | None = None, answers: Answers | None = None
) -> Stream:
    """Begin reading; the batches tell how far it is."""
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
    del name
    reading = stream(data, profile, answers)
    return reading.statement([line for batch in reading.batches() for line in batch])
