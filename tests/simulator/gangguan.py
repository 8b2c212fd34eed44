"""What goes wrong around a step: the process dies between two writes; the same act comes twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from sqlalchemy import Connection, Engine, event

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import DomainError
from tests.simulator.langkah import Laku

_MENULIS: Final = ("INSERT", "UPDATE", "DELETE")
#: A crash is tried after at most so many writes; one further on is the commit itself.
_PALING_LAMBAT: Final = 24


class Mati(BaseException):
    """The process dies here: nothing below may catch it."""


@contextmanager
def mati_di_tengah(engine: Engine, rng: Random) -> Iterator[None]:
    """Within the block the connection dies before some write, or instead of the commit."""
    left = rng.randint(1, _PALING_LAMBAT)

    def before(connection: Connection, _k: object, statement: str, *_rest: object) -> None:
        nonlocal left
        if statement.lstrip().upper().startswith(_MENULIS):
            left -= 1
            if left == 0:
                commit(connection)

    def commit(connection: Connection) -> None:
        connection.invalidate()  # the database sees its client vanish
        raise Mati

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", commit)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "commit", commit)


def dua_sekaligus(
    engines: tuple[Engine, Engine], laku: Laku
) -> tuple[int, list[DomainError], list[BaseException]]:
    """The same act in two threads on connections of their own: (done, refusals, faults)."""
    gate = threading.Barrier(2)
    done: list[bool] = []
    refused: list[DomainError] = []
    faults: list[BaseException] = []

    def run(engine: Engine) -> None:
        gate.wait()
        try:
            with writing(engine, EVERY_OPD) as session:
                laku(session)
        except DomainError as refusal:
            refused.append(refusal)
        except BaseException as fault:  # noqa: BLE001 -- the caller ends the run with it
            faults.append(fault)
        else:
            done.append(True)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(done), refused, faults


def once(engine: Engine, laku: Callable[..., object]) -> DomainError | None:
    """The act in one transaction; the refusal when there is one."""
    try:
        with writing(engine, EVERY_OPD) as session:
            laku(session)
    except DomainError as refusal:
        return refusal
    return None
