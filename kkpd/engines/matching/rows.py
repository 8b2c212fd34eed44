"""Both sides as columns in one canonical order, so that no result depends on the order of rows, and
the rows that may not be linked at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from kkpd.core.errors import Finding, Severity
from kkpd.engines.matching.shapes import BankLine, Belanja

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Stands for a missing date.
NO_DAY = -1


@dataclass(frozen=True, slots=True)
class Side:
    """One side ordered by card, amount and day; row i is row `asal[i]` of the list given.

    `day` is the transaction day (the typed day of a purchase), `posting` the posting day and
    `acuan` the first of them that is known, as ordinals or NO_DAY; `nilai` is in sen; `kartu`,
    `amount_code` and `nama` are codes, the last one into `name_list`.
    """

    asal: list[int]
    id: list[str]
    name_list: list[str]
    kartu: I64
    reference: I64
    day: I64
    posting: I64
    nilai: I64
    amount_code: I64
    nama: I64

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class BothSides:
    """Both sides with common codes for cards (`card_count`) and amounts (`amount_count`)."""

    bank: Side
    catatan: Side
    card_count: int
    amount_count: int


def compose(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    lines_excluded: Collection[int] = (),
    purchases_excluded: Collection[int] = (),
) -> BothSides:
    """Both sides, without the rows at the excluded places."""
    bank = [
        _row(i, row, row.tanggal_transaksi, row.tanggal_posting)
        for i, row in enumerate(baris)
        if i not in lines_excluded
    ]
    catatan = [
        _row(i, row, row.tanggal, row.tanggal)
        for i, row in enumerate(belanja)
        if i not in purchases_excluded
    ]
    cards = {kartu: n for n, kartu in enumerate(sorted({row[0] for row in (*bank, *catatan)}))}
    amounts = {sen: n for n, sen in enumerate(sorted({row[1] for row in (*bank, *catatan)}))}
    return BothSides(
        _side(bank, cards, amounts), _side(catatan, cards, amounts), len(cards), len(amounts)
    )


def codes(*columns: I64) -> I64:
    """A code for each row of these columns, the same for equal rows."""
    if len(columns[0]) == 0:
        return np.empty(0, dtype=np.int64)
    kode = columns[0]
    for column in columns[1:]:
        kode = np.unique(kode, return_inverse=True)[1]
        kode = kode * (int(column.max()) + 2) + column + 1
    return np.unique(kode, return_inverse=True)[1].astype(np.int64)


# a row is (card, sen, reference day, day, posting, merchant, id, place): its order is canonical
_Row = tuple[str, int, int, int, int, str, str, int]


def _row(i: int, row: BankLine | Belanja, day: date | None, posting: date | None) -> _Row:
    a, b = (one_day.toordinal() if one_day else NO_DAY for one_day in (day, posting))
    reference = b if a == NO_DAY else a
    return row.kartu, row.nilai.sen, reference, a, b, row.merchant, row.id, i


def _side(rows: list[_Row], cards: dict[str, int], amounts: dict[int, int]) -> Side:
    rows.sort()
    names = {nama: kode for kode, nama in enumerate(dict.fromkeys(row[5] for row in rows))}
    columns = (
        [cards[row[0]] for row in rows],
        *([row[k] for row in rows] for k in (2, 3, 4, 1)),
        [amounts[row[1]] for row in rows],
        [names[row[5]] for row in rows],
    )
    return Side(
        [row[7] for row in rows],
        [row[6] for row in rows],
        list(names),
        *(np.array(column, dtype=np.int64) for column in columns),
    )


#: With more cards than this and more of them shared than that, cards do not identify an OPD.
_FEW_CARDS = 5
_MANY_MIXED = 0.3


@dataclass(slots=True)
class LinkCheck:
    """Places of the lines and purchases that may not be linked, and the findings.

    `first_row` is the number that people give the first row.
    """

    first_row: int
    lines: set[int] = field(default_factory=set)
    purchases: set[int] = field(default_factory=set)
    temuan: list[Finding] = field(default_factory=list)

    def say(self, rule: str, message: str, column: str, i: int, how: Severity = "salah") -> None:
        """Add a finding about the row at place `i`."""
        row = i + self.first_row
        self.temuan.append(Finding(rule, message, how, row=row, field=column))


def check_forbidden_link(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    pemegang: Mapping[str, str] | None,
    first_row: int,
) -> LinkCheck:
    """Check both sides; `pemegang` names the OPD that holds each card, where that is known.

    Without it the OPD of a card is the one that most of its purchases name.
    """
    check = LinkCheck(first_row)
    _twins(check, baris, "referensi", check.lines)
    _twins(check, belanja, "id", check.purchases)
    held = ({one_item.kartu for one_item in belanja} if pemegang is None else set(pemegang)) - {""}
    _foreign(check, baris, "baris tagihan", held, check.lines)
    _foreign(check, belanja, "belanja", held, check.purchases)
    _other_opd(check, belanja, _owned_by(check, belanja) if pemegang is None else pemegang)
    return check


def mask_card(kartu: str) -> str:
    """A card as people may read it: its last four signs only (law 8)."""
    return f"•••• {kartu[-4:]}"


def _twins(
    check: LinkCheck, rows: Sequence[BankLine | Belanja], column: str, excluded: set[int]
) -> None:
    """Duplicate ids: equal rows count once, differing rows are left out."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        places[row.id].append(i)
    for id_, repeated in sorted((k, found) for k, found in places.items() if len(found) > 1):
        nomor = ", ".join(str(i + check.first_row) for i in repeated)
        start = f"{column} “{id_}” ada di baris {nomor}: isinya"
        if len({rows[i] for i in repeated}) == 1:
            excluded.update(repeated[1:])
            message = f"{start} sama dan dihitung satu kali."
            check.say("id_kembar", message, column, repeated[0], "perhatian")
        else:
            excluded.update(repeated)
            message = f"{start} bertentangan, jadi tidak ada yang dicocokkan. Periksa berkasnya."
            check.say("id_kembar", message, column, repeated[0])


def _foreign(
    check: LinkCheck,
    rows: Sequence[BankLine | Belanja],
    kata: str,
    held: set[str],
    excluded: set[int],
) -> None:
    """Lines on cards that nobody holds, and lines without a card."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.kartu not in held:
            places[row.kartu].append(i)
    for kartu, found in sorted(places.items()):
        excluded.update(found)
        what = (
            f"Kartu {mask_card(kartu)} tidak dipegang siapa pun" if kartu else "Tanpa nomor kartu"
        )
        start = f"{len(found)} {kata} mulai baris {found[0] + check.first_row}"
        message = f"{what}: {start} tidak dicocokkan."
        check.say("kartu_tanpa_pemegang", message, "kartu", found[0])


def _owned_by(check: LinkCheck, belanja: Sequence[Belanja]) -> dict[str, str]:
    """The OPD of each card by its purchases; "" where two OPDs hold it equally."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for one_item in belanja:
        if one_item.opd:
            tally[one_item.kartu][one_item.opd] += 1
    mixed = sum(len(offices) > 1 for offices in tally.values())
    if len(tally) > _FEW_CARDS and mixed > _MANY_MIXED * len(tally):
        message = (
            f"{mixed} dari {len(tally)} kartu dipakai lebih dari satu OPD dalam catatan: "
            "OPD tidak dipakai sebagai penentu."
        )
        check.temuan.append(Finding("opd_tidak_seragam", message, field="opd"))
        return {}
    owned = {}
    for kartu, offices in tally.items():
        (opd, most), *lain = offices.most_common(2)
        owned[kartu] = "" if lain and lain[0][1] == most else opd
    owned.pop("", None)
    return owned


def _other_opd(check: LinkCheck, belanja: Sequence[Belanja], owned: Mapping[str, str]) -> None:
    """Purchases that name another OPD than the one that holds their card."""
    for i, one_item in enumerate(belanja):
        owner = owned.get(one_item.kartu, one_item.opd)
        if not one_item.opd or owner == one_item.opd:
            continue
        check.purchases.add(i)
        kata = f"milik OPD {owner}" if owner else "yang dipakai dua OPD sama banyak"
        message = (
            f"Baris {i + check.first_row}: belanja {one_item.id} dari OPD {one_item.opd} memakai "
            f"kartu {mask_card(one_item.kartu)} {kata}; tidak dicocokkan."
        )
        check.say("opd_lain", message, "opd", i)
