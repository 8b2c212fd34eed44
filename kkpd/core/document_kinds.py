"""Every kind of document that the ledger numbers and issues, and every report: one line each.

Names on pages, number patterns, annexes and drawings are read from here; what makes a report stands
in `kkpd/reports/named/registry.py`. A line is never removed: issued documents need it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import partial
from typing import Final

from kkpd.core.errors import NotFound


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
    DocumentKind("tindak_lanjut", "Register Tindak Lanjut", "TINDAK-LANJUT-KKPD"),
    DocumentKind("ditolak", "Belanja Ditolak dan Pengembaliannya", "DITOLAK-KKPD"),
    DocumentKind("belum_lunas", "Belum Diselesaikan pada Akhir Periode", "BELUM-LUNAS-KKPD"),
    DocumentKind("pajak", "Daftar Pajak", "PAJAK-KKPD"),
    DocumentKind("kertas_kerja", "Kertas Kerja Analisis", "KERTAS-KERJA-KKPD"),
)
#: code -> kind
KINDS: Final = {kind.code: kind for kind in _ALL}
#: code -> the kind as people say it
NAMES: Final = {kind.code: kind.name for kind in _ALL}
#: Sheets that are issued with an SPP, under its number.
ATTACHMENTS: Final = tuple(kind.code for kind in _ALL if kind.annex)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its name, and where it differs from the kind of document it becomes.

    `kind` is that kind where it is not the name, `title` what people read where it is not the
    kind's name. A paper `of_chain` is issued by its own step (approval, payment, closing a month),
    never as a report. A report `at_year_start` is about the budget and exists before anything was
    bought; one with balances (`saldo`) exists also in a month without events. A paper of
    `single_opd` is signed by one OPD's officers and is not made for all OPDs; one `without_units`
    is made for each unit separately, one `of_units` is the list of several OPDs' papers.
    """

    nama: str
    title: str = ""
    kind: str = ""
    of_chain: bool = False
    at_year_start: bool = False
    saldo: bool = False
    single_opd: bool = False
    without_units: bool = False
    of_units: bool = False

    @property
    def dokumen(self) -> str:
        """The kind of document it becomes when issued."""
        return self.kind or self.nama

    @property
    def judul(self) -> str:
        """What people read."""
        return self.title or NAMES[self.dokumen]


#: A paper of one OPD's chain; a book or statement that one OPD's officers sign.
_paper: Final = partial(Report, of_chain=True, single_opd=True)
_book: Final = partial(Report, saldo=True, single_opd=True)
_REPORTS: Final = (
    _paper("dpr_perjalanan", "DPR Perjalanan Dinas", "dpr"),
    _paper("dpr_modal", "DPR Belanja Modal", "dpr"),
    _paper("dpr_barang", "DPR Barang dan Jasa", "dpr"),
    _paper("penolakan"),
    _paper("dpt"),
    Report("dpt_gabungan", of_units=True),
    _paper("npd"),
    _paper("spp_gu_pengantar", "SPP-GU, pengantar", "spp"),
    _paper("spp_gu_ringkasan", "SPP-GU, ringkasan"),
    _paper("spp_gu_rincian", "SPP-GU, rincian"),
    _paper("spp_gu_pernyataan", "SPP-GU, pernyataan"),
    _paper("sptb"),
    _paper("spm_gu", "SPM-GU", "spm"),
    _book("lpj", "LPJ Uang Persediaan KKPD"),
    _book("bku"),
    _book("buku_pembantu"),
    Report("register_tagihan", saldo=True),
    Report("register_dpt", saldo=True),
    Report("register_sp2d", saldo=True),
    Report("rekonsiliasi", of_chain=True, without_units=True),
    Report("rekap"),
    Report("batas", "Penggunaan Batas UP KKPD (60/40)", saldo=True),
    Report("pernyataan_up", at_year_start=True, single_opd=True),
    Report("program"),
    Report("kelengkapan"),
    Report("temuan"),
    Report("tindak_lanjut"),
    Report("ditolak"),
    Report("belum_lunas", saldo=True),
    Report("pajak"),
)
#: name -> report, in the order of the chain and then of the office's use.
LISTING: Final = {reporting.nama: reporting for reporting in _REPORTS}


def find(nama: str) -> Report:
    """The report of this name; NotFound names the nearest ones."""
    found = LISTING.get(nama)
    if found is not None:
        return found
    near = difflib.get_close_matches(nama, LISTING, n=3, cutoff=0.4)
    hint = f" Mungkin maksudnya {' atau '.join(near)}." if near else ""
    raise NotFound(
        f"Laporan “{nama[:40]}” tidak ada.{hint} Daftarnya: kkpd report list.", field="nama"
    )
