"""`kkpd year check|open --tahun Y`: what the new year lacks, and its opening in every OPD."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli.context import opd as opd_id
from kkpd.cli.options import budget_year
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.models import Opd
from kkpd.organisation.accounts import administrator
from kkpd.year import open_year
from kkpd.year import reads as year_reads
from kkpd.year.rules import REQUIREMENTS

_NOTES = """\
check names what is missing for the year. open carries card limits and the lines that were unsettled
on 31 December over to the year, from its 1 January on; doing it again changes nothing but adds what
came late. What is missing does not stop it and is named on stderr.
exit status: 0 complete (check) or opened (open), 1 something is missing (check), 2 refused.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The act, the year and, for one alone, the OPD."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTES
    parser.add_argument("act", choices=("check", "open"))
    parser.add_argument("--tahun", type=budget_year, required=True, help="the new budget year")
    parser.add_argument("--opd", default="", help="OPD code or slug; default: every OPD in use")


def run(args: argparse.Namespace) -> int:
    """Check or open; all OPDs in one transaction."""
    mode = writing if args.act == "open" else reading
    with (
        cli_context.opened(cli_context.settings()) as engine,
        mode(engine, EVERY_OPD) as session,
    ):
        actor = administrator(session, business_day(cli_context.now()))
        lacking = _missing(session, actor, args)
        opened = _open(session, actor, args) if args.act == "open" else []
    print("\n".join(lacking), file=sys.stderr, end="\n" if lacking else "")
    print("\n".join(opened) or f"{len(lacking)} OPD belum lengkap untuk {args.tahun}.")
    return 1 if lacking and args.act == "check" else 0


def _missing(session: Session, actor: Actor, args: argparse.Namespace) -> list[str]:
    if args.opd:
        rows = [year_reads.one_item(session, actor, opd_id(session, args.opd), args.tahun)]
    else:
        rows = year_reads.everything(session, actor, args.tahun)
    return [
        f"{row.nama}: belum ada {', '.join(REQUIREMENTS[one.kunci] for one in row.lacks)}"
        for row in rows
        if row.lacks
    ]


def _open(session: Session, actor: Actor, args: argparse.Namespace) -> list[str]:
    ids = (
        [opd_id(session, args.opd)]
        if args.opd
        else session.scalars(select(Opd.id).where(Opd.aktif.is_(True)).order_by(Opd.id)).all()
    )
    told = []
    for one in ids:
        done = open_year.open_year(session, actor, one, args.tahun, cli_context.now())
        word = "dibuka" if done.first_one else "sudah dibuka"
        told.append(
            f"{done.opd}: {args.tahun} {word}; {done.kartu} batas kartu dan {done.baris} baris "
            f"dibawa sekarang; {done.dibawa} baris Rp {done.nilai} belum lunas pada 31 Desember"
        )
    return told
