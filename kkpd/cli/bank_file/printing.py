"""What `kkpd statement` reads from its arguments and prints."""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from kkpd.core.errors import Finding, Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading.statement import Line, Question, Skipped, Statement


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
