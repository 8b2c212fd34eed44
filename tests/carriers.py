"""One hostile file for each place in which a card number may travel, for bills and for evidence."""

from __future__ import annotations

import gzip
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pikepdf
import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from reportlab.pdfgen.canvas import Canvas

CARD: Final = "4111111111111111"
SPACED: Final = "4111 1111 1111 1111"
HEAD: Final = "Tgl Transaksi;Nomor Kartu;Keterangan;Jumlah (Rp)\n"
#: The same number as people, programs and other scripts write it.
WRITTEN: Final = (
    CARD, SPACED, "4111-1111-1111-1111", "4111.1111.1111.1111", "4111/1111/1111/1111",
    "4111_1111_1111_1111", "4111  1111  1111  1111", "4111\u20131111\u20131111\u20131111",
    "4111\u200b1111\u200b1111\u200b1111", "４１１１１１１１１１１１１１１１", "٤١١١ ١١١١ ١١١١ ١١١١",
    " ".join(CARD), "000" + CARD,
)  # fmt: skip


def _xlsx(fill: Callable[[Any, Any], None]) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Tagihan")
        page.write_row(0, 0, ["Tgl Transaksi", "Nomor Kartu", "Keterangan", "Jumlah (Rp)"])
        page.write_row(1, 0, ["14/10/2026", "x4821", "TOKO SUMBER", "125.000,00"])
        fill(book, page)
    return out.getvalue()


def _repacked(data: bytes, name: str, content: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            new.writestr(member, old.read(member))
        new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def pdf(*, pages: int = 1, words: dict[int, str] | None = None, title: str = "") -> bytes:
    """A bill of some pages; `words` stand on the page of that number."""
    out = BytesIO()
    paper = Canvas(out, invariant=1, pageCompression=0)
    paper.setTitle(title or "Tagihan")
    for page in range(1, pages + 1):
        rows = [("Tgl Transaksi", "Nomor Kartu", "Keterangan", "Jumlah (Rp)")]
        rows += [(f"{day}/10/2026", "4821", f"TOKO {page}", "125.000,00") for day in (14, 15)]
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                paper.drawString(40 + 130 * column, 760 - 20 * line, cell)
        if words and page in words:
            paper.drawString(40, 600, words[page])
        paper.showPage()
    paper.save()
    return out.getvalue()


def _changed(change: Callable[[pikepdf.Pdf], None], **options: Any) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf())) as paper:
        change(paper)
        paper.save(out, **options)
    return out.getvalue()


def _note(paper: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 20, 20], Contents=SPACED
    )
    paper.pages[0].Annots = pikepdf.Array([paper.make_indirect(note)])


def _stamp(paper: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    look = paper.make_stream(b"BT /F1 9 Tf 2 2 Td [(4111 11) -50 (11 1111) 3 ( 1111)] TJ ET")
    look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    look.BBox = [0, 0, 200, 20]
    look.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[50, 50, 250, 70], F=4,
        AP=pikepdf.Dictionary(N=look),
    )  # fmt: skip
    paper.pages[0].Annots = pikepdf.Array([paper.make_indirect(note)])


def _field(paper: pikepdf.Pdf) -> None:
    field = paper.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx,
            T="kartu", V=SPACED, Rect=[0, 0, 200, 20], DA="/Helv 9 Tf",
        )
    )  # fmt: skip
    paper.pages[0].Annots = pikepdf.Array([field])
    paper.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), DA="/Helv 9 Tf")


def _attach(paper: pikepdf.Pdf) -> None:
    paper.attachments["rincian.txt"] = pikepdf.AttachedFileSpec(paper, SPACED.encode())


def _bookmark(paper: pikepdf.Pdf) -> None:
    with paper.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(f"Kartu {SPACED}", 0))


def _label(paper: pikepdf.Pdf) -> None:
    label = pikepdf.Dictionary(P=f"{SPACED} ")
    paper.Root.PageLabels = pikepdf.Dictionary(Nums=pikepdf.Array([0, label]))


def _layer(paper: pikepdf.Pdf) -> None:
    layer = paper.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=SPACED))
    paper.Root.OCProperties = pikepdf.Dictionary(
        OCGs=pikepdf.Array([layer]), D=pikepdf.Dictionary(Order=pikepdf.Array([layer]))
    )


def _properties(paper: pikepdf.Pdf) -> None:
    with paper.open_metadata() as told:
        told["dc:description"] = f"kartu {SPACED}"


def _older_state() -> bytes:
    """A file whose last change took the number out: the older bytes are still in it."""
    old = pdf(title=f"Kartu {SPACED}")
    start = old.rindex(b"startxref\n") + 10
    before = int(old[start : old.index(b"\n", start)])
    with pikepdf.open(BytesIO(old)) as paper:
        number, size = paper.trailer.Info.objgen[0], int(paper.trailer.Size)
        root = paper.trailer.Root.objgen[0]
    place = len(old)
    new = f"{number} 0 obj\n<< /Title (Tagihan) >>\nendobj\n".encode()
    table = f"xref\n{number} 1\n{place:010d} 00000 n \n".encode()
    ends = f"trailer\n<< /Size {size} /Root {root} 0 R /Info {number} 0 R /Prev {before} >>\n"
    tail = f"startxref\n{place + len(new)}\n%%EOF\n"
    return old + new + table + ends.encode() + tail.encode()


def pdfs() -> dict[str, bytes]:
    """Name -> a PDF with the number in that place."""
    objects = pikepdf.ObjectStreamMode.generate
    return {
        "halaman-1.pdf": pdf(words={1: SPACED}),
        "halaman-9.pdf": pdf(pages=9, words={9: "4111.1111.1111.1111"}),
        "judul.pdf": pdf(title=f"Kartu {SPACED}"),
        "catatan.pdf": _changed(_note, object_stream_mode=objects),
        "cap.pdf": _changed(_stamp),
        "isian.pdf": _changed(_field),
        "lampiran.pdf": _changed(_attach),
        "penanda.pdf": _changed(_bookmark, object_stream_mode=objects),
        "label.pdf": _changed(_label),
        "lapisan.pdf": _changed(_layer),
        "xmp.pdf": _changed(_properties),
        "lama.pdf": _older_state(),
    }


def _picture(form: str, **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), (200, 180, 160)).save(out, form, **options)
    return out.getvalue()


def photos() -> dict[str, bytes]:
    """Name -> a photo with the number in its metadata or behind its end."""
    exif = Image.Exif()
    exif[0x010E] = f"kartu {SPACED}"
    wide = Image.Exif()
    wide[0x9C9C] = SPACED.encode("utf-16-le")
    text, packed = PngInfo(), PngInfo()
    text.add_text("Comment", SPACED)
    packed.add_itxt("XML:com.adobe.xmp", f"<x>kartu {SPACED}</x>", zip=True)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x18\x1c\x02\x78\x00\x13"
    iptc += SPACED.encode()

    plain = _picture("JPEG")
    return {
        "exif.jpg": _picture("JPEG", exif=exif),
        "exif-lebar.jpg": _picture("JPEG", exif=wide),
        "komentar.jpg": _picture("JPEG", comment=SPACED.encode()),
        "iptc.jpg": plain[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + plain[2:],
        "ekor.jpg": plain + gzip.compress(SPACED.encode()),
        "teks.png": _picture("PNG", pnginfo=text),
        "xmp.png": _picture("PNG", pnginfo=packed),
    }


def bills() -> dict[str, bytes]:
    """Name -> a bank's file with the number in that place."""
    plain = _xlsx(lambda _book, _page: None)
    lines = "".join(f"{day}/10/2026;x4821;{{}};25.000,00\n" for day in (13, 14))
    found = {
        f"cara-{number}.csv": (HEAD + lines.format(f"KARTU {way}", "KOPI")).encode()
        for number, way in enumerate(WRITTEN)
    }
    page = "<html><table><tr>" + "".join(f"<th>{one}</th>" for one in HEAD.strip().split(";"))
    row = "</tr><tr><td>14/10/2026</td><td>x4821</td><td>{}</td><td>125.000,00</td></tr></table>"
    return found | {
        "sel.csv": (HEAD + "13/10/2026;4111;1111;1111;1111;25.000,00\n").encode(),
        "utf16.csv": (HEAD + lines.format(SPACED, "KOPI")).encode("utf-16"),
        "entitas.html": (page + row.format("4111&nbsp;1111&#32;&#49;111 1111")).encode(),
        "tebal.html": (page + row.format("4111<b>1111</b><i>1111</i>1111")).encode(),
        "sel.xlsx": _xlsx(lambda _b, p: p.write_row(2, 0, ["4111", "1111", "1111", "1111"])),
        "angka.xlsx": _xlsx(lambda _b, p: p.write_number(2, 1, float(CARD))),
        "komentar.xlsx": _xlsx(lambda _b, p: p.write_comment(1, 2, f"kartu {SPACED}")),
        "kepala.xlsx": _xlsx(lambda _b, p: p.set_header(f"&C{SPACED}")),
        "kaki.xlsx": _xlsx(lambda _b, p: p.set_footer(f"&C{SPACED}")),
        "nama.xlsx": _xlsx(lambda b, _p: b.define_name("Kartu", f'="{SPACED}"')),
        "sifat.xlsx": _xlsx(lambda b, _p: b.set_properties({"comments": SPACED})),
        "lembar.xlsx": _xlsx(lambda b, _p: b.add_worksheet("4111-1111-1111-1111")),
        "gambar.xlsx": _repacked(plain, "xl/media/image1.png", photos()["xmp.png"]),
        "dalam.xlsx": _repacked(plain, "xl/embeddings/a.bin", gzip.compress(SPACED.encode())),
        "zlib.xlsx": _repacked(plain, "xl/embeddings/b.bin", zlib.compress(SPACED.encode())),
        **pdfs(),
    }
