"""`kkpd tieout [--opd SLUG] [--tahun N] [--json]`: do all papers and pages say the same?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from kkpd.cli import context as cli_context
from kkpd.cli.options import budget_year
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.reports.tieout import Claim, check

_NOTE = """\
Each identity compares two places that speak of the same rupiah: bills, lines, purchases, ceilings,
issued papers (their frozen data), registers, exports and boards. docs/kebenaran.md names them.
--json prints a list of {"identitas", "opd", "periode", "kiri", "kanan", "beda", "sumber_kiri",
"sumber_kanan"}, amounts in rupiah, those that hold too. Without it: what fails, in sentences.
exit status: 0 all hold, 1 at least one does not, 2 refused with one sentence.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """One OPD or all, which year, sentences or JSON."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTE
    parser.add_argument("--opd", default="", help="OPD code or slug; default: every OPD")
    parser.add_argument("--tahun", type=budget_year, help="the year; default: the present one")
    parser.add_argument("--json", action="store_true", help="all identities as JSON")


def run(args: argparse.Namespace) -> int:
    """Compare, print, and say by the exit status whether all hold."""
    config = cli_context.settings()
    day = business_day(cli_context.now(), config.zone)
    with cli_context.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        if args.opd:
            cli_context.opd(session, args.opd)
        found = check(session, args.tahun or day.year, day, args.opd)
    print(as_json(found) if args.json else as_text(found))
    return 0 if all(claim.holds for claim in found) else 1


def as_json(claims: Sequence[Claim]) -> str:
    """All claims with their sources."""
    rows = [
        {
            "identitas": one.key,
            "opd": one.opd,
            "periode": one.period,
            "kiri": _number(one.left),
            "kanan": _number(one.right),
            "beda": _number(one.difference),
            "sumber_kiri": one.left_source,
            "sumber_kanan": one.right_source,
        }
        for one in claims
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _number(amount: Rupiah) -> int | float:
    """Rupiah as a JSON number; with its sen only where there are any."""
    whole, sen = divmod(amount.sen, 100)
    return float(amount.to_decimal()) if sen else whole


def as_text(claims: Sequence[Claim]) -> str:
    """What fails, and how many were compared."""
    failed = [one.sentence for one in claims if not one.holds]
    total = f"{len(claims)} identitas dibandingkan, {len(failed)} tidak sama."
    return "\n".join([*failed, total])
