"""`kkpd classify FILE.csv --out OUT.csv`: operasi, modal or ragu for each row. No database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kkpd.cli.tables.classify_rows import Answerer, RowPolicy
from kkpd.cli.tables.classify_table import CsvTable, money, write_out
from kkpd.core import gc_paused
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.classify import ASSUMED_LIMIT, THRESHOLD

COLUMNS = (
    "uraian (wajib), spesifikasi, satuan, volume, harga (satuan), nilai, merchant, mcc, "
    "kode_barang, jenis_pengadaan, kode_rekening"
)
RESULTS = (
    "kelas",
    "kelas_terbaik",
    "keyakinan",
    "rekening_usul",
    "aturan",
    "alasan",
    "yang_mengubah",
)
DETAILS = ("bukti", "temuan")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        f"Kolom yang dibaca bila ada: {COLUMNS}.\n"
        f"OUT memuat semua kolom masukan, lalu: {', '.join(RESULTS)}.\n"
        "rekening_usul berisi sampai tiga kode level 6, terbaik lebih dulu, dipisah titik koma.\n"
        "Baris yang tidak dapat dinilai dijawab ragu dengan alasannya."
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE.csv", help="rows to classify; - reads stdin"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="OUT.csv", help="where to write; - is stdout"
    )
    parser.add_argument(
        "--threshold",
        default=str(THRESHOLD),
        metavar="X",
        help=f"confidence 0..1 below which the answer is ragu (default {THRESHOLD})",
    )
    parser.add_argument(
        "--batas-kapitalisasi",
        metavar="N",
        help="capitalisation limit per unit in rupiah; without it "
        f"{ASSUMED_LIMIT} is assumed, and said in every answer that rests on it",
    )
    parser.add_argument(
        "--batas-buku",
        metavar="N",
        help="the region's own limit for books; without it books are capital at any price",
    )
    parser.add_argument(
        "--tanpa-rekening", action="store_true", help="ignore kode_rekening, for judging"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help=f"add the columns {', '.join(DETAILS)}: each feature's part in log-odds "
        "(plus: modal), and conflicts",
    )


def run(args: argparse.Namespace) -> int:
    """Classify every row and write OUT; says on stderr how many and under which assumption."""
    aturan = RowPolicy(
        threshold=_threshold(args.threshold),
        bound=_limit(args.batas_kapitalisasi, "--batas-kapitalisasi"),
        book_limit=_limit(args.batas_buku, "--batas-buku"),
        tanpa_rekening=args.tanpa_rekening,
        rinci=args.explain,
    )
    data_table = CsvTable.baca(args.file)
    if aturan.bound is None:
        print(
            f"Batas kapitalisasi tidak diberikan: dipakai anggapan {ASSUMED_LIMIT} per satuan. "
            "Beri --batas-kapitalisasi N sesuai peraturan kepala daerah.",
            file=sys.stderr,
        )
    added = [*RESULTS, *(DETAILS if args.explain else ())]
    for said in data_table.twins(added):
        print(said, file=sys.stderr)
    counts = dict.fromkeys(("operasi", "modal", "ragu"), 0)
    head = [*data_table.judul, *added]
    with gc_paused.pause():
        write_out(args.out, head, Answerer(data_table, aturan).reply(data_table.baris(), counts))
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"{sum(counts.values())} baris: {told}.", file=sys.stderr)
    return 0


def _threshold(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise DomainError(f"--threshold “{text[:20]}” bukan angka 0 sampai 1.", field="threshold")
    return value


def _limit(text: str | None, name: str) -> Rupiah | None:
    if text is None:
        return None
    try:
        value = money(text)
    except ValueError:
        value = None
    if value is None or value < ZERO:
        raise DomainError(
            f"{name} “{text[:20]}” bukan jumlah rupiah. Tulis seperti 1000000.", field=name
        )
    return value
