"""What a paper would lack, told where it is issued, with the page where each item is filled in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flask import current_app, url_for

from kkpd.engines.paper import forms
from kkpd.records.issue import IssuePlan, lacking
from kkpd.web.request import permissions

#: item -> the page where it is filled in
_PAGES: Final = {
    **dict.fromkeys(
        (forms.GOVERNMENT, forms.OFFICE, forms.BUD_ADDRESS, forms.BANK), "admin.kepala"
    ),
    **dict.fromkeys((forms.ADDRESS, forms.NPWP), "admin.opd"),
    **dict.fromkeys((forms.NIP, forms.RANK), "admin.pengguna"),
    **dict.fromkeys((forms.DPA, forms.SPD, forms.ENOUGH_SPD), "admin.anggaran"),
    forms.SIGNER: "admin.penugasan",
    forms.REKENING: "admin.setelan",
}


@dataclass(frozen=True, slots=True)
class LackShown:
    """One item: what is missing, whose, where it is filled in; `address` for who may go there."""

    what: str
    whose: str
    place: str
    address: str = ""


def of_plans(*plans: IssuePlan) -> list[LackShown]:
    """What these papers would lack if they were issued now."""
    return shown(lacking(*plans))


def shown(lacks: Iterable[forms.Lack]) -> list[LackShown]:
    """The items as pages tell them."""
    return [
        LackShown(one.required.what, one.whose, one.required.tempat, _address(one)) for one in lacks
    ]


def _address(one: forms.Lack) -> str:
    endpoint = _PAGES.get(one.required, "")
    permission = permissions.declared(current_app, endpoint)
    return url_for(endpoint) if permission and permissions.may(permission) else ""
