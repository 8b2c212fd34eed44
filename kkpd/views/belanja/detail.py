"""One purchase: everything about it, cancelling it, weighing it again."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.approval import reads as approval_reads
from kkpd.belanja import detail as belanja_detail
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.classes import decide
from kkpd.belanja.fields import CHANNELS, change_words, event_name
from kkpd.belanja.verbs import CancelPurchase
from kkpd.core.statuses import CHANGEABLE
from kkpd.records import documents
from kkpd.records import event_log as event_trail
from kkpd.views.belanja.base import bp, fetch, in_both
from kkpd.views.belanja.talk import told
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _


@bp.get("/<int:id>")
@needs("belanja:lihat")
def rinci(opd: str, periode: Periode, id: int) -> str:
    """All fields, class with reason, ceilings, evidence, findings, pairs and history."""
    found = fetch(id)
    return render_template(
        "pages/belanja/rinci.html",
        r=found,
        t=found.transaksi,
        kanal=CHANNELS,
        keputusan=approval_reads.decisions(reading(), [id]).get(id),
        history=read_history(id),
        kelas_boleh=found.transaksi.status in decide.ALLOWED_STATUSES
        and not decide.follows_origin(found.transaksi),
        dapat_diubah=found.transaksi.status in CHANGEABLE,
        give_back=belanja_detail.who_gives_back(reading(), found.transaksi, today()),
        reservation=any(one.present for one in found.holds),
        baru_disimpan="tersimpan" in request.args,
        papers=documents.carrying(reading(), id),
        **told(found.transaksi),
    )


def read_history(id: int) -> list[dict[str, object]]:
    """What happened to the purchase, oldest first, in words."""
    told = event_trail.event_trail(reading(), chosen_opd().id, f"transaksi:{id}")
    return [_read(event) for event in told]


def _read(event: event_trail.LoggedEvent) -> dict[str, object]:
    """An event in words: what was done, by whom, when, and each change that its name leaves out."""
    changes = [_change(*one) for one in event.perubahan if one[0] not in ("versi", "status")]
    return {
        "nama": event_name(event.jenis),
        "oleh": event.oleh,
        "at": event.at,
        "perubahan": [] if event.jenis.endswith("transaksi:catat") else changes,
    }


def _change(name: str, before: object, after: object) -> str:
    what, since, to = change_words(name, before, after)
    if since is None:
        return _("%(what)s menjadi %(to)s", what=_(what), to=to)
    return _("%(what)s dari %(since)s menjadi %(to)s", what=_(what), since=since, to=to)


@in_both("/<int:id>/batal", "GET")
def batal(opd: str, periode: Periode, id: int) -> str:
    """What will be true after cancelling, before it is done."""
    return render_template("pages/belanja/batal.html", t=fetch(id).transaksi)


@in_both("/<int:id>/batal", "POST", on="batal")
def batalkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Cancel a record made by mistake."""
    version = whole_number(request.form.get("versi", "")) or 0
    command = CancelPurchase(id, version, request.form.get("alasan", ""))
    fetch(id)
    with writing() as session:
        belanja_verbs.cancel(session, actor(), command, now())
    flash(_("Belanja dibatalkan. Pesanannya dikembalikan dan temuannya ditutup."), "ok")
    return see(".rinci", id=id)


@bp.post("/<int:id>/timbang-ulang")
@needs("belanja:catat")
@stands_on("belanja.rinci")
def timbang_ulang(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Try to reserve again, e.g. after the budget was changed."""
    fetch(id)
    with writing() as session:
        refusal = belanja_verbs.weigh_again(session, actor(), id, now())
    if refusal is None:
        flash(_("Pagu, UP KKPD dan batas kartu cukup; belanja ini sudah dipesankan."), "ok")
    else:
        flash(refusal.message, "warn")
    return see("belanja.rinci", id=id)
