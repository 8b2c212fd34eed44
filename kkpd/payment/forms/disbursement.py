"""NPD, SPTB and SPM of one DPT (kkpd.md 1.9 and 1.10).

One set of facts (`PaymentInput`) makes NPD, the four sheets of SPP-GU (`spp_gu`), SPTB and SPM-GU,
so their amounts agree. All sheets of an SPP have its one number.
"""

from __future__ import annotations

from typing import Final

from kkpd.core import indonesian_dates
from kkpd.core.money import total
from kkpd.core.terbilang import terbilang
from kkpd.engines.paper import needs
from kkpd.engines.paper.completeness import or_not_yet
from kkpd.engines.paper.form_frame import dokumen
from kkpd.engines.paper.list_form import (
    NO,
    ListShape,
    Signatory,
    fill_table,
    kode,
    money,
    tanda_tangan,
)
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.needs import REQUIREMENTS
from kkpd.engines.paper.parts import Column, Entries, LabelRow, Paragraph, Piece, Table, Terbilang
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
            umum(data),
            fill_table(_NPD, [("", data.baris)]),
            Terbilang.dari(data.dpt_total),
        ],
        tanda_tangan(
            [
                Signatory(data.pa_capacity, data.pa, "kiri", "Disetujui,"),
                Signatory("Pejabat Pelaksana Teknis Kegiatan", data.pptk),
            ]
        ),
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
            Entries(
                (
                    LabelRow("OPD", data.opd),
                    LabelRow("Satuan kerja", data.paper_frame.kop.opd),
                    LabelRow("Nomor dan tanggal DPA", full_dpa(data)),
                    LabelRow("Tahun anggaran", str(data.tahun)),
                    LabelRow("Jumlah belanja", f"Rp {data.dpt_total}"),
                )
            ),
            Terbilang.dari(data.dpt_total),
            Paragraph(
                f"Yang bertanda tangan di bawah ini {data.pa_capacity} menyatakan bertanggung "
                "jawab penuh atas segala pengeluaran yang telah dibayar lunas kepada yang berhak "
                "menerima dengan menggunakan KKPD, dengan rincian sebagai berikut:"
            ),
            rincian(data),
            Paragraph(
                "Bukti-bukti belanja tersebut disimpan sesuai ketentuan yang berlaku pada "
                f"{data.opd} untuk kelengkapan administrasi dan keperluan pemeriksaan aparat "
                "pengawasan fungsional."
            ),
            Paragraph("Demikian surat pernyataan ini dibuat dengan sebenarnya."),
        ],
        tanda_tangan([Signatory(data.pa_capacity, data.pa)]),
    )


def spm(data: PaymentInput) -> FrozenDocument:
    """SPM-GU KKPD: PA orders Kuasa BUD to issue the SP2D (Pasal 5 huruf k)."""
    spp = "; ".join(map(str, data.spp)) or REQUIREMENTS[needs.SPP].kosong
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
            umum(
                data,
                LabelRow("Dasar SPP", f"SPP-GU KKPD {spp}"),
                LabelRow("Dasar pengeluaran", f"DPA-SKPD {full_dpa(data)}"),
            ),
            fill_table(BASIS, [("", data.spd)], "Surat Penyediaan Dana (SPD)"),
            rincian(data),
            *_cut(data),
            Entries(
                (
                    LabelRow("Jumlah kotor", f"Rp {data.dpt_total}"),
                    LabelRow("Jumlah potongan", f"Rp {cut}"),
                    LabelRow("Jumlah bersih yang dibayarkan", f"Rp {data.trimmed}"),
                )
            ),
            Terbilang.dari(data.trimmed, "Terbilang jumlah bersih"),
        ],
        tanda_tangan([Signatory(data.pa_capacity, data.pa)]),
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def _cut(data: PaymentInput) -> list[Piece]:
    if not data.cuts:
        return [Paragraph("Potongan: tidak ada.")]
    return [fill_table(_CUTS, [("", data.cuts)], "Potongan")]


def umum(data: PaymentInput, *more: LabelRow) -> Entries:
    """The label rows that every sheet has, and more."""
    return Entries(
        (
            LabelRow("Nama SKPD", data.opd),
            LabelRow("Sub kegiatan", _sub_kegiatan(data)),
            LabelRow(data.pa_capacity, or_not_yet(data.pa.nama)),
            LabelRow("PPTK", or_not_yet(data.pptk.nama)),
            LabelRow("Bendahara Pengeluaran", or_not_yet(data.bendahara.nama)),
            LabelRow("NPWP Bendahara Pengeluaran", or_not_yet(data.npwp)),
            LabelRow("Bank dan rekening", _rekening(data)),
            LabelRow("Untuk keperluan", data.keperluan),
            LabelRow("Dasar penagihan", data.dpt),
            *([LabelRow("Tagihan", data.tagihan)] if data.tagihan else []),
            LabelRow("Jumlah", f"Rp {data.dpt_total}"),
            *more,
        )
    )


def _rekening(data: PaymentInput) -> str:
    bank = data.bank or REQUIREMENTS[needs.BANK].kosong
    return f"{bank}, {data.rekening_bank or REQUIREMENTS[needs.REKENING].kosong}"


def spd_basis(data: PaymentInput) -> LabelRow:
    """The SPDs that the request rests on: number, date, amount in figures and words."""
    if not data.spd:
        return LabelRow("Dasar pengeluaran", REQUIREMENTS[needs.SPD].kosong)
    named = [str(d) for d in data.spd]
    provided = total(d.nilai for d in data.spd)
    return LabelRow(
        "Dasar pengeluaran",
        f"SPD {'; '.join(named)}, sebesar Rp {provided} ({terbilang(provided)})",
    )


def rincian(data: PaymentInput) -> Table:
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
        return REQUIREMENTS[needs.DPA].kosong
    return f"Nomor {data.dpa} tanggal {indonesian_dates.long(data.dpa_date)}"
