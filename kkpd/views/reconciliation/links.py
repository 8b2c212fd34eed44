"""Four links on one page: bank line, purchase, budget and ceiling, document and payment."""

from __future__ import annotations

from collections import Counter
from typing import Final

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

#: Amounts on one page.
PORTION: Final = 15


@bp.get("/tautan")
@needs("cocok:lihat")
def tautan(opd: str, periode: Periode) -> str:
    """Every amount of the month with its links; `?jenis=` shows one kind, `?jenis=semua` all."""
    work = four_way.bulan(reading(), actor(), chosen_opd().id, periode, today())
    kind = request.args.get("jenis", "")
    kind = kind if kind in (*DIFFERENCE_KINDS, "semua", "tuntas") else ""
    rows = [part for part in work.bagian if _shown(part, kind)]
    keys = _keys(rows)
    after = request.args.get("sesudah", "")
    start = keys.index(after) + 1 if after in keys else 0
    end = start + PORTION
    return render_template(
        "pages/cocok/tautan.html",
        four_way=work,
        jenis=kind,
        rows=rows[start:end],
        banyak=len(rows),
        following=keys[end - 1] if end < len(rows) else None,
        nama_selisih={key: _(words) for key, words in LABELS.items()},
        nama_dokumen=NAMES,
        pemilik=OWNERS,
    )


def _keys(rows: list[four_way.LinkPiece]) -> list[str]:
    """By what the next page begins: line and purchase of each amount, and which of equal ones."""
    seen: Counter[tuple[int, int]] = Counter()
    keys = []
    for part in rows:
        place = (part.baris.id if part.baris else 0, part.belanja.id if part.belanja else 0)
        seen[place] += 1
        keys.append(f"{place[0]}-{place[1]}-{seen[place]}")
    return keys


def _shown(part: four_way.LinkPiece, kind: str) -> bool:
    if kind == "semua":
        return True
    if kind == "tuntas":
        return part.discrepancy is None
    return part.discrepancy is not None and kind in ("", part.discrepancy.jenis)
