"""Quotas of uploads, exports and report jobs, and a disk without room: a sentence, nothing half."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Berkas, Bukti
from kkpd.records import quotas
from kkpd.records.quotas import MIB, Quota
from kkpd.web.globals import engine
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, csv

LoggedIn = Callable[[str], PageClient]
UNGGAH = "/dinkes/2026-10/tagihan/unggah"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def upload(client: PageClient, data: bytes, status: int) -> str:
    """Send a bill; the words of the answer."""
    fields = {"berkas": (data, "tagihan.csv"), "profil": "", "jenis": ""}
    return client.post(UNGGAH, fields, status).html


def test_uploads_of_a_person_are_bounded(entry: LoggedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "QUOTAS", {**quotas.QUOTAS, "unggah": Quota("unggahan", 2, 3, MIB)})
    citra = entry("citra")
    citra.csrf_token()
    upload(citra, b"", 422)
    upload(citra, csv([KOPI]), 303)
    assert "Unggahan Anda sudah 2 kali dalam satu jam" in upload(citra, csv([KOPI]), 429)
    upload(entry("kartika"), b"", 422)


def test_bytes_of_a_person_are_bounded(entry: LoggedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "QUOTAS", {**quotas.QUOTAS, "unggah": Quota("unggahan", 9, 9, MIB)})
    citra = entry("citra")
    assert "Perkecil berkasnya atau lanjutkan besok" in upload(citra, b"x" * (MIB + 1), 429)


def test_exports_are_bounded(entry: LoggedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "QUOTAS", {**quotas.QUOTAS, "ekspor": Quota("unduhan", 1, 9)})
    citra = entry("citra")
    citra.get("/dinkes/2026-10/belanja/unduh.csv")
    assert "Unduhan Anda" in citra.get("/dinkes/2026-10/belanja/unduh.xlsx", 429).text


def kept(settings: Settings) -> list[Path]:
    """Files in the store, hidden ones too."""
    return [path for path in (settings.instance / "berkas").rglob("*") if path.is_file()]


def test_a_full_disk_is_a_507_and_nothing_is_half_written(
    app: Flask, settings: Settings, entry: LoggedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    citra, before = entry("citra"), kept(settings)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        rows = [session.scalar(select(func.count()).select_from(one)) for one in (Berkas, Bukti)]
    monkeypatch.setattr(os, "fsync", full)
    assert "Ruang penyimpanan penuh" in upload(citra, csv([KOPI]), 507)
    monkeypatch.undo()
    assert kept(settings) == before
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        after = [session.scalar(select(func.count()).select_from(one)) for one in (Berkas, Bukti)]
    assert after == rows
    upload(citra, csv([KOPI]), 303)


def test_health_tells_when_room_runs_out(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/sehat").json["keadaan"] == "sehat"
    nearly = shutil.disk_usage("/")._replace(free=3 * MIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: nearly)
    assert "tersisa 3 MB" in client.get("/sehat", 503).json["pesan"]
