"""Lines that another file told in other words: paired by card, day and amount (hard-parts 1).

Of a bill that the books have already, and between a bill and the lists (files without a bill's date
and total): there too the books hold, of each card, day and amount, the greatest number that one
file showed. What was recognised so is said, since the texts differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from kkpd.domain.errors import Finding
from kkpd.domain.tagihan import hitung
from kkpd.domain.tagihan.hitung import Tercetak
from kkpd.domain.tagihan.kelompok import DAFTAR
from kkpd.domain.tagihan.wakil import TAGIHAN_LENGKAP, Ciri, banding
from kkpd.models import Tagihan
from kkpd.queries import buku_bank
from kkpd.services.impor_bentuk import Dikenal, Kelompok, Rencana


def bandingkan(session: Session, opd_id: int, rencana: Rencana) -> None:
    """Pair, in every group, the lines that their raw fields did not recognise."""
    for number, group in rencana.kelompok.items():
        if group.lama is not None and group.tercetak is not None:
            _wakil_lain(session, rencana, number, group, group.lama, group.tercetak)
        found = _bentuk_lain(session, opd_id, rencana, number)
        if found:
            group.temuan_banding = [_said(found)]


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
    books = buku_bank.ciri_tagihan(session, lama.id)
    found = banding(list(_left(rencana, number)), [one for one in books if one.id not in taken])
    for position, id_ in found.pasangan.items():
        rencana.dikenal[position] = Dikenal(id_)
    if hitung.lengkap(tercetak, buku_bank.jumlah_ditagih(session, lama.id)):
        rencana.lewat.update((one.id, TAGIHAN_LENGKAP) for one in found.hanya_berkas)
    group.beda = (len(found.hanya_berkas), len(found.hanya_buku))


def _bentuk_lain(session: Session, opd_id: int, rencana: Rencana, number: int) -> int:
    """A bill's lines among those of lists, a list's among those of bills; how many were found."""
    if not buku_bank.ada_tagihan(session, opd_id, rencana.jenis, daftar=number != DAFTAR):
        return 0
    left = [one for one in _left(rencana, number) if one.id not in rencana.lewat]
    days = sorted(date.fromisoformat(one.tanggal) for one in left if one.tanggal)
    if not days:
        return 0
    books = buku_bank.ciri_lain(
        session, opd_id, rencana.jenis, daftar=number != DAFTAR, hari=(days[0], days[-1])
    )
    taken = {known.baris_id for known in rencana.dikenal.values()}
    found = banding(left, [one for one in books if one.id not in taken and one.tanggal])
    for position, id_ in found.pasangan.items():
        rencana.dikenal[position] = Dikenal(id_)
    return len(found.pasangan)


def _left(rencana: Rencana, number: int) -> Iterator[Ciri]:
    """The lines of a group that are not recognised by their raw fields."""
    for start, kolom in rencana.gulungan.bernomor():
        for offset, group in enumerate(rencana.nomor_kelompok(kolom)):
            position = start + offset
            if group == number and position not in rencana.dikenal:
                day = kolom.transaksi[offset] or kolom.posting[offset]
                yield Ciri(position, kolom.kartu[offset], day, kolom.sen[offset])


def _said(count: int) -> Finding:
    return Finding(
        "bentuk_lain",
        f"{count} baris dikenali menurut kartu, hari dan nilainya sebagai baris yang sudah ada di "
        "buku dari berkas dengan tulisan lain, dan tidak dicatat dua kali.",
        "info",
        inputs={"n": str(count)},
    )
