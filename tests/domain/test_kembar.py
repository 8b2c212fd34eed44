"""Equal keys are counted exactly, whatever the digests say: every collision is looked at whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.engines.reading.equal_lines import EqualLines

DIGESTS: list[Callable[[str], int]] = [
    hash,
    lambda _key: 7,
    lambda key: len(key) % 2,
    lambda key: -(2**63) + ord(key[:1] or "a"),
]


@pytest.mark.parametrize("digest", DIGESTS, ids=["hash", "one", "two", "first letter"])
@given(batches=st.lists(st.lists(st.text("abc", max_size=3), max_size=6), max_size=5))
def test_counts_are_those_of_the_whole_keys(
    digest: Callable[[str], int], batches: list[list[str]]
) -> None:
    found = EqualLines(digest)
    for keys in batches:
        found.add_in(keys)
    counted = found.repeated(batches)
    everything = Counter(key for keys in batches for key in keys)
    assert counted == {key: count for key, count in everything.items() if count > 1}
