"""Reports against their peers: time and memory side by side in one run, as ratios to the issue's.

    script/bench pdf [--rows 10000] [--large 100000] [--weasyprint PYTHON]

Every measurement runs in a process of its own: the best of three in CPU time (one thread works, and
other work on the machine does not count), peak memory from the system. The
bare pass is the same rows on ReportLab's canvas without tags, data or proof. WeasyPrint is measured
where `--weasyprint` names a Python that has it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from benchmarks import pdf_cases

#: what it is -> (case, peer, the most that time and memory may be in times of the peer)
RATIOS: tuple[tuple[str, str, str, float | None, float | None], ...] = (
    ("ledger, tagged, with data and proof / bare canvas", "ours", "bare", 4.0, None),
    ("ledger / LongTable untagged", "ours", "longtable", 1.5, None),
    ("ledger / WeasyPrint", "ours", "weasyprint", 0.2, 0.3),
    ("verify / drawing", "verify", "ours", 2.0, None),
    ("XLSX / xlsxwriter constant memory", "xlsx", "xlsxwriter", 1.3, None),
    ("CSV / csv.writer", "csv", "csvwriter", 2.0, None),
)


def measure(case: str, rows: int, python: str = sys.executable) -> dict[str, Any] | None:
    """Seconds and peak MB of a case in its own process; None where it cannot run there."""
    command = [python, "-m", "benchmarks.pdf_cases", case, str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(json.dumps({"case": case, "failed": done.stderr.strip().splitlines()[-1:]}))
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps(found), flush=True)
    return found


def _ratio(said: str, ours: dict[str, Any], peer: dict[str, Any], most: Any, memory: Any) -> None:
    times = ours["seconds"] / peer["seconds"]
    line: dict[str, Any] = {"ratio": said, "time": round(times, 2), "at_most": most}
    good = most is None or times <= most
    if memory is not None:
        share = ours["peak_mb"] / peer["peak_mb"]
        line |= {"memory": round(share, 2), "memory_at_most": memory}
        good = good and share <= memory
    print(json.dumps({**line, "holds": good}))


def _large(rows: int, large: int, seconds: float) -> None:
    """Time linear and memory bounded at `large` rows; one page within 40 ms of a bare one."""
    found = measure("ours", large)
    if found:
        growth = found["seconds"] / seconds / (large / rows)
        print(json.dumps({"ratio": "time a row, large / small", "time": round(growth, 2)}))
        holds = found["peak_mb"] <= 400
        print(json.dumps({"limit": "peak MB, large", "is": found["peak_mb"], "holds": holds}))


def _one_page() -> None:
    page, bare = measure("dpt", 5), measure("bare", 5)
    if page and bare:
        over = (page["seconds"] - bare["seconds"]) * 1000
        print(json.dumps({"limit": "ms of a DPT over a bare page", "is": round(over, 1),
                          "at_most": 40, "holds": over <= 40}))  # fmt: skip


def main() -> int:
    """Measure all and print one JSON line each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--weasyprint", metavar="PYTHON", help="a Python that has WeasyPrint")
    args = parser.parse_args()
    sizes: dict[str, int] = dict.fromkeys(pdf_cases.CASES, args.rows)
    sizes |= dict.fromkeys(("xlsx", "xlsxwriter", "csv", "csvwriter", "log"), args.large)
    pythons = {"weasyprint": args.weasyprint}
    found: dict[str, Any] = {}
    for case in (*{c: 0 for _, a, b, _, _ in RATIOS for c in (a, b)}, "log"):
        python = pythons.get(case, sys.executable)
        if python:
            found[case] = measure(case, sizes[case], python)
    for said, ours, peer, most, memory in RATIOS:
        if found.get(ours) and found.get(peer):
            _ratio(said, found[ours], found[peer], most, memory)
    _one_page()
    if found.get("ours"):
        _large(args.rows, args.large, found["ours"]["seconds"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
