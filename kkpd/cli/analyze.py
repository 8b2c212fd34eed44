"""`kkpd analyze TEST --file X.csv`: sampling, Benford and patterns over a CSV file, no database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from kkpd.core import sandbox
from kkpd.core.errors import DomainError, Unreadable
from kkpd.core.files import intact
from kkpd.core.money import Rupiah

#: A million rows take seconds and some hundred MB; a file that takes more is broken or hostile.
LIMITS = sandbox.Limits(
    cpu=300,
    wall=900.0,
    memory=3 * 1024 * sandbox.MIB,
    answer=256 * sandbox.MIB,
    waited=False,
)
_INSIDE = "kkpd.engines.audit.inside"
_DIGITS = ("1", "2", "12", "akhir2", "orde2", "jumlah")
Told = dict[str, Any]

EXPLANATION = """\
Each test reads one CSV file (comma, semicolon, tab or bar; first row: titles) and changes nothing.
Amounts may be written 1234567, 1234567.00, 1.234.567,00 or Rp 1.234.567. A row is told by its
number in the file; the titles are row 1.

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


def _test(tests: Any, name: str, text: str, epilog: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = tests.add_parser(
        name,
        help=text,
        description=text,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="print the answer as JSON")
    return made


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
}
#: Simple purchase, receipt, and direct procurement (Perpres 16/2018 and 12/2021, article 50 and
#: annex); the last is also the most for one payee (Permendagri 79/2022, article 19).
LIMITS_OF_LAW = ("10000000", "50000000", "200000000")
PATTERN = """\
Columns are found by their titles: tanggal, tgl_transaksi, date; nilai, jumlah, nominal, amount;
kartu, nomor_kartu; vendor, merchant, penyedia, toko; nota, no_nota, no_bukti, kuitansi; mcc,
kode_mcc; kode_rekening, akun; opd, skpd. --kolom-ROLE NAME names another.

JSON: uji, baris (rows read), kolom (which column is what), jumlah_temuan, baris_temuan, rupiah,
temuan: [{baris: [row numbers], rupiah, jenis, alasan, ...}], peringatan: [texts]. vendor adds hhi,
pemusatan, jumlah_vendor, vendor_80_persen and vendor: [{vendor, baris, rupiah, porsi, kumulatif}],
the largest 100."""
_ROLES = ("tanggal", "nilai", "kartu", "vendor", "nota", "mcc", "rekening", "opd")


def _pattern(parser: argparse.ArgumentParser, name: str) -> None:
    _file(parser, "--file", "X.csv", "the payments")
    parser.add_argument("--kolom", dest="kolom_nilai", metavar="NAME", help="as --kolom-nilai")
    for role in _ROLES:
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
    parser.set_defaults(act=_find)


def _find(args: argparse.Namespace) -> Told:
    given = vars(args)
    titles = {role: given[f"kolom_{role}"] for role in _ROLES}
    for option, most in (("hari", 366), ("persen", 50)):
        if option in given and not 1 <= given[option] <= most:
            raise DomainError(f"--{option} harus 1 sampai {most}.", field=option)
    options: Told = {
        "batas": [_rupiah(one, "--batas") for one in given.get("batas") or LIMITS_OF_LAW],
        "kelipatan": _rupiah(given.get("kelipatan") or "100000", "--kelipatan"),
        "hari": given.get("hari"),
        "persen": given.get("persen"),
        "porsi": float(_number(given.get("porsi") or "0.25", "--porsi")),
    }
    if options["kelipatan"] == 0 or 0 in options["batas"]:
        raise DomainError("--batas dan --kelipatan harus lebih dari nol.")
    return dict(_inside("pattern", args, args.test, titles, options))


def _mus(parser: argparse.ArgumentParser) -> None:
    _file(parser, "--file", "POP.csv", "the population")
    _column(parser, "--kolom", "column of the book values")
    _confidence(parser)
    parser.add_argument("--materialitas", required=True, metavar="M", help="tolerable error")
    parser.add_argument("--salah-dugaan", default="0", metavar="E", help="expected error (0)")
    parser.add_argument("--seed", required=True, metavar="S", help="whole number that fixes chance")
    parser.add_argument(
        "--out", required=True, type=Path, metavar="SAMPLE.csv", help="where the sample is written"
    )
    parser.set_defaults(act=_draw)


def _evaluation(parser: argparse.ArgumentParser) -> None:
    _file(parser, "--sampel", "SAMPLE.csv", "the audited sample")
    _column(parser, "--kolom", "column of the book values")
    parser.add_argument(
        "--kolom-audit", default="nilai_audit", metavar="NAME", help="column of audited values"
    )
    parser.add_argument("--interval", required=True, metavar="I", help="interval of the plan")
    _confidence(parser)
    parser.set_defaults(act=_evaluate)


def _benford(parser: argparse.ArgumentParser) -> None:
    _file(parser, "--file", "X.csv", "the amounts")
    _column(parser, "--kolom", "column of the amounts")
    parser.add_argument("--digit", default="1", choices=_DIGITS, help="which digits (1)")
    parser.set_defaults(act=_digits)


def _file(parser: argparse.ArgumentParser, option: str, shown: str, text: str) -> None:
    parser.add_argument(
        option, dest="file", required=True, type=Path, metavar=shown, help=f"{text}, CSV"
    )


def _column(parser: argparse.ArgumentParser, option: str, text: str) -> None:
    parser.add_argument(option, default="nilai", metavar="NAME", help=f"{text} (nilai)")


def _confidence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keyakinan", default="0.95", metavar="C", help="confidence (0.95)")


def run(args: argparse.Namespace) -> int:
    """Run one test; exit status 0, or 2 with a sentence."""
    act: Callable[[argparse.Namespace], Told] = args.act
    told = act(args)
    if args.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_lines(told))
    return 0


def _inside(function: str, args: argparse.Namespace, *more: object) -> Any:
    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise Unreadable(
            f"Berkas {args.file} tidak dapat dibuka ({error.strerror or error}). "
            "Periksa nama dan izinnya."
        ) from error
    return sandbox.run(f"{_INSIDE}:{function}", data, args.file.name, *more, limits=LIMITS)


def _draw(args: argparse.Namespace) -> Told:
    materiality = _rupiah(args.materialitas, "--materialitas")
    expected = _rupiah(args.salah_dugaan, "--salah-dugaan")
    if materiality <= 0:
        raise DomainError("--materialitas harus lebih dari nol.", field="materialitas")
    if args.out.is_dir() or not args.out.absolute().parent.is_dir():
        raise DomainError(f"--out {args.out}: foldernya tidak ada. Pilih nama berkas lain.")
    if args.out.exists() and args.file.exists() and args.out.samefile(args.file):
        raise DomainError("--out sama dengan --file: sampel akan menimpa populasinya.")
    told, sample = _inside(
        "mus",
        args,
        args.kolom,
        _share(args.keyakinan),
        materiality,
        expected,
        _seed(args.seed),
    )
    try:
        with intact(args.out) as handle:
            handle.write(sample)
    except OSError as error:
        raise DomainError(
            f"Berkas {args.out} tidak dapat ditulis: {error.strerror or error}."
        ) from error
    return dict(told)


def _evaluate(args: argparse.Namespace) -> Told:
    interval = _number(args.interval, "--interval")
    if interval <= 0:
        raise DomainError("--interval harus lebih dari nol.", field="interval")
    share = _share(args.keyakinan)
    return dict(_inside("evaluation", args, args.kolom, args.kolom_audit, str(interval), share))


def _digits(args: argparse.Namespace) -> Told:
    return dict(_inside("digits", args, args.kolom, args.digit))


def _number(text: str, option: str) -> Fraction:
    """A plain number as JSON writes it (1234.56, 1e6), or rupiah as people do (1.234,56)."""
    for read in (Fraction, lambda one: Fraction(Rupiah.parse(one).to_decimal())):
        try:
            if read is Fraction and _is_grouped(text):
                continue
            return Fraction(read(text.strip()))
        except (ValueError, ZeroDivisionError, DomainError):
            continue
    raise DomainError(
        f"{option} “{text[:20]}” bukan jumlah rupiah. Tulis seperti 1000000 atau 1.000.000.",
        field=option.strip("-"),
    )


def _is_grouped(text: str) -> bool:
    """`1.000` and `25.000.000` are thousands; JSON would write 1.0."""
    head, *groups = text.strip().split(".")
    return bool(groups) and len(head) <= 3 and all(len(g) == 3 and g.isdecimal() for g in groups)


def _rupiah(text: str, option: str) -> int:
    """Whole sen."""
    value = _number(text, option)
    if value < 0 or value > 10**15:
        raise DomainError(f"{option} harus nol atau lebih, paling banyak 1.000 triliun.")
    return round(value * 100)


def _share(text: str) -> float:
    try:
        value = float(Decimal(text.strip().replace(",", ".")))
    except ArithmeticError:
        value = 0.0
    if not 0.5 <= value <= 0.9999:
        raise DomainError(
            f"--keyakinan “{text[:20]}” harus antara 0,5 dan 0,9999; biasanya 0,95.",
            field="keyakinan",
        )
    return value


def _seed(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise DomainError(f"--seed “{text[:20]}” bukan bilangan bulat.", field="seed") from None


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
