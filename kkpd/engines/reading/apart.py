"""Where foreign bank files are opened: each function of the reader that takes bytes, in a child.

Pages, worker and command line read files through these functions only (`core/sandbox.py`).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

from kkpd.core import gc_paused, sandbox
from kkpd.core.sandbox import JOB, PAGE, Limits
from kkpd.engines.reading.custody import Kept
from kkpd.engines.reading.guess import Guess
from kkpd.engines.reading.profile import Profile
from kkpd.engines.reading.reading import stream
from kkpd.engines.reading.statement import SHAPES, Line, Statement

Answers = Mapping[str, str]


def keepable(data: bytes, name: str, limits: Limits = PAGE) -> Kept:
    """As `custody.keepable`."""
    kept: Kept = _run("custody:keepable", data, name, limits=limits, shapes=(Kept,))
    return kept


def parsed(
    data: bytes,
    profile: Profile | str | None,
    answers: Answers,
    on_progress: Callable[[int], None] | None = None,
    limits: Limits = JOB,
) -> bytes:
    """The whole file read, for `unpacked` now or later; `on_progress` is told lines read so far.

    Raises Unreadable and TooLarge.
    """
    told: bytes = _run(
        "apart:_parse", data, profile, dict(answers), limits=limits, on_progress=on_progress
    )
    return told


def unpacked(handle: IO[bytes]) -> Statement:
    """What `parsed` gave; UnpicklingError for anything else."""
    found = sandbox.load(handle, SHAPES)
    if not isinstance(found, Statement):
        raise pickle.UnpicklingError("no reading")
    return found


def try_head(data: bytes, profile: Profile | None, answers: Answers) -> None:
    """Read the first lines. Raises Unreadable and TooLarge."""
    _run("apart:_parse_head", data, profile, dict(answers))


def recognise(data: bytes, known: Profile | None = None) -> list[Guess]:
    """As `guess.recognise`."""
    found: list[Guess] = _run("guess:recognise", data, known, shapes=(Guess, Profile))
    return found


def fitting(data: bytes, profiles: Iterable[Profile]) -> list[Profile]:
    """As `recognise.fitting`."""
    found: list[Profile] = _run("recognise:fitting", data, list(profiles), shapes=(Profile,))
    return found


def nearly(data: bytes, profiles: Iterable[Profile]) -> tuple[Profile, tuple[str, ...]] | None:
    """As `recognise.nearly`."""
    found: tuple[Profile, tuple[str, ...]] | None = _run(
        "recognise:nearly", data, list(profiles), shapes=(Profile,)
    )
    return found


def _run(
    function: str,
    *args: object,
    limits: Limits = PAGE,
    shapes: Iterable[type] = (),
    on_progress: Callable[[int], None] | None = None,
) -> Any:
    full = f"kkpd.engines.reading.{function}"
    return sandbox.run(full, *args, limits=limits, shapes=shapes, on_progress=on_progress)


@gc_paused.pause()
def _parse(data: bytes, profile: Profile | str | None, answers: Answers) -> bytes:
    reading = stream(data, profile, answers)
    lines: list[Line] = []
    for batch in reading.batches():
        lines += batch
        sandbox.tell(len(lines))
    return pickle.dumps(reading.statement(tuple(lines)), pickle.HIGHEST_PROTOCOL)


def _parse_head(data: bytes, profile: Profile | None, answers: Answers) -> None:
    next(stream(data, profile, answers).batches(), None)
