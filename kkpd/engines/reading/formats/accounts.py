"""What MT940, CAMT and OFX have in common: account statements with two balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kkpd.core.pan import HIDDEN, last_four, mask
from kkpd.engines.reading.cells.amounts import written
from kkpd.engines.reading.profile import Kinds
from kkpd.engines.reading.statement import Bill, Line, Notes


@dataclass(slots=True)
class AccountEntry:
    """One booked movement. `amount` has our sign: spending positive, money to us negative."""

    row: int
    amount: Decimal
    transaction_date: date | None = None
    posting_date: date | None = None
    description: str = ""
    merchant: str | None = None
    reference: str | None = None
    card: str | None = None
    mcc: str | None = None
    currency: str | None = None


@dataclass(slots=True)
class Account:
    """One statement of one account; balances as the bank gives them, a credit balance positive."""

    number: str | None = None
    currency: str | None = None
    opening: Decimal | None = None
    closing: Decimal | None = None
    closing_date: date | None = None
    one_currency: bool = True
    is_card: bool = False
    entries: list[AccountEntry] = field(default_factory=list)

    @property
    def card(self) -> str | None:
        """The last four of a card account's number."""
        return last_four((self.number or "").strip()[-4:]) if self.is_card else None

    @property
    def shown(self) -> str | None:
        """The number as it may be stored: of a card only the last four digits."""
        if self.is_card:
            return f"{HIDDEN}{self.card}" if self.card else None
        return mask(self.number) if self.number else None


class Books:
    """Collects the accounts of one file, then turns them into lines and remarks."""

    def __init__(self, notes: Notes, kinds: Kinds) -> None:
        self._notes, self._kinds = notes, kinds
        self.accounts: list[Account] = []

    def wrong(self, row: int, what: str) -> None:
        """A movement whose date or amount cannot be read: skipped, and named."""
        self._notes.rows += 1
        self._notes.fail(row, what, what)

    def lines(self) -> list[Line]:
        """All lines in file order."""
        numbers = {account.number for account in self.accounts if account.number}
        lines = [
            self._line(account, entry, len(numbers) > 1)
            for account in self.accounts
            for entry in account.entries
        ]
        self._notes.rows += len(lines)
        self._balances(len(numbers))
        return lines

    def _line(self, account: Account, entry: AccountEntry, named: bool) -> Line:
        description, merchant = mask(entry.description), mask(entry.merchant or "") or None
        return Line(
            row=entry.row,
            sheet=account.shown if named else None,
            reference=mask(entry.reference or "") or None,
            card_last4=last_four(entry.card or "") or account.card,
            transaction_date=entry.transaction_date,
            posting_date=entry.posting_date,
            amount=entry.amount,
            direction="C" if entry.amount < 0 else "D",
            description=description,
            merchant=merchant,
            mcc=entry.mcc,
            currency=entry.currency or account.currency,
            kind=self._kinds.one(f"{merchant or ''} {description}", entry.amount < 0),
            raw=(merchant or "", description),
        )

    def _balances(self, numbers: int) -> None:
        """The file's own balances, one bill an account statement, and what does not add up."""
        self._notes.bills += [self._bill(account) for account in self.accounts]
        for account in self.accounts:
            self._check(account)
        with_balance = [a for a in self.accounts if a.opening is not None or a.closing is not None]
        currencies = {account.currency for account in with_balance if account.currency}
        if len(currencies) == 1:
            self._notes.currency = next(iter(currencies))
        if with_balance and numbers <= 1 and len(currencies) <= 1:
            self._notes.opening = with_balance[0].opening
            self._notes.closing = with_balance[-1].closing
            self._check_chain(with_balance)
        elif len(with_balance) > 1:
            self._notes.find(
                "banyak_rekening",
                f"Berkas memuat {numbers} rekening; saldonya tertera per rekening.",
                "info",
            )

    @staticmethod
    def _bill(account: Account) -> Bill:
        return Bill(
            card_last4=account.card,
            account=account.shown,
            bill_date=account.closing_date,
            opening=account.opening,
            closing=account.closing,
            currency=account.currency,
        )

    def _check(self, account: Account) -> None:
        if account.opening is None or account.closing is None or not account.one_currency:
            return
        moved = sum((entry.amount for entry in account.entries), Decimal(0))
        self._notes.weigh(
            account.opening - moved == account.closing,
            f"saldo awal {written(account.opening)} dan saldo akhir {written(account.closing)}",
            f"barisnya berjumlah {written(moved)}",
            account.entries[0].row if account.entries else None,
        )

    def _check_chain(self, accounts: Sequence[Account]) -> None:
        for before, after in pairwise(accounts):
            if before.closing is None or after.opening is None:
                continue
            if before.closing != after.opening:
                self._notes.doubt(
                    "saldo_terputus",
                    f"Saldo akhir {written(before.closing)} tidak bersambung dengan saldo awal "
                    f"berikutnya {written(after.opening)}: mungkin ada rekening koran yang hilang.",
                    after.entries[0].row if after.entries else None,
                )
