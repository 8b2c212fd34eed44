"""`script/simulate --seed N --months M --opd K`: months of OPD life, every invariant after each.

Plays on a temporary SQLite database, or on the empty one that KKPD_DATABASE_URL names. Exit status
1 when an invariant broke: the report says which, and the seed and step that show it again.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import fields

from kkpd.core.errors import DomainError
from tests.simulator import Report, Request, jalankan


def main(argv: Sequence[str] | None = None) -> int:
    """Play; the exit status is 2 with one sentence where the wish makes no sense."""
    parser = argparse.ArgumentParser(prog="script/simulate", description=__doc__)
    _arguments(parser)
    try:
        return run(parser.parse_args(argv))
    except DomainError as refusal:
        print(f"simulate: {refusal.message}", file=sys.stderr)
        return 2


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="the same seed plays the same life")
    parser.add_argument("--months", type=int, default=3, help="months to play, 1 to 120")
    parser.add_argument(
        "--opd", type=int, default=2, help="offices, 1 to 50: 50 steps a month each"
    )
    parser.add_argument(
        "--steps",
        type=int,
        help="go on with seed + 1, seed + 2, ... until so many steps are played, then stop",
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Play and report."""
    for name, value, most in (("--months", args.months, 120), ("--opd", args.opd, 50)):
        if not 1 <= value <= most:
            raise DomainError(f"{name} harus antara 1 dan {most}.")
    if args.steps is not None and args.steps < 1:
        raise DomainError("--steps harus lebih dari nol.")
    alamat = os.environ.get("KKPD_DATABASE_URL") or None
    if alamat and args.steps is not None:
        raise DomainError(
            "--steps memakai basis data sementara untuk setiap benih; "
            "kosongkan KKPD_DATABASE_URL, atau pakai --months dan --opd saja."
        )
    minta = Request(args.seed, args.months, args.opd, alamat, args.steps)
    told = _tell if args.steps is not None else lambda _: None
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 50)  # much is made that dies at once: a seventh of a step's time
    try:
        reporting = jalankan(minta, told)
    finally:
        gc.set_threshold(*usual)
    print(
        json.dumps(_json(reporting), ensure_ascii=False, indent=2)
        if args.json
        else _text(reporting)
    )
    return 1 if reporting.rusak else 0


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _json(reporting: Report) -> dict[str, object]:
    told = {field.name: getattr(reporting, field.name) for field in fields(reporting)}
    return {"utuh": reporting.rusak is None, **told}


def _text(reporting: Report) -> str:
    lines = [
        f"{reporting.langkah} langkah dalam {reporting.worlds} dunia: {reporting.log_events} "
        f"peristiwa, {reporting.movements_of} gerakan batas, {reporting.dokumen} dokumen, "
        f"{reporting.baris_bank} baris bank.",
        f"{reporting.mati} kali terputus di tengah, {reporting.twins} kali dikirim dua sekaligus.",
    ]
    lines += [
        f"  {nama:<18} jadi {reporting.jadi[nama]:>6}  ditolak {reporting.ditolak[nama]}"
        for nama in sorted(reporting.jadi | reporting.ditolak)
    ]
    if reporting.rusak is None:
        return "\n".join([*lines, "Semua aturan utuh sesudah setiap langkah."])
    broken = reporting.rusak
    return "\n".join(
        [
            *lines,
            f"RUSAK ({broken['aturan']}): {broken['kalimat']}",
            f"benih {broken['benih']}, langkah {broken['langkah']} ({broken['gerak']})",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
