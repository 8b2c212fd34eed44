"""The menu and the first screen of each role (`ROLES` in core/permissions.py).

Items whose endpoint does not exist or whose permission the actor lacks are left out. The first
remaining item is the page after login. A new area adds its line to ITEMS and its key to the roles
that do that work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import current_app, g, request, url_for

from kkpd.core.permissions import ROLES, Actor
from kkpd.web.request.permissions import declared
from kkpd.web.translation import N_, _

#: key -> (label, endpoint)
ITEMS: Final[Mapping[str, tuple[str, str]]] = {
    "bulan_ini": (N_("Bulan ini"), "bulan_ini.index"),
    "belanja_saya": (N_("Belanja saya"), "belanja_saya.index"),
    "kotak_bukti": (N_("Kotak bukti"), "kotak_bukti.index"),
    "persetujuan": (N_("Untuk disetujui"), "persetujuan.index"),
    "tagihan": (N_("Tagihan"), "tagihan.index"),
    "belanja": (N_("Belanja"), "belanja.index"),
    "cocok": (N_("Cocokkan"), "cocok.index"),
    "dpr": (N_("DPR & DPT"), "dpr.index"),
    "pembayaran": (N_("Pembayaran"), "pembayaran.index"),
    "pagu": (N_("Pagu & UP"), "pagu.index"),
    "papan": (N_("Papan"), "papan.index"),
    "pemantauan": (N_("Pemantauan"), "pemantauan.index"),
    "kasus": (N_("Tindak lanjut"), "kasus.index"),
    "periode": (N_("Periode"), "periode.index"),
    "peristiwa": (N_("Peristiwa"), "peristiwa.index"),
    "laporan": (N_("Laporan"), "laporan.index"),
    "cari": (N_("Cari"), "cari.index"),
    "admin": (N_("Pengaturan"), "admin.index"),
    "pengguna": (N_("Pengguna"), "admin.pengguna"),
    "penugasan": (N_("Penugasan"), "admin.penugasan"),
    "opd": (N_("OPD"), "admin.opd"),
    "kartu": (N_("Kartu"), "admin.kartu"),
    "setelan": (N_("Setelan"), "admin.setelan"),
    "acuan": (N_("Acuan"), "admin.acuan"),
    "anggaran": (N_("Anggaran"), "admin.anggaran"),
}


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the menu; `current` is "page", "true" (inside the area) or None."""

    label: str
    url: str
    current: str | None


def endpoints(actor: Actor) -> tuple[tuple[str, str], ...]:
    """(label, endpoint) of what this actor may open, in the order of their roles, none twice."""
    keys = dict.fromkeys(key for peran in actor.peran for key in ROLES[peran].menu.split())
    return tuple(ITEMS[key] for key in keys if _may_open(actor, ITEMS[key][1]))


def _may_open(actor: Actor, endpoint: str) -> bool:
    if endpoint not in current_app.view_functions:
        return False
    permission = declared(current_app, endpoint)
    return permission is not None and actor.can(permission)


def navigation() -> tuple[MenuEntry, ...]:
    """The menu of this request's actor; empty for strangers."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return ()
    if "navigation" not in g:
        g.navigation = tuple(
            MenuEntry(_(label), url_for(endpoint), _current(endpoint))
            for label, endpoint in endpoints(actor)
        )
    found: tuple[MenuEntry, ...] = g.navigation
    return found


def _current(endpoint: str) -> str | None:
    if request.endpoint == endpoint:
        return "page"
    area = endpoint.partition(".")[0]
    own_page = endpoint.endswith(".index")
    return "true" if own_page and request.blueprint == area and not _has_own_item() else None


def _has_own_item() -> bool:
    return any(endpoint == request.endpoint for _label, endpoint in ITEMS.values())
