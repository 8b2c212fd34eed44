"""SPP-GU KKPD: covering letter, summary, details, statement (Permendagri 77, kkpd.md 1.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kkpd.core.money import total
from kkpd.engines.paper.form_frame import dokumen
from kkpd.engines.paper.list_form import Penanda, isi_tabel, tanda_tangan
from kkpd.engines.paper.list_form import rincian as label_rows
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Bagian, Butir, Paragraf, Rincian, Terbilang
from kkpd.payment.forms.disbursement import DASAR, dasar_spd, dpa_lengkap, rincian, sptb, umum
from kkpd.payment.forms.payment_facts import PencairanInput

#: Who gets which copy (kkpd.md 1.10).
_TEMBUSAN = (
    ("Lembar asli", "Pengguna Anggaran / PPK-SKPD"),
    ("Salinan 1", "Kuasa Bendahara Umum Daerah"),
    ("Salinan 2", "Bendahara Pengeluaran / PPTK"),
    ("Salinan 3", "Arsip"),
)


def spp_pengantar(data: PencairanInput) -> Dokumen:
    """SPP-GU KKPD, the covering letter."""
    return _spp(
        data,
        "spp_gu_pengantar",
        "Surat Pengantar",
        [
            Paragraf(f"Kepada Yth. {data.selaku_pa} {data.opd}", tebal=True),
            Paragraf(
                f"Dengan memperhatikan DPA-SKPD {dpa_lengkap(data)}, bersama ini kami mengajukan "
                "Surat Permintaan Pembayaran Ganti Uang Persediaan (SPP-GU) KKPD sebagai berikut:"
            ),
            umum(data, dasar_spd(data)),
            Terbilang.dari(data.jumlah_dpt),
            label_rows(_TEMBUSAN),
        ],
    )


def spp_ringkasan(data: PencairanInput) -> Dokumen:
    """SPP-GU KKPD, the summary: SPD against earlier SP2D (tables I and II)."""
    provided, used = total(d.nilai for d in data.spd), total(d.nilai for d in data.sp2d)
    return _spp(
        data,
        "spp_gu_ringkasan",
        "Ringkasan",
        [
            umum(data),
            isi_tabel(DASAR, [("", data.spd)], "I. Surat Penyediaan Dana (SPD)"),
            isi_tabel(DASAR, [("", data.sp2d)], "II. SP2D sebelumnya"),
            Rincian(
                (
                    Butir("Jumlah SPD (I)", f"Rp {provided}"),
                    Butir("Jumlah SP2D (II)", f"Rp {used}"),
                    Butir("Sisa SPD (I - II)", f"Rp {provided - used}"),
                    Butir("Jumlah yang diminta", f"Rp {data.jumlah_dpt}"),
                    Butir("Sisa setelah SPP ini", f"Rp {data.sisa_spd}"),
                )
            ),
        ],
    )


def spp_rincian(data: PencairanInput) -> Dokumen:
    """SPP-GU KKPD, the details: No, Kode Rekening, Uraian, Nilai, by sub kegiatan."""
    return _spp(data, "spp_gu_rincian", "Rincian", [rincian(data), Terbilang.dari(data.jumlah_dpt)])


def spp_pernyataan(data: PencairanInput) -> Dokumen:
    """SPP-GU KKPD, PA's statement of request (pernyataan pengajuan)."""
    points = (
        f"Jumlah Ganti Uang Persediaan (GU) KKPD sebesar Rp {data.jumlah_dpt} akan dipergunakan "
        f"untuk membayar tagihan KKPD sesuai {data.dpt}.",
        "Jumlah tersebut tidak akan dipergunakan untuk membiayai pengeluaran yang menurut "
        "ketentuan yang berlaku harus dilaksanakan dengan pembayaran langsung (LS).",
        "Bukti pengeluaran telah diuji dan tersimpan pada SKPD untuk keperluan pemeriksaan.",
    )
    return dokumen(
        data.rangka,
        "spp_gu_pernyataan",
        "Surat Pernyataan Pengajuan SPP-GU KKPD",
        [
            Paragraf(
                "Sehubungan dengan Surat Permintaan Pembayaran Ganti Uang Persediaan (SPP-GU) "
                f"KKPD yang kami ajukan untuk {data.opd}, dengan ini kami menyatakan bahwa:"
            ),
            *_numbered(points),
            Paragraf(
                "Demikian surat pernyataan ini dibuat untuk melengkapi persyaratan pengajuan "
                "SPP-GU KKPD."
            ),
        ],
        tanda_tangan([Penanda(data.selaku_pa, data.pa)]),
        subjudul=[f"Tahun Anggaran {data.tahun}"],
    )


def _spp(data: PencairanInput, formulir: str, lembar: str, isi: list[Bagian]) -> Dokumen:
    return dokumen(
        data.rangka,
        formulir,
        "Surat Permintaan Pembayaran Ganti Uang Persediaan KKPD (SPP-GU KKPD)",
        isi,
        tanda_tangan(
            [
                Penanda("Pejabat Pelaksana Teknis Kegiatan", data.pptk, "kiri", "Mengetahui,"),
                Penanda("Bendahara Pengeluaran", data.bendahara),
            ]
        ),
        subjudul=[lembar, f"Tahun Anggaran {data.tahun}"],
    )


def _numbered(points: Sequence[str]) -> list[Paragraf]:
    return [Paragraf(text, nomor=f"{number}.") for number, text in enumerate(points, 1)]


#: kind of document -> its sheet: what is issued with an SPP, under its number (pilihan.LAMPIRAN).
LEMBAR: Final = {
    "spp_gu_ringkasan": spp_ringkasan,
    "spp_gu_rincian": spp_rincian,
    "spp_gu_pernyataan": spp_pernyataan,
    "sptb": sptb,
}
