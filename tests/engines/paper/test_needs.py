"""Words and figures agree, nothing is not asked for, and every kind has its abbreviation."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from kkpd.approval.forms.refusal import PenolakanInput, RefusalRow, penolakan
from kkpd.core.document_kinds import ATTACHMENTS, KINDS
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.paper import Paragraph, Terbilang, TotalsDiffer, forms
from kkpd.engines.paper.forms import dokumen
from kkpd.payment.forms.payment_facts import Deduction
from tests.reports.payments import pencairan
from tests.reports.samples import ANI, BUDI, DEWI, RANGKA

JUTA = Rupiah.of(38_000_000)


def test_words_that_no_figure_says_are_refused() -> None:
    said = Paragraph("Jumlah Rp -5.000.000")
    with pytest.raises(TotalsDiffer, match="nowhere in figures"):
        dokumen(RANGKA, "npd", "Judul", [said, Terbilang.dari(JUTA)])
    with pytest.raises(TotalsDiffer, match="nowhere in figures"):
        dokumen(RANGKA, "npd", "Judul", [Paragraph("Rp 38.000.000.000"), Terbilang.dari(JUTA)])
    assert dokumen(RANGKA, "npd", "Judul", [Paragraph("Rp 38.000.000."), Terbilang.dari(JUTA)])


def test_an_amount_said_twice_in_a_sentence_is_twice_the_same() -> None:
    good = Paragraph("sebesar Rp 38.000.000 (tiga puluh delapan juta rupiah)")
    assert dokumen(RANGKA, "npd", "Judul", [good])
    wrong = Paragraph("sebesar Rp -5.000.000 (tiga puluh delapan juta rupiah)")
    with pytest.raises(TotalsDiffer, match="not the words"):
        dokumen(RANGKA, "npd", "Judul", [wrong])


@pytest.mark.parametrize("amount", [ZERO, Rupiah.of(-5)])
def test_nothing_is_not_asked_for(amount: Rupiah) -> None:
    data = pencairan(1)
    line = dataclasses.replace(data.baris[0], nilai=amount)
    with pytest.raises(DomainError, match="Tidak ada yang dimintakan"):
        dataclasses.replace(data, baris=[line], dpt_total=amount, cuts=())


def test_taxes_do_not_take_all_of_it() -> None:
    data = pencairan(1)
    with pytest.raises(DomainError, match="sesudah potongan Rp 0"):
        dataclasses.replace(data, cuts=[Deduction("PPN", data.dpt_total)])


def test_a_refusal_asks_for_something() -> None:
    line = RefusalRow(date(2026, 10, 1), "Toko", "Retur", "Bukan belanja", Rupiah.of(-200_000))
    with pytest.raises(DomainError, match=r"berjumlah Rp -200\.000"):
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


def test_annexes_of_an_spp_are_numbered_as_it_and_no_other_kind_is() -> None:
    assert not any("_" in kind.short for kind in KINDS.values())
    sheets = {kind.code for kind in KINDS.values() if kind.short.startswith("SPP-")}
    assert sheets == {"spp", *ATTACHMENTS}


def test_every_requirement_says_where_it_is_entered() -> None:
    table = [one for one in vars(forms).values() if isinstance(one, forms.PaperNeed)]
    assert len(table) == 14
    for known in table:
        assert known.what
        assert known.tempat.startswith(("Pengaturan, ", "Pembayaran"))
