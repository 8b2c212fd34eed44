"""Bank files from bytes into the books, beside the limit and a peer, each in its own process.

    script/bench ingest [--rows 100000] [--long 1000000] [--pairs 5]

One JSON line a measurement: `ours_s` against `limit_s` (bare executemany or COPY of the same rows,
calamine alone, a shorter file, the first import) and `peer_s`. Ours and the limit run in turn, so
many pairs; `ratio_limit` is the median over the pairs and `ratios` are all of them, since other
work on the machine disturbs a pair less than two runs far apart. The bare engine has the rows in
memory, in their final form, and writes them into a table without index, key, check or trigger; so
the ratio holds everything that we do beyond that. SQLite and reading are measured in processor
time; PostgreSQL by the clock, since its server is another process. `load` is the machine's load
when the line was printed. The last line is about lines lost and doubled by two overlapping exports.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
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
#: A file in which each line is of another day than the one before, and one in the order of days.
LONG = (
    Comparison("ingest.long", "store.sqlite", "store.sqlite", 11),
    Comparison("ingest.long_by_day", "store.by_day", "store.by_day", 11),
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
    return Measured(round(best, 3), _peak())


def _peak() -> int:
    """The most memory this process had at once, in MB; ru_maxrss would tell its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def apart(name: str, count: int, times: int = 3) -> Measured:
    """In a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--case", name]
    command += ["--rows", str(count), "--times", str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Measured(*json.loads(done.stdout.splitlines()[-1]))


def compare(told: Comparison, count: int, shorter: int, pairs: int) -> dict[str, object]:
    """One comparison as it is printed; the limit works on `shorter` rows where that is its point.

    The peer takes part once: it is there to be looked at, not to be held to.
    """
    times = 1 if count > shorter else 3
    found = [
        (apart(told.ours, count, times), apart(told.limit, shorter)) for _ in range(max(pairs, 1))
    ]
    peer = apart(told.peer, count) if told.peer else None
    ours = median(one.seconds for one, _ in found)
    ratios = [round(one.seconds / limit.seconds, 2) for one, limit in found]
    return {
        "bench": told.bench,
        "n": count,
        "ours_s": ours,
        "peer": told.peer,
        "peer_s": peer.seconds if peer else None,
        "limit": told.limit,
        "limit_s": median(limit.seconds for _, limit in found),
        "ratio_peer": round(ours / peer.seconds, 2) if peer else None,
        "ratio_limit": median(ratios),
        "ratios": ratios,
        "most": told.most,
        "rss_mb": max(one.rss_mb for one, _ in found),
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> int:
    """Every case, then the long file, then the overlap."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--times", type=int, default=3)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(measure(args.case, args.rows, args.times)))
        return 0
    for told in COMPARISONS:
        print(json.dumps(compare(told, args.rows, args.rows, args.pairs)), flush=True)
    for told in LONG:
        print(json.dumps(compare(told, args.long, args.rows, min(args.pairs, 3))), flush=True)
    print(json.dumps(ingest_overlap.run()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
