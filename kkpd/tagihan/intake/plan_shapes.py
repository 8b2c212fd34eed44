"""The shapes of a plan: which line goes where, what the books know of it, what its bill says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah, total
from kkpd.engines.reading.lines import Pembacaan, Ringkasan, TotalTercetak
from kkpd.ledger.booking_month import Bulan, Pembukuan, bukukan, bulan_dari
from kkpd.models import Tagihan
from kkpd.tagihan import bill_groups as kelompok
from kkpd.tagihan.bill_arithmetic import Jumlah, Tercetak
from kkpd.tagihan.bill_groups import Penunjuk
from kkpd.tagihan.intake.line_buffer import Gulungan, Tergulung
from kkpd.tagihan.intake.line_columns import Kolom
from kkpd.tagihan.known_lines import Tempat

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
    temuan_banding: list[Finding] = field(default_factory=list)


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
    """The plan. Lines are named by their position in the order of `gulungan`, from 0."""

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
    _point: Penunjuk | None = None

    @property
    def temuan(self) -> list[Finding]:
        """What the bills' own numbers say."""
        return [finding for group in self.kelompok.values() for finding in group.temuan]

    @property
    def catatan(self) -> list[Finding]:
        """What the reading remarked; a bill's arithmetic is said in `temuan`, with its money."""
        said = any(group.tercetak for group in self.kelompok.values())
        hidden = _HITUNGAN_PEMBACA if said else frozenset()
        said_of_lines = [one for group in self.kelompok.values() for one in group.temuan_banding]
        read = [one for one in self.ringkasan.findings if one.rule not in hidden]
        return [*said_of_lines, *read]

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
    def ditagih(self) -> Rupiah:
        """What all lines of the file ask for."""
        return total(group.jumlah.ditagih for group in self.kelompok.values())

    @property
    def pembayaran(self) -> Rupiah:
        """The payments among the lines."""
        return total(group.jumlah.pembayaran for group in self.kelompok.values())

    @property
    def kartu_tak_dikenal(self) -> frozenset[str]:
        """Cards of the file that no OPD holds."""
        named = {digits for digits in self.gulungan.kartu if digits}
        return frozenset(named - set(self.kartu) - self.kartu_lain)

    def nomor_sasaran(self, kolom: Kolom) -> list[int]:
        """For each line of a batch, the position of its target in `sasaran`."""
        days = [one or two for one, two in zip(kolom.posting, kolom.transaksi, strict=True)]
        if len(self.kelompok) == 1:
            return list(map(self._sasaran_hari(dict.fromkeys(days)).__getitem__, days))
        pairs = list(zip(self.nomor_kelompok(kolom), days, strict=True))
        found = {pair: self._sasaran(*pair) for pair in dict.fromkeys(pairs)}
        return list(map(found.__getitem__, pairs))

    def sasaran_terduga(self) -> list[int]:
        """The targets of all lines, as far as their days alone tell: in a file of one group."""
        if len(self.kelompok) > 1:
            return []
        days = {one or two for one, two in self.gulungan.hari}
        return list(self._sasaran_hari(sorted(days, key=lambda day: day or "")).values())

    def _sasaran_hari(self, days: Iterable[str | None]) -> dict[str | None, int]:
        group = next(iter(self.kelompok))
        return {day: self._sasaran(group, day) for day in days}

    def nomor_kelompok(self, kolom: Kolom) -> list[int]:
        """For each line of a batch, its group."""
        if len(self.kelompok) == 1:
            return [next(iter(self.kelompok))] * len(kolom)
        return list(map(self.kelompok_dari, kolom.lembar, kolom.kartu))

    def kelompok_dari(self, sheet: str | None, card: str | None) -> int:
        """The group of lines of this sheet and card, in a file of several groups."""
        if self._point is None:
            bills = [group.bill for group in self.kelompok.values() if group.bill is not None]
            self._point = kelompok.penunjuk(bills)
        return self._point(sheet, card)

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
