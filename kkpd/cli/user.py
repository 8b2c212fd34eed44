"""`kkpd user`: the first administrator of an installation, and a code for who is locked out."""

from __future__ import annotations

import argparse

from sqlalchemy import select

from kkpd.cli import context as cli_context
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import NotFound
from kkpd.core.moments import business_day
from kkpd.models import Pengguna
from kkpd.organisation import codes, organisation
from kkpd.organisation.login import trimmed

_NOTES = """\
Both print a one-time code on stdout; with it the person sets a password of their own on the page
/kode (first-admin: within 72 hours, reset: within 24). No password is typed here.
first-admin works when there is no administrator left who can log in.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and for whom."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTES
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    first = acts.add_parser("first-admin", help="make the first administrator")
    first.add_argument("--nama", required=True, help="full name")
    first.add_argument("--nama-masuk", required=True, help="login name, lower case")
    reset = acts.add_parser("reset", help="take a password away and print a code for a new one")
    reset.add_argument("nama_masuk", help="login name")


def run(args: argparse.Namespace) -> int:
    """Do it, and print the code."""
    config, now = cli_context.settings(), cli_context.now()
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        if args.act == "reset":
            query = select(Pengguna.id).where(Pengguna.nama_masuk == trimmed(args.nama_masuk))
            pengguna_id = session.scalar(query)
            if pengguna_id is None:
                raise NotFound(f"Nama masuk “{args.nama_masuk}” tidak ada.")
            code, purpose = codes.reset(session, None, pengguna_id, now), "pulih"
        else:
            data = organisation.PersonData(nama=args.nama, jabatan="Administrator")
            mulai = business_day(now, config.zone)
            actor = organisation.first_one(
                session, data, args.nama_masuk, None, mulai=mulai, now=now
            )
            code, purpose = codes.issue(session, actor.pengguna_id, "undangan", now), "undangan"
    hours = round(codes.LIFE[purpose].total_seconds() / 3600)
    print(f"Kode untuk {args.nama_masuk}: {code}")
    print(f"Berlaku {hours} jam, sekali pakai, di halaman /kode.")
    return 0
