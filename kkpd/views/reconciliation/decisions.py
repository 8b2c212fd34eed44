"""Decisions on lines: certain pairs, chosen pairs, proposals, refunds, explanations, undo."""

from __future__ import annotations

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.belanja import choices as belanja_choices
from kkpd.core.errors import DomainError
from kkpd.core.money import Rupiah, total
from kkpd.reconciliation import correct, differences, line_detail, link, refunds
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.views.reconciliation.base import back, bp, number, numbers, visible
from kkpd.web.forms import read_date
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

#: The page shows the line that the form is about.
_LINE = ("baris",)


@bp.post("/terima")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.pratinjau")
def terima(opd: str, periode: Periode) -> Response:
    """Accept every certain pair at once, after the preview."""
    with writing() as session:
        seen = request.form.get("terlihat")
        count = reconciliation_decide.accept_certain(
            session, actor(), chosen_opd().id, periode, now(), seen
        )
    flash(_("%(n)s baris dipasangkan.", n=count), "ok")
    return see("cocok.index")


@bp.get("/terima")
@needs("cocok:putuskan")
def pratinjau(opd: str, periode: Periode) -> str:
    """Every certain pair with its sum, before it is accepted."""
    work = read_cache.working(chosen_opd().id, periode)
    lines = {str(row.id): row for row in work.baris}
    purchases = {str(row.id): row for row in work.belanja}
    pairs = [
        ([lines[id_] for id_ in pair.baris], [purchases[id_] for id_ in pair.belanja], pair)
        for pair in work.certain
    ]
    return render_template(
        "pages/cocok/terima.html",
        pairings=pairs,
        jumlah=total(line.sisa for found, _purchases, _pair in pairs for line in found),
        terlihat=line_detail.tanda(work, work.certain),
    )


@bp.post("/pasangkan")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def pasangkan(opd: str, periode: Periode) -> Response:
    """Link the line with the chosen purchases."""
    command = reconciliation_decide.LinkUp(
        number("baris"),
        tuple(numbers("transaksi")),
        request.form.get("jenis_sisa", ""),
        request.form.get("catatan", ""),
        visible(),
    )
    with writing() as session:
        reconciliation_decide.pair_up(session, actor(), chosen_opd().id, command, now())
    return back(diurungkan=command.line_id)


@bp.post("/ubah")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def ubah(opd: str, periode: Periode) -> Response:
    """Correct the purchase to what the bank says, and link it."""
    command = correct.CorrectPurchase(
        number("baris"),
        number("transaksi"),
        number("versi"),
        tuple(request.form.getlist("ubah")),
        visible(),
    )
    with writing() as session:
        correct.correct_and_link(session, actor(), chosen_opd().id, command, now())
    flash(_("Belanja diubah dan dipasangkan; isi lamanya tetap ada pada riwayatnya."), "ok")
    return back(diurungkan=command.line_id)


@bp.post("/gabungkan")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def gabungkan(opd: str, periode: Periode) -> Response:
    """Join the line and the chosen others to one purchase."""
    command = link.JoinLines(
        number("baris"), tuple(numbers("bersama")), number("satu_belanja"), visible()
    )
    with writing() as session:
        count = link.join_lines(session, actor(), chosen_opd().id, command, now())
    flash(_("%(n)s baris dipasangkan.", n=count), "ok")
    return back(diurungkan=command.line_id)


@bp.post("/kembalikan")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def kembalikan(opd: str, periode: Periode) -> Response:
    """Link money that came back with the purchase it belongs to."""
    command = refunds.GiveBack(number("baris"), number("transaksi"), visible())
    with writing() as session:
        refunds.give_back(session, actor(), chosen_opd().id, command, now())
    return back(diurungkan=command.line_id)


@bp.post("/usul")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def usul(opd: str, periode: Periode) -> Response:
    """Accept the proposal for a line as it stands: a split, or several lines of one purchase."""
    line_id = number("baris")
    with writing() as session:
        seen = request.form.get("usul")
        reconciliation_decide.accept_proposal(
            session, actor(), chosen_opd().id, periode, line_id, now(), seen
        )
    return back(diurungkan=line_id)


@bp.post("/jelaskan")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def jelaskan(opd: str, periode: Periode) -> Response:
    """Name the difference, with a note."""
    command = _explanation()
    with writing() as session:
        differences.explain_difference(session, actor(), chosen_opd().id, command, now())
    return back(diurungkan=command.line_id)


def _explanation() -> differences.Explain:
    nilai = request.form.get("nilai", "").strip()
    day = request.form.get("jatuh_tempo", "").strip()
    try:
        due = read_date(day) if day else None
    except ValueError as error:
        raise DomainError(str(error), field="jatuh_tempo") from error
    return differences.Explain(
        number("baris"),
        request.form.get("jenis", ""),
        Rupiah.parse(nilai) if nilai else None,
        request.form.get("catatan", ""),
        _owner(),
        due,
        visible(),
    )


def _owner() -> int | None:
    """Who is to settle it: somebody of the OPD, the actor when nobody is named."""
    if not request.form.get("pemilik"):
        return None
    owner = number("pemilik")
    if owner not in {id_ for id_, _name in belanja_choices.orang(reading(), chosen_opd().id)}:
        raise DomainError(_("Pilih orang dari OPD ini."), field="pemilik")
    return owner


@bp.post("/urungkan")
@needs("cocok:putuskan")
@counted("cocok")
@stands_on("cocok.index", carries=_LINE)
def urungkan(opd: str, periode: Periode) -> Response:
    """Take back the links and explanations of a line, and of the lines joined with it."""
    line_id, seen = number("baris"), request.form.get("putusan")
    with writing() as session:
        lines = reconciliation_decide.undo(session, actor(), chosen_opd().id, line_id, now(), seen)
    if len(lines) > 1:
        text = _("Diurungkan; %(n)s baris dari satu belanja menunggu keputusan lagi.", n=len(lines))
        flash(text, "ok")
    else:
        flash(_("Diurungkan; baris menunggu keputusan lagi."), "ok")
    return back(baris=line_id)
