"""Berita Acara Rekonsiliasi: what the bank billed, what is booked, and every rupiah between them.

With L the bank lines and T the purchases of the months, L - T is explained in three parts: what of
a line no purchase covers, what of it a purchase of other months covers, and what of a purchase no
line of these months covers. They add up by arithmetic, and the form asserts it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.rekonsiliasi import (
    KartuRekon,
    PenjelasanRekon,
    RekonInput,
    rekonsiliasi,
)
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.selisih import SEBUTAN
from kkpd.ledger.active import berlaku, tagihan_ada
from kkpd.models import BarisBank, Cocok, Kartu, Orang, Selisih, Tagihan, Transaksi
from kkpd.queries.cocok import DIHITUNG
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.laporan.register import nama_tagihan


@dataclass(slots=True)
class _Sisi:
    """What the minutes are made from."""

    lines: list[BarisBank]
    purchases: list[Transaksi]
    links: list[Cocok]
    told: dict[int, list[Selisih]]
    covered_line: dict[int, Rupiah] = field(default_factory=lambda: defaultdict(lambda: NOL))
    covered_purchase: dict[int, Rupiah] = field(default_factory=lambda: defaultdict(lambda: NOL))
    elsewhere: list[tuple[int, int, Rupiah]] = field(default_factory=list)

    def __post_init__(self) -> None:
        mine = {line.id for line in self.lines}
        here = {row.id for row in self.purchases}
        for link in self.links:
            if link.baris_bank_id not in mine:
                continue
            self.covered_line[link.baris_bank_id] += link.nilai
            if link.transaksi_id in here:
                self.covered_purchase[link.transaksi_id] += link.nilai
            else:
                self.elsewhere.append((link.baris_bank_id, link.transaksi_id, link.nilai))


def susun(bahan: Bahan) -> Naskah:
    """The minutes of the months."""
    sides = _Sisi(_bank_lines(bahan), _purchases(bahan), _links(bahan), _explained(bahan))
    if not sides.lines and not sides.purchases:
        raise bahan.kosong("Tagihan dan belanja")
    return rekonsiliasi(
        RekonInput(
            rangka=bahan.rangka,
            opd=bahan.lingkup.nama,
            sebutan_periode=bahan.rentang.nama,
            tagihan=_bills(bahan),
            kartu=_cards(bahan, sides),
            penjelasan=list(_explanations(bahan, sides)),
            penanda=bahan.penanda,
        )
    )


def _bank_lines(bahan: Bahan) -> list[BarisBank]:
    return list(
        bahan.session.scalars(
            select(BarisBank)
            .where(
                *bahan.dalam(BarisBank),
                BarisBank.jenis.in_(DIHITUNG),
                berlaku(),
            )
            .order_by(BarisBank.id)
        )
    )


def _purchases(bahan: Bahan) -> list[Transaksi]:
    return list(
        bahan.session.scalars(
            select(Transaksi)
            .where(*bahan.dalam(Transaksi), Transaksi.status != "dibatalkan")
            .order_by(Transaksi.tanggal, Transaksi.id)
        )
    )


def _links(bahan: Bahan) -> list[Cocok]:
    return list(
        bahan.session.scalars(
            select(Cocok)
            .join(BarisBank, BarisBank.id == Cocok.baris_bank_id)
            .where(*bahan.dalam(BarisBank), Cocok.dicabut_at.is_(None))
            .order_by(Cocok.id)
        )
    )


def _explained(bahan: Bahan) -> dict[int, list[Selisih]]:
    found: dict[int, list[Selisih]] = defaultdict(list)
    rows = bahan.session.scalars(
        select(Selisih)
        .join(BarisBank, BarisBank.id == Selisih.baris_bank_id)
        .where(*bahan.dalam(BarisBank), Selisih.dicabut_at.is_(None))
        .order_by(Selisih.id)
    )
    for row in rows:
        found[row.baris_bank_id or 0].append(row)
    return found


def _bills(bahan: Bahan) -> str:
    bills = bahan.session.scalars(
        select(Tagihan)
        .where(*bahan.dalam(Tagihan), Tagihan.jenis == "final", tagihan_ada())
        .order_by(Tagihan.tanggal, Tagihan.id)
    ).all()
    if len(bills) > 3:
        return f"{len(bills)} tagihan"
    return ", ".join(nama_tagihan(bill) for bill in bills) or "belum ada tagihan final"


def _cards(bahan: Bahan, sides: _Sisi) -> list[KartuRekon]:
    """A row for each card; lines that name no known card stand together."""
    bank: dict[int | None, Rupiah] = defaultdict(lambda: NOL)
    books: dict[int | None, Rupiah] = defaultdict(lambda: NOL)
    for line in sides.lines:
        bank[line.kartu_id] += line.nilai
    for row in sides.purchases:
        books[row.kartu_id] += row.nilai
    cards = bahan.session.execute(
        select(Kartu, Orang.nama)
        .join(Orang, Orang.id == Kartu.pemegang_id)
        .where(Kartu.id.in_({key for key in (*bank, *books) if key is not None}))
        .order_by(Kartu.opd_id, Kartu.nomor_akhir, Kartu.id)
    )
    rows = [KartuRekon(n, k.nomor_akhir, bank[k.id], books[k.id]) for k, n in cards]
    if None in bank:
        rows.append(KartuRekon("(tanpa kartu)", "", bank[None], NOL))
    return rows


def _explanations(bahan: Bahan, sides: _Sisi) -> Iterator[PenjelasanRekon]:
    for line in sides.lines:
        yield from _of_line(line, sides)
    known = {line.id: line for line in sides.lines}
    for line_id, transaksi_id, amount in sides.elsewhere:
        row = bahan.session.get_one(Transaksi, transaksi_id)
        why = f"Dibukukan pada {row.tahun}-{row.bulan:02d}"
        yield PenjelasanRekon(_day(known[line_id]), row.uraian, why, amount)
    for row in sides.purchases:
        rest = row.nilai - sides.covered_purchase[row.id]
        if rest:
            why = "Belum ditagih bank dalam periode ini"
            yield PenjelasanRekon(row.tanggal, f"{row.uraian} ({row.merchant})", why, -rest)


def _of_line(line: BarisBank, sides: _Sisi) -> Iterator[PenjelasanRekon]:
    """What of a bank line no purchase covers: as people explained it, the rest unexplained."""
    rest = line.nilai - sides.covered_line[line.id]
    told = sides.told.get(line.id, [])
    for said in told:
        why = f"{SEBUTAN[said.jenis]}: {said.catatan}".rstrip(": ")
        yield PenjelasanRekon(_day(line), line.merchant or line.keterangan, why, said.nilai)
    rest -= total(said.nilai for said in told)
    if rest:
        what = line.merchant or line.keterangan
        yield PenjelasanRekon(_day(line), what, "Belum dijelaskan", rest)


def _day(line: BarisBank) -> date:
    return line.tanggal_transaksi or line.tanggal_posting or date(line.tahun, line.bulan, 1)
