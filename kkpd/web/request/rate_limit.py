"""Rate limit for public pages: a count for each address and minute, in memory.

The pages cannot be guessed (256 bits), so this only keeps one computer from occupying the program.
Each process counts by itself; memory is bounded and past minutes are dropped.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from kkpd.web.globals import now

#: Requests of one address in one minute and one process.
PER_MINUTE = 60
#: Addresses remembered at once; the proxy must handle a flood from more of them.
ADDRESS = 10_000
_NAME = "kkpd.laju"


@dataclass(slots=True)
class RateCounter:
    """The counts of the present minute."""

    minute: int = 0
    arithmetic: Counter[str] = field(default_factory=Counter)
    kunci: Lock = field(default_factory=Lock)

    def allowed(self, alamat: str, at: datetime) -> bool:
        """Count one request; returns whether it is within the limit."""
        minute = int(at.timestamp()) // 60
        with self.kunci:
            if minute != self.minute or len(self.arithmetic) >= ADDRESS:
                self.minute, self.arithmetic = minute, Counter()
            self.arithmetic[alamat] += 1
            return self.arithmetic[alamat] <= PER_MINUTE


def limit_rate() -> None:
    """Refuse (429) an address that asks too often, before a public page does any work."""
    rate = current_app.extensions[_NAME]
    if not rate.allowed(request.remote_addr or "", now()):
        raise TooManyRequests


def setup(app: Flask) -> None:
    """Start counting."""
    app.extensions[_NAME] = RateCounter()
