"""Where to report a weakness of this installation (RFC 9116)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from kkpd import RELEASED, __version__
from kkpd.core.config import SettingError, Settings
from tests.program import leave, program

PLACE = "/.well-known/security.txt"


def test_without_a_contact_there_is_none(app: Flask) -> None:
    assert app.test_client().get(PLACE).status_code == 404


def test_it_names_contact_and_expiry(settings: Settings) -> None:
    more = {"security_contact": "mailto:aman@contoh.go.id", "public_url": "https://kkpd.go.id/"}
    app = program(_with(settings, more))
    answer = app.test_client().get(PLACE)
    leave(app)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:aman@contoh.go.id"
    assert fields["Canonical"] == "https://kkpd.go.id/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert expires - datetime.fromisoformat(RELEASED).replace(tzinfo=UTC) >= expires.resolution
    assert (expires.year, expires.month) == (int(RELEASED[:4]) + 1, int(RELEASED[5:7]))


def _with(settings: Settings, more: dict[str, str]) -> Settings:
    import dataclasses

    return dataclasses.replace(settings, **more)  # type: ignore[arg-type]  # texts all


def test_the_day_of_release_is_that_of_the_changelog() -> None:
    text = (Path(__file__).parents[2] / "CHANGELOG.md").read_text("utf-8")
    found = re.search(r"^## \[(\d[^\]]*)\] - (\S+)", text, re.MULTILINE)
    assert found is not None
    assert found.groups() == (__version__, RELEASED)


@pytest.mark.parametrize("contact", ["aman@contoh.go.id", "http://x", "mailto:"])
def test_a_contact_is_an_address(tmp_path: Path, contact: str) -> None:
    with pytest.raises(SettingError, match="KKPD_SECURITY_CONTACT"):
        Settings.load({"KKPD_INSTANCE": str(tmp_path), "KKPD_SECURITY_CONTACT": contact})
