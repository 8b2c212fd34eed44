"""What may not be linked, and why: double ids, another OPD's purchase, a card nobody holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kkpd.core.errors import Finding, Severity
from kkpd.engines.matching.shapes import BankLine, Belanja

#: With more cards than this, and more of them shared than that, a card does not name an OPD here.
_FEW_CARDS = 5
_MANY_MIXED = 0.3


@dataclass(slots=True)
class LinkCheck:
    """Places of the lines and purchases that may not be linked, and the findings."""

    lines: set[int] = field(default_factory=set)
    purchases: set[int] = field(default_factory=set)
    temuan: list[Finding] = field(default_factory=list)

    def say(
        self, rule: str, message: str, row: int | None, column: str, how: Severity = "salah"
    ) -> None:
        """Add a finding."""
        self.temuan.append(Finding(rule, message, how, row=row, field=column))


def periksa(
    baris: Sequence[BankLine],
    belanja: Sequence[Belanja],
    pemegang: Mapping[str, str] | None,
    first_row: int,
) -> LinkCheck:
    """Check both sides; `pemegang` names the OPD that holds each card, where that is known.

    Without it the OPD of a card is the one that most of its purchases name. `first_row` is the
    number that people give the first row.
    """
    check = LinkCheck()
    _twins(baris, "referensi", check.lines, first_row, check)
    _twins(belanja, "id", check.purchases, first_row, check)
    held = {one_item.kartu for one_item in belanja} if pemegang is None else set(pemegang)
    held.discard("")
    _foreign(baris, "baris tagihan", held, check.lines, first_row, check)
    _foreign(belanja, "belanja", held, check.purchases, first_row, check)
    owned = _owned_by(belanja, check) if pemegang is None else pemegang
    _other_opd(belanja, owned, first_row, check)
    return check


def mask_card(kartu: str) -> str:
    """A card as people may read it: its last four signs only (law 8)."""
    return f"•••• {kartu[-4:]}"


def _twins(
    rows: Sequence[BankLine | Belanja],
    column: str,
    excluded: set[int],
    first_row: int,
    check: LinkCheck,
) -> None:
    """Ids that stand twice: equal rows count once, differing rows are left out altogether."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        places[row.id].append(i)
    for id_, repeated in sorted(places.items()):
        if len(repeated) == 1:
            continue
        same = len({rows[i] for i in repeated}) == 1
        excluded.update(repeated[1:] if same else repeated)
        finish = (
            "isinya sama dan dihitung satu kali."
            if same
            else "isinya bertentangan, jadi tidak ada yang dicocokkan. Periksa berkasnya."
        )
        nomor = ", ".join(str(i + first_row) for i in repeated)
        check.say(
            "id_kembar",
            f"{column} “{id_}” ada di baris {nomor}: {finish}",
            repeated[0] + first_row,
            column,
            "perhatian" if same else "salah",
        )


def _foreign(
    rows: Sequence[BankLine | Belanja],
    kata: str,
    held: set[str],
    excluded: set[int],
    first_row: int,
    check: LinkCheck,
) -> None:
    """Cards that nobody holds: lines on them have no one to ask; nor have lines without a card."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        if row.kartu not in held:
            places[row.kartu].append(i)
    for kartu, found in sorted(places.items()):
        excluded.update(found)
        what = (
            f"Kartu {mask_card(kartu)} tidak dipegang siapa pun" if kartu else "Tanpa nomor kartu"
        )
        start = found[0] + first_row
        check.say(
            "kartu_tanpa_pemegang",
            f"{what}: {len(found)} {kata} mulai baris {start} tidak dicocokkan.",
            start,
            "kartu",
        )


def _owned_by(belanja: Sequence[Belanja], check: LinkCheck) -> dict[str, str]:
    """The OPD of each card by its purchases; "" where two OPDs hold it equally."""
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for one_item in belanja:
        if one_item.opd:
            tally[one_item.kartu][one_item.opd] += 1
    mixed = sum(len(offices) > 1 for offices in tally.values())
    if len(tally) > _FEW_CARDS and mixed > _MANY_MIXED * len(tally):
        check.say(
            "opd_tidak_seragam",
            f"{mixed} dari {len(tally)} kartu dipakai lebih dari satu OPD dalam catatan: "
            "OPD tidak dipakai sebagai penentu.",
            None,
            "opd",
            "perhatian",
        )
        return {}
    owned = {}
    for kartu, offices in tally.items():
        (opd, most), *lain = offices.most_common(2)
        owned[kartu] = "" if lain and lain[0][1] == most else opd
    owned.pop("", None)
    return owned


def _other_opd(
    belanja: Sequence[Belanja], owned: Mapping[str, str], first_row: int, check: LinkCheck
) -> None:
    """Purchases that name another OPD than the one that holds their card."""
    for i, one_item in enumerate(belanja):
        owner = owned.get(one_item.kartu)
        if not one_item.opd or owner is None or owner == one_item.opd:
            continue
        check.purchases.add(i)
        kata = f"milik OPD {owner}" if owner else "yang dipakai dua OPD sama banyak"
        check.say(
            "opd_lain",
            f"Baris {i + first_row}: belanja {one_item.id} dari OPD {one_item.opd} memakai kartu "
            f"{mask_card(one_item.kartu)} {kata}; tidak dicocokkan.",
            i + first_row,
            "opd",
        )
