"""Foreign bytes are opened in a child process: bounded processor, memory, time and answer.

`run("package.module:function", ...)` calls the function in a child and gives back its value. What
the function refuses is raised here again. A child that reaches a bound is killed by the kernel, and
`TooLarge` says so in one sentence. A child serves one call and is gone.

A child must start cheaply, and a program with threads must not fork. So each process that asks has
one helper beside it: a process without threads that has loaded the modules of the functions once
and forks itself for each call. It ends with the process that started it.

What a child sends back is read with care: only plain values and the classes in `shapes`.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import IO, Any, Final

from kkpd.core import errors
from kkpd.core.errors import TooLarge, TooMany
from kkpd.core.sandbox.frames import ANSWER, END, KINDS, MIB, SIZE, Limits, exactly

__all__ = [
    "JOB",
    "LONG",
    "MIB",
    "PAGE",
    "ChildFault",
    "Limits",
    "for_size",
    "load",
    "prepare",
    "run",
    "tell",
]

_log = logging.getLogger("kkpd.sandbox")
#: For a file that a person waits for.
PAGE: Final = Limits()
#: For a file that the worker or a command reads.
JOB: Final = Limits(cpu=60, wall=600.0, memory=1024 * MIB, answer=128 * MIB, waited=False)
#: For a long file while a person waits: until its card numbers are cut it cannot be kept for later.
LONG: Final = replace(JOB, waited=True)


def for_size(size: int) -> Limits:
    """Bounds for a table of so many bytes that a person waits for."""
    return LONG if size > MIB else PAGE


class ChildFault(RuntimeError):
    """A programmer's error in the child, with the child's own traceback."""


def run(
    function: str,
    *args: object,
    limits: Limits = PAGE,
    shapes: Iterable[type] = (),
    field: str | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Any:
    """What `function` ("module:name") gives for these arguments, called in a child.

    `on_progress` is told what the function told by `tell`. Raises what the function refused,
    TooLarge for `field` when a bound was reached, ChildFault for a programmer's error.
    """
    request = pickle.dumps((function, args, limits), pickle.HIGHEST_PROTOCOL)
    with _turn(limits):
        answer, end = _ask(function.partition(":")[0], request, limits, on_progress)
    kind, payload = answer
    if end.signal == signal.SIGALRM and end.cpu < limits.cpu / 2:
        raise TooMany(
            "Komputer server sedang sibuk, jadi berkas ini belum selesai dibuka. "
            "Kirim lagi beberapa menit lagi."
        )
    if end.signal or kind in ("", "M"):
        _log.warning(
            "a file was too heavy",
            extra={"facts": {"function": function, "signal": end.signal, "cpu_s": end.cpu}},
        )
        raise TooLarge(_said(end, limits), field=field)
    if kind == "X":
        raise ChildFault(payload.decode("utf-8", "replace"))
    if kind == "D":
        raise _refusal(load(io.BytesIO(payload), (errors.Finding,)))
    return load(io.BytesIO(payload), shapes)


@contextlib.contextmanager
def _turn(limits: Limits) -> Iterator[None]:
    """One of the few turns for files that a person waits for, so that a person who sends many heavy
    ones leaves threads for those who read pages.
    """
    if not limits.waited:
        yield
        return
    full = TooMany("Banyak berkas sedang dibuka. Tunggu setengah menit lalu kirim lagi.")
    if not _queue.acquire(blocking=False):
        raise full
    try:
        if not _turns.acquire(timeout=limits.wall):
            raise full
        try:
            yield
        finally:
            _turns.release()
    finally:
        _queue.release()


def load(handle: IO[bytes], shapes: Iterable[type]) -> Any:
    """Unpickle plain values and these classes; UnpicklingError for any other class or function."""
    reader = _Reader(handle)
    reader.shapes = {(kind.__module__, kind.__qualname__): kind for kind in shapes}
    return reader.load()


class _Reader(pickle.Unpickler):
    shapes: dict[tuple[str, str], type]

    def find_class(self, module: str, name: str) -> Any:
        """Only the shapes that were named."""
        if (module, name) not in self.shapes:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of this answer")
        return self.shapes[module, name]


@dataclass(frozen=True, slots=True)
class _End:
    """How a child ended: the signal that killed it or 0, seconds of processor, most memory."""

    signal: int
    cpu: float
    memory: int


def _said(end: _End, limits: Limits) -> str:
    slow = end.signal in (signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL)
    why = f"{limits.cpu} detik kerja" if slow else f"{limits.memory // MIB} MB memori"
    return (
        f"Berkas ini memerlukan lebih dari {why} untuk dibuka, jadi pembacaannya dihentikan. "
        "Simpan atau pindai ulang dengan cara biasa, lalu kirim lagi."
    )


def _refusal(
    told: tuple[str, str, str | None, str | None, tuple[errors.Finding, ...]],
) -> errors.DomainError:
    name, message, rule, field, findings = told
    if name == "FileRefused":
        return errors.FileRefused(findings)
    return KINDS[name](message, rule=rule, field=field)


#: Seconds beyond its own bound after which a child is given up.
_GRACE: Final = 5.0
_guard = threading.Lock()
#: Files that are opened at once for people who wait, and how many people may stand for a turn or
#: have one: the other threads of the server are for those who read pages.
_turns = threading.BoundedSemaphore(3)
_queue = threading.BoundedSemaphore(8)
_helper: tuple[subprocess.Popen[bytes], socket.socket] | None = None


def prepare(*modules: str) -> None:
    """Start the helper and have it load these modules, without waiting for it."""
    for module in modules:
        _send(module, [])


def _ask(
    module: str, request: bytes, limits: Limits, on_progress: Callable[[int], None] | None
) -> tuple[tuple[str, bytes], _End]:
    ours, theirs = socket.socketpair()
    ending, told = os.pipe()
    try:
        try:
            _send(module, [theirs.fileno(), told])
        finally:
            theirs.close()
            os.close(told)
        ours.settimeout(limits.wall + _GRACE)
        answer = "", b""
        with contextlib.suppress(OSError):  # a child that dies early hears no more
            ours.sendall(SIZE.pack(len(request)))
            ours.sendall(request)
            answer = _answer(ours, limits, on_progress)
        ours.close()  # a child that still writes is ended by it
        said = os.read(ending, END.size)
    finally:
        ours.close()
        os.close(ending)
    status, cpu, memory = END.unpack(said) if said else (signal.SIGKILL, 0.0, 0)
    return answer, _End(status & 0x7F, cpu, memory)


def _answer(
    ours: socket.socket, limits: Limits, on_progress: Callable[[int], None] | None
) -> tuple[str, bytes]:
    """The last thing the child says; progress is passed on. Nothing when it stops in the middle."""
    while head := exactly(ours, ANSWER.size):
        kind, size = ANSWER.unpack(head)
        if size > limits.answer:
            break
        payload = exactly(ours, size)
        if kind != b"P":
            return ("", b"") if len(payload) < size else (kind.decode(), payload)
        if on_progress is not None:
            on_progress(int.from_bytes(payload, "little"))
    return "", b""


def _send(module: str, handles: list[int]) -> None:
    """Ask the helper, a new one where the old one is gone."""
    global _helper
    with _guard:
        for _attempt in range(2):
            if _helper is None:
                _helper = _start()
            try:
                socket.send_fds(_helper[1], [module.encode()], handles)
            except OSError:
                _end()
            else:
                return
    raise ChildFault("the helper that opens files cannot be started")


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    program = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from kkpd.core.sandbox import helper; helper.serve({theirs.fileno()})"
    )
    with theirs:
        process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    return process, ours


@atexit.register
def _end() -> None:
    global _helper
    if _helper is not None:
        process, channel = _helper
        _helper = None
        channel.close()
        process.wait()


def _forget() -> None:
    """A fork of this process gets a helper of its own; the old one belongs to the parent."""
    global _helper, _guard
    if _helper is not None:
        _helper[1].close()
        _helper[0].returncode = 0  # not a child of ours
    _helper, _guard = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)


#: In a child: where it answers.
_asker: socket.socket | None = None


def answer_to(asker: socket.socket) -> None:
    """In a child, before it begins: whom `tell` tells."""
    global _asker
    _asker = asker


def tell(count: int) -> None:
    """From within a child: so much is done. Does nothing elsewhere."""
    if _asker is not None:
        _asker.sendall(ANSWER.pack(b"P", SIZE.size) + SIZE.pack(count))
