"""Budget tables as rows of text: every shape read, every wrong row told; plans by month."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.reference_row import TOTAL_MARK, ReferenceRow
from kkpd.organisation import setting_forms
from kkpd.pagu import plan_rules
from kkpd.pagu.budget import rows as budget_rows

SUB = "1.02.02.2.02.0010"
ATK = "5.1.02.01.01.0024"


def rows(*values: dict[str, str]) -> list[ReferenceRow]:
    return [ReferenceRow(number, value) for number, value in enumerate(values, 2)]


DPA = {"sub_kegiatan": SUB, "rekening": ATK, "sumber_dana": "PAD", "pagu": "1.000"}

WRONG_DPA = [
    ({"sub_kegiatan": "1.02"}, "bukan kode sub kegiatan"),
    ({"sub_kegiatan": ""}, "kosong, bukan kode sub kegiatan. Isi pada setiap baris; sel gabungan"),
    ({"rekening": "5.1.02"}, "bukan kode rekening tingkat 6"),
    ({"rekening": ""}, "bukan kode rekening tingkat 6"),
    ({"pagu": ""}, "kolom pagu: kosong. Tulis 0 bila memang tidak ada; sel rumus"),
    ({"pagu": "1,2,3"}, "kolom pagu"),
    ({"pagu": "-5"}, "tidak boleh negatif"),
    ({"pagu": "99999999999999999999"}, "kolom pagu"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG_DPA)
def test_a_wrong_line_is_told(change: dict[str, str], sentence: str) -> None:
    found = budget_rows.dpa(rows(DPA | change, DPA | {"sumber_dana": "DAU"}))
    assert sentence in found.mistakes[0].message
    assert found.mistakes[0].row == 2
    assert len(found.baris) == 1


def test_codes_are_read_in_every_spelling() -> None:
    spelled = rows(
        DPA | {"sub_kegiatan": SUB.replace(".", ""), "rekening": "510201010024"},
        DPA
        | {"sub_kegiatan": f"{SUB} Pelayanan TB", "rekening": "5.1.02.01.01.024 ATK", "unit": "x"},
        DPA | {"pagu": "10.50", "opd": "1.02"},
        {"sub_kegiatan": "", "pagu": "1.000", "opd": "1.02", TOTAL_MARK: "ya"},
    )
    found = budget_rows.dpa(spelled)
    assert {line.kunci for line in found.baris} == {(SUB, ATK, "PAD")}
    assert [line.header.opd for line in found.baris] == ["", "x", "1.02"]
    assert "jumlah tertulis Rp 1.000, penjumlahan barisnya Rp 10,50" in found.mistakes[0].message


def test_a_total_is_the_sum_of_what_stands_above() -> None:
    whole = {"sub_kegiatan": "JUMLAH", "opd": "Jumlah", "pagu": "2.000", TOTAL_MARK: "ya"}
    assert budget_rows.dpa(rows(DPA, DPA | {"sumber_dana": "DAU"}, whole)).mistakes == []
    twice = budget_rows.dpa(rows(DPA, DPA, whole))
    assert [one.message for one in twice.mistakes] == [
        f"Baris 3: {SUB} {ATK} PAD sudah ada di atasnya. Gabungkan kedua baris itu."
    ]


def test_a_subtotal_is_the_sum_since_the_one_before() -> None:
    def jumlah(pagu: str) -> dict[str, str]:
        return {"sub_kegiatan": "Jumlah", "pagu": pagu, TOTAL_MARK: "ya"}

    dau, dak = (DPA | {"sumber_dana": name} for name in ("DAU", "DAK"))
    right = [DPA, dau, jumlah("2.000"), dak, jumlah("1.000"), jumlah("3.000")]
    assert budget_rows.dpa(rows(*right)).mistakes == []
    for wrong in ("2.000", "1.001", "0"):
        told = budget_rows.dpa(rows(*right[:4], jumlah(wrong))).mistakes
        assert "penjumlahan barisnya Rp 3.000 atau Rp 1.000" in told[0].message


def test_a_document_is_of_its_year_or_the_one_before() -> None:
    assert budget_rows.dpa(rows(DPA | {"tanggal": "29/02/2026"})).mistakes[0].row == 2
    for year in (2025, 2026):
        assert budget_rows.of_budget_year(date(year, 12, 31), 2026).year == year
    for year in (2024, 2027):
        with pytest.raises(DomainError, match="bukan tanggal dokumen anggaran 2026"):
            budget_rows.of_budget_year(date(year, 1, 1), 2026)


KAS = {"sub_kegiatan": SUB, "rekening": ATK, "januari": "100", "maret": "50"}


def test_a_plan_is_wide_or_long() -> None:
    wide = budget_rows.plan(
        rows(
            KAS | {"jumlah": "150"},
            KAS | {"rekening": "", "maret": ""},
            {
                "sub_kegiatan": "",
                "januari": "200",
                "maret": "50",
                "jumlah": "250",
                TOTAL_MARK: "ya",
            },
        )
    )
    assert wide.mistakes == []
    assert [(line.rekening, line.bulan, line.nilai) for line in wide.baris if line.nilai] == [
        (ATK, 1, Rupiah.of(100)),
        (ATK, 3, Rupiah.of(50)),
        ("", 1, Rupiah.of(100)),
    ]
    long = budget_rows.plan(
        rows(
            {"sub_kegiatan": SUB, "bulan": "Ags", "nilai": "7", "nomor": "SPD/1"},
            {"sub_kegiatan": SUB, "bulan": "08", "nilai": "8", "nomor": "SPD/2"},
            {"sub_kegiatan": "Total", "nilai": "15", TOTAL_MARK: "ya"},
        )
    )
    assert long.mistakes == []
    assert [line.bulan for line in long.baris] == [8, 8]


WRONG_KAS = [
    (KAS | {"jumlah": "151"}, "jumlah tertulis Rp 151"),
    ({"sub_kegiatan": SUB}, "tidak ada nilainya"),
    ({"sub_kegiatan": SUB, "bulan": "13", "nilai": "1"}, "bukan bulan"),
    ({"sub_kegiatan": "Jumlah", "januari": "1"}, "jumlah tertulis Rp 1, "),
    ({"sub_kegiatan": "Jumlah", "jumlah": "1"}, "jumlah tertulis Rp 1, "),
    (KAS | {"tanggal": "30/02/2026"}, "bukan tanggal"),
    ({"sub_kegiatan": "Jumlah", "nilai": "1"}, "jumlah tertulis Rp 1, "),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG_KAS)
def test_a_wrong_plan_is_told(line: dict[str, str], sentence: str) -> None:
    assert sentence in budget_rows.plan(rows(line)).mistakes[0].message


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "besok", ""])
def test_a_day_that_is_none(text: str) -> None:
    with pytest.raises(DomainError, match="bukan tanggal"):
        budget_rows.day(text)
    assert budget_rows.day("5/1/2026") == budget_rows.day("2026-01-05")


amounts = st.integers(min_value=0, max_value=1000).map(Rupiah.of)


@given(
    st.dictionaries(st.integers(1, 12), amounts, max_size=12),
    st.lists(st.tuples(st.integers(1, 12), amounts), max_size=8),
)
def test_cumulative_months_bind_as_every_month_would(
    plan: dict[int, Rupiah], spent: list[tuple[int, Rupiah]]
) -> None:
    """The months weighed are enough: whoever keeps them keeps every month's sum."""

    def used(month: int) -> Rupiah:
        return total(amount for at, amount in spent if at <= month)

    def holds(month: int) -> bool:
        return used(month) <= plan_rules.bound(plan, month, "kumulatif")

    weighed = {m for at, _ in spent for m in plan_rules.weighed_months(plan, at, "kumulatif")}
    first = min((at for at, _ in spent), default=13)
    assert all(map(holds, weighed)) == all(holds(month) for month in range(first, 13))


def test_one_month_for_itself() -> None:
    assert plan_rules.weighed_months({}, 3, "bulan") == (3,)
    assert plan_rules.bound({3: Rupiah.of(5)}, 3, "bulan") == Rupiah.of(5)
    assert plan_rules.bound({}, 3, "bulan") == ZERO
    for cara in plan_rules.WAYS:
        assert plan_rules.parse_key(plan_rules.kunci(SUB, "", 3, cara)) == (SUB, "", 3, cara)


@pytest.mark.parametrize(
    ("kunci", "nilai", "sentence"),
    [
        ("max_per_payee_general", "dua", "bukan nilai rupiah"),
        ("max_per_payee_general", "-1", "negatif"),
        ("share_up_kkpd", "0.4", "seperti 40%"),
        ("share_up_kkpd", "140%", "seperti 40%"),
        ("year_end_use_cutoff", "13 Desember", "seperti 2026-12-13"),
        ("periksa_spd", "ya", "bulan atau kumulatif"),
        ("days_to_pay_after_funds", "2 hari", "dengan angka"),
        ("settle_within_days", "-1", "dengan angka"),
    ],
)
def test_a_setting_no_rule_could_read(kunci: str, nilai: str, sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        setting_forms.check(kunci, nilai)
    setting_forms.check(kunci, None)


@pytest.mark.parametrize(
    ("kunci", "nilai"),
    [
        ("share_up_kkpd", "40%"),
        ("bea_meterai", "10.000"),
        ("year_end_use_cutoff", "2026-12-13"),
        ("periksa_kas", "kumulatif"),
        ("days_to_pay_after_funds", "0"),
        ("settle_within_days", "50"),
        ("nama_pemerintah", "apa saja"),
    ],
)
def test_a_setting_that_is_read(kunci: str, nilai: str) -> None:
    setting_forms.check(kunci, nilai)
