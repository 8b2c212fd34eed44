"""Interim and final lines in the books: pairing them, and moving people's decisions to the final
line.

A purchase matched with the interim line is matched with the final one, when the amount stayed; when
it changed, the link is undone and the difference is a finding. A month that is closed is not
touched: there the interim line goes on counting, and the final one does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core.choices import PURCHASE_LINE_KINDS
from kkpd.core.errors import Finding, Severity
from kkpd.core.money import Rupiah, total
from kkpd.ledger.active import is_given, line_of_bill, pair_holds
from kkpd.ledger.booking_month import last_closed
from kkpd.ledger.shapes import Month
from kkpd.models import BarisBank, Cocok, DtsFinal, Penyelesaian, Selisih, Tagihan
from kkpd.tagihan import interim_rules
from kkpd.tagihan.intake.consequences import write
from kkpd.tagihan.interim_rules import InterimCandidate, InterimPair
from kkpd.tagihan.line_state import amount_paid


@dataclass(frozen=True, slots=True)
class _Closer:
    """Who closes lines, and when."""

    opd_id: int
    orang_id: int
    now: datetime


def close(session: Session, opd_id: int, *, oleh_id: int, now: datetime) -> list[InterimPair]:
    """Pair interim lines with final ones that came before or now; a changed amount is a finding."""
    open_lines = open_interim_lines(session, opd_id)
    if not open_lines:
        return []
    first = min((one.tanggal for one in open_lines if one.tanggal), default=date.min)
    since = first - timedelta(days=interim_rules.DAYS) if first > date.min else first
    pairs = interim_rules.pair_up(open_lines, free_final_lines(session, opd_id, since))
    by, closed = _Closer(opd_id, oleh_id, now), last_closed(session, opd_id)
    lines, turns = _lines(session, pairs), _turns(session, pairs)
    for pair in pairs:
        _close(session, pair, lines, closed, by, turns.get(pair.dts_id, 0) + 1)
    session.flush()
    return pairs


def _lines(session: Session, pairs: list[InterimPair]) -> Mapping[int, BarisBank]:
    ids = [id_ for pair in pairs for id_ in (pair.dts_id, pair.final_id)]
    return {
        line.id: line for line in session.scalars(select(BarisBank).where(BarisBank.id.in_(ids)))
    }


def _turns(session: Session, pairs: list[InterimPair]) -> Mapping[int, int]:
    """How often an interim line was paired before, with final ones that were taken out."""
    rows = session.execute(
        select(DtsFinal.dts_id, func.max(DtsFinal.giliran))
        .where(DtsFinal.dts_id.in_([pair.dts_id for pair in pairs]))
        .group_by(DtsFinal.dts_id)
    )
    return {row[0]: row[1] for row in rows}


def _close(
    session: Session,
    pair: InterimPair,
    lines: Mapping[int, BarisBank],
    closed: Month | None,
    by: _Closer,
    turn: int,
) -> None:
    interim, final = lines[pair.dts_id], lines[pair.final_id]
    stays = closed is not None and (interim.tahun, interim.bulan) <= closed
    session.add(
        DtsFinal(
            dts_id=interim.id,
            final_id=final.id,
            gugur_id=final.id if stays else interim.id,
            opd_id=by.opd_id,
            selisih=Rupiah(pair.selisih),
            at=by.now,
            oleh_id=by.orang_id,
            giliran=turn,
        )
    )
    if not stays:
        _move_links(session, interim, final, by)
        _move_explanations(session, interim, final, by)
    if pair.selisih:
        _changed(session, final, interim, by)


def _move_links(session: Session, interim: BarisBank, final: BarisBank, by: _Closer) -> None:
    for link in session.scalars(
        select(Cocok).where(Cocok.baris_bank_id == interim.id, Cocok.dicabut_at.is_(None))
    ):
        link.dicabut_at, link.dicabut_oleh_id = by.now, by.orang_id
        if interim.nilai == final.nilai:
            session.add(
                Cocok(
                    opd_id=by.opd_id,
                    baris_bank_id=final.id,
                    transaksi_id=link.transaksi_id,
                    nilai=link.nilai,
                    jenis=link.jenis,
                    status=link.status,
                    peluang=link.peluang,
                    alasan=link.alasan,
                    at=by.now,
                    oleh_id=link.oleh_id,
                )
            )


def _move_explanations(session: Session, interim: BarisBank, final: BarisBank, by: _Closer) -> None:
    """Move an explanation with its repayments; with a changed amount, a repaid one stays."""
    for told in session.scalars(
        select(Selisih).where(Selisih.baris_bank_id == interim.id, Selisih.dicabut_at.is_(None))
    ):
        if interim.nilai != final.nilai and amount_paid(session, told):
            continue
        told.dicabut_at, told.dicabut_oleh_id = by.now, by.orang_id
        if interim.nilai == final.nilai:
            moved = _explained_again(told, final, by)
            session.add(moved)
            session.flush()
            _move_payments(session, told, moved, by)


def _explained_again(told: Selisih, final: BarisBank, by: _Closer) -> Selisih:
    return Selisih(
        opd_id=by.opd_id,
        tahun=final.tahun,
        bulan=final.bulan,
        jenis=told.jenis,
        nilai=told.nilai,
        catatan=told.catatan,
        at=by.now,
        oleh_id=told.oleh_id,
        pemilik_id=told.pemilik_id,
        jatuh_tempo=told.jatuh_tempo,
        baris_bank_id=final.id,
    )


def _move_payments(session: Session, told: Selisih, moved: Selisih, by: _Closer) -> None:
    """Reverse each valid repayment on the old explanation and record it on the new one."""
    rows = session.scalars(
        select(Penyelesaian).where(Penyelesaian.selisih_id == told.id).order_by(Penyelesaian.id)
    ).all()
    undone = {row.membalik_id for row in rows}
    for row in rows:
        if row.membalik_id is None and row.id not in undone:
            for about, nilai, reverses in ((told, -row.nilai, row.id), (moved, row.nilai, None)):
                session.add(
                    Penyelesaian(
                        opd_id=row.opd_id,
                        penanggung=row.penanggung,
                        tanggal=row.tanggal,
                        nilai=nilai,
                        nomor_bukti=row.nomor_bukti,
                        at=by.now,
                        oleh_id=by.orang_id,
                        catatan="Pindah ke baris tagihan final",
                        selisih_id=about.id,
                        berkas_id=row.berkas_id if about is moved else None,
                        membalik_id=reverses,
                    )
                )


def _changed(session: Session, final: BarisBank, interim: BarisBank, by: _Closer) -> None:
    change = final.nilai - interim.nilai
    seen = {"dts": str(interim.nilai), "final": str(final.nilai), "selisih": str(change)}
    message = (
        f"Pada DTS baris ini Rp\u00a0{interim.nilai}, pada tagihan final Rp\u00a0{final.nilai} "
        f"(selisih Rp\u00a0{change}). Periksa notanya, lalu cocokkan lagi."
    )
    found = Finding("dts_berubah", message, inputs=seen)
    write(session, final, f"baris_bank:{final.id}", found, by.now)


def open_interim_lines(session: Session, opd_id: int) -> list[InterimCandidate]:
    """DTS lines that no final line has closed."""
    interim = select(Tagihan.id).where(Tagihan.opd_id == opd_id, Tagihan.jenis == "dts").limit(1)
    if session.scalar(interim) is None:
        return []
    closed = select(DtsFinal.dts_id).where(DtsFinal.opd_id == opd_id, pair_holds())
    return _candidates(session, opd_id, "dts", BarisBank.id.not_in(closed))


def free_final_lines(session: Session, opd_id: int, sejak: date) -> list[InterimCandidate]:
    """Final lines of transactions since that day that close no DTS line."""
    used = select(DtsFinal.final_id).where(DtsFinal.opd_id == opd_id)
    return _candidates(
        session,
        opd_id,
        "final",
        BarisBank.id.not_in(used),
        or_(BarisBank.tanggal_transaksi.is_(None), BarisBank.tanggal_transaksi >= sejak),
    )


def _candidates(
    session: Session, opd_id: int, jenis: str, *conditions: ColumnElement[bool]
) -> list[InterimCandidate]:
    rows = session.execute(
        select(
            BarisBank.id,
            BarisBank.kartu_akhir,
            BarisBank.tanggal_transaksi,
            BarisBank.nilai,
            BarisBank.referensi,
            BarisBank.merchant,
        )
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.tagihan_id.in_(
                select(Tagihan.id).where(Tagihan.opd_id == opd_id, Tagihan.jenis == jenis)
            ),
            BarisBank.jenis != "pembayaran",
            is_given(),
            *conditions,
        )
        .order_by(BarisBank.id)
    )
    return [
        InterimCandidate(id_, kartu, tanggal, nilai.sen, referensi, merchant)
        for id_, kartu, tanggal, nilai, referensi, merchant in rows
    ]


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
        for one in open_interim_lines(session, bill.opd_id)
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
    severity: Severity,
    sentence: str,
    amounts: Sequence[Rupiah],
    now: datetime,
) -> None:
    seen = {"n": str(len(amounts)), "jumlah": str(total(amounts))}
    found = Finding(rule, sentence.format(**seen), severity, inputs=seen)
    write(session, bill, f"tagihan:{bill.id}", found, now)
