"""General knowledge written by hand: what things are, titles of books and of packages."""

from __future__ import annotations

from collections.abc import Iterable

from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import knowledge as words_codes
from kkpd.engines.classify.shapes import Item
from train.sumber import DATA, Contoh

#: Units in which books are bought; a copy (`eksemplar`) most often.
SATUAN_BUKU = ("eksemplar", "buku", "eksemplar", "buah", "eksemplar", "judul", "", "jilid")
#: The group of the titles of general knowledge, which belong to no office.
COMMON = "pengetahuan umum"
#: The kind of procurement by the kind of thing; all others are `Jasa Lainnya`.
PENGADAAN = {
    "konstruksi": "Pekerjaan Konstruksi",
    **dict.fromkeys(
        ("tanah", "buku", "aset_lain", "peralatan", "habis_pakai", "diserahkan"),
        "Pengadaan Barang",
    ),
}


def thing() -> list[Contoh]:
    """General knowledge written by hand: phrases by kind (`data/pengetahuan.txt`), phrases by
    account (`data/rekening_umum.txt`) and titles of books.
    """
    kinds = [_frasa(phrase, kind) for kind, phrase in _parts("pengetahuan.txt")]
    accounts = [
        _frasa(phrase, words_codes.rekening_kind(code) or "jasa", code)
        for code, phrase in _parts("rekening_umum.txt")
    ]
    return [*kinds, *accounts, *judul()]


def _parts(nama: str, sep: str = ", ") -> Iterable[tuple[str, str]]:
    """Pairs of section and phrase of a file of `[section]` heads and phrases parted by commas."""
    head = ""
    for line in (DATA / nama).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            head = line.strip("[] ")
        elif line and not line.startswith("#"):
            for phrase in line.split(sep):
                yield head, phrase.strip(" ,")


def _frasa(phrase: str, kind: str, code: str = "") -> Contoh:
    """`phrase` or `phrase @ unit` as a row, with its account where that is known."""
    name, _, unit = phrase.partition(" @ ")
    return Contoh(Item(name, satuan=unit), kind, (code,) if code else (), "umum")


def judul() -> list[Contoh]:
    """Titles of books (`data/judul.txt`), each with one of the units in which they are bought."""
    lines = (DATA / "judul.txt").read_text(encoding="utf-8").splitlines()
    titles = [line.partition(" | ") for line in lines if line and not line.startswith("#")]
    return [
        Contoh(
            Item(title, author, SATUAN_BUKU[at % len(SATUAN_BUKU)]),
            "buku",
            (),
            "umum",
        )
        for at, (title, _, author) in enumerate(titles)
    ]


def paket() -> list[Contoh]:
    """Titles of packages by general knowledge (`data/paket_umum.txt`), with the kind of
    procurement under which such things are bought.
    """
    kinds = classify_knowledge.jenis()
    out: list[Contoh] = []
    for kind, title in _parts("paket_umum.txt", "\n"):
        line = Item(title, jenis_pengadaan=PENGADAAN.get(kind, "Jasa Lainnya"))
        label = kinds[kind].kelas
        out.append(Contoh(line, kind, (), "paket umum", label, COMMON))
    return out
