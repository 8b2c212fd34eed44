"""Due dates of an OPD with their rules: bills, debits after SP2D, spending, debts of others than
the budget, cases to answer. Amounts are the ledger's rests, so nothing paid is due.

Day-counts are dated settings (law 15); a blank one is not checked. Working days are those of the
calendar of holidays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.core.working_days import after, left_over
from kkpd.ledger import active
from kkpd.ledger.shapes import Part
from kkpd.ledger.standing import Standing, due_bills, standing
from kkpd.models import Case, Dokumen, Pencairan, Selisih
from kkpd.organisation import holidays
from kkpd.payment.liability_rules import RULES
from kkpd.records import settings as records_settings


@dataclass(frozen=True, slots=True)
class DueDate:
    """One due date: `left_over` in working days (negative: late), `dasar` the rule, `nilai` what
    of.

    `whose` is the person who owes it, where it is one's.
    """

    jenis: str
    kunci: str
    due_day: date
    sisa: int
    uraian: str
    nilai: Rupiah
    dasar: str
    periode: tuple[int, int]
    whose: int | None = None


def due_dates(
    session: Session, actor: Actor, opd_id: int, day: date, books: Standing | None = None
) -> tuple[DueDate, ...]:
    """Everything due in the OPD, the most pressing first; `books` where they are known already."""
    require(actor, "bulan:lihat", opd_id)
    days_off = holidays.days_off(session).keys()
    books = books or standing(session, [opd_id], day)
    rows = [
        *_bills(books),
        *_debits(session, opd_id, day, days_off),
        *_spending(session, books, opd_id),
        *_others(books),
        *_named(session, opd_id),
        *(_cases(session, opd_id, day) if actor.can("temuan:lihat", opd_id) else ()),
    ]
    found = [
        DueDate(
            jenis,
            kunci,
            due_day,
            left_over(day, due_day, days_off),
            uraian,
            nilai,
            dasar,
            month,
            whose,
        )
        for jenis, kunci, due_day, uraian, nilai, dasar, month, whose in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.due_day, one.jenis, one.kunci)))


#: Where the due day of a bill comes from.
BILL_RULE: Final = "jatuh tempo pada tagihan bank"

_Row = tuple[str, str, date, str, Rupiah, str, tuple[int, int], int | None]


def _bills(books: Standing) -> Iterator[_Row]:
    for one in due_bills(books):
        month = f"{one.periode[0]}-{one.periode[1]:02d}"
        yield "tagihan", str(one.id), one.due_day, month, one.sisa, BILL_RULE, one.periode, None


def _debits(session: Session, opd_id: int, day: date, days_off: Collection[date]) -> Iterator[_Row]:
    """SP2Ds without a recorded debit to the bank."""
    debited = select(Pencairan.dpt_id).where(Pencairan.langkah == "bayar", active.holds(Pencairan))
    rows = session.execute(
        select(Pencairan, Dokumen.nomor, Dokumen.tahun, Dokumen.bulan)
        .join(Dokumen, Dokumen.id == Pencairan.dpt_id)
        .where(
            Pencairan.opd_id == opd_id,
            Pencairan.langkah == "sp2d",
            active.holds(Pencairan),
            Pencairan.dpt_id.not_in(debited),
        )
    )
    rule = records_settings.in_force(session, "days_to_pay_after_funds", day, opd_id)
    if rule is None or not (rule.nilai or "").isdigit():
        return
    for step, nomor, tahun, bulan in rows:
        due = after(step.tanggal, int(rule.nilai or 0), days_off)
        about, month = f"DPT {nomor}", (tahun, bulan)
        yield "debet", str(step.dpt_id), due, about, step.nilai, rule.dasar_hukum, month, None


def _spending(session: Session, books: Standing, opd_id: int) -> Iterator[_Row]:
    """Amounts that the budget owes, by month of purchase; the oldest sets the day."""
    rule = records_settings.in_force(session, "settle_within_days", books.facts.day, opd_id)
    if rule is None or not (rule.nilai or "").isdigit():
        return
    months: dict[tuple[int, int], dict[int, Rupiah]] = defaultdict(
        lambda: defaultdict(lambda: ZERO)
    )
    for part in books.parts:
        if part.bearer == "budget" and part.left and part.purchase_id is not None:
            one = books.facts.purchases[part.purchase_id]
            months[one.month][one.id] += part.left
    for month, left in months.items():
        oldest = min(books.facts.purchases[id_].day for id_ in left)
        due, key = oldest + timedelta(days=int(rule.nilai or 0)), f"{month[0]}-{month[1]:02d}"
        amount = total(left.values())
        yield "belanja", key, due, f"{len(left)}", amount, rule.dasar_hukum, month, None


def _others(books: Standing) -> Iterator[_Row]:
    """Debts of holders, UP Tunai and the bank, due on the named day or with their bill."""
    found: dict[tuple[str, str, date, str, int | None, tuple[int, int]], Rupiah] = {}
    for part in books.parts:
        due = books.until(part)
        if part.waits and due is not None:
            rule = part.kind if part.explanation_id is not None else RULES["ditolak"].dasar
            key = (*_debt(part), due, rule, books.owner(part), part.month)
            found[key] = found.get(key, ZERO) + part.left
    for (jenis, kunci, due, rule, who, month), left in found.items():
        if left:
            yield jenis, kunci, due, "", abs(left), rule, month, who


def _named(session: Session, opd_id: int) -> Iterator[_Row]:
    """Named differences of purchases that no line asks for: no money of a bill, but with a day."""
    rows = session.scalars(
        select(Selisih).where(
            Selisih.opd_id == opd_id,
            Selisih.dicabut_at.is_(None),
            Selisih.baris_bank_id.is_(None),
            Selisih.jatuh_tempo.is_not(None),
        )
    )
    for row in rows:
        assert row.jatuh_tempo is not None
        month = (row.tahun, row.bulan)
        yield (
            "selisih",
            str(row.id),
            row.jatuh_tempo,
            "",
            row.nilai,
            row.jenis,
            month,
            row.pemilik_id,
        )


def _cases(session: Session, opd_id: int, day: date) -> Iterator[_Row]:
    """Cases that nobody has answered yet; one without an owner waits for somebody to name him."""
    rule = records_settings.in_force(session, "days_to_answer_case", day, opd_id)
    basis = rule.dasar_hukum if rule is not None else ""
    for row in session.scalars(
        select(Case).where(Case.opd_id == opd_id, Case.status == "terbuka").order_by(Case.id)
    ):
        about, month = row.aturan.replace("_", " "), (row.tahun, row.bulan)
        yield "kasus", str(row.id), row.jatuh_tempo, about, row.nilai, basis, month, row.pemilik_id


def _debt(part: Part) -> tuple[str, str]:
    """(kind of due date, key): a named difference by itself, a holder's debt by its purchase."""
    if part.explanation_id is not None:
        return "selisih", str(part.explanation_id)
    return "kembali", str(part.purchase_id)


_WIDTH: Final = 75


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One day in the calendar; `uid` is the same every time the feed is read."""

    uid: str
    day: date
    judul: str
    uraian: str = ""


def calendar(nama: str, calendar_events: Iterable[CalendarEvent], now: datetime) -> bytes:
    """The whole feed in UTF-8."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//KKPD//Tenggat//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(nama)}",
        *(line for one in calendar_events for line in _calendar_event(one, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _calendar_event(one: CalendarEvent, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(one.uid)}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(one.judul)}"
    if one.uraian:
        yield f"DESCRIPTION:{_text(one.uraian)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """TEXT of RFC 5545 3.3.11: backslash, semicolon, comma and line ends escaped."""
    shown = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(shown.splitlines())


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, never within a letter; the rest begins blank."""
    piece, width = "", 0
    for letter in line:
        size = len(letter.encode())
        if width + size > _WIDTH:
            yield piece
            piece, width = " ", 1
        piece, width = piece + letter, width + size
    yield piece
