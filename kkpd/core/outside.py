"""Which systems beside itself the program may talk to: those that its settings name, no others.

`watch` asks before each look-up of a name, connection and datagram of this process, whichever
library makes it; it cannot be taken away again. A local socket (AF_UNIX) is no other system.
PostgreSQL's library connects by itself, to the address in KKPD_DATABASE_URL alone.
"""

from __future__ import annotations

import sys
import threading
import time
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from kkpd.core.config import Settings

#: A name that was looked up may be connected to for so many seconds, by the address it gave.
_LOOKED_UP_SECONDS: Final = 120.0
_SENDING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_hosts: frozenset[str] = frozenset()
_thread = threading.local()


class NotNamed(OSError):
    """No setting names this system; the callers answer as for one that is silent."""


def named(config: Settings) -> frozenset[str]:
    """The hosts that the settings name."""
    addresses = [config.tsa_url, config.bsre_url, config.database_url]
    found = {urlsplit(address).hostname for address in addresses}
    for place in (config.clamd, config.security_log):
        if not place.startswith(("unix:", "/")):
            found.add(place.rpartition(":")[0].lower())
    if config.smtp:
        found.add(config.smtp.host.lower())
    if config.oidc:
        found |= {urlsplit(config.oidc.issuer).hostname, *config.oidc.hosts}
    return frozenset(host for host in found if host)


def only(hosts: frozenset[str]) -> None:
    """From now on these hosts alone may be talked to."""
    global _hosts
    _hosts = hosts


def watch() -> None:
    """Refuse every other system in this process; until `only` was called, all of them."""
    sys.addaudithook(_asked)


def _asked(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = args[0]
        if host:
            _refuse_other(host)
            wanted = 0.0 if _is_address(host) else time.monotonic() + _LOOKED_UP_SECONDS
            _thread.until = wanted
    elif event in _SENDING and isinstance(args[1], tuple):
        host = args[1][0]
        if getattr(_thread, "until", 0.0) < time.monotonic():
            _refuse_other(host)


def _is_address(host: str | bytes) -> bool:
    try:
        ip_address(host.decode("ascii", "replace") if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return True


def _refuse_other(host: str | bytes) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() not in _hosts:
        raise NotNamed(f"{name[:80]} is named by no setting")
