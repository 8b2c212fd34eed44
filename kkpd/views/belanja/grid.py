"""The grid: many purchases at once, checked row by row, saved whole or not at all."""

from __future__ import annotations

import secrets

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.verbs import NotAFact
from kkpd.core.errors import DomainError, Finding
from kkpd.pagu import reads as pagu_reads
from kkpd.views.belanja import grid_form as lembar
from kkpd.views.belanja.base import bp
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

_BLANK_ROWS = 8

#: The service names fields of a purchase; the grid has one column for several of them.
_COLUMNS = {
    "kartu_id": "kartu",
    "sub_kegiatan": "pembebanan",
    "rekening": "pembebanan",
    "sumber_dana": "pembebanan",
}


@bp.get("/banyak")
@needs("belanja:catat")
def banyak(opd: str, periode: Periode) -> str:
    """An empty grid."""
    return _page(periode, [{} for _row in range(_BLANK_ROWS)], [], secrets.token_hex(16))


@bp.post("/banyak")
@needs("belanja:catat")
def catat_banyak(opd: str, periode: Periode) -> ResponseReturnValue:
    """Take the pasted rows into the grid, give more rows, or save all of them."""
    rows, kunci = _sent(), request.form.get("kunci_kirim", "")[:40]
    act = request.form.get("tindakan")
    if act == "tempel":
        pasted = lembar.tempelan(request.form.get("tempelan", ""))
        kept = [row for row in rows if lembar.is_filled(row)]
        return _page(periode, [*kept, *pasted] or rows, [], kunci)
    if act == "tambah":
        return _page(periode, [*rows, *({} for _row in range(_BLANK_ROWS))], [], kunci)
    filled = [row for row in rows if lembar.is_filled(row)]
    known = lembar.acuan(reading(), chosen_opd().id, periode.tahun)
    commands, findings = lembar.baca(filled, known, chosen_opd().id, kunci)
    if findings:
        return _page(periode, filled, findings, kunci), 422
    try:
        with writing() as session:
            count = len(belanja_verbs.catat_banyak(session, actor(), commands, now()))
    except DomainError as refusal:
        return _page(periode, filled or rows, _told(refusal), kunci), 422
    flash(_("%(n)s belanja tercatat. Lampirkan buktinya satu per satu.", n=count), "ok")
    return see("belanja.index", bukti="tanpa")


def _told(refusal: DomainError) -> list[Finding]:
    if isinstance(refusal, NotAFact):
        return list(refusal.findings)
    return [Finding("bukan_fakta", refusal.message, "salah")]


def _sent() -> list[dict[str, str]]:
    columns = [request.form.getlist(name)[: lembar.MOST] for name in lembar.COLUMNS]
    return [dict(zip(lembar.COLUMNS, row, strict=True)) for row in zip(*columns, strict=False)]


def _page(periode: Periode, rows: list[dict[str, str]], findings: list[Finding], kunci: str) -> str:
    wrong = {(found.row, _COLUMNS.get(found.field or "", found.field)) for found in findings}
    return render_template(
        "pages/belanja/banyak.html",
        baris=rows,
        temuan=findings,
        mistakes=wrong,
        kolom_temuan=_COLUMNS,
        kunci=kunci,
        kartu=belanja_choices.kartu(reading(), chosen_opd().id),
        dpa=pagu_reads.dpa_lines(reading(), chosen_opd().id, periode.tahun),
    )
