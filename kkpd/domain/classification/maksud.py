"""What a purchase is for, where its own words say so: to be given away, or to add to an asset.

Purpose stands over what the thing is: a tractor for a farmers' group is operational spending
(5.1.02.01.01.0039, 5.1.02.05, 5.1.05; PSAP 07: an asset is for the government's own use), and a
repair that adds life or capacity is capital (PSAP 07 on later spending).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kkpd.domain.classification import teks

_PENERIMA = (
    "masyarakat|warga|penduduk|kelompok|poktan|gapoktan|petani|nelayan|peternak|pembudidaya|umkm|"
    "ukm|ikm|siswa|murid|pelajar|santri|mahasiswa|anak|balita|lansia|korban|penyandang|keluarga|"
    "fakir|yatim|pesantren|ponpes|masjid|mesjid|musala|mushola|gereja|sekolah|madrasah|desa|"
    "pemenang|peserta|pihak|organisasi|yayasan|koperasi|bumdes|instansi"
)
_UNTUK = r"(?:kepada|untuk|bagi|ke|pada|buat|para|oleh)"
#: Said outright: given, granted, handed out.
_JELAS = re.compile(
    rf"\b(?:diserahkan|dihibahkan|dibagikan|disalurkan|disumbangkan|diberikan|dihadiahkan)"
    rf"(?:\s+(?:secara\s+)?\w+){{0,2}}?\s+{_UNTUK}\s+(?:para\s+)?(?:{_PENERIMA})\b"
    r"|\b(?:untuk|akan)\s+(?:dijual\s+)?(?:diserahkan|dihibahkan|dibagikan)\b"
    r"|\b(?:belanja\s+)?hibah\s+(?:barang|kepada|untuk|berupa)\b|\bbantuan\s+sosial\b|\bbansos\b"
)
#: Most often means the same.
_BIASA = re.compile(
    rf"\bbantuan\s+(?:\w+\s+){{0,2}}?(?:(?:{_UNTUK})\s+(?:para\s+)?)?(?:{_PENERIMA})\b"
    r"|\bhadiah\b|\bdoorprize\b|\bdoor\s+prize\b"
)
#: A source of money, or a purpose denied, is no purpose.
_BUKAN = re.compile(
    r"\b(?:tidak|bukan|dari)\s+(?:\w+\s+)?(?:untuk\s+)?(?:diserahkan|dihibahkan|dibagikan|hibah|"
    r"bantuan)\b|\b(?:dana|sumber)\s+(?:hibah|bantuan)\b|\bbantuan\s+(?:operasional|keuangan|teknis|"
    r"hukum|hidup|dana)\b|\bhibah\s+dari\b"
)
_PEMICU = frozenset(
    [
        "diserahkan",
        "dihibahkan",
        "dibagikan",
        "disalurkan",
        "disumbangkan",
        "diberikan",
        "dihadiahkan",
        "hibah",
        "bantuan",
        "bansos",
        "hadiah",
        "doorprize",
        "door",
    ]
)

_PERBAIKAN = frozenset(
    [
        "perbaikan",
        "pemeliharaan",
        "perawatan",
        "overhaul",
        "rehab",
        "rehabilitasi",
        "renovasi",
        "restorasi",
        "servis",
        "service",
        "upgrade",
        "penggantian",
        "modifikasi",
    ]
)
_SEMUA = _PEMICU | _PERBAIKAN
_MENAMBAH = re.compile(
    r"\b(?:menambah|penambahan|meningkatkan|memperpanjang|memperbesar)\s+(?:\w+\s+){0,2}?"
    r"(?:umur|kapasitas|daya|masa\s+manfaat|masa\s+pakai|mutu|volume|luas)\b"
)


class Maksud(NamedTuple):
    """A purpose: `diserahkan` or `menambah`, the words that say it, and the chance it holds."""

    jenis: str
    kutipan: str
    yakin: float


#: How sure a purpose is, said outright or only most often meant.
YAKIN_JELAS = 0.95
YAKIN_BIASA = 0.85
YAKIN_MENAMBAH = 0.88


def maksud(uraian: str, spesifikasi: str = "") -> Maksud | None:
    """The purpose that the words name; None for nearly all purchases."""
    words = teks.kata(uraian)
    more = teks.kata(spesifikasi, teks.MAKS_SPESIFIKASI) if spesifikasi else ()
    if _SEMUA.isdisjoint(words) and _SEMUA.isdisjoint(more):
        return None
    if not (_PEMICU.isdisjoint(words) and _PEMICU.isdisjoint(more)):
        return _diserahkan(teks.normal(f"{uraian} {spesifikasi}"))
    if not (_PERBAIKAN.isdisjoint(words) and _PERBAIKAN.isdisjoint(more)):
        found = _MENAMBAH.search(teks.normal(f"{uraian} {spesifikasi}"))
        if found:
            return Maksud("menambah", found.group(), YAKIN_MENAMBAH)
    return None


def _diserahkan(text: str) -> Maksud | None:
    if _BUKAN.search(text):
        return None
    for pattern, sure in ((_JELAS, YAKIN_JELAS), (_BIASA, YAKIN_BIASA)):
        found = pattern.search(text)
        if found:
            return Maksud("diserahkan", found.group(), sure)
    return None
