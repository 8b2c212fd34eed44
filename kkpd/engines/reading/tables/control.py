"""What a file prints beside its lines is a control of them: balances, totals, counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from kkpd.engines.reading.cells.amounts import Amount, written
from kkpd.engines.reading.statement import Notes
from kkpd.engines.reading.tables.chain import Chain
from kkpd.engines.reading.tables.totals import Totals

_NAMED = 5
ZERO = Decimal(0)


@dataclass(slots=True)
class Control:
    """The sums and steps of one table, whose first day stands first (`down`); `dated` where its
    dates tell that.
    """

    down: bool = True
    dated: bool | None = None
    spent: Decimal = ZERO
    back: Decimal = ZERO
    count: int = 0
    chain: Chain = field(init=False)
    by_card: dict[str, Chain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chain = Chain(self.dated)

    def add(self, amount: Decimal) -> None:
        """Take in the amount of a line."""
        self.count += 1
        if amount > 0:
            self.spent += amount
        else:
            self.back -= amount

    def step(
        self, row: int, amount: Decimal, before: Amount, balance: Amount, card: str | None
    ) -> None:
        """Take in its balance, and the one before it where the row prints that too."""
        if before is None:
            self.chain.add(row, amount, balance)
        elif self.down:
            self.chain.rest(row, before)
            self.chain.add(row, amount, balance)
        else:
            self.chain.add(row, amount, balance)
            self.chain.rest(row, before)
        if card is not None:
            self.by_card.setdefault(card, Chain(self.dated)).add(row, amount, balance)

    def known(self) -> tuple[Decimal, Decimal] | None:
        """Opening and closing balance as the steps prove them."""
        return self.chain.known(self.spent - self.back)

    def say(self, totals: Totals, notes: Notes) -> None:
        """Name what the printed balances and totals prove, and what they contradict."""
        self._say_steps(notes)
        self._say_balances(totals, notes)
        pairs = (("debits", "debit", self.spent), ("credits", "kredit", self.back))
        for role, name, summed in pairs:
            printed = totals.balance(role)
            if printed is not None:
                what = f"jumlah {name} {written(abs(printed))}"
                notes.weigh(abs(printed) == summed, what, f"barisnya berjumlah {written(summed)}")
        counted = totals.balance("count")
        if counted is not None:
            what = f"banyak transaksi {counted}"
            notes.weigh(counted == self.count, what, f"terbaca {self.count}")

    def _say_steps(self, notes: Notes) -> None:
        cards = list(self.by_card.values())
        chains = [self.chain]
        if cards and sum(one.wrong for one in cards) < self.chain.wrong:
            chains = cards
        steps, wrong = (sum(getattr(one, name) for one in chains) for name in ("steps", "wrong"))
        if steps and not wrong:
            notes.proofs.append(f"saldo berjalan cocok pada {steps} langkah")
        for one in [broken for chain in chains for broken in chain.broken][:_NAMED]:
            notes.doubt(
                "saldo_terputus",
                f"Baris {one.row}: saldo tercetak tidak sama dengan saldo sebelumnya dan jumlah "
                f"baris ini (selisih {written(abs(one.off))}); ada baris yang hilang, berlebih "
                "atau berubah.",
                one.row,
            )
        if wrong > _NAMED:
            notes.doubt("saldo_terputus", f"{wrong - _NAMED} saldo lain juga tidak bersambung.")

    def _say_balances(self, totals: Totals, notes: Notes) -> None:
        opening, closing = totals.balance("opening"), totals.balance("closing")
        if opening is not None and closing is not None:
            moved = self.spent - self.back
            right = {abs(opening - moved), abs(opening + moved)}
            what = f"saldo awal {written(opening)} dan saldo akhir {written(closing)}"
            notes.weigh(abs(closing) in right, what, f"barisnya berjumlah {written(moved)}")
        found = self.known()
        if found is None or self.chain.wrong:
            return
        for name, printed, own in (("awal", opening, found[0]), ("akhir", closing, found[1])):
            if printed is not None and abs(printed) != abs(own):
                notes.weigh(
                    False,
                    f"saldo {name} {written(printed)}",
                    f"saldo pada baris memberi {written(own)}",
                )
