"""`kkpd demo build [--seed N]`: fill an empty database with the demo year; only that.

Only in demo mode (KKPD_DEMO=1), and never beside real people: the logins that it makes are marked,
and refused outside that mode.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from sqlalchemy import Engine

from kkpd.cli import context as cli_context
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.permissions import ROLE_NAMES
from kkpd.demo import build
from kkpd.demo import ground as demo_ground
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD, DemoLogin, demo_logins
from kkpd.oversight.guided_month import FILES
from kkpd.reports import tieout


def arguments(parser: argparse.ArgumentParser) -> None:
    """The act and the seed."""
    parser.add_argument("act", choices=["build", "logins"], help="fill the database; list logins")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed, the same year")


def run(args: argparse.Namespace) -> int:
    """Build unless it is there; both acts are safe to repeat."""
    config = cli_context.settings()
    if not config.demo:
        raise Conflict(
            "Tahun demo dan nama masuknya hanya ada dalam mode demo. Setel KKPD_DEMO=1 di komputer "
            "percobaan, tidak pernah pada pemasangan yang dipakai."
        )
    with cli_context.opened(config, new=args.act == "build") as engine:
        if args.act == "build":
            if build.is_built(engine):
                print("Tahun demo sudah ada; tidak ada yang diubah.")
                return 0
            demo = build.Demo(
                cli_context.open_store(config),
                cli_context.penerbit(config),
                config.instance / FILES,
                args.seed,
            )
            build.build(engine, demo, lambda words: print(words, flush=True))
            return _ties_out(engine, business_day(cli_context.now(), config.zone))
        with reading(engine, EVERY_OPD) as session:
            found = demo_logins(session, business_day(cli_context.now(), config.zone))
        print("\n".join(_said(found)))
    return 0


def _said(found: list[DemoLogin]) -> Iterator[str]:
    """By office and role, with the one password above them."""
    yield f"Kata sandi semua orang: {DEMO_LOGIN_WORD}"
    for opd, people in groupby(found, key=lambda one: one.opd):
        yield f"\n{opd or 'Semua OPD'}"
        for one in people:
            yield f"  {one.nama_masuk:<10} {ROLE_NAMES[one.peran]:<31} {one.nama}"


def _ties_out(engine: Engine, day: date) -> int:
    """What was built is compared before anybody looks at it: 1 when its papers contradict."""
    with reading(engine, EVERY_OPD) as session:
        claims = tieout.check(session, demo_ground.YEAR, day)
    failed = [claim for claim in claims if not claim.holds]
    for claim in failed:
        print(claim.sentence, flush=True)
    print(f"{len(claims)} identitas dibandingkan, {len(failed)} tidak sama.")
    return 1 if failed else 0
