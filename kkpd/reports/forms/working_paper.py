"""Kertas kerja analisis: what was tested, over which frozen rows, what came out, how to repeat it.

The result is what `kkpd analyze TEST --json` prints: single figures become label rows, the one list
of the test becomes the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kkpd.core.money import Rupiah
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.forms import NO, Frame, ListShape, listing, money, percent
from kkpd.engines.paper.parts import Column, SignatureBlock

#: Rows that a paper shows; the file beside it has all.
MOST_ROWS: Final = 500
#: Test -> what the paper calls it.
TITLES: Final[Mapping[str, str]] = {
    "mus": "Sampel satuan uang (MUS)",
    "benford": "Hukum Benford",
    "split": "Pemecahan pembayaran",
    "ganda": "Pembayaran ganda",
    "dekat-batas": "Nilai tepat di bawah batas",
    "bulat": "Nilai bulat",
    "libur": "Pembayaran pada hari libur",
    "mcc": "Kategori merchant (MCC)",
    "vendor": "Pemusatan vendor",
    "harga": "Harga jauh di atas harga tengah",
    "akhir-tahun": "Belanja menumpuk di akhir tahun",
}
#: Key of a single figure -> its label and whether it is an amount.
_FIGURES: Final[Mapping[str, tuple[str, bool]]] = {
    "baris": ("Baris yang diuji", False),
    "nilai_buku": ("Nilai buku (baris positif)", True),
    "keyakinan": ("Keyakinan", False),
    "materialitas": ("Materialitas", True),
    "salah_dugaan": ("Salah saji dugaan", True),
    "interval": ("Interval", True),
    "faktor": ("Faktor (materialitas : interval)", False),
    "ukuran": ("Ukuran sampel rencana", False),
    "pasti": ("Baris pasti (senilai interval atau lebih)", False),
    "sampel": ("Baris terpilih", False),
    "nilai_sampel": ("Nilai terpilih", True),
    "digit_diuji": ("Digit", False),
    "n": ("Nilai yang dihitung", False),
    "mad": ("MAD", False),
    "mad_kebetulan": ("MAD karena kebetulan saja", False),
    "kesesuaian": ("Kesesuaian", False),
    "dilewati": ("Nilai nol atau negatif yang dilewati", False),
    "hhi": ("Indeks pemusatan (HHI)", False),
    "pemusatan": ("Pemusatan", False),
    "jumlah_vendor": ("Banyak vendor", False),
    "vendor_80_persen": ("Vendor dengan 80% nilai", False),
    "jumlah_temuan": ("Banyak temuan", False),
    "baris_temuan": ("Baris yang tersentuh", False),
    "rupiah": ("Rupiah yang ditanyakan", True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The rows under test: how many, their sum, the SHA-256 of their file, the seed."""

    rows: int
    amount: Rupiah
    digest: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    baris: str
    jenis: str
    alasan: str
    rupiah: Rupiah


@dataclass(frozen=True, slots=True, kw_only=True)
class _Digit:
    digit: str
    teramati: int
    harapan: int
    z: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vendor:
    vendor: str
    baris: int
    rupiah: Rupiah
    porsi: int
    kumulatif: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledRow:
    """One row of the sample; the audited value is filled in by hand."""

    id: str
    tanggal: str
    vendor: str
    nilai: Rupiah
    nilai_audit: str = ""


_TABLES: Final[Mapping[type, tuple[Column, ...]]] = {
    _Finding: (
        NO,
        Column("baris", "Baris pembukuan", "teks", 150),
        Column("jenis", "Jenis", "teks", 70),
        Column("alasan", "Alasan", "teks", 330),
        money("rupiah", "Rupiah", 90, dijumlah=False),
    ),
    _Digit: (
        Column("digit", "Digit", "teks", 60, rata="tengah"),
        percent("teramati", "Teramati", 90),
        percent("harapan", "Harapan", 90),
        Column("z", "z", "teks", 90, rata="kanan"),
    ),
    _Vendor: (
        NO,
        Column("vendor", "Vendor", "teks", 260),
        Column("baris", "Baris", "angka", 60),
        money("rupiah", "Rupiah", 110, dijumlah=False),
        percent("porsi", "Porsi", 70),
        percent("kumulatif", "Kumulatif", 70),
    ),
    SampledRow: (
        NO,
        Column("id", "Baris pembukuan", "teks", 120),
        Column("tanggal", "Tanggal", "teks", 70),
        Column("vendor", "Vendor", "teks", 250),
        money("nilai", "Nilai buku", 100),
        Column("nilai_audit", "Nilai audit", "teks", 100),
    ),
}


def working_paper(
    frame: Frame,
    test: str,
    told: Mapping[str, Any],
    frozen: Frozen,
    command: str,
    signer: SignatureBlock,
    sample: Sequence[SampledRow] = (),
) -> FrozenDocument:
    """The working paper of one test. `command` computes the same answer from populasi.csv."""
    kind, rows = _rows(test, told, sample)
    shape = ListShape(
        formulir="kertas_kerja",
        judul="Kertas Kerja Analisis",
        kolom=_TABLES[kind],
        kosong="Tidak ada temuan.",
    )
    notes = [str(one) for one in told.get("peringatan") or () if test != "benford"]
    if test == "benford" and told["peringatan"]:
        notes.append(told["peringatan"])
    if len(rows) > MOST_ROWS:
        notes.append(
            f"Tabel memuat {MOST_ROWS} dari {len(rows)} baris; seluruhnya ada pada berkas JSON "
            "di sebelahnya."
        )
    return listing(
        shape,
        frame,
        [("", rows[:MOST_ROWS])],
        [signer],
        keterangan=[
            ("Uji", TITLES[test]),
            ("Populasi", f"{_count(frozen.rows)} baris, Rp {frozen.amount}"),
            ("SHA-256 populasi.csv", frozen.digest),
            ("Benih", str(frozen.seed)),
            *_figures({**told, "digit_diuji": told["uji"]} if test == "benford" else told),
        ],
        catatan=[*notes, *_repeat(command)],
        subjudul=[TITLES[test]],
    )


def _repeat(command: str) -> tuple[str, ...]:
    return (
        f"Hitung ulang: {command}",
        "populasi.csv dapat disusun ulang dari paket audit: setiap baris belanja.csv yang "
        "statusnya bukan dibatalkan, dengan mcc dan referensi baris bank pertama yang dicocokkan "
        "dengannya (cocok.csv tanpa dicabut_at, baris_bank.csv) dan nomor_akhir kartunya "
        "(kartu.csv); lalu setiap baris bank berjenis belanja atau refund tanpa cocok.",
    )


def _figures(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (label, f"Rp {_rupiah(told[key])}" if is_money else _said(told[key]))
        for key, (label, is_money) in _FIGURES.items()
        if key in told and not isinstance(told[key], Mapping)
    ]


def _rows(
    test: str, told: Mapping[str, Any], sample: Sequence[SampledRow]
) -> tuple[type, Sequence[Any]]:
    if test == "mus":
        return SampledRow, sample
    if test == "benford":
        return _Digit, [
            _Digit(
                digit=str(one["digit"]),
                teramati=_share(one["teramati"]),
                harapan=_share(one["harapan"]),
                z=_said(float(one["z"])),
            )
            for one in told["digit"]
        ]
    if test == "vendor":
        return _Vendor, [
            _Vendor(
                vendor=one["vendor"],
                baris=one["baris"],
                rupiah=_rupiah(one["rupiah"]),
                porsi=_share(one["porsi"]),
                kumulatif=_share(one["kumulatif"]),
            )
            for one in told["vendor"]
        ]
    return _Finding, [
        _Finding(
            baris=", ".join(one["id"][:12]) + (" …" if len(one["id"]) > 12 else ""),
            jenis=str(one["jenis"]).replace("_", " "),
            alasan=one["alasan"],
            rupiah=_rupiah(one["rupiah"]),
        )
        for one in told["temuan"]
    ]


def _rupiah(amount: float) -> Rupiah:
    """An amount of a JSON answer, in rupiah; projections are rounded to a sen."""
    return Rupiah(round(amount * 100))


def _share(share: float) -> int:
    return round(share * 10_000)


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _said(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}".replace(".", ",")
    return _count(value) if isinstance(value, int) else str(value)
