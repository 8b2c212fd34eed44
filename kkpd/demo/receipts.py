"""Example receipts as small pictures, each saying that it is one."""

from __future__ import annotations

import io
from datetime import date

from PIL import Image, ImageDraw

from kkpd.core.moments import brief
from kkpd.core.money import Rupiah


def draw(merchant: str, tanggal: date, uraian: str, nilai: Rupiah, nomor: str) -> bytes:
    """A PNG of a receipt (black on white, about 3 kB)."""
    paper = Image.new("1", (360, 240), 1)
    pen = ImageDraw.Draw(paper)
    lines = (
        merchant,
        "CONTOH NOTA DEMO - BUKAN NOTA ASLI",
        f"Nomor {nomor}   {brief(tanggal)}",
        "-" * 52,
        uraian[:52],
        "-" * 52,
        f"JUMLAH  Rp {nilai}",
        "Dibayar dengan KKPD",
    )
    for number, line in enumerate(lines):
        pen.text((16, 16 + number * 26), line, fill=0)
    pen.rectangle((4, 4, 355, 235), outline=0)
    out = io.BytesIO()
    paper.save(out, "PNG", optimize=True)
    return out.getvalue()
