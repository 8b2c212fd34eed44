"""The area's blueprint and what all its pages share."""

from __future__ import annotations

from flask import Blueprint

from kkpd.belanja import detail as belanja_detail
from kkpd.belanja.detail import PurchaseDetail
from kkpd.core.errors import NotFound
from kkpd.models import Transaksi
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _

bp = Blueprint("belanja", __name__, url_prefix="/<opd:opd>/<periode:periode>/belanja")


def fetch(transaksi_id: int) -> PurchaseDetail:
    """The purchase of the OPD in the address, whole; NotFound otherwise (law 12)."""
    found = belanja_detail.detail(reading(), chosen_opd().id, transaksi_id)
    if found is None:
        raise NotFound(_("Belanja tidak ditemukan."))
    return found


def baris(transaksi_id: int) -> Transaksi:
    """The purchase's row alone."""
    return fetch(transaksi_id).transaksi
