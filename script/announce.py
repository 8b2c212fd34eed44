"""`python script/announce.py PID PORT LOG`: prints the address once the server PID answers.

Waits for `GET /sehat` to answer 200. Where the server ends first, or does not answer in time, it
says so with the last lines of its log, and ends the server.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE_SECONDS = 60


def answers(address: str) -> bool:
    """Whether the health page says that all is well."""
    try:
        with urllib.request.urlopen(f"{address}/sehat", timeout=5) as response:  # noqa: S310 - http, ours
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for(server: int, address: str) -> bool:
    """True once the server answers; False when it has ended or is past patience."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up and os.getppid() == server:
        if answers(address):
            return True
        time.sleep(0.2)
    return False


def main() -> int:
    """Announce, or explain and end the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server
    server, port, log = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    address = f"http://127.0.0.1:{port}"
    if wait_for(server, address):
        print(address, flush=True)
        return 0
    print(f"the server did not answer on {address}; the end of {log}:", file=sys.stderr)
    print(*log.read_text(errors="replace").splitlines()[-20:], sep="\n", file=sys.stderr)
    if os.getppid() == server:
        os.kill(server, signal.SIGTERM)
    return 1


if __name__ == "__main__":
    sys.exit(main())
