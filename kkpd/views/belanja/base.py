"""The two areas of purchases, the treasurer's and the holder's own, and what their pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Blueprint, request

from kkpd.belanja import detail as belanja_detail
from kkpd.belanja.detail import PurchaseDetail
from kkpd.core.errors import NotFound
from kkpd.models import Transaksi
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _

View = TypeVar("View", bound=Callable[..., Any])

bp = Blueprint("belanja", __name__, url_prefix="/<opd:opd>/<periode:periode>/belanja")
own = Blueprint("belanja_saya", __name__, url_prefix="/<opd:opd>/<periode:periode>/belanja-saya")
_AREAS: Final = ((bp, "belanja:catat"), (own, "belanja_saya:catat"))


def in_both(rule: str, method: str, *, on: str = "") -> Callable[[View], View]:
    """An act on one purchase, in the treasurer's area and in the holder's own; `on` is the page on
    which its form stands (`stands_on`).
    """

    def declare(view: View) -> View:
        for area, permission in _AREAS:
            act = stands_on(f"{area.name}.{on}")(view) if on else _copy(view)
            area.route(rule, methods=[method])(needs(permission)(act))
        return view

    return declare


def _copy(view: View) -> View:
    """The permission is written on the function, so each area has one of its own."""

    @wraps(view)
    def called(*args: Any, **values: Any) -> Any:
        return view(*args, **values)

    return called  # type: ignore[return-value]  # of the same kind


def only_of() -> int | None:
    """Whose purchases exist here: in the holder's own area the actor's alone."""
    return actor().orang_id if request.blueprint == own.name else None


def fetch(transaksi_id: int) -> PurchaseDetail:
    """The purchase of the OPD in the address, whole; NotFound otherwise, and in the holder's own
    area also for another's (law 12).
    """
    found = belanja_detail.detail(reading(), chosen_opd().id, transaksi_id)
    me = only_of()
    if found is None or me not in (None, found.transaksi.pemegang_id, found.transaksi.pemakai_id):
        raise NotFound(_("Belanja tidak ditemukan."))
    return found


def baris(transaksi_id: int) -> Transaksi:
    """The purchase's row alone."""
    return fetch(transaksi_id).transaksi
