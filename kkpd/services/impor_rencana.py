"""What taking a bank file in would do, decided before anything is written.

The preview shows this plan, and taking in writes exactly it: which lines are new, which are known
and by which line of the books, which are left out and why, to which bill and month each goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from kkpd.domain.errors import DomainError, Finding, Unreadable
from kkpd.domain.identity import agreement_of, place
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.tagihan import hitung, kelompok
from kkpd.domain.tagihan.bacaan import Pembacaan, Ringkasan, TotalTercetak, kartu_dalam
from kkpd.domain.tagihan.bulan import Bulan, Pembukuan, bukukan, bulan_dari
from kkpd.domain.tagihan.hitung import Jumlah, Tercetak
from kkpd.domain.tagihan.kolom import Kolom
from kkpd.domain.tagihan.wakil import Ciri, banding
from kkpd.models import Tagihan
from kkpd.queries import buku_bank
from kkpd.queries.buku_bank import Tempat
from kkpd.services.gulungan import Gulungan, Lapor, Tergulung, gulung

_PUNYA_LAIN = "tidak ada pada tagihan yang sudah lengkap dari berkas lain"

#: Rules of the reader on a bill's arithmetic, which `hitung` says again about the bill.
_HITUNGAN_PEMBACA = frozenset({"tagihan_tidak_cocok", "jumlah_baris_berbeda"})


class Permintaan(Protocol):
    """What the plan needs of the request to take a file in."""

    @property
    def opd_id(self) -> int: ...
    @property
    def bacaan(self) -> Pembacaan | Tergulung: ...
    @property
    def jenis(self) -> str | None: ...
    @property
    def periode(self) -> Bulan | None: ...


@dataclass(slots=True)
class Kelompok:
    """The lines of one printed bill, or (bill None) those that no bill claims."""

    bill: TotalTercetak | None
    tercetak: Tercetak | None
    lama: Tagihan | None
    jumlah: Jumlah = field(default_factory=Jumlah)
    beda: tuple[int, int] = (0, 0)
    temuan: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sasaran:
    """Where lines go: a bill (group, or DAFTAR for the month's list) and the month of booking."""

    kelompok: int
    buku: Pembukuan


@dataclass(frozen=True, slots=True)
class Dikenal:
    """The line of the books that this line is, and the reference it teaches."""

    baris_id: int
    referensi: str | None = None


@dataclass(slots=True)
class Rencana:
    """The plan. Lines are named by their position in the file's lines, from 0."""

    gulungan: Gulungan
    ringkasan: Ringkasan
    jenis: str
    kelompok: dict[int, Kelompok]
    bulan: Bulan | None
    hari_ini: date
    terkunci: Bulan | None
    kartu: Mapping[str, int]
    kartu_lain: frozenset[str]
    tempat: Mapping[str, Tempat] = field(default_factory=dict)
    dikenal: dict[int, Dikenal] = field(default_factory=dict)
    lewat: dict[int, str] = field(default_factory=dict)
    sasaran: list[Sasaran] = field(default_factory=list)
    _known_targets: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def temuan(self) -> list[Finding]:
        """What the bills' own numbers say."""
        return [finding for group in self.kelompok.values() for finding in group.temuan]

    @property
    def catatan(self) -> list[Finding]:
        """What the reading remarked; a bill's arithmetic is said in `temuan`, with its money."""
        said = any(group.tercetak for group in self.kelompok.values())
        hidden = _HITUNGAN_PEMBACA if said else frozenset()
        return [one for one in self.ringkasan.findings if one.rule not in hidden]

    @property
    def awalan(self) -> str:
        """Interim lines have base keys of their own: pairing them is matching, not identity."""
        return "d:" if self.jenis == "dts" else ""

    @property
    def mata_uang(self) -> str:
        """The currency of lines that name none."""
        return (self.ringkasan.currency or "IDR").strip(" .").upper()[:3].replace("RP", "IDR")

    @property
    def baru(self) -> int:
        """How many lines the books lack."""
        return self.gulungan.banyak - len(self.dikenal) - len(self.lewat)

    @property
    def kartu_tak_dikenal(self) -> frozenset[str]:
        """Cards of the file that no OPD holds."""
        named = {digits for digits in self.gulungan.kartu if digits}
        return frozenset(named - set(self.kartu) - self.kartu_lain)

    def nomor_sasaran(self, kolom: Kolom) -> list[int]:
        """For each line of a batch, the position of its target in `sasaran`."""
        return [
            self._sasaran(group, day)
            for group, day in zip(
                self.nomor_kelompok(kolom),
                [
                    posting or day
                    for posting, day in zip(kolom.posting, kolom.transaksi, strict=True)
                ],
                strict=True,
            )
        ]

    def nomor_kelompok(self, kolom: Kolom) -> list[int]:
        """For each line of a batch, its group."""
        if len(self.kelompok) == 1:
            return [next(iter(self.kelompok))] * len(kolom)
        bills = [group.bill for group in self.kelompok.values() if group.bill is not None]
        point = kelompok.penunjuk(bills)
        return [point(sheet, card) for sheet, card in zip(kolom.lembar, kolom.kartu, strict=True)]

    def sasaran_kosong(self, group: int) -> int:
        """The target of a bill that has no line in this file."""
        return self._sasaran(group, None)

    def _sasaran(self, group: int, day: str | None) -> int:
        key = (group, day[:7] if day and group == kelompok.DAFTAR and not self.bulan else "")
        found = self._known_targets.get(key)
        if found is None:
            target = Sasaran(group, bukukan(self._asal(group, day), self.terkunci))
            if target not in self.sasaran:
                self.sasaran.append(target)
            found = self._known_targets[key] = self.sasaran.index(target)
        return found

    def _asal(self, group: int, day: str | None) -> Bulan:
        """The month a line belongs to: chosen, else the bill's, else its own, else the file's."""
        bill = self.kelompok[group].bill
        if self.bulan is not None:
            return self.bulan
        if bill is not None and bill.bill_date is not None:
            return bill.bill_date.year, bill.bill_date.month
        last = day or self.gulungan.terakhir or self.hari_ini.isoformat()
        return bulan_dari(last)


def susun(
    session: Session, permintaan: Permintaan, hari_ini: date, lapor: Lapor | None = None
) -> Rencana:
    """The plan for this request. Raises the reader's errors, and DomainError for a bill of others.

    Open questions are the caller's: the preview shows them, taking in refuses.
    """
    read = permintaan.bacaan
    rolled = read if isinstance(read, Tergulung) else gulung(read, lapor)
    gulungan, ringkasan = rolled.gulungan, rolled.ringkasan
    said = gulungan.banyak or ringkasan.questions or kelompok.tagihan_nyata(ringkasan.bills)
    if not said:
        raise Unreadable(
            "Berkas ini tidak memuat satu pun baris transaksi. "
            "Periksa apakah berkas yang diunduh dari bank benar."
        )
    opd_id = permintaan.opd_id
    jenis = _jenis(permintaan.jenis, ringkasan)
    cards = {digits for digits in gulungan.kartu if digits} | kartu_dalam(ringkasan.bills)
    own = buku_bank.kartu_sendiri(session, opd_id)
    rencana = Rencana(
        gulungan=gulungan,
        ringkasan=ringkasan,
        jenis=jenis,
        kelompok=_kelompok(session, opd_id, jenis, ringkasan),
        bulan=permintaan.periode,
        hari_ini=hari_ini,
        terkunci=buku_bank.terkunci(session, opd_id),
        kartu=own,
        kartu_lain=buku_bank.kartu_opd_lain(session, opd_id, cards - set(own)),
    )
    _tolak_tagihan_lain(cards, rencana)
    _kenali(session, opd_id, rencana)
    _bandingkan(session, rencana)
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
        lama = None
        if bill.bill_date is not None and tercetak.total is not None:
            lama = buku_bank.tagihan_sama(
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
        for key, slots in buku_bank.tempat(
            session, opd_id, (prefix + key for key in gulungan.kunci)
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


def _bandingkan(session: Session, rencana: Rencana) -> None:
    """A bill that another file brought already: pair what is left line by line."""
    for number, group in rencana.kelompok.items():
        if group.lama is None or group.tercetak is None:
            continue
        taken = {known.baris_id for known in rencana.dikenal.values()}
        books = buku_bank.ciri_tagihan(session, group.lama.id)
        found = banding(list(_left(rencana, number)), [one for one in books if one.id not in taken])
        for position, id_ in found.pasangan.items():
            rencana.dikenal[position] = Dikenal(id_)
        if hitung.lengkap(group.tercetak, buku_bank.jumlah_ditagih(session, group.lama.id)):
            rencana.lewat.update((one.id, _PUNYA_LAIN) for one in found.hanya_berkas)
        group.beda = (len(found.hanya_berkas), len(found.hanya_buku))


def _left(rencana: Rencana, number: int) -> Iterator[Ciri]:
    """The lines of a group that are not recognised by their raw fields."""
    for start, kolom in rencana.gulungan.bernomor():
        for offset, group in enumerate(rencana.nomor_kelompok(kolom)):
            position = start + offset
            if group == number and position not in rencana.dikenal:
                day = kolom.transaksi[offset] or kolom.posting[offset]
                yield Ciri(position, kolom.kartu[offset], day, kolom.sen[offset])


def _jumlahkan(rencana: Rencana) -> None:
    """The sums of each group, and what its own arithmetic says."""
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for kolom in rencana.gulungan:
        groups = rencana.nomor_kelompok(kolom)
        for key, sen in zip(zip(groups, kolom.jenis, strict=True), kolom.sen, strict=True):
            count, total = sums.get(key, (0, 0))
            sums[key] = (count + 1, total + sen)
    for (number, jenis), (count, total) in sums.items():
        group = rencana.kelompok[number]
        group.jumlah = group.jumlah.plus(jenis, count, total)
    for group in rencana.kelompok.values():
        if group.tercetak is not None:
            group.temuan = [*hitung.periksa(group.tercetak, group.jumlah), *_beda_wakil(group)]


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


def jumlah_ditagih(rencana: Rencana) -> Rupiah:
    """What all lines of the file ask for."""
    found = NOL
    for group in rencana.kelompok.values():
        found += group.jumlah.ditagih
    return found
