"""`kkpd sipd npd|tbp --opd KODE --periode P --out FILE.csv|.xlsx`: lines to enter into SIPD-RI.

Exit status 0 when the file is written, 2 with one sentence when it is not.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from kkpd.cli import pelaku, ruang
from kkpd.cli.report import BENTUK, keluaran, tulis
from kkpd.db.session import EVERY_OPD, reading
from kkpd.domain.rentang import parse
from kkpd.domain.waktu import business_day
from kkpd.queries import sipd
from kkpd.queries.laporan import lingkup
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.rangka import rangka

ISI: Final = {"npd": sipd.npd, "tbp": sipd.tbp}


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("isi", choices=sorted(ISI), help="NPD lines, or TBP lines")
    parser.add_argument(
        "--opd", metavar="KODE", required=True, help="code or short name, or: semua"
    )
    parser.add_argument("--periode", metavar="P", required=True, help="2026-10, 2026-T3 or 2026")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help=".csv or .xlsx")
    pelaku.arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Write the lines."""
    rentang, path = parse(args.periode), keluaran(args.out, (".csv", ".xlsx"))
    config = ruang.settings()
    with ruang.opened(config) as engine:
        hari = business_day(ruang.now(), config.zone)
        with reading(engine, EVERY_OPD) as session:
            who = pelaku.pelaku(session, args.opd, args.oleh, hari)
        with reading(engine, pelaku.lingkup_data(who)) as session:
            where = lingkup(session, who, args.opd, "laporan:susun")
            frame = rangka(session, where.opd, rentang.kode, "", hari, rancangan=True)
            naskah = ISI[args.isi](Bahan(session, where, rentang, frame, hari))
    tulis(path, BENTUK[path.suffix.lower()](naskah))
    print(f"{path}: {naskah.judul}, {where.nama}, {rentang.kode}")
    return 0
