"""The purpose of a purchase, if its words state one: to be given away, or to add to an asset.

Purpose overrides the kind of thing: a tractor for a farmers' group is operational spending
(5.1.02.01.01.0039, 5.1.02.05, 5.1.05; PSAP 07: an asset is for the government's own use), and a
repair that adds life or capacity is capital (PSAP 07 on later spending).

What is paid by the night, hired or subscribed for a time is a service, whatever its name is;
so is upkeep that is called routine, whatever is kept up.

A hotel may have the name of a car, and a hall be described by its furniture, but nights and hire
buy no thing (5.1.02.04 travel, 5.1.02.02.04 and .05 rent). Hire purchase is excluded: its thing
becomes the region's own. A licence for a year or less is no intangible asset either, which serves
longer than twelve months (PSAP 14).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kkpd.engines.classify import tokens

_RECEIVERS = (
    "masyarakat|warga|penduduk|kelompok|poktan|gapoktan|petani|nelayan|peternak|pembudidaya|umkm|"
    "ukm|ikm|siswa|murid|pelajar|santri|mahasiswa|anak|balita|lansia|korban|penyandang|keluarga|"
    "fakir|yatim|pesantren|ponpes|masjid|mesjid|musala|mushola|gereja|sekolah|madrasah|desa|"
    "pemenang|peserta|pihak|organisasi|yayasan|koperasi|bumdes|instansi|kpm|penerima|difabel|odgj|"
    "pkl|lembaga|kub|kube|ksm|lmdh|kth|kwt|pokmas|pokdakan|poklahsar|pokdarwis"
)
_FOR = r"(?:kepada|untuk|bagi|ke|pada|buat|para|oleh)"
#: Stated directly: given, granted, handed out.
_OUTRIGHT = re.compile(
    rf"\b(?:diserahkan|dihibahkan|dibagikan|disalurkan|disumbangkan|diberikan|dihadiahkan)"
    rf"(?:\s+(?:secara\s+)?\w+){{0,2}}?\s+{_FOR}\s+(?:para\s+)?(?:{_RECEIVERS})\b"
    r"|\b(?:untuk|akan)\s+(?:dijual\s+)?(?:diserahkan|dihibahkan|dibagikan)\b"
    rf"|\bhibah\s+(?:barang|kepada|untuk|berupa|{_RECEIVERS})\b|^(?:belanja\s+)?hibah\s+\w+"
    rf"|\(\s*(?:di)?hibah(?:kan)?\s*\)|\bhibah\s+{_FOR}\s+(?:para\s+)?(?:{_RECEIVERS})\b|-\s*hibah\s*$"
    r"|\bbantuan\s+sosial\b|\bbansos\b"
)
#: Most often means the same.
_USUAL = re.compile(
    rf"\bbantuan\s+(?:\w+\s+){{0,2}}?(?:(?:{_FOR})\s+(?:para\s+)?)?(?:{_RECEIVERS})\b"
    r"|\bhadiah\b|\bdoorprize\b|\bdoor\s+prize\b"
)
#: People who are never part of an office, so purchases for them are handed to them. Pupils, schools
#: and children are not included: their desks and computers are the region's own.
_GROUPS = (
    r"kelompok\s+(?:(?:wanita|pemuda)\s+)?(?:tani|nelayan|ternak|peternak|usaha|masyarakat|budidaya|"
    r"pembudidaya|perikanan|perajin|pengrajin|swadaya|disabilitas)"
    r"|poktan|gapoktan|gabungan\s+kelompok\s+tani|pokdakan|pokmas|poklahsar|pokdarwis"
)
#: Groups by their short names, which are words of their own only after "untuk" or "bagi".
_SHORT_NAMES = "kub|kube|ksm|lmdh|kth|kwt|p3a|gp3a"
_OUTSIDERS = (
    rf"(?:{_GROUPS})|petani|nelayan|peternak|pembudidaya|perajin|pengrajin|pedagang|umkm|ukm|ikm|"
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
_FOR_OUTSIDERS = re.compile(
    r"\b(?:untuk|utk|u/|bagi|buat|kepada)\s*(?:(?:para|setiap|tiap|anggota|pelaku|usaha|\d+)\s+){0,2}?"
    rf"(?:{_OUTSIDERS}|{_SHORT_NAMES})\b"
)
#: A group by its own name, as lists of what is to be handed over write each receiver. Names are
#: told by their capitals, so a text in capitals only mentions a group.
_NAMED_GROUP = re.compile(
    r"\b(?:KT|KWT|KTH|KUB|KUBE|KSM|LMDH|Poktan|Gapoktan|Pokdakan|Pokmas|"
    r"[Kk]el(?:\.|ompok)?\s*(?:Wanita\s+)?(?:Tani|tani|Nelayan|Ternak|Budidaya|Usaha\s+Bersama))"
    r"\.?\s+[A-Z][a-z]+"
)
#: A group outside is named, but not that the thing is for it.
_MENTIONED = re.compile(rf"\b(?:{_GROUPS})\b")
#: Somebody outside who would use the thing, and what is named after them but stays the region's.
_USED_BY = re.compile(rf"\b(?:{_PEMAKAI})\b")
_STAYS_OWN = re.compile(
    r"\b(?:dinas|bidang|gedung|pembangunan|rehab\w*|renovasi|penataan|rumah|kampung|pelabuhan|"
    r"dermaga|jalan|data|kartu|buku|kamus|sistem|papan)\b"
)
#: What serves people in the office's own hands is the office's own.
_OWN_USE = re.compile(
    r"\b(?:pelayanan|layanan|melayani|ruang|ruangan|kantor|tunggu|antrian|informasi|petugas|penyuluh|"
    r"pegawai|operasional|aplikasi|balai|puskesmas|perpustakaan|monitoring|pembinaan)\b"
)
#: A source of money, or a purpose denied, is no purpose.
_NO_PURPOSE = re.compile(
    r"\b(?:tidak|bukan)\s+untuk\b"
    r"|\b(?:tidak|bukan|dari)\s+(?:\w+\s+)?(?:untuk\s+)?(?:diserahkan|dihibahkan|dibagikan|hibah|"
    r"bantuan)\b|\b(?:dana|sumber)\s+(?:hibah|bantuan)\b|\bbantuan\s+(?:operasional|keuangan|teknis|"
    r"hukum|hidup|dana)\b|\bhibah\s+dari\b"
)
#: One of them stands in every text that names a purpose: nearly all texts are done with here.
_GIVEN = frozenset(
    re.findall(
        "[a-z0-9]+",
        "diserahkan dihibahkan dibagikan disalurkan disumbangkan diberikan dihadiahkan hibah "
        f"bantuan bansos hadiah doorprize door kelompok kel kt {_OUTSIDERS} {_SHORT_NAMES}".replace(
            "\\s", " "
        ),
    )
)
_REPAIRS = frozenset(
    re.findall(
        "[a-z]+",
        "perbaikan pemeliharaan perawatan overhaul rehab rehabilitasi renovasi restorasi servis "
        "service upgrade penggantian modifikasi",
    )
)
_WORKS = frozenset(["pembangunan", "konstruksi", "rehab", "rehabilitasi", "renovasi"])
_ADDS = re.compile(
    r"\b(?:menambah|penambahan|meningkatkan|memperpanjang|memperbesar)\s+(?:\w+\s+){0,2}?"
    r"(?:umur|kapasitas|daya|masa\s+manfaat|masa\s+pakai|mutu|volume|luas)\b"
)


class Intent(NamedTuple):
    """A purpose, the words that say it, and the chance it holds.

    `diserahkan` is said, `untuk` names somebody outside for whom it is, `disebut` only names a
    group outside, `menambah` adds to an asset.
    """

    jenis: str
    quote: str
    confidence: float


#: The confidence of a purpose, stated directly or only usually meant.
OUTRIGHT_CONFIDENCE = 0.95
USUAL_CONFIDENCE = 0.85
#: For somebody outside: mostly handed over, sometimes lent by an office that keeps it.
FOR_CONFIDENCE = 0.8
#: Named only: enough to ask, whatever the thing is.
MENTIONED_CONFIDENCE = 0.6
ADDS_CONFIDENCE = 0.88


def intent(uraian: str, spesifikasi: str = "") -> Intent | None:
    """The purpose stated by the words; None for nearly all purchases."""
    words = {*tokens.words_token(uraian), *tokens.specification_words(spesifikasi)}
    text = tokens.normal(f"{uraian} {spesifikasi}")
    if not _GIVEN.isdisjoint(words):
        named = _NAMED_GROUP.search(uraian[: tokens.MAX_LETTERS])
        given = _handed_over(text, named)
        if given is not None:
            return given
    found = None if _REPAIRS.isdisjoint(words) else _ADDS.search(text)
    return Intent("menambah", found.group(), ADDS_CONFIDENCE) if found else None


def is_built(words: tuple[str, ...]) -> bool:
    """Whether works are named: what is built for people mostly stays the region's own."""
    return not _WORKS.isdisjoint(words)


def _handed_over(text: str, by_name: re.Match[str] | None) -> Intent | None:
    if _NO_PURPOSE.search(text):
        return None
    for pattern, sure in ((_OUTRIGHT, OUTRIGHT_CONFIDENCE), (_USUAL, USUAL_CONFIDENCE)):
        found = pattern.search(text)
        if found:
            return Intent("diserahkan", found.group(), sure)
    if _OWN_USE.search(text):
        return None
    found = _FOR_OUTSIDERS.search(text) or by_name
    if found:
        return Intent("untuk", found.group(), FOR_CONFIDENCE)
    found = _MENTIONED.search(text)
    if found is None and not _STAYS_OWN.search(text):
        found = _USED_BY.search(text)
    return Intent("disebut", found.group(), MENTIONED_CONFIDENCE) if found else None


_NUMBERS = r"(?:\d+|satu|dua|tiga|empat|lima|enam|tujuh)\s*"
_NIGHTS = re.compile(rf"\b{_NUMBERS}(?:malam|mlm|nights?)\b")
#: Words that open the name of a stay, before which only these stand.
_LODGINGS = frozenset(["hotel", "penginapan", "menginap", "homestay", "losmen", "guesthouse"])
_OPENERS = frozenset(["kamar", "room", "akomodasi", "tarif", "voucher", "inap", "standar"])
#: Furniture and supplies of a hotel are not a stay.
_FURNISHINGS = frozenset(["amenities", "amenitis", "furniture", "mebel", "linen", "bell"])
_DURATION = re.compile(
    rf"\b(?:(?:{_NUMBERS}|per\s*)(?:jam|hari|minggu|bulan|tahun)|sehari|seminggu|sebulan|setahun|"
    r"harian|bulanan|tahunan)\b"
)
_TIME_UNITS = frozenset(["jam", "hari", "minggu", "bulan", "tahun"])
_SUBSCRIPTIONS = frozenset(
    ["lisensi", "license", "licence", "langganan", "berlangganan", "subscription", "antivirus"]
)
#: Twelve months or less; a guarantee of a year is something else.
_ONE_YEAR = re.compile(
    r"(?<!garansi )(?<!warranty )(?:\b(?:(?:[1-9]|1[0-2]|satu|dua belas)\s*(?:bulan|bln|months?)|"
    r"(?:1|satu)\s*(?:tahun|thn|th|years?)|sebulan|setahun|tahunan|bulanan|annual|yearly)|"
    r"(?:\bper|/)\s*(?:tahun|thn|th|bulan|bln|year|month))\b"
)
_NIGHT_UNITS = frozenset(["malam", "nights"])
#: Routine upkeep adds neither life nor capacity (PSAP 07).
_ROUTINE = re.compile(r"\b(?:pemeliharaan|perawatan|perbaikan|servis|service)\s+(?:\w+\s+)?rutin\b")


class Service(NamedTuple):
    """The kind (`perjalanan`, `sewa`, `pemeliharaan` or `jasa`) and the words that say it."""

    jenis: str
    quote: str


def service(words: tuple[str, ...], uraian: str, satuan: str) -> Service | None:
    """Nights, hire or routine upkeep that is named; None for nearly all purchases."""
    unit = tokens.satuan(satuan).split()
    routine = _ROUTINE.search(tokens.normal(uraian)) if "rutin" in words else None
    if routine is not None:
        return Service("pemeliharaan", routine.group())
    stay = _stay(uraian, satuan, words, unit)
    if stay is not None:
        return Service("perjalanan", stay)
    if "sewa" in words and "beli" not in words:
        long = _DURATION.search(tokens.normal(uraian))
        if long is not None or not _TIME_UNITS.isdisjoint(unit):
            return Service("sewa", f"sewa {long.group() if long else satuan.strip()[:30]}")
    return None


def subscription(words: tuple[str, ...], text: str, satuan: str) -> Service | None:
    """A licence or a subscription for twelve months or less, said in the text or by the unit."""
    if _SUBSCRIPTIONS.isdisjoint(words):
        return None
    long = _ONE_YEAR.search(tokens.normal(text))
    unit = tokens.satuan(satuan).split()
    if long is None and not {"bulan", "tahun"} & set(unit[:1]):
        return None
    return Service("jasa", f"langganan {long.group().strip(' /') if long else unit[0]}")


def _stay(uraian: str, satuan: str, words: tuple[str, ...], unit: list[str]) -> str | None:
    lodging = not _LODGINGS.isdisjoint(words)
    nights = _NIGHTS.search(tokens.normal(uraian))
    if nights is not None:
        return nights.group()
    if not _NIGHT_UNITS.isdisjoint(unit) or (lodging and unit[:2] == ["orang", "hari"]):
        return f"per {satuan.strip()[:30]}"
    if not lodging or not _FURNISHINGS.isdisjoint(words):
        return None
    thing = [word for word in words if word not in tokens.COMMON and word not in _OPENERS][:1]
    return thing[0] if thing[0] in _LODGINGS else None
