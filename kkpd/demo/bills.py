"""The month's bills come in, and the treasurer finds out what stands behind each line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict
from kkpd.core.money import NOL, Rupiah, total
from kkpd.demo import bank, stories
from kkpd.demo.ground import TAHUN
from kkpd.demo.life import Hidup
from kkpd.demo.parts import jam, pengembalian_dari
from kkpd.demo.receive import terima
from kkpd.demo.year import BULAN_TERAKHIR, Rencana, diposting, jendela, pengembalian, tagihan
from kkpd.ledger.active import holds
from kkpd.ledger.booking_month import Bulan
from kkpd.models import Pencairan, Penyelesaian, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences
from kkpd.reconciliation import join as reconciliation_join
from kkpd.reconciliation import month as lihat
from kkpd.reconciliation.matching_input import Baris


def masuk(session: Session, life: Hidup, bulan: int) -> None:
    """The interim list of the month that has one, then its bills as the bank prints them."""
    if (life.opd.slug, bulan) == stories.SEMENTARA:
        _sementara(session, life, bulan)
    for first, last in jendela(life.opd, bulan):
        bill = tagihan(life.opd, life.plans, life.seed, first, last, life.tagihan_lalu)
        bill = replace(bill, pembayaran=_dibayar(session, life, last))
        life.tagihan_lalu, life.ditagih = bill.total, last
        _terima(session, life, bulan, bill)


def _dibayar(session: Session, life: Hidup, sampai: date) -> Rupiah:
    """What reached the bank since the last bill: debits, and what others made good."""
    amounts = (
        session.scalar(
            select(func.sum(model.nilai)).where(
                model.opd_id == life.opd.id,
                model.tanggal > life.ditagih,
                model.tanggal <= sampai,
                condition,
            )
        )
        for model, condition in (
            (Pencairan, (Pencairan.langkah == "bayar") & holds(Pencairan)),
            (Penyelesaian, Penyelesaian.opd_id == life.opd.id),
        )
    )
    return total(amount or NOL for amount in amounts)


def _terima(session: Session, life: Hidup, bulan: int, bill: bank.Tagihan) -> None:
    twice = (life.opd.slug, bulan) == stories.DUA_BERKAS
    workbook = (life.opd.id + bulan) % 2 == 0
    for number, part in enumerate(bank.berkas(bill) if twice else [bill], 1):
        data = bank.xlsx_bytes(part) if workbook else bank.csv_bytes(part)
        mark = f"{bill.tanggal:%Y-%m}" + (f"-{number}" if twice else "")
        mark += f"-{bill.tanggal:%d}" if len(jendela(life.opd, bulan)) > 1 else ""
        name = f"tagihan-{life.opd.slug}-{mark}.{'xlsx' if workbook else 'csv'}"
        at, who = jam(bill.tanggal + timedelta(days=3), 2), life.opd.bendahara
        terima(session, who, life.opd.id, data, name, (TAHUN, bulan), life.store, at)


def _sementara(session: Session, life: Hidup, bulan: int) -> None:
    """What the bank knows on the twentieth, matched before the final bill takes it over."""
    day = date(TAHUN, bulan, 20)
    lines = diposting(life.opd, life.plans, life.seed, day.replace(day=1), day)
    data = bank.sementara_csv(line for line in lines if line.nilai > NOL)
    name = f"sementara-{life.opd.slug}-{day:%Y-%m}.csv"
    month, at = (TAHUN, bulan), jam(day + timedelta(days=2), 2)
    who = life.opd.bendahara
    terima(session, who, life.opd.id, data, name, month, life.store, at, "dts")
    reconciliation_decide.terima_pasti(session, who, life.opd.id, month, at)


def cocokkan(session: Session, life: Hidup, bulan: int) -> None:
    """The sure pairs by themselves; in a closed month the treasurer settles the rest."""
    at, month = jam(date(TAHUN, bulan, 28) + timedelta(days=8), 2), (TAHUN, bulan)
    who, opd_id = life.opd.bendahara, life.opd.id
    if bulan < BULAN_TERAKHIR:
        _kembali(session, life, month, at)
        _gabung(session, life, month, at)
    reconciliation_decide.terima_pasti(session, who, opd_id, month, at)
    if bulan < BULAN_TERAKHIR:
        for line in lihat.baris_bulan(session, who, opd_id, month):
            if line.sisa:
                _putuskan(session, life, line, month, at)


def _kembali(session: Session, life: Hidup, month: Bulan, at: datetime) -> None:
    """Log the money that came back as refunds of their purchases, each with its line."""
    who, opd_id = life.opd.bendahara, life.opd.id
    lines = [one for one in lihat.baris_bulan(session, who, opd_id, month) if one.sisa < NOL]
    for plan in life.plans:
        key, amount = -plan.nomor - 1, -pengembalian(plan)
        if plan.cerita not in stories.KEMBALI or plan.nomor not in life.belanja:
            continue
        line = next((one for one in lines if one.nilai == amount), None)
        if line is None or key in life.belanja:
            continue
        lines.remove(line)
        origin = session.get_one(Transaksi, life.belanja[plan.nomor][0])
        command = life.perintah(plan, f"Pengembalian {origin.uraian}", amount, None, 9)
        command = pengembalian_dari(command, origin.id, line.tanggal or origin.tanggal)
        row = belanja_verbs.catat(session, who, command, at)
        life.belanja[key] = [row.id]
        life.nota(session, who, row, plan, at)
        reconciliation_decide.pasangkan(
            session, who, opd_id, reconciliation_decide.Pasangkan(line.id, (row.id,)), at
        )


def _gabung(session: Session, life: Hidup, month: Bulan, at: datetime) -> None:
    """One purchase that two bills of the month ask for."""
    who, opd_id = life.opd.bendahara, life.opd.id
    for plan in life.plans:
        if plan.cerita != "dua_tagihan" or plan.bulan != month[1]:
            continue
        lines = lihat.baris_bulan(session, who, opd_id, month)
        first, *rest = [one for one in lines if _milik(one, plan) and one.nilai < plan.nilai]
        (purchase,) = life.belanja[plan.nomor]
        command = reconciliation_join.Gabungkan(first.id, tuple(one.id for one in rest), purchase)
        reconciliation_join.gabungkan(session, who, opd_id, command, at)


def _milik(line: Baris, plan: Rencana) -> bool:
    same = bank.teks_bank(plan.barang.merchant) == line.merchant
    return same and plan.tanggal == line.tanggal_transaksi


def _putuskan(session: Session, life: Hidup, line: Baris, month: Bulan, at: datetime) -> None:
    """Settle one line as a treasurer would: stamp duty, a candidate, or the holder's debt."""
    who, opd_id = life.opd.bendahara, life.opd.id
    told = {
        "meterai": ("meterai", "Bea meterai dibayar dari UP Tunai."),
        "biaya": ("biaya", stories.BIAYA_KEMBALI),
    }.get(line.jenis)
    if told is None:
        for ids in _calon(session, life, line, month):
            try:
                command = reconciliation_decide.Pasangkan(
                    line.id, ids, "biaya", "Surcharge merchant; ditanggung pemegang kartu."
                )
                reconciliation_decide.pasangkan(session, who, opd_id, command, at)
            except Conflict:
                continue
            return
        told = "tanpa_belanja", "Tidak ada catatan belanja; ditanyakan kepada pemegang kartu."
    holder = next((card.pemegang for card in life.opd.kartu if card.id == line.kartu_id), who)
    owner = who if line.jenis == "meterai" else holder
    explained = differences.Jelaskan(line.id, told[0], None, told[1], owner.orang_id)
    differences.jelaskan(session, who, opd_id, explained, at)


def _calon(session: Session, life: Hidup, line: Baris, month: Bulan) -> Iterable[tuple[int, ...]]:
    """What may stand behind the line: what the bank's text and amount point at."""
    open_ids = {row.id for row in lihat.belanja_terbuka(session, life.opd.id, month)}
    for plan in life.plans:
        ids = tuple(id_ for id_ in life.belanja.get(plan.nomor, ()) if id_ in open_ids)
        if ids and _milik(line, plan):
            yield ids
