"""Where a browser may be sent back to."""

from __future__ import annotations

import pytest

from kkpd.web.page import is_local


@pytest.mark.parametrize("address", ["/", "/dinkes/2026-10/cocok/?baris=3", "/laporan/?jenis=dpt"])
def test_an_address_of_this_site(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    ["", "//x.id", "https://x.id", "/\\x.id", "/\t/x.id", "/\n/x.id", "/\r/x.id", "\t//x.id"],
)
def test_an_address_that_leads_away(address: str) -> None:
    assert not is_local(address)
