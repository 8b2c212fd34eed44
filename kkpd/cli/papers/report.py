"""`kkpd report list`; `kkpd report NAME --opd KODE --periode P --out FILE`: one report to a file.

Without `--terbit` it is a draft and says so on every page; with it the report is issued (number,
hash, event, archive), or the newest issue handed out while the books still say the same. Papers of
the chain are issued by their own steps: `--terbit` hands out the one that was issued. Exit status:
0 when the file is written, 2 with one sentence when it is not.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from kkpd.cli import options
from kkpd.core.document_kinds import LISTING


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "name", metavar="NAME | list", help="the report; the word list names all of them"
    )
    parser.add_argument("--opd", metavar="KODE", help="code or short name of an OPD, or: semua")
    parser.add_argument("--periode", metavar="P", help="2026-10 (month), 2026-T3 (quarter), 2026")
    parser.add_argument("--out", type=Path, metavar="FILE", help="FILE.pdf, FILE.xlsx or FILE.csv")
    parser.add_argument("--terbit", action="store_true", help="issue it: numbered and archived")
    parser.add_argument("--kartu", default="", metavar="NNNN", help="a DPR of this card only")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    options.acting(parser)


def run(args: argparse.Namespace) -> int:
    """Name the reports, or write one."""
    if args.name == "list":
        return _list(as_json=args.json)
    from kkpd.cli.papers import report_file

    return report_file.run(args)


def _list(*, as_json: bool) -> int:
    if as_json:
        rows = [
            {"name": one.nama, "title": one.judul, "chain": one.of_chain}
            for one in LISTING.values()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    width = max(map(len, LISTING))
    for one in LISTING.values():
        mark = "  (terbit lewat rantai)" if one.of_chain else ""
        print(f"{one.nama:<{width}}  {one.judul}{mark}")
    return 0
