"""`script/train`: judge on grouped folds, calibrate, fit on everything, write the shipped files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from train import ekspor, kalibrasi, laporan, latih, paket, rekening, uji

GAMBAR = Path(__file__).parent.parent / "docs" / "gambar"
TUJUAN = Path(__file__).parent.parent / "kkpd" / "data" / "klasifikasi"


def main(argv: list[str] | None = None) -> int:
    """Run the whole way, or only the judging (`--nilai`)."""
    parser = argparse.ArgumentParser(prog="script/train", description=__doc__)
    parser.add_argument("--nilai", action="store_true", help="print the scores, write nothing")
    parser.add_argument("--ablasi", action="store_true", help="also the scores without parts")
    parser.add_argument(
        "--putaran", type=int, default=0, metavar="N", help="also N other draws of the offices"
    )
    parser.add_argument("--salah", type=int, default=0, metavar="N", help="show N real mistakes")
    parser.add_argument("--gambar", action="store_true", help="draw the plots of the documentation")
    parser.add_argument(
        "--koreksi",
        type=Path,
        action="append",
        default=[],
        metavar="FILE.csv",
        help="decisions of people, as downloaded from the page; may be given more than once",
    )
    parser.add_argument(
        "--uji", action="store_true", help="only the shipped weights on another office, in seconds"
    )
    args = parser.parse_args(argv)
    if args.uji:
        uji.render_number()
        return 0
    thing, packages, kamus = latih.everything(args.koreksi)
    lipatan = kalibrasi.lipatan(thing, packages, kamus)
    calibration_lines = kalibrasi.calibration_lines(lipatan)
    laporan.render_number(lipatan, calibration_lines, mistakes=args.salah)
    if args.putaran:
        laporan.rounds(thing, packages, kamus, args.putaran)
    if args.gambar:
        laporan.draw(lipatan, calibration_lines, GAMBAR)
    if args.ablasi:
        laporan.ablasi(lipatan, packages, kamus, calibration_lines)
    if not args.nilai:
        kalibrasi.write_out(calibration_lines, TUJUAN / "kalibrasi.csv")
        words = latih.latih([*thing, *kamus])
        lines = ekspor.ekspor(words, TUJUAN / "bobot.txt")
        trained = paket.latih(packages, words.peluang(packages))
        few = paket.ekspor(trained, TUJUAN / "paket.txt")
        table = rekening.write_out([*thing, *packages, *kamus], TUJUAN / "rekening.txt")
        print(f"bobot.txt: {lines} baris; paket.txt: {few}; rekening.txt: {table}; kalibrasi.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
