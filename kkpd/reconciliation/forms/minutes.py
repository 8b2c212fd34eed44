"""Berita Acara Rekonsiliasi: bank bill against books, the difference and what explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kkpd.core import indonesian_dates as tanggal
from kkpd.core.money import NOL, Rupiah, total
from kkpd.engines.paper.form_frame import Rangka, dokumen, kartu_tersamar
from kkpd.engines.paper.list_form import NO, Bentuk, Penanda, hari, isi_tabel, tanda_tangan, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Bagian, Butir, Kolom, Paragraf, Rincian, TotalsDiffer

_KARTU = Bentuk(
    formulir="rekonsiliasi",
    judul="Perbandingan per kartu",
    kolom=(
        NO,
        Kolom("pemegang", "Pemegang KKPD", "teks", 130),
        Kolom("nomor", "No KKPD", "kode", 60),
        uang("bank", "Menurut Bank", 90),
        uang("catatan", "Menurut Pembukuan", 90),
        uang("selisih", "Selisih", 80),
    ),
)
_PENJELASAN = Bentuk(
    formulir="rekonsiliasi",
    judul="Penjelasan selisih",
    kolom=(
        NO,
        hari("tanggal"),
        Kolom("uraian", "Uraian", "teks", 150),
        Kolom("sebab", "Sebab dan Tindak Lanjut", "teks", 170),
        uang("nilai", "Nilai (Rp)", 80),
    ),
    kosong="Tidak ada selisih.",
)


@dataclass(frozen=True, slots=True)
class KartuRekon:
    """One card: its total on the bill and in the books."""

    pemegang: str
    kartu: str
    bank: Rupiah
    catatan: Rupiah

    @property
    def nomor(self) -> str:
        """The masked number."""
        return kartu_tersamar(self.kartu)

    @property
    def selisih(self) -> Rupiah:
        """Bill minus books."""
        return self.bank - self.catatan


@dataclass(frozen=True, slots=True)
class PenjelasanRekon:
    """One line that explains a part of the difference."""

    tanggal: date
    uraian: str
    sebab: str
    nilai: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class RekonInput:
    """All that the minutes say. The explanations must add up to the whole difference.

    `belum_ditagih` counts and sums the purchases that the bank has not billed; `hitungan` says of
    each final bill where its rupiah are, as label rows.
    """

    rangka: Rangka
    opd: str
    sebutan_periode: str
    tagihan: str
    kartu: Sequence[KartuRekon]
    penjelasan: Sequence[PenjelasanRekon]
    penanda: Sequence[Penanda]
    belum_ditagih: tuple[int, Rupiah] = (0, NOL)
    hitungan: Sequence[Sequence[tuple[str, str]]] = ()


def rekonsiliasi(data: RekonInput) -> Dokumen:
    """The frozen minutes; TotalsDiffer where the explanations do not explain the difference."""
    difference = total(kartu.selisih for kartu in data.kartu)
    if total(line.nilai for line in data.penjelasan) != difference:
        raise TotalsDiffer("the explanations do not add up to the difference")
    return dokumen(
        data.rangka,
        "rekonsiliasi",
        "Berita Acara Rekonsiliasi Tagihan KKPD",
        [
            Paragraf(
                f"Pada hari ini, {tanggal.dalam_kata(data.rangka.tanggal)}, telah dilakukan "
                "rekonsiliasi antara tagihan bank penerbit dan pembukuan belanja KKPD "
                f"{data.opd} untuk {data.sebutan_periode}, dengan hasil sebagai berikut."
            ),
            Rincian(
                (
                    Butir("Tagihan", data.tagihan),
                    Butir("Menurut bank", f"Rp {total(k.bank for k in data.kartu)}"),
                    Butir("Menurut pembukuan", f"Rp {total(k.catatan for k in data.kartu)}"),
                    Butir("Selisih", f"Rp {difference}"),
                )
            ),
            isi_tabel(_KARTU, [("", data.kartu)], _KARTU.judul),
            isi_tabel(_PENJELASAN, [("", data.penjelasan)], _PENJELASAN.judul),
            *_belum_ditagih(*data.belum_ditagih),
            *(part for rows in data.hitungan for part in hitungan_tagihan(rows)),
            Paragraf(
                "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan "
                "sebagaimana mestinya."
            ),
        ],
        tanda_tangan(data.penanda),
    )


def _belum_ditagih(count: int, amount: Rupiah) -> list[Paragraf]:
    """The purchases that wait for their bill: no difference, since nobody asks for them yet."""
    if not count:
        return []
    return [
        Paragraf(
            f"Di luar perbandingan ini, {count} belanja senilai Rp {amount} sudah dibukukan dan "
            "belum ditagih bank; belanja itu menunggu tagihannya."
        )
    ]


def hitungan_tagihan(rows: Sequence[tuple[str, str]]) -> list[Bagian]:
    """The block that says where each rupiah of a bill is; nothing where no bill is known."""
    if not rows:
        return []
    words = tuple(Butir(label, said) for label, said in rows)
    return [Paragraf("Hitungan tagihan", tebal=True), Rincian(words)]
