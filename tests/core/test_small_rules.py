"""The small rules: document numbers, the life of a card, periods, permission."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

import pytest

from kkpd.core.choices import STATUS_KARTU
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.moments import business_day, parse_periode, period_name
from kkpd.core.permissions import Actor, Assignment, Role, require
from kkpd.organisation import cards
from kkpd.records import issue


def test_numbers_as_printed() -> None:
    fields = {"urut": 17, "jenis": "dpt", "opd": "dinkes", "tahun": 2026, "bulan": 10}
    plain = issue.render_number(issue.DEFAULT_PATTERN, **fields)  # type: ignore[arg-type]  # values of a table
    assert plain == "0017/DPT-KKPD/DINKES/X/2026"
    joint = fields | {"jenis": "dpt_gabungan", "kode": "1.02.0.00.01"}
    assert issue.render_number("", **joint) == "0017/DPT/GLOBAL/1.02.0.00.01/2026"  # type: ignore[arg-type]  # values of a table
    assert issue.render_number("{urut}/GLOBAL", **fields | {"jenis": "lpj"}) == "17/GLOBAL"  # type: ignore[arg-type]  # values of a table


@pytest.mark.parametrize("layout", ["{nama}", "{urut", "{urut.x}", "{0}"])
def test_a_wrong_pattern_says_what_may_stand_in_it(layout: str) -> None:
    with pytest.raises(DomainError, match="Isian yang dikenal"):
        issue.render_number(layout, urut=1, jenis="dpr", opd="a", tahun=2026, bulan=1)


@pytest.mark.parametrize(("dari", "ke"), [*itertools.product(STATUS_KARTU, STATUS_KARTU)])
def test_the_life_of_a_card(dari: str, ke: str) -> None:
    if ke in cards.NEXT_STATES[dari]:
        assert cards.next_state(dari, ke) == ke
    else:
        with pytest.raises(Conflict, match=f"Kartu berstatus {dari}"):
            cards.next_state(dari, ke)


def test_a_period_is_read_and_named() -> None:
    assert parse_periode("2026-10") == (2026, 10)
    assert period_name(2026, 10) == "Oktober 2026"


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1", "2026-13", "2021-12", "26-01", "２０２６-01"]
)
def test_a_wrong_period_is_told(text: str) -> None:
    with pytest.raises(DomainError, match="Periode"):
        parse_periode(text)


def test_the_business_day_is_jakartas() -> None:
    assert business_day(datetime(2026, 10, 31, 17, 30, tzinfo=UTC)) == date(2026, 11, 1)
    with pytest.raises(TypeError):
        business_day(datetime(2026, 10, 31, 17, 30))  # noqa: DTZ001 -- that it is naive is the point


CITRA = Actor(1, 1, "Citra", (Assignment(Role.BENDAHARA, 5),))


def test_require_names_the_role_or_refuses() -> None:
    assert require(CITRA, "dpr:susun", 5) is Role.BENDAHARA
    with pytest.raises(Forbidden):
        require(CITRA, "uji:putuskan", 5)
    with pytest.raises(NotFound):
        require(CITRA, "dpr:susun", 6)
