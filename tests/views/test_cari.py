"""One search, and the trail from a paper to the bank's row and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank, berbukti, pair_in_order

LoggedIn = Callable[[str], PageClient]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture(autouse=True)
def belanja(app: Flask, settings: Settings, tmp_path: Path) -> None:
    """A purchase of Rp 750.000 with its evidence, matched with its bank line."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        row = berbukti(session, settings.instance, 1, nota="INV/7")
        baris_bank(session, 750_000, referensi="REF-88")
        pair_in_order(session, row.id)


@pytest.mark.parametrize("words", ["750.000", "Rp 750.000", "sumber rejeki", "inv/7", "Pemegang"])
def test_amount_shop_number_and_person_find_the_purchase(entry: LoggedIn, words: str) -> None:
    page = entry("gilang").get(f"/cari/?q={words}")
    assert any("/belanja/1" in link for link in page.links.values())


def test_a_reference_finds_the_bank_line_and_nothing_of_another_office(entry: LoggedIn) -> None:
    page = entry("fitri").get("/cari/?q=ref-88")
    assert page.h1 == "1 ditemukan"
    assert "Tidak ada yang cocok" in entry("eko").get("/cari/?q=ref-88").text
    assert entry("eko").get("/cari/?q=750000").h1 == "0 ditemukan"


def test_words_that_are_too_short_get_a_sentence(entry: LoggedIn) -> None:
    gilang = entry("gilang")
    assert "Tulis 2 sampai 80 huruf" in gilang.get("/cari/?q=x").text
    assert gilang.get("/cari/?q=%25%25").h1 == "0 ditemukan"  # no wildcard


def test_the_auditor_walks_from_purchase_to_bank_row_and_back(entry: LoggedIn) -> None:
    gilang = entry("gilang")
    found = gilang.get("/cari/?q=750.000")
    purchase = next(link for link in found.links.values() if link.endswith("/belanja/1"))
    page = gilang.get(purchase)
    assert not page.tree.xpath("//main//form[contains(@action, '/kelas')]")
    bank = next(link for link in page.links.values() if "#baris-" in link)
    bill = gilang.get(bank.split("#")[0])
    assert purchase in bill.links.values()
    evidence = page.tree.xpath("//a[contains(@href, '/belanja/bukti/')]/@href")[0]
    assert gilang.get(evidence).body
    gilang.post(f"{purchase}/timbang-ulang", status=403)
