"""The helper process and its children; the side that asks is in `__init__.py`."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import importlib
import os
import pickle
import resource
import selectors
import signal
import socket
import traceback
from typing import NoReturn

from kkpd.core import outside
from kkpd.core.errors import DomainError
from kkpd.core.sandbox import answer_to
from kkpd.core.sandbox.frames import ANSWER, END, KINDS, SIZE, Limits, exactly


def serve(channel: int) -> None:
    """The helper's loop: a child for each request; how a child ended is told by its second pipe."""
    outside.watch()  # who opens a foreign file talks to nobody whom its bounds do not name
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the one who started us
    control = socket.socket(fileno=channel)
    waiting = selectors.DefaultSelector()
    waiting.register(control, selectors.EVENT_READ)
    while True:
        for key, _events in waiting.select():
            if key.fileobj is control:
                message, handles, _flags, _sender = socket.recv_fds(control, 4096, 2)
                if not message:
                    return
                importlib.import_module(message.decode())
                if handles:
                    child = _fork(control, handles)
                    waiting.register(os.pidfd_open(child), selectors.EVENT_READ, (child, handles))
                continue
            waiting.unregister(key.fileobj)
            os.close(key.fd)
            _tell_end(*key.data)


def _fork(control: socket.socket, handles: list[int]) -> int:
    gc.freeze()  # a collection in the child leaves the shared pages alone
    child = os.fork()
    if child == 0:
        _work(control, *handles)
    os.close(handles[0])
    return child


def _tell_end(child: int, handles: list[int]) -> None:
    _pid, status, used = os.wait4(child, 0)
    with contextlib.suppress(OSError):  # nobody listens any more
        os.write(handles[1], END.pack(status, used.ru_utime + used.ru_stime, used.ru_maxrss))
    os.close(handles[1])


def _work(control: socket.socket, channel: int, told: int) -> NoReturn:
    """The child's life: one request, its bounds, one answer."""
    try:
        control.close()
        os.close(told)
        for number in (signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        with open(os.devnull, "wb") as nowhere:  # parsers write there what they read
            os.dup2(nowhere.fileno(), 2)
        with socket.socket(fileno=channel) as asker:
            function, args, limits = _request(asker)
            answer_to(asker)
            outside.only(limits.hosts)
            _bound(limits)
            kind, payload = _called(function, args)
            asker.sendall(ANSWER.pack(kind, len(payload)))
            asker.sendall(payload)
    finally:
        os._exit(0)  # no cleaning up: a damaged library could hang in it


def _request(asker: socket.socket) -> tuple[str, tuple[object, ...], Limits]:
    (size,) = SIZE.unpack(exactly(asker, SIZE.size))
    found: tuple[str, tuple[object, ...], Limits] = pickle.loads(  # noqa: S301 (our own parent)
        exactly(asker, size)
    )
    return found


def _bound(limits: Limits) -> None:
    with open("/proc/self/statm", encoding="ascii") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + limits.memory,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # a child writes no file
    signal.setitimer(signal.ITIMER_REAL, limits.wall)


def _called(function: str, args: tuple[object, ...]) -> tuple[bytes, bytes]:
    module, _, name = function.partition(":")
    try:
        value = getattr(importlib.import_module(module), name)(*args)
        return b"R", pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except DomainError as refusal:
        kind = next(one.__name__ for one in type(refusal).__mro__ if one.__name__ in KINDS)
        findings = tuple(
            dataclasses.replace(one, inputs=dict(one.inputs))
            for one in getattr(refusal, "findings", ())
        )
        told = (kind, refusal.message, refusal.rule, refusal.field, findings)
        return b"D", pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
    except (MemoryError, RecursionError):
        return b"M", b""
    except BaseException:  # noqa: BLE001 (told to the parent, which raises it)
        return b"X", traceback.format_exc().encode()
