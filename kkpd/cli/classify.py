"""`kkpd classify FILE.csv --out OUT.csv`: operasi, modal or ragu for each row. No database."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from kkpd.cli.classify_table import Tabel, angka, rupiah, tulis
from kkpd.domain.classification import AMBANG, BATAS_ANGGAPAN, Barang, Putusan, classify
from kkpd.domain.errors import DomainError
from kkpd.domain.money import NOL, Rupiah

KOLOM = (
    "uraian (wajib), spesifikasi, satuan, volume, harga (satuan), nilai, merchant, mcc, "
    "kode_barang, jenis_pengadaan, kode_rekening"
)
HASIL = (
    "kelas",
    "kelas_terbaik",
    "keyakinan",
    "rekening_usul",
    "aturan",
    "alasan",
    "yang_mengubah",
)
RINCIAN = ("bukti", "temuan")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        f"Kolom yang dibaca bila ada: {KOLOM}.\n"
        f"OUT memuat semua kolom masukan, lalu: {', '.join(HASIL)}.\n"
        "rekening_usul berisi sampai tiga kode level 6, terbaik lebih dulu, dipisah titik koma.\n"
        "Baris yang tidak dapat dinilai dijawab ragu dengan alasannya."
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="rows to classify")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.csv", help="where to write")
    parser.add_argument(
        "--threshold",
        default=str(AMBANG),
        metavar="X",
        help=f"confidence 0..1 below which the answer is ragu (default {AMBANG})",
    )
    parser.add_argument(
        "--batas-kapitalisasi",
        metavar="N",
        help="capitalisation limit per unit in rupiah; without it "
        f"{BATAS_ANGGAPAN} is assumed, and said in every answer that rests on it",
    )
    parser.add_argument(
        "--batas-buku",
        metavar="N",
        help="the region's own limit for books; without it books are capital at any price",
    )
    parser.add_argument(
        "--tanpa-rekening", action="store_true", help="ignore kode_rekening, for judging"
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help=f"add the columns {', '.join(RINCIAN)}: each feature's part in log-odds "
        "(plus: modal), and conflicts",
    )


def run(args: argparse.Namespace) -> int:
    """Classify every row and write OUT; says on stderr how many and under which assumption."""
    aturan = Aturan(
        ambang=_ambang(args.threshold),
        batas=_batas(args.batas_kapitalisasi, "--batas-kapitalisasi"),
        batas_buku=_batas(args.batas_buku, "--batas-buku"),
        tanpa_rekening=args.tanpa_rekening,
        rinci=args.explain,
    )
    tabel = Tabel.baca(args.file)
    gc.freeze()  # what was loaded stays: a long list must not walk it again and again
    if aturan.batas is None:
        print(
            f"Batas kapitalisasi tidak diberikan: dipakai anggapan {BATAS_ANGGAPAN} per satuan. "
            "Beri --batas-kapitalisasi N sesuai peraturan kepala daerah.",
            file=sys.stderr,
        )
    counts = dict.fromkeys(("operasi", "modal", "ragu"), 0)
    head = [*tabel.judul, *HASIL, *(RINCIAN if args.explain else ())]
    tulis(args.out, head, _jawaban(tabel, aturan, counts))
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"{sum(counts.values())} baris: {told}.", file=sys.stderr)
    return 0


@dataclass(frozen=True, slots=True)
class Aturan:
    """The options of one run, checked."""

    ambang: float
    batas: Rupiah | None
    batas_buku: Rupiah | None
    tanpa_rekening: bool
    rinci: bool


def _jawaban(tabel: Tabel, aturan: Aturan, counts: dict[str, int]) -> Iterator[list[str]]:
    """Each input row with its answer; counts the classes on the way."""
    for cells, damage in tabel.baris():
        putusan = _putuskan(tabel.nilai(cells), damage, aturan)
        counts[putusan.kelas] += 1
        yield [*cells, *_sel(putusan, rinci=aturan.rinci)]


def _putuskan(row: dict[str, str], damage: str | None, aturan: Aturan) -> Putusan:
    """The answer for one row; what cannot be read makes it `ragu` with the reason."""
    amounts: dict[str, Decimal | None] = {}
    for name in ("volume", "harga", "nilai"):
        try:
            amounts[name] = angka(row.get(name, ""))
        except ValueError:
            damage = damage or f"Kolom {name} berisi “{row[name][:30]}”, bukan angka"
            amounts[name] = None
    putusan = classify(
        Barang(
            uraian=row["uraian"],
            spesifikasi=row.get("spesifikasi", ""),
            satuan=row.get("satuan", ""),
            volume=amounts["volume"],
            harga=rupiah(amounts["harga"]),
            nilai=rupiah(amounts["nilai"]),
            merchant=row.get("merchant", ""),
            mcc=row.get("mcc", ""),
            kode_barang=row.get("kode_barang", ""),
            jenis_pengadaan=row.get("jenis_pengadaan", ""),
            kode_rekening="" if aturan.tanpa_rekening else row.get("kode_rekening", ""),
        ),
        batas_kapitalisasi=aturan.batas,
        ambang=aturan.ambang,
        batas_buku=aturan.batas_buku,
        rinci=aturan.rinci,
    )
    if damage is None:
        return putusan
    return replace(
        putusan,
        kelas="ragu",
        keyakinan=0.5,
        aturan="baris_tak_terbaca",
        alasan=f"{damage}; jawaban terbaik hanya dari isi lainnya.",
        yang_mengubah="Perbaiki baris ini di berkas, lalu ulangi.",
    )


def _sel(putusan: Putusan, *, rinci: bool) -> list[str]:
    """The added cells of a row."""
    cells = [
        putusan.kelas,
        putusan.kelas_terbaik,
        f"{putusan.keyakinan:.3f}",
        ";".join([usul.kode for usul in putusan.rekening_usul]),
        putusan.aturan,
        putusan.alasan,
        putusan.yang_mengubah,
    ]
    if rinci:
        cells.append("; ".join([f"{row.apa} {row.bagian:+.2f}" for row in putusan.bukti]))
        cells.append(" ".join([finding.message for finding in putusan.temuan]))
    return cells


def _ambang(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise DomainError(f"--threshold “{text[:20]}” bukan angka 0 sampai 1.", field="threshold")
    return value


def _batas(text: str | None, name: str) -> Rupiah | None:
    if text is None:
        return None
    try:
        value = rupiah(angka(text))
    except ValueError:
        value = None
    if value is None or value < NOL:
        raise DomainError(
            f"{name} “{text[:20]}” bukan jumlah rupiah. Tulis seperti 1000000.", field=name
        )
    return value
