"""The whole endpoint x role matrix (law 12): refused by default, and strangers see nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from kkpd.core.permissions import ALL_PERMISSIONS
from kkpd.web.request import permissions
from kkpd.web.request.permissions import declared, needs
from tests.cast import ACTORS, DINKES
from tests.client import PageClient
from tests.views.matrix import ENDPOINTS, HOLDERS, PUBLIC

#: What stands in an address for each of its variables: an OPD that exists, rows that do not.
SAMPLE: dict[str, Any] = {"opd": "dinkes", "periode": "2026-10", "filename": "ikon.svg"}


def _endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


def test_every_endpoint_stands_in_the_table_with_its_permission(app: Flask) -> None:
    found = {name: declared(app, name) for name in _endpoints(app) - permissions.PUBLIC}
    assert found == ENDPOINTS
    assert _endpoints(app) & permissions.PUBLIC == PUBLIC


def test_every_permission_stands_in_the_table() -> None:
    assert set(HOLDERS) == ALL_PERMISSIONS


@pytest.mark.parametrize("permission", sorted(HOLDERS))
def test_who_holds_a_permission(permission: str) -> None:
    holders = {name for name, who in ACTORS.items() if who.can(permission, DINKES)}
    assert holders - {"eko"} == set(HOLDERS[permission].split())
    assert permission == "akun:sendiri" or "eko" not in holders


def test_strangers_are_sent_to_the_login_page_from_everywhere(app: Flask) -> None:
    client = PageClient(app)
    for rule, method in _calls(app):
        if rule.endpoint not in PUBLIC:
            answer = client.http.open(_path(rule), method=method)
            assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/masuk"), rule


@pytest.mark.parametrize("database_kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("nama", sorted(ACTORS))
def test_each_person_is_refused_exactly_where_the_table_says(app: Flask, nama: str) -> None:
    """Eko, of another OPD, finds nothing in Dinas Kesehatan (404); others are told (403)."""
    app.config["WTF_CSRF_ENABLED"] = False  # the permission is asked before the token
    client = PageClient(app).entry(nama)
    for rule, method in _calls(app):
        if rule.endpoint in PUBLIC or rule.endpoint == "masuk.keluar":
            continue
        status = client.http.open(_path(rule), method=method).status_code
        alike = "citra" if nama == "eko" else nama  # both are treasurers
        if nama == "eko" and "opd" in rule.arguments:
            assert status == 404, rule
        elif alike in HOLDERS[ENDPOINTS[rule.endpoint]].split():
            assert status not in {401, 403, 500}, (rule, status)
        else:
            assert status == 403, (rule, status)


def _calls(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def _path(rule: Rule) -> str:
    values = {
        name: SAMPLE.get(name, 999_999 if isinstance(converter, IntegerConverter) else "tidak-ada")
        for name, converter in rule._converters.items()
    }
    built = rule.build(values)
    assert built is not None
    return built[1]


def test_an_endpoint_that_declares_nothing_is_refused(app: Flask) -> None:
    app.add_url_rule("/terlupa", endpoint="terlupa", view_func=lambda: "rahasia")
    app.testing = False
    for client in (PageClient(app), PageClient(app).entry("joko")):
        page = client.get("/terlupa", 500)
        assert "rahasia" not in page.html
    with pytest.raises(AssertionError):
        test_every_endpoint_stands_in_the_table_with_its_permission(app)


def test_a_permission_that_does_not_exist_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="tagihan:liat"):
        needs("tagihan:liat")


def test_a_permission_is_asked_for_the_opd_in_the_address(app: Flask) -> None:
    app.add_url_rule(
        "/<opd:opd>/<periode:periode>/coba",
        endpoint="coba",
        view_func=needs("tagihan:lihat")(lambda opd, periode: f"{opd} {periode}"),
    )
    for nama, opd, status in (
        ("citra", "dinkes", 200),
        ("citra", "disdik", 404),
        ("eko", "disdik", 200),
        ("eko", "dinkes", 404),
        ("ani", "dinkes", 403),
        ("gilang", "dinkes", 200),
        ("fitri", "disdik", 200),
        ("joko", "dinkes", 403),
        ("citra", "tidak-ada", 404),
    ):
        client = PageClient(app).entry(nama)
        answer = client.http.get(f"/{opd}/2026-10/coba")
        assert answer.status_code == status, (nama, opd)
