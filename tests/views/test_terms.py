"""The domain's words on pages, in sentences that a person reads."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from flask import Flask

from kkpd.core.money import Rupiah
from kkpd.oversight.due import DueDate
from kkpd.oversight.monitoring_rules import SENTENCES, Highlight
from kkpd.web.terms import due_title, highlight_text

#: Something for every figure that a sentence may show.
FIGURES: dict[str, object] = {
    **dict.fromkeys(("persen", "ambang", "batas", "gu", "bagian", "usul"), Fraction(3, 2)),
    **dict.fromkeys(("n", "hari", "triwulan", "bulan", "kartu"), 3),
    **dict.fromkeys(("nilai", "up", "terpakai"), Rupiah.of(7)),
}


@pytest.mark.parametrize(
    ("jenis", "said"),
    [
        ("tagihan", "Lunasi tagihan bank Okt 2026"),
        ("debet", "Debet kepada bank, 12"),
        ("belanja", "Selesaikan 12 belanja Okt 2026"),
        ("kembali", "Belanja Okt 2026 yang ditolak dibayar kembali pemegangnya"),
        ("selisih", "Selesaikan selisih: Fee bank"),
    ],
)
def test_a_due_date_says_what_has_to_be_done(app: Flask, jenis: str, said: str) -> None:
    due = DueDate(jenis, "k", date(2026, 11, 5), 3, "12", Rupiah.of(1), "biaya", (2026, 10))
    with app.test_request_context("/"):
        assert due_title(due).split()[0] == said.split()[0]
        assert ("12" in due_title(due)) == ("12" in said)


def test_a_highlight_says_its_figures_as_people_write_them(app: Flask) -> None:
    figures: dict[str, object] = {"persen": Fraction(1, 2), "ambang": Fraction(4, 5), "triwulan": 2}
    with app.test_request_context("/"):
        said = highlight_text(Highlight("target", figures, ()))
        assert {"50", "80", "2"} <= {word.strip("%.,:;()") for word in said.split()}
        for rule in SENTENCES:
            assert "%(" not in highlight_text(Highlight(rule, FIGURES, ()))
