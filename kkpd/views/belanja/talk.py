"""What is said about a purchase: shown on its page, asked and answered there; the refusal notice
for the holder it is addressed to.
"""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from kkpd.models import Transaksi
from kkpd.oversight.talk import conversation
from kkpd.payment import liabilities
from kkpd.views.belanja.base import bp, fetch
from kkpd.web.desk import talk
from kkpd.web.globals import today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading


def told(line: Transaksi) -> dict[str, Any]:
    """What the box on the purchase's page shows."""
    box, session = talk.of_purchase(line), reading()
    refused = any(one.kind in ("tolak", "sebagian") for one in box.said)
    about = (chosen_opd().id, line.id, None, today())
    owed = liabilities.one_item(session, *about) if refused else None
    return {
        "talk": box,
        "owed": owed if owed is not None and owed.sisa else None,
        "paper": conversation.notice(session, line.id) if refused else None,
    }


@bp.post("/<int:id>/tanya")
@needs("belanja:lihat")
@stands_on("belanja.rinci")
def tanya(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Ask somebody about the purchase."""
    fetch(id)
    talk.ask("belanja", id)
    return see("belanja.rinci", id=id, _anchor="percakapan")


@bp.post("/<int:id>/jawab")
@needs("belanja:lihat")
@stands_on("belanja.rinci")
def jawab(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Answer a question about the purchase."""
    fetch(id)
    talk.answer("belanja", id)
    return see("belanja.rinci", id=id, _anchor="percakapan")
