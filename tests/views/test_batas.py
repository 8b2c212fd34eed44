"""The business limits of docs/keamanan.md by the web: recorded with a finding, seen on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.models import Kartu
from kkpd.pagu.ceilings.movements import Key, set_limit
from kkpd.web.globals import engine, today
from tests.architecture.source import ROOT
from tests.cast import given
from tests.client import PageClient
from tests.databases import Fill
from tests.views.matrix import HOLDERS
from tests.worlds import office as worlds
from tests.worlds.office import ATK, PAD, SUB, setelan

BASIS = "/dinkes/2026-10/belanja"
MASUK = Callable[[str], PageClient]
KEY = f"{SUB}|{ATK}|{PAD}"
LITTLE = Rupiah.of(100_000)


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


def ceiling(jenis: str, kunci: str) -> Callable[[Session], object]:
    """Lower a ceiling below the purchase."""
    return lambda session: set_limit(session, Key(1, 2026, jenis, kunci), LITTLE)


def card(session: Session) -> None:
    """Lower the ceiling of the card."""
    token = session.scalars(select(Kartu.token).where(Kartu.id == 1)).one()
    set_limit(session, Key(1, 2026, "kartu", token), LITTLE)


def setting(name: str, value: str) -> Callable[[Session], object]:
    """A dated setting of the region."""
    return lambda session: setelan(session, name, value)


#: The limit in the table -> how it comes to be, what is sent, what the page says.
LIMITS: dict[str, tuple[Callable[[Session], object], dict[str, Any], str]] = {
    "pagu DPA": (ceiling("dpa", KEY), {}, "kurang Rp 650.000"),
    "UP KKPD": (ceiling("up_kkpd", "UP"), {}, "kurang Rp 650.000"),
    "batas kartu": (card, {}, "kurang Rp 650.000"),
    "batas per penerima": (
        setting("max_per_payee_general", "100.000"),
        {},
        "kurang Rp 650.000",
    ),
    "pemakaian pertama": (setting("first_limit_goods", "100.000"), {}, "Pemakaian pertama kartu"),
    "batas pemakaian akhir tahun": (
        setting("year_end_use_cutoff", "2026-01-02"),
        {},
        "sesudah batas pemakaian kartu",
    ),
    "volume x harga": (
        lambda _session: None,
        {"volume": "3", "harga_satuan": "200.000", "satuan": "rim"},
        "3 x Rp 200.000 = Rp 600.000, bukan Rp 750.000",
    ),
    "DPP + pajak": (
        lambda _session: None,
        {"dpp": "600.000", "ppn": "66.000"},
        "tidak sama dengan nilai Rp 750.000",
    ),
    "pajak dan dasarnya": (
        lambda _session: None,
        {"dpp": "600.000", "ppn": "150.000"},
        "PPN Rp 150.000 lebih dari 12%",
    ),
}


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("name", LIMITS)
def test_each_limit_of_the_table_is_told_and_the_purchase_is_kept(
    app: Flask, entry: MASUK, name: str
) -> None:
    lower, further, words = LIMITS[name]
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        day = today()
        lower(session)
        given(session)
    citra = entry("citra")
    page = citra.get(f"{BASIS}/baru")
    fields: dict[str, Any] = {
        "tanggal": f"{day - timedelta(days=max(0, day.weekday() - 4)):%d/%m/%Y}",
        "nilai": "750.000",
        "kartu_id": "1",
        "merchant": "Toko Sumber Rejeki",
        "uraian": "Kertas HVS dan pulpen",
        "pembebanan": KEY,
    }
    after = citra.submit(page, f"{BASIS}/baru", **fields, **further)
    assert words in citra.follow(after).text


def test_every_limit_stands_in_the_paper_and_only_the_named_may_lift_it() -> None:
    paper = (ROOT / "docs" / "keamanan.md").read_text("utf-8")
    assert [name for name in LIMITS if f"| {name} |" not in paper] == []
    for permission in ("kartu:kelola", "anggaran:kelola", "pengaturan:kelola"):
        assert set(HOLDERS[permission].split()) == {"joko", "mira"}  # the administrators
    assert set(HOLDERS["up:usulkan"].split()) == {"dewi", "indra"}  # PA
