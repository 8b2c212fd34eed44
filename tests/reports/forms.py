"""Every form with any number of rows: what golden files, the judge and the eye are given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from kkpd.approval.forms.joint_dpt import DptUnit, dpt_gabungan
from kkpd.core.money import Rupiah
from kkpd.engines.paper import Dokumen
from kkpd.engines.paper.list_form import Penanda, mengetahui
from kkpd.payment.forms.disbursement import npd, spm, sptb
from kkpd.payment.forms.spp_gu import spp_pengantar, spp_pernyataan, spp_rincian, spp_ringkasan
from kkpd.reconciliation.forms.minutes import KartuRekon, PenjelasanRekon, RekonInput, rekonsiliasi
from kkpd.reports.forms.cash_books import BukuBaris, BukuInput, Penutupan, buku
from kkpd.reports.forms.lpj import LpjBaris, LpjUp, lpj
from kkpd.reports.forms.oversight import (
    BatasBaris,
    BelumLunasBaris,
    DitolakBaris,
    KelengkapanBaris,
    PajakBaris,
    ProgramBaris,
    TemuanBaris,
    lembar,
)
from kkpd.reports.forms.recap import RekapBaris, rekap
from kkpd.reports.forms.register import (
    DptRegisterBaris,
    Sp2dBaris,
    TagihanBaris,
    register_dpt,
    register_sp2d,
    register_tagihan,
)
from tests.reports.payments import URAIAN, amount, pencairan
from tests.reports.samples import (
    CITRA,
    DEWI,
    RANGKA,
    a_dpr,
    a_dpt,
    a_penolakan,
    a_pernyataan_up,
)

PERIODE = "Bulan Oktober 2026"
PA = [Penanda("Pengguna Anggaran", DEWI)]
SKPD = ("Dinas Kesehatan", "Dinas Pendidikan", "Badan Pendapatan Daerah", "Dinas Pertanian")
_LALU = Penutupan(Rupiah.of(500_000), Rupiah.of(9_500_000), Rupiah.of(8_000_000))


def _day(number: int) -> date:
    return date(2026, 10, 1) + timedelta(days=number % 31)


def _rekap(count: int) -> Dokumen:
    rows = [
        RekapBaris(
            skpd=SKPD[number % 4],
            anggaran_barang=Rupiah.of(4_500_000_000),
            realisasi_barang=amount(number) * 9,
            anggaran_modal=Rupiah.of(number % 2 * 800_000_000),
            realisasi_modal=amount(number) * (number % 2),
        )
        for number in range(count)
    ]
    return rekap(RANGKA, 2026, PERIODE, rows, PA)


def _rekonsiliasi(count: int) -> Dokumen:
    cards = [
        KartuRekon("Ani Contoh", f"{4821 + n:04d}"[-4:], amount(n), amount(n) - Rupiah.of(1_500))
        for n in range(count)
    ]
    lines = [
        PenjelasanRekon(_day(n), "Selisih biaya", "Biaya tambahan ditagih balik", Rupiah.of(1_500))
        for n in range(count)
    ]
    return rekonsiliasi(
        RekonInput(
            rangka=RANGKA,
            opd="Dinas Kesehatan",
            sebutan_periode=PERIODE,
            tagihan="Bank Sumut, 5 November 2026",
            kartu=cards,
            penjelasan=lines,
            penanda=mengetahui(DEWI, CITRA),
            belum_ditagih=(count, amount(count)),
            hitungan=[[("Jumlah tagihan", f"Rp {amount(count)}"), ("Belum selesai", "Rp 0")]],
        )
    )


def _buku(which: str) -> Callable[[int], Dokumen]:
    def make(count: int) -> Dokumen:
        rows = [
            BukuBaris(_day(n), f"BKT/{n:05d}", URAIAN[n % 4], amount(n), None)
            if n % 3
            else BukuBaris(_day(n), f"BKT/{n:05d}", "Pelunasan", None, amount(n + 1))
            for n in range(count)
        ]
        return buku(
            BukuInput(
                rangka=RANGKA,
                buku="bku" if which == "bku" else "buku_pembantu",
                sebutan_periode=PERIODE,
                saldo_lalu=Rupiah.of(2_000_000),
                baris=rows,
                penanda=mengetahui(DEWI, CITRA),
                kartu="" if which == "bku" else "4821",
                penutupan=_LALU if which == "bku" else None,
            )
        )

    return make


def _lpj(count: int) -> Dokumen:
    groups = [
        (f"1.02.02.2.02.00{10 + g}", [LpjBaris(f"5.1.02.01.01.{24 + n:04d}", URAIAN[n % 4],
                                               amount(n)) for n in range(g, count, 3)])
        for g in range(min(3, count))
    ]  # fmt: skip
    up = LpjUp(
        awal=Rupiah.of(400_000_000), akhir=Rupiah.of(396_000_000),
        pulih=Rupiah.of(12_500_000), berubah=Rupiah.of(5_000_000),
    )  # fmt: skip
    return lpj(RANGKA, PERIODE, up, groups, DEWI, CITRA)


def _gabungan(count: int) -> Dokumen:
    rows = [DptUnit(f"1.02.0.00.{n:04d}", SKPD[n % 4], f"{n}/DPT", amount(n)) for n in range(count)]
    return dpt_gabungan(RANGKA, "Bank Sumut", rows, PA)


def _tagihan(count: int) -> Dokumen:
    rows = [
        TagihanBaris(
            skpd=SKPD[n % 4], nomor=f"TAG/{n:04d}", tanggal=_day(n), jatuh_tempo=_day(n + 9),
            dibayar=_day(n + 4) if n % 2 else None, nilai=amount(n) + Rupiah(50),
            disetujui=amount(n) - Rupiah.of(17_000), ditolak=Rupiah(50),
            up_tunai=Rupiah.of(10_000), lain=Rupiah.of(5_000), dialihkan=Rupiah.of(2_000),
            belum_selesai=Rupiah(0), status="Lunas" if n % 2 else "Sisa Rp 5.000: pemegang",
        )
        for n in range(count)
    ]  # fmt: skip
    return register_tagihan(RANGKA, PERIODE, rows, PA)


def _register_dpt(count: int) -> Dokumen:
    rows = [
        DptRegisterBaris(
            skpd=SKPD[n % 4], nomor=f"{n}/DPT/2026", tanggal=_day(n), tagihan=f"TAG/{n:04d}",
            npd=f"{n}/NPD/2026", nilai=amount(n), status="Lunas",
        )
        for n in range(count)
    ]  # fmt: skip
    return register_dpt(RANGKA, PERIODE, rows, PA)


def _register_sp2d(count: int) -> Dokumen:
    rows = [
        Sp2dBaris(
            skpd=SKPD[n % 4], spp=f"{n}/SPP", spm=f"{n}/SPM", sp2d=f"{n}/SP2D" if n % 2 else "",
            tanggal_sp2d=_day(n) if n % 2 else None, dilunasi=None, nilai=amount(n),
        )
        for n in range(count)
    ]  # fmt: skip
    return register_sp2d(RANGKA, PERIODE, rows, PA)


def _batas(n: int) -> BatasBaris:
    up = Rupiah.of(1_000_000_000)
    return BatasBaris(
        skpd=SKPD[n % 4], up=up, up_tunai=Rupiah.of(600_000_000), up_kkpd=Rupiah.of(400_000_000),
        dicadangkan=amount(n), terpakai=amount(n) * 7,
    )  # fmt: skip


def _program(count: int) -> Dokumen:
    rows = [
        ProgramBaris(
            program="Patogen" if n % 2 else "Kas Anak Kasir", skpd=SKPD[n % 4], transaksi=n,
            operasi=amount(n), modal=Rupiah.of(0),
        )
        for n in range(count)
    ]  # fmt: skip
    groups = [("Smart living", rows[1::2]), ("Smart society", rows[::2])] if rows else []
    return lembar("program", RANGKA, groups, PA, PERIODE)


def _lines(form: str, make: Callable[[int], object]) -> Callable[[int], Dokumen]:
    return lambda count: lembar(form, RANGKA, [make(n) for n in range(count)], PA, PERIODE)


def _belum_lunas(count: int) -> Dokumen:
    rows = [
        BelumLunasBaris(
            skpd=SKPD[n % 4], tanggal=_day(n), kartu_akhir="4821", uraian=URAIAN[n % 4],
            rekening="5.1.02.01.01.0024", nilai=amount(n),
        )
        for n in range(count)
    ]  # fmt: skip
    groups = [("Sudah ditagih", rows[::2]), ("Belum ditagih", rows[1::2])] if rows else []
    return lembar("belum_lunas", RANGKA, groups, PA, PERIODE)


FORMS: dict[str, Callable[[int], Dokumen]] = {
    "dpr": a_dpr,
    "penolakan": a_penolakan,
    "dpt": a_dpt,
    "dpt_gabungan": _gabungan,
    "npd": lambda count: npd(pencairan(count)),
    "spp_gu_pengantar": lambda count: spp_pengantar(pencairan(count)),
    "spp_gu_ringkasan": lambda count: spp_ringkasan(pencairan(count)),
    "spp_gu_rincian": lambda count: spp_rincian(pencairan(count)),
    "spp_gu_pernyataan": lambda count: spp_pernyataan(pencairan(count)),
    "sptb": lambda count: sptb(pencairan(count)),
    "spm_gu": lambda count: spm(pencairan(count)),
    "lpj": _lpj,
    "bku": _buku("bku"),
    "buku_pembantu": _buku("buku_pembantu"),
    "register_tagihan": _tagihan,
    "register_dpt": _register_dpt,
    "register_sp2d": _register_sp2d,
    "rekap": _rekap,
    "rekonsiliasi": _rekonsiliasi,
    "batas": _lines("batas", _batas),
    "pernyataan_up": a_pernyataan_up,
    "program": _program,
    "kelengkapan": _lines(
        "kelengkapan",
        lambda n: KelengkapanBaris(
            skpd=SKPD[n % 4], transaksi=n, lengkap=n // 2, nilai=amount(n), nilai_belum=amount(3)
        ),
    ),
    "temuan": _lines(
        "temuan",
        lambda n: TemuanBaris(
            skpd=SKPD[n % 4], tanggal=_day(n), aturan="jenis-kartu", temuan=URAIAN[n % 4] * 3,
            nilai=amount(n) if n % 2 else None, umur=n, status="Terbuka",
        ),
    ),
    "ditolak": _lines(
        "ditolak",
        lambda n: DitolakBaris(
            skpd=SKPD[n % 4], tanggal=_day(n), penanggung="Ani Contoh", uraian=URAIAN[n % 4],
            alasan="Belanja pribadi", nilai=amount(n), dikembalikan=Rupiah.of(n * 50_000),
            tanggal_kembali=_day(n + 3) if n else None,
        ),
    ),
    "belum_lunas": _belum_lunas,
    "pajak": _lines(
        "pajak",
        lambda n: PajakBaris(
            tanggal=_day(n), penjual="TOKO SUMBER REJEKI", npwp="", bukti=f"FP-{n:06d}",
            dpp=amount(n), ppn=Rupiah(amount(n).sen * 11 // 100), pbjt=Rupiah(0), pph=Rupiah(0),
            pemungut="penjual",
        ),
    ),
}  # fmt: skip
