"""`kkpd statement import FILE --opd KODE`: take a bank file into the books of one OPD."""

from __future__ import annotations

import argparse
import hashlib

from kkpd.cli import actor as pelaku
from kkpd.cli import context as cli_context
from kkpd.cli.bank_file.printing import answers, print_json, read_bytes
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Unreadable
from kkpd.core.moments import business_day, parse_periode
from kkpd.engines.reading.custody import Kept
from kkpd.engines.reading.lines import Ringkasan
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.tagihan.intake.line_buffer import Tergulung
from kkpd.tagihan.receive import Hasil
from kkpd.worker import take_in
from kkpd.worker.take_in import Pilihan


def run(args: argparse.Namespace) -> int:
    """Take the file in and print what that did."""
    kept = take_in.siapkan(read_bytes(args.file), args.file.name)
    pilihan = Pilihan(
        args.profile,
        args.jenis,
        parse_periode(args.periode) if args.periode else None,
        answers(args.answer),
    )
    config = cli_context.settings()
    store = cli_context.simpanan(config)
    with cli_context.opened(config) as engine:
        now = cli_context.now()
        with reading(engine, EVERY_OPD) as session:
            hari = business_day(now, config.zone)
            opd_id = pelaku.opd(session, args.opd)
            actor = pelaku.pelaku(session, args.opd, args.oleh, hari, semua=())
            done = take_in.sudah_diambil(session, actor, opd_id, kept, pilihan)
            if done is not None:
                return print_json(_as_json(done, kept))
            plan = take_in.periksa_dulu(session, actor, opd_id, kept, pilihan, now)
            _refuse_questions(plan.ringkasan)
            read = Tergulung(plan.gulungan, plan.ringkasan)
        with writing(engine, {opd_id}) as session:
            berkas = take_in.simpan(session, actor, store, opd_id, kept, now)
            hasil = take_in.ambil(session, actor, berkas, pilihan, read, now)
            matched = reconciliation_decide.terima_pasti_berkas(
                session, actor, opd_id, berkas.id, now
            )
            result = _as_json(hasil, kept, matched)
    return print_json(result)


def _as_json(hasil: Hasil, kept: Kept, matched: int = 0) -> dict[str, object]:
    return {
        "impor": hasil.impor_id,
        "sha256": hashlib.sha256(kept.data).hexdigest(),
        "sha256_sent": kept.sha256_sent,
        "masuk": hasil.baris_masuk,
        "baru": hasil.baru,
        "lama": hasil.lama,
        "lewat": hasil.lewat,
        "temuan": hasil.temuan,
        "dts_ditutup": hasil.dts_ditutup,
        "cocok": matched,
        "sudah_ada": hasil.sudah_ada,
        "tagihan": list(hasil.tagihan_ids),
    }


def _refuse_questions(read: Ringkasan) -> None:
    told = []
    for question in read.questions:
        choices = "; ".join(
            f"--answer {question.key}={one.value} ({one.label})" for one in question.choices
        )
        told.append(f"{question.text} Jawab dengan {choices}.")
    if told:
        raise Unreadable(" ".join(told))
