"""`kkpd package --opd KODE --periode P --out FILE.zip`: an audit package of one OPD.

Reports, data, evidence, bank files, the event log's extract with its proof, and a verifier that
runs offline. Exit status 0 when it is written, 2 with one sentence when it is not.
"""

from __future__ import annotations

import argparse
import os
from hashlib import file_digest
from pathlib import Path

from kkpd.cli import context as cli_context
from kkpd.cli.papers.report_file import output_path
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Unreadable
from kkpd.core.moments import business_day, parse_span
from kkpd.core.proof.log_key import load_signer
from kkpd.reports.package import make as package_make
from kkpd.reports.package.make import record_download


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--opd", metavar="KODE", required=True, help="code or short name of an OPD")
    parser.add_argument("--periode", metavar="P", required=True, help="2026-10, 2026-T3 or 2026")
    parser.add_argument("--out", type=Path, metavar="FILE.zip", required=True)
    parser.add_argument(
        "--oleh",
        metavar="LOGIN",
        help="who takes the package, by login name: an auditor or an inspector; default: the one "
        "auditor, or the one inspector",
    )


def run(args: argparse.Namespace) -> int:
    """Make the package; a broken-off one leaves no file."""
    span, path = parse_span(args.periode), output_path(args.out, (".zip",))
    config = cli_context.settings()
    stores = (cli_context.open_store(config), cli_context.penerbit(config).arsip)
    aside = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    with cli_context.opened(config) as engine:
        now = cli_context.now()
        with reading(engine, EVERY_OPD) as session:
            opd_id = cli_context.opd(session, args.opd)
            day = business_day(now, config.zone)
            who = cli_context.acting(
                session, args.opd, args.oleh, day, everything=cli_context.AUDITORS, opd_roles=()
            )
        try:
            with aside.open("w+b") as out:
                signer = load_signer(config.instance)
                package_make.build(engine, who, (args.opd, span), stores, signer, out, now)
                out.seek(0)
                digest = file_digest(out, "sha256").hexdigest()
            with writing(engine, cli_context.data_scope(who)) as session:
                record_download(session, who, opd_id, path.name, digest, now)
            aside.replace(path)
        except OSError as error:
            raise Unreadable(f"{path} tidak dapat ditulis: {error.strerror}.") from None
        finally:
            aside.unlink(missing_ok=True)
    print(f"{path}: SHA-256 {digest}")
    return 0
