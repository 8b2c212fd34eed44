"""Custody: the books hold exactly the lines that files have shown; links never exceed them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.money import NOL, Rupiah
from kkpd.models import BarisBank, BarisKeluar, Cocok, DtsFinal, Penyelesaian, Selisih, Transaksi
from kkpd.simulasi.bank import Ciri, CiriDts
from kkpd.simulasi.dunia import Kantor
from kkpd.simulasi.rusak import Rusak

_KOLOM: Final = (
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


class AwasBank:
    """Folds bank lines per office and compares them with what the bank knows."""

    def __init__(self) -> None:
        self.per_bulan: dict[tuple[int, int, int], list[int]] = {}
        self.banyak = 0
        self._last = 0
        self._keluar: set[int] = set()
        self._buku: dict[int, Counter[Ciri]] = {}
        self._dts: dict[int, Counter[CiriDts]] = {}
        self._terakhir: tuple[object, ...] = ()

    def periksa(self, session: Session, kantor: Sequence[Kantor]) -> None:
        """Rusak where a line is missing, doubled, or covered beyond its amount."""
        self._fold(session)
        for one in kantor:
            interim = self._dts.get(one.id, Counter())
            if interim != one.bank.sementara:
                shown = one.bank.sementara
                odd_dts = next(iter((interim - shown) or (shown - interim)))
                raise Rusak("kustodi", f"baris DTS {odd_dts}: buku bukan yang ditunjukkan bank")
            books, bank = self._buku.get(one.id, Counter()), one.bank.seharusnya()
            if books != bank:
                odd = next(iter((bank - books) or (books - bank)))
                word = "hilang dari" if bank - books else "berlebih pada"
                raise Rusak("kustodi", f"baris {odd} {word} buku OPD {one.slug}")
        trace = self._jejak(session)
        if trace != self._terakhir:
            self._terakhir = trace
            self._links(session, [one.id for one in kantor])

    def _jejak(self, session: Session) -> tuple[object, ...]:
        """Changes whenever a link, an explanation, a bank line or a cancelled purchase does."""
        cancelled = select(func.count()).where(Transaksi.status == "dibatalkan")
        seen: list[object] = [self._last, len(self._keluar), session.scalar(cancelled)]
        for model in (Cocok, Selisih):
            marks = select(func.max(model.id), func.count(model.dicabut_at))
            seen.extend(session.execute(marks).one())
        return tuple(seen)

    def _fold(self, session: Session) -> None:
        """Lines that came, and lines that were taken out again with their import."""
        rows = session.execute(
            select(*_KOLOM).where(BarisBank.id > self._last).order_by(BarisBank.id)
        ).all()
        out = session.execute(
            select(*_KOLOM)
            .join(BarisKeluar, BarisKeluar.baris_bank_id == BarisBank.id)
            .where(BarisBank.id.not_in(self._keluar))
        ).all()
        self._count(rows, 1)
        self._count(out, -1)
        self._last = max([self._last, *(row.id for row in rows)])
        self._keluar |= {row.id for row in out}
        self.banyak += len(rows)

    def _count(self, rows: Sequence[Any], times: int) -> None:
        for row in rows:
            day, posted, sen = row.tanggal_transaksi, row.tanggal_posting, row.nilai.sen
            if posted is None:
                short = (row.kartu_akhir, day, row.keterangan, sen)
                _add(self._dts.setdefault(row.opd_id, Counter()), short, times)
            else:
                one = (row.kartu_akhir, day, posted, row.keterangan, sen)
                _add(self._buku.setdefault(row.opd_id, Counter()), one, times)
            month = self.per_bulan.setdefault((row.opd_id, row.tahun, row.bulan), [0, 0])
            month[0], month[1] = month[0] + times, month[1] + times * sen

    def _links(self, session: Session, ids: list[int]) -> None:
        covered: dict[int, Rupiah] = {}
        for model in (Cocok, Selisih):
            rows = session.execute(
                select(model.baris_bank_id, func.sum(model.nilai))
                .where(
                    model.opd_id.in_(ids),
                    model.baris_bank_id.is_not(None),
                    model.dicabut_at.is_(None),
                )
                .group_by(model.baris_bank_id)
            )
            for line, amount in rows:
                assert line is not None
                covered[line] = covered.get(line, NOL) + amount
        billed = session.execute(
            select(BarisBank.id, BarisBank.nilai).where(BarisBank.opd_id.in_(ids))
        )
        for line, amount in billed:
            part = covered.get(line, NOL)
            if not min(amount, NOL) <= part <= max(amount, NOL):
                raise Rusak("cocok", f"baris bank {line} senilai {amount} tertutup {part}")
        self._purchases(session, ids)
        self._interim(session, ids)
        self._gone(session, ids)

    def _purchases(self, session: Session, ids: list[int]) -> None:
        rows = session.execute(
            select(Cocok.transaksi_id, Transaksi.status, Transaksi.nilai, func.sum(Cocok.nilai))
            .join(Transaksi, Transaksi.id == Cocok.transaksi_id)
            .where(Cocok.opd_id.in_(ids), Cocok.dicabut_at.is_(None))
            .group_by(Cocok.transaksi_id, Transaksi.status, Transaksi.nilai)
        )
        for id_, status, amount, linked in rows:
            if status == "dibatalkan" or linked != amount:
                raise Rusak("cocok", f"belanja {id_} ({status}) {amount} dipasangkan {linked}")

    def _interim(self, session: Session, ids: Sequence[int]) -> None:
        """Of an interim line and its final one only one counts: no decision rests on the other,
        but an explanation that was paid before the amount changed. The pair ends with its final.
        """
        out = select(BarisKeluar.baris_bank_id)
        paid = select(Penyelesaian.selisih_id).where(Penyelesaian.selisih_id.is_not(None))
        gone = select(DtsFinal.gugur_id).where(
            DtsFinal.opd_id.in_(ids), DtsFinal.final_id.not_in(out)
        )
        for model, more in ((Cocok, True), (Selisih, False)):
            statement = select(model.id).where(
                model.opd_id.in_(ids), model.dicabut_at.is_(None), model.baris_bank_id.in_(gone)
            )
            if not more:
                statement = statement.where(model.id.not_in(paid))
            odd = session.scalar(statement.limit(1))
            if odd is not None:
                raise Rusak("dts", f"{model.__tablename__} {odd} pada baris yang tidak dihitung")

    def _gone(self, session: Session, ids: Sequence[int]) -> None:
        """No decision rests on a line that was taken out."""
        gone = select(BarisKeluar.baris_bank_id).where(BarisKeluar.opd_id.in_(ids))
        for model in (Cocok, Selisih):
            odd = session.scalar(
                select(model.id)
                .where(
                    model.opd_id.in_(ids), model.dicabut_at.is_(None), model.baris_bank_id.in_(gone)
                )
                .limit(1)
            )
            if odd is not None:
                raise Rusak("keluar", f"{model.__tablename__} {odd} pada baris yang dikeluarkan")


def _add(counts: Counter[Any], key: object, times: int) -> None:
    counts[key] += times
    if not counts[key]:
        del counts[key]
