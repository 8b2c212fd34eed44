"""From NPD to SPM: what asks for the money of one DPT (kkpd.md 1.9 and 1.10).

One set of facts (`PencairanInput`) makes NPD, the four sheets of SPP-GU (`spp_gu`), SPTB and
SPM-GU, so they cannot say different amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kkpd.domain import tanggal
from kkpd.domain.documents.bersama import Rangka, dokumen
from kkpd.domain.documents.daftar import NO, Bentuk, Penanda, isi_tabel, kode, tanda_tangan, uang
from kkpd.domain.documents.model import Dokumen
from kkpd.domain.documents.parts import (
    Butir,
    Kolom,
    Orang,
    Paragraf,
    Rincian,
    Tabel,
    Terbilang,
    TotalsDiffer,
)
from kkpd.domain.money import Rupiah, total
from kkpd.domain.terbilang import terbilang

#: More of a kind than these are counted, not named.
_SEBUT = 3
_RINCIAN = Bentuk(
    formulir="spp_gu_rincian",
    judul="",
    kolom=(
        NO,
        kode("rekening", "Kode Rekening", 110),
        Kolom("uraian", "Uraian", "teks", 260),
        uang("nilai", "Nilai (Rp)", 100),
    ),
)
_NPD = Bentuk(
    formulir="npd",
    judul="",
    kolom=(
        NO,
        kode("sub_kegiatan", "Kode Sub Kegiatan", 100),
        kode("rekening", "Kode Rekening", 104),
        Kolom("uraian", "Uraian", "teks", 150),
        uang("anggaran", "Anggaran", 84),
        uang("sebelumnya", "Pencairan Sebelumnya", 84),
        uang("nilai", "Pencairan Saat Ini", 84),
        uang("sisa", "Sisa", 84),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PencairanBaris:
    """One account of a sub kegiatan: budget, paid out before, asked for now."""

    sub_kegiatan: str
    rekening: str
    uraian: str
    anggaran: Rupiah
    sebelumnya: Rupiah
    nilai: Rupiah

    @property
    def sisa(self) -> Rupiah:
        """What this payment leaves of the budget."""
        return self.anggaran - self.sebelumnya - self.nilai


@dataclass(frozen=True, slots=True)
class Dasar:
    """An earlier document that a request rests on: SPD or SP2D."""

    nomor: str
    tanggal: date
    nilai: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class PencairanInput:
    """The facts of one payment. `jumlah_dpt` is what the DPT says: the rows must add up to it.

    `nama_sub` names sub kegiatan by their codes, as far as names are known.
    """

    rangka: Rangka
    opd: str
    tahun: int
    dpt: str
    jumlah_dpt: Rupiah
    keperluan: str
    bank: str
    rekening_bank: str
    npwp: str
    dpa: str
    tanggal_dpa: date
    pa: Orang
    pptk: Orang
    bendahara: Orang
    ppk: Orang
    baris: Sequence[PencairanBaris]
    spd: Sequence[Dasar] = ()
    sp2d: Sequence[Dasar] = ()
    selaku_pa: str = "Pengguna Anggaran"
    nama_sub: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if total(line.nilai for line in self.baris) != self.jumlah_dpt:
            raise TotalsDiffer("the lines do not add up to the amount of the DPT")


def npd(data: PencairanInput) -> Dokumen:
    """Nota Pencairan Dana KKPD: PA/KPA tells the treasurer to pay (Pasal 5 huruf j)."""
    return dokumen(
        data.rangka,
        "npd",
        "Nota Pencairan Dana KKPD",
        [
            Paragraf("Supaya dicairkan dana dari Uang Persediaan KKPD untuk:"),
            umum(data),
            isi_tabel(_NPD, [("", data.baris)]),
            Terbilang.dari(data.jumlah_dpt),
        ],
        tanda_tangan(
            [
                Penanda(data.selaku_pa, data.pa, "kiri", "Disetujui,"),
                Penanda("Pejabat Pelaksana Teknis Kegiatan", data.pptk),
            ]
        ),
        subjudul=[f"Tahun Anggaran {data.tahun}"],
        arah="mendatar",
    )


def sptb(data: PencairanInput) -> Dokumen:
    """Surat Pernyataan Tanggung Jawab Belanja."""
    return dokumen(
        data.rangka,
        "sptb",
        "Surat Pernyataan Tanggung Jawab Belanja",
        [
            Rincian(
                (
                    Butir("OPD", data.opd),
                    Butir("Satuan kerja", data.rangka.kop.opd),
                    Butir("Nomor dan tanggal DPA", dpa_lengkap(data)),
                    Butir("Tahun anggaran", str(data.tahun)),
                    Butir("Jumlah belanja", f"Rp {data.jumlah_dpt}"),
                )
            ),
            Terbilang.dari(data.jumlah_dpt),
            Paragraf(
                f"Yang bertanda tangan di bawah ini {data.selaku_pa} menyatakan bertanggung jawab "
                "penuh atas segala pengeluaran yang telah dibayar lunas kepada yang berhak "
                "menerima dengan menggunakan KKPD, dengan rincian sebagai berikut:"
            ),
            rincian(data),
            Paragraf(
                "Bukti-bukti belanja tersebut disimpan sesuai ketentuan yang berlaku pada "
                f"{data.opd} untuk kelengkapan administrasi dan keperluan pemeriksaan aparat "
                "pengawasan fungsional."
            ),
            Paragraf("Demikian surat pernyataan ini dibuat dengan sebenarnya."),
        ],
        tanda_tangan([Penanda(data.selaku_pa, data.pa)]),
    )


def spm(data: PencairanInput) -> Dokumen:
    """SPM-GU KKPD: PA orders Kuasa BUD to issue the SP2D (Pasal 5 huruf k)."""
    return dokumen(
        data.rangka,
        "spm_gu",
        "Surat Perintah Membayar Ganti Uang Persediaan KKPD (SPM-GU KKPD)",
        [
            Paragraf("Kuasa Bendahara Umum Daerah supaya menerbitkan SP2D-GU KKPD kepada:"),
            umum(data, Butir("Dasar pengeluaran", f"DPA-SKPD {dpa_lengkap(data)}")),
            rincian(data),
            Terbilang.dari(data.jumlah_dpt, "Jumlah yang dibayarkan"),
            Paragraf("Potongan: tidak ada.", tebal=False),
        ],
        tanda_tangan([Penanda(data.selaku_pa, data.pa)]),
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def umum(data: PencairanInput, *more: Butir) -> Rincian:
    """The label rows that every sheet has, and more."""
    return Rincian(
        (
            Butir("Nama SKPD", data.opd),
            Butir("Sub kegiatan", _sub_kegiatan(data)),
            Butir(data.selaku_pa, data.pa.nama),
            Butir("PPTK", data.pptk.nama),
            Butir("Bendahara Pengeluaran", data.bendahara.nama),
            Butir("NPWP Bendahara Pengeluaran", data.npwp),
            Butir("Bank dan rekening", f"{data.bank}, {data.rekening_bank}"),
            Butir("Untuk keperluan", data.keperluan),
            Butir("Dasar penagihan", data.dpt),
            Butir("Jumlah", f"Rp {data.jumlah_dpt}"),
            *more,
        )
    )


def dasar_spd(data: PencairanInput) -> Butir:
    """The SPDs that the request rests on: number, date, amount in figures and words."""
    if not data.spd:
        return Butir("Dasar pengeluaran", "SPD belum dicatat")
    named = [f"Nomor {d.nomor} tanggal {tanggal.panjang(d.tanggal)}" for d in data.spd]
    if len(named) > _SEBUT:
        named = [f"{len(named)} SPD, terakhir {named[-1]}"]
    provided = total(d.nilai for d in data.spd)
    return Butir(
        "Dasar pengeluaran",
        f"SPD {'; '.join(named)}, sebesar Rp {provided} ({terbilang(provided)})",
    )


def rincian(data: PencairanInput) -> Tabel:
    """The lines under their sub kegiatan, in order of first appearance."""
    groups: dict[str, list[PencairanBaris]] = {}
    for line in data.baris:
        groups.setdefault(line.sub_kegiatan, []).append(line)
    headed = [(f"Sub kegiatan {_bernama(data, code)}", rows) for code, rows in groups.items()]
    return isi_tabel(_RINCIAN, headed)


def _sub_kegiatan(data: PencairanInput) -> str:
    """The sub kegiatan by code and name; where they are many, how many."""
    codes = list(dict.fromkeys(line.sub_kegiatan for line in data.baris))
    if len(codes) > _SEBUT:
        return f"{len(codes)} sub kegiatan, lihat rincian"
    return "; ".join(_bernama(data, code) for code in codes) or "-"


def _bernama(data: PencairanInput, code: str) -> str:
    return f"{code} {data.nama_sub.get(code, '')}".rstrip()


def dpa_lengkap(data: PencairanInput) -> str:
    """Number and date of the DPA in words."""
    return f"Nomor {data.dpa} tanggal {tanggal.panjang(data.tanggal_dpa)}"
