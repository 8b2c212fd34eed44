"""A child that opens foreign bytes: its value, its refusal, and each of its bounds."""

from __future__ import annotations

import os
import pickle
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO

import pytest

from kkpd.core import sandbox
from kkpd.core.errors import FileRefused, Finding, NotFound, TooLarge, TooMany, Unreadable
from kkpd.core.sandbox import MIB, Limits

TIGHT = Limits(cpu=1, wall=3.0, memory=100 * MIB, answer=MIB)


def add(one: int, other: int) -> int:
    """A plain value; counts on the way."""
    sandbox.tell(7)
    return one + other


def process() -> int:
    """Who does the work."""
    return os.getpid()


def spin() -> None:
    """Never ends, and uses a processor."""
    while True:
        pass


def wait() -> str:
    """Short work on a busy machine."""
    time.sleep(1)
    return "done"


def wait_long() -> str:
    """The same on a very busy one: longer than the twenty seconds that were once all."""
    time.sleep(21)
    return "done"


def sleep() -> None:
    """Never ends, and uses nothing."""
    time.sleep(100)


def grow() -> int:
    """More memory than there may be."""
    return len(bytearray(200 * MIB))


def shout() -> bytes:
    """A longer answer than there may be."""
    return bytes(2 * MIB)


def nest() -> None:
    """Calls itself for ever."""
    nest()


def die() -> None:
    """As a damaged library does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def write_file(path: str) -> None:
    """A child has nothing to write."""
    with open(path, "wb") as handle:
        handle.write(b"x" * 100)


def refuse() -> None:
    """An expected refusal, at a field."""
    raise NotFound("Tidak ada.", rule="Pasal 5", field="berkas")


def refuse_rows() -> None:
    """A refusal of several rows."""
    raise FileRefused([Finding("a", "Baris 3 keliru.", row=3), Finding("b", "Baris 4.", row=4)])


def mistake() -> float:
    """A programmer's error."""
    return 1 / 0


def day() -> date:
    """A value of a class that the asker may not know."""
    return date(2026, 10, 13)


def name_of(function: object) -> str:
    """As `run` wants it."""
    return f"{__name__}:{getattr(function, '__name__', '')}"


def test_a_value_comes_back_from_another_process() -> None:
    seen: list[int] = []
    assert sandbox.run(name_of(add), 1, 2, on_progress=seen.append) == 3
    assert seen == [7]
    assert sandbox.run(name_of(process)) not in (os.getpid(), sandbox.run(name_of(process)))


@pytest.mark.parametrize("function", [spin, grow, shout, nest, die])
def test_each_bound_ends_in_a_sentence(function: object) -> None:
    begin = time.monotonic()
    with pytest.raises(TooLarge, match="pembacaannya dihentikan") as refused:
        sandbox.run(name_of(function), limits=TIGHT, field="berkas")
    assert refused.value.field == "berkas"
    assert time.monotonic() - begin < 30
    assert sandbox.run(name_of(add), 1, 2) == 3, "the next one is served"


def test_a_busy_machine_is_no_fault_of_the_file() -> None:
    """The processor decides: who only waited for it is asked to come again, and not soon."""
    with pytest.raises(TooMany, match="sedang sibuk"):
        sandbox.run(name_of(sleep), limits=TIGHT)
    assert sandbox.run(name_of(wait_long)) == "done"
    for limits in (sandbox.PAGE, sandbox.LONG, sandbox.JOB):
        assert limits.wall >= 10 * limits.cpu


def test_who_waits_for_a_turn_is_served_and_few_may_wait() -> None:
    """Nine at once: three work, five stand behind them, the ninth is told at once."""
    with ThreadPoolExecutor(12) as people:
        asked = [people.submit(sandbox.run, name_of(wait)) for _ in range(12)]
        told = [one.exception() for one in asked]
    assert [one.result() for one in asked if not one.exception()] == ["done"] * 8
    assert {type(one) for one in told if one} == {TooMany}


def test_a_child_writes_no_file(tmp_path: object) -> None:
    path = f"{tmp_path}/x"
    with pytest.raises((TooLarge, sandbox.ChildFault)):
        sandbox.run(name_of(write_file), path, limits=TIGHT)
    assert os.path.getsize(path) == 0


def test_what_it_refuses_is_refused_here() -> None:
    with pytest.raises(NotFound, match=r"Tidak ada\.") as refused:
        sandbox.run(name_of(refuse))
    assert (refused.value.rule, refused.value.field) == ("Pasal 5", "berkas")
    with pytest.raises(FileRefused) as several:
        sandbox.run(name_of(refuse_rows))
    assert [one.row for one in several.value.findings] == [3, 4]
    with pytest.raises(sandbox.ChildFault, match="ZeroDivisionError"):
        sandbox.run(name_of(mistake))


def test_only_the_shapes_that_were_named_are_loaded() -> None:
    assert sandbox.run(name_of(day), shapes=(date,)) == date(2026, 10, 13)
    with pytest.raises(pickle.UnpicklingError, match="no part of this answer"):
        sandbox.run(name_of(day))
    with pytest.raises(pickle.UnpicklingError):
        sandbox.load(BytesIO(b"cbuiltins\nexit\n(I9\ntR."), (date,))


def test_a_helper_that_was_killed_is_started_again() -> None:
    sandbox.run(name_of(add), 1, 2)
    assert sandbox._helper is not None
    first = sandbox._helper[0]
    first.kill()
    first.wait()
    assert sandbox.run(name_of(add), 1, 2) == 3
    assert sandbox._helper[0] is not first


def test_a_refusal_says_no_more_than_the_reader_said() -> None:
    """Unreadable stays Unreadable: pages tell it from TooLarge."""
    with pytest.raises(Unreadable):
        sandbox.run("kkpd.engines.reading.guard:refuse_sizes", b"")
