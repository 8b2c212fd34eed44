"""A grid of purchases: checked row by row, saved whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.belanja.commands import BukanFakta, CatatBelanja
from kkpd.belanja.record import catat
from kkpd.belanja.shared import siap
from kkpd.core.errors import DomainError, Finding, NotFound
from kkpd.core.permissions import Actor
from kkpd.models import Transaksi


def periksa_banyak(
    session: Session, actor: Actor, commands: Iterable[CatatBelanja], now: datetime
) -> list[Finding]:
    """Everything that keeps rows of a grid from being facts, with 1-based row numbers."""
    found: list[Finding] = []
    seen: set[str] = set()
    for row, command in enumerate(commands, 1):
        try:
            _role, tidy = siap(session, actor, command, now)
        except BukanFakta as refusal:
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
    session: Session, actor: Actor, commands: Iterable[CatatBelanja], now: datetime
) -> list[Transaksi]:
    """Record all rows or none: BukanFakta names every row and field at fault."""
    rows = list(commands)
    if not rows:
        raise DomainError("Belum ada baris yang diisi. Isi atau tempelkan sedikitnya satu.")
    findings = periksa_banyak(session, actor, rows, now)
    if findings:
        raise BukanFakta(findings)
    return [catat(session, actor, row, now) for row in rows]
