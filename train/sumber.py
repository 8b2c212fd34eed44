"""The labelled rows: goods, packages, the law's dictionaries and general knowledge."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from kkpd.core.money import Rupiah
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.classify import knowledge as words_codes
from kkpd.engines.classify import model as classify_model
from kkpd.engines.classify import tokens as words_tokens
from kkpd.engines.classify.shapes import Item

DATA = Path(__file__).parent / "data"
#: One office holds two thirds of the packages: its rows count half, so that it is not the rule.
KANTOR_BESAR = 0.5
#: The limit for equipment in the regency of the goods; below it an account says little.
BATAS_SUMBER = Rupiah.of(300_000)
_PAKAI_KODE = re.compile(r"^(?:1\.1\.7\.01\.05|1\.3\.6|1\.3\.7|1\.5\.[2456])")


@dataclass(frozen=True, slots=True)
class Contoh:
    """One labelled row: the line, what it is, its accounts, and how much it counts.

    `label` is the class that the government charged, empty for dictionary rows; `asal` tells the
    source, `grup` what must stay on one side of a split (office, near-copies of a name).
    """

    thing: Item
    jenis: str
    rekening: tuple[str, ...]
    asal: str
    label: str = ""
    grup: str = ""
    weight: float = 1.0

    def dengan(self, weight: float) -> Contoh:
        """The same row with another weight."""
        return replace(self, weight=weight)


def baca(nama: str) -> list[dict[str, str]]:
    """Rows of a gzipped CSV file beside this module."""
    with gzip.open(DATA / nama, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rupiah(text: str) -> Rupiah | None:
    """`150000` or `164490870.03` as Rupiah, cut to whole sen; None when empty."""
    return Rupiah(int(Decimal(text) * 100)) if text else None


def _kind(rekening: Sequence[str]) -> str:
    kinds = Counter(words_codes.rekening_kind(code) or "jasa" for code in rekening)
    return kinds.most_common(1)[0][0]


def thing(nama: str = "barang_dev.csv.gz") -> list[Contoh]:
    """Single goods of one regency's price standard, with near-copies of names in one group."""
    rows = baca(nama)
    groups = kelompok_mirip([row["uraian"] for row in rows])
    found = [
        Contoh(
            Item(row["uraian"], row["spesifikasi"], row["satuan"], harga=rupiah(row["harga"])),
            _kind(row["kode_rekening"].split(";")),
            tuple(row["kode_rekening"].split(";")),
            "barang",
            row["label"],
            group,
        )
        for row, group in zip(rows, groups, strict=True)
    ]
    return _tanpa_batas(found)


def _di_bawah(row: Contoh) -> bool:
    return row.thing.harga is not None and row.thing.harga < BATAS_SUMBER


def _tanpa_batas(rows: Sequence[Contoh]) -> list[Contoh]:
    """The kind of cheap goods by their dearer namesakes: a price below the limit changes the
    account, not the thing. A textbook of 50,000 stands on a goods account there, and is a book.
    """
    dear: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.jenis == "buku" or not _di_bawah(row):
            dear[row.thing.uraian.lower()][row.jenis] += 1
    out: list[Contoh] = []
    for row in rows:
        namesakes = dear.get(row.thing.uraian.lower())
        if namesakes and _di_bawah(row) and row.jenis == "habis_pakai":
            kind, count = namesakes.most_common(1)[0]
            clear = count >= 2 and count >= 0.8 * namesakes.total()
            if clear and kind in {"buku", "peralatan"}:
                row = replace(row, jenis=kind)
        out.append(row)
    return out


def barang_ragu() -> list[Contoh]:
    """Goods that the government charges to either class: one row a kind, so that neither wins.

    Works accounts (5.2.03, 5.2.04) are left out: they take any good as a cost of the work; so are
    goods that differ only by being handed to the public.
    """
    out: list[Contoh] = []
    for row in baca("barang_ragu_dev.csv.gz"):
        line = Item(row["uraian"], row["spesifikasi"], row["satuan"], harga=rupiah(row["harga"]))
        accounts = row["kode_rekening"].split(";")
        asset = [code for code in accounts if code.startswith(("5.2.02", "5.2.05", "5.2.06"))]
        other = [code for code in accounts if code.startswith("5.1.02.0")]
        if asset and other:
            both = (asset, other)
            out.extend(Contoh(line, _kind(codes), tuple(codes), "ragu") for codes in both)
    return out


def paket() -> list[Contoh]:
    """Packages of one regency; the office is the group. Mixed ones are left out."""
    rows = baca("paket_dev.csv.gz")
    size = Counter(row["satker"] for row in rows)
    return [
        Contoh(
            Item(
                row["uraian"],
                nilai=rupiah(row["nilai"]),
                jenis_pengadaan=row["jenis_pengadaan"],
                kode_barang=row["kode_barang"],
            ),
            _kind(row["kode_rekening"].split(";")),
            tuple(row["kode_rekening"].split(";")),
            "paket",
            row["label"],
            row["satker"],
            KANTOR_BESAR if size[row["satker"]] > 200 else 1.0,
        )
        for row in rows
        if row["label"] != "campuran"
    ]


def _cut(text: str) -> list[str]:
    """The examples in a list such as `Aspal, Semen (Zak), Dst...`."""
    items = (item.strip(" .") for item in re.split(r"[,;]", re.sub(r"\(.*?\)", "", text)))
    return [item for item in items if len(item) > 2 and not item.lower().startswith("dst")]


def kamus() -> list[Contoh]:
    """The law's dictionaries: goods codes, account names and their examples, group contents."""
    return [*_kodefikasi(), *_rekening(), *_groups()]


def _kodefikasi() -> Iterable[Contoh]:
    for code, name in classify_knowledge.goods_names().items():
        kind = words_codes.goods_kind(code)
        if code.count(".") < 5 or kind is None or _PAKAI_KODE.match(code):
            continue
        rekening = words_codes.goods_rekening(code)
        yield Contoh(Item(name), kind, (rekening,) if rekening else (), "kodefikasi")


def _rekening() -> Iterable[Contoh]:
    for code, name in classify_knowledge.nama_rekening().items():
        kind = words_codes.rekening_kind(code)
        if kind is not None:
            short = re.sub(r"^Belanja (Modal )?", "", name)
            yield Contoh(Item(short), kind, (code,), "rekening")
    for code, _, examples in classify_knowledge.rekening_notes():
        kind = words_codes.rekening_kind(code)
        if kind is not None and kind not in {"sewa", "pemeliharaan"}:
            for item in _cut(examples):
                yield Contoh(Item(item), kind, (code,), "contoh")


def _groups() -> Iterable[Contoh]:
    for row in baca("kelompok_ke_akun.csv.gz"):
        kind = words_codes.rekening_kind(row["kode_rekening"])
        if kind is None:
            continue
        names = [row["uraian_kelompok"].removeprefix("Beban ")]
        if kind not in {"sewa", "pemeliharaan"}:
            names += _cut(row["isi"])
        for name in names:
            yield Contoh(Item(name), kind, (row["kode_rekening"],), "kelompok")


def koreksi(path: Path) -> list[Contoh]:
    """Decisions of people, as the program exports them: the class they chose is the label.

    Where the account charged is of the other class, the kind is the likeliest by words among
    those of the class chosen. Refunds are left out: they follow their origin.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    out: list[Contoh] = []
    for row in rows:
        label, nilai = str(row["label"]), rupiah(row["nilai"])
        if label not in {"operasi", "modal"} or (nilai is not None and nilai.sen < 0):
            continue
        line = Item(
            row["uraian"],
            satuan=row["satuan"],
            harga=rupiah(row["harga"]),
            merchant=row["merchant"],
        )
        code = row["kode_rekening"]
        kind = words_codes.rekening_kind(code)
        if kind is None or words_codes.kelas_rekening(code) != label:
            kind, code = _jenis_menurut_kata(line, label), ""
        codes = (code,) if code else ()
        out.append(Contoh(line, kind, codes, "koreksi", label, row["opd"]))
    return out


def _jenis_menurut_kata(line: Item, label: str) -> str:
    """The likeliest kind of a class, by the words and the weights shipped now."""
    kinds = classify_knowledge.jenis()
    scores = dict(zip(kinds, classify_model.model().scores(line), strict=True))
    return max((kind for kind in kinds if kinds[kind].kelas == label), key=scores.__getitem__)


def kelompok_mirip(names: Sequence[str], bound: float = 0.5) -> list[str]:
    """A group for each name; names that share at least half of their words are in one group.

    Words in more than 400 names join nothing by themselves: they are too common to mean a copy.
    """
    unique = sorted(set(names))
    words = [frozenset(re.findall(r"[a-z0-9]+", name.lower())) for name in unique]
    parent = list(range(len(unique)))

    def find(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    holders: dict[str, list[int]] = defaultdict(list)
    for at, found in enumerate(words):
        for word in found:
            holders[word].append(at)
    for at_word in holders.values():
        if len(at_word) > 400:
            continue
        for index, one in enumerate(at_word):
            for other in at_word[index + 1 :]:
                if len(words[one] & words[other]) >= bound * len(words[one] | words[other]):
                    parent[find(one)] = find(other)
    group = {name: f"mirip-{find(at)}" for at, name in enumerate(unique)}
    return [group[name] for name in names]


def kata_kepala(sample: Contoh) -> str:
    """The head word: as a group it makes a split in which no head word was seen before."""
    heads = words_tokens.header(words_tokens.words_token(sample.thing.uraian))
    return heads[0] if heads else "-"
