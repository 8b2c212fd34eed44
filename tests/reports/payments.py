"""One payment with any number of lines, for NPD, SPP, SPTB and SPM."""

from __future__ import annotations

from datetime import date

from kkpd.core.money import Rupiah, total
from kkpd.payment.forms.payment_facts import Basis, Deduction, PaymentInput, PaymentRow
from tests.reports.samples import ANI, BUDI, CITRA, DEWI, RANGKA

URAIAN = ("Alat tulis kantor", "Makanan dan minuman rapat", "Bahan komputer", "Perjalanan dinas")


def amount(number: int) -> Rupiah:
    """Some amount, another for each number."""
    return Rupiah.of(75_000 + number * 104_729 % 4_000_000)


def pencairan(count: int) -> PaymentInput:
    """A payment; nothing is asked for without a line, so there is one at least."""
    rows = [
        PaymentRow(
            sub_kegiatan=f"1.02.02.2.02.00{10 + number % 3}",
            rekening=f"5.1.02.01.01.{24 + number % 9:04d}",
            uraian=URAIAN[number % 4],
            anggaran=Rupiah.of(90_000_000),
            sebelumnya=Rupiah.of(12_500_000),
            nilai=amount(number),
        )
        for number in range(max(count, 1))
    ]
    return PaymentInput(
        paper_frame=RANGKA,
        opd="Dinas Kesehatan",
        tahun=2026,
        dpt="DPT KKPD Nomor 12/DPT/1.02/2026",
        dpt_total=total(row.nilai for row in rows),
        keperluan="Pembayaran tagihan KKPD Bulan Oktober 2026",
        bank="Bank Sumut",
        rekening_bank="Bendahara Pengeluaran Dinas Kesehatan",
        npwp="00.000.000.0-000.000",
        dpa="DPA/1.02/2026",
        dpa_date=date(2026, 1, 5),
        pa=DEWI,
        pptk=BUDI,
        bendahara=CITRA,
        ppk=ANI,
        baris=rows,
        spd=[Basis("SPD/1/2026", date(2026, 1, 9), Rupiah.of(900_000_000))],
        sp2d=[Basis("SP2D/77/2026", date(2026, 9, 9), Rupiah.of(35_250_000))],
        spp=[Basis("12/SPP/1.02/2026", date(2026, 11, 20), total(row.nilai for row in rows))],
        cuts=[
            Deduction("PPN", Rupiah.of(5_500)),
            Deduction("PPh Pasal 22", Rupiah.of(750)),
        ],
        tagihan="Tagihan bank 31 Oktober 2026, jatuh tempo 15 November 2026",
    )
