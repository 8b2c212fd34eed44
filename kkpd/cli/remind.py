"""`kkpd remind`: everybody's digest of what is due soon or late, by mail or to a folder."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from functools import partial

from kkpd.cli import context as cli_context
from kkpd.cli import options
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.moments import business_day
from kkpd.oversight import remind
from kkpd.oversight.remind import Carrier, FolderCarrier, SmtpCarrier
from kkpd.oversight.todo import NEAR_DAYS

_NOTES = """\
Without KKPD_SMTP_HOST each mail is written as a file to surat/ in the instance folder. What a
person was told that day is not told again that day; a mail that failed is tried by the next run.
exit status: 0 all that should go went, 1 at least one address failed (each is named on stderr).
"""
_WORDS = {
    "terkirim": "terkirim",
    "rencana": "akan dikirim",
    "sudah": "sudah diberi tahu hari itu",
    "sepi": "tidak ada yang menunggu",
    "tanpa_surel": "tanpa alamat surel",
    "gagal": "gagal",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """How near is near, and which day."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTES
    parser.add_argument(
        "--hari",
        type=_working_days,
        default=NEAR_DAYS,
        metavar="N",
        help=f"also what is due within N working days (default {NEAR_DAYS}, 0 to 60)",
    )
    parser.add_argument("--tanggal", type=options.day, help="as of this day, YYYY-MM-DD")
    parser.add_argument("--periksa", action="store_true", help="say what would go, send nothing")


def _working_days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 60):
        raise argparse.ArgumentTypeError(f"“{text}” bukan banyaknya hari, 0 sampai 60")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Send, and say what became of everybody's digest."""
    config, moment = cli_context.settings(), cli_context.now()
    day = args.tanggal or business_day(moment, config.zone)
    with cli_context.opened(config) as engine:
        rounds = remind.ReminderRun(
            read_in=partial(reading, engine),
            write_out=partial(writing, engine),
            day=day,
            near=args.hari,
            now=moment,
            mail_carrier=None if args.periksa else _carrier(config),
            alamat=config.public_url,
        )
        with reading(engine, EVERY_OPD) as session:
            people = remind.penerima(session, day, demo=config.demo)
        fates = rounds.everything(people)
    return _tell(fates)


def _carrier(config: Settings) -> Carrier:
    return (
        FolderCarrier(config.instance / "surat")
        if config.smtp is None
        else SmtpCarrier(config.smtp)
    )


def _tell(fates: list[remind.ReminderFate]) -> int:
    for fate in fates:
        if fate.hasil in ("terkirim", "rencana"):
            print(f"{fate.nama}: {fate.butir} hal, {_WORDS[fate.hasil]}")
        elif fate.hasil == "tanpa_surel":
            print(f"{fate.nama}: {fate.butir} hal, tanpa alamat surel", file=sys.stderr)
        elif fate.hasil == "gagal":
            print(f"{fate.nama}: gagal, {fate.sebab}", file=sys.stderr)
    counts = Counter(fate.hasil for fate in fates)
    print(", ".join(f"{counts[key]} {word}" for key, word in _WORDS.items() if counts[key]) or "0")
    return 1 if counts["gagal"] else 0
