"""What a bank's text says in any disguise: gambling, wallets, cash, games; weak signs and strong.

A text is opened into forms (spaced letters together, signs out of words, digits as letters, doubled
letters once) and compared with the words of `kkpd/data/pantau/kata.toml` in the same forms.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from rapidfuzz.distance import OSA

FAMILIES: Final = ("judi", "dompet", "tunai", "permainan")

#: What words are worth; `THRESHOLD` of points.py is 4.
STRONG, MEDIUM, WEAK, SIGN = 4, 3, 2, 1
_MOST: Final = 7
_LOOKS: Final = str.maketrans("01234567890@$!|", "oizeasgtbgoasii")
_ONE: Final = str.maketrans({"l": "i", "z": "s", "c": "k", "y": "i", "v": "u"})
_FOREIGN: Final = str.maketrans("авекмнорстухіѕјԁԛɡ", "abekmhopctyxisjdqg")
_TOKEN: Final = re.compile(r"[a-z0-9@$!|]+")
_INNER: Final = re.compile(r"(?<=[a-z0-9@$!|])[^a-z0-9@$!|\s]+(?=[a-z0-9@$!|])")
_DOUBLE: Final = re.compile(r"(.)\1+")
_ENDS: Final = re.compile(r"^\d+|\d+$")
_VOWELS: Final = str.maketrans("", "", "aiueo")
_FEW: Final = 2
_KINDS: Final = ("inside", "word", "weak", "flavour", "honest", "innocent")


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that a text says: its family, what it is worth, the words that say it."""

    family: str
    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Wording:
    """All that a text says, and whether a go-between stands before the name."""

    signs: tuple[Sign, ...]
    go_between: str
    city: str

    def of(self, family: str) -> Sign | None:
        """What it says of one family."""
        return next((sign for sign in self.signs if sign.family == family), None)


def folded(text: str) -> str:
    """Small letters without accents, marks that nobody sees and letters of other alphabets."""
    text = text.casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_FOREIGN))
    return "".join(
        " " if letter.isspace() else letter
        for letter in text
        if unicodedata.category(letter) not in ("Mn", "Cf", "Me")
    )


@lru_cache(maxsize=65_536)
def plain(token: str) -> str:
    """The form in which words are compared: digits as letters, like letters one, doubles once."""
    return _DOUBLE.sub(r"\1", token.translate(_LOOKS).replace("oe", "u").translate(_ONE))


@dataclass(frozen=True, slots=True)
class _Family:
    name: str
    inside: tuple[str, ...]
    exact: frozenset[str]
    boned: frozenset[str]
    weak: frozenset[str]
    flavour: frozenset[str]
    honest: frozenset[str]
    innocent: frozenset[str]
    explained: Mapping[str, frozenset[str]]
    runs: re.Pattern[str]
    near: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, name: str, told: Mapping[str, Any]) -> _Family:
        """The words of one family, in the form in which they are compared."""
        sets = {key: frozenset(map(plain, told[key])) for key in _KINDS}
        inside = tuple(sorted(word for word in sets["inside"] if len(word) > 3))
        near: dict[str, tuple[str, ...]] = {}
        for word in inside:
            near[word[0]] = (*near.get(word[0], ()), word)
        parts = sorted(sets["weak"] | sets["flavour"] | sets["word"], key=len, reverse=True)
        sure = sorted(sets["weak"] | sets["word"], key=len, reverse=True)
        run = f"(?:{'|'.join(parts) or '(?!)'})"
        one = f"(?:{'|'.join(sure) or '(?!)'})"
        bones = (word[0] + word[1:].translate(_VOWELS) for word in inside)
        return cls(
            name,
            inside,
            sets["word"] | sets["inside"],
            frozenset(bone for bone in bones if len(bone) > 3),
            sets["weak"],
            sets["flavour"],
            sets["honest"],
            sets["innocent"],
            {
                plain(word): frozenset(map(plain, by))
                for word, by in told.get("explained", {}).items()
            },
            re.compile(rf"(?=.*{one}){run}{{2,}}"),
            near,
        )


@dataclass(frozen=True, slots=True)
class _Lists:
    go_betweens: frozenset[str]
    wallets: frozenset[str]
    general: frozenset[str]
    far: frozenset[str]
    numbers: frozenset[str]
    families: tuple[_Family, ...]
    brands: frozenset[str]
    lone: frozenset[str]
    action: frozenset[str]


@cache
def _lists() -> _Lists:
    file = resources.files("kkpd") / "data" / "pantau" / "kata.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    wallet = told["dompet"]
    return _Lists(
        frozenset(told["perantara"]),
        frozenset(told["dompet_perantara"]),
        frozenset((*told["kota"], *told["umum"], *told["perantara"])),
        frozenset(told["jauh"]),
        frozenset(told["angka"]),
        tuple(_Family.of(name, told[name]) for name in FAMILIES),
        frozenset(map(plain, wallet["brand"])),
        frozenset(map(plain, wallet["lone"])),
        frozenset(map(plain, wallet["action"])),
    )


@lru_cache(maxsize=65_536)
def said(text: str) -> Wording:
    """What a text says."""
    lists = _lists()
    low = folded(text)
    go_between, rest = _parted(low, lists)
    tokens = _TOKEN.findall(rest)
    forms = _forms(rest, tokens)
    signs = [
        sign for family in lists.families if (sign := _judged(family, forms, lists)) is not None
    ]
    wallet = _wallet(tokens, forms, go_between, lists)
    if wallet is not None:
        signs = [sign for sign in signs if sign.family != "dompet" or sign.points > wallet.points]
        signs += [wallet] if all(sign.family != "dompet" for sign in signs) else []
    city = next((token for token in tokens if token in lists.far), "")
    return Wording(tuple(signs), go_between, city)


def _parted(low: str, lists: _Lists) -> tuple[str, str]:
    """The go-between before a name, and the name."""
    head, mark, tail = low.partition("*")
    if not mark or len(head) > 16:
        first = re.match(r"\s*([a-z0-9]+)([\s\-_/.:!]+)", low)
        head, tail = (first[1], low[first.end() :]) if first else ("", low)
    words = _TOKEN.findall(head)
    known = lists.go_betweens | lists.wallets
    if words and tail.strip() and all(word in known or word in lists.general for word in words):
        named = [word for word in words if word in known]
        if named and (mark or named[0] in lists.go_betweens):
            return named[0], tail
        if named and not mark and low[len(words[0]) : len(words[0]) + 1] in "-_/":
            return named[0], tail
    return "", low


@dataclass(frozen=True, slots=True)
class _Forms:
    words: frozenset[str]
    chunks: frozenset[str]
    joined: frozenset[str]
    raw: tuple[str, ...]
    ordered: tuple[str, ...]


def _forms(rest: str, tokens: list[str]) -> _Forms:
    """The words of a text as they stand, without inner signs, and with spaced letters together."""
    chunks = _TOKEN.findall(_INNER.sub("", rest))
    both = [*dict.fromkeys((*tokens, *chunks, *_spaced(tokens)))]
    words = {form for token in both for form in _spellings(token)}
    joined: set[str] = set()
    for size in (2, 3, 4):
        for at in range(len(tokens) - size + 1):
            joined.update(_spellings("".join(tokens[at : at + size])))
    ordered = tuple(map(plain, tokens))
    return _Forms(
        frozenset(words), frozenset(map(plain, both)), frozenset(joined), tuple(both), ordered
    )


def _spaced(tokens: list[str]) -> list[str]:
    """Runs of at least three letters that stand alone or in twos, as one word each."""
    found: list[str] = []
    run: list[str] = []
    for token in [*tokens, "..."]:
        if len(token) <= _FEW:
            run.append(token)
            continue
        if len(run) > _FEW:
            found.append("".join(run))
        run = []
    return found


def _spellings(token: str) -> Iterable[str]:
    """A word with all digits as letters, and without the digits at its ends."""
    yield plain(token)
    if any(letter.isdigit() for letter in token):
        bare = _ENDS.sub("", token)
        if bare:
            yield plain(bare)


def _judged(family: _Family, forms: _Forms, lists: _Lists) -> Sign | None:
    """What the forms say of one family."""
    words = forms.words - family.innocent
    strong = {one for one in (*words, *forms.joined) if one in family.exact and len(one) > _FEW}
    strong -= family.explained.keys()
    text = " ".join(words)
    embedded = {inside for inside in family.inside if inside in text}
    embedded -= {word for word, by in family.explained.items() if by & forms.chunks}
    runs = {word for word in words if len(word) > 4 and family.runs.fullmatch(word)}
    weak = {word for word in words if word in family.weak}
    points, told = 0, list[str]()
    if embedded or strong:
        points += STRONG + WEAK * (len(embedded | strong) > 1)
        told += sorted(embedded | strong)
    elif slips := runs or set(words & family.boned) or _nearly(words, family):
        points += MEDIUM
        told += sorted(slips)
    if weak:
        points += WEAK + _FEW * min(len(weak) - 1, 1)
        told += sorted(weak)
        points += SIGN * bool(words & family.flavour - weak)
    points += _site(family, forms, lists, told) if family.name == "judi" else 0
    if not points:
        return None
    if forms.chunks & family.honest:
        points -= MEDIUM * (not embedded)
    told = [word for word in dict.fromkeys(told) if word]
    return Sign(family.name, min(points, _MOST), ", ".join(told)) if points > 0 else None


def _nearly(words: Iterable[str], family: _Family) -> set[str]:
    """Long words with one slip, and shorter ones with two letters that changed places."""
    found = set()
    for word in words:
        if len(word) < 5 or word in family.honest | family.weak | family.flavour:
            continue
        for other in family.near.get(word[0], ()):
            if abs(len(word) - len(other)) > 1:
                continue
            swapped = len(word) == len(other) and sorted(word) == sorted(other)
            if (swapped or len(other) > 5) and OSA.distance(word, other, score_cutoff=1) <= 1:
                found.add(other)
    return found


def _site(family: _Family, forms: _Forms, lists: _Lists, told: list[str]) -> int:
    """The number that names of sites end with: `hoki88`, `RAJA 303`."""
    for token in forms.raw:
        name = token.rstrip("0123456789d") if token.endswith("4d") else token.rstrip("0123456789")
        number = token[len(name) :]
        if number not in lists.numbers or token.isdigit() or len(name) < _FEW:
            continue
        base = plain(name)
        known = any(base.startswith(word) or base.endswith(word) for word in family.flavour)
        known = known or base in family.weak or family.runs.fullmatch(base) is not None
        told.append(token)
        return MEDIUM if known else SIGN
    if any(token in lists.numbers for token in forms.raw):
        return SIGN
    return 0


def _wallet(tokens: list[str], forms: _Forms, go_between: str, lists: _Lists) -> Sign | None:
    """A wallet beside a word of filling it, or a wallet and nothing else."""
    brands = [word for word in (*forms.words, *forms.joined) if word in lists.brands]
    if go_between in lists.wallets:
        brands.append(plain(go_between))
    if not brands:
        return None
    acts = (forms.words | forms.joined) & lists.action
    if acts - set(brands):
        return Sign("dompet", STRONG + SIGN, ", ".join(sorted({*brands, *acts})))
    rest = [
        token
        for token in tokens
        if not token.isdigit() and token not in lists.general and plain(token) not in lists.brands
    ]
    if not rest and any(brand in lists.lone for brand in brands):
        return Sign("dompet", STRONG, ", ".join(sorted(set(brands))))
    return None
