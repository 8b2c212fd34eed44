"""A card number typed into any form reaches neither database nor log (law 8)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import make_url

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.web.globals import engine
from kkpd.web.request import masking
from tests.cast import given as given_rows
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank

PAN = "4111 1111 1111 1111"
BARE = b"4111111111111111"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_nothing_of_it_is_kept(
    app: Flask, settings: Settings, entry: Callable[[str], PageClient], tmp_path: Path
) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        baris_bank(session, 90_000)
        given_rows(session)
    citra, joko = entry("citra"), entry("joko")
    note = f"Holder says card {PAN} was used"
    given = {"baris": "1", "jenis": "biaya", "catatan": note, "csrf_token": citra.csrf_token()}
    citra.post("/dinkes/2026-10/cocok/jelaskan", given)
    assert "****1111" in citra.get("/dinkes/2026-10/cocok/?tampil=dijelaskan").text
    page = joko.get("/admin/setelan")
    joko.submit(page, "/admin/setelan", kunci="alamat_bud", nilai=PAN, mulai="01/01/2026",
                dasar_hukum=f"kartu {PAN}")  # fmt: skip
    page = joko.get("/admin/pengguna/baru")
    joko.submit(page, "/admin/pengguna/baru", nama=f"Wira {PAN}", nip="197901012010011001")
    database = Path(make_url(settings.database_url).database or "")
    kept = [*database.parent.glob(f"{database.name}*"), *tmp_path.rglob("*.*")]
    assert database in kept
    for path in kept:
        data = path.read_bytes()
        assert BARE not in data.replace(b" ", b""), path
    assert "197901012010011001" in joko.get("/admin/pengguna").text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("npwp", True),
        ("baris-3-npwp", True),
        ("bukti-lama", True),
        ("kode_jawaban", True),
        ("catatan", False),
        ("teknik", False),  # it ends like nik
        ("terbaru", False),
        ("alasan_ulang", False),
        ("npwp-catatan", False),
    ],
)
def test_only_whole_names_are_left_as_typed(app: Flask, name: str, kept: bool) -> None:
    with app.test_request_context("/", method="POST", data={name: PAN}):
        masking._mask_form()
        assert (request.form[name] == PAN) is kept
