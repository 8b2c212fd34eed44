"""The administrator's area: OPDs, people and logins, roles, cards, settings, reference data."""

from kkpd.views.admin import acuan, dasar, kartu, opd, pengguna, penugasan, setelan
from kkpd.views.admin.dasar import bp

__all__ = ["acuan", "bp", "dasar", "kartu", "opd", "pengguna", "penugasan", "setelan"]
