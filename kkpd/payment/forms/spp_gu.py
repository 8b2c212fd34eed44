"""SPP-GU KKPD: covering letter, summary, details, statement (Permendagri 77, kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kkpd.core.money import total
from kkpd.engines.paper.form_frame import dokumen
from kkpd.engines.paper.list_form import Signatory, fill_table, tanda_tangan
from kkpd.engines.paper.list_form import rincian as label_rows
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import Entries, LabelRow, Paragraph, Piece, Terbilang
from kkpd.payment.forms.disbursement import BASIS, full_dpa, rincian, spd_basis, sptb, umum
from kkpd.payment.forms.payment_facts import PaymentInput

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
            umum(data, spd_basis(data)),
            Terbilang.dari(data.dpt_total),
            label_rows(_COPIES),
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
            umum(data),
            fill_table(BASIS, [("", data.spd)], "I. Surat Penyediaan Dana (SPD)"),
            fill_table(BASIS, [("", data.sp2d)], "II. SP2D sebelumnya"),
            Entries(
                (
                    LabelRow("Jumlah SPD (I)", f"Rp {provided}"),
                    LabelRow("Jumlah SP2D (II)", f"Rp {used}"),
                    LabelRow("Sisa SPD (I - II)", f"Rp {provided - used}"),
                    LabelRow("Jumlah yang diminta", f"Rp {data.dpt_total}"),
                    LabelRow("Sisa setelah SPP ini", f"Rp {data.spd_left}"),
                )
            ),
        ],
    )


def spp_details(data: PaymentInput) -> FrozenDocument:
    """SPP-GU KKPD, the details: No, Kode Rekening, Uraian, Nilai, by sub kegiatan."""
    return _spp(data, "spp_gu_rincian", "Rincian", [rincian(data), Terbilang.dari(data.dpt_total)])


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
        tanda_tangan([Signatory(data.pa_capacity, data.pa)]),
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def _spp(data: PaymentInput, formulir: str, lembar: str, isi: list[Piece]) -> FrozenDocument:
    return dokumen(
        data.paper_frame,
        formulir,
        "Surat Permintaan Pembayaran Ganti Uang Persediaan KKPD (SPP-GU KKPD)",
        isi,
        tanda_tangan(
            [
                Signatory("Pejabat Pelaksana Teknis Kegiatan", data.pptk, "kiri", "Mengetahui,"),
                Signatory("Bendahara Pengeluaran", data.bendahara),
            ]
        ),
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
