"""A server process of the program, started and ended as an operator does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkpd.core.config import NAMES
from tests import cast
from tests.databases import Fill
from tests.server.orang import Orang

ROOT = Path(__file__).parents[2]
_PATIENCE_SECONDS = 300


class Server:
    """One installation and the process that serves it; it can be killed and started again."""

    def __init__(self, instance: Path, database: str) -> None:
        self.instance, self.database = instance, database
        self.alamat = ""
        #: Settings beside those of every server.
        self.further: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def mulai(self, workers: int = 1) -> None:
        """Start it and wait until it says that all is well."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.alamat = f"http://127.0.0.1:{port}"
        self.instance.mkdir(exist_ok=True)
        with (self.instance / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kkpd", "serve", "--port", str(port),
                 "--workers", str(workers)],
                cwd=ROOT, env=self._environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < give_up, (self.instance / "server.log").read_text()
            time.sleep(0.1)

    def tahan(self) -> None:
        """Freeze the whole server, workers too, in whatever it is doing."""
        self._isyarat(signal.SIGSTOP)

    def let_go(self) -> None:
        """Let it go on."""
        self._isyarat(signal.SIGCONT)

    def bunuh(self) -> None:
        """kill -9 of the whole server, workers too."""
        if self._process is not None:
            self._isyarat(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _isyarat(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def orang(self, nama: str) -> Orang:
        """One of the cast, logged in."""
        return Orang(self.alamat).entry(nama)

    def _environment(self) -> dict[str, str]:
        ours = {f"KKPD_{name.upper()}" for name in NAMES}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return kept | {
            "KKPD_INSTANCE": str(self.instance),
            "KKPD_DATABASE_URL": self.database,
            "KKPD_DEMO": "1",
            **self.further,
        }

    def _answers(self) -> bool:
        try:
            return Orang(self.alamat).get("/sehat").status == 200
        except OSError:
            return False


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return cast.fill


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Server]:
    """A server on a database of this test's own, to be started."""
    found = Server(tmp_path / "instance", database)
    yield found
    found.bunuh()
