"""`kkpd opendata --periode P --out FOLDER`: open data of all OPDs, without personal data.

Exit status 0 when both files are written, 2 with one sentence when they are not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kkpd.cli import context as cli_context
from kkpd.cli import options
from kkpd.cli.papers.report_file import write_out
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import Unreadable
from kkpd.core.moments import business_day, parse_span
from kkpd.records import settings as records_settings
from kkpd.records.report_request import ALL, coverage
from kkpd.reports import issue
from kkpd.reports import open_data as public_data


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--periode", metavar="P", required=True, help="2026-10, 2026-T3 or 2026")
    parser.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="made if missing")
    options.acting(parser)


def run(args: argparse.Namespace) -> int:
    """Write the CSV and its datapackage.json."""
    span, config = parse_span(args.periode), cli_context.settings()
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        day = business_day(cli_context.now(), config.zone)
        who = cli_context.acting(session, ALL, args.oleh, day)
        coverage(session, who, ALL, "data_terbuka:unduh")
        rows = [row.sel() for row in public_data.available_rows(session, span)]
        government = records_settings.value(session, "nama_pemerintah", day) or "Pemerintah Daerah"
        made = public_data.berkas(rows, span, government)
        table = made[public_data.TABLE_FILE]
        issue.record(session, who, "data_terbuka", None, span.kode, table, cli_context.now())
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{args.out} tidak dapat dibuat: {error.strerror}.") from None
    for name, data in made.items():
        write_out(args.out / name, data)
        print(args.out / name)
    return 0
