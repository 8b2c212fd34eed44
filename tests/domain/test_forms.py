"""What the builders of forms promise beyond drawing: sums that agree, refusals, balances."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from kkpd.approval.forms.dpr import JenisDpr
from kkpd.approval.forms.refusal import PenolakanBaris, PenolakanInput, penolakan
from kkpd.core.money import Rupiah
from kkpd.core.terbilang import terbilang
from kkpd.engines.paper import Dokumen, Paragraf, Rincian, Terbilang, TotalsDiffer
from kkpd.engines.paper.list_form import mengetahui
from kkpd.payment.forms.disbursement import npd, spm, sptb
from kkpd.payment.forms.spp_gu import spp_rincian
from kkpd.reconciliation.forms.minutes import KartuRekon, PenjelasanRekon, RekonInput, rekonsiliasi
from kkpd.reports.forms.cash_books import BukuBaris, BukuInput, Penutupan, buku
from tests.reports.forms import FORMS
from tests.reports.payments import pencairan
from tests.reports.samples import ANI, BUDI, CITRA, DEWI, RANGKA, a_dpr


def words(document: Dokumen) -> list[str]:
    return [part.kata for part in document.isi if isinstance(part, Terbilang)]


@pytest.mark.parametrize(
    ("jenis", "said"),
    [
        ("perjalanan_dinas", "Perjalanan Dinas"),
        ("belanja_modal", "Belanja Modal"),
        ("barang_jasa", "Belanja Barang dan Jasa"),
    ],
)
def test_three_kinds_of_dpr(jenis: JenisDpr, said: str) -> None:
    assert a_dpr(1, jenis).judul == (
        f"Daftar Pengeluaran Riil Pembayaran {said} dengan Menggunakan KKPD"
    )


def test_a_card_shows_its_last_four_figures_only() -> None:
    identity = next(part for part in a_dpr(1).isi if isinstance(part, Rincian))
    assert [one.isi for one in identity.butir if one.label == "Nomor KKPD"] == ["•••• 4821"]


def test_the_sheets_of_one_payment_say_one_amount() -> None:
    data = pencairan(9)
    said = [words(sheet(data)) for sheet in (npd, spp_rincian, sptb)]
    assert len({text for texts in said for text in texts}) == 1
    assert words(spm(data)) == [terbilang(data.jumlah_dpt - Rupiah.of(6_250))]
    with pytest.raises(TotalsDiffer):
        dataclasses.replace(data, jumlah_dpt=data.jumlah_dpt + Rupiah(1))


def test_a_refusal_without_reason_is_refused() -> None:
    line = PenolakanBaris(date(2026, 10, 1), "Toko", "x", "  ", Rupiah.of(1))
    with pytest.raises(ValueError, match="reason"):
        penolakan(
            PenolakanInput(
                rangka=RANGKA,
                kepada=ANI,
                pemegang=BUDI,
                kartu="4821",
                tagihan="x",
                baris=[line],
                penanda_tangan=DEWI,
            )
        )


def test_a_difference_must_be_explained() -> None:
    data = RekonInput(
        rangka=RANGKA,
        opd="Dinas",
        sebutan_periode="Oktober",
        tagihan="x",
        kartu=[KartuRekon("Ani", "4821", Rupiah.of(10), Rupiah.of(7))],
        penjelasan=[PenjelasanRekon(date(2026, 10, 1), "x", "y", Rupiah.of(3))],
        penanda=mengetahui(DEWI, CITRA),
    )
    assert "Selisih" in str(rekonsiliasi(data).isi[1])
    with pytest.raises(TotalsDiffer):
        rekonsiliasi(dataclasses.replace(data, penjelasan=[]))


def test_the_book_balances() -> None:
    lines = [
        BukuBaris(date(2026, 10, 1), "1", "masuk", penerimaan=Rupiah.of(5)),
        BukuBaris(date(2026, 10, 2), "2", "keluar", pengeluaran=Rupiah.of(3)),
    ]
    document = buku(
        BukuInput(
            rangka=RANGKA,
            buku="bku",
            sebutan_periode="Oktober",
            saldo_lalu=Rupiah.of(10),
            baris=lines,
            penanda=[],
        )
    )
    rows = list(next(document.tabel).baris)
    assert [row[-1] for row in rows] == [Rupiah.of(10), Rupiah.of(15), Rupiah.of(12)]
    assert [row[0] for row in rows] == [None, 1, 2]


def test_the_book_is_closed_to_its_balance() -> None:
    document = FORMS["bku"](7)
    book, closing = document.tabel
    rows = {row[0]: row[1:] for row in closing.baris}
    assert list(rows) == ["Saldo awal tahun", "Jumlah sampai bulan lalu", "Jumlah bulan ini"]
    assert rows["Jumlah bulan ini"] == book.jumlah
    assert closing.label_jumlah == "Jumlah sampai bulan ini"
    saldo = closing.jumlah[0] - closing.jumlah[1]
    assert saldo == list(book.baris)[-1][-1]
    said = [part.teks for part in document.isi if isinstance(part, Paragraf)]
    assert said[0] == "Pada hari ini, Selasa, 24 November 2026, Buku Kas Umum ditutup dengan:"
    assert said[1].startswith(f"Saldo Rp {saldo} (")
    held = document.isi[-1]
    assert isinstance(held, Rincian)
    assert [(b.label, b.isi) for b in held.butir] == [
        ("a. Tunai", "Rp 0"),
        ("b. Saldo bank", f"Rp {saldo}"),
    ]


def test_a_closing_that_leads_elsewhere_is_no_closing() -> None:
    asked = BukuInput(
        rangka=dataclasses.replace(RANGKA, periode="2026-T3"), buku="bku", sebutan_periode="T3",
        saldo_lalu=Rupiah.of(10), baris=[], penanda=[],
        penutupan=Penutupan(Rupiah.of(0), Rupiah.of(11), Rupiah.of(1)),
    )  # fmt: skip
    assert [row[0] for row in list(buku(asked).tabel)[1].baris][1:] == [
        "Jumlah sampai periode lalu",
        "Jumlah periode ini",
    ]
    with pytest.raises(TotalsDiffer):
        buku(dataclasses.replace(asked, saldo_lalu=Rupiah.of(9)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [0, 3])
def test_every_form_is_frozen_under_its_name(form: str, rows: int) -> None:
    document = FORMS[form](rows)
    assert document.formulir == form
    assert document.rancangan
    assert document.sidik() == FORMS[form](rows).sidik()
