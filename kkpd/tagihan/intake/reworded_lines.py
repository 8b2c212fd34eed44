"""Lines that another file told in other words: paired by card, day and amount (hard-parts 1).

Of a bill that the books have already, and between a bill and the lists (files without a bill's date
and total): there too the books hold, of each card, day and amount, the greatest number that one
file showed. What was recognised so is said, since the texts differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from kkpd.core.errors import Finding
from kkpd.models import Tagihan
from kkpd.tagihan import bill_arithmetic
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bill_arithmetic import Tercetak
from kkpd.tagihan.bill_groups import DAFTAR
from kkpd.tagihan.intake.line_buffer import SEKALI
from kkpd.tagihan.intake.plan_shapes import Dikenal, Kelompok, Rencana
from kkpd.tagihan.reworded import TAGIHAN_LENGKAP, Ciri, banding, hari_sama


def bandingkan(session: Session, opd_id: int, rencana: Rencana) -> None:
    """Pair, in every group, the lines that their raw fields did not recognise."""
    for number, group in rencana.kelompok.items():
        if group.lama is not None and group.tercetak is not None:
            _wakil_lain(session, rencana, number, group, group.lama, group.tercetak)
        found = _bentuk_lain(session, opd_id, rencana, number)
        again, alike = _daftar_lain(session, opd_id, rencana) if number == DAFTAR else (0, 0)
        group.temuan_banding = [*_said(found + again), *_mirip(alike)]


def _wakil_lain(
    session: Session,
    rencana: Rencana,
    number: int,
    group: Kelompok,
    lama: Tagihan,
    tercetak: Tercetak,
) -> None:
    """A bill that another file brought already."""
    taken = {known.baris_id for known in rencana.dikenal.values()}
    books = tagihan_known_lines.ciri_tagihan(session, lama.id)
    found = banding(list(_left(rencana, number)), [one for one in books if one.id not in taken])
    for position, id_ in found.pasangan.items():
        rencana.dikenal[position] = Dikenal(id_)
    if bill_arithmetic.lengkap(tercetak, tagihan_known_lines.jumlah_ditagih(session, lama.id)):
        rencana.lewat.update((one.id, TAGIHAN_LENGKAP) for one in found.hanya_berkas)
    group.beda = (len(found.hanya_berkas), len(found.hanya_buku))


def _bentuk_lain(session: Session, opd_id: int, rencana: Rencana, number: int) -> int:
    """A bill's lines among those of lists, a list's among those of bills; how many were found."""
    if not tagihan_known_lines.ada_tagihan(session, opd_id, rencana.jenis, daftar=number != DAFTAR):
        return 0
    left = [one for one in _left(rencana, number) if one.id not in rencana.lewat]
    days = sorted(date.fromisoformat(one.tanggal) for one in left if one.tanggal)
    if not days:
        return 0
    books = tagihan_known_lines.ciri_lain(
        session, opd_id, rencana.jenis, daftar=number != DAFTAR, hari=(days[0], days[-1])
    )
    taken = {known.baris_id for known in rencana.dikenal.values()}
    found = banding(left, [one for one in books if one.id not in taken and one.tanggal])
    for position, id_ in found.pasangan.items():
        rencana.dikenal[position] = Dikenal(id_)
    return len(found.pasangan)


def _daftar_lain(session: Session, opd_id: int, rencana: Rencana) -> tuple[int, int]:
    """A list among other lists: lines of days that both show whole, and lines that are only alike.

    The first are the same purchases in other words (cut names, a posting day that came later); the
    second stay two and are told, since nobody but the person knows. Not for files too long to be
    compared in memory.
    """
    long = rencana.gulungan.banyak > SEKALI
    if long or not tagihan_known_lines.ada_tagihan(session, opd_id, rencana.jenis, daftar=True):
        return 0, 0
    left = [one for one in _left(rencana, DAFTAR) if one.id not in rencana.lewat and one.tanggal]
    if not left:
        return 0, 0
    days = {one.tanggal for one in left if one.tanggal}
    ends = (date.fromisoformat(min(days)), date.fromisoformat(max(days)))
    books = [
        one
        for one in tagihan_known_lines.ciri_lain(
            session, opd_id, rencana.jenis, daftar=True, hari=ends
        )
        if one.tanggal in days
    ]
    whole = hari_sama((one for one in _semua(rencana, DAFTAR) if one.tanggal in days), books)
    taken = {known.baris_id for known in rencana.dikenal.values()}
    free = [one for one in books if one.id not in taken]
    same = banding(
        [one for one in left if one.tanggal in whole],
        [one for one in free if one.tanggal in whole],
    )
    for position, id_ in same.pasangan.items():
        rencana.dikenal[position] = Dikenal(id_)
    alike = banding(
        [one for one in left if one.tanggal not in whole],
        [one for one in free if one.tanggal not in whole],
    )
    return len(same.pasangan), len(alike.pasangan)


def _semua(rencana: Rencana, number: int) -> Iterator[Ciri]:
    """All lines of a group."""
    for start, kolom in rencana.gulungan.bernomor():
        for offset, group in enumerate(rencana.nomor_kelompok(kolom)):
            if group == number:
                day = kolom.transaksi[offset] or kolom.posting[offset]
                teks = kolom.merchant[offset]
                yield Ciri(start + offset, kolom.kartu[offset], day, kolom.sen[offset], teks)


def _left(rencana: Rencana, number: int) -> Iterator[Ciri]:
    """The lines of a group that are not recognised by their raw fields."""
    return (one for one in _semua(rencana, number) if one.id not in rencana.dikenal)


def _mirip(count: int) -> Iterator[Finding]:
    if count:
        yield Finding(
            "mirip_daftar",
            f"{count} baris sama kartu, hari dan nilainya dengan baris di buku dari daftar lain, "
            "tetapi tulisannya berbeda; keduanya dicatat. Bila itu belanja yang sama, keluarkan "
            "pengambilan yang lama.",
            "perhatian",
            inputs={"n": str(count)},
        )


def _said(count: int) -> Iterator[Finding]:
    if not count:
        return
    yield Finding(
        "bentuk_lain",
        f"{count} baris dikenali menurut kartu, hari dan nilainya sebagai baris yang sudah ada di "
        "buku dari berkas dengan tulisan lain, dan tidak dicatat dua kali.",
        "info",
        inputs={"n": str(count)},
    )
