"""What the watch looks at and what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType
from typing import NamedTuple

from kkpd.core.errors import Severity
from kkpd.core.money import Rupiah


class WatchedLine(NamedTuple):
    """One bank line with what the books know of its card and purchase.

    `ref` is what a person finds the line by: the bank's reference, else the row of the file.
    `card_kind` is `barang` or `perjalanan`, "" for a card that no OPD holds; `card_active` is None
    where nothing is known. `kind` is a word of LINE_KINDS; `amount` is negative when money came
    back. `recorder_id` is who recorded the linked purchase; `place` the town of the office.
    """

    id: int
    ref: str
    opd_id: int
    opd: str
    card_id: int | None
    card_last4: str
    card_kind: str
    card_active: bool | None
    holder_id: int | None
    day: date
    time: time | None
    amount: Rupiah
    kind: str
    merchant: str
    description: str
    mcc: str
    has_purchase: bool = False
    recorder_id: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One reason to look at some lines of one OPD.

    `cause` joins hits into one case: `kartu:ID/FAMILY`, `kartu:*1234/FAMILY` of a card that no OPD
    holds, `toko:KEY/FAMILY` where one shop is the matter. FAMILY is the name of the strongest rule
    (`kkpd/data/pantau/aturan.toml`). Many lines of one card and family are one cause. A line that
    several rules hit carries one cause only, that of the strongest rule; the other hits on it bear
    the same cause and are its further evidence.

    `lines` are ids of bank lines, ascending; a hit may be about no line. `amount`
    is the money at risk. `evidence` is label -> value for people, in the order to show. `message`
    is a sentence, `clears` what would settle it, `basis` the legal basis of the rule.
    """

    rule: str
    severity: Severity
    lines: tuple[int, ...]
    amount: Rupiah
    cause: str
    message: str
    clears: str
    basis: str
    evidence: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
