"""`kkpd classify FILE.csv --out OUT.csv`: operasi, modal or ragu for each row. No database."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kkpd.core.errors import DomainError, Unreadable
from kkpd.core.files import intact
from kkpd.core.money import MAX_SEN, ZERO, Rupiah
from kkpd.engines.classify import ASSUMED_LIMIT, THRESHOLD, Classified, Item, classify
from kkpd.engines.reading.guard import decode

#: As a file name: the standard input or output.
STANDARD = "-"
_SEPARATORS = ",;\t|"
_EMPTY = frozenset({"", "-", "–", "nan", "none", "null", "n/a", "na"})
_RUPIAH = re.compile(r"^(?:rp|idr)\.?\s*|\s+|'|,-+$", re.IGNORECASE)
_DOT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class CsvTable(NamedTuple):
    """A CSV file: its head, where the columns of `Item` stand, and its rows, as wide as the head,
    each with what is wrong with its width, if anything.
    """

    judul: list[str]
    positions: dict[str, int]
    rows: list[tuple[list[str], str]]

    @classmethod
    def read_in(cls, path: Path) -> CsvTable:
        """Read a file. Unreadable when it cannot be opened, is empty or has no column `uraian`.

        The head is the first row that says anything. Blank lines are no rows, but a row of empty
        cells is one: it gets its answer.
        """
        text = _text(path)
        first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
        separator = max(_SEPARATORS, key=first.count)
        csv.field_size_limit(max(131_072, len(text) + 1))
        rows = filter(None, csv.reader(io.StringIO(text, newline=None), delimiter=separator))
        judul = next(filter(any, rows), [])
        names = [re.sub(r"\W+", "_", cell.strip().lower()).strip("_") for cell in judul]
        if "uraian" not in names:
            seen = ", ".join(cell.strip()[:20] for cell in judul[:12]) or "tidak ada apa-apa"
            raise Unreadable(
                f"Kolom “uraian” tidak ada pada baris judul {path.name}; yang ada: {seen}. "
                "Beri judul “uraian” pada kolom nama barang atau jasa.",
                field="uraian",
            )
        place = {name: names.index(name) for name in Item._fields if name in names}
        return cls(judul, place, [_fit(cells, len(judul)) for cells in rows])

    def twins(self, added: Iterable[str]) -> list[str]:
        """What is to be said of columns that stand twice: of two the first is read, and an answer
        stands behind a column of the input that bears its name.
        """
        names = [cell.strip().lower() for cell in self.judul]
        twice = [name for name in self.positions if names.count(name) > 1]
        same = [name for name in added if name in names]
        said = [f"Kolom {name} ada lebih dari sekali: yang pertama dibaca." for name in twice]
        if same:
            said.append(
                f"Kolom {', '.join(same)} sudah ada di masukan: isinya tetap, dan jawaban ada pada "
                "kolom terakhir dengan nama itu."
            )
        return said


def _text(path: Path) -> str:
    try:
        piped = str(path) == STANDARD
        text = decode(sys.stdin.buffer.read() if piped else path.read_bytes())
    except OSError as error:
        raise Unreadable(
            f"Berkas {path} tidak dapat dibuka ({error.strerror or error}). "
            "Periksa nama dan izinnya."
        ) from error
    if not text.strip():
        raise Unreadable(f"Berkas {path.name} kosong.")
    return text.replace("\0", "")


def _fit(cells: list[str], width: int) -> tuple[list[str], str]:
    if len(cells) > width:
        return cells[:width], f"Baris berisi {len(cells)} kolom, sedangkan judulnya {width}"
    return [*cells, *[""] * (width - len(cells))], ""


def numeric(text: str) -> Decimal | None:
    """`1.234.567`, `1234567.00`, `1,234,567`, `Rp 1.234.567,50` as a number; None for nothing.

    A single dot or comma before exactly three digits parts thousands, as people here write it.
    ValueError for anything else.
    """
    clean = _RUPIAH.sub("", text.strip().replace("\u00a0", " ").replace("\u2212", "-"))
    if clean.lower() in _EMPTY:
        return None
    if _DOT_THOUSANDS.fullmatch(clean):
        clean = clean.replace(".", "").replace(",", ".")
    elif _COMMA_THOUSANDS.fullmatch(clean):
        clean = clean.replace(",", "")
    else:
        clean = clean.replace(",", ".")
    try:
        value = Decimal(clean)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not value.is_finite():
        raise ValueError(text)
    return value


def money(text: str) -> Rupiah | None:
    """An amount cut to whole sen; beyond what money can hold, the greatest amount there is."""
    value = numeric(text)
    if value is None:
        return None
    if abs(value) * 100 > MAX_SEN:
        return Rupiah(MAX_SEN if value > 0 else -MAX_SEN)
    return Rupiah(int(value * 100))


COLUMNS = (
    "uraian (wajib), spesifikasi, satuan, volume, harga (satuan), nilai, merchant, mcc, "
    "kode_barang, jenis_pengadaan, kode_rekening"
)
#: Added columns and their cells; with `--explain` those of `DETAILS` too.
RESULTS: dict[str, Callable[[Classified], str]] = {
    "kelas": lambda found: found.kelas,
    "kelas_terbaik": lambda found: found.best_kelas,
    "keyakinan": lambda found: f"{found.keyakinan:.3f}",
    "rekening_usul": lambda found: ";".join(
        [proposal.kode for proposal in found.proposed_rekening]
    ),
    "aturan": lambda found: found.aturan,
    "alasan": lambda found: found.alasan,
    "yang_mengubah": lambda found: found.yang_mengubah,
}
DETAILS: dict[str, Callable[[Classified], str]] = {
    "bukti": lambda found: "; ".join([f"{row.what} {row.bagian:+.2f}" for row in found.bukti]),
    "temuan": lambda found: " ".join([finding.message for finding in found.temuan]),
}
#: Columns that hold a number.
_READERS: dict[str, Callable[[str], object]] = {"volume": numeric, "harga": money, "nilai": money}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        f"Kolom yang dibaca bila ada: {COLUMNS}.\n"
        f"OUT memuat semua kolom masukan, lalu: {', '.join(RESULTS)}.\n"
        "rekening_usul berisi sampai tiga kode level 6, terbaik lebih dulu, dipisah titik koma.\n"
        "Baris yang tidak dapat dinilai dijawab ragu dengan alasannya."
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE.csv", help="rows to classify; - reads stdin"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="OUT.csv", help="where to write; - is stdout"
    )
    parser.add_argument(
        "--threshold",
        default=str(THRESHOLD),
        metavar="X",
        help=f"confidence 0..1 below which the answer is ragu (default {THRESHOLD})",
    )
    parser.add_argument(
        "--batas-kapitalisasi",
        metavar="N",
        help="capitalisation limit per unit in rupiah; without it "
        f"{ASSUMED_LIMIT} is assumed, and said in every answer that rests on it",
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
        help=f"add the columns {', '.join(DETAILS)}: each feature's part in log-odds "
        "(plus: modal), and conflicts",
    )


def run(args: argparse.Namespace) -> int:
    """Classify every row and write OUT; says on stderr how many and under which assumption."""
    limit = _limit(args.batas_kapitalisasi, "--batas-kapitalisasi")
    decide = partial(
        classify,
        capitalisation_limit=limit,
        threshold=_threshold(args.threshold),
        book_limit=_limit(args.batas_buku, "--batas-buku"),
        detailed=args.explain,
    )
    table = CsvTable.read_in(args.file)
    if limit is None:
        print(
            f"Batas kapitalisasi tidak diberikan: dipakai anggapan {ASSUMED_LIMIT} per satuan. "
            "Beri --batas-kapitalisasi N sesuai peraturan kepala daerah.",
            file=sys.stderr,
        )
    added = {**RESULTS, **(DETAILS if args.explain else {})}
    for said in table.twins(added):
        print(said, file=sys.stderr)
    if args.tanpa_rekening:
        table.positions.pop("kode_rekening", None)
    rows = []
    for cells, damage in table.rows:
        found = _decide(table, cells, damage, decide)
        rows.append([*cells, *[tell(found) for tell in added.values()]])
    _write(args.out, [[*table.judul, *added], *rows])
    counts = Counter(row[len(table.judul)] for row in rows)
    told = ", ".join(f"{name} {counts[name]}" for name in ("operasi", "modal", "ragu"))
    print(f"{len(rows)} baris: {told}.", file=sys.stderr)
    return 0


def _decide(
    table: CsvTable, cells: list[str], damage: str, decide: Callable[[Item], Classified]
) -> Classified:
    """The answer for one row; what cannot be read makes it `ragu` with the reason."""
    values: dict[str, object] = {**Item("")._asdict()}
    for name, at in table.positions.items():
        try:
            values[name] = _READERS.get(name, str)(cells[at])
        except ValueError:
            damage = damage or f"Kolom {name} berisi “{cells[at][:30]}”, bukan angka"
    found = decide(Item._make(values.values()))
    if not damage:
        return found
    return found._replace(
        kelas="ragu",
        keyakinan=0.5,
        aturan="baris_tak_terbaca",
        alasan=f"{damage}; jawaban terbaik hanya dari isi lainnya.",
        yang_mengubah="Perbaiki baris ini di berkas, lalu ulangi.",
    )


def _write(path: Path, rows: list[list[str]]) -> None:
    """Write UTF-8 with commas, when every answer is known: a broken run leaves no half file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    if str(path) == STANDARD:
        sys.stdout.write(text.getvalue())
        return
    try:
        if path.is_symlink() or not path.parent.is_dir() or (path.exists() and not path.is_file()):
            path.write_bytes(text.getvalue().encode())  # a device, a link: there, or an OSError
            return
        with intact(path) as handle:
            handle.write(text.getvalue().encode())
    except OSError as error:
        raise DomainError(
            f"Berkas {path} tidak dapat ditulis: {error.strerror or error}. Pilih folder lain."
        ) from error


def _threshold(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise DomainError(f"--threshold “{text[:20]}” bukan angka 0 sampai 1.", field="threshold")
    return value


def _limit(text: str | None, name: str) -> Rupiah | None:
    if text is None:
        return None
    try:
        value = money(text)
    except ValueError:
        value = None
    if value is None or value < ZERO:
        raise DomainError(
            f"{name} “{text[:20]}” bukan jumlah rupiah. Tulis seperti 1000000.", field=name
        )
    return value
