"""What a final bill and the interim list before it say differently, as findings on the bill.

A changed amount is a finding on its line (`interim.py`); here: interim lines that the bill does not
have although their day lies before it, and lines of the bill that the interim list did not have.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.choices import PURCHASE_LINE_KINDS
from kkpd.core.money import Rupiah, total
from kkpd.ledger.active import line_of_bill
from kkpd.models import BarisBank, DtsFinal, Tagihan
from kkpd.tagihan import interim_rules, open_interim
from kkpd.tagihan.intake.consequences import write
from kkpd.tagihan.interim_rules import InterimPair


def write_findings(
    session: Session, tagihan: Sequence[Tagihan], pairs: Sequence[InterimPair], now: datetime
) -> int:
    """Look at each final bill that this file brought; returns how many findings there are."""
    closed = {pair.final_id for pair in pairs}
    bills = {one.id: one for one in tagihan if one.jenis == "final" and one.tanggal}
    return sum(_of_bill(session, bill, closed, now) for bill in bills.values())


def _of_bill(session: Session, bill: Tagihan, closed: Collection[int], now: datetime) -> int:
    lines = session.scalars(select(BarisBank).where(line_of_bill(bill.id))).all()
    met = [line for line in lines if line.id in closed]
    count = _missing(session, bill, {line.kartu_akhir for line in lines}, now)
    if not met:
        return count
    last = max((line.tanggal_transaksi for line in met if line.tanggal_transaksi), default=date.min)
    used = set(session.scalars(select(DtsFinal.final_id).where(DtsFinal.opd_id == bill.opd_id)))
    extra = [
        line
        for line in lines
        if line.jenis in PURCHASE_LINE_KINDS
        and line.id not in used
        and line.tanggal_transaksi is not None
        and line.tanggal_transaksi <= last
    ]
    if extra:
        _say(session, bill, "final_tanpa_dts", "info", _EXTRA, [one.nilai for one in extra], now)
    return count + bool(extra)


def _missing(session: Session, bill: Tagihan, cards: Collection[str | None], now: datetime) -> int:
    """Interim lines of the bill's cards that should be on it by their day."""
    assert bill.tanggal is not None, "the caller asked"
    until = bill.tanggal - timedelta(days=interim_rules.DAYS)
    left = [
        Rupiah(one.sen)
        for one in open_interim.open_interim_lines(session, bill.opd_id)
        if one.tanggal is not None and one.tanggal <= until and one.kartu in cards
    ]
    if left:
        _say(session, bill, "dts_tanpa_final", "perhatian", _MISSING, left, now)
    return bool(left)


_MISSING = (
    "{n} baris DTS senilai Rp\u00a0{jumlah} tidak ada pada tagihan final ini. Tanyakan kepada bank "
    "apakah dibatalkan atau menyusul pada tagihan berikutnya."
)
_EXTRA = (
    "{n} baris senilai Rp\u00a0{jumlah} pada tagihan final ini tidak ada pada DTS sebelumnya. "
    "Pastikan bukti belanjanya lengkap."
)


def _say(
    session: Session,
    bill: Tagihan,
    rule: str,
    severity: str,
    sentence: str,
    amounts: Sequence[Rupiah],
    now: datetime,
) -> None:
    seen = {"n": str(len(amounts)), "jumlah": str(total(amounts))}
    write(session, bill, rule, severity, f"tagihan:{bill.id}", sentence.format(**seen), seen, now)
