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
from kkpd.engines.classify.shapes import Barang, Usul
from kkpd.engines.classify.words import codes as words_codes
from kkpd.engines.classify.words import tokens as words_tokens

#: Weight of each room of features, and of the account's own frequency.
BOBOT = {"u": 1.0, "h": 1.5, "b": 0.8, "t": 0.5, "c": 0.5}
BOBOT_UMUM = 1.0
KATA_REKENING = 12
AWALAN = 5
CALON = 12
#: A kind of which the words say nothing is at most this far behind the likeliest, in logs.
LANTAI = -6.2
#: How many words are remembered in each room before their memory is emptied.
MAKS_INGAT = 50_000


def ciri_rekening(uraian: str, satuan: str) -> list[str]:
    """Features of a line for the account: words, head, pairs, beginnings of long words, unit."""
    words = words_tokens.tanpa_pembuka(words_tokens.kata(uraian))[:KATA_REKENING]
    heads = words_tokens.kepala(words)
    out = ["u " + word for word in words]
    out += ["h " + word for word in heads[:1]]
    out += [f"b {one} {two}" for one, two in itertools.pairwise(words)]
    out += ["c " + word[:AWALAN] for word in words if len(word) > AWALAN]
    unit = words_tokens.satuan(satuan)
    return [*out, f"t {unit}"] if unit else out


#: What a feature says: accounts and how much, of goods and services, and of assets.
Suara = tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]
_DIAM: Suara = ((), ())


class Pemilih:
    """Ranks accounts for a line; a pure function of the shipped file. Accounts go by number.

    Votes are added in the order of `ciri_rekening`: twins that tie would else change places.
    """

    def __init__(self, text: str) -> None:
        accounts, _, rows = text.partition("\n")[2].partition("\n")
        named = [line.split(" ") for line in accounts.split(";")]
        self.kode = [row[0] for row in named]
        order = {kind: at for at, kind in enumerate(classify_knowledge.jenis())}
        self.jenis = [order[row[2]] for row in named]
        self.umum = [BOBOT_UMUM * int(row[1]) / 100 for row in named]
        self._modal = [not code.startswith("5.1") for code in self.kode]
        #: Feature -> its votes as the file has them; read by room once it was met.
        self._mentah = classify_knowledge.berpasangan(rows)
        self._suara: dict[str, dict[str, Suara]] = {room: {} for room in BOBOT}
        #: Word -> its own votes, and those of its beginning.
        self._kata: dict[str, tuple[Suara, Suara]] = {}

    def _baca(self, room: str, word: str) -> Suara:
        """The votes of a feature, kept for the next line that has it."""
        votes: tuple[list[tuple[int, float]], list[tuple[int, float]]] = ([], [])
        raw, memory = self._mentah.get(f"{room} {word}"), self._suara[room]
        if raw is not None:
            weight, asset = BOBOT[room] / 100, self._modal
            numbers = map(int, raw.replace(":", " ").split(" "))
            for at, value in zip(numbers, numbers, strict=True):
                votes[asset[at]].append((at, weight * value))
        if len(memory) >= MAKS_INGAT:
            memory.clear()
        memory[word] = found = (tuple(votes[0]), tuple(votes[1]))
        return found

    def _baca_kata(self, word: str) -> tuple[Suara, Suara]:
        start = _DIAM
        if len(word) > AWALAN:
            start = self._suara["c"].get(word[:AWALAN]) or self._baca("c", word[:AWALAN])
        if len(self._kata) >= MAKS_INGAT:
            self._kata.clear()
        self._kata[word] = found = (self._baca("u", word), start)
        return found

    def ciri(self, words: tuple[str, ...], satuan: str) -> list[Suara]:
        """The votes of each feature of `ciri_rekening`, in its order."""
        words = words_tokens.tanpa_pembuka(words)[:KATA_REKENING]
        heads, unit, read = words_tokens.kepala(words)[:1], words_tokens.satuan(satuan), self._baca
        spoken, unread = self._kata.get, self._baca_kata
        both = [spoken(word) or unread(word) for word in words]
        found = [word for word, _ in both]
        known = self._suara["h"].get
        found += [known(word) or read("h", word) for word in heads]
        known, weighty = self._suara["b"].get, self._mentah
        for one, two in itertools.pairwise(words):
            pair = f"{one} {two}"
            if f"b {pair}" in weighty:
                found.append(known(pair) or read("b", pair))
        found += [start for _, start in both]
        if unit:
            found.append(self._suara["t"].get(unit) or read("t", unit))
        return found

    def calon(self, votes: dict[int, float], jenis: Sequence[float]) -> list[tuple[float, int]]:
        """(cost, account) of those voted for: votes, frequency and kind together, negated."""
        kinds, usual = self.jenis, self.umum
        return [(-score - usual[at] - jenis[kinds[at]], at) for at, score in votes.items()]


def jumlah(ciri: list[Suara], *, modal: bool) -> dict[int, float]:
    """Account -> votes in logs, of one class; only accounts that a feature speaks for."""
    votes: dict[int, float] = {}
    for at, value in itertools.chain.from_iterable([both[modal] for both in ciri]):
        if at in votes:
            votes[at] += value
        else:
            votes[at] = value
    return votes


@cache
def tabel() -> Pemilih:
    """The shipped table."""
    path = files("kkpd").joinpath("data", "klasifikasi", "rekening.txt")
    return Pemilih(path.read_text(encoding="utf-8"))


@cache
def padanan() -> dict[str, str]:
    """Capital account of equipment -> the account for the same thing below the limit.

    5.2.02.05.01.0005 Alat Kantor Lainnya -> 5.1.02.01.04.x, whose name ends with the same words.
    """
    bawah = {}
    for code, name in classify_knowledge.nama_rekening().items():
        if code.startswith("5.1.02.01.04."):
            bawah[name.replace(" ", "").lower()] = code
    ends: dict[str, list[tuple[str, str]]] = {}
    for name, code in bawah.items():
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
    di_bawah_batas: bool,
    utama: str | None = None,
    pemilih: Pemilih | None = None,
) -> tuple[Usul, ...]:
    """Up to three accounts of the class (`ragu`: of both), best first, with shares of belief.

    `jenis` are the kinds as `log_jenis` gives them, in the order of `pengetahuan.jenis()`: an
    account for fuel is no account for a chair, whatever a rare word says. `di_bawah_batas`: a
    durable thing under the limit, for which the code book has accounts of its own. `utama` is an
    account that a goods code names, and comes first when its class fits. `pemilih` is another
    table than the shipped one, for judging.
    """
    table = pemilih or tabel()
    both, asset = kelas == "ragu", kelas == "modal"
    spoken = table.ciri(words, satuan)
    chosen = table.calon(jumlah(spoken, modal=asset), jenis)
    if both:
        chosen += table.calon(jumlah(spoken, modal=True), jenis)
    chosen.sort()
    codes = table.kode
    best = [(cost, codes[at]) for cost, at in chosen[:CALON]]
    if di_bawah_batas:
        best = _dengan_padanan(table, jumlah(spoken, modal=True), best)
    if utama is not None and (both or utama.startswith("5.2" if asset else "5.1")):
        top = best[0][0] if best else 0.0
        best = [(top - 3, utama), *(item for item in best if item[1] != utama)]
    return _berbagi(best)


def _dengan_padanan(
    table: Pemilih, votes: dict[int, float], best: list[tuple[float, str]]
) -> list[tuple[float, str]]:
    """The account of the same thing below the limit takes the third place at the latest."""
    twins, codes, usual = padanan(), table.kode, table.umum
    pairs = [(-score - usual[at], at) for at, score in votes.items() if codes[at] in twins]
    if not pairs:
        return best
    low = twins[codes[min(pairs)[1]]]
    if any(code == low for _, code in best[:3]):
        return best
    third = best[1][0] if len(best) > 1 else 0.0
    return [*best[:2], (third + 0.5, low), *best[2:]]


def _berbagi(best: list[tuple[float, str]]) -> tuple[Usul, ...]:
    """The first three with their shares of belief; the shares of all candidates add up to one."""
    if not best:
        return ()
    top, exp = best[0][0], math.exp
    powers = [exp(top - cost) for cost, _ in best]
    total, names = sum(powers), classify_knowledge.nama_rekening()
    pairs = zip(best[:3], powers, strict=False)
    return tuple(
        [Usul(code, names.get(code, ""), round(part / total, 3)) for (_, code), part in pairs]
    )


def log_jenis(skor: Sequence[float]) -> tuple[float, ...]:
    """Log scores of the kinds as `usul` takes them: against the likeliest, above a floor."""
    top = max(skor)
    return tuple([drop if (drop := value - top) > LANTAI else LANTAI for value in skor])


@cache
def log_satu_jenis(jenis: str) -> tuple[float, ...]:
    """The same for a kind that is known."""
    return tuple([0.0 if kind == jenis else LANTAI for kind in classify_knowledge.jenis()])


def dari_kode(barang: Barang) -> str | None:
    """The account that the goods code names, when there is one code that names one."""
    found = {
        words_codes.rekening_barang(code) for code in words_codes.pisah(barang.kode_barang)
    } - {None}
    return found.pop() if len(found) == 1 else None
