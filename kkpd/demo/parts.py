"""Helpers of the demo: the hour of a day, the lines of a purchase, a refund's form."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from kkpd.belanja.fields import RecordPurchase
from kkpd.core.money import Rupiah
from kkpd.demo.year import PlannedPurchase


def at_hour(day: date, hour: int) -> datetime:
    """A moment of that day, hour in UTC (Jakarta is seven hours later)."""
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)


def bagian(plan: PlannedPurchase) -> list[tuple[Rupiah, int | None]]:
    """(amount, volume) of the lines a purchase is logged as: a split receipt is two."""
    if plan.special_story != "pecah":
        return [(plan.nilai, plan.volume)]
    half = Rupiah.of(plan.nilai.sen // 200)
    return [(half, None), (plan.nilai - half, None)]


def refund_of(command: RecordPurchase, asal_id: int, day: date) -> RecordPurchase:
    return replace(command, asal_id=asal_id, tanggal=day)
