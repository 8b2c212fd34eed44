"""What a whole package is, and the features of goods and packages, for training and for running.

A feature is a name and a value. The first word of the name tells its room: `u` word, `c` piece of
a word, `b` two words in a row, `h` head word, `k` piece of the head, `i` second head, `j` both
heads, `s` word of the specification, `t`/`v` unit; of packages also `p` kind of procurement, `pn`
size of the amount, `pj` both.
"""

from __future__ import annotations

import itertools
import math

from kkpd.engines.classify.shapes import Item
from kkpd.engines.classify.words import tokens as words_tokens

#: Scales of the rooms; the trained weights of words and heads already hold theirs.
WORDS = 1.5
HEAD = 1.5
PIECES_OF_HEAD = 1.0
SECOND_HEAD = 0.5
UNIT_FIRST = 0.5
SIZE = 0.5
#: The planning system names two kinds of procurement otherwise than the contract system does.
_PROCUREMENT = {"barang": "pengadaan barang", "konstruksi": "pekerjaan konstruksi"}
#: Units in which a package is counted: one of them is no unit price.
_LUMP_SUM_UNITS = frozenset(["paket", "ls", "lumpsum", "kegiatan", "pekerjaan"])


def paket(thing: Item) -> bool:
    """A whole package: one amount, no price of a single thing, no merchant."""
    return (
        thing.harga is None
        and (thing.volume is None or _is_lump_sum(thing))
        and not thing.mcc
        and not thing.merchant
        and (bool(thing.jenis_pengadaan) or thing.nilai is not None)
    )


def _is_lump_sum(thing: Item) -> bool:
    """One package (`1 paket`, `1 ls`): its price is its amount, not that of a thing."""
    return thing.volume == 1 and words_tokens.satuan(thing.satuan) in _LUMP_SUM_UNITS


def package_features(
    thing: Item, words: tuple[str, ...], heads: tuple[str, ...]
) -> list[tuple[str, float]]:
    """Features of a whole package; weights of `u` and `h` hold those of the word's pieces."""
    part = 1 / math.sqrt(max(1, len(words)))
    out = [(f"u {word}", part) for word in words]
    pair = 1 / math.sqrt(max(1, len(words) - 1))
    out += [(f"b {one} {two}", pair) for one, two in itertools.pairwise(words)]
    out += [(f"h {word}", 1.0) for word in heads[:1]]
    jenis = words_tokens.satuan(thing.jenis_pengadaan)
    jenis = _PROCUREMENT.get(jenis, jenis)
    rupiah = thing.nilai.sen // 100 if thing.nilai is not None else 0
    size = math.log10(max(1, rupiah))
    if jenis:
        out.append((f"p {jenis}", 1.0))
    short = " ".join(jenis.split()[:2]) or "-"
    return [*out, (f"pn{int(2 * size)}", SIZE), (f"pj {short}{int(size)}", SIZE)]
