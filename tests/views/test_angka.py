"""Row numbers that no row can have: in an address a page that is none, in a form a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kkpd.web.request.converters import whole_number
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.mark.parametrize("text", ["", "-1", "²", "٤٢", "1e9", "9" * 19, "9" * 5000])
def test_no_number_of_ours(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 25, "9" * 5000])
@pytest.mark.parametrize("page", ["belanja", "belanja/bukti", "tagihan", "tagihan/riwayat"])
def test_an_address_beyond_every_row_is_none(entry: LoggedIn, page: str, number: str) -> None:
    entry("citra").get(f"{AREA}/{page}/{number}", 404)


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 5000, "²"])
def test_a_form_with_such_a_number_is_told(entry: LoggedIn, number: str) -> None:
    citra = entry("citra")
    citra.post(f"{AREA}/dpr/ajukan", {"transaksi": [number]}, 422)
    citra.post(f"{AREA}/cocok/urungkan", {"baris": number}, 422)
    citra.post(f"{AREA}/cocok/jelaskan", {"baris": number}, 422)
