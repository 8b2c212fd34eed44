"""`kkpd ceilings recount`: every ceiling against its movements; exit 1 at the first difference."""

from __future__ import annotations

import argparse

from kkpd.cli import context as cli_context
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.pagu.ceilings import recount as ceilings_recount


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act."""
    parser.add_argument("act", choices=["recount"], help="recount every ceiling")


def run(args: argparse.Namespace) -> int:
    """Recount; the nightly check runs the same."""
    assert args.act == "recount"
    with (
        cli_context.opened(cli_context.settings()) as engine,
        reading(engine, EVERY_OPD) as session,
    ):
        counted, fault = ceilings_recount.recount(session)
    if fault:
        print(fault)
        return 1
    print(f"{counted} batas sama dengan gerakannya.")
    return 0
