"""The calendar of holidays and collective leave: dated settings `hari_libur`, one a day.

`mulai` is the day, `nilai` its name; a newer row with an empty value removes the day. So every
change keeps its legal basis (the joint decree of ministers) and its history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, Unreadable
from kkpd.core.permissions import Actor, require
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import Setelan
from kkpd.organisation import organisation


@dataclass(frozen=True, slots=True)
class HolidayLoad:
    """What a file changed: days added or renamed, days removed, days unchanged."""

    baru: int
    withdrawn: int
    same: int


def load_data(
    session: Session,
    actor: Actor,
    rows: Sequence[ReferenceRow],
    tahun: int,
    dasar_hukum: str,
    now: datetime,
) -> HolidayLoad:
    """Make the year's calendar equal to the file, all or nothing; the same file again changes
    nothing.

    Unreadable for an invalid date, one of another year, or one named twice. Days that are not in
    the file are removed. `dasar_hukum` is the joint decree that sets the days.
    """
    require(actor, "pengaturan:kelola")
    if not dasar_hukum.strip():
        raise DomainError("Sebutkan dasar hukumnya (--keputusan), mis. SKB 3 Menteri.")
    wanted, before = _days(rows, tahun), days_off(session, tahun)
    changed = {day: name for day, name in wanted.items() if before.get(day) != name}
    gone = sorted(before.keys() - wanted.keys())
    values: list[tuple[date, str | None]] = [*sorted(changed.items()), *((d, None) for d in gone)]
    for day, name in values:
        data = organisation.SettingData(
            kunci=KEY, nilai=name, mulai=day, dasar_hukum=dasar_hukum.strip()
        )
        organisation.decide_setting(session, actor, data, now)
    return HolidayLoad(len(changed), len(gone), len(wanted) - len(changed))


def _days(rows: Sequence[ReferenceRow], tahun: int) -> dict[date, str]:
    found: dict[date, str] = {}
    for row in rows:
        day, name = _day(row), row["nama"].strip()
        if day.year != tahun:
            raise Unreadable(f"Baris {row.nomor}: {row['tanggal']} bukan tahun {tahun}.")
        if day in found:
            raise Unreadable(f"Baris {row.nomor}: {row['tanggal']} sudah ada di atasnya.")
        if not 1 <= len(name) <= 200:
            raise Unreadable(f"Baris {row.nomor}: nama hari libur 1 sampai 200 huruf.")
        found[day] = name
    if not found:
        raise Unreadable("Tidak ada hari libur dalam berkas ini.")
    return found


def _day(row: ReferenceRow) -> date:
    text = row["tanggal"].strip()
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise Unreadable(
        f"Baris {row.nomor}: “{text}” bukan tanggal. Tulis seperti 2026-03-19.", field="tanggal"
    )


KEY: Final = "hari_libur"


def days_off(session: Session, tahun: int | None = None) -> dict[date, str]:
    """day -> its name, of one year or of all."""
    statement = select(Setelan.mulai, Setelan.nilai).where(
        Setelan.kunci == KEY, Setelan.opd_id.is_(None)
    )
    if tahun is not None:
        first, last = date(tahun, 1, 1), date(tahun, 12, 31)
        statement = statement.where(Setelan.mulai.between(first, last))
    newest: dict[date, str | None] = {
        row.mulai: row.nilai for row in session.execute(statement.order_by(Setelan.id))
    }
    return {day: nama for day, nama in sorted(newest.items()) if nama}
