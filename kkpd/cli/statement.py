"""`kkpd statement`: read a bank file without a database (parse), take it in (import), take it out
again (withdraw).
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kkpd.domain.errors import Finding, Unreadable
from kkpd.domain.pan import mask
from kkpd.ingest.statement import Line, Question, Skipped, Statement

_EPILOG = """\
parse prints one JSON object (with --json; else a short summary):
  format, profile, sha256, opening, closing, currency,
  lines:    row, sheet, reference, card_last4, transaction_date, posting_date, amount, direction,
            description, merchant, mcc, currency
  skipped:  row, reason, text
  findings: rule, severity, row, field, message
Amounts are decimal strings, negative for money back to us; dates are ISO. Every row of the file is
a line or skipped; one whose date or amount nobody can read is skipped with its reason and the
finding baris_tidak_terbaca, and import refuses such a file. Exit status 0 when the file was read, 2
with a sentence on stderr when it was not.
"""


_IMPORT_EPILOG = """\
import prints one JSON object: impor, sha256 (of the bytes kept), sha256_sent (when card numbers in
the file had to be hidden), masuk (rows in the file) = baru (new lines) + lama (known lines) + lewat
(skipped with a reason), temuan, dts_ditutup, cocok (lines that met their purchase exactly, as in
the web), sudah_ada, tagihan. The same file a second time does nothing and says sudah_ada. Exit
status 2 with a sentence on stderr when the file is refused or leaves a question open (answer it
with --answer KEY=VALUE).
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
    parse.add_argument("--profile", help="bank profile by name; default: recognised by content")
    parse.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="answer to a question the file leaves open, e.g. urutan_tanggal=dmy",
    )
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
    parser.add_argument("--profile", help="bank profile by name; default: recognised by content")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="answer to a question the file leaves open, e.g. urutan_tanggal=dmy",
    )


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


def _where_and_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--opd", required=True, metavar="KODE", help="the OPD's code or short name")
    parser.add_argument(
        "--oleh", metavar="LOGIN", help="who acts; default: the treasurer of the OPD"
    )


def run(args: argparse.Namespace) -> int:
    """Run the sub-command; DomainErrors are printed by the caller."""
    if args.action == "import":
        from kkpd.cli import statement_import

        return statement_import.run(args)
    if args.action == "withdraw":
        from kkpd.cli import statement_withdraw

        return statement_withdraw.run(args)
    from kkpd.ingest import parse

    statement = parse(
        read_bytes(args.file), args.file.name, args.profile, answers=answers(args.answer)
    )
    if args.json:
        return print_json(as_json(statement))
    sys.stdout.write(summary(statement))
    return 0


def as_json(statement: Statement) -> dict[str, object]:
    """The statement in the shape that `--json` prints."""
    return {
        "format": statement.format,
        "profile": statement.profile,
        "sha256": statement.sha256,
        "opening": _amount(statement.opening),
        "closing": _amount(statement.closing),
        "currency": statement.currency,
        "lines": [_line(line) for line in statement.lines],
        "skipped": [_skipped(row) for row in statement.skipped],
        "findings": [
            *map(_question, statement.questions),
            *map(_finding, statement.findings),
        ],
    }


def summary(statement: Statement) -> str:
    """A few lines for a person: counts, sum, skipped rows by reason, questions and findings."""
    reasons: dict[str, int] = {}
    for row in statement.skipped:
        reasons[row.reason] = reasons.get(row.reason, 0) + 1
    total = sum((line.amount for line in statement.lines), Decimal(0))
    parts = [
        f"Format {statement.format}, profil {statement.profile}, SHA-256 {statement.sha256}",
        f"{len(statement.lines)} baris transaksi, jumlah {total} {statement.currency or '-'}",
        f"{len(statement.skipped)} baris dilewati",
        *(f"  {count} x {reason}" for reason, count in sorted(reasons.items())),
        *(f"Pertanyaan: {question.text}" for question in statement.questions),
        *(f"Temuan: {finding.message}" for finding in statement.findings),
    ]
    return "\n".join(parts) + "\n"


def read_bytes(path: Path) -> bytes:
    """The file's bytes, or a sentence."""
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise Unreadable(
            f"Berkas “{mask(str(path))}” tidak dapat dibuka. Periksa nama dan hak bacanya."
        ) from wrong


def answers(pairs: list[str]) -> dict[str, str]:
    """KEY=VALUE pairs as a mapping."""
    for pair in pairs:
        if "=" not in pair:
            raise Unreadable(f"Jawaban “{pair}” harus berbentuk KUNCI=NILAI.", field="answer")
    return dict(pair.split("=", 1) for pair in pairs)


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _line(line: Line) -> dict[str, object]:
    return {
        "row": line.row,
        "sheet": line.sheet,
        "reference": line.reference,
        "card_last4": line.card_last4,
        "transaction_date": _day(line.transaction_date),
        "posting_date": _day(line.posting_date),
        "amount": _amount(line.amount),
        "direction": line.direction,
        "description": line.description,
        "merchant": line.merchant,
        "mcc": line.mcc,
        "currency": line.currency,
    }


def _skipped(row: Skipped) -> dict[str, object]:
    return {"row": row.row, "reason": row.reason, "text": row.text}


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "row": finding.row,
        "field": finding.field,
        "message": finding.message,
    }


def _question(question: Question) -> dict[str, object]:
    """An open question is shown as a finding with the answers that `--answer` takes."""
    return {
        "rule": f"pertanyaan:{question.key}",
        "severity": "salah",
        "row": question.rows[0] if question.rows else None,
        "field": question.key,
        "message": question.text,
        "choices": {choice.value: choice.label for choice in question.choices},
    }


def print_json(result: object) -> int:
    """One JSON object on a line of its own; the exit status of what went well."""
    json.dump(result, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0
