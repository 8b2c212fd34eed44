"""NPD, SPTB and SPM of one DPT (kkpd.md 1.9 and 1.10).

One set of facts (`PaymentInput`) makes NPD, the four sheets of SPP-GU (`spp_gu`), SPTB and SPM-GU,
so their amounts agree. All sheets of an SPP have its one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kkpd.core import moments
from kkpd.core.money import terbilang, total
from kkpd.engines.paper import forms
from kkpd.engines.paper.forms import (
    NO,
    ListShape,
    dokumen,
    fill_table,
    kode,
    money,
    or_not_yet,
    rincian,
)
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Column,
    Entries,
    Paragraph,
    Piece,
    SignatureBlock,
    Table,
    Terbilang,
)
from kkpd.payment.forms.payment_facts import PaymentInput, PaymentRow

#: If there are more of a kind, they are counted instead of named.
_NAME_AT_MOST = 3
_DETAILS = ListShape(
    formulir="spp_gu_rincian",
    judul="",
    kolom=(
        NO,
        kode("rekening", "Kode Rekening", 110),
        Column("uraian", "Uraian", "teks", 260),
        money("nilai", "Nilai (Rp)", 100),
    ),
)
BASIS: Final = ListShape(
    formulir="spp_gu_ringkasan",
    judul="",
    kolom=(
        NO,
        kode("nomor", "Nomor", 160),
        Column("tanggal", "Tanggal", "tanggal", 80, rata="tengah"),
        money("nilai", "Nilai (Rp)", 110),
    ),
    kosong="Belum ada.",
)
_CUTS: Final = ListShape(
    formulir="spm_gu",
    judul="",
    kolom=(NO, Column("uraian", "Uraian Potongan", "teks", 370), money("nilai", "Nilai (Rp)", 100)),
)
_NPD = ListShape(
    formulir="npd",
    judul="",
    kolom=(
        NO,
        kode("sub_kegiatan", "Kode Sub Kegiatan", 100),
        kode("rekening", "Kode Rekening", 104),
        Column("uraian", "Uraian", "teks", 150),
        money("anggaran", "Anggaran", 84),
        money("sebelumnya", "Pencairan Sebelumnya", 84),
        money("nilai", "Pencairan Saat Ini", 84),
        money("sisa", "Sisa", 84),
    ),
)


def npd(data: PaymentInput) -> FrozenDocument:
    """Nota Pencairan Dana KKPD: PA/KPA tells the treasurer to pay (Pasal 5 huruf j)."""
    return dokumen(
        data.paper_frame,
        "npd",
        "Nota Pencairan Dana KKPD",
        [
            Paragraph("Supaya dicairkan dana dari Uang Persediaan KKPD untuk:"),
            general(data),
            fill_table(_NPD, [("", data.baris)]),
            Terbilang.dari(data.dpt_total),
        ],
        [
            SignatureBlock(data.pa_capacity, data.pa, "kiri", "Disetujui,"),
            SignatureBlock("Pejabat Pelaksana Teknis Kegiatan", data.pptk),
        ],
        subjudul=[f"Tahun Anggaran {data.tahun}"],
        arah="mendatar",
    )


def sptb(data: PaymentInput) -> FrozenDocument:
    """Surat Pernyataan Tanggung Jawab Belanja."""
    return dokumen(
        data.paper_frame,
        "sptb",
        "Surat Pernyataan Tanggung Jawab Belanja",
        [
            rincian(
                [
                    ("OPD", data.opd),
                    ("Satuan kerja", data.paper_frame.kop.opd),
                    ("Nomor dan tanggal DPA", full_dpa(data)),
                    ("Tahun anggaran", str(data.tahun)),
                    ("Jumlah belanja", f"Rp {data.dpt_total}"),
                ]
            ),
            Terbilang.dari(data.dpt_total),
            Paragraph(
                f"Yang bertanda tangan di bawah ini {data.pa_capacity} menyatakan bertanggung "
                "jawab penuh atas segala pengeluaran yang telah dibayar lunas kepada yang berhak "
                "menerima dengan menggunakan KKPD, dengan rincian sebagai berikut:"
            ),
            details(data),
            Paragraph(
                "Bukti-bukti belanja tersebut disimpan sesuai ketentuan yang berlaku pada "
                f"{data.opd} untuk kelengkapan administrasi dan keperluan pemeriksaan aparat "
                "pengawasan fungsional."
            ),
            Paragraph("Demikian surat pernyataan ini dibuat dengan sebenarnya."),
        ],
        [SignatureBlock(data.pa_capacity, data.pa)],
    )


def spm(data: PaymentInput) -> FrozenDocument:
    """SPM-GU KKPD: PA orders Kuasa BUD to issue the SP2D (Pasal 5 huruf k)."""
    spp = "; ".join(map(str, data.spp)) or forms.SPP.kosong
    cut = data.dpt_total - data.trimmed
    return dokumen(
        data.paper_frame,
        "spm_gu",
        "Surat Perintah Membayar Ganti Uang Persediaan KKPD (SPM-GU KKPD)",
        [
            Paragraph(
                "Kuasa Bendahara Umum Daerah supaya menerbitkan SP2D-GU KKPD kepada Bendahara "
                f"Pengeluaran {data.opd} sebagai berikut:"
            ),
            general(
                data,
                ("Dasar SPP", f"SPP-GU KKPD {spp}"),
                ("Dasar pengeluaran", f"DPA-SKPD {full_dpa(data)}"),
            ),
            fill_table(BASIS, [("", data.spd)], "Surat Penyediaan Dana (SPD)"),
            details(data),
            *_cut(data),
            rincian(
                [
                    ("Jumlah kotor", f"Rp {data.dpt_total}"),
                    ("Jumlah potongan", f"Rp {cut}"),
                    ("Jumlah bersih yang dibayarkan", f"Rp {data.trimmed}"),
                ]
            ),
            Terbilang.dari(data.trimmed, "Terbilang jumlah bersih"),
        ],
        [SignatureBlock(data.pa_capacity, data.pa)],
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def _cut(data: PaymentInput) -> list[Piece]:
    if not data.cuts:
        return [Paragraph("Potongan: tidak ada.")]
    return [fill_table(_CUTS, [("", data.cuts)], "Potongan")]


def general(data: PaymentInput, *more: tuple[str, str]) -> Entries:
    """The label rows that every sheet has, and more."""
    return rincian(
        [
            ("Nama SKPD", data.opd),
            ("Sub kegiatan", _sub_kegiatan(data)),
            (data.pa_capacity, or_not_yet(data.pa.nama)),
            ("PPTK", or_not_yet(data.pptk.nama)),
            ("Bendahara Pengeluaran", or_not_yet(data.bendahara.nama)),
            ("NPWP Bendahara Pengeluaran", or_not_yet(data.npwp)),
            ("Bank dan rekening", _rekening(data)),
            ("Untuk keperluan", data.keperluan),
            ("Dasar penagihan", data.dpt),
            *([("Tagihan", data.tagihan)] if data.tagihan else []),
            ("Jumlah", f"Rp {data.dpt_total}"),
            *more,
        ]
    )


def _rekening(data: PaymentInput) -> str:
    bank = data.bank or forms.BANK.kosong
    return f"{bank}, {data.rekening_bank or forms.REKENING.kosong}"


def spd_basis(data: PaymentInput) -> tuple[str, str]:
    """The SPDs that the request rests on: number, date, amount in figures and words."""
    if not data.spd:
        return ("Dasar pengeluaran", forms.SPD.kosong)
    named = [str(d) for d in data.spd]
    provided = total(d.nilai for d in data.spd)
    return (
        "Dasar pengeluaran",
        f"SPD {'; '.join(named)}, sebesar Rp {provided} ({terbilang(provided)})",
    )


def details(data: PaymentInput) -> Table:
    """The lines under their sub kegiatan, in order of first appearance."""
    groups: dict[str, list[PaymentRow]] = {}
    for line in data.baris:
        groups.setdefault(line.sub_kegiatan, []).append(line)
    headed = [(f"Sub kegiatan {_named(data, code)}", rows) for code, rows in groups.items()]
    return fill_table(_DETAILS, headed)


def _sub_kegiatan(data: PaymentInput) -> str:
    """The sub kegiatan by code and name; their number if there are many."""
    codes = list(dict.fromkeys(line.sub_kegiatan for line in data.baris))
    if len(codes) > _NAME_AT_MOST:
        return f"{len(codes)} sub kegiatan, lihat rincian"
    return "; ".join(_named(data, code) for code in codes) or "-"


def _named(data: PaymentInput, code: str) -> str:
    return f"{code} {data.sub_name.get(code, '')}".rstrip()


def full_dpa(data: PaymentInput) -> str:
    """Number and date of the DPA in words."""
    if not data.dpa or data.dpa_date is None:
        return forms.DPA.kosong
    return f"Nomor {data.dpa} tanggal {moments.long(data.dpa_date)}"


#: Who gets which copy (kkpd.md 1.10).
_COPIES = (
    ("Lembar asli", "Pengguna Anggaran / PPK-SKPD"),
    ("Salinan 1", "Kuasa Bendahara Umum Daerah"),
    ("Salinan 2", "Bendahara Pengeluaran / PPTK"),
    ("Salinan 3", "Arsip"),
)


def spp_cover(data: PaymentInput) -> FrozenDocument:
    """SPP-GU KKPD, the covering letter."""
    return _spp(
        data,
        "spp_gu_pengantar",
        "Surat Pengantar",
        [
            Paragraph(f"Kepada Yth. {data.pa_capacity} {data.opd}", tebal=True),
            Paragraph(
                f"Dengan memperhatikan DPA-SKPD {full_dpa(data)}, bersama ini kami mengajukan "
                "Surat Permintaan Pembayaran Ganti Uang Persediaan (SPP-GU) KKPD sebagai berikut:"
            ),
            general(data, spd_basis(data)),
            Terbilang.dari(data.dpt_total),
            rincian(_COPIES),
        ],
    )


def spp_summary(data: PaymentInput) -> FrozenDocument:
    """SPP-GU KKPD, the summary: SPD against earlier SP2D (tables I and II)."""
    provided, used = total(d.nilai for d in data.spd), total(d.nilai for d in data.sp2d)
    return _spp(
        data,
        "spp_gu_ringkasan",
        "Ringkasan",
        [
            general(data),
            fill_table(BASIS, [("", data.spd)], "I. Surat Penyediaan Dana (SPD)"),
            fill_table(BASIS, [("", data.sp2d)], "II. SP2D sebelumnya"),
            rincian(
                [
                    ("Jumlah SPD (I)", f"Rp {provided}"),
                    ("Jumlah SP2D (II)", f"Rp {used}"),
                    ("Sisa SPD (I - II)", f"Rp {provided - used}"),
                    ("Jumlah yang diminta", f"Rp {data.dpt_total}"),
                    ("Sisa setelah SPP ini", f"Rp {data.spd_left}"),
                ]
            ),
        ],
    )


def spp_details(data: PaymentInput) -> FrozenDocument:
    """SPP-GU KKPD, the details: No, Kode Rekening, Uraian, Nilai, by sub kegiatan."""
    return _spp(data, "spp_gu_rincian", "Rincian", [details(data), Terbilang.dari(data.dpt_total)])


def spp_statement(data: PaymentInput) -> FrozenDocument:
    """SPP-GU KKPD, PA's statement of request (pernyataan pengajuan)."""
    points = (
        f"Jumlah Ganti Uang Persediaan (GU) KKPD sebesar Rp {data.dpt_total} akan dipergunakan "
        f"untuk membayar tagihan KKPD sesuai {data.dpt}.",
        "Jumlah tersebut tidak akan dipergunakan untuk membiayai pengeluaran yang menurut "
        "ketentuan yang berlaku harus dilaksanakan dengan pembayaran langsung (LS).",
        "Bukti pengeluaran telah diuji dan tersimpan pada SKPD untuk keperluan pemeriksaan.",
    )
    return dokumen(
        data.paper_frame,
        "spp_gu_pernyataan",
        "Surat Pernyataan Pengajuan SPP-GU KKPD",
        [
            Paragraph(
                "Sehubungan dengan Surat Permintaan Pembayaran Ganti Uang Persediaan (SPP-GU) "
                f"KKPD yang kami ajukan untuk {data.opd}, dengan ini kami menyatakan bahwa:"
            ),
            *_numbered(points),
            Paragraph(
                "Demikian surat pernyataan ini dibuat untuk melengkapi persyaratan pengajuan "
                "SPP-GU KKPD."
            ),
        ],
        [SignatureBlock(data.pa_capacity, data.pa)],
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def _spp(data: PaymentInput, formulir: str, lembar: str, isi: list[Piece]) -> FrozenDocument:
    return dokumen(
        data.paper_frame,
        formulir,
        "Surat Permintaan Pembayaran Ganti Uang Persediaan KKPD (SPP-GU KKPD)",
        isi,
        [
            SignatureBlock("Pejabat Pelaksana Teknis Kegiatan", data.pptk, "kiri", "Mengetahui,"),
            SignatureBlock("Bendahara Pengeluaran", data.bendahara),
        ],
        subjudul=[lembar, f"Tahun Anggaran {data.tahun}"],
    )


def _numbered(points: Sequence[str]) -> list[Paragraph]:
    return [Paragraph(text, nomor=f"{number}.") for number, text in enumerate(points, 1)]


#: kind of document -> its sheet: what is issued with an SPP, under its number (pilihan.LAMPIRAN).
SHEETS: Final = {
    "spp_gu_ringkasan": spp_summary,
    "spp_gu_rincian": spp_details,
    "spp_gu_pernyataan": spp_statement,
    "sptb": sptb,
}
