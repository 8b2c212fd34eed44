"""Recording and changing one purchase, with what is left of the ceilings beside the amount."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kkpd.belanja import doubles
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.doubles import Bought
from kkpd.belanja.verbs import ChangePurchase
from kkpd.core.errors import DomainError
from kkpd.core.shapes import shaped
from kkpd.models import BarisBank, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.tagihan import line_state as baris_bank
from kkpd.views.belanja.base import baris, bp, in_both, only_of
from kkpd.views.belanja.ceiling_preview import weigh
from kkpd.views.belanja.evidence import attach_all, opened, wait_in_inbox
from kkpd.views.belanja.form import PurchaseForm, prepare, purchase_command
from kkpd.web.forms import uploads
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import drawn
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _


@bp.get("/baru")
@needs("belanja:catat")
def baru(opd: str, periode: Periode) -> str:
    """The empty form, dated today; with `?baris=` filled from that line of the bank."""
    return _page(_form(periode, line=_bank_line()), line=_bank_line())


@bp.post("/baru")
@needs("belanja:catat")
def catat(opd: str, periode: Periode) -> ResponseReturnValue:
    """Record the purchase with its evidence in one transaction, or only weigh it (Periksa)."""
    line = _bank_line()
    form = _form(periode, line=line)
    if request.form.get("tindakan") == "periksa":
        return _page(form, line=line)
    try:
        form.check()
        row_id, linked = _record(form, line)
    except DomainError as refusal:
        waits = wait_in_inbox(uploads(form.bukti))
        return drawn(form.at_fields(refusal), _page(form, line=line), waits)
    if line is None:
        return see("belanja.rinci", id=row_id, tersimpan=1)
    return _back_to_bank(line, linked)


def _record(form: PurchaseForm, line: BarisBank | None) -> tuple[int, bool]:
    """The purchase; whether it was linked at once with the bank line it was made from."""
    sent = opened(uploads(form.bukti))
    with writing() as session:
        row = belanja_verbs.record(session, actor(), purchase_command(form, chosen_opd().id), now())
        doubles.ask(session, [row], sure=form.tetap.data)
        attach_all(session, row.id, sent)
        linked = line is not None and row.nilai == baris_bank.left_over(session, line)
        if line is not None and linked and actor().can("cocok:putuskan", chosen_opd().id):
            command = reconciliation_decide.LinkUp(line.id, (row.id,))
            reconciliation_decide.pair_up(session, actor(), chosen_opd().id, command, now())
        return row.id, linked


def _bank_line() -> BarisBank | None:
    """The line of the bank that this purchase is made from (`baris`), when it is this OPD's."""
    asked = whole_number(request.values.get("baris", ""))
    return None if asked is None else baris_bank.get(reading(), chosen_opd().id, asked)


def _from_bank(line: BarisBank) -> dict[str, Any]:
    """What the bank already says: card, day, merchant, the amount that is still open."""
    known: dict[str, Any] = {
        "nilai": baris_bank.left_over(reading(), line),
        "merchant": line.merchant or line.keterangan,
        "tanggal": line.tanggal_transaksi or line.tanggal_posting,
        "asal_id": request.values.get("asal", ""),
    }
    if line.kartu_id is not None:
        known["kartu_id"] = str(line.kartu_id)
    return known


def _back_to_bank(line: BarisBank, linked: bool) -> Response:
    if linked:
        flash(_("Belanja tercatat dan dipasangkan dengan baris bank."), "ok")
        return see("cocok.index", diurungkan=line.id)
    flash(_("Belanja tercatat. Nilainya berbeda dari baris bank; pasangkan sendiri."), "warn")
    return see("cocok.index", baris=line.id)


@in_both("/<int:id>/ubah", "GET")
def ubah(opd: str, periode: Periode, id: int) -> str:
    """The form filled with the purchase."""
    row = baris(id)
    return _page(_form(periode, row), row)


@in_both("/<int:id>/ubah", "POST")
def simpan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Save the changes; a stale form is told what changed meanwhile."""
    row = baris(id)
    before = shaped(Bought, row)
    form = _form(periode, row)
    if request.form.get("tindakan") == "periksa":
        return _page(form, row)
    try:
        form.check()
        version = whole_number(form.versi.data or "") or 0
        command = ChangePurchase(id, version, purchase_command(form, chosen_opd().id))
        with writing() as session:
            line = belanja_verbs.change(session, actor(), command, now())
            sure = form.tetap.data or shaped(Bought, line) == before
            doubles.ask(session, [line], sure=sure)
    except DomainError as refusal:
        return drawn(form.at_fields(refusal), _page(form, baris(id)))
    flash(_("Perubahan tersimpan."), "ok")
    return see(".rinci", id=id, tersimpan=1)


@in_both("/timbang", "POST")
def sisa(opd: str, periode: Periode) -> Response:
    """What is left of each ceiling and the proposed class, for half-filled values."""
    asked = whole_number(request.form.get("id", ""))
    weighed = weigh(
        reading(),
        chosen_opd().id,
        request.form,
        day=today(),
        transaksi_id=asked,
        only_of=only_of(),
    )
    return jsonify(html=render_template("pages/belanja/_timbang.html", weigh=weighed))


def _form(
    periode: Periode, row: Transaksi | None = None, line: BarisBank | None = None
) -> PurchaseForm:
    return prepare(
        reading(),
        chosen_opd().id,
        periode.tahun,
        day=today(),
        pemegang_id=only_of(),
        transaksi=row,
        start=_from_bank(line) if line is not None else None,
    )


def _page(form: PurchaseForm, row: Transaksi | None = None, line: BarisBank | None = None) -> str:
    weighed = weigh(
        reading(),
        chosen_opd().id,
        form.form_values(),
        day=today(),
        transaksi_id=row.id if row else None,
        only_of=only_of(),
    )
    return render_template(
        "pages/belanja/isian.html", form=form, row=row, weigh=weighed, baris_bank=line
    )
