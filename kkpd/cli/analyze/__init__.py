"""`kkpd analyze TEST`: sampling, Benford and patterns, over a CSV file or over a year of the books.

`--file` needs no database. `--tahun` freezes the payments of a year, leaves an event with their
SHA-256 and the seed, and writes a folder that a stranger computes again (`books`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kkpd.cli import options
from kkpd.cli.analyze import acts
from kkpd.core.errors import DomainError, Unreadable
from kkpd.core.files import intact

_DIGITS = ("1", "2", "12", "akhir2", "orde2", "jumlah")

EXPLANATION = """\
With --file each test reads one CSV file (comma, semicolon, tab or bar; first row: titles) and
changes nothing. Amounts may be written 1234567, 1234567.00, 1.234.567,00 or Rp 1.234.567. A row is
told by its number in the file; the titles are row 1.

With --tahun N --out FOLDER the test runs over the books: every purchase of that year that was not
cancelled, and every bank line of spending or refund without a purchase. FOLDER gets populasi.csv
(the frozen rows), TEST.json, and the working paper TEST.pdf and TEST.xlsx; mus adds sampel.csv.
An event keeps the SHA-256 of populasi.csv, the options and the seed. "all" runs every test;
TEST.json is then one file a test.

mus         plans a monetary unit sample and draws it
mus-nilai   projects the errors of the audited sample and bounds them (Stringer)
benford     compares the digits of amounts with Benford's law
split       one payment paid in pieces below a limit: days, cards, vendors
ganda       the same payment twice, or nearly so
dekat-batas amounts just below a limit
bulat       round amounts
libur       payments on weekends and days off
mcc         forbidden or unusual MCCs, and MCCs that do not fit the account
vendor      how much goes to how few
harga       prices far above those of the same thing
akhir-tahun spending that rushes to the end of the year
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXPLANATION
    tests = parser.add_subparsers(dest="test", required=True, metavar="TEST")
    _mus(_test(tests, "mus", "plan and draw a monetary unit sample", MUS))
    _evaluation(_test(tests, "mus-nilai", "project and bound the errors of a sample", EVALUATION))
    for name, text in PATTERNS.items():
        _pattern(_test(tests, name, text, PATTERN), name)
    _benford(_test(tests, "benford", "compare the digits of amounts with Benford's law", BENFORD))
    _all(_test(tests, "all", "every test over a year of the books", ALL))


def _test(tests: Any, name: str, text: str, epilog: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = tests.add_parser(
        name,
        help=text,
        description=text,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="print the answer as JSON")
    made.set_defaults(file=None, tahun=None, opd="", seed=None)
    return made


ALL = """\
Runs split, ganda, dekat-batas, bulat, libur, mcc, vendor, harga, akhir-tahun, benford (1, 2,
12, akhir2) and mus. FOLDER gets what each test gives by itself."""


MUS = """\
interval solves materiality = interval * factor, where factor is the Poisson (gamma) factor at the
confidence for 1 + expected / interval. A start drawn by the seed and this interval choose rows over
the running sum of the positive amounts. Rows at or beyond the interval are taken in any case
(pasti); a row that is hit several times stands once. SAMPLE.csv keeps every column.

JSON: baris and nilai_buku (of positive rows), interval, faktor (materiality / interval), ukuran
(book value / interval, rounded up), pasti, sampel and nilai_sampel (rows drawn), dilewati (zero and
negative rows, to be tested apart), and the options. Amounts are in rupiah."""

EVALUATION = """\
An error is book minus audited value. Below the interval its taint (error / book) times the interval
is projected; at or beyond the interval the error counts as it is. batas_atas = proyeksi + dasar +
tambahan: basic precision, and the increments of the Poisson factors over one, by falling taint.
Understatements lower no bound; kurang_saji tells them apart.

JSON: proyeksi, dasar, tambahan, batas_atas, pasti, lebih_saji, kurang_saji, baris, interval."""

BENFORD = """\
1 first digit, 2 second, 12 first two, akhir2 last two of whole rupiah, orde2 first two of the gaps
of sorted amounts, jumlah share of the sum by first two digits. Only positive amounts count.
kesesuaian by the bands of Nigrini (2012) for the MAD: sesuai, dapat diterima, batas dapat diterima,
tidak sesuai. peringatan says when n is too small for that. z has the continuity correction 1/2n.

JSON: n, mad, kesesuaian, peringatan (text or null), mad_kebetulan (what chance alone
gives), dilewati, digit: [{digit, teramati, harapan, z}] with shares of 1."""


#: Test -> what it finds.
PATTERNS = {
    "split": "payments in pieces below a limit",
    "ganda": "payments recorded twice, or nearly so",
    "dekat-batas": "amounts just below a limit",
    "bulat": "round amounts",
    "libur": "payments on weekends and days off",
    "mcc": "MCCs that are forbidden, unusual or unfit for the account",
    "vendor": "concentration of vendors: HHI and Pareto",
    "harga": "prices far above the median of the same account, unit and thing",
    "akhir-tahun": "offices that spend far more at the end of the year than evenly",
}
PATTERN = """\
Columns are found by their titles: tanggal, tgl_transaksi, date; nilai, jumlah, nominal, amount;
kartu, nomor_kartu; vendor, merchant, penyedia, toko; nota, no_nota, no_bukti, kuitansi; mcc,
kode_mcc; kode_rekening, akun; opd, skpd; referensi, rrn; uraian; satuan; harga_satuan.
--kolom-ROLE NAME names another.
harga wants 8 prices of a thing, z by median and MAD beyond 3.5. akhir-tahun takes the even share
until the last day in the file, and lists the 20 largest payments of each period.
ganda takes rows of one nota, one referensi and different amounts as one receipt.

JSON: uji, baris (rows read), kolom (which column is what), jumlah_temuan, baris_temuan, rupiah,
temuan: [{baris: [row numbers], rupiah, jenis, alasan, ...}], peringatan: [texts]. vendor adds hhi,
pemusatan, jumlah_vendor, vendor_80_persen and vendor: [{vendor, baris, rupiah, porsi, kumulatif}],
the largest 100."""


def _pattern(parser: argparse.ArgumentParser, name: str) -> None:
    _payments(parser, "X.csv", "the payments")
    _out(parser, "FOLDER", "with --tahun: the folder for population, results and working paper")
    parser.add_argument("--kolom", dest="kolom_nilai", metavar="NAME", help="as --kolom-nilai")
    for role in acts.ROLES:
        parser.add_argument(f"--kolom-{role}", metavar="NAME", help=f"column of {role}")
    if name in ("split", "dekat-batas"):
        parser.add_argument(
            "--batas", action="append", metavar="N", help="a limit in rupiah; may be repeated"
        )
    if name in ("split", "ganda"):
        parser.add_argument("--hari", type=int, default=3, metavar="D", help="within days (3)")
    if name == "dekat-batas":
        parser.add_argument("--persen", type=int, default=5, metavar="P", help="how near (5)")
    if name == "bulat":
        parser.add_argument("--kelipatan", default="100000", metavar="N", help="of what (100000)")
    if name == "vendor":
        parser.add_argument("--porsi", default="0.25", metavar="X", help="share to tell (0.25)")
    parser.set_defaults(act=acts.find)


def _all(parser: argparse.ArgumentParser) -> None:
    _books(parser)
    _out(parser, "FOLDER", "the folder for population, results and working papers")
    _confidence(parser)
    _materiality(parser)
    parser.set_defaults(salah_dugaan="0", act=None)


def _mus(parser: argparse.ArgumentParser) -> None:
    _payments(parser, "POP.csv", "the population")
    _column(parser, "--kolom", "column of the book values")
    _confidence(parser)
    _materiality(parser)
    parser.add_argument("--salah-dugaan", default="0", metavar="E", help="expected error (0)")
    _out(parser, "SAMPLE.csv", "where the sample is written; with --tahun the folder")
    parser.set_defaults(act=acts.draw)


def _evaluation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sampel",
        dest="file",
        required=True,
        type=Path,
        metavar="SAMPLE.csv",
        help="the audited sample, CSV",
    )
    _column(parser, "--kolom", "column of the book values")
    parser.add_argument(
        "--kolom-audit", default="nilai_audit", metavar="NAME", help="column of audited values"
    )
    parser.add_argument("--interval", required=True, metavar="I", help="interval of the plan")
    _confidence(parser)
    parser.set_defaults(act=acts.evaluate)


def _benford(parser: argparse.ArgumentParser) -> None:
    _payments(parser, "X.csv", "the amounts")
    _out(parser, "FOLDER", "with --tahun: the folder for population, results and working paper")
    _column(parser, "--kolom", "column of the amounts")
    parser.add_argument("--digit", default="1", choices=_DIGITS, help="which digits (1)")
    parser.set_defaults(act=acts.digits)


def _payments(parser: argparse.ArgumentParser, shown: str, text: str) -> None:
    parser.add_argument("--file", type=Path, metavar=shown, help=f"{text}, CSV")
    _books(parser)


def _books(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tahun", type=options.budget_year, metavar="N", help="the books of this year, no file"
    )
    parser.add_argument("--opd", default="", help="of one OPD (code or slug); default: every OPD")
    parser.add_argument(
        "--seed",
        metavar="S",
        help="whole number that fixes chance; with --tahun a new one is drawn where none is given",
    )
    parser.add_argument(
        "--kasus",
        action="store_true",
        help="with --tahun: findings become cases to answer (inspector)",
    )
    parser.add_argument(
        "--terbit",
        action="store_true",
        help="issue the working paper: numbered, archived, with its proof (inspector)",
    )
    parser.add_argument(
        "--oleh",
        metavar="LOGIN",
        help="who analyses the books, by login name: an auditor or an inspector; default: the one "
        "auditor, or the one inspector",
    )


def _materiality(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--materialitas",
        metavar="M",
        help="tolerable error in rupiah; with --tahun it may be left out: 2%% of the payments",
    )


def _out(parser: argparse.ArgumentParser, shown: str, text: str) -> None:
    parser.add_argument("--out", type=Path, metavar=shown, help=text)


def _column(parser: argparse.ArgumentParser, option: str, text: str) -> None:
    parser.add_argument(option, default="nilai", metavar="NAME", help=f"{text} (nilai)")


def _confidence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keyakinan", default="0.95", metavar="C", help="confidence (0.95)")


def run(args: argparse.Namespace) -> int:
    """Run one test; exit status 0, or 2 with a sentence."""
    if (args.file is None) == (args.tahun is None):
        raise DomainError("Sebut satu sumber: --file BERKAS.csv, atau --tahun N untuk pembukuan.")
    if args.tahun is None:
        told = _over_file(args)
    else:
        from kkpd.cli.analyze.books import run as over_books

        told = over_books(args)
    if args.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_lines(told))
    return 0


def _over_file(args: argparse.Namespace) -> acts.Told:
    """The answer over a file; the sample of `mus` is written beside."""
    if args.test == "mus":
        _refuse_place(args)
    elif args.opd or vars(args).get("out"):
        raise DomainError("--opd dan --out berlaku untuk pembukuan: sebut juga --tahun N.")
    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise Unreadable(
            f"Berkas {args.file} tidak dapat dibuka ({error.strerror or error}). "
            "Periksa nama dan izinnya."
        ) from error
    done: acts.TestAnswer = args.act(args, acts.Payments(args.file.name, data))
    if done.sample is not None:
        try:
            with intact(args.out) as handle:
                handle.write(done.sample)
        except OSError as error:
            raise DomainError(
                f"Berkas {args.out} tidak dapat ditulis: {error.strerror or error}."
            ) from error
    return done.told


def _refuse_place(args: argparse.Namespace) -> None:
    """Refuse a missing seed, and a place in which the sample must not be written."""
    for option, text in (
        ("seed", "bilangan bulat yang menetapkan undian"),
        ("materialitas", "salah saji yang dapat diterima, dalam rupiah"),
    ):
        if vars(args)[option] is None:
            raise DomainError(f"Sebut --{option}: {text}.", field=option)
    if args.out is None or args.out.is_dir() or not args.out.absolute().parent.is_dir():
        raise DomainError(
            "Sebut berkas sampelnya dengan --out, dalam folder yang ada."
            if args.out is None
            else f"--out {args.out}: foldernya tidak ada. Pilih nama berkas lain."
        )
    if args.out.exists() and args.file.exists() and args.out.samefile(args.file):
        raise DomainError("--out sama dengan --file: sampel akan menimpa populasinya.")


def _lines(told: Mapping[str, Any], indent: str = "") -> str:
    """The answer for reading: one line a figure, one line a row of a list."""
    made = []
    for key, value in told.items():
        if isinstance(value, Mapping):
            made.append(f"{indent}{key}:\n{_lines(value, indent + '  ')}")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            rows = ["  ".join(f"{k} {_cell(v)}" for k, v in row.items()) for row in value]
            made.append(f"{indent}{key}:\n" + "".join(f"{indent}  {row}\n" for row in rows))
        else:
            made.append(f"{indent}{key}: {_cell(value)}\n")
    return "".join(made)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".translate(str.maketrans(",.", ".,"))
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, list):
        return ", ".join(map(_cell, value)) or "-"
    return "-" if value is None else str(value)
