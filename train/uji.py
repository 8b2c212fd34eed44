"""The shipped weights on purchases that no training has seen: another office, spellings, codes.

`data/uji_kantor.csv` holds a year of a school and library office, written by hand with the class
under a limit of Rp 1,000,000; its titles and products stand in no training file. Goods codes are
judged on the published mapping of groups to accounts, each group at a price above the limit.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np

from kkpd.core.money import Rupiah
from kkpd.engines.classify import Classified, Item, classify
from kkpd.engines.classify import knowledge as classify_knowledge
from kkpd.engines.reading.guard import decode
from train import daerah, sumber
from train.nilai import tally

BATAS = Rupiah.of(1_000_000)
DI_ATAS = Rupiah.of(5_000_000)
#: Sen a dollar, and where the published card files lie.
KURS_SEN = 1_100_000
KARTU = Path(__file__).parent.parent / "tests" / "data" / "pcard"
_BENIH = 3
Row = dict[str, str]


def kantor() -> list[Row]:
    """Rows with uraian, spesifikasi, satuan, harga and label."""
    path = sumber.DATA / "uji_kantor.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def salah_ketik(text: str, rng: random.Random) -> str:
    """Two in five long words with a letter dropped, doubled or changed with its neighbour."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) > 4 and rng.random() < 0.4:
            place = rng.randrange(1, len(word) - 1)
            one, two = word[place], word[place + 1]
            middle = rng.choice([two, two + one, one + one + two])
            words[at] = word[:place] + middle + word[place + 2 :]
    return " ".join(words)


def ragam() -> dict[str, Callable[[Row], Row]]:
    """The same purchases as others would write them."""
    rng = random.Random(_BENIH)
    return {
        "seperti tertulis": lambda row: row,
        "huruf besar": lambda row: row | {"uraian": row["uraian"].upper()},
        "salah ketik": lambda row: row | {"uraian": salah_ketik(row["uraian"], rng)},
        "tanpa satuan": lambda row: row | {"satuan": ""},
        "tanpa spesifikasi": lambda row: row | {"spesifikasi": ""},
        "tanpa harga": lambda row: row | {"harga": ""},
        "belanja ...": lambda row: row | {"uraian": f"Belanja {row['uraian']}"},
        "judul paket panjang": lambda row: (
            row | {"uraian": f"Pengadaan {row['uraian']} untuk kegiatan Dinas Tahun Anggaran 2026"}
        ),
    }


def reply(row: Row) -> Classified:
    """The program's answer under a limit of one million."""
    line = Item(
        row["uraian"],
        row.get("spesifikasi", ""),
        row.get("satuan", ""),
        harga=sumber.rupiah(row.get("harga", "")),
        kode_barang=row.get("kode_barang", ""),
    )
    return classify(line, capitalisation_limit=BATAS, detailed=False)


def _value(nama: str, rows: Sequence[Row]) -> None:
    answers = [reply(row) for row in rows]
    modal = np.array([a.keyakinan if a.best_kelas == "modal" else 1 - a.keyakinan for a in answers])
    print(tally(nama, [row["label"] for row in rows], modal))


def _kode_barang() -> list[Row]:
    return [
        {
            "uraian": row["uraian_kelompok"],
            "kode_barang": row["kode_kelompok"],
            "harga": str(DI_ATAS.sen // 100),
            "label": "modal" if row["kode_rekening"].startswith("5.2") else "operasi",
        }
        for row in sumber.baca("kelompok_ke_akun.csv.gz")
    ]


def _kartu_asing() -> None:
    """A foreign city's card lines whose merchant sells services, food, fuel or travel: false modal.

    Amounts are taken at 11,000 rupiah a dollar; texts are English.
    """
    answers = [
        classify(line, capitalisation_limit=BATAS, detailed=False) for line in _baris_kartu()
    ]
    wrong = sum(answer.kelas == "modal" for answer in answers)
    forced = sum(answer.best_kelas == "modal" for answer in answers)
    print(f"kartu kota asing, MCC jasa: {len(answers)} baris, modal {wrong}, dipaksa {forced}")


def _baris_kartu() -> Iterator[Item]:
    for path in sorted(KARTU.glob("kota_a_*.csv.gz")):
        text = decode(gzip.decompress(path.read_bytes()))
        heads, *rows = csv.reader(text.splitlines(), delimiter="\t" if "\t" in text[:200] else ",")
        place = {name.strip(): at for at, name in enumerate(heads)}
        for row in rows:
            code = row[place["Merchant Type"]].strip() if len(row) >= len(place) - 1 else ""
            if classify_knowledge.mcc().get(code.zfill(4), ("", ""))[1] and code:
                amount = Decimal(row[place["Transaction Amt."]].replace(",", ""))
                yield Item(
                    row[place["Purpose"]],
                    nilai=Rupiah(int(abs(amount) * KURS_SEN)),
                    merchant=row[place["Merchant Name"]],
                    mcc=code,
                )


def render_number() -> None:
    """Print one line a way of writing, then goods codes, foreign cards and other regions."""
    rows = kantor()
    for nama, write_out in ragam().items():
        _value(f"kantor lain, {nama}", [write_out(row) for row in rows])
    _value("kelompok barang, kode diberikan", _kode_barang())
    _kartu_asing()
    daerah.render_number()
