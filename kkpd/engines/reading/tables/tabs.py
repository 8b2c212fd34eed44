"""Which sheets hold transactions (no hidden ones, recaps, copies), and tables below each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kkpd.core.errors import Unreadable
from kkpd.engines.reading.cells.evidence import tells
from kkpd.engines.reading.profile import DAYS, MONEY, Profile, lost_titles
from kkpd.engines.reading.sheet import Row, Sheet, text_of
from kkpd.engines.reading.statement import Answers, Line, Notes
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import layout
from kkpd.engines.reading.tables.layout import Layout
from kkpd.engines.reading.words import squash

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
