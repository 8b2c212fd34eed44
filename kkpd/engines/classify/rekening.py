"""Which account (level 6): the words' votes, counted in logs, and the class filters.

`kkpd/data/klasifikasi/rekening.txt` holds for each word the accounts it supports and how much (log
of its share in the account over its share everywhere, in hundredths), trained by `script/train`
from labelled goods and from official names and examples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import chain, pairwise

from kkpd.engines.classify import knowledge, tokens
from kkpd.engines.classify.shapes import AccountProposal

#: Weight of each group of features.
WEIGHTS = {"u": 1.0, "h": 1.5, "b": 0.8, "t": 0.5, "c": 0.5}
REKENING_WORDS = 12
PREFIX_LENGTH = 5
CANDIDATES = 12
#: A kind without any word is at most this far behind the most likely one, in logs.
FLOOR = -6.2


def rekening_features(words: tuple[str, ...], satuan: str) -> list[str]:
    """Features of a line for the account: words, head, pairs, beginnings of long words, unit."""
    words = tokens.without_openers(words)[:REKENING_WORDS]
    heads = tokens.header(words)
    out = ["u " + word for word in words]
    out += ["h " + word for word in heads[:1]]
    out += [f"b {one} {two}" for one, two in pairwise(words)]
    out += ["c " + word[:PREFIX_LENGTH] for word in words if len(word) > PREFIX_LENGTH]
    unit = tokens.satuan(satuan)
    return [*out, f"t {unit}"] if unit else out


#: What a feature says: accounts by number and how much, of goods and services, and of assets.
Votes = tuple[list[tuple[int, float]], list[tuple[int, float]]]


class Chooser:
    """Ranks accounts for a line; a pure function of the shipped file. Accounts go by number."""

    def __init__(self, text: str) -> None:
        accounts, _, rows = text.partition("\n")[2].partition("\n")
        named = [line.split(" ") for line in accounts.split(";")]
        self.kode = [row[0] for row in named]
        order = {kind: at for at, kind in enumerate(knowledge.jenis())}
        self.jenis = [order[row[2]] for row in named]
        self.general = [int(row[1]) / 100 for row in named]
        self._raw = knowledge.in_pairs(rows)
        self._parsed: dict[str, Votes] = {}

    def _votes(self, feature: str) -> Votes:
        """The votes of a feature, parsed on first use."""
        found = self._parsed.get(feature)
        if found is None:
            found = ([], [])
            weight = WEIGHTS[feature[0]] / 100
            for pair in self._raw[feature].split(" "):
                at, _, value = pair.partition(":")
                asset = not self.kode[int(at)].startswith("5.1")
                found[asset].append((int(at), weight * int(value)))
            self._parsed[feature] = found
        return found

    def tally(self, words: tuple[str, ...], satuan: str, *, modal: bool) -> dict[int, float]:
        """Account -> votes in logs, of one class; only accounts that a feature speaks for."""
        votes: dict[int, float] = {}
        known = [name for name in rekening_features(words, satuan) if name in self._raw]
        for at, value in chain.from_iterable([self._votes(name)[modal] for name in known]):
            votes[at] = votes.get(at, 0.0) + value
        return votes


@cache
def data_table() -> Chooser:
    """The shipped table."""
    return Chooser(knowledge.weights("rekening.txt"))


@cache
def counterparts() -> dict[str, str]:
    """Capital account of equipment -> the account for the same thing below the limit.

    5.2.02.05.01.0005 Alat Kantor Lainnya -> 5.1.02.01.04.x, whose name ends with the same words.
    """
    short = {
        code: name.replace(" ", "").lower().removeprefix("belanjamodal")
        for code, name in knowledge.nama_rekening().items()
    }
    below = {name: code for code, name in short.items() if code.startswith("5.1.02.01.04.")}
    out = {}
    for code, name in short.items():
        if code.startswith(("5.2.02", "5.2.05")):
            end = name.rpartition("-")[2]
            found = [below[low] for low in below if name in low and low.rpartition("-")[2] == end]
            if len(found) == 1:
                out[code] = found[0]
    return out


def propose(
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
    account for fuel cannot be proposed for a chair, whatever a rare word says. `below_limit`: a
    durable thing under the limit, for which the code book has accounts of its own. `primary` is an
    account that a goods code names, and comes first when its class fits. `account_chooser` is
    another table than the shipped one, for judging.
    """
    table = account_chooser or data_table()
    classes = {"operasi": [False], "modal": [True], "ragu": [False, True]}[kelas]
    chosen = sorted(
        (-score - table.general[at] - jenis[table.jenis[at]], at)
        for asset in classes
        for at, score in table.tally(words, satuan, modal=asset).items()
    )
    best = [(cost, table.kode[at]) for cost, at in chosen[:CANDIDATES]]
    if below_limit:
        best = _with_counterpart(table, table.tally(words, satuan, modal=True), best)
    if primary is not None and (len(classes) > 1 or primary.startswith(f"5.{1 + classes[0]}")):
        top = best[0][0] if best else 0.0
        best = [(top - 3, primary), *(item for item in best if item[1] != primary)]
    return _with_shares(best)


def _with_counterpart(
    table: Chooser, votes: dict[int, float], best: list[tuple[float, str]]
) -> list[tuple[float, str]]:
    """Put the account of the same thing below the limit among the first three."""
    twins, codes, usual = counterparts(), table.kode, table.general
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
    powers = [math.exp(best[0][0] - cost) for cost, _ in best]
    total, names = sum(powers), knowledge.nama_rekening()
    return tuple(
        [
            AccountProposal(code, names.get(code, ""), round(part / total, 3))
            for (_, code), part in zip(best[:3], powers, strict=False)
        ]
    )


def log_kinds(scores: Sequence[float]) -> tuple[float, ...]:
    """Log scores of the kinds for `propose`: relative to the most likely, above a floor."""
    top = max(scores)
    return tuple([max(value - top, FLOOR) for value in scores])


@cache
def log_one_kind(jenis: str) -> tuple[float, ...]:
    """The same for a kind that is known."""
    return tuple([0.0 if kind == jenis else FLOOR for kind in knowledge.jenis()])
