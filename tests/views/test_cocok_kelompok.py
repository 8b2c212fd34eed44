"""Lines without a purchase as a sheet, in a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Cocok, Transaksi
from kkpd.records import event_log
from kkpd.web.globals import engine
from tests.cast import DINKES
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import ATK, LAPTOP, NOW, SUB

LoggedIn = Callable[[str], PageClient]
SHEET = "/dinkes/2026-10/cocok/kelompok"
CHARGE = f"{SUB}|{ATK}|PAD"
SHOPS = {"FOTOKOPI DELI": 14, "KANTIN SINAR": 12, "RM SEDERHANA": 8, "BENGKEL JAYA": 6}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@contextmanager
def books(app: Flask) -> Iterator[Session]:
    """The books of the program, for a look."""
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        yield session


def billed(app: Flask, shops: dict[str, int]) -> None:
    """So many lines of each shop, from Rp 11.000 up."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        for at, (text, count) in enumerate(shops.items(), 1):
            amounts = range(11_000, 11_000 + 1_000 * count, 1_000)
            apart = 1_000 * count + at
            baris_bank(session, *amounts, merchant=text, keterangan=text, kejadian=apart)
        event_log.record(session, None, None, "uji:baris:tulis", "uji", now=NOW, opd_id=DINKES)


def shop(page: Page, nama: str) -> dict[str, list[str]]:
    """The fields of a shop's form as a browser sends them."""
    for form in page.tree.forms:
        if form.xpath(f".//h2[normalize-space()='{nama}']"):
            fields: dict[str, list[str]] = {}
            for name, value in form.form_values():
                fields.setdefault(name, []).append(value)
            return fields
    raise AssertionError(f"no group {nama}")


def linked(app: Flask) -> int:
    with books(app) as session:
        return session.scalar(select(func.count()).select_from(Cocok)) or 0


def test_forty_lines_of_four_shops_in_four_forms(app: Flask, entry: LoggedIn) -> None:
    billed(app, SHOPS)
    citra = entry("citra")
    page = citra.get(SHEET)
    assert page.h1 == "40 baris tanpa belanja"
    for left, (nama, count) in zip((26, 14, 6, 0), SHOPS.items(), strict=True):
        sent = shop(page, nama) | {"uraian": "Keperluan kantor", "pembebanan": CHARGE}
        page = citra.follow(citra.post(SHEET, sent))
        assert f"{count} belanja tercatat dan dipasangkan" in page.text
        assert page.h1 == f"{left} baris tanpa belanja"
    assert linked(app) == 40
    with books(app) as session:
        assert set(session.scalars(select(Transaksi.uraian))) == {"Keperluan kantor"}


def test_a_refused_group_keeps_all_that_was_typed(app: Flask, entry: LoggedIn) -> None:
    billed(app, {"FOTOKOPI DELI": 3})
    citra = entry("citra")
    sent = shop(citra.get(SHEET), "FOTOKOPI DELI")
    first, second, third = sent["ikut"]
    typed = {
        "merchant": "Deli Jaya",
        "ikut": [first, second],
        f"uraian-{first}": "Map arsip",
        f"pembebanan-{second}": "tidak ada",
        "pembebanan": CHARGE,
    }
    page = citra.post(SHEET, sent | typed, status=422)
    assert page.errors() == ["“tidak ada” tidak ada dalam DPA. Pilih dari daftar."]
    kept = shop(page, "FOTOKOPI DELI")
    assert kept["ikut"] == [first, second]
    assert kept[f"uraian-{first}"] == ["Map arsip"]
    assert (kept["merchant"], kept["pembebanan"]) == (["Deli Jaya"], [CHARGE])
    cell = page.tree.get_element_by_id(f"pembebanan-{second}")
    said = page.tree.get_element_by_id(str(cell.get("aria-describedby")))
    assert "tidak ada dalam DPA" in said.text_content()
    page = citra.post(SHEET, kept | {f"pembebanan-{second}": LAPTOP}, status=422)
    assert page.errors() == ["Untuk apa belum diisi."]  # the second line's, from the group
    assert page.tree.get_element_by_id(f"uraian-k{first}").get("aria-invalid") == "true"
    done = citra.post(SHEET, shop(page, "FOTOKOPI DELI") | {"uraian": "Toner"})
    assert citra.follow(done).h1 == "1 baris tanpa belanja"
    with books(app) as session:
        rows = session.execute(
            select(Transaksi.merchant, Transaksi.uraian, Transaksi.rekening).order_by(Transaksi.id)
        )
        assert [tuple(row) for row in rows] == [
            ("Deli Jaya", "Map arsip", ATK),
            ("Deli Jaya", "Toner", LAPTOP),
        ]
    assert third not in {str(row) for row in _lines(app)}


def _lines(app: Flask) -> list[int]:
    with books(app) as session:
        return list(session.scalars(select(Cocok.baris_bank_id)))


def test_the_next_lines_of_a_shop_come_with_a_proposal(app: Flask, entry: LoggedIn) -> None:
    billed(app, {"FOTOKOPI DELI": 4})
    citra = entry("citra")
    sent = shop(citra.get(SHEET), "FOTOKOPI DELI")
    given = {"uraian": "Fotokopi", "pembebanan": CHARGE, "ikut": sent["ikut"][:2]}
    page = citra.follow(citra.post(SHEET, sent | given))
    assert "2 dari 2 belanja terdahulu di toko ini dibebankan demikian" in page.text
    again = shop(page, "FOTOKOPI DELI")
    assert (again["uraian"], again["pembebanan"]) == (["Fotokopi"], [CHARGE])
    citra.post(SHEET, again)
    assert linked(app) == 4


def test_the_page_is_searched_sorted_and_narrowed(app: Flask, entry: LoggedIn) -> None:
    billed(app, SHOPS)
    citra = entry("citra")
    page = citra.get(f"{SHEET}?cari=kantin")
    assert [one.text_content() for one in page.tree.xpath("//h2")] == ["KANTIN SINAR"]
    assert "12 dari 40 baris" in page.text
    page = citra.get(f"{SHEET}?cari=24.000")
    assert len(page.tree.xpath("//input[@name='ikut']")) == 1
    page = citra.get(f"{SHEET}?urut=penyedia")
    assert page.tree.xpath("//h2")[0].text_content() == "BENGKEL JAYA"
    assert "Tidak ada baris yang cocok" in citra.get(f"{SHEET}?kartu=3").text
    sent = shop(citra.get(f"{SHEET}?cari=kantin"), "KANTIN SINAR")
    done = citra.post(f"{SHEET}?cari=kantin", sent | {"uraian": "Rapat", "pembebanan": CHARGE})
    assert done.location.endswith("cari=kantin")


def test_many_groups_are_parted_by_pages(app: Flask, entry: LoggedIn) -> None:
    billed(app, {f"TOKO NOMOR{chr(65 + n)}X{n}": 30 - n for n in range(4)})
    citra = entry("citra")
    page = citra.get(SHEET)
    assert len(page.tree.xpath("//form[@data-kelompok]")) == 2
    page = citra.get(page.links["Berikutnya ›"])
    assert len(page.tree.xpath("//form[@data-kelompok]")) == 2
    assert "Berikutnya ›" not in page.links


def test_a_holder_may_not_open_it_and_a_pptk_finds_no_button(app: Flask, entry: LoggedIn) -> None:
    billed(app, {"FOTOKOPI DELI": 1})
    entry("ani").get(SHEET, 403)
    entry("budi").get(SHEET, 403)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the database is asked inside the block."""
    heard: list[str] = []

    def before(*args: object) -> None:
        heard.append(str(args[2]))

    with app.app_context():
        there = engine()
    event.listen(there, "before_cursor_execute", before)
    yield heard
    event.remove(there, "before_cursor_execute", before)


def test_the_page_asks_no_more_for_more_lines(app: Flask, entry: LoggedIn) -> None:
    """Three hundred lines cost the database what three do, and a save a fixed number each."""
    citra = entry("citra")
    billed(app, {"FOTOKOPI DELI": 1, "KANTIN SINAR": 1, "RM SEDERHANA": 1})
    citra.get(SHEET)
    with counted(app) as few:
        citra.get(f"{SHEET}?urut=nilai")
    billed(app, {"FOTOKOPI DELI": 100, "KANTIN SINAR": 100, "RM SEDERHANA": 100})
    citra.get(SHEET)
    with counted(app) as many:
        page = citra.get(f"{SHEET}?urut=nilai")
    assert page.h1 == "303 baris tanpa belanja"
    assert len(many) <= len(few) + 5
    sent = shop(page, "FOTOKOPI DELI")
    given = {"uraian": "Rapat", "pembebanan": CHARGE, "ikut": sent["ikut"][:40]}
    with counted(app) as saved:
        citra.post(SHEET, sent | given)
    assert linked(app) == 40
    assert len(saved) < 40 * 65
