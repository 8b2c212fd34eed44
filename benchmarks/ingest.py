"""Bank files from bytes into the books, beside the limit and a peer, each in its own process.

    script/bench ingest [--rows 100000] [--long 1000000]

One JSON line a measurement: `ours_s` against `limit_s` (bare executemany or COPY of the same rows,
calamine alone, a shorter file, the first import) and `peer_s`. SQLite and reading are measured in
processor time, since other work on the machine does not count; PostgreSQL by the clock, since its
server is another process. The last line is about lines lost and doubled by two overlapping exports.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from typing import NamedTuple

from benchmarks import ingest_overlap
from benchmarks.ingest_cases import CASES, seconds


class Comparison(NamedTuple):
    """A line of the result; `most` is the ratio to the limit aimed for, None where none is set."""

    bench: str
    ours: str
    limit: str
    most: float | None
    peer: str | None = None


COMPARISONS = (
    Comparison("ingest.sqlite", "store.sqlite", "executemany", 6, "to_sql.sqlite"),
    Comparison("ingest.postgres", "store.postgres", "COPY", 8, "to_sql.postgres"),
    Comparison("ingest.again", "again.sqlite", "store.sqlite", 0.5),
    Comparison("ingest.read_csv", "read.csv", "csv.reader", None),
    Comparison("ingest.read_xlsx", "read.xlsx", "calamine", 2.5),
)


class Measured(NamedTuple):
    """Best seconds of a case and the peak memory of its process in MB."""

    seconds: float
    rss_mb: int


def measure(name: str, count: int, times: int) -> Measured:
    """In this process."""
    prepare, clock = CASES[name]
    run = prepare(count)
    best = min(seconds(run, clock) for _ in range(times))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measured(round(best, 3), peak)


def apart(name: str, count: int, times: int = 3) -> Measured:
    """In a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--case", name]
    command += ["--rows", str(count), "--times", str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Measured(*json.loads(done.stdout.splitlines()[-1]))


def line(told: Comparison, count: int, found: dict[str, Measured]) -> dict[str, object]:
    """One comparison as it is printed."""
    ours, limit = found[told.ours], found[told.limit]
    peer = found[told.peer] if told.peer else None
    return {
        "bench": told.bench,
        "n": count,
        "ours_s": ours.seconds,
        "peer": told.peer,
        "peer_s": peer.seconds if peer else None,
        "limit": told.limit,
        "limit_s": limit.seconds,
        "ratio_peer": round(ours.seconds / peer.seconds, 2) if peer else None,
        "ratio_limit": round(ours.seconds / limit.seconds, 2),
        "most": told.most,
        "rss_mb": ours.rss_mb,
    }


def main() -> int:
    """Every case, then the long file, then the overlap."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=1_000_000)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--times", type=int, default=3)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(measure(args.case, args.rows, args.times)))
        return 0
    found = {name: apart(name, args.rows) for name in CASES}
    for told in COMPARISONS:
        print(json.dumps(line(told, args.rows, found)), flush=True)
    found["long"] = apart("store.sqlite", args.long, 1)
    told = Comparison("ingest.long", "long", "store.sqlite", 11)
    print(json.dumps(line(told, args.long, found)), flush=True)
    print(json.dumps(ingest_overlap.run()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
