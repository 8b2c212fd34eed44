"""`kkpd user`: administrators made on the machine, and a code for who is locked out."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli import options
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import NotFound
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.models import Pengguna, Rekening
from kkpd.organisation import codes, organisation, second_factor
from kkpd.organisation.login import trimmed
from kkpd.organisation.setup import national_codes

_NOTES = """\
A one-time code is printed on stdout; with it the person sets a password of their own on the page
/kode (a new login: within 72 hours, reset: within 24). No password is typed here.
The first administrator of an empty database finds the year's national codes loaded.
first-admin works when no other administrator is left, second-admin when there is exactly one other;
a third one is proposed and confirmed in the web. --nama-masuk of a login that is known makes that
person the administrator; of two, it renews the term of the one whose office ends. The inspector
sees it. A new installation requires a second
factor of the roles that move money (a dated setting); lost-factor removes those of a lost phone.
"""

#: act -> how many administrators must be able to work already
_OTHERS: Final = {"first-admin": 0, "second-admin": 1}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and for whom."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _NOTES
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    for act in _OTHERS:
        made = acts.add_parser(act, help=f"make the {act.partition('-')[0]} administrator")
        made.add_argument("--nama", default="", help="full name, of a new login")
        made.add_argument("--nama-masuk", required=True, help="login name, lower case")
        made.add_argument("--dasar", default="", help="number of the decision")
        made.add_argument("--tanggal-dasar", type=options.day, help="its date, YYYY-MM-DD")
    reset = acts.add_parser("reset", help="take a password away and print a code for a new one")
    reset.add_argument("nama_masuk", help="login name")
    lost = acts.add_parser("lost-factor", help="remove the second factors of a lost phone")
    lost.add_argument("nama_masuk", help="login name")
    lost.add_argument("--alasan", required=True, help="why, and how the person was identified")


def run(args: argparse.Namespace) -> int:
    """Do it, and print the code."""
    config, now = cli_context.settings(), cli_context.now()
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        act = {"reset": _reset, "lost-factor": _remove_factors}.get(args.act, _administrator)
        told = act(session, args, now)
    print(told)
    return 0


def _reset(session: Session, args: argparse.Namespace, now: datetime) -> str:
    query = select(Pengguna.id).where(Pengguna.nama_masuk == trimmed(args.nama_masuk))
    pengguna_id = session.scalar(query)
    if pengguna_id is None:
        raise NotFound(f"Nama masuk “{args.nama_masuk}” tidak ada.")
    return _told(args, codes.reset(session, None, pengguna_id, now), "pulih")


def _remove_factors(session: Session, args: argparse.Namespace, now: datetime) -> str:
    name = trimmed(args.nama_masuk)
    count = second_factor.remove_all_on_machine(session, name, args.alasan, now)
    return f"{count} faktor kedua {name} dicabut; sesinya berakhir. Ia memasang yang baru."


def _administrator(session: Session, args: argparse.Namespace, now: datetime) -> str:
    actor = organisation.first_one(
        session,
        organisation.PersonData(nama=args.nama, jabatan="Administrator"),
        args.nama_masuk,
        None,
        now=now,
        others=_OTHERS[args.act],
        dasar=args.dasar,
        tanggal_dasar=args.tanggal_dasar,
    )
    config = cli_context.settings()
    day = business_day(now, config.zone)
    if not config.demo:
        second_factor.require_from(session, actor, day, now)
    loaded = _first_codes(session, actor, day.year, now)
    if session.get_one(Pengguna, actor.pengguna_id).sandi_hash is not None:
        return f"{args.nama_masuk} dapat masuk sebagai administrator."
    told = _told(args, codes.issue(session, actor.pengguna_id, "undangan", now), "undangan")
    return "\n".join([*loaded, told])


def _first_codes(session: Session, actor: Actor, tahun: int, now: datetime) -> list[str]:
    """The national codes of the year, where no table of any year is there yet."""
    if session.scalar(select(Rekening.kode).limit(1)) is not None:
        return []
    found = national_codes.load_codes(session, actor, tahun, now)
    return [f"{one.nama} {tahun}: {result.baru} dimuat ({one.versi})." for one, result in found]


def _told(args: argparse.Namespace, code: str, purpose: str) -> str:
    hours = round(codes.LIFE[purpose].total_seconds() / 3600)
    return (
        f"Kode untuk {args.nama_masuk}: {code}\n"
        f"Berlaku {hours} jam, sekali pakai, di halaman /kode."
    )
