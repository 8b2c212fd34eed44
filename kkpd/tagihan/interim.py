"""Interim and final lines in the books: pairing them, and moving people's decisions to the final
line.

A purchase matched with the interim line is matched with the final one, when the amount stayed; when
it changed, the link is undone and the difference is a finding. A month that is closed is not
touched: there the interim line goes on counting, and the final one does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.ledger.booking_month import Month
from kkpd.models import BarisBank, Cocok, DtsFinal, Penyelesaian, Selisih
from kkpd.tagihan import interim_rules, open_interim
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.intake.consequences import write
from kkpd.tagihan.interim_rules import InterimPair
from kkpd.tagihan.line_state import amount_paid


@dataclass(frozen=True, slots=True)
class _Closer:
    """Who closes lines, and when."""

    opd_id: int
    orang_id: int
    now: datetime


def tutup(session: Session, opd_id: int, *, oleh_id: int, now: datetime) -> list[InterimPair]:
    """Pair interim lines with final ones that came before or now; a changed amount is a finding."""
    open_lines = open_interim.open_interim_lines(session, opd_id)
    if not open_lines:
        return []
    first = min((one.tanggal for one in open_lines if one.tanggal), default=date.min)
    since = first - timedelta(days=interim_rules.DAYS) if first > date.min else first
    pairs = interim_rules.pasangkan(
        open_lines, open_interim.free_final_lines(session, opd_id, since)
    )
    by, closed = _Closer(opd_id, oleh_id, now), tagihan_known_lines.last_closed(session, opd_id)
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
    subject = f"baris_bank:{final.id}"
    write(session, final, "dts_berubah", "perhatian", subject, message, seen, by.now)
