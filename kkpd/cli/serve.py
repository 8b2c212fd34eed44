"""`kkpd serve`: the server with the options that the program needs; it takes this process's place.

Workers that die are started again; a sender of slow headers has ten seconds, of slow bodies what
`kkpd/web/server.py` gives.
"""

from __future__ import annotations

import argparse
import errno
import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Final

from kkpd.core.config import SettingError, Settings
from kkpd.core.errors import DomainError

_ROOT: Final = Path(__file__).parents[2]
_OPTIONS: Final = (
    *("--interface", "asginl", "--http", "1", "--no-ws"),
    *("--respawn-failed-workers", "--respawn-interval", "0.5"),
    *("--http1-header-read-timeout", "10000", "--backpressure", "1024"),
    *("--workers-max-rss", "1024"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and with how many processes."""
    parser.add_argument("--host", default="127.0.0.1", help="default: 127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="default: 8000")
    parser.add_argument("--workers", type=int, default=2, help="processes; default: 2")
    parser.add_argument(
        "--stop-seconds", type=int, default=10, help="wait so long for workers when stopped"
    )


def run(args: argparse.Namespace) -> int:
    """Become the server. Beyond this machine only a named proxy is served: it has the TLS."""
    try:
        named = Settings.load(os.environ).proxy_addresses
    except SettingError as problem:
        raise DomainError(problem.message) from problem
    if not named and not _is_local(args.host):
        raise DomainError(
            f"Alamat {args.host} terbuka bagi komputer lain tanpa HTTPS. Dengarkan 127.0.0.1 saja, "
            "atau sebut alamat perantara HTTPS pada KKPD_PROXY_ADDRESSES."
        )
    must_be_free(args.host, args.port)
    own = (
        *("--host", args.host, "--port", str(args.port), "--workers", str(args.workers)),
        *("--workers-kill-timeout", str(args.stop_seconds), "--working-dir", str(_ROOT)),
    )
    words = [sys.executable, "-m", "kkpd.cli.replacing", *_OPTIONS, *own, "wsgi:server"]
    os.execv(sys.executable, words)  # noqa: S606 (no shell is wanted)


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def must_be_free(host: str, port: int) -> None:
    """Refuse a port that another program listens at: the server's own sockets would share it
    silently, and half of the requests would go to the other program.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise DomainError(
                f"Port {port} pada {host} sedang dipakai program lain. Hentikan program itu, "
                "atau pilih --port yang lain."
            ) from problem
