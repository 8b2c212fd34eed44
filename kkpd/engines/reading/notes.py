"""What a reader collects beside the lines while it reads: one object handed down to all parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from kkpd.core.errors import Finding, Severity
from kkpd.core.pan import mask
from kkpd.engines.reading.statement import Bill, Choice, Question, Skipped

#: A skipped row shows at most this much of itself.
MAX_TEXT = 300
#: So many unread rows are named in one sentence.
_NAMED = 5


@dataclass(slots=True)
class Notes:
    """Rows skipped, findings, questions and totals of one file, card numbers already cut."""

    profile: str = "umum"
    rows: int = 0
    opening: Decimal | None = None
    closing: Decimal | None = None
    currency: str | None = None
    skipped: list[Skipped] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)

    def skip(self, row: int, reason: str, text: str = "", sheet: str | None = None) -> None:
        """Record that row `row` is no line, and why."""
        self.skipped.append(Skipped(row, reason, mask(text)[:MAX_TEXT], sheet))

    def fail(self, row: int, what: str, text: str = "", sheet: str | None = None) -> None:
        """Record that row `row` moves money but its date or amount cannot be read."""
        self.skip(row, f"{what.split(' ', 1)[0]} tidak terbaca", text, sheet)
        self.unread.append((row, mask(f"Baris {row}: {what}")))

    def unread_rows(self) -> str:
        """The first unread rows by name, and how many more there are; empty when all were read."""
        more = len(self.unread) - _NAMED
        named = "; ".join(what for _, what in self.unread[:_NAMED])
        return named + (f"; dan {more} baris lain" if more > 0 else "")

    def find(
        self,
        rule: str,
        message: str,
        severity: Severity = "perhatian",
        row: int | None = None,
        column: str | None = None,
        **inputs: str,
    ) -> None:
        """Record a remark for the person (law 13: with what it looked at)."""
        shown = {key: mask(value) for key, value in inputs.items()}
        self.findings.append(Finding(rule, mask(message), severity, row, column, shown))

    def ask(self, key: str, text: str, choices: dict[str, str], rows: list[int]) -> None:
        """Record a question once; `choices` maps each answer to its label."""
        if all(question.key != key for question in self.questions):
            answers = tuple(Choice(value, label) for value, label in choices.items())
            self.questions.append(Question(key, mask(text), answers, tuple(rows[:20])))
