"""`kkpd cases`: what somebody must answer for; judge bank lines again; look at closed ones."""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli import options
from kkpd.core.choices import CASE_STATUSES
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.models import Opd
from kkpd.oversight import watch
from kkpd.oversight.cases import reads, sampling
from kkpd.oversight.cases.reads import CaseFilter, CaseRow

_NOTE: Final = """\
list prints the cases that wait (terbuka, dijawab), the most money at risk first. --json prints a
list of {"id", "opd" (slug), "aturan", "berat", "status", "baris" (the bank's references of its
lines, the row in the file where a line has none), "rupiah", "jatuh_tempo", "pemilik"}.
watch judges the bank lines of a year again, also those taken in before the rules were as they are;
what was said before is not said twice.
sample opens a share (setting share_of_cases_reopened) of the cases again that closed by themselves
since the last draw; the event holds the seed and what was drawn from, so it can be drawn again.
exit status: 0 done, 2 refused with one sentence.
"""
_COLUMNS: Final = ("id", "opd", "aturan", "berat", "status", "rupiah", "jatuh_tempo", "pemilik")


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which cases."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTE
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|watch|sample")
    listed = acts.add_parser("list", help="the cases that wait, of one OPD or all")
    _which(listed)
    listed.add_argument(
        "--status",
        choices=("menunggu", *CASE_STATUSES, "semua"),
        default="menunggu",
        help="only these; menunggu (default) is terbuka and dijawab",
    )
    listed.add_argument("--tahun", type=options.budget_year, help="only cases of this year")
    listed.add_argument("--json", action="store_true", help="as JSON")
    listed.set_defaults(act_of=_list)
    watched = acts.add_parser("watch", help="judge the bank lines of a year again")
    _which(watched)
    watched.add_argument("--tahun", type=options.budget_year, help="default: this year")
    options.acting(watched)
    watched.set_defaults(act_of=_watch)
    drawn = acts.add_parser("sample", help="open a random share of the closed ones again")
    _which(drawn)
    drawn.add_argument("--benih", default="", metavar="SEED", help="the seed; default: a new one")
    options.acting(drawn)
    drawn.set_defaults(act_of=_sample)


def _which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--opd", default="", help="OPD code or slug; default: every OPD")


def run(args: argparse.Namespace) -> int:
    """Do it; 0 when done."""
    done: int = args.act_of(args)
    return done


def _list(args: argparse.Namespace) -> int:
    config = cli_context.settings()
    with cli_context.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        wanted = CaseFilter(
            opds={cli_context.opd(session, args.opd)} if args.opd else None,
            status="" if args.status == "semua" else args.status,
            year=args.tahun,
        )
        page = reads.page(session, wanted, limit=None)
    print(_as_json(page.rows) if args.json else _as_text(page.rows))
    return 0


def _plain(row: CaseRow) -> dict[str, object]:
    return {
        "id": row.id,
        "opd": row.slug,
        "aturan": row.aturan,
        "berat": row.berat,
        "status": row.status,
        "baris": list(row.refs),
        "rupiah": _number(row.nilai),
        "jatuh_tempo": row.jatuh_tempo.isoformat(),
        "pemilik": row.pemilik,
    }


def _number(amount: Rupiah) -> int | float:
    """Rupiah as a JSON number; with its sen only where there are any."""
    whole, sen = divmod(amount.sen, 100)
    return float(amount.to_decimal()) if sen else whole


def _as_json(rows: Sequence[CaseRow]) -> str:
    return json.dumps([_plain(row) for row in rows], ensure_ascii=False, indent=1)


def _as_text(rows: Sequence[CaseRow]) -> str:
    lines = [_COLUMNS, *(tuple(str(_plain(row)[name]) for name in _COLUMNS) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_COLUMNS))]
    shown = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    return "\n".join([*shown, f"{len(rows)} tindak lanjut."])


def _watch(args: argparse.Namespace) -> int:
    now = cli_context.now()
    year = args.tahun or business_day(now).year

    def again(session: Session, actor: Actor, opd_id: int) -> int:
        return watch.watch_again(session, actor, opd_id, year, now)

    opened = _in_each(args, now, again)
    print(f"{sum(opened)} tindak lanjut baru dari baris bank tahun {year}.")
    return 0


def _sample(args: argparse.Namespace) -> int:
    now, seed = cli_context.now(), args.benih or secrets.token_hex(8)

    def share(session: Session, actor: Actor, opd_id: int) -> int:
        return len(sampling.reopen_share(session, actor, opd_id, seed, now))

    opened = _in_each(args, now, share)
    print(f"Benih {seed}: {sum(opened)} tindak lanjut dibuka lagi.")
    return 0


def _in_each(
    args: argparse.Namespace, now: datetime, act: Callable[[Session, Actor, int], int]
) -> list[int]:
    """What the act counts in each chosen OPD, all in one transaction of an inspector."""
    config = cli_context.settings()
    with cli_context.opened(config) as engine:
        with reading(engine, EVERY_OPD) as session:
            day = business_day(now, config.zone)
            actor = cli_context.acting(session, "semua", args.oleh, day, cli_context.INSPECTORS)
            if args.opd:
                chosen = [cli_context.opd(session, args.opd)]
            else:
                chosen = list(session.scalars(select(Opd.id).order_by(Opd.id)))
        with writing(engine, cli_context.data_scope(actor)) as session:
            return [act(session, actor, opd_id) for opd_id in chosen]
