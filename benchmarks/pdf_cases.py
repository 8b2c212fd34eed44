"""The cases that `benchmarks.pdf` measures, each in a process of its own.

A case prepares its rows untimed and gives the work to be timed.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

HEAD = ("No", "Tanggal", "No. Bukti", "Penjual", "Uraian", "Kode Rekening", "Jumlah", "Saldo")
WIDTHS = (36, 58, 92, 112, 180, 104, 90, 98)
Work = Callable[[], object]


def raw_rows(count: int) -> list[tuple[int, date, str, str, str, str, int, int]]:
    """A ledger: distinct numbers and amounts, shops and texts that recur."""
    first = date(2026, 1, 1)
    return [
        (
            number,
            first + timedelta(days=number % 365),
            f"KKPD/{number:06d}/2026",
            f"TOKO SUMBER {number % 997}",
            f"Belanja alat tulis kantor {number}",
            "5.1.02.01.01.0024",
            10_000 + number * 7_919 % 3_000_000,
            5_000_000_000 - number,
        )
        for number in range(1, count + 1)
    ]


def text_rows(count: int) -> list[tuple[str, ...]]:
    """The same rows as the bare passes show them."""
    return [
        (str(no), f"{day:%d-%m-%Y}", *rest, f"{a:,}".replace(",", "."), f"{b:,}".replace(",", "."))
        for no, day, *rest, a, b in raw_rows(count)
    ]


def document(count: int) -> Any:
    """The ledger as a frozen document."""
    from kkpd.core.money import Rupiah
    from kkpd.engines.paper import Column, Letterhead, Person, SignatureBlock, data_table
    from kkpd.engines.paper.forms import Frame, dokumen

    kinds = ("angka", "tanggal", "kode", "teks", "teks", "kode", "uang", "uang")
    columns = [
        Column(f"k{at}", head, kind, width, dijumlah=at == 6)  # type: ignore[arg-type]  # a Literal, spread over a loop
        for at, (head, kind, width) in enumerate(zip(HEAD, kinds, WIDTHS, strict=True))
    ]
    rows = [(*row[:6], Rupiah.of(row[6]), Rupiah.of(row[7])) for row in raw_rows(count)]
    frame = Frame(
        kop=Letterhead("Pemerintah Kabupaten Deli Serdang", "Dinas Kesehatan"),
        tanggal=date(2026, 11, 24),
        nomor="1/2026",
        tempat="Lubuk Pakam",
        alamat_periksa="https://kkpd.example.go.id/periksa/",
    )
    signer = SignatureBlock("Bendahara", Person("Citra Contoh"))
    table = data_table(columns, [("", rows)])
    return dokumen(frame, "bku", "Buku Pembantu KKPD", [table], [signer], arah="mendatar")


def ours(count: int) -> Work:
    """Tagged, PDF/UA-1 and PDF/A-3a, data and proof attached."""
    from kkpd.engines.paper.sheet import draw
    from tests.reports.samples import issue

    issued, bukti = issue(document(count))
    return lambda: draw(issued, bukti)


def dpt(count: int) -> Work:
    """A DPT of one page, from its rows to bytes."""
    from kkpd.engines.paper.sheet import draw
    from tests.reports.samples import a_dpt, issue

    draw(*issue(a_dpt(1)))
    return lambda: draw(*issue(a_dpt(count)))


def verify(count: int) -> Work:
    """All checks of the ledger's file."""
    from kkpd.engines.paper.sheet import draw
    from kkpd.engines.paper.verify import verify as check
    from tests.reports.samples import PUBLIC_KEY, issue

    data = draw(*issue(document(count)))
    return lambda: check(data, PUBLIC_KEY).exit_status


def bare(count: int) -> Work:
    """ReportLab's canvas: the same rows, no tags, no rules but the grid, nothing embedded."""
    from importlib import resources

    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    path = resources.files("kkpd") / "data" / "reports" / "FiraSans-Regular.ttf"
    pdfmetrics.registerFont(TTFont("F", str(path)))
    rows = text_rows(count)
    edges = [36]
    for width in WIDTHS:
        edges.append(edges[-1] + width)

    def work() -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=landscape(A4), invariant=1)
        for start in range(0, len(rows), 35):
            canvas.setFont("F", 8)
            y = 545
            for row in (HEAD, *rows[start : start + 35]):
                for at, value in enumerate(row):
                    if at > 5:
                        canvas.drawRightString(edges[at + 1] - 3, y + 3.5, value)
                    else:
                        canvas.drawString(edges[at] + 3, y + 3.5, value)
                canvas.line(edges[0], y, edges[-1], y)
                y -= 13
            for x in edges:
                canvas.line(x, 558, x, y + 13)
            canvas.drawRightString(800, 20, f"Halaman {canvas.getPageNumber()}")
            canvas.showPage()
        canvas.save()
        return out.getvalue()

    return work


def longtable(count: int) -> Work:
    """ReportLab's LongTable, untagged."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import LongTable, SimpleDocTemplate

    rows = [list(HEAD), *map(list, text_rows(count))]
    style: Any = [
        ("FONTSIZE", (0, 0), (-1, -1), 8),
        ("GRID", (0, 0), (-1, -1), 0.25, (0.5, 0.5, 0.5)),
    ]

    def work() -> bytes:
        out = io.BytesIO()
        table = LongTable(rows, colWidths=WIDTHS, repeatRows=1, style=style)
        SimpleDocTemplate(out, pagesize=landscape(A4), leftMargin=36, rightMargin=36).build([table])
        return out.getvalue()

    return work


def weasyprint(count: int) -> Work:
    """WeasyPrint, untagged, from HTML."""

    cells = "".join(f"<tr>{''.join(f'<td>{v}' for v in row)}" for row in text_rows(count))
    head = "".join(f"<th>{title}" for title in HEAD)
    style = "@page{size:A4 landscape}table{border-collapse:collapse;font-size:8pt}"
    style += "td{border:.25pt solid}"
    page = f"<style>{style}</style><table><thead><tr>{head}<tbody>{cells}</table>"
    html = importlib.import_module("weasyprint").HTML
    return lambda: html(string=page).write_pdf()


def xlsx(count: int) -> Work:
    """The workbook of the ledger."""
    from kkpd.engines.paper import xlsx as out

    found = document(count)
    return lambda: out.write(found)


def xlsxwriter(count: int) -> Work:
    """The same cells by xlsxwriter in constant memory."""
    import xlsxwriter as library  # type: ignore[import-untyped]  # it ships no types

    rows = raw_rows(count)

    def work() -> bytes:
        out = io.BytesIO()
        with library.Workbook(out, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            day = book.add_format({"num_format": "dd-mm-yyyy"})
            for at, row in enumerate(rows):
                sheet.write_number(at, 0, row[0])
                sheet.write_datetime(at, 1, row[1], day)
                for column in (2, 3, 4, 5):
                    sheet.write_string(at, column, row[column])
                sheet.write_number(at, 6, row[6])
                sheet.write_number(at, 7, row[7])
        return out.getvalue()

    return work


def csv_ours(count: int) -> Work:
    """The ledger as CSV."""
    from kkpd.engines.paper import csv as out

    found = document(count)
    return lambda: out.write(found)


def csvwriter(count: int) -> Work:
    """The same rows by csv.writer."""
    rows = raw_rows(count)

    def work() -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(rows)
        return out.getvalue().encode()

    return work


def log(count: int) -> Work:
    """A chain of `count` events: each one's link, its leaf, and the root over all."""
    from kkpd.core.proof import merkle
    from kkpd.core.proof.events import LogEvent
    from tests.reports.samples import AT

    events, prev = [], "0" * 64
    for seq in range(1, count + 1):
        event = LogEvent(
            chain="1.02", seq=seq, prev=prev, at=AT, actor="citra", role="bp",
            kind="belanja:catat", subject=f"transaksi:{seq}", after={"nilai": "75000.00"},
        ).to_bytes()  # fmt: skip
        events.append(event)
        prev = merkle.leaf_hash(event).hex()
    needle = b'"prev":"'

    def work() -> str:
        leaves, last = [], "0" * 64
        for event in events:
            at = event.index(needle) + len(needle)
            if event[at : at + 64] != last.encode():
                raise ValueError("broken link")
            leaf = merkle.leaf_hash(event)
            leaves.append(leaf)
            last = leaf.hex()
        return merkle.root(leaves).hex()

    return work


CASES: dict[str, Callable[[int], Work]] = {
    "ours": ours, "dpt": dpt, "verify": verify, "bare": bare, "longtable": longtable,
    "weasyprint": weasyprint, "xlsx": xlsx, "xlsxwriter": xlsxwriter, "csv": csv_ours,
    "csvwriter": csvwriter, "log": log,
}  # fmt: skip


def main() -> int:
    """`CASE ROWS`: one JSON line with the best of three runs (CPU time) and the peak memory."""
    case, rows = sys.argv[1], int(sys.argv[2])
    work, best = CASES[case](rows), 1e9
    for _ in range(1 if rows > 50_000 or case == "weasyprint" else 3):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"case": case, "rows": rows, "seconds": round(best, 4), "peak_mb": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
