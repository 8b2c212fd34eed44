"""Four links on one page: bank line, purchase, budget and ceiling, document and payment."""

from __future__ import annotations

from flask import render_template, request

from kkpd.core.choices import JENIS_SELISIH
from kkpd.ledger.difference_kinds import PEMILIK
from kkpd.reconciliation.links import reads as empat
from kkpd.records.documents import NAMA_JENIS
from kkpd.views.reconciliation.base import bp
from kkpd.web.globals import today
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.terms.words import NAMA_SELISIH
from kkpd.web.translation import _


@bp.get("/tautan")
@needs("cocok:lihat")
def tautan(opd: str, periode: Periode) -> str:
    """Every amount of the month with its links; `?jenis=` shows one kind, `?jenis=semua` all."""
    month = (periode.tahun, periode.bulan)
    work = empat.bulan(reading(), actor(), chosen_opd().id, month, today())
    kind = request.args.get("jenis", "")
    kind = kind if kind in (*JENIS_SELISIH, "semua", "tuntas") else ""
    return render_template(
        "pages/cocok/tautan.html",
        empat=work,
        jenis=kind,
        rows=[part for part in work.bagian if _shown(part, kind)],
        nama_selisih={key: _(words) for key, words in NAMA_SELISIH.items()},
        nama_dokumen=NAMA_JENIS,
        pemilik=PEMILIK,
    )


def _shown(part: empat.Bagian, kind: str) -> bool:
    if kind == "semua":
        return True
    if kind == "tuntas":
        return part.beda is None
    return part.beda is not None and kind in ("", part.beda.jenis)
