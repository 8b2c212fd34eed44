"""The list of purchases, the downloads, and who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine as engine_of
from kkpd.web.globals import now
from tests.cast import ACTORS
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, PAD, SUB

BASIS = "/dinkes/2026-10/belanja"
MASUK = Callable[[str], PageClient]
KEY = f"{SUB}|{ATK}|{PAD}"


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def one_item(app: Flask) -> Callable[..., int]:
    """Record a purchase of October 2026 and give its number."""

    def record(**changes: object) -> int:
        with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
            return belanja_verbs.record(
                session, ACTORS["citra"], worlds.belanja(**changes), now()
            ).id

    return record


def test_the_list_filters_sorts_pages_and_totals(
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    for n in range(55):
        one_item(kunci_kirim=f"k{n}", rupiah=1_000 + n, nota=f"N{n}", merchant=f"Toko {n:02d}")
    citra = entry("citra")
    page = citra.get(f"{BASIS}/?urut=nilai")
    assert page.h1 == "Belanja Oktober 2026: Rp 56.485"
    assert len(page.tree.xpath("//tbody/tr")) == 50
    second = citra.get(page.links["Berikutnya ›"])
    assert len(second.tree.xpath("//tbody/tr")) == 5
    assert "Toko 54" in second.text
    for order in ("-tanggal", "merchant", "-merchant", "-nilai", "entah"):
        page = citra.get(f"{BASIS}/?urut={order}")
        seen = [
            *page.tree.xpath("//tbody/tr/@id"),
            *citra.get(page.links["Berikutnya ›"]).tree.xpath("//tbody/tr/@id"),
        ]
        assert len(set(seen)) == 55
    assert "Toko 07" in citra.get(f"{BASIS}/?cari=toko+07&kelas=operasi&bukti=tanpa").text
    for none in ("kelas=modal", "temuan=ada", "bukti=ada", "cari=%25", "kartu=3", "status=lunas"):
        assert "Tidak ada belanja yang sesuai" in citra.get(f"{BASIS}/?{none}").text
    for strange in ("sesudah=x~y", "sesudah=1~bukan", "kartu=x", "status=zz", "bukti=zz"):
        assert len(citra.get(f"{BASIS}/?{strange}").tree.xpath("//tbody/tr")) == 50
    other = citra.get("/dinkes/2026-09/belanja/?cari=toko+07")
    assert "Tidak ada" in other.text
    whole = citra.get(other.links["Cari setahun"])
    assert "Toko 07" in whole.text
    assert "Cari setahun" not in citra.get("/dinkes/2026-09/belanja/?cari=zz&setahun=1").links
    assert len(citra.get("/dinkes/2026-09/belanja/?setahun=1").tree.xpath("//tbody/tr")) == 50


def test_downloads_are_harmless(entry: MASUK, one_item: Callable[..., int]) -> None:
    one_item(merchant="=HYPERLINK(1)")
    one_item(kunci_kirim="2", merchant="Toko Biasa", rupiah=100)
    citra = entry("citra")
    page = citra.get(f"{BASIS}/?cari=hyper")
    got = citra.get(page.links["CSV"])
    rows = list(csv.DictReader(io.StringIO(got.body.decode("utf-8-sig"))))
    assert [row["Penyedia"] for row in rows] == ["'=HYPERLINK(1)"]
    assert rows[0]["Nilai"] == "750000.00"
    assert "attachment" in got.response.headers["Content-Disposition"]
    book = citra.get(page.links["XLSX"])
    assert book.body.startswith(b"PK")


def test_who_may_see_and_who_may_act(entry: MASUK, one_item: Callable[..., int]) -> None:
    number = one_item()
    dewi = entry("dewi")
    page = dewi.get(f"{BASIS}/{number}")
    assert "Ubah" not in page.links
    dewi.get(f"{BASIS}/baru", 403)
    entry("ani").get(f"{BASIS}/{number}", 403)
    entry("eko").get(f"{BASIS}/{number}", 404)
    entry("citra").get(f"{BASIS}/999", 404)
    entry("citra").get(f"{BASIS}/999/ubah", 404)
