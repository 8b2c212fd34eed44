"""A mail server of a test's own: a few lines of RFC 5321, with TLS (RFC 3207, 8314) and AUTH."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass
class Rule:
    """How the server behaves. `akun` is (name, password): without a login no mail is taken.

    `lintas` says how the connection is encrypted: none, starttls (when asked), tls (from the
    first byte); what came in the clear beside EHLO and STARTTLS is kept in `terbuka`.
    """

    tolak: str = ""
    akun: tuple[str, str] | None = None
    lintas: str = "none"
    konteks: ssl.SSLContext | None = None
    letter: list[bytes] = field(default_factory=list)
    terbuka: list[bytes] = field(default_factory=list)


class _Percakapan(socketserver.StreamRequestHandler):
    aturan: ClassVar[Rule]
    _aman = False
    _masuk = False

    def handle(self) -> None:
        try:
            if self.aturan.lintas == "tls":
                self._encrypt()
            self._say("220 uji")
            while (line := self.rfile.readline()) and self._answer(line):
                pass
        except OSError:  # a client that trusts us not hangs up in the handshake
            return

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _encrypt(self) -> None:
        assert self.aturan.konteks is not None
        super().finish()
        self.request = self.aturan.konteks.wrap_socket(self.request, server_side=True)
        self.setup()
        self._aman = True

    def _answer(self, line: bytes) -> bool:
        word = line.split()[0].upper()
        if not self._aman and word not in (b"EHLO", b"STARTTLS", b"QUIT"):
            self.aturan.terbuka.append(line)
        if word == b"EHLO":
            self._say("\r\n".join(self._offer()))
        elif word == b"STARTTLS" and self.aturan.lintas == "starttls":
            self._say("220 silakan")
            self._encrypt()
        elif word == b"AUTH":
            self._login(line)
        elif self.aturan.akun and not self._masuk and word in (b"MAIL", b"RCPT", b"DATA"):
            self._say("530 masuk dahulu")
        elif word == b"DATA":
            self._data()
        elif word == b"RCPT" and self.aturan.tolak and self.aturan.tolak.encode() in line:
            self._say("550 tidak ada")
        else:
            self._say("221 selesai" if word == b"QUIT" else "250 baik")
        return word != b"QUIT"

    def _offer(self) -> Iterator[str]:
        yield "250-uji"
        if self.aturan.lintas == "starttls" and not self._aman:
            yield "250-STARTTLS"
        if self.aturan.akun and self._aman:
            yield "250-AUTH PLAIN"
        yield "250 8BITMIME"

    def _login(self, line: bytes) -> None:
        assert self.aturan.akun is not None
        wanted = "\0{}\0{}".format(*self.aturan.akun).encode()
        self._masuk = line.split()[1:] == [b"PLAIN", base64.b64encode(wanted)]
        self._say("235 masuk" if self._masuk else "535 keliru")

    def _data(self) -> None:
        self._say("354 silakan")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.aturan.letter.append(b"".join(lines))
        self._say("250 diterima")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def server_surel(tolak: str = "") -> Iterator[tuple[int, list[bytes]]]:
    """(port, mails received) of a server that refuses recipients with `tolak` in their address."""
    aturan = Rule(tolak)
    with server(aturan) as port:
        yield port, aturan.letter


@contextmanager
def server(aturan: Rule) -> Iterator[int]:
    """The port of a server that behaves so."""
    handler = type("Percakapan", (_Percakapan,), {"aturan": aturan})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made.server_address[1]
        finally:
            made.shutdown()
            thread.join()
