"""OPD, period and row ids in URLs and forms.

`/<opd:opd>/<periode:periode>/tagihan/<int:tagihan_id>`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

from kkpd.core.errors import DomainError
from kkpd.core.moments import parse_periode
from kkpd.core.money import Rupiah


class Periode(NamedTuple):
    """A bookkeeping month; as text `2026-10`."""

    tahun: int
    bulan: int

    def __str__(self) -> str:
        return f"{self.tahun:04d}-{self.bulan:02d}"


#: A row id has at most this many digits; more would not fit into the database.
_DIGITS = 18


def whole_number(text: str) -> int | None:
    """The whole number a browser sent as plain digits; None for anything else."""
    fits = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if fits else None


def sen(text: str) -> Rupiah | None:
    """The amount in sen that a form says it showed; None for anything else."""
    amount = whole_number(text.removeprefix("-"))
    return None if amount is None else Rupiah(-amount if text.startswith("-") else amount)


class RowNumberConverter(IntegerConverter):
    """Integer URL id; out of range gives 404."""

    regex = rf"\d{{1,{_DIGITS}}}"


class PeriodeConverter(BaseConverter):
    """`2026-10` and nothing else; an impossible month gives 404."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> Periode:
        """The period, or no match."""
        try:
            return Periode(*parse_periode(value))
        except DomainError as refusal:
            raise ValidationError from refusal

    def to_url(self, value: Any) -> str:
        """`2026-10` from a Periode, a pair or its text."""
        return str(Periode(*value)) if isinstance(value, tuple) else str(value)


class OpdConverter(BaseConverter):
    """The OPD's short name, such as `dinkes`: small letters, digits and dashes."""

    regex = r"[a-z][a-z0-9-]{0,39}"


def setup(app: Flask) -> None:
    """Register `opd` and `periode` for routes, and limit `int`."""
    app.url_map.converters["opd"] = OpdConverter
    app.url_map.converters["periode"] = PeriodeConverter
    app.url_map.converters["int"] = RowNumberConverter
