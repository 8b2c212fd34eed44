"""How values are written on a page."""

from __future__ import annotations

import pytest

from kkpd.web.filters import peluang


@pytest.mark.parametrize(
    ("value", "written"),
    [(1.0, "0,999"), (0.99996, "0,999"), (0.9, "0,900"), (0.66666, "0,666"), (0.0, "0,000")],
)
def test_a_chance_is_cut_and_never_a_certainty(value: float, written: str) -> None:
    assert peluang(value) == written
