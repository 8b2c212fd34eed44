"""What is said about a purchase: shown on its page, asked and answered there; the refusal notice
for the holder it is addressed to.
"""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue

from kkpd.belanja import choices, questions
from kkpd.models import Transaksi
from kkpd.oversight import conversation
from kkpd.payment import liabilities
from kkpd.views.belanja.base import bp, fetch
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _


def told(line: Transaksi) -> dict[str, Any]:
    """What the box on the purchase's page shows."""
    opd_id, session = chosen_opd().id, reading()
    said = conversation.conversations(session, [line.id])[line.id]
    still_open = questions.waiting(questions.of(session, [line.id]))
    refused = any(one.kind in ("tolak", "sebagian") for one in said)
    owed = liabilities.one_item(session, opd_id, line.id, None, today()) if refused else None
    return {
        "said": said,
        "asked_me": any(one.asked_id == actor().orang_id for one in still_open),
        "people": choices.orang(session, opd_id),
        "owed": owed if owed is not None and owed.sisa else None,
        "paper": conversation.notice(session, line.id) if refused else None,
    }


def ask(id: int) -> None:
    """Ask what was sent."""
    with writing() as session:
        asked = whole_number(request.form.get("kepada", ""))
        questions.ask(session, actor(), id, asked, request.form.get("isi", ""), now())
    flash(_("Pertanyaan terkirim; ia muncul pada layar pertama yang ditanya."), "ok")


def answer(id: int) -> None:
    """Answer what was asked."""
    with writing() as session:
        questions.answer(session, actor(), id, request.form.get("isi", ""), now())
    flash(_("Jawaban terkirim kepada yang bertanya."), "ok")


@bp.post("/<int:id>/tanya")
@needs("belanja:lihat")
@stands_on("belanja.rinci")
def tanya(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Ask somebody about the purchase."""
    fetch(id)
    ask(id)
    return see("belanja.rinci", id=id, _anchor="percakapan")


@bp.post("/<int:id>/jawab")
@needs("belanja:lihat")
@stands_on("belanja.rinci")
def jawab(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Answer a question about the purchase."""
    fetch(id)
    answer(id)
    return see("belanja.rinci", id=id, _anchor="percakapan")
