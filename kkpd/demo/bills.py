"""The month's bills come in, and the treasurer settles each line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.demo import bank, script
from kkpd.demo.ground import YEAR, at_hour
from kkpd.demo.life import OpdYear
from kkpd.demo.year import (
    PlannedPurchase,
    day_window,
    posted_lines,
    refund_amount,
    tagihan,
)
from kkpd.engines.reading import parse
from kkpd.engines.reading.statement import DOUBT_KEY, Answers
from kkpd.ledger.active import holds
from kkpd.ledger.shapes import Month
from kkpd.models import Pencairan, Penyelesaian, Transaksi
from kkpd.oversight import watch
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.reconciliation import link as reconciliation_join
from kkpd.reconciliation import month as look
from kkpd.reconciliation.matching_input import Row
from kkpd.tagihan import receive


def entry(session: Session, life: OpdYear, bulan: int) -> None:
    """The interim list of the month if it has one, then its bills as the bank prints them."""
    if (life.opd.slug, bulan) == script.INTERIM:
        _interim(session, life, bulan)
    for first, last in day_window(life.opd, bulan):
        bill = drawn_up(session, life, first, last)
        life.tagihan_lalu, life.bank_billed = bill.total, last
        _receive(session, life, bulan, bill)


def drawn_up(session: Session, life: OpdYear, first: date, last: date) -> bank.DemoBill:
    """The bank's bill over what it posted between two days, with what it was paid since."""
    bill = tagihan(life.opd, life.plans, life.seed, first, last, life.tagihan_lalu)
    return replace(bill, pembayaran=_paid(session, life, last))


def _paid(session: Session, life: OpdYear, sampai: date) -> Rupiah:
    """Payments to the bank since the last bill: debits, and repayments by others."""
    amounts = (
        session.scalar(
            select(func.sum(model.nilai)).where(
                model.opd_id == life.opd.id,
                model.tanggal > life.bank_billed,
                model.tanggal <= sampai,
                condition,
            )
        )
        for model, condition in (
            (Pencairan, (Pencairan.langkah == "bayar") & holds(Pencairan)),
            (Penyelesaian, Penyelesaian.opd_id == life.opd.id),
        )
    )
    return total(amount or ZERO for amount in amounts)


def _receive(session: Session, life: OpdYear, bulan: int, bill: bank.DemoBill) -> None:
    twice = (life.opd.slug, bulan) == script.TWO_FILES
    workbook = (life.opd.id + bulan) % 2 == 0
    for number, part in enumerate(bank.berkas(bill) if twice else [bill], 1):
        data = bank.xlsx_bytes(part) if workbook else bank.csv_bytes(part)
        mark = f"{bill.tanggal:%Y-%m}" + (f"-{number}" if twice else "")
        mark += f"-{bill.tanggal:%d}" if len(day_window(life.opd, bulan)) > 1 else ""
        name = f"tagihan-{life.opd.slug}-{mark}.{'xlsx' if workbook else 'csv'}"
        at = at_hour(bill.tanggal + timedelta(days=3), 2)
        answers = {DOUBT_KEY: script.IN_PIECES} if twice else {}
        _take_in(session, life, data, name, (YEAR, bulan), at, answers=answers)


def _take_in(
    session: Session,
    life: OpdYear,
    data: bytes,
    name: str,
    month: Month,
    at: datetime,
    jenis: str = "final",
    answers: Answers = MappingProxyType({}),
) -> None:
    """Keep the file, read it and take it in, as the treasurer does in the web."""
    who, opd_id = life.opd.bendahara, life.opd.id
    kept = receive.upload(session, who, receive.UploadFile(opd_id, data, name), life.store, at)
    reading = parse(data, name, "banksumut_bni", answers)
    command = receive.TakeIn(opd_id, kept.id, reading, jenis, month, answers)
    receive.take_in(session, who, command, at)
    watch.watch_file(session, opd_id, kept.id, at)


def _interim(session: Session, life: OpdYear, bulan: int) -> None:
    """The bank's state on the twentieth, matched before the final bill replaces it."""
    day = date(YEAR, bulan, 20)
    lines = posted_lines(life.opd, life.plans, life.seed, day.replace(day=1), day)
    data = bank.interim_csv(line for line in lines if line.nilai > ZERO)
    name = f"sementara-{life.opd.slug}-{day:%Y-%m}.csv"
    month, at = (YEAR, bulan), at_hour(day + timedelta(days=2), 2)
    _take_in(session, life, data, name, month, at, "dts")
    reconciliation_decide.accept_certain(session, life.opd.bendahara, life.opd.id, month, at)


def match_rows(session: Session, life: OpdYear, bulan: int) -> None:
    """Accept the certain pairs; in a month that closes the treasurer settles the rest."""
    at, month = at_hour(date(YEAR, bulan, 28) + timedelta(days=8), 2), (YEAR, bulan)
    who, opd_id = life.opd.bendahara, life.opd.id
    if bulan < life.open_month:
        _refund(session, life, month, at)
        _join(session, life, month, at)
    reconciliation_decide.accept_certain(session, who, opd_id, month, at)
    if bulan < life.open_month:
        for line in look.month_lines(session, who, opd_id, month):
            if line.sisa:
                _decide(session, life, line, month, at)


def _refund(session: Session, life: OpdYear, month: Month, at: datetime) -> None:
    """Record refunds of purchases, each with its line."""
    who, opd_id = life.opd.bendahara, life.opd.id
    lines = [one for one in look.month_lines(session, who, opd_id, month) if one.sisa < ZERO]
    for plan in life.plans:
        key, amount = -plan.nomor - 1, -refund_amount(plan)
        if plan.special_story not in script.REFUND_DAYS or plan.nomor not in life.belanja:
            continue
        line = next((one for one in lines if one.nilai == amount), None)
        if line is None or key in life.belanja:
            continue
        lines.remove(line)
        origin = session.get_one(Transaksi, life.belanja[plan.nomor][0])
        command = life.purchase_command(plan, f"Pengembalian {origin.uraian}", amount, None, 9)
        day = line.tanggal or origin.tanggal
        command = replace(command, asal_id=origin.id, tanggal=day)
        row = belanja_verbs.record(session, who, command, at)
        life.belanja[key] = [row.id]
        life.nota(session, who, row, plan, at)
        reconciliation_decide.pair_up(
            session, who, opd_id, reconciliation_decide.LinkUp(line.id, (row.id,)), at
        )


def _join(session: Session, life: OpdYear, month: Month, at: datetime) -> None:
    """One purchase that two bills of the month ask for."""
    who, opd_id = life.opd.bendahara, life.opd.id
    for plan in life.plans:
        if plan.special_story != "dua_tagihan" or plan.bulan != month[1]:
            continue
        lines = look.month_lines(session, who, opd_id, month)
        first, *rest = [one for one in lines if _owned_by(one, plan) and one.nilai < plan.nilai]
        (purchase,) = life.belanja[plan.nomor]
        command = reconciliation_join.JoinLines(first.id, tuple(one.id for one in rest), purchase)
        reconciliation_join.join_lines(session, who, opd_id, command, at)


def _owned_by(line: Row, plan: PlannedPurchase) -> bool:
    same = bank.bank_text(plan.thing.merchant) == line.merchant
    return same and plan.tanggal == line.tanggal_transaksi


def _decide(session: Session, life: OpdYear, line: Row, month: Month, at: datetime) -> None:
    """Settle one line as a treasurer would: stamp duty, a candidate, or the holder's debt."""
    who, opd_id = life.opd.bendahara, life.opd.id
    told = {
        "meterai": ("meterai", "Bea meterai dibayar dari UP Tunai."),
        "biaya": ("biaya", script.FEE_REFUND),
    }.get(line.jenis)
    if told is None:
        for ids in _candidates(session, life, line, month):
            try:
                command = reconciliation_decide.LinkUp(
                    line.id, ids, "biaya", "Surcharge merchant; ditanggung pemegang kartu."
                )
                reconciliation_decide.pair_up(session, who, opd_id, command, at)
            except Conflict:
                continue
            return
        told = "tanpa_belanja", "Tidak ada catatan belanja; ditanyakan kepada pemegang kartu."
    holder = next((card.pemegang for card in life.opd.kartu if card.id == line.kartu_id), who)
    owner = who if line.jenis == "meterai" else holder
    explained = differences.Explain(line.id, told[0], None, told[1], owner.orang_id)
    differences.explain_difference(session, who, opd_id, explained, at)


def _candidates(
    session: Session, life: OpdYear, line: Row, month: Month
) -> Iterable[tuple[int, ...]]:
    """The purchase that the bank's text and amount suggest."""
    open_ids = {row.id for row in look.open_purchases(session, life.opd.id, month)}
    for plan in life.plans:
        ids = tuple(id_ for id_ in life.belanja.get(plan.nomor, ()) if id_ in open_ids)
        if ids and _owned_by(line, plan):
            yield ids
