"""Account statements written in random layouts, truth first: what a right reading must give."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

D = Decimal
_SHOPS = (
    "TB HARAPAN BARU", "SPBU 14.203.118", "CV CAHAYA KOMPUTER", "FOTOKOPI SUMBER ILMU",
    "WISMA BAHAGIA", "KLINIK BUNDA", "PT POS INDONESIA",
)  # fmt: skip
_DAY = (
    "Tanggal",
    "Tgl Transaksi",
    "TGL_TRAN",
    "Date",
    "Transaction Date",
    "Tanggal Mutasi",
    "Waktu",
)
_TEXT = ("Keterangan", "Uraian", "DESK_TRAN", "Description", "Remarks", "Rincian", "Berita")
_AMOUNT = ("Jumlah", "Nominal", "Mutasi", "Amount", "Nilai", "Jumlah (Rp)", "Transaction Amount")
_OUT = ("Debet", "Debit", "MUTASI_DEBET", "Keluar", "Uang Keluar", "Withdrawal", "Pengeluaran")
_BACK = ("Kredit", "Credit", "MUTASI_KREDIT", "Masuk", "Uang Masuk", "Deposit", "Penerimaan")
_BALANCE = ("Saldo", "Balance", "SALDO_AKHIR_MUTASI", "Saldo Akhir", "Running Balance", "Sisa")
_MARK = ("D/K", "Tipe", "", "DB/CR", "Jenis", "Type", "GLSIGN")
_WORDS = (("D", "K"), ("DB", "CR"), ("Debit", "Kredit"), ("Keluar", "Masuk"), ("DEBET", "KREDIT"))
_DAYS = (
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d %b %Y",
    "%Y-%m-%d 09:15:07",
    "%d/%m/%y",
    "%m/%d/%Y",
)
STYLES = ("columns", "mark", "inline", "bare", "minus", "plain")
CONTROLS = ("balance", "before", "totals", "sum", "none")


@dataclass
class Layout:
    """How one statement is written; `seed` chooses what the fields leave open."""

    seed: int
    style: str
    control: str
    backwards: bool = False
    comma: bool = True
    titles: int = 0
    day: str = "%d/%m/%Y"
    order: list[int] = field(default_factory=list)
    noise: bool = False

    @classmethod
    def random(cls, seed: int) -> Layout:
        """One of many."""
        dice = random.Random(seed)
        style, control = dice.choice(STYLES), dice.choice(CONTROLS)
        if style in ("minus", "plain") and control != "before":
            control = "balance"  # nothing else tells which way the money goes
        return cls(
            seed, style, control, dice.random() < 0.4, dice.random() < 0.5, dice.randrange(7),
            dice.choice(_DAYS), [], dice.random() < 0.4,
        )  # fmt: skip


@dataclass
class Written:
    """A file and its truth; `rows` are the numbers of its lines in the table."""

    layout: Layout
    table: list[list[str]]
    truth: list[tuple[date, Decimal]]
    rows: list[int]
    places: dict[str, int]

    def data(self) -> bytes:
        """The table as CSV."""
        out = io.StringIO()
        csv.writer(out, delimiter=";" if self.layout.comma else ",").writerows(self.table)
        return out.getvalue().encode()


def purchases(seed: int) -> list[tuple[date, Decimal, str]]:
    """Days, amounts (spending positive) and texts of a month."""
    dice = random.Random(seed)
    begin = date(2026, dice.randrange(1, 12), 1)
    found = []
    for _ in range(dice.randrange(8, 26)):
        amount = D(dice.randrange(11, 23_000) * 1000)
        if dice.random() < 0.3:
            amount += D(dice.randrange(1, 99_999)) / 100
        back = dice.random() < 0.3
        text = ("TRANSFER DARI " if back else "") + dice.choice(_SHOPS)
        found.append((begin + timedelta(dice.randrange(28)), -amount if back else amount, text))
    return sorted(found, key=lambda one: one[0])


def money(amount: Decimal, comma: bool) -> str:
    """With both separators."""
    text = f"{amount:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if comma else text


def write(layout: Layout) -> Written:
    """The statement of a layout."""
    lines = purchases(layout.seed)
    balance = D(400_000_000)
    opening = balance
    cells: list[dict[str, str]] = []
    dice = random.Random(layout.seed + 1)
    words = dice.choice(_WORDS)
    for day, amount, text in lines:
        before, balance = balance, balance - amount
        one = {"day": day.strftime(layout.day), "text": text}
        one |= _movement(layout, amount, words, dice.random() < 0.5)
        if layout.control in ("balance", "before"):
            one["balance"] = money(balance, layout.comma)
        if layout.control == "before":
            one["before"] = money(before, layout.comma)
        cells.append(one)
    truth = [(day, amount) for day, amount, _ in lines]
    if layout.backwards:
        cells.reverse()
        truth.reverse()
    names = _names(layout, cells[0])
    roles = list(names)
    if layout.seed % 3:
        random.Random(layout.seed + 2).shuffle(roles)
    table: list[list[str]] = [["REKENING KORAN GIRO"], ["Periode", _period(lines)]]
    table.append([names[role] for role in roles])
    rows = []
    for one in cells:
        if layout.noise and dice.random() < 0.1:
            table.append([""] * len(roles))
        table.append([one[role] for role in roles])
        rows.append(len(table))
    table += _foot(layout, truth, opening, balance, roles)
    return Written(layout, table, truth, rows, {role: at for at, role in enumerate(roles)})


def _period(lines: list[tuple[date, Decimal, str]]) -> str:
    return f"{lines[0][0]:%d/%m/%Y} - {lines[-1][0].replace(day=28):%d/%m/%Y}"


def _movement(
    layout: Layout, amount: Decimal, words: tuple[str, str], zero: bool
) -> dict[str, str]:
    text, back = money(abs(amount), layout.comma), amount < 0
    if layout.style == "columns":
        none = money(D(0), layout.comma) if layout.seed % 2 else ""
        return {"out": none if back else text, "in": text if back else none}
    if layout.style == "mark":
        return {"amount": text, "mark": words[back]}
    if layout.style == "inline":
        return {"amount": f"{text} {'CR' if back else 'DB'}"}
    if layout.style == "bare":
        return {"amount": text if back else f"{text} DB"}
    if layout.style == "minus":
        return {"amount": text if back else f"-{text}"}
    return {"amount": text}


def _names(layout: Layout, cells: dict[str, str]) -> dict[str, str]:
    at = layout.titles
    names = {
        "day": _DAY[at], "text": _TEXT[at], "amount": _AMOUNT[at], "out": _OUT[at],
        "in": _BACK[at], "mark": _MARK[at], "balance": _BALANCE[at % len(_BALANCE)],
        "before": "SALDO_AWAL_MUTASI" if at % 2 else "Saldo Awal",
    }  # fmt: skip
    return {
        role: names[role]
        for role in ("day", "text", *[r for r in cells if r not in ("day", "text")])
    }


def _foot(
    layout: Layout,
    truth: list[tuple[date, Decimal]],
    opening: Decimal,
    closing: Decimal,
    roles: list[str],
) -> list[list[str]]:
    spent = sum((a for _, a in truth if a > 0), D(0))
    back = -sum((a for _, a in truth if a < 0), D(0))
    say = dict.fromkeys(roles, "")
    if layout.control == "totals":
        pairs = (("Saldo Awal", opening), ("Mutasi Debet", spent), ("Mutasi Kredit", back))
        return [[n, money(v, layout.comma)] for n, v in (*pairs, ("Saldo Akhir", closing))]
    if layout.control == "sum":
        total = money(spent - back, layout.comma)
        say |= {"text": "Jumlah"}
        say |= {"out": money(spent, layout.comma), "in": money(back, layout.comma), "amount": total}
        return [[say[role] for role in roles]]
    return []


#: What somebody does to a file, and what must be told.
HARMS = ("deleted", "altered", "turned", "total")


def harmed(written: Written, harm: str) -> bytes | None:
    """The file with one row deleted, one amount altered, one sign turned, or one total altered;
    None where it has no such thing, or where nothing printed could tell.
    """
    layout = written.layout
    dice = random.Random(layout.seed)
    table = [list(row) for row in written.table]
    if layout.control == "none" or (harm == "total" and layout.control not in ("totals", "sum")):
        return None
    rows = _controlled(written, harm)
    row = table[dice.choice(rows) - 1]
    if harm == "deleted":
        table.remove(row)
    elif harm == "altered":
        at = max((written.places[r] for r in ("amount", "out", "in") if r in written.places),
                 key=lambda place: _size(row[place]))  # fmt: skip
        row[at] = _altered(row[at])
    elif harm == "turned":
        if not _turn(written, row):
            return None
    else:
        cells = [(row, at) for row in table[written.rows[-1] :] for at, cell in enumerate(row)
                 if any(map(str.isdigit, cell))]  # fmt: skip
        row, at = dice.choice(cells)
        row[at] = _altered(row[at])
    return Written(layout, table, written.truth, written.rows, written.places).data()


def _controlled(written: Written, harm: str) -> list[int]:
    """The rows of which something printed would miss one."""
    if written.layout.control not in ("balance", "before"):
        return written.rows
    if harm == "deleted":
        return written.rows[1:-1]
    if written.layout.control == "before":
        return written.rows
    return written.rows[:-1] if written.layout.backwards else written.rows[1:]


def _size(text: str) -> int:
    digits = "".join(filter(str.isdigit, text))
    return int(digits) if digits else 0


def _altered(text: str) -> str:
    at = next(place for place, letter in enumerate(text) if letter.isdigit())
    return text[:at] + str(int(text[at]) % 9 + 1) + text[at + 1 :]


def _turn(written: Written, row: list[str]) -> bool:
    places, style = written.places, written.layout.style
    if style == "columns":
        out, back = places["out"], places["in"]
        row[out], row[back] = row[back], row[out]
        return True
    if style == "mark":
        words = {written.table[number - 1][places["mark"]] for number in written.rows}
        other = words - {row[places["mark"]]}
        row[places["mark"]] = next(iter(other), "")
        return bool(other)
    at = places["amount"]
    text = row[at]
    if style == "inline":
        row[at] = text.translate(str.maketrans("DBCR", "CRDB"))
    elif style == "bare":
        row[at] = text.removesuffix(" DB") if text.endswith("DB") else f"{text} DB"
    elif style == "minus":
        row[at] = text.removeprefix("-") if text.startswith("-") else f"-{text}"
    return style != "plain"
