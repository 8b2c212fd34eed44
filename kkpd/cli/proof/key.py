"""`kkpd key list | rotate | revoke | export`: the key that signs the log, and its history.

Exit status 0 when it is done, 2 with one sentence when it is refused: a key is replaced only by the
one before it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli.papers.report_file import write_out
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import DomainError
from kkpd.core.proof.events import iso
from kkpd.core.proof.log_key import FileSigner, KeyHistory, load_signer
from kkpd.records import log_signing


def arguments(parser: argparse.ArgumentParser) -> None:
    """One act."""
    parser.add_argument(
        "act",
        choices=["list", "rotate", "revoke", "export"],
        help="list: every key; rotate: a new key, signed by the one before; revoke: a key is not "
        "to be believed from now on; export: the history as a file for auditors",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="with rotate and revoke")
    parser.add_argument(
        "--generation", type=int, metavar="N", help="with revoke: which key; without it today's"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="with export")


def run(args: argparse.Namespace) -> int:
    """Do it, then say every key."""
    if args.act == "export" and args.out is None:
        raise DomainError("Sebut berkas tujuannya: --out FILE.", field="out")
    config = cli_context.settings()
    keys = load_signer(config.instance)
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        known = _done(session, keys, args)
    if args.act == "export":
        write_out(args.out, known.to_bytes())
    for one in known.generations:
        since = iso(one.since) if one.since else ""
        until = f" sampai {iso(one.until)}" if one.until else ""
        revoked = f", dicabut {iso(one.revoked_at)}: {one.reason}" if one.revoked_at else ""
        print(f"{one.number} {one.key.hex()} sejak {since}{until}{revoked}")
    return 0


def _done(session: Session, keys: FileSigner, args: argparse.Namespace) -> KeyHistory:
    now = cli_context.now()
    log_signing.signer_of_today(session, keys, now)
    known = log_signing.history(session)
    if args.act == "rotate":
        return log_signing.rotate(session, keys, args.reason, now)
    if args.act == "revoke":
        number = len(known.generations) if args.generation is None else args.generation
        return log_signing.revoke(session, keys, number, args.reason, now)
    return known
