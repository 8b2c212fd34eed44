"""Findings about lines that came in: whose card, which currency, which month, what adds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.errors import Finding, Severity
from kkpd.core.moments import brief
from kkpd.models import BarisBank, Kartu, KartuRiwayat, Tagihan
from kkpd.records import settings as records_settings
from kkpd.records.findings import note
from kkpd.tagihan.intake.plan import IntakePlan, Target

#: States of a card in which nobody should be using it any more.
_UNUSABLE: Final = ("diblokir", "hilang", "ditutup")


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """A rule over the lines of one import: which lines, and what to say of one or of many."""

    kunci: str
    berat: Severity
    condition: ColumnElement[bool]
    one_item: str
    banyak: str


#: What is found of a line by its kind; a file without such a line need not be looked through.
_KINDS: Final = {
    "biaya": ReceiptRule(
        "biaya_kartu",
        "salah",
        BarisBank.jenis == "biaya",
        "Iuran, bunga, denda atau biaya kartu tidak dibebankan pada APBD (Pasal 5 huruf g). "
        "Jelaskan sebagai biaya; pemegang atau bank menanggungnya.",
        "{n} baris iuran, bunga, denda atau biaya kartu tidak dibebankan pada APBD.",
    ),
}


def berkas(plan: IntakePlan) -> Iterator[ReceiptRule]:
    """What the file itself shows: cards, currencies, months."""
    foreign, unknown = plan.foreign_cards, plan.unknown_cards
    seen = {line.currency for line in plan.lines if line.currency}
    if foreign:
        yield ReceiptRule(
            "opd_salah",
            "salah",
            BarisBank.kartu_akhir.in_(sorted(foreign)),
            "Kartu berakhiran {kartu} bukan kartu OPD ini; baris ini salah alamat.",
            "{n} baris memakai kartu yang bukan kartu OPD ini. Tagihan ini mungkin salah alamat.",
        )
    if unknown:
        yield ReceiptRule(
            "kartu_tak_dikenal",
            "perhatian",
            BarisBank.kartu_akhir.in_(sorted(unknown)),
            "Kartu berakhiran {kartu} belum terdaftar. Minta administrator mendaftarkannya.",
            "{n} baris memakai kartu yang belum terdaftar. Minta administrator mendaftarkannya.",
        )
    if seen - {"IDR"} or plan.mata_uang != "IDR":
        yield ReceiptRule(
            "mata_uang_asing",
            "salah",
            BarisBank.mata_uang != "IDR",
            "Baris ini dalam {mata_uang}. Kartu pemerintah tidak untuk transaksi mata uang asing.",
            "{n} baris bukan dalam rupiah. Kartu pemerintah tidak untuk transaksi mata uang asing.",
        )
    if plan.last_closed is not None:
        yield ReceiptRule(
            "baris_terlambat",
            "perhatian",
            BarisBank.bulan_asal.is_not(None),
            "Baris ini milik {asal} yang sudah ditutup; dibukukan pada periode terbuka.",
            "{n} baris milik bulan yang sudah ditutup; dibukukan pada periode terbuka.",
        )


def prohibitions(session: Session, opd_id: int, plan: IntakePlan) -> Iterator[ReceiptRule]:
    """Lines that the budget does not bear, whether or not the purchase was recorded."""
    kinds = {line.kind for line in plan.lines}
    yield from (rule for kind, rule in _KINDS.items() if kind in kinds)
    if "meterai" in kinds:
        yield from _duty(session, opd_id, plan.this_day)
    yield from _cutoff(session, opd_id, plan.this_day)
    yield from _dead_cards(session, opd_id)


def _duty(session: Session, opd_id: int, day: date) -> Iterator[ReceiptRule]:
    """Stamp duty of another amount than the setting says; the usual one is no finding."""
    usual = records_settings.money(session, "bea_meterai", day, opd_id)
    if usual is not None:
        yield ReceiptRule(
            "meterai_beda",
            "perhatian",
            and_(BarisBank.jenis == "meterai", BarisBank.nilai != usual),
            f"Bea meterai pada tagihan ini Rp {{nilai}}, yang ditetapkan Rp {usual}. Tanyakan "
            "kepada bank.",
            f"{{n}} baris bea meterai bukan Rp {usual} yang ditetapkan. Tanyakan kepada bank.",
        )


def _cutoff(session: Session, opd_id: int, day: date) -> Iterator[ReceiptRule]:
    """Use after the last day of card use of this year and the last."""
    for year in (day.year - 1, day.year):
        last = records_settings.year_limit(session, "year_end_use_cutoff", year, opd_id)
        if last is not None:
            yield ReceiptRule(
                "lewat_batas_pakai",
                "salah",
                and_(
                    BarisBank.tanggal_transaksi > last,
                    BarisBank.tanggal_transaksi <= date(year, 12, 31),
                    BarisBank.jenis == "belanja",
                ),
                f"Dipakai sesudah batas pemakaian kartu {brief(last)}; jatuh pada UP Tunai.",
                f"{{n}} baris sesudah batas pemakaian kartu {brief(last)}; jatuh pada UP Tunai.",
            )


def _dead_cards(session: Session, opd_id: int) -> Iterator[ReceiptRule]:
    """Purchases on a card after the day it was blocked, lost or closed."""
    ended = session.execute(
        select(Kartu.id, func.max(KartuRiwayat.tanggal))
        .join(KartuRiwayat, KartuRiwayat.kartu_id == Kartu.id)
        .where(
            Kartu.opd_id == opd_id,
            Kartu.status.in_(_UNUSABLE),
            KartuRiwayat.status == Kartu.status,
        )
        .group_by(Kartu.id)
        .order_by(Kartu.id)
    ).all()
    if ended:
        yield ReceiptRule(
            "kartu_tidak_aktif",
            "salah",
            or_(
                *(
                    and_(BarisBank.kartu_id == id_, BarisBank.tanggal_transaksi > day)
                    for id_, day in ended
                )
            )
            & (BarisBank.jenis == "belanja"),
            "Kartu berakhiran {kartu} sudah diblokir, hilang atau ditutup sebelum transaksi ini. "
            "Tanyakan kepada bank siapa yang memakainya.",
            "{n} baris memakai kartu yang sudah diblokir, hilang atau ditutup.",
        )


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
    yield from berkas(plan)
    if tagihan:
        yield from prohibitions(session, tagihan[0].opd_id, plan)


def _on_line(session: Session, rule: ReceiptRule, line: BarisBank, now: datetime) -> int:
    seen = {
        "kartu": line.kartu_akhir or "",
        "mata_uang": line.mata_uang,
        "asal": _month(line.bulan_asal),
        "nilai": str(line.nilai),
    }
    said = rule.one_item.format(**seen)
    write(
        session,
        line,
        f"baris_bank:{line.id}",
        Finding(rule.kunci, said, rule.berat, inputs=seen),
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
        write(
            session,
            bill,
            f"tagihan:{bill.id}",
            Finding(rule.kunci, said, rule.berat, inputs=seen),
            now,
        )
    return len(bills)


def _on_arithmetic(
    session: Session, plan: IntakePlan, bills: Mapping[Target, Tagihan], now: datetime
) -> int:
    """What each bill's own numbers say."""
    count = 0
    groups = {target.kelompok: bill for target, bill in bills.items()}
    for number, bill in groups.items():
        for finding in plan.kelompok[number].temuan:
            write(session, bill, f"tagihan:{bill.id}", finding, now)
            count += 1
    return count


def write(
    session: Session,
    about: BarisBank | Tagihan,
    subject: str,
    finding: Finding,
    now: datetime,
) -> None:
    """One finding about a line or a bill, once a rule and subject; empty inputs are left out."""
    seen = {key: value for key, value in finding.inputs.items() if value}
    month = (about.tahun, about.bulan)
    note(session, about.opd_id, month, subject, replace(finding, inputs=seen), now)


def _month(number: int | None) -> str:
    return "" if number is None else f"{number // 100:04d}-{number % 100:02d}"
