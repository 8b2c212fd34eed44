"""The grid of many purchases, and splitting one receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
GRID = {"tanggal": "14/10/2026", "kartu": "4821", "pembebanan": ATK}


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


def rows_of(citra: PageClient, *rows: dict[str, str], act: str = "simpan") -> dict[str, Any]:
    """The grid's fields with these rows."""
    names = (
        "tanggal",
        "kartu",
        "merchant",
        "uraian",
        "pembebanan",
        "nilai",
        "nota",
        "volume",
        "satuan",
        "harga_satuan",
    )
    return {
        "csrf_token": citra.csrf_token(),
        "kunci_kirim": "kunci",
        "tindakan": act,
        **{name: [row.get(name, "") for row in rows] for name in names},
    }


def test_a_grid_from_a_spreadsheet(entry: MASUK) -> None:
    citra = entry("citra")
    citra.get(f"{BASIS}/banyak")
    text = (
        "Tanggal\tKartu\tPenyedia\r\n"
        f"14/10/2026\t****4821\tToko A\tKertas\t{ATK}\t100.000\r\n"
        f"15/10/2026\t4821\tToko B\tPulpen\t{KEY}\tRp 50.000\tN1\t10\tbuah\t5.000\n"
    )
    fields = rows_of(citra, {}, act="tempel") | {"tempelan": text}
    page = citra.post(f"{BASIS}/banyak", fields, 200)
    assert page.tree.xpath("//input[@name='merchant']/@value") == ["Toko A", "Toko B"]
    after = citra.submit(page, f"{BASIS}/banyak", tindakan="simpan")
    assert after.location == "/dinkes/2026-10/kotak-bukti/"
    assert citra.get(f"{BASIS}/").h1 == "Belanja Oktober 2026: Rp 150.000"


def test_a_pasted_row_without_account_gets_its_shop_s_last(
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    one_item()
    citra = entry("citra")
    text = (
        "15/10/2026\t4821\tSUMBER REJEKI\tKertas\t\t100.000\n15/10/2026\t4821\tBaru\tA\t\t5.000\n"
    )
    fields = rows_of(citra, {}, act="tempel") | {"tempelan": text}
    page = citra.post(f"{BASIS}/banyak", fields, 200)
    assert page.tree.xpath("//input[@name='pembebanan']/@value") == [KEY, ""]


def test_doubles_in_the_grid_are_told_by_row_and_saved_by_a_tick(
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    first = one_item()
    citra = entry("citra")
    same = GRID | {"merchant": "Sumber Rejeki", "uraian": "Kertas", "nilai": "750.000"}
    other = GRID | {"merchant": "Toko Lain", "uraian": "Pulpen", "nilai": "9.000"}
    fields = rows_of(citra, same, other, other)
    asked = citra.post(f"{BASIS}/banyak", fields, 409)
    assert asked.links["14 Okt 2026, Toko Sumber Rejeki, Rp 750.000"] == f"{BASIS}/{first}"
    assert "Baris 3: sama dengan baris 2" in asked.text
    assert citra.get(f"{BASIS}/").h1 == "Belanja Oktober 2026: Rp 750.000"
    citra.submit(asked, f"{BASIS}/banyak", tindakan="simpan", tetap="y")
    assert citra.get(f"{BASIS}/").h1 == "Belanja Oktober 2026: Rp 1.518.000"


def test_a_grid_with_faults_saves_nothing(entry: MASUK) -> None:
    citra = entry("citra")
    good = GRID | {"merchant": "Toko A", "uraian": "Kertas", "nilai": "100.000"}
    bad = {
        "tanggal": "31/02/2026",
        "kartu": "0000",
        "pembebanan": "9.9",
        "nilai": "x",
        "merchant": "B",
    }
    page = citra.post(f"{BASIS}/banyak", rows_of(citra, good, {}, bad | {"volume": "1,5"}), 422)
    assert [error[:8] for error in page.errors()] == ["Baris 2,"] * 5
    assert len(page.tree.xpath("//input[@aria-invalid='true']")) == 5
    late = citra.post(f"{BASIS}/banyak", rows_of(citra, good, good | {"merchant": ""}), 422)
    assert late.errors() == ["Baris 2, Penyedia: Penyedia belum diisi."]
    empty = citra.post(f"{BASIS}/banyak", rows_of(citra, {}), 422)
    assert "Belum ada baris" in empty.text
    more = citra.post(f"{BASIS}/banyak", rows_of(citra, good, act="tambah"), 200)
    assert len(more.tree.xpath("//tbody/tr")) == 9
    assert "Belum ada belanja" in citra.get(f"{BASIS}/").text
    citra.post(f"{BASIS}/banyak", rows_of(citra, good))
    citra.post(f"{BASIS}/banyak", rows_of(citra, good))
    assert citra.get(f"{BASIS}/").h1 == "Belanja Oktober 2026: Rp 100.000"


def test_three_codes_by_hand_in_the_grid(entry: MASUK) -> None:
    citra = entry("citra")
    row = GRID | {"merchant": "A", "uraian": "Cetak", "nilai": "1.000"}
    typed = row | {"pembebanan": f"{SUB}|5.1.02.01.01.0026|PAD"}
    citra.post(f"{BASIS}/banyak", rows_of(citra, typed))
    assert citra.get(f"{BASIS}/?temuan=ada").h1 == "Belanja Oktober 2026: Rp 1.000"


def test_splitting_a_receipt(entry: MASUK, one_item: Callable[..., int]) -> None:
    number = one_item()
    citra = entry("citra")
    page = citra.get(f"{BASIS}/{number}/pecah")
    address = f"{BASIS}/{number}/pecah"
    fields = {
        "csrf_token": citra.csrf_token(),
        "versi": "1",
        "uraian": ["Kertas", "Tinta", ""],
        "nilai": ["500.000", "200.000", ""],
        "pembebanan": [KEY, "", ""],
    }
    wrong = citra.post(address, fields, 422)
    assert "selisih Rp 50.000" in wrong.text
    more = citra.post(address, fields | {"tindakan": "tambah"}, 200)
    assert "Bagian 5" in more.text
    strange = citra.post(address, fields | {"nilai": ["x", "1", ""]}, 422)
    assert "bukan nilai rupiah" in strange.text
    after = citra.post(address, fields | {"nilai": ["500.000", "250.000", ""]})
    assert "Dipecah menjadi 2 belanja" in citra.follow(after).text
    assert citra.get(f"{BASIS}/").h1 == "Belanja Oktober 2026: Rp 750.000"
    assert page.h1 == "Pecah nota Toko Sumber Rejeki: Rp 750.000"
