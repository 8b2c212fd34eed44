"""Options that several commands take; light, so that `--help` and lists answer at once."""

from __future__ import annotations

import argparse
from datetime import date


def acting(parser: argparse.ArgumentParser) -> None:
    """The option that names who acts."""
    parser.add_argument(
        "--oleh",
        metavar="LOGIN",
        help="who acts, by login name; default: the one treasurer of the OPD, or the one Kuasa BUD "
        "for --opd semua. What the person may not do is refused",
    )


def budget_year(text: str) -> int:
    """A budget year, 2000 to 2100, as argparse reads it."""
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100):
        raise argparse.ArgumentTypeError(f"“{text}” bukan tahun anggaran, mis. 2026")
    return int(text)


def day(text: str) -> date:
    """A date, as argparse reads it."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}” bukan tanggal, mis. 2026-01-31") from error
