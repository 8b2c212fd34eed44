"""Signing an issued document electronically: by a certificate's file, or by BSrE's service."""

from __future__ import annotations

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response
from wtforms import BooleanField, FileField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from kkpd.core.errors import DomainError
from kkpd.engines.paper.sign import Signer
from kkpd.organisation import guessing
from kkpd.reports import signatures as look
from kkpd.web import signers
from kkpd.web.forms import PageForm, options, uploads
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import close_reading, reading, writing
from kkpd.web.stores import arsip
from kkpd.web.translation import _, _l

bp = Blueprint("tanda_tangan", __name__, url_prefix="/dokumen/<int:dokumen_id>/tanda-tangan")


class SigningForm(PageForm):
    """A certificate's file or a NIK, and the passphrase; none of it is ever shown again."""

    cara = RadioField(_l("Cara menandatangani"), [InputRequired(_l("Pilih caranya."))])
    sertifikat = FileField(_l("Berkas sertifikat (.p12 atau .pfx)"))
    nik = StringField(
        _l("NIK"), [Optional(), Regexp(r"[0-9]{16}\Z", message=_l("NIK terdiri atas 16 angka."))]
    )
    sandi = PasswordField(
        _l("Frasa sandi"), [InputRequired(_l("Isi frasa sandinya.")), Length(max=200)]
    )
    setuju = BooleanField(
        _l("Saya sudah membaca dokumen ini dan menandatanganinya"),
        [InputRequired(_l("Centang bila Anda menandatangani dokumen ini."))],
    )


def _form(*, sent: bool) -> SigningForm:
    form = SigningForm() if sent else SigningForm(formdata=None, cara="sertifikat")
    ways = [("sertifikat", _("Berkas sertifikat saya"))]
    ways += [("bsre", _("Layanan BSrE"))] if signers.has_bsre() else []
    form.cara.choices = options(ways)
    return form


def _page(dokumen_id: int, form: SigningForm) -> str:
    state = look.state_of(reading(), actor(), dokumen_id)
    return render_template(
        "pages/dokumen/tanda_tangan.html",
        ttd=state,
        tempat=look.allowed(actor(), state),
        form=form,
        bsre=signers.has_bsre(),
    )


@bp.get("/")
@needs("laporan:tandatangani")
def formulir(dokumen_id: int) -> str:
    """What is about to be signed, as whom, and how."""
    return _page(dokumen_id, _form(sent=False))


@bp.post("/")
@needs("laporan:tandatangani")
@stands_on("tanda_tangan.formulir")
def kirim(dokumen_id: int) -> Response:
    """Sign outside any transaction, then keep the file."""
    form = _form(sent=True)
    form.check()
    _sign(dokumen_id, form)
    flash(_("Tanda tangan Anda ada di dalam berkas dan sudah diperiksa."), "ok")
    return see("dokumen.rinci", dokumen_id=dokumen_id)


def _sign(dokumen_id: int, form: SigningForm) -> None:
    state = look.state_of(reading(), actor(), dokumen_id)
    tempat = look.allowed(actor(), state)
    close_reading()
    with writing() as session:
        ids = guessing.begin(session, [("frasa", str(actor().pengguna_id))], now())
    made = signers.sign_file(state, tempat, _signer(form))
    with writing() as session:
        guessing.succeeded(session, ids)
        look.record(session, actor(), made, arsip(), now())


def _signer(form: SigningForm) -> Signer:
    if form.cara.data == "bsre":
        if not form.nik.data:
            raise DomainError(_("Isi NIK Anda."), field="nik")
        return signers.bsre_signer(form.nik.data, form.sandi.data or "")
    files = uploads(form.sertifikat)
    if len(files) != 1:
        raise DomainError(_("Pilih berkas sertifikat Anda."), field="sertifikat")
    return signers.certificate_signer(files[0].stream.read(), form.sandi.data or "", now())
