"""Reconciliation: the month's page, its decisions, the four links, closing."""

from kkpd.views.cocok import halaman, putusan, tautan, tutup
from kkpd.views.cocok.dasar import bp

__all__ = ["bp", "halaman", "putusan", "tautan", "tutup"]
