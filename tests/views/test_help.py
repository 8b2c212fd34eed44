"""Every page has its help, and the guide that it leads to has the heading."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from kkpd.core.permissions import Role
from kkpd.web.guide import chapters
from kkpd.web.guide.help import page_help, pages
from tests.client import Page, PageClient
from tests.views.matrix import PUBLIC

#: It answers a file.
ELSEWHERE = {"belanja.koreksi"}
#: Pages that strangers read carry their own words.
STRANGERS = {name for name in PUBLIC if not name.startswith("periksa.")}


def shows_a_page(app: Flask, endpoint: str) -> bool:
    """Whether the view may answer with a page of its own, by what it says that it returns."""
    view = inspect.unwrap(app.view_functions[endpoint])
    said = str(inspect.signature(view).return_annotation)
    return "str" in said or "ResponseReturnValue" in said


def calls(app: Flask) -> Iterator[tuple[str, str, str]]:
    """(endpoint, method, address) of everything that may answer with a page."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in STRANGERS | ELSEWHERE or not shows_a_page(app, rule.endpoint):
            continue
        values = {"opd": "dinkes", "periode": "2026-10", "peran": "pa"}
        given = {name: values.get(name, 1) for name in rule.arguments}
        built = rule.build(given)
        assert built is not None
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule.endpoint, method, built[1]


def test_every_page_has_its_help(app: Flask) -> None:
    without = []
    for endpoint, method, address in calls(app):
        with app.test_request_context(address, method=method):
            if page_help() is None:
                without.append((endpoint, method))
    assert without == []


def test_a_page_without_an_entry_is_found(app: Flask) -> None:
    view: Callable[[], str] = lambda: "baru"  # noqa: E731 -- it must carry its annotation
    view.__annotations__ = {"return": "str"}
    app.add_url_rule("/baru", endpoint="baru.index", view_func=view)
    with pytest.raises(AssertionError, match="baru"):
        test_every_page_has_its_help(app)


def test_help_names_no_page_that_is_gone(app: Flask) -> None:
    assert set(pages()) - set(app.view_functions) == set()


def test_help_leads_to_a_heading_of_the_guide(app: Flask) -> None:
    with app.test_request_context("/"):
        known = {
            f"{path.stem}#{id_}"
            for path in chapters.FOLDER.glob("*.md")
            for id_, _words in chapters.chapter(path.stem).headings
        }
    assert {one.guide for one in pages().values()} - known == set()


def test_the_help_stands_folded_under_the_heading(entry: Callable[[str], PageClient]) -> None:
    page = entry("citra").get("/dinkes/2026-10/tagihan/unggah")
    folded = page.tree.find(".//details[@class='help no-print']")
    assert folded is not None
    assert folded.get("open") is None
    assert "Permendagri 79/2022 Pasal 5 dan 6" in page.text
    assert folded.xpath(".//a/@href") == ["/panduan/bendahara#tagihan"]


def test_a_refused_form_keeps_the_help_of_its_page(entry: Callable[[str], PageClient]) -> None:
    citra, address = entry("citra"), "/dinkes/2026-10/belanja/baru"
    refused = citra.submit(citra.get(address), address, status=422)
    assert "Mencatat atau memperbaiki satu belanja." in refused.text


def test_help_is_english_for_who_reads_english(entry: Callable[[str], PageClient]) -> None:
    citra = entry("citra")
    citra.post("/preferensi", {"bahasa": "en", "lanjut": "/"})
    page = citra.get("/dinkes/2026-10/tagihan/unggah")
    assert "Taking in a bill file from the bank." in page.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reads_its_guide(role: Role, entry: Callable[[str], PageClient]) -> None:
    page = entry("ani").get(f"/panduan/{chapters.CHAPTERS.get(role, role.value)}")
    assert page.tree.findall(".//article//p")


def test_the_list_of_the_guide_leads_to_every_page(entry: Callable[[str], PageClient]) -> None:
    page = entry("ani").get("/panduan/")
    links = {one.get("href") for one in page.tree.findall(".//article//a")}
    pages_of_roles = {path.stem for path in chapters.FOLDER.glob("*.md")} - {"README"}
    assert {f"/panduan/{name}" for name in pages_of_roles} <= links


def test_the_guide_has_its_pictures_and_they_are_small(entry: Callable[[str], PageClient]) -> None:
    ani = entry("ani")
    named = {
        str(source)
        for path in chapters.FOLDER.glob("*.md")
        for source in _whole(ani, path.stem).tree.xpath("//article//img/@src")
    }
    kept = {f"/panduan/gambar/{path.name}" for path in (chapters.FOLDER / "gambar").glob("*.png")}
    assert named == kept
    assert sum(path.stat().st_size for path in chapters.FOLDER.rglob("*.png")) < 3_000_000
    assert ani.get(sorted(named)[0]).body.startswith(b"\x89PNG")


def _whole(client: PageClient, name: str) -> Page:
    return client.get("/panduan/" if name == "README" else f"/panduan/{name}")


def test_no_other_file_is_reached_through_the_guide(entry: Callable[[str], PageClient]) -> None:
    for address in ("/panduan/arsitektur", "/panduan/..%2Farsitektur", "/panduan/gambar/x.png"):
        entry("ani").get(address, 404)
