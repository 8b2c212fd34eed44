"""`kkpd statement withdraw IMPOR --opd KODE --alasan TEXT`: take an import out of the books."""

from __future__ import annotations

import argparse

from kkpd.cli import context as cli_context
from kkpd.cli.bank_file.printing import print_json
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import DomainError
from kkpd.core.moments import business_day
from kkpd.tagihan.withdraw import withdraw
from kkpd.tagihan.withdraw.withdraw import Consequences, TakeOut


def run(args: argparse.Namespace) -> int:
    """Take the import out, or say what that would do."""
    config = cli_context.settings()
    with cli_context.opened(config) as engine:
        now = cli_context.now()
        with reading(engine, EVERY_OPD) as session:
            day = business_day(now, config.zone)
            opd_id = cli_context.opd(session, args.opd)
            actor = cli_context.acting(session, args.opd, args.oleh, day, everything=())
            if args.check:
                found = withdraw.check(session, actor, opd_id, args.impor, sample=0)
                return print_json(_as_json(args.impor, found))
        if not args.alasan.strip():
            raise DomainError("Sebut alasannya dengan --alasan.", field="alasan")
        with writing(engine, {opd_id}) as session:
            command = TakeOut(opd_id, args.impor, args.alasan)
            done = withdraw.take_out(session, actor, command, now)
    return print_json(
        {
            "impor": done.impor_id,
            "baris": done.baris,
            "tetap": done.tetap,
            "tagihan": done.tagihan,
            "dilepas": done.pairs_freed,
            "dts_ditutup": done.interim_closed,
        }
    )


def _as_json(impor_id: int, found: Consequences) -> dict[str, object]:
    count = found.banyak
    return {
        "impor": impor_id,
        "baris": count.baris,
        "tetap": count.tetap,
        "jumlah": format(count.jumlah.to_decimal(), "f"),
        "otomatis": count.automatic,
        "halangan": list(found.blockers),
    }
