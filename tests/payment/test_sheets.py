"""What the sheets of a request for payment say where there is much, or nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from kkpd.engines.paper import forms
from kkpd.payment.forms.disbursement import _sub_kegiatan, full_dpa
from kkpd.payment.forms.payment_facts import PaymentInput


def _data(*codes: str) -> PaymentInput:
    lines = [SimpleNamespace(sub_kegiatan=code) for code in codes]
    return cast(
        PaymentInput, SimpleNamespace(baris=lines, sub_name={"1.01": "A"}, dpa="", dpa_date=None)
    )


def test_many_sub_kegiatan_are_counted_and_few_are_named() -> None:
    assert _sub_kegiatan(_data("1.01", "1.01", "1.02")) == "1.01 A; 1.02"
    assert _sub_kegiatan(_data("1", "2", "3", "4")) == "4 sub kegiatan, lihat rincian"
    assert _sub_kegiatan(_data()) == "-"


def test_a_missing_dpa_is_said() -> None:
    assert full_dpa(_data()) == forms.DPA.kosong
