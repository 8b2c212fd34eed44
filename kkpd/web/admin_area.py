"""Shared by the administrator's pages: the blueprint, choices, saving a form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from kkpd.organisation import admin as organisation_admin
from kkpd.web.forms import options
from kkpd.web.globals import today
from kkpd.web.request.converters import whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _

bp = Blueprint("admin", __name__, url_prefix="/admin")


def opd_choices(empty: str | None = None) -> list[Any]:
    """OPDs for a select field; `empty` is the label of the empty choice."""
    rows = [(row.id, row.nama) for row in organisation_admin.opd(reading(), actor())]
    return options([("", empty), *rows] if empty is not None else rows)


def person_choices() -> list[Any]:
    """People for a select field."""
    return options(
        (row.id, row.nama) for row in organisation_admin.orang(reading(), actor(), today())
    )


def optional_id(text: str | None) -> int | None:
    """An id from a select field, None for its empty choice."""
    return whole_number(text or "")


__all__ = ["_", "actor", "bp", "needs", "opd_choices", "optional_id", "person_choices"]
