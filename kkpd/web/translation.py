"""Two languages: Indonesian in the source, English from the catalogue.

`bahasa`, `tema` and `kerapatan` are cookies of their own, so that they also work before a login.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel.messages.mofile import read_mo
from flask import Flask, has_request_context, request
from flask_babel import Babel, gettext, lazy_gettext

from kkpd.web.globals import settings

LANGUAGES: Final = ("id", "en")
THEMES: Final = ("otomatis", "terang", "gelap")
#: How close the rows of tables stand.
DENSITY: Final = ("lega", "padat")
CATALOGUE: Final = Path(__file__).resolve().parent.parent / "translations"


def _(text: str, /, **values: object) -> str:
    """The text in the page's language, with its `%(name)s` filled in."""
    found: str = gettext(text, **values)
    return found


def _l(text: str) -> str:
    """The same, looked up only when shown: for texts defined at import, such as field labels."""
    found: str = lazy_gettext(text)
    return found


def N_(text: str) -> str:  # noqa: N802 - the customary mark for texts translated later
    """Mark a text for the catalogue; whoever shows it translates it."""
    return text


def compiled_texts(language: str) -> dict[tuple[str, str], str]:
    """What a compiled catalogue says: (context or nothing, text) to its translation."""
    with (CATALOGUE / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        entries = [one for one in read_mo(file) if one.id and one.string]
    return {(_context(one.context or ""), str(one.id)): str(one.string) for one in entries}


def _context(read: str | bytes) -> str:
    """Babel leaves the context that it reads in a compiled catalogue as bytes."""
    return read.decode() if isinstance(read, bytes) else read


def cookie_name(name: str) -> str:
    """The name of a cookie: outside demo mode only this very computer may set it, over https."""
    return f"__Host-{name}" if settings().secure_cookies else name


def language() -> str:
    """`id` or `en`, as this browser has chosen; Indonesian otherwise."""
    chosen = request.cookies.get(cookie_name("bahasa"), "id") if has_request_context() else "id"
    return chosen if chosen in LANGUAGES else "id"


def theme() -> str:
    """`otomatis` (as the device says), `terang` or `gelap`."""
    chosen = request.cookies.get(cookie_name("tema"), "otomatis")
    return chosen if chosen in THEMES else "otomatis"


def density() -> str:
    """`lega` (comfortable), or `padat` as this browser chose."""
    return "padat" if request.cookies.get(cookie_name("kerapatan")) == "padat" else "lega"


def setup(app: Flask) -> None:
    """Flask-Babel with our two languages and the office's zone."""
    with app.app_context():
        zone = settings().zone
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUE)
    Babel(app, default_locale="id", default_timezone=zone, locale_selector=language)
