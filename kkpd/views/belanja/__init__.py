"""Purchases: the list, the form, one purchase with its evidence and class, the grid."""

from kkpd.views.belanja import banyak, bukti, daftar, isian, kelas, pecah, satu
from kkpd.views.belanja.dasar import bp

__all__ = ["banyak", "bp", "bukti", "daftar", "isian", "kelas", "pecah", "satu"]
