"""Four links on one page: bank line, purchase, budget and ceiling, document and payment."""

from __future__ import annotations

from flask import render_template, request

from kkpd.core.choices import DIFFERENCE_KINDS
from kkpd.core.document_kinds import NAMES
from kkpd.ledger.difference_kinds import LABELS, OWNERS
from kkpd.reconciliation.links import reads as four_way
from kkpd.views.reconciliation.base import bp
from kkpd.web.globals import today
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.translation import _


@bp.get("/tautan")
@needs("cocok:lihat")
def tautan(opd: str, periode: Periode) -> str:
    """Every amount of the month with its links; `?jenis=` shows one kind, `?jenis=semua` all."""
    work = four_way.bulan(reading(), actor(), chosen_opd().id, periode, today())
    kind = request.args.get("jenis", "")
    kind = kind if kind in (*DIFFERENCE_KINDS, "semua", "tuntas") else ""
    return render_template(
        "pages/cocok/tautan.html",
        four_way=work,
        jenis=kind,
        rows=[part for part in work.bagian if _shown(part, kind)],
        nama_selisih={key: _(words) for key, words in LABELS.items()},
        nama_dokumen=NAMES,
        pemilik=OWNERS,
    )


def _shown(part: four_way.LinkPiece, kind: str) -> bool:
    if kind == "semua":
        return True
    if kind == "tuntas":
        return part.discrepancy is None
    return part.discrepancy is not None and kind in ("", part.discrepancy.jenis)
