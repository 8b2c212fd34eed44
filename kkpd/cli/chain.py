"""`kkpd chain explain TRANSAKSI`: every step of a purchase, from evidence to lunas.

TRANSAKSI is the purchase's number as its page shows it (`12` or `transaksi:12`). Exit status 2 and
one sentence when there is no such purchase.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, Final

from kkpd.cli import context as cli_context
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.oversight.purchase_trace import PurchaseTrace, TraceStep, trace_purchase

#: A number with more digits is none that a database holds.
_DIGITS = 18

#: Fields whose key in the JSON is another word: that output is a contract.
_KEYS: Final = {"what": "apa", "letter": "surat", "next_up": "berikut"}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The act and the purchase."""
    parser.add_argument("act", choices=["explain"], help="tell the whole way of a purchase")
    parser.add_argument("transaksi", metavar="TRANSAKSI", help="its number, e.g. 12")
    parser.add_argument("--json", action="store_true", help="one JSON object; amounts in sen")


def run(args: argparse.Namespace) -> int:
    """Read and tell."""
    number = _number(args.transaksi)
    config = cli_context.settings()
    with cli_context.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        found = trace_purchase(session, number)
    if args.json:
        print(json.dumps(_json(found), ensure_ascii=False, indent=2))
    else:
        print(_text(found))
    return 0


def _number(text: str) -> int:
    digits = text.strip().removeprefix("transaksi:")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        raise DomainError(f"“{text}” bukan nomor belanja. Tulis angkanya saja, misalnya 12.")
    return int(digits)


def _json(value: Any) -> Any:
    """Plain JSON: amounts as whole sen, moments as ISO text."""
    if isinstance(value, Rupiah):
        return value.sen
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    if is_dataclass(value):
        return {
            _KEYS.get(field.name, field.name): _json(getattr(value, field.name))
            for field in fields(value)
        }
    return value.isoformat() if isinstance(value, datetime) else value


def _text(found: PurchaseTrace) -> str:
    head = [
        f"Belanja {found.id}: {found.merchant}, Rp {found.nilai}",
        f"{found.uraian}",
        f"{found.opd}, {found.periode}, sekarang {found.status}  {found.links}",
        "",
    ]
    lines = [line for step in found.langkah for line in _step(step)]
    last = "; ".join(found.next_up) or "tidak ada; rantainya selesai"
    return "\n".join([*head, *lines, "", f"Berikutnya: {last}."])


def _step(step: TraceStep) -> list[str]:
    moved = f" [{step.dari or 'baru'} -> {step.ke}]" if step.ke else ""
    who = f"{step.oleh} ({step.peran})" if step.peran else step.oleh
    lines = [f"{step.at:%Y-%m-%d %H:%M} UTC  {step.what}{moved}, {who}"]
    if step.dasar:
        lines.append(f"    dasar: {step.dasar}")
    if step.keterangan:
        lines.append(f"    {step.keterangan}")
    lines += [
        f"    {one.jenis.upper()} {one.nomor}, {one.tanggal}, Rp {one.nilai}  {one.links}"
        for one in step.letter
    ]
    if step.links and not step.letter:
        lines.append(f"    {step.links}")
    return lines
