"""`python script/coverage_floors.py FILE`: each part of the program must keep its own coverage.

FILE is what `coverage json` writes. A part's figure is covered lines and branches over all lines
and branches, as coverage.py counts its total; branches alone are held to the same floor.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

#: part -> least share in percent, of lines with branches and of branches alone
FLOORS = {
    "kkpd/core": 95.0,
    "kkpd/engines": 95.0,
    "kkpd/ledger": 95.0,
    "kkpd/records": 95.0,
    "kkpd/pagu": 95.0,
    "kkpd/organisation": 95.0,
    "kkpd/belanja": 95.0,
    "kkpd/tagihan": 95.0,
    "kkpd/reconciliation": 95.0,
    "kkpd/approval": 95.0,
    "kkpd/payment": 95.0,
    "kkpd/year": 95.0,
    "kkpd/oversight": 90.0,
    "kkpd/reports": 90.0,
    "kkpd/worker": 90.0,
    "kkpd/views": 90.0,
    "kkpd/web": 90.0,
}

#: What runs only in processes of their own, which are not traced -> where it is tested
ELSEWHERE = {
    "kkpd/core/sandbox/helper.py": "tests/core/test_sandbox.py, tests/belanja/test_bombs.py",
    "kkpd/web/server.py": "tests/server",
}


def share(covered: int, total: int) -> float:
    """Percent; a part without anything to cover is whole."""
    return 100.0 * covered / total if total else 100.0


def measure(files: dict[str, dict[str, dict[str, int]]], part: str) -> tuple[float, float]:
    """(lines with branches, branches alone) of all files below `part`, in percent."""
    sums = [
        file["summary"]
        for name, file in files.items()
        if name.startswith(f"{part}/") and name not in ELSEWHERE
    ]
    lines, lines_hit = (sum(s[k] for s in sums) for k in ("num_statements", "covered_lines"))
    branches, branches_hit = (sum(s[k] for s in sums) for k in ("num_branches", "covered_branches"))
    return share(lines_hit + branches_hit, lines + branches), share(branches_hit, branches)


def main() -> int:
    """Print every part's figures; exit status 1 when one is below its floor."""
    files = json.loads(Path(sys.argv[1]).read_text())["files"]
    low = 0
    for part, floor in FLOORS.items():
        both, branches = measure(files, part)
        is_low = min(both, branches) < floor
        low += is_low
        print(
            f"{part}: {both:.1f} % of lines and branches, {branches:.1f} % of branches"
            f" (floor {floor:.0f} %){' TOO LOW' if is_low else ''}"
        )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
