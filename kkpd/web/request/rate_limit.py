"""How often a stranger may ask a public page: a count for each address and minute, in memory.

What is asked is not worth guessing (256 bits), so this only keeps one computer from occupying the
program. Each process counts for itself; the memory is bounded and forgets the minutes gone.
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
#: Addresses remembered at once; a flood from more of them is the proxy's to hold.
ADDRESS = 10_000
_NAME = "kkpd.laju"


@dataclass(slots=True)
class RateCounter:
    """The counts of the present minute."""

    minute: int = 0
    arithmetic: Counter[str] = field(default_factory=Counter)
    kunci: Lock = field(default_factory=Lock)

    def allowed(self, alamat: str, at: datetime) -> bool:
        """Count one request; whether it is within the bound."""
        minute = int(at.timestamp()) // 60
        with self.kunci:
            if minute != self.minute or len(self.arithmetic) >= ADDRESS:
                self.minute, self.arithmetic = minute, Counter()
            self.arithmetic[alamat] += 1
            return self.arithmetic[alamat] <= PER_MINUTE


def limit_rate() -> None:
    """Refuse (429) an address that asks too often; before a public page does any work."""
    rate = current_app.extensions[_NAME]
    if not rate.allowed(request.remote_addr or "", now()):
        raise TooManyRequests


def setup(app: Flask) -> None:
    """Begin to count."""
    app.extensions[_NAME] = RateCounter()
