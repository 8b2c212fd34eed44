"""Reports: what was issued, drawing one up, long work, audit packages."""

from kkpd.views.laporan import arsip, audit, latar, luaran, susun
from kkpd.views.laporan.dasar import bp

__all__ = ["arsip", "audit", "bp", "latar", "luaran", "susun"]
