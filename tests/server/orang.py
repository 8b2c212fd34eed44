"""Somebody at a browser without a screen, over real HTTP: cookies, forms with a token, files."""

from __future__ import annotations

import re
import urllib.parse
import uuid
from collections.abc import Mapping
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import NamedTuple

from tests.client import DEMO_LOGIN_WORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_TAGS = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)
_PATIENCE_SECONDS = 300


class Answer(NamedTuple):
    """One answer of the server; `location` without the server's address."""

    status: int
    location: str
    isi: bytes

    @property
    def teks(self) -> str:
        """The words of a page on one line."""
        return " ".join(unescape(_TAGS.sub(" ", self.isi.decode("utf-8", "replace"))).split())


class Orang:
    """A person with cookies of their own."""

    def __init__(self, alamat: str) -> None:
        self.alamat = alamat
        self._host = urllib.parse.urlsplit(alamat).netloc
        self._cookies: dict[str, str] = {}
        self._token = ""
        self.headers: dict[str, str] = {}

    def entry(self, nama: str) -> Orang:
        """Log in as one of the cast."""
        self.get("/masuk")
        done = self.kirim("/masuk", {"nama": nama, "sandi": DEMO_LOGIN_WORD})
        assert done.status == 303, done.teks
        return self

    def get(self, path: str) -> Answer:
        """A page; the token of its form is kept for the next sending."""
        return self._ask("GET", path, None, {})

    def kirim(
        self, path: str, isi: Mapping[str, str], berkas: tuple[str, str, bytes] | None = None
    ) -> Answer:
        """Send a form; `berkas` is (field, file name, bytes)."""
        fields = {"csrf_token": self._token, **isi}
        if berkas is None:
            data, media = urllib.parse.urlencode(fields).encode(), "x-www-form-urlencoded"
            return self._ask("POST", path, data, {"Content-Type": f"application/{media}"})
        boundary = uuid.uuid4().hex
        data = _multipart(boundary, fields, berkas)
        return self._ask(
            "POST", path, data, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        )

    def connection(self) -> HTTPConnection:
        """A connection to the server."""
        return HTTPConnection(self._host, timeout=_PATIENCE_SECONDS)

    def _ask(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        connection = self.connection()
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        try:
            connection.request(method, path, data, {"Cookie": cookies, **self.headers, **headers})
            found = connection.getresponse()
            body = found.read()
        finally:
            connection.close()
        for line in found.headers.get_all("Set-Cookie", []):
            self._cookies.update({key: one.value for key, one in SimpleCookie(line).items()})
        token = _TOKEN.search(body.decode("utf-8", "replace"))
        self._token = token[1] if token else self._token
        place = urllib.parse.urlsplit(found.headers.get("Location", ""))
        where = place.path + (f"?{place.query}" if place.query else "")
        return Answer(found.status, where, body)


def _multipart(boundary: str, fields: Mapping[str, str], berkas: tuple[str, str, bytes]) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    field, nama, data = berkas
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{nama}"\r\n'
    parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", data, b"\r\n"]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])
