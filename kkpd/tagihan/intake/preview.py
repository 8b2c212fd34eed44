"""A plan as the preview shows it: lines with their state, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from kkpd.core.money import Rupiah
from kkpd.tagihan.intake.line_columns import Kolom
from kkpd.tagihan.intake.plan_shapes import Rencana

#: What a line is to the books.
KEADAAN: Final = ("baru", "dikenal", "lewat")


@dataclass(frozen=True, slots=True)
class BarisRencana:
    """A line of the file: `nomor` its position in the plan, `keadaan` what becomes of it."""

    nomor: int
    keadaan: str
    baris: int
    lembar: str | None
    tanggal: date | None
    posting: date | None
    kartu: str | None
    keterangan: str
    jenis: str
    nilai: Rupiah
    mata_uang: str
    bulan: tuple[int, int]
    terlambat: bool
    baris_id: int | None


@dataclass(frozen=True, slots=True)
class Cuplikan:
    """Some lines, and the number after which the next ones begin (None: no more)."""

    baris: tuple[BarisRencana, ...]
    berikut: int | None


def cuplik(rencana: Rencana, sesudah: int, banyak: int, keadaan: str = "") -> Cuplikan:
    """The next lines after position `sesudah` (-1: from the first), of one state or of all."""
    found: list[BarisRencana] = []
    for line in _lines(rencana, sesudah, keadaan):
        if len(found) == banyak:
            return Cuplikan(tuple(found), found[-1].nomor)
        found.append(line)
    return Cuplikan(tuple(found), None)


def _lines(rencana: Rencana, after: int, keadaan: str) -> Iterator[BarisRencana]:
    for start, kolom in rencana.gulungan.bernomor():
        if start + len(kolom) <= after + 1:
            continue
        targets = rencana.nomor_sasaran(kolom)
        for offset in range(max(0, after + 1 - start), len(kolom)):
            state = _state(rencana, start + offset)
            if keadaan in ("", state):
                yield _line(rencana, kolom, offset, start + offset, state, targets[offset])


def _state(rencana: Rencana, number: int) -> str:
    if number in rencana.dikenal:
        return "dikenal"
    return "lewat" if number in rencana.lewat else "baru"


def _line(
    rencana: Rencana, kolom: Kolom, offset: int, number: int, state: str, target: int
) -> BarisRencana:
    known = rencana.dikenal.get(number)
    books = rencana.sasaran[target].buku
    return BarisRencana(
        nomor=number,
        keadaan=state,
        baris=kolom.baris[offset],
        lembar=kolom.lembar[offset],
        tanggal=_day(kolom.transaksi[offset]),
        posting=_day(kolom.posting[offset]),
        kartu=kolom.kartu[offset],
        keterangan=kolom.keterangan[offset] or kolom.merchant[offset],
        jenis=kolom.jenis[offset],
        nilai=Rupiah(kolom.sen[offset]),
        mata_uang=kolom.mata_uang[offset] or rencana.mata_uang,
        bulan=(books.tahun, books.bulan),
        terlambat=books.asal is not None,
        baris_id=known.baris_id if known else None,
    )


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None
