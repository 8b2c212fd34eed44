"""Expected refusals, with a sentence that tells the person what to do (law 11)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["info", "perhatian", "salah"]


class DomainError(Exception):
    """An expected refusal. `message` is one Indonesian sentence: what happened and what to do.

    `rule` names the source of the rule ("Pasal 5 huruf e"), `field` the form field or file column.
    Web pages show it with `status` (always 4xx); the command line prints it and exits with 2.
    """

    status = 400

    def __init__(self, message: str, *, rule: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule
        self.field = field


class NotFound(DomainError):
    """It does not exist for this actor; also the answer about another OPD's things (law 12)."""

    status = 404


class Forbidden(DomainError):
    """This actor may not do it, e.g. approve a line they recorded (law 10)."""

    status = 403


class Conflict(DomainError):
    """The facts changed since the person looked, or the present state does not allow the act."""

    status = 409


class TooLarge(DomainError):
    """More bytes or rows than the program takes in at once."""

    status = 413


class TooMany(DomainError):
    """More acts than one person or OPD may do in the time."""

    status = 429


class Unreadable(DomainError):
    """A file that cannot be read: says what is wrong, in which row or field, and what to do."""

    status = 422


class FormRefused(DomainError):
    """A form with wrong fields: (name of the field, its label, sentence) for each of them."""

    status = 422

    def __init__(self, errors: Sequence[tuple[str, str, str]]) -> None:
        field, _label, message = errors[0]
        super().__init__(message, field=field)
        self.errors = tuple(errors)


class FileRefused(Unreadable):
    """A file with wrong rows: nothing of it was kept, and every wrong row is listed."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        more = f" Ada {len(findings) - 1} kesalahan lain." if len(findings) > 1 else ""
        super().__init__(f"{findings[0].message}{more} Tidak ada yang dimuat.", field="berkas")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a fact; several are collected where a single refusal would hide the others
    (law 11).

    `rule` is a stable short key, `message` a sentence for the person, `row` the 1-based row in the
    source file, `inputs` what the rule looked at (law 13).
    """

    rule: str
    message: str
    severity: Severity = "perhatian"
    row: int | None = None
    field: str | None = None
    inputs: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
