"""A frozen document as a tagged PDF (PDF/UA-1, PDF/A-3a) with its data and proof.

The same document, proof and look always give the same content: a look never changes once documents
were issued with it. A new look is another line of `look`.
"""

from __future__ import annotations

from collections.abc import Callable

from kkpd.core.proof.events import LogCheckpoint, Proof
from kkpd.engines.paper import FrozenDocument, csv
from kkpd.engines.paper.pdf import file as pdf
from kkpd.engines.paper.sheet import blocks, closing, opening, style
from kkpd.engines.paper.sheet.flow import Flow, page_total_width
from kkpd.engines.paper.sheet.style import Look


def draw(
    look: Look,
    dokumen: FrozenDocument,
    bukti: Proof | None,
    each_page: Callable[[], None] | None = None,
) -> bytes:
    """The PDF. ValueError for a draft with proof or an issued document without one."""
    if dokumen.rancangan != (bukti is None):
        raise ValueError("a draft has no proof, an issued document has one")
    flow = Flow(look, dokumen, each_page)
    opening.draw(flow)
    blocks.draw(flow, dokumen.isi, closing.height(flow, bukti))
    closing.draw(flow, bukti)
    data = dokumen.to_json()
    title = " ".join(part for part in (dokumen.judul, dokumen.nomor) if part)
    return flow.file.finish(
        title=f"{opening.DRAFT}: {title}" if dokumen.rancangan else title,
        author=dokumen.kop.opd or dokumen.kop.pemerintah,
        day=dokumen.tanggal,
        identity=bytes.fromhex(dokumen.sidik())[:16],
        shared=_shared(flow, bukti),
        attachments=_attachments(dokumen, data, bukti),
    )


def _attachments(dokumen: FrozenDocument, data: bytes, bukti: Proof | None) -> list[pdf.Attachment]:
    found = [
        pdf.Attachment("data.json", "application/json", "Data dokumen (RFC 8785)", "Source", data),
        pdf.Attachment("data.csv", "text/csv", "Tabel dokumen", "Alternative", csv.write(dokumen)),
    ]
    if bukti is not None:
        about = "Bukti penerbitan: peristiwa, jalur, titik periksa, tanda tangan"
        proof = bukti.to_json()
        found.append(pdf.Attachment("bukti.json", "application/json", about, "Supplement", proof))
    return found


def _shared(flow: Flow, bukti: Proof | None) -> pdf.Page:
    """The background of every page: number of pages, fingerprint or draft mark."""
    file = flow.file
    last, file.page = file.page, pdf.Page(0)
    letters, y = flow.letters("R"), style.MARGIN_BOTTOM - 2000
    file.begin_furniture(pdf.FOOTER)
    total = letters.run(f" dari {file.page_count}")
    file.show(flow.right - page_total_width(flow), y, total, "R", style.SMALL)
    file.show(flow.left, y, letters.run(_mark(flow, bukti)), "R", style.SMALL)
    file.end()
    if bukti is None:
        _watermark(flow, file.page)
    shared, file.page = file.page, last
    return shared


def _mark(flow: Flow, bukti: Proof | None) -> str:
    if bukti is None:
        return opening.DRAFT
    checkpoint = LogCheckpoint.from_bytes(bukti.checkpoint)
    return f"Sidik {flow.dokumen.sidik()[:16]}… · titik periksa no. {checkpoint.seq}"


def _watermark(flow: Flow, page: pdf.Page) -> None:
    """RANCANGAN across the page, from lower left to upper right."""
    run = flow.letters("B").run("RANCANGAN")
    size = 9000
    half = run.width * size // 2000
    centre_x, centre_y = flow.file.width // 2, flow.file.height // 2
    # text matrix with cos and sin of 45 degrees; starts 0.7071 of half the length before the middle
    x, y = centre_x - half * 7071 // 10000, centre_y - half * 7071 // 10000
    page.texts += [
        pdf.REPEATED,
        style.WATERMARK,
        f"/B {size} Tf .7071 .7071 -.7071 .7071 {x} {y} Tm<{run.glyphs}>Tj",
        "EMC",
    ]
