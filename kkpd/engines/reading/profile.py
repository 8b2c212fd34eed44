"""Bank profiles: which title is which column, which words tell a row, how dates and amounts look.

A profile is a TOML file. Those that ship are in `kkpd/data/bank`; a profile kept in the web is the
same text, stored by the service. `umum` holds the words of all banks and reads by content.

Also how people's words are compared: titles without spacing, whole words inside a text.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal

from kkpd.core.errors import Unreadable
from kkpd.engines.reading.statement import Kind

_WORDS = re.compile(r"\w+")
_NOT_WORD = re.compile(r"[^a-z0-9%#]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


#: What the last rows of a bill or an account say; a shop called Total says none of it.
_TOTAL_OF_BILL = re.compile(
    r"(?:grand |sub-?)?(?:total|jumlah)"
    r"(?:\b.{0,30}\b(?:balance|due|outstanding|saldo|tagihan|kewajiban)\b.{0,20}"
    r"| (?:mutasi )?(?:debits?|credits?|debet|kredit))?|turnovers?",
    re.IGNORECASE,
)


def is_total_of_bill(text: str) -> bool:
    """`Total`, `Total outstanding balance`, `Turnover`: a sum of lines, not a purchase."""
    return _TOTAL_OF_BILL.fullmatch(text.strip(" .:")) is not None


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case without accents, single blanks between words: `Tgl.Beli` -> `tgl beli`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", _HUMP.sub(" ", text).lower()).strip()


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """`plain` without blanks, so that `Trans Date`, `TRANS_DATE` and `TransDate` are one."""
    return plain(text).replace(" ", "")


class WordFinder:
    """Finds which group of words a text belongs to; first group wins, words match whole."""

    def __init__(self, groups: Iterable[tuple[str, Sequence[str]]]) -> None:
        given = [(name, tuple(words)) for name, words in groups if words]
        self._groups = [(name, _any_of(words)) for name, words in given]
        all_words = [word.casefold() for _, words in given for word in words]
        self._starts = {first for word in all_words for first in _WORDS.findall(word)[:1]}
        self._known: dict[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """The name of the first group with a word in `text`."""
        if text not in self._known:
            # most texts hold none of the words, not even the first of several
            held = not self._starts.isdisjoint(_WORDS.findall(text.casefold()))
            found = self._groups if held else ()
            self._known[text] = next((name for name, words in found if words.search(text)), None)
        return self._known[text]


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Finds any of these words, whole; without words it finds nothing."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words)) or '(?!)'})\b", re.IGNORECASE)


#: The roles of dates, and of what was paid.
DAYS = ("transaction_date", "posting_date")
MONEY = ("amount", "debit", "credit")
#: What a column can mean. A table needs a date and an amount (or debit/credit) column.
ROLES = (
    "transaction_date",
    "posting_date",
    "time",
    "amount",
    "debit",
    "credit",
    "sign",
    "currency",
    "original_amount",
    "original_currency",
    "description",
    "merchant",
    "reference",
    "card",
    "holder",
    "mcc",
    "balance",
)

#: What the summary of a bill can say, beside the table.
TOTALS = (
    "card",
    "holder",
    "account",
    "kind",
    "bill_date",
    "due_date",
    "previous_balance",
    "payments",
    "new_charges",
    "stamp_duty",
    "total_due",
    "new_bill",
    "opening",
    "closing",
    "debits",
    "credits",
    "count",
)

#: Groups of words by which a row is told: kinds of lines, kinds of rows that are no line, and what
#: a sign column writes beside spending and beside money back.
WORD_GROUPS = ("biaya", "meterai", "refund", "pembayaran", "total", "saldo", "debit", "kredit")

DateOrder = Literal["dmy", "mdy", "ymd"]
DecimalSign = Literal[",", "."]
Spending = Literal["positive", "negative"]
Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Profile:
    """How one bank writes its bills. Empty fields are decided by the file's content."""

    name: str
    title: str
    note: str = ""
    marks: tuple[str, ...] = ()
    columns: Names = field(default_factory=dict)
    totals: Names = field(default_factory=dict)
    words: Names = field(default_factory=dict)
    date_order: DateOrder | None = None
    decimal: DecimalSign | None = None
    spending: Spending | None = None
    currency: str | None = None

    def to_toml(self) -> str:
        """The profile as TOML; `from_toml` gives an equal profile back."""
        head = {name: getattr(self, name) for name in _FIELDS}
        lines = [f"{key} = {_toml(value)}" for key, value in head.items() if value]
        for section in ("columns", "totals", "words"):
            names: Names = getattr(self, section)
            lines += ["", f"[{section}]"] if names else []
            lines += [f"{key} = {_toml(value)}" for key, value in names.items()]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str) -> Profile:
        """Read a profile; an Unreadable names the field that is wrong."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as wrong:
            raise Unreadable(f"Profil bank bukan TOML yang benar: {wrong}.") from wrong
        _known(data, {*_FIELDS, "columns", "totals", "words"}, "profil")
        for required in ("name", "title"):
            if not isinstance(data.get(required), str) or not data[required].strip():
                raise Unreadable(f"Profil bank harus menyebut `{required}`.", field=required)
        for key, allowed in _CHOICES.items():
            if data.get(key) is not None and data[key] not in allowed:
                raise Unreadable(
                    f"`{key}` pada profil bank harus salah satu dari {', '.join(allowed)}.",
                    field=key,
                )
        return cls(
            name=data["name"],
            title=data["title"],
            note=str(data.get("note", "")),
            marks=_texts(data.get("marks", []), "marks"),
            columns=_names(data, "columns", ROLES),
            totals=_names(data, "totals", TOTALS),
            words=_names(data, "words", WORD_GROUPS),
            date_order=data.get("date_order"),
            decimal=data.get("decimal"),
            spending=data.get("spending"),
            currency=data.get("currency"),
        )

    def with_general_words(self) -> Profile:
        """The words of `umum` beside the profile's own; totals that it does not name from there."""
        general = load_profiles()["umum"]
        return replace(
            self,
            totals={**general.totals, **self.totals},
            words={
                name: (*self.words.get(name, ()), *general.words.get(name, ()))
                for name in WORD_GROUPS
            },
        )


_FIELDS = ("name", "title", "note", "marks", "date_order", "decimal", "spending", "currency")
_CHOICES = {
    "date_order": ("dmy", "mdy", "ymd"),
    "decimal": (",", "."),
    "spending": ("positive", "negative"),
}


@cache
def load_profiles() -> Mapping[str, Profile]:
    """The profiles that ship, by name; the special ones first, `umum` last."""
    folder = resources.files("kkpd") / "data" / "bank"
    files = sorted(folder.iterdir(), key=lambda file: (file.name == "umum.toml", file.name))
    found = (
        Profile.from_toml(file.read_text("utf-8")) for file in files if file.name.endswith(".toml")
    )
    return {profile.name: profile for profile in found}


def get_profile(name: str) -> Profile:
    """A shipped profile by name; an Unreadable lists those there are."""
    profiles = load_profiles()
    if name not in profiles:
        raise Unreadable(
            f"Profil bank “{name}” tidak ada. Yang ada: {', '.join(profiles)}.", field="profile"
        )
    return profiles[name]


def lost_titles(titles: Iterable[str], profile: Profile) -> dict[str, str]:
    """Role -> title that a kept profile names and these titles lack; none of a shipped one."""
    if profile.name in load_profiles():
        return {}
    there = set(map(squash, titles))
    return {
        role: names[0]
        for role, names in profile.columns.items()
        if there.isdisjoint(map(squash, names))
    }


def _toml(value: str | Iterable[str]) -> str:
    if isinstance(value, str):  # TOML's strings are JSON's, but for one control character
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "[" + ", ".join(map(_toml, value)) + "]"


def _known(data: Mapping[str, Any], allowed: Iterable[str], where: str) -> None:
    unknown = sorted(set(data) - set(allowed))
    if unknown:
        raise Unreadable(f"Profil bank memuat kunci yang tidak dikenal di {where}: {unknown[0]}.")


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise Unreadable(f"`{where}` pada profil bank harus daftar kata.", field=where)
    return tuple(value)


def _names(data: Mapping[str, Any], section: str, allowed: Iterable[str]) -> Names:
    part = data.get(section, {})
    if not isinstance(part, dict):
        raise Unreadable(f"`{section}` pada profil bank harus sebuah tabel.", field=section)
    _known(part, allowed, section)
    return {key: _texts(value, f"{section}.{key}") for key, value in part.items()}


#: The order matters: `biaya meterai` is stamp duty.
_KINDS: tuple[Kind, ...] = ("meterai", "pembayaran", "refund", "biaya")


class Kinds:
    """Names what a line is by its words and sign; the words come from the profile."""

    def __init__(self, profile: Profile) -> None:
        self._words = WordFinder([(name, profile.words.get(name, ())) for name in _KINDS])

    def one(self, text: str, back: bool) -> Kind:
        """The kind of one line. A fee or stamp duty given back is a refund, a payment is back."""
        group = self._words.find(text)
        if back:
            return "pembayaran" if group == "pembayaran" else "refund"
        return group if group in ("meterai", "biaya") else "belanja"  # type: ignore[return-value]  # names of kinds
