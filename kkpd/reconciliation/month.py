"""The month's reconciliation: the headline difference, and what makes it, line by line.

The headline is the sum of the open remainders of the lines without their signs, so that too much
and too little never hide each other. With them they are what the bank bills minus what purchases
cover minus what people have explained, asserted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.engines import matching
from kkpd.ledger import refund_rules, standing
from kkpd.ledger.active import berlaku
from kkpd.models import BarisBank, Berkas, Cocok, Selisih, Transaksi
from kkpd.reconciliation import matching_input as bahan
from kkpd.reconciliation.matching_input import Baris

#: Kinds of lines that are money for somebody to account for; a payment of the last bill is not.
DIHITUNG: Final = ("belanja", "refund", "biaya", "meterai")
#: Kinds that a purchase can stand behind.
BERPASANGAN: Final = ("belanja", "refund")


@dataclass(frozen=True, slots=True)
class Ringkasan:
    """The headline (`selisih`, without signs) and the counts beside it."""

    tagihan: Rupiah
    cocok: Rupiah
    dijelaskan: Rupiah
    selisih: Rupiah
    baris: int
    baris_cocok: int
    perlu_diputuskan: int
    tanpa_pasangan: int
    belum_ditagih: int
    nilai_belum_ditagih: Rupiah


@dataclass(frozen=True, slots=True)
class Kerja:
    """Everything the page of a month needs; `sisa` and `harga` are the open amounts by id."""

    ringkasan: Ringkasan
    baris: tuple[Baris, ...]
    belanja: tuple[bahan.Terbuka, ...]
    pasti: tuple[matching.Pasangan, ...]
    usul: tuple[matching.Pasangan, ...]
    sisa: Mapping[str, Rupiah]
    harga: Mapping[str, Rupiah]

    def usul_baris(self, baris_id: int) -> matching.Pasangan | None:
        """The link that is certain or proposed for a line."""
        found = (pair for pair in (*self.pasti, *self.usul) if str(baris_id) in pair.baris)
        return next(found, None)

    def jumlah(self, pair: matching.Pasangan) -> tuple[Rupiah, Rupiah]:
        """What the bank asks and what was bought, on the two sides of a link."""
        return _jumlah(pair, self.sisa, self.harga)

    def tepat(self, pair: matching.Pasangan) -> bool:
        """Whether both sides of a link are one amount."""
        return _exact(pair, self.sisa, self.harga)


def dihitung(
    opd_id: int, periode: tuple[int, int], jenis: Sequence[str] = DIHITUNG
) -> tuple[ColumnElement[bool], ...]:
    """When a bank line counts in a month: a DTS line only until its final line is here."""
    return (
        BarisBank.opd_id == opd_id,
        BarisBank.tahun == periode[0],
        BarisBank.bulan == periode[1],
        BarisBank.jenis.in_(jenis),
        berlaku(),
    )


def baris_bulan(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    jenis: Sequence[str] = DIHITUNG,
) -> tuple[Baris, ...]:
    """Every counted line of the month (of these kinds) with what covers it, oldest first."""
    require(actor, "cocok:lihat", opd_id)
    covered = _sums(Cocok, opd_id)
    explained = _sums(Selisih, opd_id)
    rows = session.execute(
        select(
            BarisBank.id,
            BarisBank.jenis,
            BarisBank.tanggal_transaksi,
            BarisBank.tanggal_posting,
            BarisBank.merchant,
            BarisBank.keterangan,
            BarisBank.nilai,
            BarisBank.kartu_id,
            func.coalesce(BarisBank.kartu_akhir, ""),
            BarisBank.berkas_id,
            Berkas.nama,
            Berkas.sha256,
            func.coalesce(BarisBank.lembar, ""),
            BarisBank.baris,
            covered.c.nilai,
            explained.c.nilai,
            BarisBank.bulan_asal,
        )
        .join(Berkas, Berkas.id == BarisBank.berkas_id)
        .outerjoin(covered, covered.c.baris_bank_id == BarisBank.id)
        .outerjoin(explained, explained.c.baris_bank_id == BarisBank.id)
        .where(*dihitung(opd_id, periode, jenis))
        .order_by(
            func.coalesce(BarisBank.tanggal_transaksi, BarisBank.tanggal_posting), BarisBank.id
        )
    )
    return tuple(
        Baris(*(*raw, matched or NOL, told or NOL, divmod(late, 100) if late else None))
        for *raw, matched, told, late in rows
    )


def belanja_terbuka(session: Session, opd_id: int, sampai: tuple[int, int]) -> list[Transaksi]:
    """Purchases that no bank line stands behind yet, booked up to this month, oldest first."""
    waited = Transaksi.status.not_in(refund_rules.DITANGGUNG)
    statement = select(Transaksi).where(*_terbuka(opd_id, sampai), waited)
    return list(session.scalars(statement.order_by(Transaksi.tanggal, Transaksi.id)))


def terbuka(session: Session, opd_id: int, sampai: tuple[int, int]) -> tuple[bahan.Terbuka, ...]:
    """The same as matching and the page need them, and those refused: the bank bills them, too."""
    return bahan.terbuka(session, _terbuka(opd_id, sampai))


def _terbuka(opd_id: int, sampai: tuple[int, int]) -> tuple[ColumnElement[bool], ...]:
    linked = select(Cocok.transaksi_id).where(Cocok.opd_id == opd_id, Cocok.dicabut_at.is_(None))
    return (
        Transaksi.opd_id == opd_id,
        Transaksi.tahun * 100 + Transaksi.bulan <= sampai[0] * 100 + sampai[1],
        Transaksi.status != "dibatalkan",
        Transaksi.id.not_in(linked),
    )


def kerja(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: tuple[int, int],
    *,
    beralasan: bool = False,
) -> Kerja:
    """The month as the page shows it: headline, lines, open purchases, certain and proposed.

    Links carry their reasons only if asked for: a verb that keeps a link keeps them, too.
    """
    lines = baris_bulan(session, actor, opd_id, periode)
    purchases = terbuka(session, opd_id, periode)
    open_lines = [line for line in lines if line.sisa and line.jenis in BERPASANGAN]
    asked = bahan.to_lines(session, opd_id, open_lines)
    found = matching.match(
        asked, bahan.to_purchases(session, opd_id, purchases), beralasan=beralasan
    )
    open_sums = {str(line.id): line.sisa for line in open_lines}
    prices = {str(row.id): row.nilai for row in purchases}
    sure = tuple(p for p in found.pasangan if p.status == "pasti" and _exact(p, open_sums, prices))
    taken = {pair.baris for pair in sure}
    proposed = tuple(pair for pair in found.pasangan if pair.baris not in taken)
    alone = set(found.tanpa_pasangan_baris)
    back = {line.id: line for line in open_lines if line.sisa < NOL and str(line.id) in alone}
    proposed += bahan.refund_proposals(
        session, opd_id, tuple(back.values()), tuple(one for one in asked if int(one.id) in back)
    )
    return Kerja(
        ringkasan(
            lines,
            purchases,
            {id_ for pair in (*sure, *proposed) for id_ in pair.baris},
            standing.tak_bertuan(session, opd_id, periode),
        ),
        lines,
        purchases,
        sure,
        proposed,
        open_sums,
        prices,
    )


def _exact(
    pair: matching.Pasangan, sums: Mapping[str, Rupiah], prices: Mapping[str, Rupiah]
) -> bool:
    """Whether both sides are one amount: a difference, even an explained one, is for people."""
    billed, bought = _jumlah(pair, sums, prices)
    return billed == bought


def _jumlah(
    pair: matching.Pasangan, sums: Mapping[str, Rupiah], prices: Mapping[str, Rupiah]
) -> tuple[Rupiah, Rupiah]:
    """What stands open on both sides of a link; nearly all links are of one and one."""
    if len(pair.baris) == len(pair.belanja) == 1:
        return sums[pair.baris[0]], prices.get(pair.belanja[0], NOL)
    return (
        total(sums[id_] for id_ in pair.baris),
        total(prices[id_] for id_ in pair.belanja if id_ in prices),
    )


def ringkasan(
    lines: tuple[Baris, ...],
    purchases: Sequence[Transaksi | bahan.Terbuka],
    with_candidates: set[str],
    tak_bertuan: Rupiah = NOL,
) -> Ringkasan:
    """The headline over these lines; with signs it is what is billed and not accounted for.

    `tak_bertuan` is what is matched and nobody bears (`queries.standing`); it is a difference too.
    """
    billed = total(line.nilai for line in lines)
    matched = total(line.cocok for line in lines)
    explained = total(line.dijelaskan for line in lines)
    assert total(line.sisa for line in lines) == billed - matched - explained
    waiting = [line for line in lines if line.sisa]
    unbilled = [one for one in purchases if one.status not in refund_rules.DITANGGUNG]
    decidable = sum(str(line.id) in with_candidates for line in waiting)
    return Ringkasan(
        tagihan=billed,
        cocok=matched,
        dijelaskan=explained,
        selisih=total(abs(line.sisa) for line in lines) + tak_bertuan,
        baris=len(lines),
        baris_cocok=len(lines) - len(waiting),
        perlu_diputuskan=decidable,
        tanpa_pasangan=len(waiting) - decidable,
        belum_ditagih=len(unbilled),
        nilai_belum_ditagih=total(one.nilai for one in unbilled),
    )


def _sums(model: type[Cocok] | type[Selisih], opd_id: int):  # type: ignore[no-untyped-def]  # a subquery's type names no columns
    """Living sums per bank line."""
    return (
        select(model.baris_bank_id, func.sum(model.nilai).label("nilai"))
        .where(model.opd_id == opd_id, model.dicabut_at.is_(None))
        .group_by(model.baris_bank_id)
        .subquery()
    )
