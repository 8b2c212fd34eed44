"""Slow and dead: half-sent bodies hold up nobody, a killed worker is replaced."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kkpd.web import server as web_server
from tests.server.conftest import ROOT, Server
from tests.server.orang import Orang
from tests.server.test_mati import upload
from tests.worlds.bills import KOPI, csv

_PATIENCE_SECONDS = 60


def half_sent(
    server: Server, content_type: str = "application/x-www-form-urlencoded"
) -> socket.socket:
    """A request whose body never ends."""
    place = urlsplit(server.alamat)
    sender = socket.create_connection((place.hostname or "", place.port or 0), 60)
    sender.sendall(
        b"POST /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        b"Content-Type: " + content_type.encode() + b"\r\n\r\nnama=ci"
    )
    return sender


@pytest.fixture
def senders(server: Server) -> Iterator[list[socket.socket]]:
    """Twenty of them, on a server with two processes."""
    server.mulai(workers=2)
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(half_sent(server)) for _ in range(20)]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_twenty_half_sent_bodies_hold_up_nobody(
    server: Server, senders: list[socket.socket]
) -> None:
    time.sleep(1)  # every one of them has arrived
    waits = []
    for _ in range(10):
        begin = time.monotonic()
        assert Orang(server.alamat).get("/masuk").status == 200
        waits.append(time.monotonic() - begin)
    print(f"neighbour's wait: {sorted(waits)[5]:.3f} s, longest {max(waits):.3f} s")
    assert sorted(waits)[5] < 1
    citra = server.orang("citra")
    assert citra.kirim(upload(citra, csv([KOPI])), {}).status == 303
    begin = time.monotonic()
    for sender in senders:
        sender.settimeout(web_server.PATIENCE + _PATIENCE_SECONDS)
        assert b" 408 " in sender.recv(4096)
    assert time.monotonic() - begin < web_server.PATIENCE + _PATIENCE_SECONDS


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_killed_worker_is_replaced(server: Server) -> None:
    """However often, and however soon after it came."""
    server.mulai(workers=1)
    for _ in range(4):
        for worker in workers(server):
            os.kill(worker, signal.SIGKILL)
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while not _answers(server):
            assert time.monotonic() < give_up, "nobody took its place"
            time.sleep(0.1)
    citra = server.orang("citra")
    assert citra.kirim(upload(citra, csv([KOPI])), {}).status == 303


def test_a_program_that_cannot_start_is_not_started_for_ever(tmp_path: Path) -> None:
    """A process that ends by itself ends the server: the operator reads why."""
    (tmp_path / "broken.py").write_text("import sys\nsys.exit('a wrong setting')\n", "utf-8")
    words = [sys.executable, "-m", "kkpd.cli.replacing", "--respawn-failed-workers", "--port", "0"]
    tried = subprocess.run(
        [*words, "--working-dir", str(tmp_path), "broken:server"],
        cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert tried.returncode == 1, tried.stderr
    assert "a wrong setting" in tried.stderr


def workers(server: Server) -> list[int]:
    """The processes that serve, without the one that watches them and without helpers."""
    assert server._process is not None
    found = subprocess.run(
        ["/usr/bin/ps", "-o", "pid=,args=", "--ppid", str(server._process.pid)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [int(line.split()[0]) for line in found.splitlines() if "resource_tracker" not in line]


def _answers(server: Server) -> bool:
    try:
        return Orang(server.alamat).get("/masuk").status == 200
    except OSError:
        return False


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_stranger_may_send_little(server: Server) -> None:
    """Told by the size alone, the body is refused; nothing of it is kept."""
    server.mulai()
    stranger = Orang(server.alamat)
    stranger.get("/masuk")
    assert stranger.kirim("/masuk", {"nama": "x" * 20_000, "sandi": "y"}).status == 413
    assert stranger.kirim("/masuk", {"nama": "x" * 2_000, "sandi": "y"}).status in (200, 401, 422)
