"""`kkpd ...`: one table of commands; a command's module is imported only when it is called.

A command module offers `arguments(parser)` and `run(args) -> int`. Expected refusals (DomainError)
are one sentence on stderr and exit status 2, so that no command needs its own error handling.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from kkpd import __version__
from kkpd.core import outside
from kkpd.core.errors import DomainError

#: name -> (module, what it does in one line)
COMMANDS: dict[str, tuple[str, str]] = {
    "statement": (
        "kkpd.cli.bank_file.statement",
        "read a bank bill and print it as JSON, or take it in",
    ),
    "classify": ("kkpd.cli.classify", "operasi, modal or ragu for each row of a CSV file"),
    "analyze": ("kkpd.cli.analyze", "sampling, Benford and patterns of fraud over a CSV file"),
    "match": ("kkpd.cli.match", "match a bank statement with a purchase ledger, both CSV"),
    "report": (
        "kkpd.cli.papers.report",
        "name the reports, draw one as PDF, XLSX or CSV, or issue it",
    ),
    "package": (
        "kkpd.cli.papers.package",
        "an audit package of one OPD as a ZIP that proves itself",
    ),
    "opendata": ("kkpd.cli.papers.opendata", "open data of a period: CSV and datapackage.json"),
    "sipd": ("kkpd.cli.papers.sipd", "NPD and TBP lines in the fields of SIPD, CSV or XLSX"),
    "verify": ("kkpd.cli.proof.verify", "check the event log, a self-proving PDF or a package"),
    "revoked": ("kkpd.cli.proof.revoked", "the signed list of papers that no longer count"),
    "witness": ("kkpd.cli.proof.witness", "what somebody outside keeps of the log, signed"),
    "key": ("kkpd.cli.proof.key", "the key that signs the log: list, rotate, revoke, export"),
    "db": ("kkpd.cli.db", "bring the database to the present structure"),
    "doctor": (
        "kkpd.cli.operate.doctor",
        "is each part of the installation well, and what to do where it is not",
    ),
    "backup": ("kkpd.cli.operate.backup", "the whole installation in one file"),
    "restore": ("kkpd.cli.operate.restore", "an empty installation gets the books of a backup"),
    "demo": ("kkpd.cli.demo", "fill an empty database with the demo year"),
    "serve": ("kkpd.cli.serve", "serve the program"),
    "load": ("kkpd.cli.load", "load reference data and budgets"),
    "tieout": ("kkpd.cli.tieout", "do all papers, pages and boards say the same, to the rupiah"),
    "cases": ("kkpd.cli.cases", "list the cases that somebody must answer, or look at closed ones"),
    "ceilings": ("kkpd.cli.ceilings", "recount every ceiling from its movements"),
    "chain": ("kkpd.cli.chain", "tell every step of a purchase, from evidence to lunas"),
    "year": ("kkpd.cli.year", "check and open a new budget year"),
    "remind": ("kkpd.cli.remind", "mail everybody what is due soon or late, once a day"),
    "user": ("kkpd.cli.user", "create the first administrator of an installation"),
}


def build_parser(wanted: str | None) -> tuple[argparse.ArgumentParser, dict[str, str]]:
    """The whole parser; of the command modules only the `wanted` one is imported."""
    parser = argparse.ArgumentParser(
        prog="kkpd", description="Buku besar Kartu Kredit Pemerintah Daerah."
    )
    parser.add_argument("--version", action="version", version=f"kkpd {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == wanted:
            importlib.import_module(module).arguments(command)
    return parser, {name: module for name, (module, _) in COMMANDS.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is the command's own, 2 for a refusal."""
    os.umask(0o077)  # what is made is its owner's alone
    if argv is None:  # this process is the command
        outside.watch()
    argv = sys.argv[1:] if argv is None else list(argv)
    wanted = next((word for word in argv if not word.startswith("-")), None)
    parser, modules = build_parser(wanted)
    args = parser.parse_args(argv)
    try:
        return int(importlib.import_module(modules[args.command]).run(args))
    except DomainError as refusal:
        print(f"kkpd: {refusal.message}", file=sys.stderr)
        return 2
