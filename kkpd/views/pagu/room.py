"""Room left: every ceiling with limit, reserved and posted (law 6); what is not checked; UP."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from kkpd.pagu import available
from kkpd.pagu import available as up_decisions
from kkpd.pagu import up as service
from kkpd.pagu.ceilings import recount as ceilings_recount
from kkpd.web.desk import talk
from kkpd.web.forms import PageForm, RupiahField, options
from kkpd.web.globals import now, today
from kkpd.web.page import save, see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.terms import UP_REASONS, blank_settings
from kkpd.web.translation import _, _l

bp = Blueprint("pagu", __name__, url_prefix="/<opd:opd>/<periode:periode>/pagu")

#: setting -> what is not checked while it is blank
_CHECK_SETTINGS: Final = (
    *("periksa_spd", "periksa_kas", "max_per_payee_general", "max_per_payee_domestic_small"),
    *("first_limit_goods", "first_limit_travel", "year_end_use_cutoff"),
)


class ProposalForm(PageForm):
    """A request for another UP KKPD."""

    up_kkpd = RupiahField(_l("UP KKPD yang diminta"), [InputRequired()])
    alasan = SelectField(_l("Alasan"))
    uraian = TextAreaField(_l("Perhitungan dan penjelasan"), [InputRequired(), Length(max=600)])


def _form() -> ProposalForm:
    form = ProposalForm()
    form.alasan.choices = options((key, _(text)) for key, text in UP_REASONS.items())
    return form


def _page(periode: Periode, form: ProposalForm) -> str:
    session, opd_id = reading(), chosen_opd().id
    day, asked = today(), up_decisions.proposals(session, opd_id, periode.tahun)
    return render_template(
        "pages/pagu/index.html",
        rows=ceilings_recount.listing(session, actor(), opd_id, periode.tahun),
        plan=available.listing(session, opd_id, periode.tahun),
        riwayat=up_decisions.history(session, opd_id, periode.tahun, day),
        proposals=[(one, talk.of_request(one.id)) for one in asked],
        alasan={key: _(text) for key, text in UP_REASONS.items()},
        kosong=blank_settings(session, _CHECK_SETTINGS, day, opd_id),
        form=form,
    )


@bp.get("/")
@needs("pagu:lihat")
def index(opd: str, periode: Periode) -> str:
    """Every ceiling of the OPD's year, by kind."""
    return _page(periode, _form())


@bp.post("/usulan")
@needs("up:usulkan")
@stands_on("pagu.index")
def usulkan(opd: str, periode: Periode) -> Response:
    """The PA asks for another UP KKPD (Pasal 5 huruf d)."""
    form = _form()

    def act(session: Session) -> None:
        wanted = (form.alasan.data, form.uraian.data or "", form.up_kkpd.data)
        command = service.ProposeUp(chosen_opd().id, periode.tahun, *wanted)
        service.propose(session, actor(), command, now())

    said = _("Usulan terkirim; PPKD menjawabnya dengan keputusan.")
    return save(form, act, said, "pagu.index")


@bp.post("/usulan/<int:usulan_id>/tanya")
@needs("pagu:lihat")
@stands_on("pagu.index")
def tanya(opd: str, periode: Periode, usulan_id: int) -> Response:
    """Ask somebody about a request."""
    talk.ask("usulan", usulan_id)
    return see("pagu.index", _anchor=f"percakapan-{usulan_id}")


@bp.post("/usulan/<int:usulan_id>/jawab")
@needs("pagu:lihat")
@stands_on("pagu.index")
def jawab(opd: str, periode: Periode, usulan_id: int) -> Response:
    """Answer a question about a request."""
    talk.answer("usulan", usulan_id)
    return see("pagu.index", _anchor=f"percakapan-{usulan_id}")
