"""Words and figures agree, nothing is not asked for, and every kind has its abbreviation."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from kkpd.approval.forms.refusal import PenolakanBaris, PenolakanInput, penolakan
from kkpd.core import number_pattern
from kkpd.core.choices import JENIS_DOKUMEN, LAMPIRAN
from kkpd.core.errors import DomainError
from kkpd.core.money import NOL, Rupiah
from kkpd.engines.paper import Paragraf, Terbilang, TotalsDiffer, needs
from kkpd.engines.paper.form_frame import dokumen
from kkpd.payment.forms.payment_facts import Potongan
from tests.reports.payments import pencairan
from tests.reports.samples import ANI, BUDI, DEWI, RANGKA

JUTA = Rupiah.of(38_000_000)


def test_words_that_no_figure_says_are_refused() -> None:
    said = Paragraf("Jumlah Rp -5.000.000")
    with pytest.raises(TotalsDiffer, match="nowhere in figures"):
        dokumen(RANGKA, "npd", "Judul", [said, Terbilang.dari(JUTA)])
    with pytest.raises(TotalsDiffer, match="nowhere in figures"):
        dokumen(RANGKA, "npd", "Judul", [Paragraf("Rp 38.000.000.000"), Terbilang.dari(JUTA)])
    assert dokumen(RANGKA, "npd", "Judul", [Paragraf("Rp 38.000.000."), Terbilang.dari(JUTA)])


def test_an_amount_said_twice_in_a_sentence_is_twice_the_same() -> None:
    good = Paragraf("sebesar Rp 38.000.000 (tiga puluh delapan juta rupiah)")
    assert dokumen(RANGKA, "npd", "Judul", [good])
    wrong = Paragraf("sebesar Rp -5.000.000 (tiga puluh delapan juta rupiah)")
    with pytest.raises(TotalsDiffer, match="not the words"):
        dokumen(RANGKA, "npd", "Judul", [wrong])


@pytest.mark.parametrize("amount", [NOL, Rupiah.of(-5)])
def test_nothing_is_not_asked_for(amount: Rupiah) -> None:
    data = pencairan(1)
    line = dataclasses.replace(data.baris[0], nilai=amount)
    with pytest.raises(DomainError, match="Tidak ada yang dimintakan"):
        dataclasses.replace(data, baris=[line], jumlah_dpt=amount, potongan=())


def test_taxes_do_not_take_all_of_it() -> None:
    data = pencairan(1)
    with pytest.raises(DomainError, match="sesudah potongan Rp 0"):
        dataclasses.replace(data, potongan=[Potongan("PPN", data.jumlah_dpt)])


def test_a_refusal_asks_for_something() -> None:
    line = PenolakanBaris(date(2026, 10, 1), "Toko", "Retur", "Bukan belanja", Rupiah.of(-200_000))
    with pytest.raises(DomainError, match=r"berjumlah Rp -200\.000"):
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


def test_every_kind_has_its_abbreviation() -> None:
    assert number_pattern.SINGKATAN.keys() == set(JENIS_DOKUMEN)
    assert not any("_" in short for short in number_pattern.SINGKATAN.values())
    sheets = {kind for kind, short in number_pattern.SINGKATAN.items() if short.startswith("SPP-")}
    assert sheets == {"spp", *LAMPIRAN}


def test_every_requirement_says_where_it_is_entered() -> None:
    for known in needs.SYARAT.values():
        assert known.apa
        assert known.tempat.startswith(("Pengaturan, ", "Pembayaran"))
