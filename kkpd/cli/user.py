"""`kkpd user first-admin`: the first administrator of an installation; later ones in the web."""

from __future__ import annotations

import argparse
import getpass

from kkpd.cli import context as cli_context
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.moments import business_day
from kkpd.organisation import organisation
from kkpd.organisation.passwords import check_new_password, hash_password


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who; the password is asked for, never an argument."""
    parser.add_argument("act", choices=["first-admin"], help="make the first administrator")
    parser.add_argument("--nama", required=True, help="full name")
    parser.add_argument("--nama-masuk", required=True, help="login name, lower case")


def run(args: argparse.Namespace) -> int:
    """Ask for a password twice and make the administrator."""
    config = cli_context.settings()
    first, again = getpass.getpass("Kata sandi: "), getpass.getpass("Sekali lagi: ")
    check_new_password(first, again, args.nama_masuk)
    now = cli_context.now()
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        data = organisation.PersonData(nama=args.nama, jabatan="Administrator")
        organisation.first_one(
            session,
            data,
            args.nama_masuk,
            hash_password(first),
            mulai=business_day(now, config.zone),
            now=now,
        )
    print(f"{args.nama_masuk} dapat masuk sebagai administrator.")
    return 0
