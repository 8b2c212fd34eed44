"""The catalogues agree with the source, and the English pages are English."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.client import PageClient

ROOT = Path(__file__).resolve().parents[2]

#: What every page stands on; an area adds its own texts with script/translations.py update.
GROUND = (
    "web/charts.py",
    "web/request/errors.py",
    "web/filters.py",
    "web/forms.py",
    "web/navigation.py",
    "web/page.py",
    "web/request/permissions.py",
    "core/permissions.py",
    "templates/layouts/",
    "templates/components/",
    "templates/pages/galat.html",
    "templates/pages/masuk/",
    "templates/pages/beranda/",
    "views/organisation/login.py",
    "views/home.py",
)


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("translations", ROOT / "script/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_ground_has_english(translations: ModuleType) -> None:
    assert translations.missing(GROUND) == []


def test_compiled_catalogues_agree_with_their_sources(translations: ModuleType) -> None:
    assert translations.stale() == []


def test_every_text_can_be_filled_in(translations: ModuleType) -> None:
    """A template fills in every text, also one without a place: a bare percent sign breaks it.

    Both languages name the same places, or one of them would fail on what it is given.
    """
    place = re.compile(r"%\((\w+)\)s")
    for message in translations.load("en"):
        for text in (message.id, message.string):
            assert "%" not in place.sub("", text).replace("%%", ""), text
        if message.string:
            assert set(place.findall(message.id)) == set(place.findall(message.string)), message.id


def test_the_script_refuses_an_unknown_word() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "script/translations.py", "entah"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "translations.py update" in done.stderr


def test_language_and_theme_are_kept_and_lead_back(client: PageClient) -> None:
    page = client.get("/masuk?lanjut=/sandi")
    assert page.h1 == "Masuk"
    assert page.tree.get("data-theme") == "otomatis"
    assert page.tree.get("data-kerapatan") == "lega"
    after = client.submit(page, "/preferensi", bahasa="en", tema="gelap", kerapatan="padat")
    assert after.location == "/masuk?lanjut=/sandi"
    page = client.follow(after)
    assert page.h1 == "Log in"
    assert page.tree.get("lang") == "en"
    assert page.tree.get("data-theme") == "gelap"
    assert page.tree.get("data-kerapatan") == "padat"
    refused = client.submit(page, "/masuk", 422, nama="", sandi="x")
    assert refused.errors() == ["Login name: This field is required."]


def test_a_refused_form_leads_back_to_a_page_that_opens(client: PageClient) -> None:
    refused = client.submit(client.get("/masuk"), "/masuk", 422, nama="", sandi="x")
    assert client.submit(refused, "/preferensi", bahasa="en").location == "/masuk"


def test_unknown_preferences_change_nothing(client: PageClient) -> None:
    after = client.post("/preferensi", {"bahasa": "xx", "tema": "merah", "lanjut": "//jahat.id"})
    assert after.location == "/"
    assert "Set-Cookie" not in {
        name for name, value in after.response.headers if value.startswith(("bahasa", "tema"))
    }
