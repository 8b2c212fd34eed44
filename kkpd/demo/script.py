"""The demo's script as data: OPDs and people, what they buy (kkpd/data/demo/*.toml), the special
events of the year, example receipts and their taxes. All invented.

Common events are in every month (`kkpd.demo.year`): partial refunds, split receipts, surcharges,
lost receipts, wrong cards, charges that nobody recorded.

A receipt shows the price with its tax in it. PPN is 11 % of the base in effect, PBJT 10 %; a
marketplace also keeps PPh 22 of 0.5 %; PPh 23 of 2 % is withheld by the treasurer, card or not
(kkpd.md 4).
"""

from __future__ import annotations

import io
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from random import Random
from typing import Any, Final

from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from kkpd.belanja.fields import RecordPurchase
from kkpd.core.moments import brief
from kkpd.core.money import ZERO, Rupiah

#: For every so many purchases the proof is missing, which the tax list must show.
_NO_PROOF_EVERY: Final = 6


def affected(command: RecordPurchase, item: DemoItem, nomor: int) -> RecordPurchase:
    """The purchase with the tax of its kind; `nomor` makes the proof's number.

    Taxes are kept without a sign, on a refund too.
    """
    seller, paid = replace(command, penjual_npwp=item.npwp), abs(command.nilai)
    proof = "" if nomor % _NO_PROOF_EVERY == 0 else f"26-{nomor:03d}-{paid.sen // 50_000}"
    if item.taxes == "ppn":
        return _ppn(seller, item, paid, proof)
    if item.taxes == "pbjt":
        base = _tax_base(paid, 110)
        return replace(seller, dpp=base, pbjt=paid - base, pemungut="penjual")
    if item.taxes == "pph23":
        return replace(
            seller,
            dpp=paid,
            pph_jenis="pph23",
            pph=_per_mille(paid, 20),
            pemungut="bendahara",
            bukti_pajak=proof and f"BP23-{proof}",
        )
    return replace(seller, pemungut="tidak_ada")


def _ppn(command: RecordPurchase, item: DemoItem, paid: Rupiah, proof: str) -> RecordPurchase:
    base = _tax_base(paid, 111)
    shop = item.kanal == "katalog"
    return replace(
        command,
        dpp=base,
        ppn=paid - base,
        pph_jenis="pph22" if shop else None,
        pph=_per_mille(base, 5) if shop else ZERO,
        pemungut="marketplace" if shop else "penjual",
        bukti_pajak=proof and f"FP-{proof}",
    )


def _tax_base(nilai: Rupiah, percent: int) -> Rupiah:
    """The tax base of a price, whole rupiah, half up; `percent` is price divided by base."""
    return Rupiah.of((nilai.sen * 2 + percent) // (2 * percent))


def _per_mille(nilai: Rupiah, thousandths: int) -> Rupiah:
    """This many thousandths, in whole rupiah, rounded down."""
    return Rupiah.of(nilai.sen * thousandths // 100_000)


#: Keys of the TOML file that are called otherwise here.
_NAMES = {"bobot": "weight", "pajak": "taxes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoItem:
    """A kind of purchase: what, where, on which account, at which price, how often.

    `taxes` is ppn, pbjt, pph23 or empty; `npwp` is the seller's, empty if there is none.
    """

    uraian: str
    merchant: str
    rekening: str
    harga: tuple[int, int]
    volume: tuple[int, int] = (1, 1)
    satuan: str
    mcc: str
    kartu: str = "barang"
    kegiatan: int = 0
    kanal: str = "lain"
    program: bool = False
    weight: int
    taxes: str = ""
    npwp: str

    def buy(self, rng: Random) -> tuple[int, Rupiah]:
        """(volume, unit price): prices end on a whole five hundred rupiah."""
        price = rng.randint(self.harga[0] // 500, self.harga[1] // 500) * 500
        return rng.randint(*self.volume), Rupiah.of(price)


def opd() -> dict[str, Any]:
    """OPDs, people across OPDs, and settings."""
    return _read("opd.toml")


def thing() -> list[DemoItem]:
    """What the demo buys."""
    script = _read("belanja.toml")
    return [_item(row, script["npwp"].get(row["merchant"], "")) for row in script["belanja"]]


def _item(row: dict[str, Any], npwp: str) -> DemoItem:
    fields: dict[str, Any] = {
        _NAMES.get(name, name): tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
    }
    return DemoItem(npwp=npwp, **fields)


def _read(name: str) -> dict[str, Any]:
    text = resources.files("kkpd").joinpath("data", "demo", name).read_text(encoding="utf-8")
    return tomllib.loads(text)


#: (OPD, month) -> the story of one goods purchase of that month.
SPECIAL: Final = {
    ("dinkes", 2): "refund_penuh",
    ("dinkes", 4): "sebagian",
    ("dinkes", 8): "akhir_bulan",
    ("dinkes", 10): "akhir_bulan",
    ("bapenda", 2): "tolak_kembali",
    ("bapenda", 4): "refund_telat",
    ("distan", 2): "refund_telat",
    ("distan", 5): "tolak_lunas_kembali",
    ("cktr", 2): "sebagian",
    ("cktr", 5): "akhir_bulan",
    ("disbudporapar", 5): "refund_penuh",
    ("disdik", 8): "akhir_bulan",
    ("kominfostan", 6): "dua_tagihan",
}
#: Days from the posting until the money of a purchase comes back.
REFUND_DAYS: Final = {
    "refund": 9,
    "refund_penuh": 9,
    "refund_telat": 75,
    "tolak_kembali": 25,
    "tolak_lunas_kembali": 65,
}
#: Paid with the travel card, so the purchase is refused.
WRONG_CARD: Final = ("tolak_kembali", "tolak_lunas_kembali")
#: One month of this OPD has a bill up to the middle and one up to the end.
TWO_BILLS: Final = ("kominfostan", 6)
MID_MONTH: Final = 15
#: Why its lines are taken in though they are only some of the bill's.
IN_PIECES: Final = "Bank mengirim tagihan ini dalam dua berkas"
#: The bill of this month comes in two files; that of the other is preceded by an interim list.
TWO_FILES: Final = ("distan", 4)
INTERIM: Final = ("disdik", 5)
#: These bills have a small bank fee.
FEES: Final = (("dinkes", 5), ("cktr", 5))
FEE_TEXT: Final = "BIAYA ADMINISTRASI KARTU"
#: The treasurer's explanation of it.
FEE_REFUND: Final = "Biaya administrasi kartu; dimintakan kembali kepada bank."
#: Holders of this OPD have repaid nothing since this month.
STILL_WAITING: Final = ("disbudporapar", 7)


#: Every so many purchases the holder photographs the receipt; the other shops send one as a PDF.
_PICTURE_EVERY: Final = 5


def receipt(
    number: int, merchant: str, tanggal: date, uraian: str, nilai: Rupiah, nomor: str
) -> tuple[str, bytes]:
    """The receipt of the purchase with this number: (ending of its name, bytes)."""
    if number % _PICTURE_EVERY == 0:
        return "png", draw(merchant, tanggal, uraian, nilai, nomor)
    out = io.BytesIO()
    paper = Canvas(out, pagesize=(226, 320), invariant=1)
    paper.setFont("Helvetica", 9)
    for row, line in enumerate(_lines(merchant, f"{tanggal:%d/%m/%Y}", uraian, nilai, nomor)):
        paper.drawString(14, 296 - row * 16, line)
    paper.save()
    return "pdf", out.getvalue()


def _lines(merchant: str, day: str, uraian: str, nilai: Rupiah, nomor: str) -> tuple[str, ...]:
    return (
        merchant,
        "CONTOH NOTA DEMO - BUKAN NOTA ASLI",
        f"Nomor {nomor}   {day}",
        "-" * 52,
        uraian[:52],
        "-" * 52,
        f"JUMLAH  Rp {nilai}",
        "Dibayar dengan KKPD",
    )


def draw(merchant: str, tanggal: date, uraian: str, nilai: Rupiah, nomor: str) -> bytes:
    """A PNG of a receipt (black on white, about 3 kB)."""
    paper = Image.new("1", (360, 240), 1)
    pen = ImageDraw.Draw(paper)
    for number, line in enumerate(_lines(merchant, brief(tanggal), uraian, nilai, nomor)):
        pen.text((16, 16 + number * 26), line, fill=0)
    pen.rectangle((4, 4, 355, 235), outline=0)
    out = io.BytesIO()
    paper.save(out, "PNG", optimize=True)
    return out.getvalue()
