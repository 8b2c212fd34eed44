"""The server's processes, as `kkpd serve` starts them: one that was killed is always replaced.

granian ends the whole server when a process dies twice within 5.5 seconds. That is right for one
that ends by itself, because its settings are wrong; one that was killed, for what a request asked
of it or for memory, says nothing about the next.
"""

from __future__ import annotations

from typing import Any

from granian import cli
from granian.server import MPServer


class _Server(MPServer):
    """Granian's server, to which a killed process is no failed start."""

    def _respawn_workers(self, workers: list[int], *args: Any, **options: Any) -> None:
        killed = [at for at in workers if (self.wrks[at].inner.exitcode or 0) < 0]
        super()._respawn_workers(workers, *args, **options)
        for at in killed:
            self.respawned_wrks.pop(at, None)


def main() -> None:
    """Serve, with granian's own options."""
    cli.Server = _Server  # type: ignore[attr-defined]  # the name under which it is called there
    cli.entrypoint()  # type: ignore[no-untyped-call]  # granian gives no types


if __name__ == "__main__":
    main()
