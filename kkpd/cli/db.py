"""`kkpd db upgrade`: bring the database to the present structure, from empty or from earlier."""

from __future__ import annotations

import argparse

from kkpd.cli import context as cli_context
from kkpd.core.db import schema


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act so far: upgrade."""
    parser.add_argument("act", choices=["upgrade"], help="bring the structure to the newest")


def run(args: argparse.Namespace) -> int:
    """Upgrade; safe to repeat."""
    assert args.act == "upgrade"
    config = cli_context.settings()
    with cli_context.opened(config, current=False) as engine:
        schema.upgrade(engine)
    print("Struktur basis data terbaru.")
    return 0
