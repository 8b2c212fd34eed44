"""Which lines of a file are equal: found through eight bytes a line, decided by the whole keys."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise


class EqualLines:
    """Counts equal keys of a file of any length without holding its keys.

    Of each key only a digest is kept. Equal keys have equal digests, so where no digest stands
    twice no key does. Keys that share a digest are looked at again, whole: two different keys with
    one digest cost time and change nothing. `sidik` is the digest, by default this process's own
    hash of the text, which nobody outside can aim at.
    """

    def __init__(self, sidik: Callable[[str], int] = hash) -> None:
        self._digest = sidik
        self._seen = array("q")

    def add_in(self, keys: Sequence[str]) -> None:
        """The keys of some more lines."""
        self._seen.extend(map(self._digest, keys))

    def repeated(self, batches: Iterable[Sequence[str]]) -> dict[str, int]:
        """Each key that stands more than once, with how often; `batches` are all keys again."""
        suspects = _repeated(self._seen)
        if not suspects:
            return {}
        sidik = self._digest
        counts = Counter(key for keys in batches for key in keys if sidik(key) in suspects)
        return {key: count for key, count in counts.items() if count > 1}


def _repeated(digests: array[int]) -> frozenset[int]:
    """The digests that stand more than once: of most files none, which a set tells at once."""
    if len(set(digests)) == len(digests):
        return frozenset()
    return frozenset(one for one, other in pairwise(sorted(digests)) if one == other)
