"""Documents, numbers and approvals: gapless, summed, and saying the same as the lines' status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from kkpd.domain.errors import NotFound
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.models import (
    Arsip,
    Dokumen,
    DokumenBaris,
    NomorUrut,
    Pembatalan,
    Pencairan,
    Persetujuan,
)
from kkpd.services.berkas import Store
from kkpd.simulasi.baris import Baris
from kkpd.simulasi.rusak import Rusak

#: a line in this status is on a document (or payment step) of each of these kinds
_RANTAI: Final = ("dpt", "npd", "spp", "spm", "sp2d", "lunas")
#: kinds that carry purchase lines; a Berita Acara speaks of the month
_BERBARIS: Final = ("dpr", "dpt", "penolakan", "npd", "spp", "spm")
_LANGKAH: Final = {"bayar": "lunas", "sp2d": "sp2d"}


class AwasDokumen:
    """Folds documents, their lines, payment steps and decisions."""

    def __init__(self, simpanan: Sequence[Store]) -> None:
        self.banyak = 0
        self.disetujui: dict[int, Rupiah] = {}
        self.dikembalikan: dict[int, Rupiah] = {}
        self._arsip = simpanan[0]
        self._last = dict.fromkeys(
            ("dokumen", "pencairan", "persetujuan", "arsip", "pembatalan"), 0
        )
        #: what a line approved in part still has reserved after its DPT was taken back
        self.sisa_dpt: dict[int, Rupiah] = {}
        self._kertas: dict[tuple[str, int], tuple[str, frozenset[int]]] = {}
        self._memuat: dict[str, set[int]] = {jenis: set() for jenis in _RANTAI}
        self._dpt: dict[int, tuple[Rupiah, frozenset[int]]] = {}
        self._urut: dict[tuple[int | None, int, str], int] = {}

    def baca(self, session: Session, lines: dict[int, Baris]) -> None:
        """Fold what is new; Rusak where papers and lines disagree."""
        self._approvals(session)
        self._documents(session, lines)
        self._payments(session)
        self._voids(session, lines)
        self._numbers(session)
        self._files(session)
        self._agree(lines)

    def _approvals(self, session: Session) -> None:
        rows = session.execute(
            select(
                Persetujuan.id,
                Persetujuan.transaksi_id,
                Persetujuan.perekam_id,
                Persetujuan.pemegang_id,
                Persetujuan.penguji_id,
                Persetujuan.peran,
                Persetujuan.keputusan,
                Persetujuan.nilai,
            )
            .where(Persetujuan.id > self._last["persetujuan"])
            .order_by(Persetujuan.id)
        ).all()
        for id_, line, recorder, holder, judge, role, decision, amount in rows:
            self._last["persetujuan"] = id_
            if judge in (recorder, holder):
                raise Rusak("pemisahan tugas", f"orang {judge} memutus belanja {line} sendiri")
            if role in ("pa", "kpa"):
                self.disetujui[line] = amount if decision == "setuju" else NOL

    def _documents(self, session: Session, lines: dict[int, Baris]) -> None:
        rows = session.execute(
            select(
                Dokumen.id,
                Dokumen.opd_id,
                Dokumen.tahun,
                Dokumen.jenis,
                Dokumen.urut,
                Dokumen.total,
            )
            .where(Dokumen.id > self._last["dokumen"])
            .order_by(Dokumen.id)
        ).all()
        for id_, opd_id, tahun, jenis, urut, amount in rows:
            self._last["dokumen"] = id_
            self.banyak += 1
            key = (opd_id, tahun, jenis)
            if urut != self._urut.get(key, 0) + 1:
                raise Rusak("nomor", f"{key} melompat dari {self._urut.get(key, 0)} ke {urut}")
            self._urut[key] = urut
            self._one(session, id_, jenis, amount, lines)

    def _one(
        self, session: Session, id_: int, jenis: str, amount: Rupiah, lines: dict[int, Baris]
    ) -> None:
        rows = session.execute(
            select(DokumenBaris.transaksi_id, DokumenBaris.nilai).where(
                DokumenBaris.dokumen_id == id_
            )
        ).all()
        if jenis in _BERBARIS and total(nilai for _, nilai in rows) != amount:
            raise Rusak("jumlah", f"dokumen {id_} ({jenis}) bukan jumlah barisnya")
        ids = frozenset(line for line, _ in rows)
        if jenis == "dpt":
            self._dpt[id_] = (amount, ids)
            self._new_dpt(id_, rows, lines)
        self._kertas["dokumen", id_] = (jenis, ids)
        if jenis in _RANTAI:
            self._carry(jenis, id_, amount, ids)

    def _new_dpt(self, id_: int, rows: Sequence[Row[int, Rupiah]], lines: dict[int, Baris]) -> None:
        for line, nilai in rows:
            if self.disetujui.get(line) != nilai:
                raise Rusak("jumlah", f"DPT {id_} memuat belanja {line} bukan senilai putusannya")
            origin = self._origin(line, lines)
            if origin is not None:
                self.dikembalikan[origin] = self.dikembalikan.get(origin, NOL) - nilai

    @staticmethod
    def _origin(line: int, lines: dict[int, Baris]) -> int | None:
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
        rows = session.execute(
            select(Pencairan.id, Pencairan.dpt_id, Pencairan.langkah, Pencairan.nilai)
            .where(Pencairan.id > self._last["pencairan"])
            .order_by(Pencairan.id)
        ).all()
        for id_, dpt_id, langkah, amount in rows:
            self._last["pencairan"] = id_
            self._kertas["pencairan", id_] = (_LANGKAH[langkah], self._dpt[dpt_id][1])
            self._carry(_LANGKAH[langkah], dpt_id, amount, self._dpt[dpt_id][1])

    def _voids(self, session: Session, lines: dict[int, Baris]) -> None:
        """A paper taken back carries its lines no more; its number stays given."""
        rows = session.execute(
            select(Pembatalan.id, Pembatalan.dokumen_id, Pembatalan.pencairan_id)
            .where(Pembatalan.id > self._last["pembatalan"])
            .order_by(Pembatalan.id)
        ).all()
        for void, dokumen_id, pencairan_id in rows:
            self._last["pembatalan"] = void
            kind = "dokumen" if pencairan_id is None else "pencairan"
            jenis, ids = self._kertas.pop((kind, dokumen_id or pencairan_id or 0))
            if jenis in _RANTAI:
                self._memuat[jenis] -= ids
            if jenis == "dpt":
                self._dpt.pop(dokumen_id or 0)
                self._off_dpt(ids, lines)

    def _off_dpt(self, ids: frozenset[int], lines: dict[int, Baris]) -> None:
        for line in ids:
            amount, origin = self.disetujui[line], self._origin(line, lines)
            self.sisa_dpt[line] = amount
            if origin is not None:
                self.dikembalikan[origin] += amount

    def _numbers(self, session: Session) -> None:
        rows = session.execute(
            select(NomorUrut.opd_id, NomorUrut.tahun, NomorUrut.jenis, NomorUrut.terakhir)
        )
        for opd_id, tahun, jenis, last in rows:
            if self._urut.get((opd_id, tahun, jenis), 0) != last:
                raise Rusak("nomor", f"nomor terakhir {jenis} {tahun} OPD {opd_id} bukan {last}")

    def _files(self, session: Session) -> None:
        rows = session.execute(
            select(Arsip.id, Arsip.sha256, Arsip.dokumen_id)
            .where(Arsip.id > self._last["arsip"])
            .order_by(Arsip.id)
        ).all()
        for id_, sha256, dokumen_id in rows:
            self._last["arsip"] = id_
            try:
                self._arsip.get(sha256)
            except NotFound as missing:
                raise Rusak("arsip", f"dokumen {dokumen_id}: {missing.message}") from missing

    def _agree(self, lines: dict[int, Baris]) -> None:
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
