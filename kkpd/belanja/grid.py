"""A grid of purchases: checked row by row, saved whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.belanja.commands import NotAFact, RecordPurchase
from kkpd.belanja.record import catat
from kkpd.belanja.shared import prepared
from kkpd.core.errors import DomainError, Finding, NotFound
from kkpd.core.permissions import Actor
from kkpd.models import Transaksi


def check_many(
    session: Session, actor: Actor, commands: Iterable[RecordPurchase], now: datetime
) -> list[Finding]:
    """Why rows of a grid are not purchases, with 1-based row numbers."""
    found: list[Finding] = []
    seen: set[str] = set()
    for row, command in enumerate(commands, 1):
        try:
            _role, tidy = prepared(session, actor, command, now)
        except NotAFact as refusal:
            found += [replace(finding, row=row) for finding in refusal.findings]
            continue
        except NotFound as refusal:
            found.append(Finding("bukan_fakta", refusal.message, "salah", row, "kartu_id"))
            continue
        if tidy.kunci_kirim in seen:
            found.append(Finding("bukan_fakta", "Baris ini terkirim dua kali.", "salah", row))
        seen.add(tidy.kunci_kirim)
    return found


def catat_banyak(
    session: Session, actor: Actor, commands: Iterable[RecordPurchase], now: datetime
) -> list[Transaksi]:
    """Record all rows or none: NotAFact names every wrong row and field."""
    rows = list(commands)
    if not rows:
        raise DomainError("Belum ada baris yang diisi. Isi atau tempelkan sedikitnya satu.")
    findings = check_many(session, actor, rows, now)
    if findings:
        raise NotAFact(findings)
    return [catat(session, actor, row, now) for row in rows]
