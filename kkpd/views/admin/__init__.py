"""The administrator's area: OPDs, people and logins, roles, cards, settings, reference data."""

from kkpd.views.admin import acuan, anggaran, dasar, kartu, opd, pengguna, penugasan, setelan, up
from kkpd.views.admin.dasar import bp

__all__ = [
    "acuan",
    "anggaran",
    "bp",
    "dasar",
    "kartu",
    "opd",
    "pengguna",
    "penugasan",
    "setelan",
    "up",
]
