"""The six tests of Art. 5 (e): what the program says of a line, and what a decision needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kkpd.approval.evidence_rules import EvidenceSeen
from kkpd.approval.six_tests import (
    SIX_TESTS,
    BillArithmetic,
    BilledLine,
    SixTestInputs,
    check_answers,
    check_refund,
    evidence_true,
    uji,
)
from kkpd.core.choices import TEST_COUNT
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah

NILAI = Rupiah.of(500_000)
TEKS = "TOKO SUMBER REJEKI Lubuk Pakam 14/10/2026 10 rim kertas Total Rp 500.000,00"


def file_saying(teks: str | None) -> dict[str, object]:
    """Evidence with this text."""
    return {"bukti": (EvidenceSeen("nota.pdf", "application/pdf", 90_000, teks),)}


BAIK = SixTestInputs(
    merchant="Toko Sumber Rejeki",
    penjual_npwp="",
    tanggal=date(2026, 10, 14),
    nilai=NILAI,
    volume=10,
    harga_satuan=Rupiah.of(50_000),
    dpp=ZERO,
    ppn=ZERO,
    pbjt=ZERO,
    rekening="5.1.02.01.01.0024",
    kelas="operasi",
    card_kind="barang",
    status_kartu="aktif",
    bukti=(EvidenceSeen("nota.pdf", "application/pdf", 90_000, TEKS),),
    baris=(BilledLine("SUMBER REJEKI MEDAN ID", NILAI, NILAI),),
    tagihan=(BillArithmetic(ZERO, NILAI, ZERO, NILAI, NILAI),),
)
LULUS = dict.fromkeys(range(1, 7), "lulus")


def test_a_good_line() -> None:
    found = uji(BAIK)
    assert [seen.hasil for seen in found] == ["sesuai"] * 5 + ["menunggu"]
    assert [seen.nomor for seen in found] == [1, 2, 3, 4, 5, 6]
    assert all(seen.dasar.startswith("Pasal 5 huruf e angka") for seen in found)


CASES = [
    (1, {"merchant": "CV Lain Sekali"}, "menunggu"),
    (1, {"baris": ()}, "menunggu"),
    (2, {"bukti": ()}, "tidak_sesuai"),
    (2, {"volume": 9}, "tidak_sesuai"),
    (2, {"volume": None}, "sesuai"),
    (2, {"dpp": Rupiah.of(450_000), "ppn": Rupiah.of(49_500)}, "tidak_sesuai"),
    (2, {"dpp": Rupiah.of(450_000), "ppn": Rupiah.of(50_000), "volume": None}, "sesuai"),
    (2, file_saying(None), "menunggu"),
    (2, file_saying(TEKS.replace("500.000,00", "50.000,00")), "menunggu"),
    (2, file_saying(TEKS.replace("14/10/2026", "15/10/2026")), "menunggu"),
    (2, file_saying(TEKS.replace("SUMBER REJEKI", "MAJU")), "menunggu"),
    (2, file_saying("Sumber Rejeki, 14 Oktober 2026, jumlah 500000"), "sesuai"),
    (2, file_saying("Sumber Rejeki 2026-10-14 Rp500,000.00"), "sesuai"),
    (2, file_saying(TEKS) | {"volume": 9}, "tidak_sesuai"),
    (4, file_saying(None), "menunggu"),
    (3, {"tagihan": ()}, "menunggu"),
    (3, {"tagihan": (BillArithmetic(None, None, None, None, NILAI),)}, "menunggu"),
    (3, {"tagihan": (BillArithmetic(ZERO, NILAI, ZERO, NILAI, Rupiah.of(1)),)}, "tidak_sesuai"),
    (3, {"tagihan": (BillArithmetic(NILAI, NILAI, ZERO, NILAI, NILAI),)}, "tidak_sesuai"),
    (3, {"tagihan": (BillArithmetic(None, NILAI, None, None, NILAI),)}, "sesuai"),
    (4, {"baris": ()}, "menunggu"),
    (4, {"nilai": Rupiah.of(485_000)}, "tidak_sesuai"),
    (4, {"nilai": Rupiah.of(515_000)}, "tidak_sesuai"),
    (5, {"rekening": "5.1.01.01.01.0001"}, "tidak_sesuai"),
    (5, {"card_kind": "perjalanan"}, "tidak_sesuai"),
    (5, {"rekening": "5.1.02.04.01.0001"}, "tidak_sesuai"),
    (5, {"rekening": "5.1.02.04.01.0001", "card_kind": "perjalanan"}, "sesuai"),
    (5, {"rekening": "5.1.02.02.04.0036", "card_kind": "perjalanan"}, "sesuai"),
    (5, {"kelas": "modal"}, "tidak_sesuai"),
    (5, {"kelas": "modal", "rekening": "5.2.02.10.01.0002"}, "sesuai"),
    (6, {"volume": None, "bukti": ()}, "menunggu"),
]


@pytest.mark.parametrize(("nomor", "change", "hasil"), CASES)
def test_each_test(nomor: int, change: dict[str, object], hasil: str) -> None:
    seen = uji(replace(BAIK, **change))[nomor - 1]  # type: ignore[arg-type]  # a table of cases
    assert seen.hasil == hasil
    assert seen.wording.endswith(".")


ANSWERS = [
    ({1: "lulus"}, True, NILAI, "", "Jawab keenam uji"),
    (LULUS | {3: "entah"}, True, NILAI, "", "Jawab keenam uji"),
    (LULUS | {4: "tidak"}, True, NILAI, "", "Uji 4 tidak lulus"),
    (LULUS, False, ZERO, "karena", "sedikitnya satu uji"),
    (LULUS | {4: "tidak"}, False, ZERO, "a", "Tulis alasan"),
    (LULUS | {4: "tidak"}, True, Rupiah.of(1), "", "Tulis alasan"),
    (LULUS, True, Rupiah.of(600_000), "melebihi", "paling banyak"),
    (LULUS, True, ZERO, "nol saja", "lebih dari nol"),
    (LULUS | {4: "tidak"}, False, ZERO, "a" * 601, "paling banyak 600 huruf"),
]


@pytest.mark.parametrize(("jawaban", "setuju", "nilai", "alasan", "sentence"), ANSWERS)
def test_a_decision_follows_from_its_answers(
    jawaban: dict[int, str], setuju: bool, nilai: Rupiah, alasan: str, sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        check_answers(jawaban, setuju, nilai, NILAI, alasan)


def test_good_decisions() -> None:
    check_answers(LULUS, True, NILAI, NILAI, "")
    check_answers(LULUS | {4: "tidak"}, True, Rupiah.of(1), NILAI, "selisih surcharge")
    check_answers(LULUS | {2: "tidak"}, False, ZERO, NILAI, "nota hilang")


def test_a_refund_is_never_refused() -> None:
    check_refund(LULUS, True)
    for answers, yes in ((LULUS, False), ({**LULUS, 2: "tidak"}, True)):
        with pytest.raises(DomainError, match="Pengembalian tidak dapat ditolak"):
            check_refund(answers, yes)


@pytest.mark.parametrize("nilai", [NILAI, -NILAI])
def test_taxes_are_compared_by_magnitude(nilai: Rupiah) -> None:
    """All 18 refunds with taxes of a year were refused for their sign alone."""
    taxed = replace(BAIK, nilai=nilai, dpp=NILAI - Rupiah.of(100), ppn=Rupiah.of(100))
    assert evidence_true(taxed)[0] == "sesuai"
    assert evidence_true(replace(taxed, ppn=Rupiah.of(99)))[0] == "tidak_sesuai"


def test_the_table_holds_as_many_tests_as_the_database_takes() -> None:
    assert [*SIX_TESTS] == [*range(1, TEST_COUNT + 1)]
    assert [one.dasar[-1] for one in SIX_TESTS.values()] == [str(number) for number in SIX_TESTS]
