"""`kkpd sipd npd|tbp --opd KODE --periode P --out FILE.csv|.xlsx`: lines to enter into SIPD-RI.

Exit status 0 when the file is written, 2 with one sentence when it is not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kkpd.cli import context as cli_context
from kkpd.cli import options
from kkpd.cli.papers.report_file import output_path, write_out
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.moments import business_day, parse_span
from kkpd.engines.paper.writers import WRITERS
from kkpd.reports import issue, sipd


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("isi", choices=sorted(sipd.CONTENTS), help="NPD lines, or TBP lines")
    parser.add_argument(
        "--opd", metavar="KODE", required=True, help="code or short name, or: semua"
    )
    parser.add_argument("--periode", metavar="P", required=True, help="2026-10, 2026-T3 or 2026")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help=".csv or .xlsx")
    options.acting(parser)


def run(args: argparse.Namespace) -> int:
    """Write the lines."""
    span, path = parse_span(args.periode), output_path(args.out, (".csv", ".xlsx"))
    config = cli_context.settings()
    with cli_context.opened(config) as engine:
        day = business_day(cli_context.now(), config.zone)
        with reading(engine, EVERY_OPD) as session:
            who = cli_context.acting(session, args.opd, args.oleh, day)
        with writing(engine, cli_context.data_scope(who)) as session:
            inputs = sipd.inputs(session, who, args.opd, span, day)
            document, opd = sipd.CONTENTS[args.isi](inputs), inputs.coverage.opd
            data = WRITERS[path.suffix.lower()[1:]](document)
            opd_id = None if opd is None else opd.id
            what = f"sipd:{args.isi}"
            issue.record(session, who, what, opd_id, span.kode, data, cli_context.now())
            told = f"{path}: {document.judul}, {inputs.coverage.nama}, {span.kode}"
    write_out(path, data)
    print(told)
    return 0
