"""The Jinja filters: how values are written on every page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from flask import Flask
from jinja2.ext import Extension

from kkpd.core.money import Rupiah
from kkpd.web.globals import settings
from kkpd.web.spoken import in_english
from kkpd.web.translation import language

NBSP = "\u00a0"
MINUS = "\u2212"
_WIDTHS = (1, 1, 2, 2, 2, 4)
_AMOUNT = re.compile(r"Rp ([-\u2212]?)(?=\d)")


def rupiah(value: Rupiah | None) -> str:
    """`Rp 1.234.567`, never broken over two lines, with a real minus sign; `–` for None."""
    if value is None:
        return "–"
    return f"{MINUS if value.sen < 0 else ''}Rp{NBSP}{abs(value)}"


def tanggal(value: date | None) -> str:
    """`24 Nov 2026` in the page's language; `–` for None."""
    return "–" if value is None else _written(value, "d MMM y", language())


def day(value: date | None) -> str:
    """`24 Nov`: for pages that show the year elsewhere; `–` for None."""
    return "–" if value is None else _written(value, "d MMM", language())


@lru_cache(maxsize=4096)
def _written(value: date, layout: str, bahasa: str) -> str:
    """Cached: a long page repeats the same few dates."""
    return format_date(value, layout, locale=bahasa)


def when(value: datetime | None) -> str:
    """`24 Nov 2026 14.05 WIB` of an aware moment, in the office's time zone."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(settings().zone))
    return f"{tanggal(local.date())} {local:%H.%M} {local.tzname()}"


def period_name(value: tuple[int, int]) -> str:
    """`Oktober 2026` of (year, month)."""
    first = datetime(value[0], value[1], 1, tzinfo=UTC)
    return format_skeleton("yMMMM", first, locale=language())


def percent(value: Decimal | Fraction | int, places: int = 0) -> str:
    """`40%` of a ratio 0.40; `places` decimals with a comma."""
    ratio = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    rounded = (Decimal(ratio) * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded}%".replace(".", ",")


def peluang(value: float, places: int = 3) -> str:
    """`0,999` of 0.99996: truncated, not rounded, because a computed probability is never a
    certainty.
    """
    cut = min(Decimal(value), Decimal(1) - Decimal(1).scaleb(-places))
    return str(cut.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)).replace(".", ",")


def whole_number(value: int) -> str:
    """`1.240`: a count."""
    return f"{value:,}".replace(",", ".")


def rekening(value: str) -> str:
    """`5.1.02.01.01.0024` from its twelve digits; a dotted code is left as it is."""
    if not (value.isdigit() and len(value) == sum(_WIDTHS)):
        return value
    parts, start = [], 0
    for width in _WIDTHS:
        parts.append(value[start : start + width])
        start += width
    return ".".join(parts)


def ukuran(value: int) -> str:
    """`1,2 MB` of a count of bytes."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if value >= size:
            return f"{Decimal(value) / size:.1f} {unit}".replace(".", ",")
    return f"{value} B"


#: An attribute that a browser looks up or sends back, and an expression in it.
_SENT = re.compile(r'(\s(?:value|name|id|for|form|list)=")((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)(?=")')
_PLACE = re.compile(r"\{\{(-?)(.*?)(-?)\}\}")


class SentAsItIs(Extension):
    """Attributes that are no text for people keep their value to the letter: what a page sends back
    is what was typed, and a label finds its field, in every language.
    """

    def preprocess(
        self,
        source: str,
        name: str | None,  # noqa: ARG002 -- Jinja calls it so
        filename: str | None = None,  # noqa: ARG002 -- Jinja calls it so
    ) -> str:
        """The source of a template with the expressions of such attributes made Markup."""
        return _SENT.sub(lambda one: one[1] + _PLACE.sub(r"{{\1 (\2)|e \3}}", one[2]), source)


def wording(value: object) -> object:
    """For every text of a page: what was said from below it is in the page's language, and amounts
    in sentences (`Rp 750.000`) never break over lines.

    Markup stays as it is.
    """
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    told = in_english(value) if language() == "en" else value
    return _AMOUNT.sub(lambda found: f"{MINUS if found[1] else ''}Rp{NBSP}", told)


FILTERS = (
    *(rupiah, tanggal, day, when, period_name),
    *(percent, peluang, whole_number, rekening, ukuran),
)


def setup(app: Flask) -> None:
    """Register every filter under its own name."""
    for function in FILTERS:
        app.add_template_filter(function)
    app.jinja_env.add_extension(SentAsItIs)
    app.jinja_env.finalize = wording
