"""Time stamps (RFC 3161) from an address over HTTP, with the standard library only."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING
from urllib.request import Request

from kkpd.core.errors import DomainError
from kkpd.engines.paper.sign.http import Unanswered, fetch

if TYPE_CHECKING:
    from pyhanko.sign.timestamps import TimeStamper

#: A time stamp with its certificates is a few kilobytes (bytes).
_MOST = 256 * 1024


def stamper(url: str) -> TimeStamper:
    """A time stamper for pyHanko; asking it raises DomainError where nothing usable answers."""
    return _stamper_class()(url)


@cache
def _stamper_class() -> Callable[[str], TimeStamper]:
    """The class, made at first use: importing pyHanko takes a third of a second."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class HttpTimeStamper(TimeStamper):
        """Asks one address, waits at most ten seconds."""

        def __init__(self, url: str) -> None:
            super().__init__()  # type: ignore[no-untyped-call]  # pyHanko's
            self.url = url

        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            """The answer to one request."""
            asked = Request(  # noqa: S310 - kkpd.core.config lets http and https through, nothing else
                self.url,
                req.dump(),
                {"Content-Type": "application/timestamp-query"},
            )
            try:
                return tsp.TimeStampResp.load(fetch(asked, 10, _MOST), strict=True)
            except (Unanswered, ValueError) as problem:
                raise DomainError(
                    f"Layanan cap waktu tidak memberi cap waktu ({problem}). Coba lagi, atau "
                    "minta administrator memeriksa setelan tsa_url."
                ) from None

    return HttpTimeStamper
