"""What a purchase is for, where its own words say so: to be given away, or to add to an asset.

Purpose stands over what the thing is: a tractor for a farmers' group is operational spending
(5.1.02.01.01.0039, 5.1.02.05, 5.1.05; PSAP 07: an asset is for the government's own use), and a
repair that adds life or capacity is capital (PSAP 07 on later spending).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kkpd.engines.classify.words import tokens as words_tokens

_PENERIMA = (
    "masyarakat|warga|penduduk|kelompok|poktan|gapoktan|petani|nelayan|peternak|pembudidaya|umkm|"
    "ukm|ikm|siswa|murid|pelajar|santri|mahasiswa|anak|balita|lansia|korban|penyandang|keluarga|"
    "fakir|yatim|pesantren|ponpes|masjid|mesjid|musala|mushola|gereja|sekolah|madrasah|desa|"
    "pemenang|peserta|pihak|organisasi|yayasan|koperasi|bumdes|instansi|kpm|penerima|difabel|odgj|"
    "pkl|lembaga|kub|kube|ksm|lmdh|kth|kwt|pokmas|pokdakan|poklahsar|pokdarwis"
)
_UNTUK = r"(?:kepada|untuk|bagi|ke|pada|buat|para|oleh)"
#: Said outright: given, granted, handed out.
_JELAS = re.compile(
    rf"\b(?:diserahkan|dihibahkan|dibagikan|disalurkan|disumbangkan|diberikan|dihadiahkan)"
    rf"(?:\s+(?:secara\s+)?\w+){{0,2}}?\s+{_UNTUK}\s+(?:para\s+)?(?:{_PENERIMA})\b"
    r"|\b(?:untuk|akan)\s+(?:dijual\s+)?(?:diserahkan|dihibahkan|dibagikan)\b"
    rf"|\bhibah\s+(?:barang|kepada|untuk|berupa|{_PENERIMA})\b|^(?:belanja\s+)?hibah\s+\w+"
    rf"|\(\s*(?:di)?hibah(?:kan)?\s*\)|\bhibah\s+{_UNTUK}\s+(?:para\s+)?(?:{_PENERIMA})\b|-\s*hibah\s*$"
    r"|\bbantuan\s+sosial\b|\bbansos\b"
)
#: Most often means the same.
_BIASA = re.compile(
    rf"\bbantuan\s+(?:\w+\s+){{0,2}}?(?:(?:{_UNTUK})\s+(?:para\s+)?)?(?:{_PENERIMA})\b"
    r"|\bhadiah\b|\bdoorprize\b|\bdoor\s+prize\b"
)
#: Who never is part of an office: what is bought for them is handed to them. Pupils, schools and
#: children are not here: their desks and computers are the region's own.
_KELOMPOK = (
    r"kelompok\s+(?:(?:wanita|pemuda)\s+)?(?:tani|nelayan|ternak|peternak|usaha|masyarakat|budidaya|"
    r"pembudidaya|perikanan|perajin|pengrajin|swadaya|disabilitas)"
    r"|poktan|gapoktan|gabungan\s+kelompok\s+tani|pokdakan|pokmas|poklahsar|pokdarwis"
)
#: Groups by their short names, which are words of their own only after "untuk" or "bagi".
_SINGKAT = "kub|kube|ksm|lmdh|kth|kwt|p3a|gp3a"
_ORANG_LUAR = (
    rf"(?:{_KELOMPOK})|petani|nelayan|peternak|pembudidaya|perajin|pengrajin|pedagang|umkm|ukm|ikm|"
    "masyarakat|warga|penduduk|pengungsi|korban|penyandang|disabilitas|lansia|fakir|dhuafa|duafa|"
    "yatim|janda|keluarga\\s+miskin|rumah\\s+ibadah|masjid|mesjid|musala|mushola|gereja|pesantren|"
    "ponpes|yayasan|koperasi|bumdes|pemenang|juara|karang\\s+taruna|siswa\\s+(?:miskin|berprestasi)|"
    "difabel|odgj|pkl|kpm|penerima\\s+manfaat|pelaku\\s+usaha|wirausaha|guru\\s+ngaji"
)
#: Of these, whom a thing is named after only when it is for them: a boat of fishermen.
_PEMAKAI = (
    "petani|nelayan|peternak|pembudidaya|perajin|pengrajin|umkm|ukm|ikm|disabilitas|difabel|"
    "pkl|kpm|penerima\\s+manfaat|fakir\\s+miskin|keluarga\\s+miskin"
)
#: For somebody outside, said of the thing itself.
_UNTUK_LUAR = re.compile(
    r"\b(?:untuk|utk|u/|bagi|buat|kepada)\s*(?:(?:para|setiap|tiap|anggota|pelaku|usaha|\d+)\s+){0,2}?"
    rf"(?:{_ORANG_LUAR}|{_SINGKAT})\b"
)
#: A group by its own name, as lists of what is to be handed over write each receiver. Names are
#: told by their capitals, so a text in capitals only mentions a group.
_BERNAMA = re.compile(
    r"\b(?:KT|KWT|KTH|KUB|KUBE|KSM|LMDH|Poktan|Gapoktan|Pokdakan|Pokmas|"
    r"[Kk]el(?:\.|ompok)?\s*(?:Wanita\s+)?(?:Tani|tani|Nelayan|Ternak|Budidaya|Usaha\s+Bersama))"
    r"\.?\s+[A-Z][a-z]+"
)
#: A group outside is named, but not that the thing is for it.
_DISEBUT = re.compile(rf"\b(?:{_KELOMPOK})\b")
#: Somebody outside who would use the thing, and what is named after them but stays the region's.
_DIPAKAI = re.compile(rf"\b(?:{_PEMAKAI})\b")
_TETAP_MILIK = re.compile(
    r"\b(?:dinas|bidang|gedung|pembangunan|rehab\w*|renovasi|penataan|rumah|kampung|pelabuhan|"
    r"dermaga|jalan|data|kartu|buku|kamus|sistem|papan)\b"
)
#: What serves people in the office's own hands is the office's own.
_DIPAKAI_SENDIRI = re.compile(
    r"\b(?:pelayanan|layanan|melayani|ruang|ruangan|kantor|tunggu|antrian|informasi|petugas|penyuluh|"
    r"pegawai|operasional|aplikasi|balai|puskesmas|perpustakaan|monitoring|pembinaan)\b"
)
#: A source of money, or a purpose denied, is no purpose.
_BUKAN = re.compile(
    r"\b(?:tidak|bukan)\s+untuk\b"
    r"|\b(?:tidak|bukan|dari)\s+(?:\w+\s+)?(?:untuk\s+)?(?:diserahkan|dihibahkan|dibagikan|hibah|"
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
#: One of them stands in every text that names somebody outside.
_PEMICU_LUAR = frozenset(
    re.findall("[a-z0-9]+", f"{_ORANG_LUAR} kelompok kel kt {_SINGKAT}".replace("\\s", " "))
)
_DIBERI = _PEMICU | _PEMICU_LUAR

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
#: Whether no word could speak of a purpose: so it is with nearly all purchases.
sepi = (_DIBERI | _PERBAIKAN).isdisjoint
_PEMBANGUNAN = frozenset(["pembangunan", "konstruksi", "rehab", "rehabilitasi", "renovasi"])
_MENAMBAH = re.compile(
    r"\b(?:menambah|penambahan|meningkatkan|memperpanjang|memperbesar)\s+(?:\w+\s+){0,2}?"
    r"(?:umur|kapasitas|daya|masa\s+manfaat|masa\s+pakai|mutu|volume|luas)\b"
)


class Maksud(NamedTuple):
    """A purpose, the words that say it, and the chance it holds.

    `diserahkan` is said, `untuk` names somebody outside for whom it is, `disebut` only names a
    group outside, `menambah` adds to an asset.
    """

    jenis: str
    kutipan: str
    yakin: float


#: How sure a purpose is, said outright or only most often meant.
YAKIN_JELAS = 0.95
YAKIN_BIASA = 0.85
#: For somebody outside: mostly handed over, sometimes lent by an office that keeps it.
YAKIN_UNTUK = 0.8
#: Named only: enough to ask, whatever the thing is.
YAKIN_DISEBUT = 0.6
YAKIN_MENAMBAH = 0.88


def maksud(uraian: str, spesifikasi: str = "") -> Maksud | None:
    """The purpose that the words name; None for nearly all purchases."""
    words = words_tokens.kata(uraian)
    more = words_tokens.kata_spesifikasi(spesifikasi) if spesifikasi else ()
    if sepi(words) and sepi(more):
        return None
    if not (_DIBERI.isdisjoint(words) and _DIBERI.isdisjoint(more)):
        named = _BERNAMA.search(uraian[: words_tokens.MAKS_HURUF])
        found_given = _diserahkan(words_tokens.normal(f"{uraian} {spesifikasi}"), named)
        if found_given is not None:
            return found_given
    if not (_PERBAIKAN.isdisjoint(words) and _PERBAIKAN.isdisjoint(more)):
        found = _MENAMBAH.search(words_tokens.normal(f"{uraian} {spesifikasi}"))
        if found:
            return Maksud("menambah", found.group(), YAKIN_MENAMBAH)
    return None


def dibangun(uraian: str) -> bool:
    """Whether works are named: what is built for people mostly stays the region's own."""
    return not _PEMBANGUNAN.isdisjoint(words_tokens.kata(uraian))


def _diserahkan(text: str, bernama: re.Match[str] | None) -> Maksud | None:
    if _BUKAN.search(text):
        return None
    for pattern, sure in ((_JELAS, YAKIN_JELAS), (_BIASA, YAKIN_BIASA)):
        found = pattern.search(text)
        if found:
            return Maksud("diserahkan", found.group(), sure)
    if _DIPAKAI_SENDIRI.search(text):
        return None
    found = _UNTUK_LUAR.search(text) or bernama
    if found:
        return Maksud("untuk", found.group(), YAKIN_UNTUK)
    found = _DISEBUT.search(text)
    if found is None and not _TETAP_MILIK.search(text):
        found = _DIPAKAI.search(text)
    return Maksud("disebut", found.group(), YAKIN_DISEBUT) if found else None
