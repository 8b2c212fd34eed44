"""`kkpd statement import` and `withdraw`: a bank file into the books of one OPD, and out again."""

from __future__ import annotations

import argparse
import hashlib
import sys

from kkpd.cli import context as cli_context
from kkpd.cli.bank_file.printing import ASKED, answers, asked, print_json, read_bytes
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import DomainError
from kkpd.core.moments import business_day, parse_periode
from kkpd.engines.reading.custody import Kept
from kkpd.tagihan import receive
from kkpd.tagihan.receive import TakeInResult, UploadFile
from kkpd.tagihan.withdraw import withdraw
from kkpd.tagihan.withdraw.withdraw import Consequences, TakeOut
from kkpd.worker import take_in
from kkpd.worker.take_in import TakeInChoice


def take_file_in(args: argparse.Namespace) -> int:
    """Take the file in and print what that did."""
    kept = take_in.prepare(read_bytes(args.file), args.file.name)
    options = TakeInChoice(
        args.profile,
        args.jenis,
        parse_periode(args.periode) if args.periode else None,
        answers(args.answer),
    )
    config = cli_context.settings()
    store = cli_context.open_store(config)
    with cli_context.opened(config) as engine:
        now = cli_context.now()
        with reading(engine, EVERY_OPD) as session:
            day = business_day(now, config.zone)
            opd_id = cli_context.opd(session, args.opd)
            actor = cli_context.acting(session, args.opd, args.oleh, day, everything=())
            done = receive.already(
                session, actor, opd_id, kept.data, jenis=options.jenis, jawaban=options.jawaban
            )
            if done is not None:
                return print_json(_taken_json(kept, done))
            read = take_in.parsed(session, opd_id, kept.data, options)
            plan = receive.make_plan(session, actor, options.command(opd_id, 0, read), now)
            if plan.questions:
                sys.stderr.write(asked(plan.questions))
                return ASKED
        with writing(engine, {opd_id}) as session:
            berkas = receive.upload(session, actor, UploadFile.of(opd_id, kept), store, now)
            command = options.command(opd_id, berkas.id, read)
            result = _taken_json(kept, *take_in.into_books(session, actor, command, now))
    return print_json(result)


def _taken_json(
    kept: Kept, hasil: TakeInResult, matched: int = 0, cases: int = 0
) -> dict[str, object]:
    return {
        "impor": hasil.impor_id,
        "sha256": hashlib.sha256(kept.data).hexdigest(),
        "sha256_sent": kept.sha256_sent,
        "masuk": hasil.baris_masuk,
        "baru": hasil.baru,
        "lama": hasil.lama,
        "lewat": hasil.lewat,
        "temuan": hasil.temuan,
        "dts_ditutup": hasil.interim_closed,
        "cocok": matched,
        "kasus": cases,
        "sudah_ada": hasil.already_taken_in,
        "tagihan": list(hasil.tagihan_ids),
    }


def take_import_out(args: argparse.Namespace) -> int:
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
                return print_json(_check_json(args.impor, found))
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


def _check_json(impor_id: int, found: Consequences) -> dict[str, object]:
    count = found.banyak
    return {
        "impor": impor_id,
        "baris": count.baris,
        "tetap": count.tetap,
        "jumlah": format(count.jumlah.to_decimal(), "f"),
        "otomatis": count.automatic,
        "halangan": list(found.blockers),
    }
