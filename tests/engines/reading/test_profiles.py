"""Profiles as data, recognition, and keeping a corrected guess as a new profile."""

from __future__ import annotations

import pytest

from kkpd.core.errors import Unreadable
from kkpd.engines.reading import Profile, load_profiles, parse
from kkpd.engines.reading.guess import keep, recognise
from kkpd.engines.reading.profile import get_profile
from tests.engines.reading.bills import BillSheet, as_csv
from tests.engines.reading.test_bills import BILL

STRANGE = b"Kapan|Siapa|Berapa|Apa\n03/04/2025|TOKO A|1.234|ATK\n05/06/2025|TOKO B|2.000|MAMIN\n"


@pytest.mark.parametrize("name", load_profiles())
def test_shipped_profiles_go_to_toml_and_back(name: str) -> None:
    profile = load_profiles()[name]
    assert Profile.from_toml(profile.to_toml()) == profile


def test_the_shipped_profiles_are_these_and_the_first_is_marked_as_our_reading() -> None:
    assert list(load_profiles()) == ["banksumut_bni", "bri", "mandiri", "umum"]
    assert "Bacaan kami sendiri" in load_profiles()["banksumut_bni"].note


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "TOML"),
        ('name = "a"', "title"),
        ('name = "a"\ntitle = "b"\nx = 1', "tidak dikenal"),
        ('name = "a"\ntitle = "b"\ndecimal = "x"', "decimal"),
        ('name = "a"\ntitle = "b"\nmarks = "x"', "marks"),
        ('name = "a"\ntitle = "b"\ncolumns = 1', "columns"),
        ('name = "a"\ntitle = "b"\n[columns]\nharga = ["x"]', "tidak dikenal"),
        ('name = "a"\ntitle = "b"\n[columns]\namount = [1]', "columns.amount"),
    ],
)
def test_wrong_profiles_say_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        Profile.from_toml(text)


def test_an_unknown_profile_name_lists_those_there_are() -> None:
    with pytest.raises(Unreadable, match="banksumut_bni"):
        get_profile("bca")
    with pytest.raises(Unreadable):
        parse(STRANGE, "x", "bca")


def test_a_profile_that_does_not_fit_says_which_columns_it_wants() -> None:
    with pytest.raises(Unreadable, match="Tgl Transaksi"):
        parse(STRANGE, "x", "banksumut_bni")
    with pytest.raises(Unreadable):
        parse(STRANGE)


def test_banks_are_told_by_name_and_columns_together() -> None:
    text = as_csv(BILL).decode()
    assert parse(text.replace("BANK SUMUT", "BANK LAIN").encode()).profile == "umum"
    assert parse(text.replace("Jumlah (Rp)", "Nominal").encode()).profile == "umum"
    mandiri = "Mandiri\nTanggal Transaksi;Keterangan;Jumlah\n03/04/2025;A;1,50\n"
    assert parse(mandiri.encode()).profile == "mandiri"
    assert not parse(mandiri.encode()).questions


def test_a_strange_layout_is_shown_corrected_and_kept() -> None:
    (guess,) = recognise(STRANGE)
    assert guess.titles == ("Kapan", "Siapa", "Berapa", "Apa")
    assert guess.columns == {"transaction_date": 0, "description": 1, "amount": 2}
    assert (guess.date_order, guess.decimal) == (None, ","), "what is open is left to the person"
    assert guess.sample[0] == ("03/04/2025", "TOKO A", "1.234", "ATK")
    chosen = {
        "transaction_date": "Kapan",
        "merchant": "Siapa",
        "amount": "Berapa",
        "description": "Apa",
    }
    made = keep("bank_x", "Bank X", chosen, date_order="dmy", decimal=",", currency="IDR")
    statement = parse(STRANGE, "x", Profile.from_toml(made.to_toml()))
    assert [(str(line.amount), line.merchant) for line in statement.lines] == [
        ("1234", "TOKO A"),
        ("2000", "TOKO B"),
    ]
    assert (statement.profile, statement.currency, statement.questions) == ("bank_x", "IDR", ())


def test_what_is_recognised_is_shown_with_its_columns() -> None:
    (guess,) = recognise(as_csv(BILL))
    assert guess.profile.name == "banksumut_bni"
    assert guess.titles[guess.columns["amount"]] == "Jumlah (Rp)"
    assert guess.header_rows == (12,)
    assert recognise(b":20:X\n:61:2001050105D1,00NTRFX\n-") == []
    (headless,) = recognise(b"2025-01-03,A,1.50\n2025-01-04,B,2.50\n")
    assert headless.columns == {"transaction_date": 0, "amount": 2, "description": 1}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"amount": "Berapa"}, "kolom tanggal"),
        ({"amount": "Berapa", "transaction_date": "Kapan", "merchant": "KAPAN"}, "lebih dari satu"),
        ({"amount": "Berapa", "transaction_date": "Kapan", "warna": "X"}, "tidak dikenal"),
    ],
)
def test_a_choice_that_cannot_work_is_refused(columns: dict[str, str], said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        keep("x", "X", columns)


def test_spending_printed_negative_is_turned() -> None:
    made = Profile(
        "x", "X", columns={"transaction_date": ("Tgl",), "amount": ("Nilai",)}, spending="negative"
    )
    lines = parse(b"Tgl;Nilai\n13/03/2025;-1,50\n14/03/2025;2,50\n", "x", made).lines
    assert [str(line.amount) for line in lines] == ["1.50", "-2.50"]


def test_an_empty_bill_has_no_lines_and_no_error() -> None:
    statement = parse(as_csv(BillSheet(())))
    assert statement.lines == ()
    assert statement.rows == len(statement.skipped)
