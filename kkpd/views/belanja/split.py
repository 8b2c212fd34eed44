"""Splitting a mixed receipt into lines."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.belanja import split
from kkpd.belanja.split import SplitPiece, SplitPurchase
from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah
from kkpd.pagu import reads as pagu_reads
from kkpd.views.belanja.base import fetch, in_both
from kkpd.views.belanja.form import kode
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor
from kkpd.web.request.refused import drawn
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

#: Rows offered at once; "Tambah baris" gives more.
_LINE = 3


@in_both("/<int:id>/pecah", "GET")
def pecah(opd: str, periode: Periode, id: int) -> str:
    """The line as its first part, empty parts beneath."""
    line = fetch(id).transaksi
    first = {
        "uraian": line.uraian,
        "pembebanan": f"{line.sub_kegiatan}|{line.rekening}|{line.sumber_dana}",
        "nilai": str(line.nilai),
    }
    return _page(id, [first, *({} for _row in range(_LINE - 1))])


@in_both("/<int:id>/pecah", "POST")
def pecahkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Split it, or give more rows."""
    fetch(id)
    rows = _sent()
    if request.form.get("tindakan") == "tambah":
        return _page(id, [*rows, {}, {}])
    version = whole_number(request.form.get("versi", "")) or 0
    try:
        parts = tuple(_part(row) for row in rows if row["uraian"].strip() or row["nilai"].strip())
        command = SplitPurchase(id, version, parts)
        with writing() as session:
            lines = split.split(session, actor(), command, now())
            count = len(lines)
    except DomainError as refusal:
        return drawn(refusal, _page(id, rows))
    flash(_("Dipecah menjadi %(n)s belanja dengan nota yang sama.", n=count), "ok")
    return see(".rinci", id=id)


def _sent() -> list[dict[str, str]]:
    names = ("uraian", "pembebanan", "nilai")
    columns = [request.form.getlist(name)[:60] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]


def _part(row: dict[str, str]) -> SplitPiece:
    sub_kegiatan, rekening, sumber_dana = kode(row["pembebanan"], ("", "", ""))
    return SplitPiece(
        uraian=row["uraian"],
        nilai=Rupiah.parse(row["nilai"]),
        sub_kegiatan=sub_kegiatan,
        rekening=rekening,
        sumber_dana=sumber_dana,
    )


def _page(id: int, rows: list[dict[str, str]]) -> str:
    found = fetch(id)
    lines = pagu_reads.dpa_lines(reading(), chosen_opd().id, found.transaksi.tahun)
    return render_template(
        "pages/belanja/pecah.html",
        r=found,
        t=found.transaksi,
        bagian=rows,
        dpa=lines,
    )
