"""What was taken in and left out, when and by whom; and taking an import out again."""

from __future__ import annotations

from flask import flash, render_template
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from kkpd.core.errors import Conflict
from kkpd.models import Berkas, Impor
from kkpd.tagihan import files as reads
from kkpd.tagihan import receive
from kkpd.tagihan.receive import UploadFile
from kkpd.tagihan.withdraw import withdraw
from kkpd.tagihan.withdraw.withdraw import REASON, TakeOut
from kkpd.views.tagihan.layout_form import ANSWER_MEANINGS, KEY_MEANINGS
from kkpd.views.tagihan.upload import bp, store
from kkpd.web.filters import whole_number
from kkpd.web.forms import PageForm
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.tables import after
from kkpd.web.translation import _, _l
from kkpd.worker import take_in

#: Skipped rows on one page.
PAGE_SIZE = 200


@bp.get("/riwayat")
@needs("tagihan:lihat")
def riwayat(opd: str, periode: Periode) -> str:
    """The takings-in of this OPD, the newest first."""
    rows, more = reads.history(reading(), actor(), chosen_opd().id, after())
    titles = take_in.profile_titles(reading(), chosen_opd().id)
    return render_template(
        "pages/tagihan/riwayat.html", rows=rows, next_up=more, profile_titles=titles
    )


@bp.get("/riwayat/<int:impor_id>")
@needs("tagihan:lihat")
def impor(opd: str, periode: Periode, impor_id: int) -> str:
    """One taking-in: its counts, remarks and skipped rows."""
    session, opd_id = reading(), chosen_opd().id
    one = reads.one_import(session, actor(), opd_id, impor_id)
    skipped, start = (
        reads.lewat(session, opd_id, impor_id),
        after(),
    )
    return render_template(
        "pages/tagihan/impor.html",
        impor=one,
        lewat=skipped[start : start + PAGE_SIZE],
        banyak=len(skipped),
        next_up=start + PAGE_SIZE if start + PAGE_SIZE < len(skipped) else None,
        catatan=reads.catatan(session, opd_id, impor_id),
        profile_titles=take_in.profile_titles(session, opd_id),
        arti_kunci=KEY_MEANINGS,
        arti_jawaban=ANSWER_MEANINGS,
    )


class WithdrawForm(PageForm):
    """Why the import is taken out."""

    alasan = TextAreaField(
        _l("Mengapa dikeluarkan"),
        [InputRequired(_l("Tulis alasannya.")), Length(*REASON)],
        render_kw={"rows": 3, "minlength": REASON[0], "maxlength": REASON[1]},
    )


@bp.get("/riwayat/<int:impor_id>/keluarkan")
@needs("tagihan:keluarkan")
def keluarkan(opd: str, periode: Periode, impor_id: int) -> str:
    """What taking the import out would do; nothing is written."""
    return _page(impor_id, WithdrawForm(formdata=None))


def _page(impor_id: int, form: WithdrawForm) -> str:
    session, opd_id = reading(), chosen_opd().id
    one = reads.one_import(session, actor(), opd_id, impor_id)
    consequences = withdraw.check(session, actor(), opd_id, impor_id)
    return render_template(
        "pages/tagihan/keluarkan.html", impor=one, consequences=consequences, form=form
    )


@bp.post("/riwayat/<int:impor_id>/keluarkan")
@needs("tagihan:keluarkan")
@stands_on("tagihan.keluarkan")
def jadi_keluar(opd: str, periode: Periode, impor_id: int) -> Response:
    """Take the import out, with the reason given."""
    form = WithdrawForm()
    form.check()
    command = TakeOut(chosen_opd().id, impor_id, form.alasan.data or "")
    with writing() as session:
        done = withdraw.take_out(session, actor(), command, now())
    flash(
        _(
            "Dikeluarkan: %(baris)s baris tidak lagi dihitung, %(tetap)s tetap dari berkas lain.",
            baris=whole_number(done.baris),
            tetap=whole_number(done.tetap),
        ),
        "ok",
    )
    return see("tagihan.impor", impor_id=impor_id)


@bp.post("/riwayat/<int:impor_id>/ulang")
@needs("tagihan:unggah")
@stands_on("tagihan.impor")
def ulang(opd: str, periode: Periode, impor_id: int) -> Response:
    """Receive the kept file of an import that was taken out once more, and on to its check."""
    session, opd_id = reading(), chosen_opd().id
    if reads.one_import(session, actor(), opd_id, impor_id).keluar is None:
        raise Conflict(_("Pengambilan ini masih berlaku. Keluarkan dahulu, baru ambil lagi."))
    old = session.get_one(Berkas, session.get_one(Impor, impor_id).berkas_id)
    again = UploadFile(opd_id, store().get(old.sha256), old.nama, old.media, old.sha256_asli)
    with writing() as session:
        berkas_id = receive.upload(session, actor(), again, store(), now()).id
    return see("tagihan.periksa", berkas_id=berkas_id)
