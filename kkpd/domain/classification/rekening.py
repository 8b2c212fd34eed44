"""Which account (level 6): the words' votes, counted in logs, and the class filters.

`kkpd/data/klasifikasi/rekening.txt` holds for each word the accounts for which it speaks and how
much (log of the share in the account over the share everywhere, in hundredths), trained by
`script/train` from labelled goods and from the official names and examples.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Container, Iterable, Sequence
from functools import cache, cached_property
from importlib.resources import files

from kkpd.domain.classification import kode, pengetahuan, teks
from kkpd.domain.classification.barang import Barang, Usul

#: Weight of each room of features, and of the account's own frequency.
BOBOT = {"u": 1.0, "h": 1.5, "b": 0.8, "t": 0.5, "c": 0.5}
BOBOT_UMUM = 1.0
KATA_REKENING = 12
AWALAN = 5
CALON = 12
#: A kind of which the words say nothing is at most this far behind the likeliest, in logs.
LANTAI = -6.2


def ciri_rekening(
    uraian: str, satuan: str, berpasangan: Container[tuple[str, ...]] | None = None
) -> list[str]:
    """Features of a line for the account: words, head, pairs, beginnings of long words, unit.

    Of the pairs only those in `berpasangan`, when it is given.
    """
    words = teks.kata(uraian)[:KATA_REKENING]
    heads = teks.kepala(words)
    out = ["u " + word for word in words]
    out += ["h " + word for word in heads[:1]]
    pairs: Iterable[tuple[str, str]] = itertools.pairwise(words)
    if berpasangan is not None:
        pairs = [pair for pair in pairs if pair in berpasangan]
    out += [f"b {one} {two}" for one, two in pairs]
    out += ["c " + word[:AWALAN] for word in words if len(word) > AWALAN]
    unit = teks.satuan(satuan)
    return [*out, f"t {unit}"] if unit else out


#: What a feature says: accounts and how much, of goods and services, and of assets.
Suara = tuple[tuple[tuple[int, float], ...], tuple[tuple[int, float], ...]]


class Pemilih:
    """Ranks accounts for a line; a pure function of the shipped file. Accounts go by number."""

    def __init__(self, text: str) -> None:
        lines = text.split("\n")
        named = [line.split(" ") for line in lines[1].split(";")]
        self.kode = [row[0] for row in named]
        order = {kind: at for at, kind in enumerate(pengetahuan.jenis())}
        self.jenis = [order[row[2]] for row in named]
        self.umum = [BOBOT_UMUM * int(row[1]) / 100 for row in named]
        self._modal = [not code.startswith("5.1") for code in self.kode]
        #: Feature -> its votes as the file has them, and read once it was met.
        self._mentah = dict([line.split("\t", 1) for line in lines[2:] if line])
        self._suara: dict[str, Suara] = {}
        self._terakhir: tuple[tuple[str, str], list[Suara]] = (("", ""), [])

    @cached_property
    def _berpasangan(self) -> frozenset[tuple[str, ...]]:
        """The pairs of words that speak for an account: most pairs do not."""
        pairs = [name[2:] for name in self._mentah if name[0] == "b"]
        return frozenset([tuple(pair.split(" ")) for pair in pairs])

    def _baca(self, name: str) -> Suara | None:
        raw = self._mentah.get(name)
        if raw is None:
            return None
        weight, asset = BOBOT[name[0]] / 100, self._modal
        numbers = list(map(int, raw.replace(":", " ").split(" ")))
        votes = [
            (at, weight * value) for at, value in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        goods = tuple([vote for vote in votes if not asset[vote[0]]])
        assets = tuple([vote for vote in votes if asset[vote[0]]])
        self._suara[name] = found = (goods, assets)
        return found

    def _ciri(self, uraian: str, satuan: str) -> list[Suara]:
        """What each feature of the line says; kept for the line that was asked last."""
        key = (uraian, satuan)
        if self._terakhir[0] == key:
            return self._terakhir[1]
        read, unread = self._suara.get, self._baca
        named = ciri_rekening(uraian, satuan, self._berpasangan)
        spoken = [read(name) or unread(name) for name in named]
        found = [votes for votes in spoken if votes is not None]
        self._terakhir = (key, found)
        return found

    def suara(self, uraian: str, satuan: str, *, modal: bool) -> dict[int, float]:
        """Account -> score in logs, of one class; only accounts that a word speaks for."""
        votes: dict[int, float] = {}
        spoken = votes.get
        for both in self._ciri(uraian, satuan):
            for at, value in both[modal]:
                votes[at] = spoken(at, 0.0) + value
        return votes

    def calon(
        self, uraian: str, satuan: str, jenis: Sequence[float], *, modal: bool
    ) -> list[tuple[float, int]]:
        """(cost, account) of one class: votes, frequency and kind together, negated."""
        kinds, usual = self.jenis, self.umum
        votes = self.suara(uraian, satuan, modal=modal)
        return [(-score - usual[at] - jenis[kinds[at]], at) for at, score in votes.items()]


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
    for code, name in pengetahuan.nama_rekening().items():
        if code.startswith("5.1.02.01.04."):
            bawah[name.replace(" ", "").lower()] = code
    ends: dict[str, list[tuple[str, str]]] = {}
    for name, code in bawah.items():
        ends.setdefault(name.rpartition("-")[2], []).append((name, code))
    out = {}
    for code, name in pengetahuan.nama_rekening().items():
        if code.startswith(("5.2.02", "5.2.05")):
            short = name.replace(" ", "").lower().removeprefix("belanjamodal")
            found = [low for full, low in ends.get(short.rpartition("-")[2], ()) if short in full]
            if len(found) == 1:
                out[code] = found[0]
    return out


def usul(
    uraian: str,
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
    chosen = table.calon(uraian, satuan, jenis, modal=asset)
    if both:
        chosen += table.calon(uraian, satuan, jenis, modal=True)
    chosen.sort()
    best = [(table.kode[at], -cost) for cost, at in chosen[:CALON]]
    if di_bawah_batas:
        best = _dengan_padanan(table, table.suara(uraian, satuan, modal=True), best)
    if utama is not None and (both or utama.startswith("5.2" if asset else "5.1")):
        top = best[0][1] if best else 0.0
        best = [(utama, top + 3), *(item for item in best if item[0] != utama)]
    return _berbagi(best)


def _dengan_padanan(
    table: Pemilih, votes: dict[int, float], best: list[tuple[str, float]]
) -> list[tuple[str, float]]:
    """The account of the same thing below the limit takes the third place at the latest."""
    twins, codes, usual = padanan(), table.kode, table.umum
    pairs = [(-score - usual[at], at) for at, score in votes.items() if codes[at] in twins]
    if not pairs:
        return best
    low = twins[codes[min(pairs)[1]]]
    if any(code == low for code, _ in best[:3]):
        return best
    third = best[1][1] if len(best) > 1 else 0.0
    return [*best[:2], (low, third - 0.5), *best[2:]]


def _berbagi(best: list[tuple[str, float]]) -> tuple[Usul, ...]:
    """The first three with their shares of belief; the shares of all candidates add up to one."""
    if not best:
        return ()
    top, exp = best[0][1], math.exp
    powers = [exp(score - top) for _, score in best]
    total, names = sum(powers), pengetahuan.nama_rekening()
    return tuple(
        [
            Usul(code, names.get(code, ""), round(power / total, 3))
            for (code, _), power in zip(best[:3], powers, strict=False)
        ]
    )


def log_jenis(skor: Sequence[float]) -> tuple[float, ...]:
    """Log scores of the kinds as `usul` takes them: against the likeliest, above a floor."""
    top = max(skor)
    return tuple([max(value - top, LANTAI) for value in skor])


@cache
def log_satu_jenis(jenis: str) -> tuple[float, ...]:
    """The same for a kind that is known."""
    return tuple([0.0 if kind == jenis else LANTAI for kind in pengetahuan.jenis()])


def dari_kode(barang: Barang) -> str | None:
    """The account that the goods code names, when there is one code that names one."""
    found = {kode.rekening_barang(code) for code in kode.pisah(barang.kode_barang)} - {None}
    return found.pop() if len(found) == 1 else None
