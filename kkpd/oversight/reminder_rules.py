"""What waits for one person in words, and its digest by mail.

Texts contain counts, months and office names only, no free text, so no card number or secret can
get into a mail; `pan.mask` is applied as well (law 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kkpd.core.moments import MONTHS, period_name
from kkpd.core.money import Rupiah
from kkpd.core.pan import mask

#: kind -> what has to be done; %(n)s how many, %(bulan)s the month, %(apa)s what it is about
SENTENCES: Final = MappingProxyType(
    {
        "tagihan": "Lunasi tagihan bank %(bulan)s",
        "debet": "Debet kepada bank, %(apa)s",
        "belanja": "Selesaikan %(n)s belanja %(bulan)s",
        "selisih": "Selesaikan selisih %(bulan)s: %(apa)s",
        "bukti": "Lengkapi bukti %(n)s belanja %(bulan)s",
        "ajukan": "Ajukan %(n)s belanja %(bulan)s dalam DPR",
        "periksa": "Periksa %(n)s belanja %(bulan)s sebagai PPTK",
        "uji": "Uji %(n)s belanja %(bulan)s",
        "dpt": "Terbitkan DPT atas %(n)s belanja %(bulan)s",
        "npd": "Terbitkan NPD atas %(n)s belanja %(bulan)s",
        "spp": "Ajukan SPP-GU atas %(n)s belanja %(bulan)s",
        "spp_uji": "Uji SPP-GU atas %(n)s belanja %(bulan)s",
        "spm": "Terbitkan SPM-GU atas %(n)s belanja %(bulan)s",
        "sp2d": "Terbitkan SP2D-GU atas %(n)s belanja %(bulan)s",
        "dikembalikan": "Perbaiki %(n)s belanja %(bulan)s yang dikembalikan PPTK",
        "dikembalikan_saya": "Lengkapi %(n)s belanja Anda %(bulan)s yang dikembalikan PPTK",
        "tanya": "Jawab %(n)s pertanyaan tentang %(bulan)s",
        "bukti_saya": "Foto bukti %(n)s belanja Anda %(bulan)s",
        "kotak_bukti": "Lampirkan %(n)s berkas dalam kotak bukti, tertua %(apa)s hari",
        "kembali": "Bayar kembali %(n)s belanja Anda %(bulan)s yang ditolak",
        "lebih_kembali": "Terima kembali %(n)s pengembalian %(bulan)s yang menjadi hak Anda",
        "tanggungan": "Selesaikan %(n)s tanggungan: %(apa)s",
        "kasus_jawab": "Jawab %(n)s tindak lanjut",
        "kasus_putus": "Putuskan %(n)s tindak lanjut yang sudah dijawab",
        "konfirmasi": "Konfirmasi penutupan %(bulan)s",
        "tinjau": "Tinjau penutupan %(bulan)s",
        "terlambat": "%(n)s tagihan bank lewat jatuh tempo",
        "usulan_up": "Jawab %(n)s usulan UP KKPD %(bulan)s",
        "penugasan_usul": "Konfirmasi atau tolak %(n)s usulan penugasan",
        "kartu_usul": "Tetapkan atau tolak %(n)s usulan kartu",
        "masa_admin": "Perpanjang masa administrator yang segera berakhir: %(apa)s",
        "hak_baru": "Tinjau %(n)s usulan dan pemberian hak 7 hari terakhir",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueEntry:
    """One thing that waits: its day where it has one, `sisa` in working days (negative: late).

    `kunci` tells it from others of its kind; `bulan` 0 means the year as a whole; `dasar` is the
    kind of difference where it is about one.
    """

    jenis: str
    kunci: str
    opd_slug: str
    opd: str
    tahun: int
    bulan: int
    banyak: int
    nilai: Rupiah | None = None
    due_day: date | None = None
    sisa: int | None = None
    what: str = ""
    dasar: str = ""

    @property
    def tanda(self) -> str:
        """The key by which an item is not repeated on one day."""
        return f"{self.jenis}:{self.opd_slug}:{self.kunci}"

    @property
    def isi(self) -> dict[str, str]:
        """What the sentence is filled with."""
        month = period_name(self.tahun, self.bulan) if self.bulan in range(1, 13) else ""
        return {"n": str(self.banyak), "bulan": month or str(self.tahun), "apa": self.what}

    @property
    def wording(self) -> str:
        """What has to be done, in Indonesian."""
        return SENTENCES[self.jenis] % self.isi

    def is_pressing(self, working_days: int) -> bool:
        """Late, due within so many working days, or waiting without a day of its own."""
        return self.sisa is None or self.sisa <= working_days


def urut(butir: DueEntry) -> tuple[bool, date, str]:
    """The most urgent first; items without a day last."""
    return butir.due_day is None, butir.due_day or date.max, butir.tanda


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: who it is for, what it says."""

    recipient: str
    subject_line: str
    isi: str


def letter(
    nama: str, recipient: str, butir: Sequence[DueEntry], day: date, alamat: str = ""
) -> Mail:
    """The digest of a day; `alamat` is the program's own address for the one link, empty for none.

    `butir` must not be empty.
    """
    late = sum(one.sisa is not None and one.sisa < 0 for one in butir)
    subject_line = f"Buku KKPD: {len(butir)} hal menunggu Anda" + (
        f", {late} terlambat" if late else ""
    )
    lines = [f"Yth. {nama},", "", f"Per {_date(day)} menunggu Anda:", ""]
    offices = list(dict.fromkeys(one.opd for one in butir))
    for office in offices:
        lines += [office, *(f"- {_row(one)}" for one in butir if one.opd == office), ""]
    if alamat:
        lines += [f"Selengkapnya: {alamat.rstrip('/')}/perlu/", ""]
    lines += ["Surat ini dibuat program dan tidak perlu dibalas."]
    return Mail(recipient, mask(subject_line), mask("\n".join(lines)) + "\n")


def _row(one: DueEntry) -> str:
    amount = "" if one.nilai is None else f", Rp {one.nilai}"
    return f"{one.wording}{amount}{_remaining(one)}"


def _remaining(one: DueEntry) -> str:
    if one.due_day is None or one.sisa is None:
        return ""
    day = _date(one.due_day)
    if one.sisa < 0:
        return f" (jatuh tempo {day}, lewat {-one.sisa} hari kerja)"
    return (
        f" (jatuh tempo {day}, {one.sisa} hari kerja lagi)" if one.sisa else f" (hari ini, {day})"
    )


def _date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
