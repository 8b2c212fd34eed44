"""From NPD to SPM: what asks for the money of one DPT (kkpd.md 1.9 and 1.10).

One set of facts (`PencairanInput`) makes NPD, the four sheets of SPP-GU (`spp_gu`), SPTB and
SPM-GU, so they cannot say different amounts. One SPP has one number, which its sheets all carry.
"""

from __future__ import annotations

from typing import Final

from kkpd.core import indonesian_dates
from kkpd.core.money import total
from kkpd.core.terbilang import terbilang
from kkpd.engines.paper import needs
from kkpd.engines.paper.completeness import atau_belum
from kkpd.engines.paper.form_frame import dokumen
from kkpd.engines.paper.list_form import NO, Bentuk, Penanda, isi_tabel, kode, tanda_tangan, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.needs import SYARAT
from kkpd.engines.paper.parts import Bagian, Butir, Kolom, Paragraf, Rincian, Tabel, Terbilang
from kkpd.payment.forms.payment_facts import PencairanBaris, PencairanInput

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
DASAR: Final = Bentuk(
    formulir="spp_gu_ringkasan",
    judul="",
    kolom=(
        NO,
        kode("nomor", "Nomor", 160),
        Kolom("tanggal", "Tanggal", "tanggal", 80, rata="tengah"),
        uang("nilai", "Nilai (Rp)", 110),
    ),
    kosong="Belum ada.",
)
_POTONGAN: Final = Bentuk(
    formulir="spm_gu",
    judul="",
    kolom=(NO, Kolom("uraian", "Uraian Potongan", "teks", 370), uang("nilai", "Nilai (Rp)", 100)),
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
    spp = "; ".join(map(str, data.spp)) or SYARAT[needs.SPP].kosong
    cut = data.jumlah_dpt - data.bersih
    return dokumen(
        data.rangka,
        "spm_gu",
        "Surat Perintah Membayar Ganti Uang Persediaan KKPD (SPM-GU KKPD)",
        [
            Paragraf(
                "Kuasa Bendahara Umum Daerah supaya menerbitkan SP2D-GU KKPD kepada Bendahara "
                f"Pengeluaran {data.opd} sebagai berikut:"
            ),
            umum(
                data,
                Butir("Dasar SPP", f"SPP-GU KKPD {spp}"),
                Butir("Dasar pengeluaran", f"DPA-SKPD {dpa_lengkap(data)}"),
            ),
            isi_tabel(DASAR, [("", data.spd)], "Surat Penyediaan Dana (SPD)"),
            rincian(data),
            *_potongan(data),
            Rincian(
                (
                    Butir("Jumlah kotor", f"Rp {data.jumlah_dpt}"),
                    Butir("Jumlah potongan", f"Rp {cut}"),
                    Butir("Jumlah bersih yang dibayarkan", f"Rp {data.bersih}"),
                )
            ),
            Terbilang.dari(data.bersih, "Terbilang jumlah bersih"),
        ],
        tanda_tangan([Penanda(data.selaku_pa, data.pa)]),
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def _potongan(data: PencairanInput) -> list[Bagian]:
    if not data.potongan:
        return [Paragraf("Potongan: tidak ada.")]
    return [isi_tabel(_POTONGAN, [("", data.potongan)], "Potongan")]


def umum(data: PencairanInput, *more: Butir) -> Rincian:
    """The label rows that every sheet has, and more."""
    return Rincian(
        (
            Butir("Nama SKPD", data.opd),
            Butir("Sub kegiatan", _sub_kegiatan(data)),
            Butir(data.selaku_pa, atau_belum(data.pa.nama)),
            Butir("PPTK", atau_belum(data.pptk.nama)),
            Butir("Bendahara Pengeluaran", atau_belum(data.bendahara.nama)),
            Butir("NPWP Bendahara Pengeluaran", atau_belum(data.npwp)),
            Butir("Bank dan rekening", _rekening(data)),
            Butir("Untuk keperluan", data.keperluan),
            Butir("Dasar penagihan", data.dpt),
            *([Butir("Tagihan", data.tagihan)] if data.tagihan else []),
            Butir("Jumlah", f"Rp {data.jumlah_dpt}"),
            *more,
        )
    )


def _rekening(data: PencairanInput) -> str:
    bank = data.bank or SYARAT[needs.BANK].kosong
    return f"{bank}, {data.rekening_bank or SYARAT[needs.REKENING].kosong}"


def dasar_spd(data: PencairanInput) -> Butir:
    """The SPDs that the request rests on: number, date, amount in figures and words."""
    if not data.spd:
        return Butir("Dasar pengeluaran", SYARAT[needs.SPD].kosong)
    named = [str(d) for d in data.spd]
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
    if not data.dpa or data.tanggal_dpa is None:
        return SYARAT[needs.DPA].kosong
    return f"Nomor {data.dpa} tanggal {indonesian_dates.panjang(data.tanggal_dpa)}"
