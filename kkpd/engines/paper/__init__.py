"""Frozen documents: one builder a form, each giving a `Dokumen` whose totals are asserted."""

from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import (
    Butir,
    Kelompok,
    Kolom,
    Kop,
    Orang,
    Paragraf,
    Rincian,
    Tabel,
    TandaTangan,
    Terbilang,
    TotalsDiffer,
    tabel,
)

__all__ = [
    "Butir",
    "Dokumen",
    "Kelompok",
    "Kolom",
    "Kop",
    "Orang",
    "Paragraf",
    "Rincian",
    "Tabel",
    "TandaTangan",
    "Terbilang",
    "TotalsDiffer",
    "tabel",
]
