"""One careful HTTP request: limits on time and size, no redirect, one error for all failures."""

from __future__ import annotations

from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener


class Unanswered(Exception):
    """Nothing usable came back. `body` is what a refusing server said (at most 64 kB)."""

    def __init__(self, message: str, body: bytes = b"") -> None:
        super().__init__(message)
        self.body = body


class _Stay(HTTPRedirectHandler):
    """A redirect would carry passphrase and login to another address: it is an error."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Never."""


def fetch(request: Request, seconds: float, most: int) -> bytes:
    """The body of a 200 answer; Unanswered for anything else, or more than `most` bytes."""
    try:
        with build_opener(_Stay).open(request, timeout=seconds) as answer:
            body: bytes = answer.read(most + 1)
    except HTTPError as refusal:
        with refusal:
            raise Unanswered(f"jawaban {refusal.code}", refusal.read(65_536)) from None
    except (OSError, HTTPException) as problem:
        raise Unanswered(f"tidak menjawab: {type(problem).__name__}") from None
    if len(body) > most:
        raise Unanswered("jawaban terlalu besar")
    return body
