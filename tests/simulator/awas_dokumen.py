"""Documents, numbers and approvals: gapless, summed, and saying the same as the lines' status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kkpd.core.db.columns import Base
from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.errors import NotFound
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.models import Arsip, Dokumen, DokumenBaris, NomorUrut, Pembatalan, Pencairan, Persetujuan
from kkpd.records.custody import Store
from tests.simulator.baris import Row
from tests.simulator.rusak import Rusak

#: a line in this status is on a document (or payment step) of each of these kinds
_RANTAI: Final = ("dpt", "npd", "spp", "spm", "sp2d", "lunas")
#: kinds that carry purchase lines; a Berita Acara speaks of the month
_BERBARIS: Final = ("dpr", "dpt", "penolakan", "npd", "spp", "spm")
_STEPS: Final = {"bayar": "lunas", "sp2d": "sp2d"}


def _baru(model: type[Base], *names: str) -> FixedStatement:
    """These columns of what is newer than `terakhir`, oldest first."""
    id_, *columns = (getattr(model, name) for name in ("id", *names))
    return FixedStatement(select(id_, *columns).where(id_ > bindparam("terakhir")).order_by(id_))


_BARU: Final = {
    "persetujuan": _baru(
        Persetujuan,
        *("transaksi_id", "perekam_id", "pemegang_id", "penguji_id", "peran", "keputusan", "nilai"),
    ),
    "dokumen": _baru(Dokumen, "opd_id", "tahun", "jenis", "urut", "total"),
    "pencairan": _baru(Pencairan, "dpt_id", "langkah", "nilai"),
    "pembatalan": _baru(Pembatalan, "dokumen_id", "pencairan_id"),
    "arsip": _baru(Arsip, "sha256", "dokumen_id"),
}
_MUATAN: Final = FixedStatement(
    select(DokumenBaris.transaksi_id, DokumenBaris.nilai).where(
        DokumenBaris.dokumen_id == bindparam("dokumen")
    )
)
_NOMOR: Final = FixedStatement(
    select(NomorUrut.opd_id, NomorUrut.tahun, NomorUrut.jenis, NomorUrut.terakhir)
)


class AwasDokumen:
    """Folds documents, their lines, payment steps and decisions."""

    def __init__(self, open_store: Sequence[Store]) -> None:
        self.banyak = 0
        self.disetujui: dict[int, Rupiah] = {}
        self.dikembalikan: dict[int, Rupiah] = {}
        self._arsip = open_store[0]
        self._last = dict.fromkeys(_BARU, 0)
        self._papers: dict[tuple[str, int], tuple[str, frozenset[int]]] = {}
        self._memuat: dict[str, set[int]] = {jenis: set() for jenis in _RANTAI}
        self._dpt: dict[int, tuple[Rupiah, frozenset[int]]] = {}
        self._order: dict[tuple[int | None, int, str], int] = {}

    def baca(self, session: Session, lines: dict[int, Row]) -> None:
        """Fold what is new; Rusak where papers and lines disagree."""
        self._approvals(session)
        self._documents(session, lines)
        self._payments(session)
        self._voids(session, lines)
        self._numbers(session)
        self._files(session)
        self._agree(lines)

    def _new(self, session: Session, table: str) -> list[tuple[Any, ...]]:
        """What came since the last look; the next one begins after it."""
        rows = _BARU[table].baris(session.connection(), {"terakhir": self._last[table]})
        if rows:
            self._last[table] = rows[-1][0]
        return rows

    def _approvals(self, session: Session) -> None:
        rows = self._new(session, "persetujuan")
        for _, line, recorder, holder, judge, role, decision, amount in rows:
            if judge in (recorder, holder):
                raise Rusak("pemisahan tugas", f"orang {judge} memutus belanja {line} sendiri")
            if role in ("pa", "kpa"):
                self.disetujui[line] = amount if decision == "setuju" else ZERO

    def _documents(self, session: Session, lines: dict[int, Row]) -> None:
        for id_, opd_id, tahun, jenis, urut, amount in self._new(session, "dokumen"):
            self.banyak += 1
            key = (opd_id, tahun, jenis)
            if urut != self._order.get(key, 0) + 1:
                raise Rusak("nomor", f"{key} melompat dari {self._order.get(key, 0)} ke {urut}")
            self._order[key] = urut
            self._one(session, id_, jenis, amount, lines)

    def _one(
        self, session: Session, id_: int, jenis: str, amount: Rupiah, lines: dict[int, Row]
    ) -> None:
        rows = _MUATAN.baris(session.connection(), {"dokumen": id_})
        if jenis in _BERBARIS and total(nilai for _, nilai in rows) != amount:
            raise Rusak("jumlah", f"dokumen {id_} ({jenis}) bukan jumlah barisnya")
        ids = frozenset(line for line, _ in rows)
        if jenis == "dpt":
            self._dpt[id_] = (amount, ids)
            self._new_dpt(id_, rows, lines)
        self._papers["dokumen", id_] = (jenis, ids)
        if jenis in _RANTAI:
            self._carry(jenis, id_, amount, ids)

    def _new_dpt(self, id_: int, rows: Sequence[tuple[Any, ...]], lines: dict[int, Row]) -> None:
        for line, nilai in rows:
            if self.disetujui.get(line) != nilai:
                raise Rusak("jumlah", f"DPT {id_} memuat belanja {line} bukan senilai putusannya")
            origin = self._origin(line, lines)
            if origin is not None:
                self.dikembalikan[origin] = self.dikembalikan.get(origin, ZERO) - nilai

    @staticmethod
    def _origin(line: int, lines: dict[int, Row]) -> int | None:
        """The purchase that this refund gives room back to: last year's budget gets nothing."""
        refund = lines.get(line)
        origin = None if refund is None or refund.asal_id is None else lines[refund.asal_id]
        return origin.id if refund and origin and origin.tahun == refund.tahun else None

    def _carry(self, jenis: str, id_: int, amount: Rupiah, ids: frozenset[int]) -> None:
        if (amount, ids) not in self._dpt.values():
            raise Rusak("jumlah", f"dokumen {id_} ({jenis}) bukan senilai DPT-nya")
        twice = self._memuat[jenis] & ids
        if twice:
            raise Rusak("dokumen", f"belanja {min(twice)} dua kali dimuat dalam {jenis}")
        self._memuat[jenis] |= ids

    def _payments(self, session: Session) -> None:
        for id_, dpt_id, langkah, amount in self._new(session, "pencairan"):
            self._papers["pencairan", id_] = (_STEPS[langkah], self._dpt[dpt_id][1])
            self._carry(_STEPS[langkah], dpt_id, amount, self._dpt[dpt_id][1])

    def _voids(self, session: Session, lines: dict[int, Row]) -> None:
        """A paper taken back carries its lines no more; its number stays given."""
        for _, dokumen_id, pencairan_id in self._new(session, "pembatalan"):
            kind = "dokumen" if pencairan_id is None else "pencairan"
            jenis, ids = self._papers.pop((kind, dokumen_id or pencairan_id or 0))
            if jenis in _RANTAI:
                self._memuat[jenis] -= ids
            if jenis == "dpt":
                self._dpt.pop(dokumen_id or 0)
                self._off_dpt(ids, lines)

    def _off_dpt(self, ids: frozenset[int], lines: dict[int, Row]) -> None:
        for line in ids:
            origin = self._origin(line, lines)
            if origin is not None:
                self.dikembalikan[origin] += self.disetujui[line]

    def _numbers(self, session: Session) -> None:
        rows = _NOMOR.baris(session.connection(), {})
        for opd_id, tahun, jenis, last in rows:
            if self._order.get((opd_id, tahun, jenis), 0) != last:
                raise Rusak("nomor", f"nomor terakhir {jenis} {tahun} OPD {opd_id} bukan {last}")

    def _files(self, session: Session) -> None:
        for _, sha256, dokumen_id in self._new(session, "arsip"):
            try:
                self._arsip.get(sha256)
            except NotFound as missing:
                raise Rusak("arsip", f"dokumen {dokumen_id}: {missing.message}") from missing

    def _agree(self, lines: dict[int, Row]) -> None:
        for index, jenis in enumerate(_RANTAI):
            on_paper = self._memuat[jenis] & lines.keys()
            by_status = {id_ for id_, line in lines.items() if line.status in _RANTAI[index:]}
            if on_paper != by_status:
                odd = min(on_paper ^ by_status)
                raise Rusak(
                    "dokumen",
                    f"belanja {odd} berstatus {lines[odd].status}, "
                    f"{'dimuat' if odd in on_paper else 'tidak dimuat'} dalam {jenis}",
                )
