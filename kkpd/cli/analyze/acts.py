"""One function a test of `kkpd analyze`: options and bytes in, the answer and its sample out.

The bytes are a file that somebody named, or the frozen payments of a year (`books`); both are read
by a child process with bounds.
"""

from __future__ import annotations

import argparse
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from kkpd.core import sandbox
from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah

#: A million rows take seconds and some hundred MB; a file that takes more is broken or hostile.
LIMITS: Final = sandbox.Limits(
    cpu=300,
    wall=900.0,
    memory=3 * 1024 * sandbox.MIB,
    answer=256 * sandbox.MIB,
    waited=False,
)
_INSIDE: Final = "kkpd.engines.audit.inside"
#: Simple purchase, receipt, and direct procurement (Perpres 16/2018 and 12/2021, article 50 and
#: annex); the last is also the most for one payee (Permendagri 79/2022, article 19).
LIMITS_OF_LAW: Final = ("10000000", "50000000", "200000000")
#: What the columns of payments are; `--kolom-ROLE` names one.
ROLES: Final = (
    *("tanggal", "nilai", "kartu", "vendor", "nota", "mcc", "rekening", "opd", "referensi"),
    *("uraian", "satuan", "harga"),
)
Told = dict[str, Any]


class Payments(NamedTuple):
    """The rows that a test reads: a name for sentences, and the bytes of a CSV file."""

    name: str
    data: bytes


class TestAnswer(NamedTuple):
    """What a test tells, as plain values for JSON, and the sample that it drew, as CSV."""

    told: Told
    sample: bytes | None = None


def find(args: argparse.Namespace, payments: Payments) -> TestAnswer:
    """One of the tests for patterns."""
    given = vars(args)
    titles = {role: given.get(f"kolom_{role}") for role in ROLES}
    for option, most in (("hari", 366), ("persen", 50)):
        if option in given and not 1 <= given[option] <= most:
            raise DomainError(f"--{option} harus 1 sampai {most}.", field=option)
    options: Told = {
        "batas": [_rupiah(one, "--batas") for one in given.get("batas") or LIMITS_OF_LAW],
        "kelipatan": _rupiah(given.get("kelipatan") or "100000", "--kelipatan"),
        "hari": given.get("hari", 3),
        "persen": given.get("persen", 5),
        "porsi": float(_number(given.get("porsi") or "0.25", "--porsi")),
    }
    if options["kelipatan"] == 0 or 0 in options["batas"]:
        raise DomainError("--batas dan --kelipatan harus lebih dari nol.")
    return TestAnswer(dict(_inside("pattern", payments, args.test, titles, options)))


def draw(args: argparse.Namespace, payments: Payments) -> TestAnswer:
    """Plan a monetary unit sample and draw it."""
    materiality = _rupiah(args.materialitas, "--materialitas")
    expected = _rupiah(args.salah_dugaan, "--salah-dugaan")
    if materiality <= 0:
        raise DomainError("--materialitas harus lebih dari nol.", field="materialitas")
    column, share = vars(args).get("kolom") or "nilai", _share(args.keyakinan)
    told, sample = _inside("mus", payments, column, share, materiality, expected, seed(args.seed))
    return TestAnswer(dict(told), sample)


def evaluate(args: argparse.Namespace, payments: Payments) -> TestAnswer:
    """Project the errors of an audited sample and bound them."""
    interval = _number(args.interval, "--interval")
    if interval <= 0:
        raise DomainError("--interval harus lebih dari nol.", field="interval")
    share = _share(args.keyakinan)
    told = _inside("evaluation", payments, args.kolom, args.kolom_audit, str(interval), share)
    return TestAnswer(dict(told))


def digits(args: argparse.Namespace, payments: Payments) -> TestAnswer:
    """Compare digits with Benford's law."""
    column = vars(args).get("kolom") or "nilai"
    return TestAnswer(dict(_inside("digits", payments, column, args.digit)))


def _inside(function: str, payments: Payments, *more: object) -> Any:
    return sandbox.run(f"{_INSIDE}:{function}", payments.data, payments.name, *more, limits=LIMITS)


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


def seed(text: str) -> int:
    """A whole number; DomainError for anything else."""
    try:
        return int(text)
    except ValueError:
        raise DomainError(f"--seed “{text[:20]}” bukan bilangan bulat.", field="seed") from None
