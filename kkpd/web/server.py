"""Between the HTTP server and the program: bodies with a deadline, requests that cannot run away.

A body is received while no thread waits for it, so people who send half of one hold up nobody; too
slow a body is answered by 408. The program itself runs in a few threads. A request that uses
more processor or memory than any page needs ends its process, and the server starts another.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MIB: Final = 1024 * 1024
#: A body may take so many seconds, and one more for so many bytes of it: a slow phone passes.
PATIENCE: Final = 20.0
BYTES_A_SECOND: Final = 16 * 1024
#: A body beyond the limit is skipped up to here, so that a browser reads our sentence.
_MOST_SKIPPED: Final = 512 * MIB
#: Requests that run at once in a process; the others wait their turn.
THREADS: Final = 16
#: Processor seconds of one request, and memory of the process, at which the process is given up.
MOST_CPU: Final = 20.0
MOST_MEMORY: Final = 1280 * MIB
_WATCH_SECONDS: Final = 0.25
_FIRST_BYTES: Final = 256 * 1024

_log = logging.getLogger("kkpd.server")
_SENTENCES: Final = {
    403: "Program ini hanya menjawab perantara HTTPS. Pakai alamat https dari administrator.",
    408: "Kiriman terlalu lambat dan tidak selesai. Periksa sambungan lalu kirim lagi.",
    507: "Ruang penyimpanan penuh. Tidak ada yang tersimpan; beri tahu administrator.",
}
#: Of an answer that the program itself does not give.
_BARE_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"cache-control", b"private, no-store"),
)


class _Missing(Exception):
    """The body does not come: the answer's status, 0 when the sender is gone."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(slots=True)
class _Answer:
    """What the program says: the beginning is at hand, the rest is asked for piece by piece."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    first: bytes = b""
    rest: Iterator[bytes] = field(default_factory=lambda: iter(()))
    close: Callable[[], None] = lambda: None


class Server:
    """The ASGI program around a WSGI one; `body_limit` gives the most bytes that a sender may send,
    told by the headers alone. Where `proxies` are named, they and this machine alone are answered.
    """

    def __init__(
        self,
        program: Callable[..., Iterable[bytes]],
        body_limit: Callable[[Environ], int],
        proxies: tuple[IPv4Network | IPv6Network, ...] = (),
    ) -> None:
        self._program, self._body_limit, self._proxies = program, body_limit, proxies
        self._threads = ThreadPoolExecutor(THREADS, "request")
        self._running: dict[int, float] = {}
        threading.Thread(target=self._watch, daemon=True, name="watch").start()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """One request of the ASGI server."""
        if scope["type"] != "http":
            return
        environ = _environ(scope)
        if self._proxies and not self._known(environ["REMOTE_ADDR"]):
            await _refuse(send, 403)
            return
        loop = asyncio.get_running_loop()
        with SpooledTemporaryFile(max_size=MIB) as body:
            try:
                over = await _receive(environ, receive, body, self._body_limit(environ))
                answer = await loop.run_in_executor(self._threads, self._run, environ)
                if over:
                    await _skip_rest(receive)
            except _Missing as missing:
                _log.warning("body not received", extra={"facts": {"status": missing.status}})
                if missing.status:
                    await _refuse(send, missing.status)
                return
            try:
                await send(
                    {
                        "type": "http.response.start",
                        "status": answer.status,
                        "headers": answer.headers,
                    }
                )
                part = answer.first
                while True:
                    rest = await loop.run_in_executor(self._threads, next, answer.rest, None)
                    more = rest is not None
                    await send({"type": "http.response.body", "body": part, "more_body": more})
                    if rest is None:
                        break
                    part = rest
            finally:
                await loop.run_in_executor(self._threads, answer.close)

    def _known(self, peer: str) -> bool:
        address = ip_address(peer)
        return address.is_loopback or any(address in network for network in self._proxies)

    def _run(self, environ: Environ) -> _Answer:
        answer, me = _Answer(), threading.get_ident()
        self._running[me] = time.thread_time()

        def start(status: str, headers: list[tuple[str, str]], _wrong: object = None) -> None:
            answer.status = int(status.split(" ", 1)[0])
            answer.headers = [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
            ]

        try:
            found = self._program(environ, start)
            answer.close = getattr(found, "close", answer.close)
            answer.rest, parts, size = iter(found), [], 0
            for part in answer.rest:
                parts.append(part)
                size += len(part)
                if size >= _FIRST_BYTES:
                    break
            answer.first = b"".join(parts)
        finally:
            del self._running[me]
        return answer

    def _watch(self) -> None:
        """End this process when a request in it runs away; the server starts another."""
        while True:
            time.sleep(_WATCH_SECONDS)
            memory = _memory()
            for thread, begun in list(self._running.items()):
                used = time.clock_gettime(time.pthread_getcpuclockid(thread)) - begun
                if used > MOST_CPU or memory > MOST_MEMORY:
                    facts = {"cpu_s": round(used, 1), "mb": memory // MIB}
                    _log.error("a request ran away", extra={"facts": facts})
                    os.kill(os.getpid(), signal.SIGKILL)


def _memory() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def _environ(scope: Mapping[str, Any]) -> Environ:
    """The request as WSGI wants it. A header with an underscore is left out: its name would be
    that of another one.
    """
    host, port = scope.get("server") or ("localhost", 80)
    path = scope.get("raw_path") or scope["path"].encode()
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.split(b"?", 1)[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": _Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name_, value_ in scope["headers"]:
        name, value = name_.decode("latin-1").upper(), value_.decode("latin-1")
        if "_" in name:
            continue
        key = name.replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        join = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{join}{value}" if key in environ else value
    return environ


class _Errors:
    """Where the program may complain: our log."""

    def write(self, text: str) -> int:
        """One complaint."""
        _log.error(text.strip())
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


async def _receive(environ: Environ, receive: Receive, body: IO[bytes], limit: int) -> bool:
    """Fill `body`, told to the program; True when it is larger than it may be: it stays empty and
    its size is told, which the program refuses.
    """
    told, size, begin = environ.get("CONTENT_LENGTH", ""), 0, time.monotonic()
    over = told.isascii() and told.isdigit() and int(told) > limit
    if environ["REQUEST_METHOD"] in ("GET", "HEAD"):
        limit = 0
    while not over:
        message = await _next(receive, begin + PATIENCE + size / BYTES_A_SECOND)
        size += len(message.get("body", b""))
        over = size > limit
        if not over:
            _write(body, message.get("body", b""))
        if not message.get("more_body"):
            break
    if over:
        body.seek(0)
        body.truncate()
        size = max(size, int(told) if told.isascii() and told.isdigit() else 0)
    body.seek(0)
    if size or told:
        environ["CONTENT_LENGTH"] = str(size)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["wsgi.input"] = body
    return over


def _write(body: IO[bytes], part: bytes) -> None:
    try:
        body.write(part)
    except OSError as wrong:
        full = wrong.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise _Missing(507 if full else 500) from wrong


async def _next(receive: Receive, until: float) -> Mapping[str, Any]:
    try:
        async with asyncio.timeout(max(0.0, until - time.monotonic())):
            message = await receive()
    except TimeoutError:
        raise _Missing(408) from None
    if message["type"] == "http.disconnect":
        raise _Missing(0)
    return message


async def _skip_rest(receive: Receive) -> None:
    """A browser that is cut off while it sends shows a lost connection instead of our sentence."""
    size, begin = 0, time.monotonic()
    while size < _MOST_SKIPPED:
        message = await _next(receive, begin + PATIENCE + size / BYTES_A_SECOND)
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            return


async def _refuse(send: Send, status: int) -> None:
    sentence = _SENTENCES.get(status, "Kiriman tidak dapat diterima.").encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(sentence)).encode()),
        (b"connection", b"close"),
        *_BARE_HEADERS,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
