"""A lost phone: the administrator removes somebody's second factors after proof of identity."""

from __future__ import annotations

from flask import flash, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from kkpd.core.errors import NotFound
from kkpd.models import Orang, Pengguna
from kkpd.organisation import passkeys, second_factor, totp
from kkpd.web.admin_area import bp
from kkpd.web.forms import PageForm
from kkpd.web.globals import now, settings
from kkpd.web.page import see
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _, _l
from kkpd.worker import account_mail


class RemoveForm(PageForm):
    """Why."""

    alasan = StringField(
        _l("Alasan, dan bagaimana jati diri orangnya dipastikan"),
        [InputRequired(), Length(max=300)],
    )


@bp.get("/pengguna/<int:orang_id>/faktor")
@needs("pengguna:kelola")
def faktor(orang_id: int) -> str:
    """What the person logs in with beside the password."""
    return _page(orang_id, RemoveForm(formdata=None))


@bp.post("/pengguna/<int:orang_id>/faktor")
@needs("pengguna:kelola")
@stands_on("admin.faktor")
def cabut_faktor(orang_id: int) -> Response:
    """Propose to remove all of it, or remove what another one proposed; the person is told."""
    orang, pengguna = _get(orang_id)
    form, to, nama, login_id = RemoveForm(), orang.surel, orang.nama, pengguna.id
    form.check()
    with writing() as session:
        gone = second_factor.remove_all(session, actor(), login_id, form.alasan.data or "", now())
    if gone:
        mail = _("Faktor kedua akun Anda dicabut oleh %(nama)s.", nama=actor().nama)
        told = _("Faktor kedua dicabut; sesinya berakhir. Saat masuk ia memasang yang baru.")
    else:
        mail = _("%(nama)s mengusulkan mencabut faktor kedua akun Anda.", nama=actor().nama)
        told = _("Usulan dicatat. Administrator lain mencabutnya di halaman ini dalam tiga hari.")
    account_mail.send_notice(settings(), to, nama, mail, now())
    flash(told, "ok")
    return see("admin.orang_ubah", orang_id=orang_id)


def _page(orang_id: int, form: RemoveForm) -> str:
    orang, pengguna = _get(orang_id)
    session = reading()
    return render_template(
        "pages/admin/faktor.html",
        row=orang,
        form=form,
        usulan=second_factor.remove_proposal(session, pengguna.id, now()),
        aplikasi=second_factor.app_of(session, pengguna.id),
        kunci=passkeys.kept(session, pengguna.id),
        kode_tersisa=totp.left(session, pengguna.id),
    )


def _get(orang_id: int) -> tuple[Orang, Pengguna]:
    found = (
        reading()
        .execute(
            select(Orang, Pengguna)
            .join(Pengguna, Pengguna.orang_id == Orang.id)
            .where(Orang.id == orang_id)
        )
        .one_or_none()
    )
    if found is None:
        raise NotFound(_("Orang ini belum punya nama masuk."))
    return found[0], found[1]
