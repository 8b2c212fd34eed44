"""Findings about lines that came in: whose card, which currency, which month, what adds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.missing import insert_missing
from kkpd.models import BarisBank, Tagihan, Temuan
from kkpd.tagihan.intake import at_receipt as intake_rules
from kkpd.tagihan.intake.at_receipt import ReceiptRule
from kkpd.tagihan.intake.plan_shapes import IntakePlan, Target

#: With more lines than this under one rule, the bill gets one finding instead of one per line.
ONE_BY_ONE = 100


def write_findings(
    session: Session,
    plan: IntakePlan,
    bills: Mapping[Target, Tagihan],
    berkas_id: int,
    now: datetime,
) -> int:
    """Write the findings about the new lines and the bills; returns how many there are."""
    count, tagihan = 0, list(bills.values())
    for rule in _rules(session, plan, tagihan):
        theirs = (
            BarisBank.tagihan_id.in_([one.id for one in tagihan]),
            BarisBank.berkas_id == berkas_id,
            rule.condition,
        )
        found = _per_bill(session, theirs)
        if sum(number for number, _ in found.values()) > ONE_BY_ONE:
            count += _on_bills(session, rule, tagihan, found, now)
        elif found:
            lines = session.scalars(select(BarisBank).where(*theirs).order_by(BarisBank.id))
            count += sum(_on_line(session, rule, line, now) for line in lines.all())
    return count + _on_arithmetic(session, plan, bills, now)


def _rules(session: Session, plan: IntakePlan, tagihan: Sequence[Tagihan]) -> Iterator[ReceiptRule]:
    yield from intake_rules.berkas(plan)
    if tagihan:
        yield from intake_rules.prohibitions(session, tagihan[0].opd_id, plan)


def _on_line(session: Session, rule: ReceiptRule, line: BarisBank, now: datetime) -> int:
    seen = {
        "kartu": line.kartu_akhir or "",
        "mata_uang": line.mata_uang,
        "asal": _month(line.bulan_asal),
        "nilai": str(line.nilai),
    }
    write(
        session,
        line,
        rule.kunci,
        rule.berat,
        f"baris_bank:{line.id}",
        rule.one_item.format(**seen),
        seen,
        now,
    )
    return 1


def _per_bill(
    session: Session, theirs: Sequence[ColumnElement[bool]]
) -> dict[int, tuple[int, int]]:
    """Of each bill with such lines, how many and the first."""
    counted = session.execute(
        select(BarisBank.tagihan_id, func.count(), func.min(BarisBank.id))
        .where(*theirs)
        .group_by(BarisBank.tagihan_id)
    )
    return {bill_id: (number, first) for bill_id, number, first in counted}


def _on_bills(
    session: Session,
    rule: ReceiptRule,
    tagihan: Sequence[Tagihan],
    found: Mapping[int, tuple[int, int]],
    now: datetime,
) -> int:
    """One finding a bill, with how many lines and which first."""
    bills = [bill for bill in {one.id: one for one in tagihan}.values() if bill.id in found]
    for bill in bills:
        number, first = found[bill.id]
        seen = {"n": str(number), "baris_pertama": str(first)}
        said = rule.banyak.format(**seen)
        write(session, bill, rule.kunci, rule.berat, f"tagihan:{bill.id}", said, seen, now)
    return len(bills)


def _on_arithmetic(
    session: Session, plan: IntakePlan, bills: Mapping[Target, Tagihan], now: datetime
) -> int:
    """What each bill's own numbers say."""
    count = 0
    groups = {target.kelompok: bill for target, bill in bills.items()}
    for number, bill in groups.items():
        for finding in plan.kelompok[number].temuan:
            subject, seen = f"tagihan:{bill.id}", dict(finding.inputs)
            write(
                session, bill, finding.rule, finding.severity, subject, finding.message, seen, now
            )
            count += 1
    return count


def write(
    session: Session,
    about: BarisBank | Tagihan,
    rule: str,
    severity: str,
    subject: str,
    message: str,
    seen: dict[str, str],
    now: datetime,
) -> None:
    """One finding about a line or a bill, once a rule and subject."""
    insert_missing(
        session,
        Temuan,
        opd_id=about.opd_id,
        tahun=about.tahun,
        bulan=about.bulan,
        aturan=rule,
        berat=severity,
        subjek=subject,
        pesan=message[:600],
        masukan={key: value for key, value in seen.items() if value},
        at=now,
        selesai_catatan="",
    )


def _month(number: int | None) -> str:
    return "" if number is None else f"{number // 100:04d}-{number % 100:02d}"
