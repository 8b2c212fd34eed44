"""The menu of each role: at most seven items, the first of them is where a person lands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from kkpd.core.permissions import ROLES, Role
from kkpd.web.navigation import ITEMS
from tests import gallery
from tests.client import PageClient

LoggedIn = Callable[[str], PageClient]


@pytest.fixture
def app(app: Flask) -> Flask:
    """With a page behind every item."""
    gallery.add_to(app)
    return app


def test_every_role_has_a_menu_of_at_most_seven_known_items() -> None:
    assert set(ROLES) == set(Role)
    for role in ROLES.values():
        keys = role.menu.split()
        assert 1 <= len(keys) <= 7
        assert set(keys) <= set(ITEMS)


@pytest.mark.parametrize(
    ("nama", "endpoint"),
    [
        ("ani", "belanja_saya.index"),
        ("budi", "persetujuan.index"),
        ("citra", "bulan_ini.index"),
        ("dewi", "persetujuan.index"),
        ("eko", "bulan_ini.index"),
        ("fitri", "papan.index"),
        ("gilang", "laporan.index"),
        ("hana", "pembayaran.index"),
        ("indra", "persetujuan.index"),
        ("joko", "admin.index"),
        ("kartika", "bulan_ini.index"),
        ("lukman", "papan.index"),
    ],
)
def test_the_first_screen_of_each_role(
    app: Flask, entry: LoggedIn, nama: str, endpoint: str
) -> None:
    location = entry(nama).get("/", 303).location
    assert app.url_map.bind("localhost").match(location)[0] == endpoint


def test_the_menu_marks_the_page_one_is_on(entry: LoggedIn) -> None:
    page = entry("citra").get("/dinkes/2026-10/contoh/")
    assert page.tree.xpath("//nav[@class='nav']//a/@aria-current") == []
    labels = page.tree.xpath("//nav[@class='nav']//a/text()")
    assert labels == [ITEMS[key][0] for key in ROLES[Role.BENDAHARA].menu.split()]


def test_an_item_without_page_is_left_out(app: Flask, entry: LoggedIn) -> None:
    del app.view_functions["cocok.index"]
    page = entry("citra").get("/sandi")
    assert "Cocokkan" not in page.links
    assert "Tagihan" in page.links
