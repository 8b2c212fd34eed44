"""What `kkpd statement` reads from its arguments and prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from pathlib import Path

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading.statement import Line, Question, Statement

#: The exit status of a question.
ASKED = 3
_LINE = tuple(name for name in Line._fields if name not in ("kind", "raw"))
_SKIPPED, _FINDING = ("row", "reason", "text"), ("rule", "severity", "row", "field", "message")


def as_json(statement: Statement) -> dict[str, object]:
    """The statement in the shape that `--json` prints."""
    return {
        "status": statement.status,
        "bukti": list(statement.proofs),
        "format": statement.format,
        "profile": statement.profile,
        "sha256": statement.sha256,
        "opening": _amount(statement.opening),
        "closing": _amount(statement.closing),
        "currency": statement.currency,
        "lines": [_plain(line, _LINE) for line in statement.lines],
        "questions": [
            {
                "key": question.key,
                "text": question.text,
                "choices": {choice.value: choice.label for choice in question.choices},
                "rows": list(question.rows),
            }
            for question in statement.questions
        ],
        "skipped": [_plain(row, _SKIPPED) for row in statement.skipped],
        "findings": [
            *map(_question, statement.questions),
            *(_plain(finding, _FINDING) for finding in statement.findings),
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
        f"{statement.status}: {'; '.join(statement.proofs) or 'tanpa bukti tercetak'}",
        *(f"Pertanyaan: {question.text}" for question in statement.questions),
        *(f"Temuan: {finding.message}" for finding in statement.findings),
    ]
    return "\n".join(parts) + "\n"


def asked(questions: Iterable[Question]) -> str:
    """The questions, a line each, and how to answer them."""
    told = []
    for question in questions:
        choices = "; ".join(
            f"--answer {question.key}={one.value} ({one.label})" for one in question.choices
        )
        told.append(f"{question.text} Jawab dengan {choices or f'--answer {question.key}=...'}.\n")
    return "".join(told)


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


def _plain(row: object, names: tuple[str, ...]) -> dict[str, object]:
    """The fields named; amounts, days and times as text."""
    values = {name: getattr(row, name) for name in names}
    return {
        name: _amount(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, (date, time))
        else value
        for name, value in values.items()
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
