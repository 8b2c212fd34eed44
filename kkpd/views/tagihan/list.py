"""The month's bills, one bill with its lines, and the original file back."""

from __future__ import annotations

from flask import Response, render_template, request
from wtforms import SelectField, StringField

from kkpd.core.choices import LINE_KINDS
from kkpd.ledger.standing import bill_state, due_term
from kkpd.ledger.sums import BillBlock
from kkpd.oversight.search import purchases_of
from kkpd.tagihan import files as tagihan_files
from kkpd.tagihan import reads
from kkpd.tagihan.reads import BillCriteria
from kkpd.views.tagihan.upload import bp, store
from kkpd.web import terms
from kkpd.web.forms import PageForm, options
from kkpd.web.globals import today
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.tables import after
from kkpd.web.translation import _, _l


class BillFilterForm(PageForm):
    """What a bill's lines can be narrowed by; the field names are those of the address."""

    q = StringField(_l("Cari uraian atau referensi"))
    kartu = SelectField(_l("Kartu"))
    jenis = SelectField(
        _l("Jenis baris"), choices=options([("", _l("Semua")), *((k, k) for k in LINE_KINDS)])
    )


@bp.get("/")
@needs("tagihan:lihat")
def index(opd: str, periode: Periode) -> str:
    """The bills booked in this month, and the files that wait to be taken in."""
    session, opd_id = reading(), chosen_opd().id
    bills = reads.listing(session, actor(), opd_id, periode)
    return render_template(
        "pages/tagihan/index.html",
        tagihan=bills,
        jumlah=reads.final_total(session, actor(), opd_id, periode),
        blok=read_cache.books(opd_id).blocks,
        keadaan=terms.bill_state,
        due_term=_due_text,
        pending=tagihan_files.pending(session, actor(), opd_id),
        this_day=today(),
    )


@bp.get("/<int:tagihan_id>")
@needs("tagihan:lihat")
def rinci(opd: str, periode: Periode, tagihan_id: int) -> str:
    """One bill: its totals, its files, its lines."""
    session, opd_id = reading(), chosen_opd().id
    bill = reads.one_item(session, actor(), opd_id, tagihan_id)
    form = BillFilterForm(formdata=request.args)
    cards = reads.kartu_tagihan(session, opd_id, tagihan_id)
    form.kartu.choices = options([("", _("Semua")), *((card, card) for card in cards)])
    wanted = _filters()
    page = reads.baris(session, actor(), opd_id, tagihan_id, wanted, after())
    return render_template(
        "pages/tagihan/rinci.html",
        bill=bill,
        money=bill_state(session, read_cache.books(opd_id), tagihan_id),
        keadaan=terms.bill_state,
        due_term=_due_text,
        tempat={key: _(words) for key, words in terms.PLACE.items()},
        giliran={key: _(words) for key, words in terms.MOVE.items()},
        form=form,
        criteria=wanted,
        halaman=page,
        bought=purchases_of(session, [one.id for one in page.baris]),
        berkas=tagihan_files.berkas_tagihan(session, actor(), opd_id, tagihan_id),
        temuan=reads.temuan(session, opd_id, tagihan_id),
        line_findings=reads.line_findings(session, opd_id, tagihan_id),
        this_day=today(),
    )


def _due_text(block: BillBlock) -> str:
    return terms.due_term(due_term([block], today()))


def _filters() -> BillCriteria:
    args = request.args
    card, jenis = args.get("kartu", ""), args.get("jenis", "")
    return BillCriteria(
        q=args.get("q", "").strip()[:100],
        kartu=card if len(card) == 4 else "",
        jenis=jenis if jenis in LINE_KINDS else "",
    )


@bp.get("/berkas/<int:berkas_id>/unduh")
@needs("tagihan:lihat")
def unduh(opd: str, periode: Periode, berkas_id: int) -> Response:
    """The file as kept, checked against its hash on the way out."""
    found = tagihan_files.berkas(reading(), actor(), chosen_opd().id, berkas_id)
    response = Response(store().get(found.sha256), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=found.nama)
    response.headers["X-SHA-256"] = found.sha256
    return response
