"""`kkpd witness export --out FILE`: what somebody outside keeps of the log, below 2 kB.

It signs a checkpoint over all chains first, so run once a day it also bounds how much of the log
stands under no signature. `kkpd verify log --witness FILE` compares. Exit status 0 when it is
written, 2 with one sentence when it is not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kkpd.cli import context as cli_context
from kkpd.cli.papers.report_file import write_out
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.proof.log_key import load_signer
from kkpd.records import log_check, log_signing


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act."""
    parser.add_argument("act", choices=["export"], help="sign the log as it is now, for outside")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True)


def run(args: argparse.Namespace) -> int:
    """Sign a checkpoint and write the witness of it."""
    config = cli_context.settings()
    keys, now = load_signer(config.instance), cli_context.now()
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        log_signing.checkpoint(session, keys, now)
        signer = log_signing.signer_of_today(session, keys, now)
        seen = log_check.witness(session, now)
    write_out(args.out, seen.signed(signer.public_key, signer.sign))
    print(f"{args.out}: {seen.size} titik periksa, akar {seen.root.hex()}")
    return 0
