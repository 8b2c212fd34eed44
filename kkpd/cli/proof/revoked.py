"""`kkpd revoked export --out FILE`: the signed list of papers that no longer count.

Auditors keep it beside the log's public key; `kkpd verify FILE --revoked` reads it. Exit status 0
when it is written, 2 with one sentence when it is not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kkpd.cli import context as cli_context
from kkpd.cli.papers.report_file import write_out
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.proof.events import iso
from kkpd.core.proof.log_key import load_signer
from kkpd.records import log_signing, withdrawn_papers


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act."""
    parser.add_argument("act", choices=["export"], help="write the list, signed by the log's key")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True)


def run(args: argparse.Namespace) -> int:
    """Write the list as it is now."""
    config = cli_context.settings()
    keys = load_signer(config.instance)
    with cli_context.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        found = withdrawn_papers.as_of(session, cli_context.now())
        signer = log_signing.present_signer(session, keys)
    write_out(args.out, found.signed(signer.public_key, signer.sign))
    print(f"{args.out}: {len(found.papers)} surat dicabut atau diganti per {iso(found.at)}")
    return 0
