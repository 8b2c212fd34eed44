"""LPJ of the UP KKPD, Buku Kas Umum and Buku Pembantu KKPD over a span of months."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.buku import BukuBaris, BukuInput, Penutupan, buku
from kkpd.domain.documents.lpj import LpjBaris, lpj
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.pengembalian import BUKAN_BEBAN
from kkpd.domain.peran import Peran
from kkpd.models import (
    Dokumen,
    Pencairan,
    Transaksi,
    UpKeputusan,
)
from kkpd.queries import batal, beban, dasar_bayar, utang
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.laporan.rantai import dpt_terbit

#: Purchases that are no debt of the OPD to the bank.


def susun_lpj(bahan: Bahan) -> Naskah:
    """What DPTs of the months charge, by sub kegiatan, against the UP KKPD."""
    rows = beban.baris_pencairan(bahan.session, dpt_terbit(bahan))
    groups: dict[str, list[LpjBaris]] = defaultdict(list)
    for row in rows:
        groups[row.sub_kegiatan].append(LpjBaris(row.rekening, row.uraian, row.nilai))
    names = dasar_bayar.nama_sub_kegiatan(bahan.session, bahan.rentang.tahun, groups)
    return lpj(
        bahan.rangka,
        bahan.rentang.nama,
        up_berlaku(bahan, bahan.rentang.mulai) - _unpaid_before(bahan),
        [(f"Sub kegiatan {code} {names.get(code, '')}".strip(), g) for code, g in groups.items()],
        bahan.penanda[0].orang,
        bahan.pejabat(Peran.BENDAHARA),
        bahan.penanda[0].selaku,
        pulih=total(row.nilai for row in _payments(bahan)),
    )


def up_berlaku(bahan: Bahan, on: date) -> Rupiah:
    """UP KKPD in force on that day, over all OPDs of the report."""
    return total(row.up_kkpd for row in keputusan_up(bahan, on).values())


@dataclass(frozen=True, slots=True)
class Up:
    """An OPD's UP on a day: the newest decision and every TUP in its days (kkpd.md 1.12)."""

    up: Rupiah
    up_kkpd: Rupiah


def keputusan_up(bahan: Bahan, on: date) -> dict[int, Up]:
    """The UP in force on that day for each OPD that has a decision this year."""
    rows = bahan.session.scalars(
        select(UpKeputusan)
        .where(
            UpKeputusan.opd_id.in_(bahan.lingkup.ids),
            UpKeputusan.tahun == bahan.rentang.tahun,
            UpKeputusan.mulai <= on,
        )
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    )
    newest: dict[int, Up] = {}
    extra: dict[int, list[UpKeputusan]] = defaultdict(list)
    for row in rows:
        if row.sampai is None:
            newest[row.opd_id] = Up(row.up, row.up_kkpd)
        elif on <= row.sampai:
            extra[row.opd_id].append(row)
    return {
        opd_id: Up(
            up.up + total(row.up for row in extra[opd_id]),
            up.up_kkpd + total(row.up_kkpd for row in extra[opd_id]),
        )
        for opd_id, up in newest.items()
    }


def keputusan_biasa(bahan: Bahan, opd_id: int) -> list[UpKeputusan]:
    """The OPD's UP decisions of the year up to the last day, TUP left out, oldest first."""
    rows = bahan.session.scalars(
        select(UpKeputusan)
        .where(
            UpKeputusan.opd_id == opd_id,
            UpKeputusan.tahun == bahan.rentang.tahun,
            UpKeputusan.jenis == "up",
            UpKeputusan.mulai <= bahan.rentang.sampai,
        )
        .order_by(UpKeputusan.mulai, UpKeputusan.id)
    )
    return list(rows)


def _payments(bahan: Bahan) -> list[Pencairan]:
    """Debits to the bank within the months, oldest first."""
    return [row for row in _steps(bahan, ("bayar",)) if row.tanggal >= bahan.rentang.mulai]


def _steps(bahan: Bahan, langkah: tuple[str, ...]) -> list[Pencairan]:
    """SP2D and debits up to the last day, oldest first."""
    return list(
        bahan.session.scalars(
            select(Pencairan)
            .where(
                Pencairan.opd_id.in_(bahan.lingkup.ids),
                Pencairan.langkah.in_(langkah),
                batal.berlaku(Pencairan),
                Pencairan.tanggal <= bahan.rentang.sampai,
            )
            .order_by(Pencairan.tanggal, Pencairan.id)
        )
    )


def _unpaid_before(bahan: Bahan) -> Rupiah:
    """What earlier DPTs of the year charged and the bank had not got by the first day."""
    charged = bahan.session.scalar(
        select(func.sum(Dokumen.total)).where(
            *bahan.sebelum(Dokumen),
            Dokumen.jenis == "dpt",
            Dokumen.tahun == bahan.rentang.tahun,
            batal.berlaku(Dokumen),
        )
    )
    paid = total(
        row.nilai
        for row in _steps(bahan, ("bayar",))
        if row.tanggal < bahan.rentang.mulai and row.tahun == bahan.rentang.tahun
    )
    return (charged or NOL) - paid


def susun_bku(bahan: Bahan) -> Naskah:
    """SP2D in, debits to the bank out, by their dates; closed at the foot."""
    entries = _steps(bahan, ("sp2d", "bayar"))
    before = [row for row in entries if row.tanggal < bahan.rentang.mulai]
    this_year = [row for row in before if row.tanggal.year == bahan.rentang.tahun]
    papers = {dpt.id: dpt.nomor for dpt in _papers(bahan, entries)}
    saldo_lalu, grown = _balance(before), _balance(this_year)
    masuk = total(row.nilai for row in this_year if row.langkah == "sp2d")
    return buku(
        BukuInput(
            rangka=bahan.rangka,
            buku="bku",
            sebutan_periode=bahan.rentang.nama,
            saldo_lalu=saldo_lalu,
            baris=[
                _cash(bahan, row, papers[row.dpt_id])
                for row in entries
                if row.tanggal >= bahan.rentang.mulai
            ],
            penanda=bahan.penanda,
            penutupan=Penutupan(saldo_lalu - grown, masuk, masuk - grown),
        )
    )


def _balance(steps: Iterable[Pencairan]) -> Rupiah:
    """What came in less what went out."""
    return total(row.nilai if row.langkah == "sp2d" else -row.nilai for row in steps)


def _papers(bahan: Bahan, entries: Iterable[Pencairan]) -> list[Dokumen]:
    ids = {row.dpt_id for row in entries}
    return list(bahan.session.scalars(select(Dokumen).where(Dokumen.id.in_(ids))))


def _cash(bahan: Bahan, row: Pencairan, dpt: str) -> BukuBaris:
    told = "SP2D-GU KKPD" if row.langkah == "sp2d" else "Pendebetan kepada bank"
    words = f"{told} atas DPT {dpt}{_of(bahan, row.opd_id)}"
    amount = row.nilai
    if row.langkah == "sp2d":
        return BukuBaris(row.tanggal, row.nomor, words, penerimaan=amount)
    return BukuBaris(row.tanggal, row.nomor, words, pengeluaran=amount)


def _of(bahan: Bahan, opd_id: int) -> str:
    return f", {bahan.skpd(opd_id)}" if len(bahan.lingkup.anggota) > 1 else ""


def susun_pembantu(bahan: Bahan) -> Naskah:
    """Purchases by card as they were booked, payments to the bank; the balance is what is owed."""
    owed = total(amount for line, amount in _debts(bahan) if not _inside(bahan, line))
    paid = _steps(bahan, ("bayar",))
    owed -= total(row.nilai for row in paid if row.tanggal < bahan.rentang.mulai)
    papers = {dpt.id: dpt.nomor for dpt in _papers(bahan, paid)}
    rows = [
        BukuBaris(
            line.tanggal,
            line.nota,
            f"{line.uraian} ({line.merchant}){_of(bahan, line.opd_id)}",
            penerimaan=amount,
        )
        for line, amount in _debts(bahan)
        if _inside(bahan, line)
    ]
    rows += [
        _cash(bahan, row, papers[row.dpt_id]) for row in paid if row.tanggal >= bahan.rentang.mulai
    ]
    return buku(
        BukuInput(
            rangka=bahan.rangka,
            buku="buku_pembantu",
            sebutan_periode=bahan.rentang.nama,
            saldo_lalu=owed,
            baris=sorted(rows, key=lambda row: row.tanggal),
            penanda=bahan.penanda,
        )
    )


def _inside(bahan: Bahan, line: Transaksi) -> bool:
    return line.tahun == bahan.rentang.tahun and line.bulan >= bahan.rentang.awal


def _debts(bahan: Bahan) -> list[tuple[Transaksi, Rupiah]]:
    """Purchases booked by the last month, each with what the OPD owes of it."""
    rows = bahan.session.execute(
        select(Transaksi, utang.beban())
        .where(*bahan.sampai(Transaksi), Transaksi.status.not_in(BUKAN_BEBAN))
        .order_by(Transaksi.tanggal, Transaksi.id)
    )
    return [(line, amount) for line, amount in rows]
