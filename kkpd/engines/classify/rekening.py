"""Which account (level 6): the words' votes, counted in logs, and the class filters.

`kkpd/data/klasifikasi/rekening.txt` holds for each word the accounts for which it speaks and how
much (log of the share in the account over the share everywhere, in hundredths), trained by
`script/train` from labelled goods and from the official names and examples.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify.shapes import AccountProposal, Item
from kkpd.engines.classify.words import codes as words_codes
from kkpd.engines.classify.words import tokens as words_tokens

#: Weight of each room of features, and of the account's own frequency.
WEIGHTS = {"u": 1.0, "h": 1.5, "b": 0.8, "t": 0.5, "c": 0.5}
FREQUENCY_WEIGHT = 1.0
REKENING_WORDS = 12
PREFIX_LENGTH = 5
CANDIDATES = 12
#: A kind of which the words say nothing is at most this far behind the likeliest, in logs.
FLOOR = -6.2
#: How many words are remembered in each room before their memory is emptied.
MAX_REMEMBERED = 50_000


def rekening_features(uraian: str, satuan: str) -> list[str]:
    """Features of a line for the account: words, head, pairs, beginnings of long words, unit."""
    words = words_tokens.without_openers(words_tokens.kata(uraian))[:REKENING_WORDS]
    heads = words_tokens.header(words)
    out = ["u " + word for word in words]
    out += ["h " + word for word in heads[:1]]
    out += [f"b {one} {two}" for one, two in itertools.pairwise(words)]
    out += ["c " + word[:PREFIX_LENGTH] for word in words if len(word) > PREFIX_LENGTH]
    unit = words_tokens.satuan(satuan)
    return [*out, f"t {unit}"] if unit else out


#: What a feature says: accounts and how much, of goods and services, and of assets.
Votes = tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]
_SILENT: Votes = ((), ())


class Chooser:
    """Ranks accounts for a line; a pure function of the shipped file. Accounts go by number.

    Votes are added in the order of `rekening_features`: twins that tie would else change places.
    """

    def __init__(self, text: str) -> None:
        accounts, _, rows = text.partition("\n")[2].partition("\n")
        named = [line.split(" ") for line in accounts.split(";")]
        self.kode = [row[0] for row in named]
        order = {kind: at for at, kind in enumerate(classify_knowledge.jenis())}
        self.jenis = [order[row[2]] for row in named]
        self.umum = [FREQUENCY_WEIGHT * int(row[1]) / 100 for row in named]
        self._modal = [not code.startswith("5.1") for code in self.kode]
        #: Feature -> its votes as the file has them; read by room once it was met.
        self._raw = classify_knowledge.in_pairs(rows)
        self._votes: dict[str, dict[str, Votes]] = {room: {} for room in WEIGHTS}
        #: Word -> its own votes, and those of its beginning.
        self._words: dict[str, tuple[Votes, Votes]] = {}

    def _read(self, room: str, word: str) -> Votes:
        """The votes of a feature, kept for the next line that has it."""
        votes: tuple[list[tuple[int, float]], list[tuple[int, float]]] = ([], [])
        raw, memory = self._raw.get(f"{room} {word}"), self._votes[room]
        if raw is not None:
            weight, asset = WEIGHTS[room] / 100, self._modal
            numbers = map(int, raw.replace(":", " ").split(" "))
            for at, value in zip(numbers, numbers, strict=True):
                votes[asset[at]].append((at, weight * value))
        if len(memory) >= MAX_REMEMBERED:
            memory.clear()
        memory[word] = found = (tuple(votes[0]), tuple(votes[1]))
        return found

    def _read_word(self, word: str) -> tuple[Votes, Votes]:
        start = _SILENT
        if len(word) > PREFIX_LENGTH:
            start = self._votes["c"].get(word[:PREFIX_LENGTH]) or self._read(
                "c", word[:PREFIX_LENGTH]
            )
        if len(self._words) >= MAX_REMEMBERED:
            self._words.clear()
        self._words[word] = found = (self._read("u", word), start)
        return found

    def feature_values(self, words: tuple[str, ...], satuan: str) -> list[Votes]:
        """The votes of each feature of `rekening_features`, in its order."""
        words = words_tokens.without_openers(words)[:REKENING_WORDS]
        heads, unit, read = words_tokens.header(words)[:1], words_tokens.satuan(satuan), self._read
        spoken, unread = self._words.get, self._read_word
        both = [spoken(word) or unread(word) for word in words]
        found = [word for word, _ in both]
        known = self._votes["h"].get
        found += [known(word) or read("h", word) for word in heads]
        known, weighty = self._votes["b"].get, self._raw
        for one, two in itertools.pairwise(words):
            pair = f"{one} {two}"
            if f"b {pair}" in weighty:
                found.append(known(pair) or read("b", pair))
        found += [start for _, start in both]
        if unit:
            found.append(self._votes["t"].get(unit) or read("t", unit))
        return found

    def shortlist(self, votes: dict[int, float], jenis: Sequence[float]) -> list[tuple[float, int]]:
        """(cost, account) of those voted for: votes, frequency and kind together, negated."""
        kinds, usual = self.jenis, self.umum
        return [(-score - usual[at] - jenis[kinds[at]], at) for at, score in votes.items()]


def jumlah(feature_values: list[Votes], *, modal: bool) -> dict[int, float]:
    """Account -> votes in logs, of one class; only accounts that a feature speaks for."""
    votes: dict[int, float] = {}
    for at, value in itertools.chain.from_iterable([both[modal] for both in feature_values]):
        if at in votes:
            votes[at] += value
        else:
            votes[at] = value
    return votes


@cache
def data_table() -> Chooser:
    """The shipped table."""
    path = files("kkpd").joinpath("data", "klasifikasi", "rekening.txt")
    return Chooser(path.read_text(encoding="utf-8"))


@cache
def counterparts() -> dict[str, str]:
    """Capital account of equipment -> the account for the same thing below the limit.

    5.2.02.05.01.0005 Alat Kantor Lainnya -> 5.1.02.01.04.x, whose name ends with the same words.
    """
    below = {}
    for code, name in classify_knowledge.nama_rekening().items():
        if code.startswith("5.1.02.01.04."):
            below[name.replace(" ", "").lower()] = code
    ends: dict[str, list[tuple[str, str]]] = {}
    for name, code in below.items():
        ends.setdefault(name.rpartition("-")[2], []).append((name, code))
    out = {}
    for code, name in classify_knowledge.nama_rekening().items():
        if code.startswith(("5.2.02", "5.2.05")):
            short = name.replace(" ", "").lower().removeprefix("belanjamodal")
            found = [low for full, low in ends.get(short.rpartition("-")[2], ()) if short in full]
            if len(found) == 1:
                out[code] = found[0]
    return out


def usul(
    words: tuple[str, ...],
    satuan: str,
    kelas: str,
    jenis: tuple[float, ...],
    *,
    below_limit: bool,
    primary: str | None = None,
    account_chooser: Chooser | None = None,
) -> tuple[AccountProposal, ...]:
    """Up to three accounts of the class (`ragu`: of both), best first, with shares of belief.

    `jenis` are the kinds as `log_kinds` gives them, in the order of `pengetahuan.jenis()`: an
    account for fuel is no account for a chair, whatever a rare word says. `below_limit`: a durable
    thing under the limit, for which the code book has accounts of its own. `primary` is an account
    that a goods code names, and comes first when its class fits. `account_chooser` is another table
    than the shipped one, for judging.
    """
    table = account_chooser or data_table()
    both, asset = kelas == "ragu", kelas == "modal"
    spoken = table.feature_values(words, satuan)
    chosen = table.shortlist(jumlah(spoken, modal=asset), jenis)
    if both:
        chosen += table.shortlist(jumlah(spoken, modal=True), jenis)
    chosen.sort()
    codes = table.kode
    best = [(cost, codes[at]) for cost, at in chosen[:CANDIDATES]]
    if below_limit:
        best = _with_counterpart(table, jumlah(spoken, modal=True), best)
    if primary is not None and (both or primary.startswith("5.2" if asset else "5.1")):
        top = best[0][0] if best else 0.0
        best = [(top - 3, primary), *(item for item in best if item[1] != primary)]
    return _with_shares(best)


def _with_counterpart(
    table: Chooser, votes: dict[int, float], best: list[tuple[float, str]]
) -> list[tuple[float, str]]:
    """The account of the same thing below the limit takes the third place at the latest."""
    twins, codes, usual = counterparts(), table.kode, table.umum
    pairs = [(-score - usual[at], at) for at, score in votes.items() if codes[at] in twins]
    if not pairs:
        return best
    low = twins[codes[min(pairs)[1]]]
    if any(code == low for _, code in best[:3]):
        return best
    third = best[1][0] if len(best) > 1 else 0.0
    return [*best[:2], (third + 0.5, low), *best[2:]]


def _with_shares(best: list[tuple[float, str]]) -> tuple[AccountProposal, ...]:
    """The first three with their shares of belief; the shares of all candidates add up to one."""
    if not best:
        return ()
    top, exp = best[0][0], math.exp
    powers = [exp(top - cost) for cost, _ in best]
    total, names = sum(powers), classify_knowledge.nama_rekening()
    pairs = zip(best[:3], powers, strict=False)
    return tuple(
        [
            AccountProposal(code, names.get(code, ""), round(part / total, 3))
            for (_, code), part in pairs
        ]
    )


def log_kinds(scores: Sequence[float]) -> tuple[float, ...]:
    """Log scores of the kinds as `usul` takes them: against the likeliest, above a floor."""
    top = max(scores)
    return tuple([drop if (drop := value - top) > FLOOR else FLOOR for value in scores])


@cache
def log_one_kind(jenis: str) -> tuple[float, ...]:
    """The same for a kind that is known."""
    return tuple([0.0 if kind == jenis else FLOOR for kind in classify_knowledge.jenis()])


def rekening_of_code(thing: Item) -> str | None:
    """The account that the goods code names, when there is one code that names one."""
    found = {
        words_codes.goods_rekening(code) for code in words_codes.split_codes(thing.kode_barang)
    } - {None}
    return found.pop() if len(found) == 1 else None
