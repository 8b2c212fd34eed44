"""`kkpd opendata --periode P --out FOLDER`: open data of all OPDs, without personal data.

Exit status 0 when both files are written, 2 with one sentence when they are not.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from kkpd.cli import pelaku, ruang
from kkpd.cli.report import tulis
from kkpd.db.session import EVERY_OPD, reading
from kkpd.domain.documents.codec import rupiah_text
from kkpd.domain.errors import NotFound, Unreadable
from kkpd.domain.rentang import parse
from kkpd.domain.waktu import business_day
from kkpd.queries import data_terbuka, setelan
from kkpd.queries.laporan import SEMUA, lingkup
from kkpd.reports import open_data


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--periode", metavar="P", required=True, help="2026-10, 2026-T3 or 2026")
    parser.add_argument("--out", type=Path, metavar="FOLDER", required=True, help="made if missing")
    pelaku.arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Write the CSV and its datapackage.json."""
    rentang, config = parse(args.periode), ruang.settings()
    with ruang.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        hari = business_day(ruang.now(), config.zone)
        who = pelaku.pelaku(session, SEMUA, args.oleh, hari)
        lingkup(session, who, SEMUA, "laporan:susun")
        rows = data_terbuka.belanja(session, rentang)
        government = setelan.value(session, "nama_pemerintah", hari) or "Pemerintah Daerah"
    if not rows:
        raise NotFound(f"Belum ada belanja yang dibebankan lewat DPT untuk {rentang.nama}.")
    try:
        args.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{args.out} tidak dapat dibuat: {error.strerror}.") from None
    for name, data in open_data.berkas(
        [_cells(row) for row in rows], rentang.kode, government
    ).items():
        tulis(args.out / name, data)
        print(args.out / name)
    return 0


def _cells(row: data_terbuka.BarisTerbuka) -> list[str]:
    return [
        row.periode,
        row.kode_opd,
        row.nama_opd,
        row.jenis,
        row.rekening,
        row.nama_rekening,
        row.kanal,
        "" if row.transaksi is None else str(row.transaksi),
        "" if row.nilai is None else rupiah_text(row.nilai),
    ]
