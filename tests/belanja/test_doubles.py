"""Doubles: which purchases are probably one, and that they are told before saving."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kkpd.belanja import choices, doubles
from kkpd.belanja.doubles import Bought, probably_one
from kkpd.belanja.verbs import record, record_many
from kkpd.core.money import Rupiah
from kkpd.core.statuses import ways_back
from kkpd.engines.matching import same_shop
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office
from tests.worlds.office import ATK, NOW, PAD, SUB, belanja

ONE = Bought(1, date(2026, 10, 14), Rupiah.of(750_000), "Toko Sumber Rejeki")


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return office.fill


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Toko Sumber Rejeki", "SUMBER REJEKI", True),
        ("Sumber Rejeki", "SUMBER REJEKI MEDAN ID", True),
        ("Toko Sumber Rejeki", "Toko Sumber Jaya", False),
        ("Warung Sate", "Fotokopi Deli", False),
        ("Toko", "toko ", True),
        ("", "Toko Sumber Rejeki", False),
    ],
)
def test_a_shop_is_known_under_its_spellings(one: str, other: str, same: bool) -> None:
    assert same_shop(one, other) is same
    assert same_shop(other, one) is same


@pytest.mark.parametrize(
    ("changes", "one"),
    [
        ({}, True),
        ({"tanggal": date(2026, 10, 15), "merchant": "SUMBER REJEKI"}, True),
        ({"tanggal": date(2026, 10, 16)}, False),
        ({"kartu_id": 2}, False),
        ({"nilai": Rupiah.of(750_001)}, False),
        ({"merchant": "Fotokopi Deli"}, False),
        ({"nota": "17"}, True),
    ],
)
def test_what_makes_two_purchases_one(changes: dict[str, object], one: bool) -> None:
    assert probably_one(ONE, replace(ONE, **changes)) is one  # type: ignore[arg-type]  # by name


def test_two_notas_and_two_parts_of_one_nota_are_two_purchases() -> None:
    first = replace(ONE, nota="17", uraian="Kertas")
    assert not probably_one(first, replace(first, nota="18"))
    assert not probably_one(first, replace(first, uraian="Pulpen"))
    assert probably_one(first, first)


@given(st.integers(-3, 3), st.sampled_from(["", "17", "18"]), st.sampled_from(["A1", "Deli Jaya"]))
def test_being_one_has_no_direction(days: int, nota: str, shop: str) -> None:
    other = replace(ONE, tanggal=date(2026, 10, 14 + days), nota=nota, merchant=shop)
    first = replace(ONE, nota="17")
    assert probably_one(first, other) == probably_one(other, first)


def test_a_double_is_refused_until_the_person_says_it_is_another(session: Session) -> None:
    citra = ACTORS["citra"]
    first = record(session, citra, belanja(), NOW)
    second = record(session, citra, belanja(kunci_kirim="b", merchant="SUMBER REJEKI"), NOW)
    with pytest.raises(doubles.LikelyDouble) as told:
        doubles.ask(session, [second], sure=False)
    assert [one.id for one in told.value.doubles] == [first.id]
    assert told.value.message.startswith("Sudah ada: 14 Okt 2026, Toko Sumber Rejeki, Rp 750.000.")
    doubles.ask(session, [second], sure=True)


def test_rows_of_one_sheet_are_compared_too(session: Session) -> None:
    rows = [belanja(kunci_kirim=key, rupiah=amount) for key, amount in (("a", 1), ("b", 2))]
    saved = record_many(session, ACTORS["citra"], [*rows, belanja(kunci_kirim="c", rupiah=1)], NOW)
    with pytest.raises(doubles.LikelyDouble) as told:
        doubles.ask(session, saved, sure=False)
    assert [(one.row, one.twin_row) for one in told.value.doubles] == [(3, 1)]


def test_a_holder_is_told_of_own_purchases_only(session: Session) -> None:
    record(session, ACTORS["citra"], belanja(), NOW)
    assert doubles.likely_doubles(session, DINKES, ONE, only_of=ORANG["ani"])
    assert not doubles.likely_doubles(session, DINKES, ONE, only_of=ORANG["hana"])


def test_known_shops_bring_their_last_accounts(session: Session) -> None:
    record(session, ACTORS["citra"], belanja(), NOW)
    known = choices.shops(session, DINKES)
    assert [shop.merchant for shop in known] == ["Toko Sumber Rejeki"]
    assert known[0].label.endswith("Alat Tulis Kantor, terakhir 14 Okt 2026")
    assert choices.charges_at(known, "SUMBER REJEKI MEDAN") == (f"{SUB}|{ATK}|{PAD}",)
    assert choices.charges_at(known, "Fotokopi Deli") == choices.charges_at(known, "") == ()


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("tercatat", []),
        ("diajukan", ["tarik", "kembalikan"]),
        ("diperiksa", ["urungkan_periksa"]),
        ("ditolak", ["urungkan_uji"]),
        ("lunas", ["batalkan_bayar"]),
        ("dibatalkan", []),
    ],
)
def test_the_way_back_of_each_status(status: str, acts: list[str]) -> None:
    assert [one.action for one in ways_back(status)] == acts
