"""The features of a purchase for the linear model: defined once, for training and for running.

A feature is a name and a value. The first word of the name tells its room: `u` word, `c` piece of
a word, `b` two words in a row, `h` head word, `k` piece of the head, `i` second head, `j` both
heads, `s` word of the specification, `t`/`v` unit, `p` kind of procurement,
and `pu pw ph pn pj paket` for whole packages, which are described in another way.
"""

from __future__ import annotations

import itertools
import math

from kkpd.domain.classification import teks
from kkpd.domain.classification.barang import Barang

KATA = 1.5
HEAD = 1.5
PIECES_OF_HEAD = 1.0
SECOND_HEAD = 0.5
UNIT_FIRST = 0.5
SIZE = 0.5


def paket(barang: Barang) -> bool:
    """A whole package: one amount, no unit price, no merchant's category."""
    return (
        barang.harga is None
        and barang.volume is None
        and not barang.mcc
        and not barang.merchant
        and (bool(barang.jenis_pengadaan) or barang.nilai is not None)
    )


def ciri_paket(
    barang: Barang, words: tuple[str, ...], heads: tuple[str, ...]
) -> list[tuple[str, float]]:
    """Features that only whole packages have, without those of single words (`pu`)."""
    jenis = " ".join(teks.satuan(barang.jenis_pengadaan).split()[:2]) or "-"
    rupiah = barang.nilai.sen // 100 if barang.nilai is not None else 0
    size = math.log10(max(1, rupiah))
    out = [("paket", 1.0), (f"pn{int(2 * size)}", SIZE), (f"pj {jenis}{int(size)}", SIZE)]
    if words:
        out.append((f"ph {jenis}|{heads[0]}", 1.0))
        first = set(words[:8])
        out += [(f"pw {jenis}|{word}", 1 / math.sqrt(min(8, len(words)))) for word in sorted(first)]
    return out


def ciri(barang: Barang) -> dict[str, float]:
    """All features of a line with their values; what `model` sums up without listing them."""
    out: dict[str, float] = {}

    def add(name: str, value: float) -> None:
        out[name] = out.get(name, 0.0) + value

    words = teks.kata(barang.uraian)
    heads = teks.kepala(words)
    part = 1 / math.sqrt(max(1, len(words)))
    package = paket(barang)
    for word in words:
        add(f"u {word}", KATA * part)
        pieces = teks.gram(word)
        for piece in pieces:
            add(f"c {piece}", part / math.sqrt(len(pieces)))
        if package:
            add(f"pu {word}", KATA * part)
    for pair in itertools.pairwise(words):
        add(f"b {pair[0]} {pair[1]}", 1 / math.sqrt(len(words) - 1))
    for at, word in enumerate(heads):
        if at == 0:
            add(f"h {word}", HEAD)
            pieces = teks.gram(word)
            for piece in pieces:
                add(f"k {piece}", PIECES_OF_HEAD / math.sqrt(len(pieces)))
        else:
            add(f"i {word}", SECOND_HEAD)
            add(f"j {heads[0]} {word}", HEAD)
    spec = teks.kata(barang.spesifikasi, teks.MAKS_SPESIFIKASI)
    for word in spec:
        add(f"s {word}", 1 / math.sqrt(len(spec)))
    unit = teks.satuan(barang.satuan)
    if unit:
        add(f"t {unit}", 1.0)
        add(f"v {unit.split()[0]}", UNIT_FIRST)
    jenis = teks.satuan(barang.jenis_pengadaan)
    if jenis:
        add(f"p {jenis}", 1.0)
    if package:
        for name, value in ciri_paket(barang, words, heads):
            add(name, value)
    return out
