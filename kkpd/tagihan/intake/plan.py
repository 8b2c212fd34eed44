"""What taking a bank file in would do, decided before anything is written.

The preview shows this plan, and taking in writes exactly it: which lines are new, which are known
and by which line of the books, which are left out and why, to which bill and month each goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, Finding, Unreadable
from kkpd.engines.reading.lines import Ringkasan, kartu_dalam
from kkpd.tagihan import bill_arithmetic
from kkpd.tagihan import bill_groups as kelompok
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan.bill_arithmetic import Tercetak, jumlah_per
from kkpd.tagihan.identity import agreement_of, place
from kkpd.tagihan.intake import reworded_lines
from kkpd.tagihan.intake.line_buffer import Lapor, Tergulung, gulung
from kkpd.tagihan.intake.plan_shapes import Dikenal, Kelompok, Permintaan, Rencana


def susun(
    session: Session, permintaan: Permintaan, hari_ini: date, lapor: Lapor | None = None
) -> Rencana:
    """The plan for this request. Raises the reader's errors, and DomainError for a bill of others.

    Open questions are the caller's: the preview shows them, taking in refuses.
    """
    read = permintaan.bacaan
    rolled = read if isinstance(read, Tergulung) else gulung(read, lapor)
    gulungan, ringkasan = rolled.gulungan, rolled.ringkasan
    if ringkasan.unread:
        raise Unreadable(ringkasan.unread)
    said = gulungan.banyak or ringkasan.questions or kelompok.tagihan_nyata(ringkasan.bills)
    if not said:
        raise Unreadable(
            "Berkas ini tidak memuat satu pun baris transaksi. "
            "Periksa apakah berkas yang diunduh dari bank benar."
        )
    opd_id = permintaan.opd_id
    jenis = _jenis(permintaan.jenis, ringkasan)
    cards = {digits for digits in gulungan.kartu if digits} | kartu_dalam(ringkasan.bills)
    own = tagihan_known_lines.kartu_sendiri(session, opd_id)
    rencana = Rencana(
        gulungan=gulungan,
        ringkasan=ringkasan,
        jenis=jenis,
        kelompok=_kelompok(session, opd_id, jenis, ringkasan),
        bulan=permintaan.periode,
        hari_ini=hari_ini,
        terkunci=tagihan_known_lines.terkunci(session, opd_id),
        kartu=own,
        kartu_lain=tagihan_known_lines.kartu_opd_lain(session, opd_id, cards - set(own)),
    )
    _tolak_tagihan_lain(cards, rencana)
    _kenali(session, opd_id, rencana)
    reworded_lines.bandingkan(session, opd_id, rencana)
    _jumlahkan(rencana)
    return rencana


def _jenis(chosen: str | None, ringkasan: Ringkasan) -> str:
    printed = {bill.kind for bill in ringkasan.bills if bill.kind}
    if chosen is None and len(printed) > 1:
        raise DomainError(
            "Berkas ini memuat Daftar Tagihan Sementara dan tagihan final sekaligus. "
            "Pilih jenisnya, atau unggah masing-masing.",
            field="jenis",
        )
    return chosen or next(iter(printed), "final")


def _kelompok(
    session: Session, opd_id: int, jenis: str, ringkasan: Ringkasan
) -> dict[int, Kelompok]:
    bills = kelompok.tagihan_nyata(ringkasan.bills)
    found: dict[int, Kelompok] = {}
    for position, bill in enumerate(bills):
        tercetak = Tercetak.dari(bill)
        assert bill.bill_date is not None, "a bill without a day is none"
        assert tercetak.total is not None, "a bill without a total is none"
        lama = tagihan_known_lines.tagihan_sama(
            session,
            opd_id,
            jenis=jenis,
            tanggal=bill.bill_date,
            total=tercetak.total,
            kartu=bill.card_last4,
        )
        taken = [group.lama for group in found.values()]
        found[position] = Kelompok(bill, tercetak, None if lama in taken else lama)
    if len(bills) != 1:
        found[kelompok.DAFTAR] = Kelompok(None, None, None)
    return found


def _tolak_tagihan_lain(cards: set[str], rencana: Rencana) -> None:
    if cards and cards <= rencana.kartu_lain:
        listed = ", ".join(sorted(cards)[:5])
        raise DomainError(
            f"Semua kartu pada berkas ini (berakhiran {listed}) bukan kartu OPD ini melainkan "
            "kartu OPD lain. Tagihan tidak diambil; serahkan berkasnya kepada administrator."
        )


def _kenali(session: Session, opd_id: int, rencana: Rencana) -> None:
    """Which lines the books hold already, by base key, occurrence and reference."""
    prefix, gulungan = rencana.awalan, rencana.gulungan
    rencana.tempat = {
        key.removeprefix(prefix): slots
        for key, slots in tagihan_known_lines.tempat(
            session, opd_id, (prefix + key for kolom in gulungan for key in kolom.kunci)
        ).items()
    }
    if not rencana.tempat:
        return
    positions, keys, references = _seen_lines(rencana)
    seen = {key: slots.referensi for key, slots in rencana.tempat.items()}
    if not agreement_of(seen, zip(keys, references, strict=True)).stable:
        references = [None] * len(keys)
    for one in place(seen, keys, references):
        if not one.new:
            id_ = rencana.tempat[one.base_key].ids[one.occurrence - 1]
            rencana.dikenal[positions[one.index]] = Dikenal(id_, one.learned)


def _seen_lines(rencana: Rencana) -> tuple[list[int], list[str], list[str | None]]:
    positions: list[int] = []
    keys: list[str] = []
    references: list[str | None] = []
    for start, kolom in rencana.gulungan.bernomor():
        for offset, key in enumerate(kolom.kunci):
            if key in rencana.tempat:
                positions.append(start + offset)
                keys.append(key)
                references.append(kolom.referensi[offset])
    return positions, keys, references


def _per_kelompok(rencana: Rencana) -> Iterator[tuple[tuple[int, str], tuple[int, int]]]:
    """(group, kind) and (lines, sum); the file is gone over again only when it has several."""
    if len(rencana.kelompok) == 1:
        number = next(iter(rencana.kelompok))
        yield from (((number, kind), sums) for kind, sums in rencana.gulungan.jumlah.items())
        return
    for kolom in rencana.gulungan:
        keys = zip(rencana.nomor_kelompok(kolom), kolom.jenis, strict=True)
        yield from jumlah_per(keys, kolom.sen).items()


def _jumlahkan(rencana: Rencana) -> None:
    """The sums of each group, and what its own arithmetic says."""
    for (number, jenis), (count, sen) in _per_kelompok(rencana):
        group = rencana.kelompok[number]
        group.jumlah = group.jumlah.plus(jenis, count, sen)
    for group in rencana.kelompok.values():
        if group.tercetak is not None:
            group.temuan = [
                *bill_arithmetic.periksa(group.tercetak, group.jumlah),
                *_beda_wakil(group),
            ]


def _beda_wakil(group: Kelompok) -> Iterator[Finding]:
    here, there = group.beda
    if here or there:
        yield Finding(
            "wakil_berbeda",
            f"Tagihan ini sudah pernah diambil dari berkas lain, dan isinya tidak sama: {here} "
            f"baris hanya di berkas ini, {there} baris hanya di buku. Bandingkan kedua berkas.",
            "perhatian",
            inputs={"hanya_berkas": str(here), "hanya_buku": str(there)},
        )
