"""What the builders of forms promise beyond drawing: sums that agree, refusals, balances."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from kkpd.approval.forms.dpr import DprKind
from kkpd.approval.forms.refusal import PenolakanInput, RefusalRow, penolakan
from kkpd.core.money import Rupiah, terbilang
from kkpd.engines.paper import Entries, FrozenDocument, Paragraph, Terbilang, TotalsDiffer
from kkpd.engines.paper.forms import usual_signers
from kkpd.payment.forms.disbursement import npd, spm, spp_details, sptb
from kkpd.reconciliation.forms.minutes import (
    MinutesCard,
    MinutesExplanation,
    MinutesInput,
    reconciliation_minutes,
)
from kkpd.reports.forms.cash_books import BookClosing, BookInput, BookRow, buku
from tests.reports.forms import FORMS
from tests.reports.payments import pencairan
from tests.reports.samples import ANI, BUDI, CITRA, DEWI, RANGKA, a_dpr


def words(document: FrozenDocument) -> list[str]:
    return [part.kata for part in document.isi if isinstance(part, Terbilang)]


@pytest.mark.parametrize(
    ("jenis", "said"),
    [
        ("perjalanan", "Perjalanan Dinas"),
        ("modal", "Belanja Modal"),
        ("barang_jasa", "Belanja Barang dan Jasa"),
    ],
)
def test_three_kinds_of_dpr(jenis: DprKind, said: str) -> None:
    assert a_dpr(1, jenis).judul == (
        f"Daftar Pengeluaran Riil Pembayaran {said} dengan Menggunakan KKPD"
    )


def test_a_card_shows_its_last_four_figures_only() -> None:
    identity = next(part for part in a_dpr(1).isi if isinstance(part, Entries))
    assert [one.isi for one in identity.butir if one.label == "Nomor KKPD"] == ["•••• 4821"]


def test_the_sheets_of_one_payment_say_one_amount() -> None:
    data = pencairan(9)
    said = [words(sheet(data)) for sheet in (npd, spp_details, sptb)]
    assert len({text for texts in said for text in texts}) == 1
    assert words(spm(data)) == [terbilang(data.dpt_total - Rupiah.of(6_250))]
    with pytest.raises(TotalsDiffer):
        dataclasses.replace(data, dpt_total=data.dpt_total + Rupiah(1))


def test_a_refusal_without_reason_is_refused() -> None:
    line = RefusalRow(date(2026, 10, 1), "Toko", "x", "  ", Rupiah.of(1))
    with pytest.raises(ValueError, match="reason"):
        penolakan(
            PenolakanInput(
                paper_frame=RANGKA,
                recipient=ANI,
                pemegang=BUDI,
                kartu="4821",
                tagihan="x",
                baris=[line],
                signatory=DEWI,
            )
        )


def test_a_difference_must_be_explained() -> None:
    data = MinutesInput(
        paper_frame=RANGKA,
        opd="Dinas",
        period_label="Oktober",
        tagihan="x",
        kartu=[MinutesCard("Ani", "4821", Rupiah.of(10), Rupiah.of(7))],
        explanations=[MinutesExplanation(date(2026, 10, 1), "x", "y", Rupiah.of(3))],
        signed_by=usual_signers(DEWI, CITRA),
    )
    assert "Selisih" in str(reconciliation_minutes(data).isi[1])
    with pytest.raises(TotalsDiffer):
        reconciliation_minutes(dataclasses.replace(data, explanations=[]))


def test_the_book_balances() -> None:
    lines = [
        BookRow(date(2026, 10, 1), "1", "masuk", penerimaan=Rupiah.of(5)),
        BookRow(date(2026, 10, 2), "2", "keluar", pengeluaran=Rupiah.of(3)),
    ]
    document = buku(
        BookInput(
            paper_frame=RANGKA,
            buku="bku",
            period_label="Oktober",
            opening_balance=Rupiah.of(10),
            baris=lines,
            signed_by=[],
        )
    )
    rows = list(next(document.data_table).baris)
    assert [row[-1] for row in rows] == [Rupiah.of(10), Rupiah.of(15), Rupiah.of(12)]
    assert [row[0] for row in rows] == [None, 1, 2]


def test_the_book_is_closed_to_its_balance() -> None:
    document = FORMS["bku"](7)
    book, closing = document.data_table
    rows = {row[0]: row[1:] for row in closing.baris}
    assert list(rows) == ["Saldo awal tahun", "Jumlah sampai bulan lalu", "Jumlah bulan ini"]
    assert rows["Jumlah bulan ini"] == book.jumlah
    assert closing.label_jumlah == "Jumlah sampai bulan ini"
    saldo = closing.jumlah[0] - closing.jumlah[1]
    assert saldo == list(book.baris)[-1][-1]
    said = [part.teks for part in document.isi if isinstance(part, Paragraph)]
    assert said[0] == "Pada hari ini, Selasa, 24 November 2026, Buku Kas Umum ditutup dengan:"
    assert said[1].startswith(f"Saldo Rp {saldo} (")
    held = document.isi[-1]
    assert isinstance(held, Entries)
    assert [(b.label, b.isi) for b in held.butir] == [
        ("a. Tunai", "Rp 0"),
        ("b. Saldo bank", f"Rp {saldo}"),
    ]


def test_a_closing_that_leads_elsewhere_is_no_closing() -> None:
    asked = BookInput(
        paper_frame=dataclasses.replace(RANGKA, periode="2026-T3"), buku="bku", period_label="T3",
        opening_balance=Rupiah.of(10), baris=[], signed_by=[],
        book_closing=BookClosing(Rupiah.of(0), Rupiah.of(11), Rupiah.of(1)),
    )  # fmt: skip
    assert [row[0] for row in list(buku(asked).data_table)[1].baris][1:] == [
        "Jumlah sampai periode lalu",
        "Jumlah periode ini",
    ]
    with pytest.raises(TotalsDiffer):
        buku(dataclasses.replace(asked, opening_balance=Rupiah.of(9)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [0, 3])
def test_every_form_is_frozen_under_its_name(form: str, rows: int) -> None:
    document = FORMS[form](rows)
    assert document.formulir == form
    assert document.rancangan
    assert document.sidik() == FORMS[form](rows).sidik()
