"""Every form with any number of rows: what golden files, the judge and the eye are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from kkpd.approval.forms.dpt import DptUnit, joint_dpt_form
from kkpd.core.money import Rupiah
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.forms import Group, ListShape, listing, usual_signers
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.payment.forms.disbursement import (
    npd,
    spm,
    spp_cover,
    spp_details,
    spp_statement,
    spp_summary,
    sptb,
)
from kkpd.reconciliation.forms.minutes import (
    MinutesCard,
    MinutesExplanation,
    MinutesInput,
    reconciliation_minutes,
)
from kkpd.reports.forms.cash_books import BookClosing, BookInput, BookRow, LpjRow, LpjUp, buku, lpj
from kkpd.reports.forms.oversight import (
    RECAP,
    SHEETS,
    CaseLine,
    CompletenessRow,
    LimitRow,
    ProgrammeRow,
    RecapRow,
    RefusedRow,
    ReportedFinding,
    TaxRow,
    UnsettledRow,
)
from kkpd.reports.forms.register import (
    DPT,
    SP2D,
    TAGIHAN,
    DptRegisterRow,
    RegisterRow,
    Sp2dRow,
    check_places,
)
from kkpd.reports.forms.working_paper import Frozen, working_paper
from kkpd.reports.named.recap import with_shares
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
PA = [SignatureBlock("Pengguna Anggaran", DEWI)]
SKPD = ("Dinas Kesehatan", "Dinas Pendidikan", "Badan Pendapatan Daerah", "Dinas Pertanian")
_LALU = BookClosing(Rupiah.of(500_000), Rupiah.of(9_500_000), Rupiah.of(8_000_000))


def _sheet(shape: ListShape, groups: Sequence[Group], judul: str = "") -> FrozenDocument:
    """The list as `ReportInputs.sheet` makes it."""
    return listing(shape, RANGKA, groups or [("", ())], PA, subjudul=[PERIODE], judul=judul)


def _day(number: int) -> date:
    return date(2026, 10, 1) + timedelta(days=number % 31)


def _rekap(count: int) -> FrozenDocument:
    rows = [
        RecapRow(
            skpd=SKPD[number % 4],
            anggaran_barang=Rupiah.of(4_500_000_000),
            realisasi_barang=amount(number) * 9,
            anggaran_modal=Rupiah.of(number % 2 * 800_000_000),
            realisasi_modal=amount(number) * (number % 2),
        )
        for number in range(count)
    ]
    return _sheet(RECAP, [("", rows)], judul=f"{RECAP.judul} Tahun Anggaran 2026")


def _rekonsiliasi(count: int) -> FrozenDocument:
    cards = [
        MinutesCard("Ani Contoh", f"{4821 + n:04d}"[-4:], amount(n), amount(n) - Rupiah.of(1_500))
        for n in range(count)
    ]
    lines = [
        MinutesExplanation(
            _day(n), "Selisih biaya", "Biaya tambahan ditagih balik", Rupiah.of(1_500)
        )
        for n in range(count)
    ]
    return reconciliation_minutes(
        MinutesInput(
            paper_frame=RANGKA,
            opd="Dinas Kesehatan",
            period_label=PERIODE,
            tagihan="Bank Sumut, 5 November 2026",
            kartu=cards,
            explanations=lines,
            signed_by=usual_signers(DEWI, CITRA),
            not_yet_billed=(count, amount(count)),
            arithmetic=[[("Jumlah tagihan", f"Rp {amount(count)}"), ("Belum selesai", "Rp 0")]],
        )
    )


def _kertas_kerja(count: int) -> FrozenDocument:
    found = [
        {
            "id": [f"transaksi:{n}", f"baris_bank:{n}"],
            "jenis": "nota",
            "alasan": f"Nota “N-{n}” tercatat 2 kali.",
            "rupiah": 150_000 + n,
        }
        for n in range(count)
    ]
    told = {"baris": 2 * count, "jumlah_temuan": count, "temuan": found, "peringatan": []}
    frozen = Frozen(rows=2 * count, amount=amount(count), digest="0" * 64, seed=7)
    command = "kkpd analyze ganda --file populasi.csv --json"
    return working_paper(RANGKA, "ganda", told, frozen, command, PA[0])


def _books(which: str) -> Callable[[int], FrozenDocument]:
    def make(count: int) -> FrozenDocument:
        rows = [
            BookRow(_day(n), f"BKT/{n:05d}", URAIAN[n % 4], amount(n), None)
            if n % 3
            else BookRow(_day(n), f"BKT/{n:05d}", "Pelunasan", None, amount(n + 1))
            for n in range(count)
        ]
        return buku(
            BookInput(
                paper_frame=RANGKA,
                buku="bku" if which == "bku" else "buku_pembantu",
                period_label=PERIODE,
                opening_balance=Rupiah.of(2_000_000),
                baris=rows,
                signed_by=usual_signers(DEWI, CITRA),
                kartu="" if which == "bku" else "4821",
                book_closing=_LALU if which == "bku" else None,
            )
        )

    return make


def _lpj(count: int) -> FrozenDocument:
    groups = [
        (f"1.02.02.2.02.00{10 + g}", [LpjRow(f"5.1.02.01.01.{24 + n:04d}", URAIAN[n % 4],
                                               amount(n)) for n in range(g, count, 3)])
        for g in range(min(3, count))
    ]  # fmt: skip
    up = LpjUp(
        start=Rupiah.of(400_000_000), finish=Rupiah.of(396_000_000),
        restored=Rupiah.of(12_500_000), altered=Rupiah.of(5_000_000),
    )  # fmt: skip
    return lpj(RANGKA, PERIODE, up, groups, DEWI, CITRA)


def _gabungan(count: int) -> FrozenDocument:
    rows = [DptUnit(f"1.02.0.00.{n:04d}", SKPD[n % 4], f"{n}/DPT", amount(n)) for n in range(count)]
    return joint_dpt_form(RANGKA, "Bank Sumut", rows, PA)


def _tagihan(count: int) -> FrozenDocument:
    rows = [
        RegisterRow(
            skpd=SKPD[n % 4], nomor=f"TAG/{n:04d}", tanggal=_day(n), jatuh_tempo=_day(n + 9),
            dibayar=_day(n + 4) if n % 2 else None, nilai=amount(n) + Rupiah(50),
            disetujui=amount(n) - Rupiah.of(17_000), ditolak=Rupiah(50),
            up_tunai=Rupiah.of(10_000), lain=Rupiah.of(5_000), dialihkan=Rupiah.of(2_000),
            belum_selesai=Rupiah(0), status="Lunas" if n % 2 else "Sisa Rp 5.000: pemegang",
        )
        for n in range(count)
    ]  # fmt: skip
    check_places(rows)
    return _sheet(TAGIHAN, [("", rows)])


def _register_dpt(count: int) -> FrozenDocument:
    rows = [
        DptRegisterRow(
            skpd=SKPD[n % 4], nomor=f"{n}/DPT/2026", tanggal=_day(n), tagihan=f"TAG/{n:04d}",
            npd=f"{n}/NPD/2026", nilai=amount(n), status="Lunas",
        )
        for n in range(count)
    ]  # fmt: skip
    return _sheet(DPT, [("", rows)])


def _register_sp2d(count: int) -> FrozenDocument:
    rows = [
        Sp2dRow(
            skpd=SKPD[n % 4], spp=f"{n}/SPP", spm=f"{n}/SPM", sp2d=f"{n}/SP2D" if n % 2 else "",
            tanggal_sp2d=_day(n) if n % 2 else None, dilunasi=None, nilai=amount(n),
        )
        for n in range(count)
    ]  # fmt: skip
    return _sheet(SP2D, [("", rows)])


def _limit(n: int) -> LimitRow:
    up = Rupiah.of(1_000_000_000)
    return LimitRow(
        skpd=SKPD[n % 4], up=up, up_tunai=Rupiah.of(600_000_000), up_kkpd=Rupiah.of(400_000_000),
        dicadangkan=amount(n), terpakai=amount(n) * 7,
    )  # fmt: skip


def _program(count: int) -> FrozenDocument:
    rows = [
        ProgrammeRow(
            program="Patogen" if n % 2 else "Kas Anak Kasir", skpd=SKPD[n % 4], transaksi=n,
            operasi=amount(n), modal=Rupiah.of(0),
        )
        for n in range(count)
    ]  # fmt: skip
    groups = [("Smart living", rows[1::2]), ("Smart society", rows[::2])] if rows else []
    return _sheet(SHEETS["program"], with_shares(dict(groups)))


def _lines(form: str, make: Callable[[int], object]) -> Callable[[int], FrozenDocument]:
    return lambda count: _sheet(SHEETS[form], [("", [make(n) for n in range(count)])])


def _belum_lunas(count: int) -> FrozenDocument:
    rows = [
        UnsettledRow(
            skpd=SKPD[n % 4], tanggal=_day(n), kartu_akhir="4821", uraian=URAIAN[n % 4],
            rekening="5.1.02.01.01.0024", nilai=amount(n),
        )
        for n in range(count)
    ]  # fmt: skip
    groups = [("Sudah ditagih", rows[::2]), ("Belum ditagih", rows[1::2])] if rows else []
    return _sheet(SHEETS["belum_lunas"], groups)


FORMS: dict[str, Callable[[int], FrozenDocument]] = {
    "dpr": a_dpr,
    "penolakan": a_penolakan,
    "dpt": a_dpt,
    "dpt_gabungan": _gabungan,
    "npd": lambda count: npd(pencairan(count)),
    "spp_gu_pengantar": lambda count: spp_cover(pencairan(count)),
    "spp_gu_ringkasan": lambda count: spp_summary(pencairan(count)),
    "spp_gu_rincian": lambda count: spp_details(pencairan(count)),
    "spp_gu_pernyataan": lambda count: spp_statement(pencairan(count)),
    "sptb": lambda count: sptb(pencairan(count)),
    "spm_gu": lambda count: spm(pencairan(count)),
    "lpj": _lpj,
    "bku": _books("bku"),
    "buku_pembantu": _books("buku_pembantu"),
    "register_tagihan": _tagihan,
    "register_dpt": _register_dpt,
    "register_sp2d": _register_sp2d,
    "rekap": _rekap,
    "rekonsiliasi": _rekonsiliasi,
    "batas": _lines("batas", _limit),
    "pernyataan_up": a_pernyataan_up,
    "program": _program,
    "kelengkapan": _lines(
        "kelengkapan",
        lambda n: CompletenessRow(
            skpd=SKPD[n % 4], transaksi=n, lengkap=n // 2, nilai=amount(n), nilai_belum=amount(3)
        ),
    ),
    "temuan": _lines(
        "temuan",
        lambda n: ReportedFinding(
            skpd=SKPD[n % 4], tanggal=_day(n), aturan="jenis-kartu", temuan=URAIAN[n % 4] * 3,
            nilai=amount(n) if n % 2 else None, umur=n, status="Terbuka",
        ),
    ),
    "tindak_lanjut": _lines(
        "tindak_lanjut",
        lambda n: CaseLine(
            skpd=SKPD[n % 4], nomor=n + 1, aturan="kartu salah", uraian=URAIAN[n % 4] * 3,
            nilai=amount(n), jatuh_tempo=_day(n), pemilik="Ani Contoh", status="selesai",
            hasil="administratif", status_bpk="sesuai",
        ),
    ),
    "ditolak": _lines(
        "ditolak",
        lambda n: RefusedRow(
            skpd=SKPD[n % 4], tanggal=_day(n), penanggung="Ani Contoh", uraian=URAIAN[n % 4],
            alasan="Belanja pribadi", nilai=amount(n), dikembalikan=Rupiah.of(n * 50_000),
            tanggal_kembali=_day(n + 3) if n else None,
        ),
    ),
    "belum_lunas": _belum_lunas,
    "kertas_kerja": _kertas_kerja,
    "pajak": _lines(
        "pajak",
        lambda n: TaxRow(
            tanggal=_day(n), penjual="TOKO SUMBER REJEKI", npwp="", bukti=f"FP-{n:06d}",
            dpp=amount(n), ppn=Rupiah(amount(n).sen * 11 // 100), pbjt=Rupiah(0), pph=Rupiah(0),
            pemungut="penjual",
        ),
    ),
}  # fmt: skip
