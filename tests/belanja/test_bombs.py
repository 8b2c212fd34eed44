"""Files made to do harm: each ends in one sentence, within its bounds, and the next is served."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from functools import partial

import pytest

from kkpd.belanja import evidence
from kkpd.core.errors import DomainError, TooLarge, Unreadable
from kkpd.core.sandbox import PAGE
from kkpd.engines.reading import apart
from tests.worlds import bombs
from tests.worlds.office import foto

MIB = 1024 * 1024
PAPERS = [
    bombs.unpacks,
    bombs.draws,
    bombs.nests,
    bombs.many_kids,
    bombs.giant_page,
    bombs.deep_arrays,
]
#: Beyond the processor's bound: starting, and a machine that others use too.
_WALL_SECONDS = PAGE.wall + 20


def bounded(act: Callable[[], object]) -> DomainError | None:
    """What it was refused with; this process itself has worked little and grown little."""
    before, begin = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    refused = None
    try:
        act()
    except DomainError as refusal:
        refused = refusal
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - begin
    cpu, grown = after.ru_utime - before.ru_utime, (after.ru_maxrss - before.ru_maxrss) // 1024
    print(f"here {cpu:.2f} s and {grown} MB, after {wall:.1f} s: {refused and refused.message}")
    assert cpu < 2
    assert grown < 500
    assert wall < _WALL_SECONDS
    return refused


@pytest.mark.parametrize("bomb", PAPERS)
def test_a_paper_is_refused_or_read_within_its_bounds(bomb: Callable[[], bytes]) -> None:
    data = bomb()
    print(f"{bomb.__name__}: {len(data)} bytes")
    assert len(data) < 10 * MIB
    for act in (
        lambda: evidence.check(data, "nota.pdf", 10 * MIB),
        lambda: apart.parsed(data, None, {}, limits=PAGE),
    ):
        bounded(act)
    assert evidence.check(foto(), "nota.jpg", MIB) == "image/jpeg", "the next one is served"


def test_a_picture_of_too_many_dots_is_refused() -> None:
    data = bombs.picture()
    refused = bounded(lambda: evidence.check(data, "nota.png", 10 * MIB))
    assert isinstance(refused, TooLarge)
    assert "terlalu besar untuk dibuka" in refused.message


def test_workbooks_and_xml_that_grow_are_refused() -> None:
    """Sizes and number of parts before anything is unpacked whole, entities before XML is read."""
    for data, words in (
        (bombs.workbook(), "mengembang"),
        (bombs.workbook(6_000, 10), "terlalu banyak bagian"),
    ):
        refused = bounded(partial(apart.keepable, data, "tagihan.xlsx"))
        assert isinstance(refused, TooLarge)
        assert words in refused.message
    refused = bounded(lambda: apart.parsed(bombs.laughs(), None, {}))
    assert isinstance(refused, Unreadable)
