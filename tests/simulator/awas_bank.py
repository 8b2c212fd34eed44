"""Custody: the books hold exactly the lines that files have shown; links never exceed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import ZERO, Rupiah
from kkpd.models import BarisBank, BarisKeluar, Cocok, DtsFinal, Penyelesaian, Selisih, Transaksi
from tests.simulator.bank import CiriDts, LineFeatures
from tests.simulator.dunia import Kantor
from tests.simulator.rusak import Rusak

_COCOK: Final = (Cocok, Selisih)
_BARU: Final = FixedStatement(
    select(
        BarisBank.id,
        BarisBank.opd_id,
        BarisBank.tahun,
        BarisBank.bulan,
        BarisBank.kartu_akhir,
        BarisBank.tanggal_transaksi,
        BarisBank.tanggal_posting,
        BarisBank.keterangan,
        BarisBank.nilai,
    )
    .where(BarisBank.id > bindparam("terakhir"))
    .order_by(BarisBank.id)
)
_TAKEN_OUT: Final = FixedStatement(select(BarisKeluar.baris_bank_id))
_JEJAK: Final = FixedStatement(
    select(
        select(func.count())
        .select_from(Transaksi)
        .where(Transaksi.status == "dibatalkan")
        .scalar_subquery(),
        *(
            select(mark).scalar_subquery()
            for model in _COCOK
            for mark in (func.max(model.id), func.count(model.dicabut_at))
        ),
    )
)
_TERTUTUP: Final = tuple(
    FixedStatement(
        select(model.baris_bank_id, func.sum(model.nilai))
        .where(
            model.opd_id == bindparam("opd"),
            model.baris_bank_id.is_not(None),
            model.dicabut_at.is_(None),
        )
        .group_by(model.baris_bank_id)
    )
    for model in _COCOK
)
_TAGIHAN: Final = FixedStatement(
    select(BarisBank.id, BarisBank.nilai).where(BarisBank.opd_id == bindparam("opd"))
)
_BELANJA: Final = FixedStatement(
    select(Cocok.transaksi_id, Transaksi.status, Transaksi.nilai, func.sum(Cocok.nilai))
    .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
    .where(Cocok.opd_id == bindparam("opd"), Cocok.dicabut_at.is_(None))
    .group_by(Cocok.transaksi_id, Transaksi.status, Transaksi.nilai)
)


def _pada(
    model: type[Cocok | Selisih], gone: Select[int], *more: ColumnElement[bool]
) -> FixedStatement:
    """The decisions of this kind that stand on such lines."""
    return FixedStatement(
        select(model.id).where(
            model.opd_id == bindparam("opd"),
            model.dicabut_at.is_(None),
            model.baris_bank_id.in_(gone),
            *more,
        )
    )


_LINE_OUT: Final = select(BarisKeluar.baris_bank_id).where(BarisKeluar.opd_id == bindparam("opd"))
_GUGUR: Final = select(DtsFinal.gugur_id).where(
    DtsFinal.opd_id == bindparam("opd"),
    DtsFinal.final_id.not_in(select(BarisKeluar.baris_bank_id)),
)
_PAID: Final = select(Penyelesaian.selisih_id).where(Penyelesaian.selisih_id.is_not(None))
#: (table, its decisions on lines that do not count, invariant, what is wrong)
_TERLARANG: Final = (
    ("cocok", _pada(Cocok, _GUGUR), "dts", "tidak dihitung"),
    ("selisih", _pada(Selisih, _GUGUR, Selisih.id.not_in(_PAID)), "dts", "tidak dihitung"),
    ("cocok", _pada(Cocok, _LINE_OUT), "keluar", "dikeluarkan"),
    ("selisih", _pada(Selisih, _LINE_OUT), "keluar", "dikeluarkan"),
)


class AwasBank:
    """Folds bank lines per office and compares them with what the bank knows."""

    def __init__(self) -> None:
        self.per_bulan: dict[tuple[int, int, int], list[int]] = {}
        self.banyak = 0
        self._last = 0
        self._row: dict[int, tuple[Any, ...]] = {}
        self._keluar: set[int] = set()
        self._books: dict[int, Counter[LineFeatures]] = {}
        self._dts: dict[int, Counter[CiriDts]] = {}
        self._latest: tuple[object, ...] = ()

    def periksa(self, session: Session, kantor: Sequence[Kantor]) -> None:
        """Rusak where a line is missing, doubled, or covered beyond its amount."""
        self._fold(session)
        for one in kantor:
            interim = self._dts.get(one.id, Counter())
            if interim != one.bank.temporary:
                shown = one.bank.temporary
                odd_dts = next(iter((interim - shown) or (shown - interim)))
                raise Rusak("kustodi", f"baris DTS {odd_dts}: buku bukan yang ditunjukkan bank")
            books, bank = self._books.get(one.id, Counter()), one.bank.expected()
            if books != bank:
                odd = next(iter((bank - books) or (books - bank)))
                word = "hilang dari" if bank - books else "berlebih pada"
                raise Rusak("kustodi", f"baris {odd} {word} buku OPD {one.slug}")
        trace = self._jejak(session)
        if trace != self._latest:
            self._latest = trace
            for one in kantor:
                self._links(session.connection(), {"opd": one.id})
                self._forbidden(session.connection(), {"opd": one.id})

    def _jejak(self, session: Session) -> tuple[object, ...]:
        """Changes whenever a link, an explanation, a bank line or a cancelled purchase does."""
        return (self._last, len(self._keluar), *_JEJAK.baris(session.connection(), {})[0])

    def _fold(self, session: Session) -> None:
        """Lines that came, and lines that were taken out again with their import."""
        rows = _BARU.baris(session.connection(), {"terakhir": self._last})
        self._row.update((row[0], row) for row in rows)
        out = {row[0] for row in _TAKEN_OUT.baris(session.connection(), {})} - self._keluar
        self._count(rows, 1)
        self._count([self._row[id_] for id_ in sorted(out)], -1)
        self._last = max([self._last, *(row[0] for row in rows)])
        self._keluar |= out
        self.banyak += len(rows)

    def _count(self, rows: Sequence[tuple[Any, ...]], times: int) -> None:
        for _, opd_id, tahun, bulan, card, day, posted, words, amount in rows:
            if posted is None:
                short = (card, day, words, amount.sen)
                _add(self._dts.setdefault(opd_id, Counter()), short, times)
            else:
                one = (card, day, posted, words, amount.sen)
                _add(self._books.setdefault(opd_id, Counter()), one, times)
            month = self.per_bulan.setdefault((opd_id, tahun, bulan), [0, 0])
            month[0], month[1] = month[0] + times, month[1] + times * amount.sen

    def _links(self, connection: Connection, opd: dict[str, int]) -> None:
        covered: dict[int, Rupiah] = {}
        for statement in _TERTUTUP:
            for line, amount in statement.baris(connection, opd):
                covered[line] = covered.get(line, ZERO) + amount
        for line, amount in _TAGIHAN.baris(connection, opd):
            part = covered.get(line, ZERO)
            if not min(amount, ZERO) <= part <= max(amount, ZERO):
                raise Rusak("cocok", f"baris bank {line} senilai {amount} tertutup {part}")
        for id_, status, amount, linked in _BELANJA.baris(connection, opd):
            if status == "dibatalkan" or linked != amount:
                raise Rusak("cocok", f"belanja {id_} ({status}) {amount} dipasangkan {linked}")

    def _forbidden(self, connection: Connection, opd: dict[str, int]) -> None:
        """Of an interim line and its final one only one counts: no decision rests on the other,
        but an explanation that was paid before the amount changed. The pair ends with its final.
        None rests on a line that was taken out either.
        """
        for table, statement, rule, words in _TERLARANG:
            for (odd,) in statement.baris(connection, opd):
                raise Rusak(rule, f"{table} {odd} pada baris yang {words}")


def _add(counts: Counter[Any], key: object, times: int) -> None:
    counts[key] += times
    if not counts[key]:
        del counts[key]
