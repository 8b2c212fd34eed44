"""The pages of what is owed and of the month's taxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.reconciliation import differences
from tests.cast import ACTORS, DINKES
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW, foto

LoggedIn = Callable[[str], PageClient]
TANGGUNGAN = "/dinkes/2026-10/tanggungan/"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """A month with a stamp duty on the bill and a purchase with tax."""

    def fill(engine: Engine) -> None:
        with writing(engine, EVERY_OPD) as session:
            worlds.enter(session)
            worlds.setelan(session, "ppn_kecuali_kartu", "ya")
            line = baris_bank(session, 10_000)[0]
            words = differences.Explain(line.id, "meterai", None, "meterai tagihan Oktober")
            differences.explain_difference(session, ACTORS["citra"], DINKES, words, NOW)
            taxes: dict[str, Any] = {"dpp": Rupiah.of(100_000), "ppn": Rupiah.of(11_000)}
            bought = worlds.belanja(rupiah=111_000, pemungut="penjual", **taxes)
            belanja_verbs.record(session, ACTORS["citra"], bought, NOW)

    return fill


def test_a_debt_is_paid_with_its_proof(entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.get(TANGGUNGAN)
    assert page.h1 == "Tanggungan di luar APBD: sisa Rp 10.000"
    form = citra.get(f"{TANGGUNGAN}?selisih_id=1")
    pay = f"{TANGGUNGAN}bayar"
    assert "bea meterai pada tagihan" in form.text
    none = citra.submit(form, pay, 422, nilai="10.001", nomor_bukti="KW/1")
    assert "paling banyak sisanya" in none.text
    citra.submit(form, pay, 422, nomor_bukti="")
    citra.post(pay, {"nilai": "1", "tanggal": "20/10/2026", "nomor_bukti": "x",
                     "penanggung": "bank", "selisih_id": "9" * 20}, 404)  # fmt: skip
    citra.submit(form, pay, nomor_bukti="KW/1", berkas=(foto(), "kuitansi.jpg"))
    page = citra.get(TANGGUNGAN)
    assert page.h1 == "Tanggungan di luar APBD: semua selesai"
    assert "berkas ada" in page.text
    citra.submit(page, f"{TANGGUNGAN}1/balik", alasan="salah kuitansi")
    assert "sisa Rp 10.000" in citra.get(TANGGUNGAN).h1
    seen = entry("dewi").get(f"{TANGGUNGAN}?selisih_id=1")
    assert not seen.tree.xpath("//form[contains(@action, 'bayar')]")


def test_the_months_taxes(entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.get("/dinkes/2026-10/pajak/")
    assert page.h1 == "Pajak Oktober 2026: 1 belanja belum lengkap datanya"
    assert "PPN atas belanja kartu tidak dipungut bendahara" in page.text
    assert "PPh 22 belum disetel" in page.text
    assert b"111000" in citra.get("/dinkes/2026-10/pajak/unduh.csv").body.replace(b".", b"")
    assert citra.get("/dinkes/2026-10/pajak/unduh.xlsx").body.startswith(b"PK")
    assert citra.get("/dinkes/2026-09/pajak/").h1 == "Pajak September 2026"
