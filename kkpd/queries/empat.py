"""A month's amounts with their four links, and the kinds of difference that make its headline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain import empat
from kkpd.domain.empat import Beda, Fakta, Pokok
from kkpd.domain.matching import bawaan
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.peran import Actor, Peran
from kkpd.models import BarisBank, Cocok, Kartu, Orang, Tagihan, Transaksi
from kkpd.queries import cocok, setelan
from kkpd.queries.cocok import Baris
from kkpd.queries.empat_bahan import Bahan, Kertas, Ruang, bahan
from kkpd.queries.pejabat import pejabat

_KOSONG: Final = Ruang(NOL, NOL)


@dataclass(frozen=True, slots=True)
class Bagian:
    """One amount: its line or none, its purchase or none, and why each link holds or does not."""

    fakta: Fakta
    beda: Beda | None
    baris: Baris | None
    belanja: Transaksi | None
    alasan: tuple[str, ...]
    dpa: Ruang
    up: Ruang
    kertas: tuple[Kertas, ...]
    pemilik: str
    catatan: str


@dataclass(frozen=True, slots=True)
class Empat:
    """The month: its headline by kinds, and every amount. `selisih` is that of the first link."""

    pokok: Pokok
    bagian: tuple[Bagian, ...]
    selisih: Rupiah


def bulan(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], hari: date
) -> Empat:
    """Every amount of the month as of `hari`; the sums of kinds equal the headline, asserted."""
    lines = cocok.baris_bulan(session, actor, opd_id, periode)
    unbilled = cocok.belanja_terbuka(session, opd_id, periode)
    days = setelan.value(session, "settle_within_days", hari, opd_id)
    work = _Kerja(
        session,
        opd_id,
        hari,
        bahan(session, opd_id, [line.id for line in lines]),
        _due(session, opd_id, periode),
        int(days) if days and days.isdigit() else None,
    )
    parts = [part for line in lines for part in work.baris(line)]
    parts += [work.belanja(row) for row in unbilled]
    billed = total(line.nilai for line in lines)
    headline = empat.pokok([(part.fakta, part.beda) for part in parts], billed)
    rest = total(line.sisa for line in lines)
    alone = [p.fakta for p in parts if p.fakta.ditagih and not p.fakta.status and not p.fakta.nama]
    assert total(fact.nilai for fact in alone) == rest, "the first link's difference is the page's"
    return Empat(headline, tuple(parts), rest)


def _due(session: Session, opd_id: int, periode: tuple[int, int]) -> dict[int, date]:
    """Line -> the day on which its bill is due, where the bill says one."""
    rows = session.execute(
        select(BarisBank.id, Tagihan.jatuh_tempo)
        .join(Tagihan, Tagihan.id == BarisBank.tagihan_id)
        .where(
            BarisBank.opd_id == opd_id,
            BarisBank.tahun == periode[0],
            BarisBank.bulan == periode[1],
        )
    )
    return {id_: due for id_, due in rows if due is not None}


@dataclass(slots=True)
class _Kerja:
    """One month being taken apart."""

    session: Session
    opd_id: int
    hari: date
    bahan: Bahan
    tempo: dict[int, date]
    hari_selesai: int | None
    pejabat: dict[Peran, str] = field(default_factory=dict)

    def baris(self, line: Baris) -> Iterator[Bagian]:
        """The amounts of one bank line: linked, explained, still open."""
        for link, purchase, who in self.bahan.pasangan.get(line.id, ()):
            yield from self._linked(line, link, purchase, who)
        for named, owner in self.bahan.penjelasan.get(line.id, ()):
            fact = Fakta(named.nilai, True, line.tanggal, line.jenis, nama=named.jenis)
            tempo = named.jatuh_tempo or self.tempo.get(line.id)
            yield self._part(fact, line, None, tempo=tempo, owner=owner, note=named.catatan)
        if line.sisa:
            fact = Fakta(
                line.sisa,
                True,
                line.tanggal,
                line.jenis,
                kartu_dikenal=line.kartu_id is not None or not line.kartu_akhir,
                sebagian=line.sisa != line.nilai,
            )
            yield self._part(fact, line, None, tempo=self.tempo.get(line.id))

    def _linked(self, line: Baris, link: Cocok, purchase: Transaksi, who: str) -> Iterator[Bagian]:
        approved = self.bahan.disetujui.get(purchase.id, purchase.nilai)
        refused = purchase.nilai - approved if purchase.status != "ditolak" else NOL
        parts = [(link.nilai, False)]
        if refused and link.nilai == purchase.nilai:
            parts = [(approved, False), (refused, True)]
        for amount, declined in parts:
            fact = self._fact(line, purchase, amount, declined)
            reasons = (
                f"{who}: {link.status}",
                *(one["teks"] for one in link.alasan if one["kunci"] != "awal"),
            )
            yield self._part(fact, line, purchase, reasons, tempo=self.tempo.get(line.id))

    def _fact(self, line: Baris, purchase: Transaksi, amount: Rupiah, declined: bool) -> Fakta:
        found = self.bahan.temuan.get(purchase.id, set())
        room = next((kind for kind in ("tanpa_pagu", "lewat_batas") if kind in found), "ada")
        window = bawaan().jendela
        gap = (line.tanggal - purchase.tanggal).days if line.tanggal else 0
        back = purchase.nilai < NOL
        return Fakta(
            amount,
            True,
            line.tanggal,
            line.jenis,
            status=purchase.status,
            kartu_sama=line.kartu_id in (None, purchase.kartu_id),
            kartu_tepat="kartu_salah" not in found,
            jarak=gap,
            jendela=window.refund_hari if back else window.sesudah,
            ditolak=declined,
            pagu=room,
        )

    def belanja(self, purchase: Transaksi) -> Bagian:
        """A purchase that no line stands behind yet."""
        fact = Fakta(purchase.nilai, False, purchase.tanggal, status=purchase.status)
        return self._part(fact, None, purchase)

    def _part(
        self,
        fact: Fakta,
        line: Baris | None,
        purchase: Transaksi | None,
        reasons: tuple[str, ...] = (),
        *,
        tempo: date | None = None,
        owner: str = "",
        note: str = "",
    ) -> Bagian:
        difference = empat.beda(fact, self.hari, tempo, self.hari_selesai)
        row = purchase.id if purchase else 0
        return Bagian(
            fact,
            difference,
            line,
            purchase,
            reasons,
            self.bahan.ruang.get((row, "dpa"), _KOSONG),
            self.bahan.ruang.get((row, "up_kkpd"), _KOSONG),
            tuple(self.bahan.kertas.get(row, ())),
            owner or (self._owner(difference, line, purchase) if difference else ""),
            note,
        )

    def _owner(self, difference: Beda, line: Baris | None, purchase: Transaksi | None) -> str:
        """The person whose difference it is: the card's holder, or who holds the office."""
        if difference.peran == Peran.PEMEGANG:
            card = purchase.kartu_id if purchase else (line.kartu_id if line else None)
            return self._holder(card)
        role = difference.peran
        if role not in self.pejabat:
            opd = None if role == Peran.BUD else self.opd_id
            found = pejabat(self.session, opd, role, self.hari)
            self.pejabat[role] = found.nama if found else role.value
        return self.pejabat[role]

    def _holder(self, kartu_id: int | None) -> str:
        card = self.session.get(Kartu, kartu_id) if kartu_id else None
        return self.session.get_one(Orang, card.pemegang_id).nama if card else "pemegang"
