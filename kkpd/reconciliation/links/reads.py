"""A month's amounts with their four links, and the kinds of difference that make its headline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Actor, Peran
from kkpd.engines.matching import bawaan
from kkpd.models import BarisBank, Cocok, Kartu, Orang, Tagihan, Transaksi
from kkpd.reconciliation import four_way
from kkpd.reconciliation import month as reconciliation_month
from kkpd.reconciliation.four_way import Beda, Fakta, Pokok
from kkpd.reconciliation.links.double_debits import DebitLagi, debit_lagi
from kkpd.reconciliation.links.inputs import Bahan, Kertas, Ruang, bahan
from kkpd.reconciliation.links.line_oddities import dibayar_lagi, pemilik_kartu
from kkpd.reconciliation.matching_input import Baris
from kkpd.records import settings as records_settings
from kkpd.records.office_holders import pejabat

_KOSONG: Final = Ruang(NOL, NOL)


@dataclass(frozen=True, slots=True)
class Bagian:
    """One amount: its line or none, its purchase or none, and why each link holds or does not.

    `debit` tells of a payment shown once too often how often the bank shows it and it was made.
    """

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
    debit: tuple[int, int] = (0, 0)


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
    lines = reconciliation_month.baris_bulan(session, actor, opd_id, periode)
    unbilled = reconciliation_month.belanja_terbuka(session, opd_id, periode)
    days = records_settings.value(session, "settle_within_days", hari, opd_id)
    work = _Kerja(
        session,
        opd_id,
        hari,
        bahan(session, opd_id, [line.id for line in lines]),
        _due(session, opd_id, periode),
        int(days) if days and days.isdigit() else None,
        pemilik_kartu(session, opd_id, lines),
        dibayar_lagi(session, opd_id, lines),
    )
    parts = [part for line in lines for part in work.baris(line)]
    parts += [work.belanja(row) for row in unbilled]
    parts += [work.debit(one) for one in debit_lagi(session, actor, opd_id, periode)]
    billed = total(line.nilai for line in lines)
    headline = four_way.pokok([(part.fakta, part.beda) for part in parts], billed)
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
    kartu: dict[str, bool]
    lagi: set[int]
    pejabat: dict[Peran, str] = field(default_factory=dict)

    def baris(self, line: Baris) -> Iterator[Bagian]:
        """The amounts of one bank line: linked, explained, still open."""
        over = self._over(line)
        for link, purchase, who in self.bahan.pasangan.get(line.id, ()):
            yield from self._linked(line, link, purchase, who, over.get(link.id, NOL))
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
                kartu_dikenal=self._known(line),
                opd_sama=self._ours(line),
                sebagian=line.sisa != line.nilai,
                kelebihan=line.id in self.lagi,
            )
            yield self._part(fact, line, None, tempo=self.tempo.get(line.id))

    def _linked(
        self, line: Baris, link: Cocok, purchase: Transaksi, who: str, over: Rupiah
    ) -> Iterator[Bagian]:
        """The amounts of one link: what was approved, what was refused, what was paid beyond the
        bill (`over`).
        """
        approved = self.bahan.disetujui.get(purchase.id, purchase.nilai)
        refused = purchase.nilai - approved if purchase.status != "ditolak" else NOL
        facts = [self._fact(line, purchase, link.nilai)]
        if refused and link.nilai == purchase.nilai:
            declined = replace(self._fact(line, purchase, refused), ditolak=True)
            facts = [self._fact(line, purchase, approved), declined]
        if over and over < facts[0].nilai:
            beyond = replace(facts[0], nilai=over, kelebihan=True)
            facts = [replace(facts[0], nilai=facts[0].nilai - over), *facts[1:], beyond]
        reasons = (
            f"{who}: {link.status}",
            *(one["teks"] for one in link.alasan if one["kunci"] != "awal"),
        )
        for fact in facts:
            yield self._part(fact, line, purchase, reasons, tempo=self.tempo.get(line.id))

    def _over(self, line: Baris) -> dict[int, Rupiah]:
        """Link -> what the bank was paid for it beyond what it asked: of a line with one purchase,
        paid, that costs more than the line says.
        """
        links = self.bahan.pasangan.get(line.id, ())
        if len(links) != 1 or line.nilai <= NOL:
            return {}
        link, purchase, _who = links[0]
        paid = self.bahan.disetujui.get(purchase.id, purchase.nilai)
        beyond = min(link.nilai, paid) - line.nilai
        return {link.id: beyond} if purchase.status == "lunas" and beyond > NOL else {}

    def _ours(self, line: Baris) -> bool:
        """Whether the line's card is of this OPD, or of nobody: not another's."""
        return line.kartu_id is not None or self.kartu.get(line.kartu_akhir, True)

    def _known(self, line: Baris) -> bool:
        """Whether somebody holds the line's card; a line without digits says of no card."""
        return line.kartu_id is not None or not line.kartu_akhir or line.kartu_akhir in self.kartu

    def _fact(self, line: Baris, purchase: Transaksi, amount: Rupiah) -> Fakta:
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
            kartu_sama=line.kartu_id in (None, purchase.kartu_id) and self._known(line),
            opd_sama=self._ours(line),
            kartu_tepat="kartu_salah" not in found,
            jarak=gap,
            jendela=window.refund_hari if back else window.sesudah,
            pagu=room,
        )

    def belanja(self, purchase: Transaksi) -> Bagian:
        """A purchase that no line stands behind yet."""
        fact = Fakta(purchase.nilai, False, purchase.tanggal, status=purchase.status)
        return self._part(fact, None, purchase)

    def debit(self, one: DebitLagi) -> Bagian:
        """A payment that the bank shows once too often: what it owes back."""
        line = one.baris
        fact = Fakta(-line.nilai, False, line.tanggal, line.jenis, debit=True)
        return replace(self._part(fact, line, None), debit=(one.kali, one.dibukukan))

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
        difference = four_way.beda(fact, self.hari, tempo, self.hari_selesai)
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
        role = difference.peran
        if role == Peran.PEMEGANG:
            card = purchase.kartu_id if purchase else (line.kartu_id if line else None)
            if card is not None:
                return self._holder(card)
            role = Peran.BENDAHARA  # a card nobody holds is the treasurer's to ask the bank about
        if role not in self.pejabat:
            opd = None if role == Peran.BUD else self.opd_id
            found = pejabat(self.session, opd, role, self.hari)
            self.pejabat[role] = found.nama if found else role.value
        return self.pejabat[role]

    def _holder(self, kartu_id: int) -> str:
        card = self.session.get_one(Kartu, kartu_id)
        return self.session.get_one(Orang, card.pemegang_id).nama
