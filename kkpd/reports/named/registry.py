"""Every official report by its name: from the database to the frozen document, whoever asks.

A new report is a line of DAFTAR: its name, its title, what makes it. Screen, PDF, XLSX, CSV and the
issued file all begin with `susun`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.permissions import Actor
from kkpd.core.span import Rentang
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper import TotalsDiffer
from kkpd.ledger.active import diberikan
from kkpd.models import BarisBank, Temuan, Transaksi, UpKeputusan
from kkpd.payment.forms.disbursement import npd, spm, sptb
from kkpd.payment.forms.spp_gu import spp_pengantar, spp_pernyataan, spp_rincian, spp_ringkasan
from kkpd.reconciliation import minutes_report
from kkpd.records.form_header import rangka
from kkpd.records.report_request import SEMUA, Bahan, lingkup
from kkpd.reports.named import cash_books as buku
from kkpd.reports.named import chain as rantai
from kkpd.reports.named import disbursement
from kkpd.reports.named import oversight as named_oversight
from kkpd.reports.named import recap as rekap
from kkpd.reports.named import register as named_register

__all__ = ["DAFTAR", "SEMUA", "Laporan", "Permintaan", "cari", "susun"]


@dataclass(frozen=True, slots=True)
class Laporan:
    """A report: how it is named, what it is, what makes it.

    `jenis` is the kind of document it becomes when issued, where it is not its name. A paper of the
    `rantai` is issued by its own step (approval, payment, closing a month), never as a report. One
    of `awal_tahun` speaks of the budget and stands before anything was bought; one with balances
    (`saldo`) stands in a month in which nothing happened too. A paper that the officers of
    `satu_opd` sign is not drawn for all OPDs, and one `tanpa_unit` is each unit's own.
    """

    nama: str
    judul: str
    susun: Callable[[Bahan], Naskah]
    jenis: str = ""
    rantai: bool = False
    awal_tahun: bool = False
    saldo: bool = False
    satu_opd: bool = False
    tanpa_unit: bool = False

    @property
    def dokumen(self) -> str:
        """The kind of document it becomes when issued."""
        return self.jenis or self.nama


def _surat(nama: str, judul: str, susun: Callable[[Bahan], Naskah], jenis: str = "") -> Laporan:
    """A paper of one OPD's chain."""
    return Laporan(nama, judul, susun, jenis, rantai=True, satu_opd=True)


_SEMUA: Final = (
    _surat("dpr_perjalanan", "DPR Perjalanan Dinas", rantai.dpr_jenis("perjalanan"), "dpr"),
    _surat("dpr_modal", "DPR Belanja Modal", rantai.dpr_jenis("modal"), "dpr"),
    _surat("dpr_barang", "DPR Barang dan Jasa", rantai.dpr_jenis("barang_jasa"), "dpr"),
    _surat("penolakan", "Surat Pemberitahuan Penolakan", rantai.susun_penolakan),
    _surat("dpt", "Daftar Pembayaran Tagihan", rantai.susun_dpt),
    Laporan("dpt_gabungan", "DPT Gabungan", named_register.susun_gabungan),
    _surat("npd", "Nota Pencairan Dana", disbursement.dari_dpt(npd)),
    _surat("spp_gu_pengantar", "SPP-GU, pengantar", disbursement.lembar_spp(spp_pengantar), "spp"),
    _surat("spp_gu_ringkasan", "SPP-GU, ringkasan", disbursement.lembar_spp(spp_ringkasan)),
    _surat("spp_gu_rincian", "SPP-GU, rincian", disbursement.lembar_spp(spp_rincian)),
    _surat("spp_gu_pernyataan", "SPP-GU, pernyataan", disbursement.lembar_spp(spp_pernyataan)),
    _surat("sptb", "Surat Pernyataan Tanggung Jawab Belanja", disbursement.lembar_spp(sptb)),
    _surat("spm_gu", "SPM-GU", disbursement.dari_dpt(spm), "spm"),
    Laporan("lpj", "LPJ Uang Persediaan KKPD", buku.susun_lpj, saldo=True, satu_opd=True),
    Laporan("bku", "Buku Kas Umum", buku.susun_bku, saldo=True, satu_opd=True),
    Laporan("buku_pembantu", "Buku Pembantu KKPD", buku.susun_pembantu, saldo=True, satu_opd=True),
    Laporan("register_tagihan", "Register Tagihan", named_register.susun_tagihan, saldo=True),
    Laporan("register_dpt", "Register DPT", named_register.susun_dpt, saldo=True),
    Laporan("register_sp2d", "Register SPP, SPM, dan SP2D", named_register.susun_sp2d, saldo=True),
    Laporan(
        "rekonsiliasi",
        "Berita Acara Rekonsiliasi",
        minutes_report.susun,
        rantai=True,
        tanpa_unit=True,
    ),
    Laporan("rekap", "Rekapitulasi Realisasi KKPD", rekap.susun_rekap),
    Laporan("batas", "Penggunaan Batas UP KKPD (60/40)", rekap.susun_batas, saldo=True),
    Laporan(
        "pernyataan_up",
        "Surat Pernyataan UP",
        rekap.susun_pernyataan_up,
        awal_tahun=True,
        satu_opd=True,
    ),
    Laporan("program", "Belanja menurut Program Smart City", rekap.susun_program),
    Laporan("kelengkapan", "Kelengkapan Bukti", rekap.susun_kelengkapan),
    Laporan("temuan", "Daftar Temuan", named_oversight.susun_temuan),
    Laporan("ditolak", "Belanja Ditolak dan Pengembaliannya", named_oversight.susun_ditolak),
    Laporan(
        "belum_lunas",
        "Belum Diselesaikan pada Akhir Periode",
        named_oversight.susun_belum_lunas,
        saldo=True,
    ),
    Laporan("pajak", "Daftar Pajak", named_oversight.susun_pajak),
)
#: name -> report, in the order of the chain and then of the office's use.
DAFTAR: Final = {laporan.nama: laporan for laporan in _SEMUA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Permintaan:
    """What somebody asks for: which report, of which OPD (code, short name or `semua`), when; of an
    OPD with `unit` together with its units.
    """

    nama: str
    opd: str
    rentang: Rentang
    kartu: str = ""
    unit: bool = True


def cari(nama: str) -> Laporan:
    """The report of this name; NotFound names the nearest ones."""
    found = DAFTAR.get(nama)
    if found is not None:
        return found
    near = difflib.get_close_matches(nama, DAFTAR, n=3, cutoff=0.4)
    hint = f" Mungkin maksudnya {' atau '.join(near)}." if near else ""
    raise NotFound(
        f"Laporan “{nama[:40]}” tidak ada.{hint} Daftarnya: kkpd report list.", field="nama"
    )


def susun(
    session: Session,
    actor: Actor,
    permintaan: Permintaan,
    hari: date,
    *,
    nomor: str = "",
    rancangan: bool = True,
    izin: str = "laporan:susun",
) -> Naskah:
    """The frozen document; NotFound for a name, an OPD or a period that has nothing.

    DomainError where a paper of one OPD is asked for all of them.
    """
    laporan = cari(permintaan.nama)
    with_units = permintaan.unit and not laporan.tanpa_unit
    where = lingkup(session, actor, permintaan.opd, izin, unit=with_units)
    if where.opd is None and laporan.satu_opd:
        raise DomainError(
            f"{laporan.judul} ditandatangani pejabat satu OPD, jadi disusun untuk satu OPD. Pilih "
            f"OPD-nya, atau pakai ringkasan semua OPD: {', '.join(_untuk_semua())}.",
            field="opd",
        )
    frame = rangka(session, where.opd, permintaan.rentang.kode, nomor, hari, rancangan=rancangan)
    bahan = Bahan(session, where, permintaan.rentang, frame, hari, permintaan.kartu)
    if not (laporan.awal_tahun or _has_data(bahan, laporan.saldo)):
        raise bahan.kosong(f"Data untuk {laporan.judul}")
    try:
        return laporan.susun(bahan)
    except TotalsDiffer as error:
        raise Conflict(
            f"{laporan.judul} tidak dapat disusun: jumlah baris berbeda dari dokumen terbitnya. "
            "Isi basis data berubah di luar program; jalankan kkpd verify log."
        ) from error


def _untuk_semua() -> list[str]:
    return [one.judul for one in _SEMUA if not one.satu_opd]


def _has_data(bahan: Bahan, saldo: bool) -> bool:
    """Whether anything was bought, billed or found in these months; for balances: in this year or
    an earlier one, a decision on the UP counted too."""
    facts: list[tuple[Any, ColumnElement[bool]]] = [
        (Transaksi, true()),
        (BarisBank, diberikan()),
        (Temuan, true()),
    ]
    if saldo:
        facts.append((UpKeputusan, true()))
    return any(
        bahan.session.scalars(
            select(table.id)
            .where(*(_by_then(bahan, table) if saldo else bahan.dalam(table)), counts)
            .limit(1)
        ).first()
        for table, counts in facts
    )


def _by_then(bahan: Bahan, table: Any) -> tuple[ColumnElement[bool], ...]:
    return table.opd_id.in_(bahan.lingkup.ids), table.tahun <= bahan.rentang.tahun
