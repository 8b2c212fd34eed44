"""Interim and final lines: a final line closes the DTS line it came from (matching, not identity).

In a final bill posting dates appear, amounts can change (tips, currency), texts get longer. Each
line closes at most one. The passes go from certain to likely; within a pass ties go by date and
then by the books' own order, never by the file's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kkpd.tagihan.identity import normalise

#: A transaction date may differ by this many days between the two lists.
DAYS = 3


class InterimCandidate(NamedTuple):
    """What pairing looks at; `id` is the line in the books."""

    id: int
    kartu: str | None
    tanggal: date | None
    sen: int
    referensi: str | None
    merchant: str


class InterimPair(NamedTuple):
    """A DTS line, the final line that closes it, and final minus DTS in sen."""

    dts_id: int
    final_id: int
    selisih: int


Key = Callable[[InterimCandidate], Hashable | None]


def pair_up(
    dts: Sequence[InterimCandidate], final: Sequence[InterimCandidate]
) -> list[InterimPair]:
    """The pairs among lines of which none is paired yet."""
    pairs: list[InterimPair] = []
    for key, near in _PASSES:
        done = {pair.dts_id for pair in pairs}, {pair.final_id for pair in pairs}
        pairs += _pass(
            [one for one in dts if one.id not in done[0]],
            [one for one in final if one.id not in done[1]],
            key,
            near,
        )
    return sorted(pairs)


def _pass(
    dts: Iterable[InterimCandidate], final: Iterable[InterimCandidate], key: Key, near: int
) -> Iterable[InterimPair]:
    waiting: dict[Hashable, list[InterimCandidate]] = defaultdict(list)
    for one in sorted(final, key=_order):
        if (name := key(one)) is not None:
            waiting[name].append(one)
    for one in sorted(dts, key=_order):
        candidates = [two for two in waiting.get(key(one), ()) if _apart(one, two) <= near]
        if candidates and key(one) is not None:
            partner = min(candidates, key=lambda two: (_apart(one, two), _order(two)))
            waiting[key(one)].remove(partner)
            yield InterimPair(one.id, partner.id, partner.sen - one.sen)


def _order(one: InterimCandidate) -> tuple[date, int]:
    return (one.tanggal or date.min, one.id)


def _apart(one: InterimCandidate, two: InterimCandidate) -> int:
    if one.tanggal is None or two.tanggal is None:
        return 0 if one.tanggal is two.tanggal else DAYS
    return abs((one.tanggal - two.tanggal).days)


def _by_reference(one: InterimCandidate) -> Hashable | None:
    return (one.kartu, one.referensi) if one.referensi else None


def _by_all(one: InterimCandidate) -> Hashable | None:
    return (one.kartu, one.sen, normalise(one.merchant))


def _by_amount(one: InterimCandidate) -> Hashable | None:
    return (one.kartu, one.sen)


def _by_merchant(one: InterimCandidate) -> Hashable | None:
    """Only the sign of the amount: a tip or a rate may have changed it."""
    name = normalise(one.merchant)
    return (one.kartu, one.sen > 0, name) if name else None


_PASSES: Sequence[tuple[Key, int]] = (
    (_by_reference, 366),
    (_by_all, 0),
    (_by_all, DAYS),
    (_by_amount, 0),
    (_by_merchant, 0),
    (_by_amount, DAYS),
)
