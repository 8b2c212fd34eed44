"""From DPT to lunas: each DPT with its papers and the next step for whoever must take it."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.errors import DomainError, NotFound
from kkpd.core.moves import MOVES, VERIFIED
from kkpd.core.permissions import ROLE_NAMES
from kkpd.ledger import active
from kkpd.payment import pay as payment_pay
from kkpd.payment import reads as look
from kkpd.payment import take_back, verify, verify_rules
from kkpd.payment.pay import past_cutoff
from kkpd.records import settings as records_settings
from kkpd.web.desk import lacking, talk
from kkpd.web.forms import read_date
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, may, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import penerbit
from kkpd.web.translation import N_, _

bp = Blueprint("pembayaran", __name__, url_prefix="/<opd:opd>/<periode:periode>/pembayaran")

#: step -> (name, the state in which a line waits for it)
STEPS = {
    "npd": (N_("NPD"), "dpt"),
    "spp": (N_("SPP-GU"), "npd"),
    "spm": (N_("SPM-GU"), VERIFIED),
    "sp2d": (N_("SP2D-GU"), "spm"),
    "bayar": (N_("Pendebetan bank"), "sp2d"),
}


@bp.get("/")
@needs("bayar:lihat")
def index(opd: str, periode: Periode) -> str:
    """The year's DPTs of the OPD, unpaid first."""
    opd_id, day = chosen_opd().id, today()
    rows = look.listing(reading(), actor(), opd_id, periode.tahun)
    limit = records_settings.year_limit(reading(), "year_end_spm_cutoff", day.year, opd_id)
    return render_template(
        "pages/pembayaran/index.html",
        rows=rows,
        check_spm_cutoff=limit,
        lewat_spm=past_cutoff(day, limit) is not None,
        kurang={row.id: _lacking(row) for row in rows if _is_mine(row.next_up)},
        langkah={
            key: (_(name), MOVES[at].permission, _(ROLE_NAMES[MOVES[at].role]))
            for key, (name, at) in STEPS.items()
        },
    )


def _is_mine(step: str | None) -> bool:
    """Whether the next step issues a paper, by this person."""
    return step in payment_pay.STEPS and may(payment_pay.STEPS[step].permission)


def _lacking(row: look.DptProgress) -> list[lacking.LackShown]:
    """What the next paper of this DPT would lack."""
    assert row.next_up is not None, "asked only before the next paper"
    return lacking.shown(payment_pay.lacking(reading(), actor(), row.id, row.next_up, now()))


@bp.post("/<int:dpt_id>/terbit")
@needs("bayar:lihat")
@stands_on("pembayaran.index")
def terbit(opd: str, periode: Periode, dpt_id: int) -> Response:
    """Issue the next paper of a DPT; the service asks for the step's own permission."""
    jenis = request.form.get("langkah", "")
    if jenis not in payment_pay.STEPS:
        raise DomainError(_("Langkah ini tidak dikenal. Muat ulang halamannya."))
    with writing() as session:
        issued = payment_pay.issue(session, actor(), dpt_id, jenis, penerbit(), now())
        number = issued.nomor
    flash(_("Terbit: %(nomor)s.", nomor=number), "ok")
    return see("pembayaran.index")


@bp.get("/spp/<int:spp_id>")
@needs("bayar:lihat")
def spp(opd: str, periode: Periode, spp_id: int) -> str:
    """The checklist of an SPP: what the program knows of each item, and the PPK-SKPD's answers."""
    return _checklist(spp_id, {})


def _checklist(spp_id: int, given: dict[str, str]) -> str:
    paper, opd_id = verify.spp_of(reading(), actor(), spp_id)
    if opd_id != chosen_opd().id:
        raise NotFound(_("SPP tidak ditemukan."))
    back = active.taken_back(reading(), spp_id)
    done = verify.verified(reading(), spp_id)
    found = () if back else verify.checklist(reading(), actor(), paper, now())
    return render_template(
        "pages/pembayaran/spp.html",
        spp=paper,
        butir=found,
        jawaban=given,
        verifikasi=done,
        batal=back,
        talk=talk.of_paper(paper),
        bisa=actor().can("spp:uji", opd_id)
        and not back
        and active.states_of_lines(reading(), spp_id) == {"spp"},
    )


@bp.post("/spp/<int:spp_id>/verifikasi")
@needs("spp:uji")
@stands_on("pembayaran.spp")
def verifikasi(opd: str, periode: Periode, spp_id: int) -> Response | str:
    """Find the SPP complete; or only put the program's answers in, for the person to look at."""
    given = {
        item.kode: answer
        for item in verify_rules.CHECKLIST
        if (answer := request.form.get(f"butir-{item.kode}", ""))
    }
    if "usul" in request.form:
        paper, _opd_id = verify.spp_of(reading(), actor(), spp_id)
        told = verify.checklist(reading(), actor(), paper, now())
        known = {one.kode: _PROPOSED[one.hasil] for one in told if one.hasil in _PROPOSED}
        return _checklist(spp_id, known | given)
    with writing() as session:
        verify.verify(session, actor(), verify.SppVerification(spp_id, given), now())
    flash(_("SPP-GU diverifikasi. Pengguna Anggaran dapat menerbitkan SPM-GU."), "ok")
    return see("pembayaran.index")


#: what the program found -> the answer that it proposes
_PROPOSED = {"sesuai": "ya", "tidak_sesuai": "tidak"}


@bp.post("/spp/<int:spp_id>/kembalikan")
@needs("spp:uji")
@stands_on("pembayaran.spp")
def kembalikan(opd: str, periode: Periode, spp_id: int) -> Response:
    """Send the SPP back to the treasurer with the reason."""
    with writing() as session:
        take_back.send_back(session, actor(), spp_id, request.form.get("alasan", ""), now())
    flash(_("SPP-GU dikembalikan kepada bendahara dengan alasannya."), "ok")
    return see("pembayaran.index")


@bp.post("/spm/<int:spm_id>/kembalikan")
@needs("sp2d:terbit")
@stands_on("pembayaran.index")
def kembalikan_spm(opd: str, periode: Periode, spm_id: int) -> Response:
    """Send the SPM back to the PA with the reason."""
    with writing() as session:
        take_back.send_back(session, actor(), spm_id, request.form.get("alasan", ""), now())
    flash(_("SPM-GU dikembalikan kepada Pengguna Anggaran dengan alasannya."), "ok")
    return see("pembayaran.index")


@bp.post("/<int:dpt_id>/catat")
@needs("bayar:lihat")
@stands_on("pembayaran.index")
def catat(opd: str, periode: Periode, dpt_id: int) -> Response:
    """Record the SP2D, or the debit to the bank."""
    langkah = request.form.get("langkah", "")
    if langkah not in {"sp2d", "bayar"}:
        raise DomainError(_("Langkah ini tidak dikenal. Muat ulang halamannya."))
    try:
        day = read_date(request.form.get("tanggal", "").strip())
    except ValueError as error:
        raise DomainError(str(error), field="tanggal") from error
    command = payment_pay.RecordStep(dpt_id, langkah, request.form.get("nomor", ""), day)
    with writing() as session:
        payment_pay.record(session, actor(), command, now())
    flash(_("Dicatat."), "ok")
    return see("pembayaran.index")


@bp.post("/langkah/<int:pencairan_id>/batalkan")
@needs("bayar:lihat")
@stands_on("pembayaran.index")
def batalkan(opd: str, periode: Periode, pencairan_id: int) -> Response:
    """Take back a recorded SP2D or debit; the service asks for the step's own permission."""
    with writing() as session:
        take_back.pencairan(session, actor(), pencairan_id, request.form.get("alasan", ""), now())
    flash(_("Dibatalkan. Nomornya tetap, dan belanjanya kembali satu langkah."), "ok")
    return see("pembayaran.index")
