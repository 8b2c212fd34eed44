"""The area's blueprint and what its pages share: the list shown, the place kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.views.reconciliation.listing import Wanted
from kkpd.web.page import see
from kkpd.web.request.converters import sen, whole_number
from kkpd.web.translation import N_, _

bp = Blueprint("cocok", __name__, url_prefix="/<opd:opd>/<periode:periode>/cocok")

#: What to do where a form lacks a number or holds something else.
_MISSING = {
    "baris": N_("Pilih barisnya lalu coba lagi."),
    "transaksi": N_("Pilih belanjanya lalu coba lagi."),
    "satu_belanja": N_("Pilih belanjanya lalu coba lagi."),
    "pemilik": N_("Pilih orang dari OPD ini."),
}

SHOW_CHOICES = ("perlu", "semua", "cocok", "dijelaskan")


def shown() -> str:
    """Which lines the list shows, as the address asks."""
    asked = request.args.get("tampil", "perlu")
    return asked if asked in SHOW_CHOICES else "perlu"


def asked(name: str) -> int | None:
    """A row's number in the address or the form."""
    return whole_number(request.values.get(name, ""))


def kept() -> dict[str, Any]:
    """What of the address stays the same from act to act: which lines, found how, in what order."""
    return {"tampil": None if shown() == "perlu" else shown(), **Wanted.asked().address()}


def back(**values: int) -> Response:
    """To the same list, the place kept."""
    return see("cocok.index", **kept(), **values)


def number(name: str) -> int:
    """The number that a form must carry."""
    value = whole_number(request.form.get(name, ""))
    if value is None:
        raise DomainError(_(_MISSING.get(name, _MISSING["baris"])), field=name)
    return value


def numbers(name: str) -> list[int]:
    """Every number of a field that may come several times."""
    sent = map(whole_number, request.form.getlist(name))
    return [one for one in sent if one is not None]


def visible() -> Rupiah | None:
    """The open part of the line as the person saw it; None from a form that does not say."""
    return sen(request.form.get("terlihat", ""))
