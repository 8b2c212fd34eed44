"""Every kind of document that the ledger numbers and issues: one line a kind.

Names on pages, number patterns, annexes and drawings are read from here; what makes a report stands
in `kkpd/reports/named/registry.py`. A line is never removed: issued documents need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind: `code` as the column `jenis` keeps it, its name for people, its word in numbers.

    `form` is the drawing where it is not the code (empty: none of ours), `pattern` the number's
    own default, and an `annex` is issued with an SPP, under its number.
    """

    code: str
    name: str
    short: str
    form: str | None = None
    pattern: str = ""
    annex: bool = False

    @property
    def drawing(self) -> str:
        """The form that draws it; empty where the paper is another office's."""
        return self.code if self.form is None else self.form


_SPP: Final = "SPP-GU-KKPD"  # "SPP" is Surat Permintaan Pembayaran alone
_ALL: Final = (
    DocumentKind("dpr", "Daftar Pengeluaran Riil", "DPR-KKPD"),
    DocumentKind("dpt", "Daftar Pembayaran Tagihan", "DPT-KKPD"),
    DocumentKind("penolakan", "Surat Pemberitahuan Penolakan", "PENOLAKAN-KKPD"),
    DocumentKind(
        "dpt_gabungan",
        "DPT Gabungan",
        "DPT-GLOBAL",
        pattern="{urut:04d}/DPT/GLOBAL/{kode}/{tahun}",  # as the annex spells it (kkpd.md 1.10)
    ),
    DocumentKind("npd", "Nota Pencairan Dana", "NPD-KKPD"),
    DocumentKind("spp", "SPP-GU KKPD", _SPP, form="spp_gu_pengantar"),
    DocumentKind("spp_gu_ringkasan", "SPP-GU KKPD, ringkasan", _SPP, annex=True),
    DocumentKind("spp_gu_rincian", "SPP-GU KKPD, rincian", _SPP, annex=True),
    DocumentKind("spp_gu_pernyataan", "SPP-GU KKPD, pernyataan", _SPP, annex=True),
    DocumentKind("sptb", "Surat Pernyataan Tanggung Jawab Belanja", _SPP, annex=True),
    DocumentKind("spm", "SPM-GU KKPD", "SPM-GU-KKPD", form="spm_gu"),
    DocumentKind("sp2d", "SP2D-GU KKPD", "SP2D-GU-KKPD", form=""),
    DocumentKind("lpj", "LPJ UP KKPD", "LPJ-KKPD"),
    DocumentKind("bku", "Buku Kas Umum", "BKU-KKPD"),
    DocumentKind("buku_pembantu", "Buku Pembantu KKPD", "BP-KKPD"),
    DocumentKind("register_tagihan", "Register Tagihan", "REG-TAGIHAN-KKPD"),
    DocumentKind("register_dpt", "Register DPT", "REG-DPT-KKPD"),
    DocumentKind("register_sp2d", "Register SPP, SPM, dan SP2D", "REG-SP2D-KKPD"),
    DocumentKind("rekap", "Rekapitulasi Realisasi KKPD", "REKAP-KKPD"),
    DocumentKind("rekonsiliasi", "Berita Acara Rekonsiliasi", "BAR-KKPD"),
    DocumentKind("batas", "Penggunaan Batas UP KKPD", "BATAS-UP-KKPD"),
    DocumentKind("pernyataan_up", "Surat Pernyataan UP", "PERNYATAAN-UP"),
    DocumentKind("program", "Belanja menurut Program Smart City", "PROGRAM-KKPD"),
    DocumentKind("kelengkapan", "Kelengkapan Bukti", "KELENGKAPAN-KKPD"),
    DocumentKind("temuan", "Daftar Temuan", "TEMUAN-KKPD"),
    DocumentKind("ditolak", "Belanja Ditolak dan Pengembaliannya", "DITOLAK-KKPD"),
    DocumentKind("belum_lunas", "Belum Diselesaikan pada Akhir Periode", "BELUM-LUNAS-KKPD"),
    DocumentKind("pajak", "Daftar Pajak", "PAJAK-KKPD"),
)
#: code -> kind
KINDS: Final = {kind.code: kind for kind in _ALL}
#: code -> the kind as people say it
NAMES: Final = {kind.code: kind.name for kind in _ALL}
#: Sheets that are issued with an SPP, under its number.
ATTACHMENTS: Final = tuple(kind.code for kind in _ALL if kind.annex)
