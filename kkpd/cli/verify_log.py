"""`kkpd verify log`: every chain from its first event, every checkpoint against its chains.

Exit status 0 when all holds, 1 with the first broken link of each chain.
"""

from __future__ import annotations

import argparse
import json

from kkpd.cli import context as cli_context
from kkpd.cli.verify import read_key
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.proof.log_key import load_signer
from kkpd.records import log_check


def run(args: argparse.Namespace) -> int:
    """Check everything and say it, one line a chain."""
    config = cli_context.settings()
    key = read_key(args.log_key) if args.log_key else load_signer(config.instance).public_key
    with cli_context.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        chains = log_check.check_chains(session)
        signed = log_check.check_checkpoints(session, key)
    holds = signed is None and all(chain.fault is None for chain in chains)
    if args.json:
        rows = [{"chain": c.name, "size": c.size, "fault": c.fault} for c in chains]
        print(json.dumps({"holds": holds, "chains": rows, "checkpoints": signed}, indent=2))
    else:
        for chain in chains:
            print(f"{chain.name}: {chain.fault or f'{chain.size} log_events utuh'}")
        print(f"titik periksa: {signed or 'semua sah'}")
    return 0 if holds else 1
