"""`kkpd statement`: read a bank file without a database, take it in, take it out again."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

from kkpd.cli.bank_file.printing import (
    ASKED,
    answers,
    as_json,
    print_json,
    read_bytes,
    summary,
)

_EPILOG = """\
parse prints one JSON object (with --json; else a short summary):
  status: terbukti (a printed balance, total or count proves the lines), dibaca (nothing printed
            could), ditanya (a question is open); bukti: what proved them
  format, profile, sha256, opening, closing, currency,
  lines:    row, sheet, reference, card_last4, transaction_date, posting_date, amount, direction,
            description, merchant, mcc, currency, time
  skipped:  row, reason, text
  findings: rule, severity, row, field, message
Amounts are decimal strings, negative for money back to us; dates and times are ISO. Every row of
the file is a line or skipped; one whose date or amount nobody can read is skipped with its reason
and the finding baris_tidak_terbaca, and import refuses such a file. Exit status 0 when the file was
read, 3 when a question is open (questions: key, text, choices, rows; answer with --answer
KEY=VALUE), 2 with a sentence on stderr when it was not read.
"""


_IMPORT_EPILOG = """\
import prints one JSON object: impor, sha256 (of the bytes kept), sha256_sent (when card numbers in
the file had to be hidden), masuk (rows in the file) = baru (new lines) + lama (known lines) + lewat
(skipped with a reason), temuan, dts_ditutup, cocok (lines that met their purchase exactly, as in
the web), sudah_ada, tagihan. The same file a second time does nothing and says sudah_ada. Exit
status 2 with a sentence on stderr when the file is refused, 3 with the questions on stderr when the
file or the books leave one open (answer it with --answer KEY=VALUE).
"""


_WITHDRAW_EPILOG = """\
withdraw prints one JSON object: impor, baris (lines that count no longer), tetap (lines that stay,
since another import in force gives them too), tagihan (bills that are gone), dilepas (pairs of the
program's own that were let go), dts_ditutup (interim lines paired anew). Bytes, lines and events
stay. The same file may then be imported again with other answers. With --check nothing is written;
it prints impor, baris, tetap, jumlah, otomatis and halangan (sentences: what to undo first). Exit
status 2 with a sentence on stderr while something stands on its lines.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of `kkpd statement`."""
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    parse = commands.add_parser(
        "parse",
        help="read a bank file and print its lines (no database)",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parse.add_argument("file", type=Path, help="CSV, XLS, XLSX, PDF, MT940, CAMT or OFX")
    _how_to_read(parse)
    parse.add_argument("--json", action="store_true", help="print one JSON object")
    _import_arguments(commands)
    _withdraw_arguments(commands)


def _import_arguments(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="take a bank file into the books of one OPD",
        epilog=_IMPORT_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="CSV, XLS, XLSX, PDF, MT940, CAMT or OFX")
    _where_and_who(parser)
    parser.add_argument(
        "--jenis", choices=("dts", "final"), help="default: what the bill says, else final"
    )
    parser.add_argument(
        "--periode", metavar="2026-10", help="book all in this month; default: each in its own"
    )
    _how_to_read(parser)


def _withdraw_arguments(commands: Any) -> None:
    parser = commands.add_parser(
        "withdraw",
        help="take an import out of the books again",
        epilog=_WITHDRAW_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("impor", type=int, metavar="IMPOR", help="its number, as import printed it")
    _where_and_who(parser)
    parser.add_argument("--alasan", default="", metavar="TEXT", help="why; needed but with --check")
    parser.add_argument("--check", action="store_true", help="only say what it would do")


def _how_to_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profile", help="bank profile by name; default: recognised by content")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="answer to a question the file leaves open, e.g. urutan_tanggal=dmy",
    )


def _where_and_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--opd", required=True, metavar="KODE", help="the OPD's code or short name")
    parser.add_argument(
        "--oleh", metavar="LOGIN", help="who acts; default: the treasurer of the OPD"
    )


def run(args: argparse.Namespace) -> int:
    """Run the sub-command; DomainErrors are printed by the caller."""
    if args.action != "parse":
        from kkpd.cli.bank_file import books

        act = {"import": books.take_file_in, "withdraw": books.take_import_out}
        return act[args.action](args)
    from kkpd.engines.reading import apart

    packed = apart.parsed(read_bytes(args.file), args.profile, answers(args.answer))
    statement = apart.unpacked(io.BytesIO(packed))
    if args.json:
        print_json(as_json(statement))
    else:
        sys.stdout.write(summary(statement))
    return ASKED if statement.questions else 0
