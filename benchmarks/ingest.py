"""Reading bank files, without the database, beside the bare parsers.

    script/bench ingest [--rows 100000] [--long 1000000]

The same made-up bill (12 columns, `1.234.567,89`, masked cards) as CSV and XLSX. Each measure is
the best of three in processor time, since other work on the machine does not count; peak memory is
the process's own. Reading includes sums, findings, card masking and base keys.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import chain

TITLES = (
    *("Tgl Transaksi", "Tgl Pembukuan", "Nomor Kartu", "No Referensi", "Keterangan", "Merchant"),
    *("MCC", "Mata Uang", "Jumlah (Rp)", "DB/CR", "Kota", "Terminal"),
)


def rows(count: int) -> Iterator[list[str]]:
    """A bill's rows, the same for the same count."""
    start = date(2025, 1, 1)
    for n in range(count):
        day = start + timedelta(days=n % 365)
        amount = f"{1000 + n * 7919 % 99_999_999:,}".replace(",", ".") + f",{n % 100:02d}"
        yield [
            day.strftime("%d/%m/%Y"),
            (day + timedelta(days=1)).strftime("%d/%m/%Y"),
            f"512345******{n % 300:04d}",
            f"REF{n:010d}",
            f"PEMBELIAN KE {n} DI TOKO",
            f"TOKO {n % 5000} MEDAN",
            str(5000 + n % 900),
            "IDR",
            amount,
            "DB" if n % 50 else "CR",
            "MEDAN",
            f"T{n % 777:08d}",
        ]


def as_csv(count: int) -> bytes:
    """The bill as CSV."""
    data = io.BytesIO()
    with io.TextIOWrapper(data, "utf-8", newline="", write_through=True) as text:
        csv.writer(text, delimiter=";").writerows(chain([TITLES], rows(count)))
        return data.getvalue()


def as_xlsx(count: int) -> bytes:
    """The bill as a workbook."""
    import xlsxwriter  # type: ignore[import-untyped]  # the library ships no types

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(chain([TITLES], rows(count))):
        sheet.write_row(number, 0, row)
    book.close()
    return data.getvalue()


def read(data: bytes) -> Callable[[], object]:
    """Our reading with base keys."""
    from kkpd.domain.identity import base_keys_of
    from kkpd.ingest import stream

    def run() -> object:
        reading = stream(data)
        for batch in reading.batches():
            c = batch.columns
            dates = (c.transaction_date, c.posting_date)
            base_keys_of(zip(c.card_last4, *dates, c.amount, c.direction, c.raw, strict=True))
        return reading.statement()

    return run


def bare_csv(data: bytes) -> Callable[[], object]:
    """`csv.reader` over the same bytes, rows thrown away."""
    return lambda: [
        None for _ in csv.reader(io.TextIOWrapper(io.BytesIO(data), newline=""), delimiter=";")
    ]


def bare_calamine(data: bytes) -> Callable[[], object]:
    """calamine alone, the rows as lists."""
    from python_calamine import CalamineWorkbook

    return lambda: (
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    )


def bare_insert(count: int) -> Callable[[], object]:
    """`executemany` of the same rows into SQLite in memory."""
    values = list(rows(count))

    def run() -> object:
        database = sqlite3.connect(":memory:")
        database.execute("CREATE TABLE t (a, b, c, d, e, f, g, h, i, j, k, l)")
        database.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        database.commit()
        return database.total_changes

    return run


CASES: dict[str, Callable[[int], Callable[[], object]]] = {
    "csv": lambda count: read(as_csv(count)),
    "csv.reader": lambda count: bare_csv(as_csv(count)),
    "xlsx": lambda count: read(as_xlsx(count)),
    "calamine": lambda count: bare_calamine(as_xlsx(count)),
    "executemany": bare_insert,
}


def case(name: str, count: int, times: int) -> dict[str, object]:
    """Measure one case in this process."""
    run = CASES[name](count)
    best = min(_seconds(run) for _ in range(times))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"case": name, "rows": count, "seconds": round(best, 3), "peak_mb": round(peak)}


def _seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _apart(name: str, count: int, times: int = 3) -> float:
    command = [sys.executable, "-m", "benchmarks.ingest", "--case", name, "--rows", str(count)]
    done = subprocess.run(
        [*command, "--times", str(times)], capture_output=True, text=True, check=True
    )
    print(done.stdout.strip(), flush=True)
    return float(json.loads(done.stdout)["seconds"])


def main() -> int:
    """Every case in a process of its own, then the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=1_000_000)
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--times", type=int, default=3)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(case(args.case, args.rows, args.times)))
        return 0
    took = {name: _apart(name, args.rows) for name in CASES}
    long = _apart("csv", args.long, 2)
    for said, ours, peer in (
        ("csv / csv.reader", took["csv"], took["csv.reader"]),
        ("csv / executemany", took["csv"], took["executemany"]),
        ("xlsx / calamine", took["xlsx"], took["calamine"]),
        ("long csv / csv", long, took["csv"]),
    ):
        print(json.dumps({"ratio": said, "times": round(ours / peer, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
