"""Breaking text over lines: nothing lost, the margin kept, long words broken at a seam."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from kkpd.engines.paper.pdf.fonts import REGULAR, Letters
from kkpd.engines.paper.sheet.flow import wrap


@given(st.text(st.characters(codec="utf-8"), max_size=80), st.integers(600, 20_000))
@settings(max_examples=60, deadline=None)
def test_breaking_loses_nothing_and_keeps_the_margin(text: str, room: int) -> None:
    letters = Letters(REGULAR)
    lines = wrap(letters, text, 800, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert letters.width(line) * 800 <= room * 1000 or len(line.strip()) <= 1


def test_long_words_break_behind_a_seam() -> None:
    letters = Letters(REGULAR)
    lines = wrap(letters, "https://kkpd.example.go.id/periksa/sesuatu-yang-panjang", 1000, 9_000)
    assert all(line[-1] in "/-." for line in lines[:-1])
