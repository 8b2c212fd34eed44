"""Which systems beside itself the program may talk to: those that its settings name, no others.

`watch` asks before each look-up of a name, connection and datagram of this process, whichever
library makes it; it cannot be taken away again. A name that may be looked up may be talked to at
the addresses that the answer gave, at no others. A local socket (AF_UNIX) is no other system.
PostgreSQL's library connects by itself, to the address in KKPD_DATABASE_URL alone.
"""

from __future__ import annotations

import socket
import sys
import time
from typing import Any, Final
from urllib.parse import urlsplit

from kkpd.core.config import Settings

#: The addresses of an answer may be connected to for so many seconds.
_ANSWER_SECONDS: Final = 120.0
#: Questions to the resolver, with the name that is asked for first.
_QUESTIONS: Final = frozenset(
    {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
)
_SENDING: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_hosts: frozenset[str] = frozenset()
#: Address -> until when it may be connected to.
_answers: dict[str, float] = {}
_look_up = socket.getaddrinfo


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
    socket.getaddrinfo = _answered


def _answered(host: Any, *args: Any, **options: Any) -> Any:
    """The look-up, whose answers are kept: the hook has let it through."""
    found = _look_up(host, *args, **options)
    if host:
        now = time.monotonic()
        for address in [one for one, until in list(_answers.items()) if until < now]:
            _answers.pop(address, None)
        _answers.update((str(one[4][0]), now + _ANSWER_SECONDS) for one in found)
    return found


def _asked(event: str, args: tuple[Any, ...]) -> None:
    if event in _QUESTIONS:
        if args[0] and (event == "socket.getaddrinfo" or args[0] != socket.gethostname()):
            _refuse_other(args[0])
    elif event in _SENDING and isinstance(args[1], tuple):
        host = args[1][0]
        if _answers.get(host, 0.0) < time.monotonic():
            _refuse_other(host)


def _refuse_other(host: str | bytes) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if name.lower() not in _hosts:
        raise NotNamed(f"{name[:80]} is named by no setting")
