"""`kkpd year check|open --tahun Y`: what the new year lacks, and its opening in every OPD."""

from __future__ import annotations

import argparse
import sys

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.cli import ruang
from kkpd.cli.load import tahun_anggaran
from kkpd.cli.pelaku import opd as opd_id
from kkpd.db.session import EVERY_OPD, reading, writing
from kkpd.domain.akhir_tahun import SYARAT
from kkpd.domain.peran import Actor
from kkpd.models import Opd
from kkpd.queries import akhir_tahun
from kkpd.queries.sistem import administrator
from kkpd.services import tahun_buka

_CATATAN = """\
check names what is missing for the year. open carries card limits and the lines that were unsettled
on 31 December over to the year, from its 1 January on; doing it again changes nothing but adds what
came late. What is missing does not stop it and is named on stderr.
exit status: 0 complete (check) or opened (open), 1 something is missing (check), 2 refused.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The act, the year and, for one alone, the OPD."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _CATATAN
    parser.add_argument("act", choices=("check", "open"))
    parser.add_argument("--tahun", type=tahun_anggaran, required=True, help="the new budget year")
    parser.add_argument("--opd", default="", help="OPD code or slug; default: every OPD in use")


def run(args: argparse.Namespace) -> int:
    """Check or open; all OPDs in one transaction."""
    mode = writing if args.act == "open" else reading
    with (
        ruang.opened(ruang.settings()) as engine,
        mode(engine, EVERY_OPD) as session,
    ):
        actor = administrator(session)
        lacking = _missing(session, actor, args)
        opened = _open(session, actor, args) if args.act == "open" else []
    print("\n".join(lacking), file=sys.stderr, end="\n" if lacking else "")
    print("\n".join(opened) or f"{len(lacking)} OPD belum lengkap untuk {args.tahun}.")
    return 1 if lacking and args.act == "check" else 0


def _missing(session: Session, actor: Actor, args: argparse.Namespace) -> list[str]:
    if args.opd:
        rows = [akhir_tahun.satu(session, actor, opd_id(session, args.opd), args.tahun)]
    else:
        rows = akhir_tahun.semua(session, actor, args.tahun)
    return [
        f"{row.nama}: belum ada {', '.join(SYARAT[one.kunci] for one in row.kurang)}"
        for row in rows
        if row.kurang
    ]


def _open(session: Session, actor: Actor, args: argparse.Namespace) -> list[str]:
    ids = (
        [opd_id(session, args.opd)]
        if args.opd
        else session.scalars(select(Opd.id).where(Opd.aktif.is_(True)).order_by(Opd.id)).all()
    )
    told = []
    for one in ids:
        done = tahun_buka.buka(session, actor, one, args.tahun, ruang.now())
        word = "dibuka" if done.pertama else "sudah dibuka"
        told.append(
            f"{done.opd}: {args.tahun} {word}; {done.kartu} batas kartu dan {done.baris} baris "
            f"dibawa sekarang; {done.dibawa} baris Rp {done.nilai} belum lunas pada 31 Desember"
        )
    return told
