"""OFX 1.x and 2.x as banks really write it: tags without an end, headers on one line, empty tags.

One `STMTTRN` is one row, also the cash movements of an investment account; what was bought and sold
is skipped. Spending is negative in OFX and positive here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from kkpd.engines.reading.cells import dates
from kkpd.engines.reading.cells.amounts import (
    decide_decimal,
    decimals_of,
    is_sure,
    take_apart,
    to_decimal,
)
from kkpd.engines.reading.formats.accounts import Account, AccountEntry, Books
from kkpd.engines.reading.guard import decode, encoding_of, refuse_entities
from kkpd.engines.reading.profile import DecimalSign, Kinds, Profile
from kkpd.engines.reading.statement import Line, Notes

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_.]*)(?:\s[^<>]*?)?(/?)>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CHARSET = re.compile(rb"CHARSET:\s*(?:ISO-?)?([0-9-]+)", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{2,6}\b|\D|\d{2,6}\.|$)")
_ACCOUNTS = frozenset({"STMTRS", "CCSTMTRS"})
_INVESTMENT = "INVSTMTRS"
_NESTED = frozenset({"PAYEE", "CURRENCY", "ORIGCURRENCY", "BANKACCTTO", "CCACCTTO", "IMAGEDATA"})


def read(data: bytes, profile: Profile, notes: Notes) -> list[Line]:
    """The transactions of all bank and card accounts."""
    refuse_entities(data)
    reader = _Reader(Books(notes, Kinds(profile)), notes)
    for row, closing, name, value in _tags(_decode(data)):
        if closing:
            reader.close(name)
        else:
            reader.open(row, name, value)
    return reader.finish()


def _decode(data: bytes) -> str:
    """UTF-8 where it is valid, else the character set the header names, else cp1252."""
    found = _CHARSET.search(data[:2048])
    if encoding_of(data) != "cp1252" or found is None:
        return decode(data)
    name = found[1].decode()
    try:
        return data.decode(f"iso{name}" if name.startswith("8859") else f"cp{name}", "replace")
    except LookupError:
        return decode(data)


def _tags(text: str) -> Iterator[tuple[int, bool, str, str]]:
    """(row, is an end tag, name, text up to the next tag)."""
    text = _CDATA.sub(lambda found: html.escape(found[1]), text)
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    matches = _TAG.finditer(text)
    found = next(matches, None)
    row, counted = 1, 0
    while found is not None:
        following = next(matches, None)
        row += text.count("\n", counted, found.start())
        counted = found.start()
        value = "" if found[3] else text[found.end() : following.start() if following else None]
        yield row, bool(found[1]), found[2].upper(), html.unescape(value).strip()
        found = following


class _Reader:
    def __init__(self, books: Books, notes: Notes) -> None:
        self._books, self._notes = books, notes
        self._account: Account | None = None
        self._investment = False
        self._balance: dict[str, str] | None = None
        self._balances: list[tuple[Account, Mapping[str, str]]] = []
        self._row = 0
        self._fields: dict[str, str] | None = None
        self._inside: str | None = None
        self._found: list[tuple[int, Account, Mapping[str, str]]] = []
        self._pending = self._traded = False

    def open(self, row: int, name: str, value: str) -> None:
        """A tag with the text behind it (empty for an aggregate)."""
        if name in _ACCOUNTS or name == _INVESTMENT:
            self._begin_account(name)
        elif name in ("STMTTRN", "STMTTRNP", "INVTRAN"):
            self._begin_row(row, name)
        elif name in ("LEDGERBAL", "AVAILBAL"):
            self.close("STMTTRN")
            self._balance = {} if name == "LEDGERBAL" else None
        elif name in _NESTED:
            self._inside = name
        elif self._fields is not None:
            self._keep(name, value)
        elif self._balance is not None and self._account is not None:
            self._balance.setdefault(name, value)
        elif name == "MESSAGE" and value and "success" not in value.casefold():
            self._notes.find("pesan_bank", f"Bank menulis: {value[:200]}", row=row)
        elif self._account is not None:
            self._head(name, value)

    def close(self, name: str) -> None:
        """An end tag; an account's or transaction's end may also be missing."""
        if name in ("STMTTRN", "STMTTRNP", "BANKTRANLIST", "INVTRAN", *_ACCOUNTS, _INVESTMENT):
            self._end_row()
        if name == "LEDGERBAL" and self._balance is not None and self._account is not None:
            self._balances.append((self._account, self._balance))
            self._balance = None
        if name == self._inside:
            self._inside = None

    def finish(self) -> list[Line]:
        """All rows with one decimal sign for the whole file, decided from all its amounts."""
        self._end_row()
        if self._balance and self._account is not None:
            self._balances.append((self._account, self._balance))
        written = [fields.get("TRNAMT", "") for _, _, fields in self._found]
        written += [fields.get("BALAMT", "") for _, fields in self._balances]
        sign = _decimal_sign(written)
        for account, fields in self._balances:
            account.closing = _amount(fields.get("BALAMT", ""), sign)
            account.closing_date = _day(fields.get("DTASOF", ""))
        for row, account, fields in self._found:
            self._entry(row, account, fields, sign)
        self._say_what_is_odd()
        return self._books.lines()

    def _say_what_is_odd(self) -> None:
        if not self._books.accounts and not self._notes.rows:
            self._notes.find("tanpa_mutasi", "Berkas OFX ini tidak memuat rekening atau mutasi.")
        kinds = [fields.get("TRNTYPE", "").upper() for _, _, fields in self._found]
        plus = [not fields.get("TRNAMT", "").strip().startswith("-") for *_, fields in self._found]
        if kinds.count("DEBIT") > 1 and all(plus):
            self._notes.find(
                "tanda_jumlah",
                "Semua jumlah ditulis tanpa minus padahal ada jenis DEBIT; dibaca apa adanya "
                "sebagai uang masuk. Periksa dengan lembar dari bank.",
            )

    def _begin_account(self, name: str) -> None:
        self._end_row()
        self._investment = name == _INVESTMENT
        self._account = Account(is_card=name == "CCSTMTRS")
        if not self._investment:
            self._books.accounts.append(self._account)

    def _begin_row(self, row: int, name: str) -> None:
        self._end_row()
        self._row, self._fields, self._inside = row, {}, None
        self._pending = name == "STMTTRNP"
        self._traded = name == "INVTRAN"

    def _keep(self, name: str, value: str) -> None:
        if self._fields is not None and value:
            key = f"{self._inside}.{name}" if self._inside else name
            self._fields.setdefault(key, value)

    def _head(self, name: str, value: str) -> None:
        if self._account is None or not value:
            return
        if name == "CURDEF":
            self._account.currency = value.upper()
        elif name == "ACCTID" and self._account.number is None:
            self._account.number = value

    def _end_row(self) -> None:
        fields, self._fields, self._inside = self._fields, None, None
        if fields is None:
            return
        shown = " | ".join(fields.values())
        reason = None
        if self._traded:
            reason = "mutasi investasi, bukan mutasi kartu atau rekening"
        elif self._pending:
            reason = "belum dibukukan bank"
        elif self._account is None or self._investment:
            self._account, self._investment = self._account or Account(), False
            self._books.accounts.append(self._account)
        if reason:
            self._notes.rows += 1
            self._notes.skip(self._row, reason, shown)
        elif self._account is not None:
            self._found.append((self._row, self._account, fields))

    def _entry(
        self, row: int, account: Account, fields: Mapping[str, str], sign: DecimalSign
    ) -> None:
        amount = _amount(fields.get("TRNAMT", ""), sign)
        if amount is None:
            self._books.wrong(row, f"jumlah “{fields.get('TRNAMT', '')[:40]}” tidak terbaca")
            return
        posted, user = (fields.get(key, "") for key in ("DTPOSTED", "DTUSER"))
        wrong = next((d for d in (posted, user) if not _no_day(d) and _day(d) is None), None)
        if wrong is not None:
            self._books.wrong(row, f"tanggal “{wrong[:40]}” tidak ada di kalender")
            return
        if _no_day(posted) and _no_day(user):
            self._notes.find("tanpa_tanggal", f"Mutasi pada baris {row} tidak bertanggal.", row=row)
        name = fields.get("NAME") or fields.get("PAYEE.NAME")
        memo = fields.get("MEMO", "")
        account.entries.append(
            AccountEntry(
                row=row,
                amount=-amount,
                transaction_date=_day(user) or _day(posted),
                posting_date=_day(posted),
                description=memo or name or "",
                merchant=name,
                reference=fields.get("FITID") or fields.get("REFNUM") or fields.get("CHECKNUM"),
                mcc=fields.get("SIC"),
                currency=fields.get("CURRENCY.CURSYM") or account.currency,
            )
        )


def _decimal_sign(texts: list[str]) -> DecimalSign:
    """OFX knows no thousands separators, so `1,500` alone is a comma that parts decimals."""
    cores = [written.core for text in texts if (written := take_apart(text))]
    if is_sure(cores):
        return decide_decimal(cores) or "."
    return "." if any("." in core for core in cores) else ","


def _amount(text: str, sign: DecimalSign) -> Decimal | None:
    written = take_apart(text)
    if written is None:
        return None
    possible = decimals_of(written.core)
    value = to_decimal(written.core, "," if possible == "," else "." if possible == "." else sign)
    return -value if value is not None and written.negative else value


def _no_day(text: str) -> bool:
    return not text.strip("0 :.-")


def _day(text: str) -> date | None:
    """`20250131`, with time and zone in any form; `00000000` and an empty tag are no date."""
    found = _DAY.match(text.strip())
    if found is None:
        return dates.fixed(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
