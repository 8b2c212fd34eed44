"""A mail server of a test's own: a few lines of RFC 5321 on a local port."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class _Percakapan(socketserver.StreamRequestHandler):
    tolak: ClassVar[str] = ""
    surat: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        self._say("220 uji")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self._data()
            elif word == b"RCPT" and self.tolak and self.tolak.encode() in line:
                self._say("550 tidak ada")
            elif word == b"QUIT":
                self._say("221 selesai")
                return
            else:
                self._say("250 baik")

    def _data(self) -> None:
        self._say("354 silakan")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.surat.append(b"".join(lines))
        self._say("250 diterima")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def server_surel(tolak: str = "") -> Iterator[tuple[int, list[bytes]]]:
    """(port, mails received) of a server that refuses recipients with `tolak` in their address."""
    kept: list[bytes] = []
    handler = type("Percakapan", (_Percakapan,), {"tolak": tolak, "surat": kept})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1], kept
        finally:
            server.shutdown()
            thread.join()
