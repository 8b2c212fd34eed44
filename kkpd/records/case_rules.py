"""Which findings become cases, what joins them, who answers, and when they are clear by themselves.

A finding that is only information opens a case that is closed at once: it stays countable, and a
random share of such cases is opened again (`kkpd/oversight/cases/sampling.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from kkpd.core.choices import FINDING_SEVERITIES
from kkpd.core.errors import Severity
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Role

#: UU 15/2004 Art. 20 (3); the dated setting `days_to_answer_case` replaces it.
LEGAL_DAYS: Final = 60
#: Who answers where nobody holds the first office, in this order.
SUBSTITUTES: Final = (Role.BENDAHARA, Role.BPP, Role.PA, Role.KPA)


@dataclass(frozen=True, slots=True)
class Tier:
    """How a rule's findings are followed up.

    `clear`: closed by itself. `join`: one case a subject or one a card. `owner` must answer.
    `amount` names the inputs that hold the money, the first less the others, where the subject has
    no amount of its own. `clears` says what would settle it.
    """

    clear: bool = False
    join: Literal["subjek", "kartu"] = "subjek"
    owner: Role = Role.BENDAHARA
    amount: tuple[str, ...] = ()
    clears: str = "Perbaiki yang disebut temuan, atau jelaskan dengan bukti mengapa wajar."


_TAKEN_WRONGLY: Final = (
    "Pemegang mengembalikan uangnya, atau bukti menunjukkan bahwa belanja ini sah menurut aturan."
)
_ASK_BANK: Final = "Keterangan tertulis bank, dan pengembaliannya bila memang keliru."
_KNOWN_CARD: Final = "Kartunya terdaftar pada pemegangnya, atau tagihannya dikeluarkan lagi."
_INFORMATION: Final = Tier(clear=True, join="kartu")
_BY_SUBJECT: Final = Tier()
_OF_CARD: Final = Tier(join="kartu", owner=Role.PA, clears=_TAKEN_WRONGLY)
_OF_BANK: Final = Tier(amount=("nilai",), clears=_ASK_BANK)
#: Rules that are not followed up simply by their severity.
TIERS: Final[Mapping[str, Tier]] = MappingProxyType(
    {
        "bayar_lebih": _OF_BANK,
        "biaya_kartu": Tier(join="kartu", clears=_TAKEN_WRONGLY),
        "jumlah_baris": Tier(amount=("tercetak", "jumlah_baris"), clears=_ASK_BANK),
        "kartu_salah": _OF_CARD,
        "kartu_tak_dikenal": Tier(join="kartu", clears=_KNOWN_CARD),
        "kartu_tidak_aktif": _OF_CARD,
        "lewat_batas_pakai": _OF_CARD,
        "meterai_beda": _INFORMATION,
        "opd_salah": Tier(join="kartu", clears=_ASK_BANK),
        "tagih_ganda": _OF_BANK,
        "tarik_tunai": _OF_CARD,
        "uang_harian": _OF_CARD,
    }
)


def tier(rule: str, severity: str) -> Tier:
    """How findings of this rule are followed up."""
    return TIERS.get(rule) or (_INFORMATION if severity == "info" else _BY_SUBJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """One fact that belongs into a case: which rule saw what about which subject.

    `cause` joins facts, `clear` closes them at once, `returns` opens a closed case again when the
    same fact holds again; without it a closed case stays closed.
    """

    rule: str
    severity: Severity
    subject: str
    amount: Rupiah
    cause: str
    month: tuple[int, int]
    evidence: Mapping[str, str]
    message: str
    clears: str
    basis: str = ""
    owner: Role = Role.BENDAHARA
    clear: bool = False
    returns: bool = False


def at_risk(items: Iterable[tuple[str, Rupiah]]) -> Rupiah:
    """The money of a case from (subject, amount): each subject counts once."""
    largest: dict[str, Rupiah] = {}
    for subject, amount in items:
        largest[subject] = max(largest.get(subject, ZERO), abs(amount))
    return total(largest.values())


def strongest(items: Iterable[tuple[str, str, Rupiah]]) -> tuple[str, str]:
    """(rule, severity) of the gravest rule of (rule, severity, amount); of two the one that is
    about more money.
    """
    rules: dict[str, tuple[int, int]] = {}
    for rule, severity, amount in items:
        gravest, sen = rules.get(rule, (0, 0))
        gravest = max(gravest, FINDING_SEVERITIES.index(severity))
        rules[rule] = (gravest, sen + abs(amount).sen)
    found = max(sorted(rules), key=rules.__getitem__)
    return found, FINDING_SEVERITIES[rules[found][0]]


def offices(first: Role) -> Sequence[Role]:
    """The offices that answer, the first that somebody holds."""
    return tuple(dict.fromkeys((first, *SUBSTITUTES)))
