"""Cases (tindak lanjut): the list with its filter in the address, one case, answer and outcome."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from kkpd.belanja import choices, evidence
from kkpd.core.choices import CASE_STATUSES, FINDING_SEVERITIES
from kkpd.core.errors import NotFound
from kkpd.engines.paper.writers import WRITERS
from kkpd.oversight.cases import export, reads, verbs
from kkpd.oversight.cases.reads import CaseFilter
from kkpd.web.downloads import downloaded
from kkpd.web.globals import now, settings, today
from kkpd.web.page import see
from kkpd.web.request.context import opds
from kkpd.web.request.converters import whole_number
from kkpd.web.request.http import framed
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import store
from kkpd.web.tables import after, sorted_by, url_with
from kkpd.web.terms import BPK_NAMES, CASE_STATUS_NAMES, OUTCOME_NAMES, STEP_NAMES
from kkpd.web.translation import _

bp = Blueprint("kasus", __name__)

_WAITING: Final = "menunggu"


@bp.get("/temuan/")
@needs("temuan:lihat")
def temuan() -> AnyResponse:
    """The old address of findings: they are cases now."""
    return redirect(url_with().replace("/temuan/", "/tindak-lanjut/", 1), 301)


@bp.get("/tindak-lanjut/")
@needs("temuan:lihat")
def index() -> str:
    """The cases that the actor may see, the most money at risk first."""
    wanted, skip = _asked(), after()
    one_opd = next(iter(wanted.opds)) if wanted.opds is not None and len(wanted.opds) == 1 else None
    page = reads.page(reading(), wanted, sorted_by(reads.SORT_KEYS, "-nilai"), skip)
    return render_template(
        "pages/kasus/index.html",
        page=page,
        shown=skip + len(page.rows),
        wanted=wanted,
        opds=[one for one in opds() if actor().can("temuan:lihat", one.id)],
        rules=reads.rules(reading(), actor().opds_for("temuan:lihat")),
        people=choices.orang(reading(), one_opd) if one_opd is not None else (),
        day=today(),
        statuses=CASE_STATUS_NAMES,
        outcomes=OUTCOME_NAMES,
        severities=FINDING_SEVERITIES,
    )


def _asked() -> CaseFilter:
    """What the address asks for; a word that is no choice narrows nothing."""
    args = request.args
    allowed = actor().opds_for("temuan:lihat")
    chosen = next((one.id for one in opds() if one.slug == args.get("opd")), None)
    status = args.get("status", _WAITING)
    return CaseFilter(
        opds=allowed if chosen is None or not actor().can("temuan:lihat", chosen) else {chosen},
        status=status if status in ("", *CASE_STATUSES) else _WAITING,
        rule=args.get("aturan", ""),
        severity=args.get("berat", "") if args.get("berat") in FINDING_SEVERITIES else "",
        owner_id=actor().orang_id if args.get("milik") == "saya" else None,
        late=today() if args.get("lewat") else None,
        due=(
            args.get("dari", type=date.fromisoformat),
            args.get("sampai", type=date.fromisoformat),
        ),
    )


@bp.get("/tindak-lanjut/unduh.csv")
@needs("temuan:lihat")
@counted("ekspor")
def unduh_csv() -> AnyResponse:
    """The filtered cases for machines."""
    return _file("csv")


@bp.get("/tindak-lanjut/unduh.xlsx")
@needs("temuan:lihat")
@counted("ekspor")
def unduh_xlsx() -> AnyResponse:
    """The filtered cases as a workbook."""
    return _file("xlsx")


def _file(ending: str) -> AnyResponse:
    order = sorted_by(reads.SORT_KEYS, "-nilai")
    page = reads.page(reading(), _asked(), order, limit=None)
    document = export.document(reading(), page.rows, today())
    return downloaded(WRITERS[ending](document), f"tindak-lanjut-{today():%Y-%m-%d}", ending)


@bp.post("/tindak-lanjut/tunjuk")
@needs("temuan:putuskan")
@stands_on("kasus.index")
def tunjuk_banyak() -> ResponseReturnValue:
    """One owner for the cases that were ticked, all of his OPD."""
    owner = whole_number(request.form.get("pemilik", ""))
    with writing() as session:
        count = verbs.for_each(
            _chosen(), lambda id_: verbs.assign(session, actor(), id_, owner, now())
        )
    flash(_("%(n)s tindak lanjut mempunyai pemilik.", n=count), "ok")
    return see("kasus.index")


def _chosen() -> set[int]:
    return {id_ for text in request.form.getlist("kasus") if (id_ := whole_number(text))}


@bp.post("/tindak-lanjut/putus")
@needs("temuan:putuskan")
@stands_on("kasus.index")
def putus_banyak() -> ResponseReturnValue:
    """One outcome with one reason for the cases that were ticked."""
    outcome, reason = request.form.get("hasil", ""), request.form.get("alasan", "")
    with writing() as session:
        count = verbs.decide_many(session, actor(), _chosen(), outcome, reason, now())
    flash(_("%(n)s tindak lanjut diputuskan.", n=count), "ok")
    return see("kasus.index")


@bp.get("/tindak-lanjut/<int:id>/")
@needs("temuan:lihat")
def rinci(id: int) -> str:
    """One case: what was seen, what would clear it, the answer and the outcome, every step."""
    found = reads.one_case(reading(), actor(), id)
    return render_template(
        "pages/kasus/rinci.html",
        found=found,
        case=found.case,
        people=choices.orang(reading(), found.case.opd_id),
        day=today(),
        statuses=CASE_STATUS_NAMES,
        outcomes=OUTCOME_NAMES,
        bpk=BPK_NAMES,
        steps=STEP_NAMES,
        answers=actor().can("temuan:tanggapi", found.case.opd_id),
        decides=actor().can("temuan:putuskan", found.case.opd_id),
    )


@bp.post("/tindak-lanjut/<int:id>/jawab")
@needs("temuan:tanggapi")
@stands_on("kasus.rinci")
def jawab(id: int) -> ResponseReturnValue:
    """The office's answer, with a file of evidence where one was sent."""
    reads.one_case(reading(), actor(), id)
    sent, most = request.files.get("berkas"), settings().max_evidence_bytes
    file = None
    if sent is not None and sent.filename:  # judged before a transaction is open: it takes seconds
        file = (sent.filename, sent.stream.read(most + 1))
        evidence.check(file[1], evidence.safe_name(file[0]), most)
    with writing() as session:
        text = request.form.get("tanggapan", "")
        verbs.answer(session, actor(), id, text, file, store(), now())
    flash(_("Jawaban terkirim kepada inspektorat."), "ok")
    return see("kasus.rinci", id=id)


@bp.post("/tindak-lanjut/<int:id>/putus")
@needs("temuan:putuskan")
@stands_on("kasus.rinci")
def putus(id: int) -> ResponseReturnValue:
    """The inspector's outcome."""
    form = request.form
    decide = partial(verbs.decide, bpk=form.get("status_bpk", ""))
    with writing() as session:
        decide(session, actor(), id, form.get("hasil", ""), form.get("alasan", ""), now())
    flash(_("Hasil dicatat dan tindak lanjut selesai."), "ok")
    return see("kasus.rinci", id=id)


@bp.post("/tindak-lanjut/<int:id>/kembalikan")
@needs("temuan:putuskan")
@stands_on("kasus.rinci")
def kembalikan(id: int) -> ResponseReturnValue:
    """Ask for a better answer."""
    with writing() as session:
        verbs.send_back(session, actor(), id, request.form.get("kembali", ""), now())
    flash(_("Jawaban dikembalikan kepada pemiliknya."), "ok")
    return see("kasus.rinci", id=id)


@bp.post("/tindak-lanjut/<int:id>/buka-lagi")
@needs("temuan:putuskan")
@stands_on("kasus.rinci")
def buka_lagi(id: int) -> ResponseReturnValue:
    """Open a closed case again."""
    with writing() as session:
        verbs.reopen(session, actor(), id, request.form.get("alasan_buka", ""), now())
    flash(_("Tindak lanjut dibuka lagi; hari menjawab dihitung baru."), "ok")
    return see("kasus.rinci", id=id)


@bp.post("/tindak-lanjut/<int:id>/komentar")
@needs("temuan:lihat")
@stands_on("kasus.rinci")
def komentar(id: int) -> ResponseReturnValue:
    """Say something about it."""
    with writing() as session:
        verbs.comment(session, actor(), id, request.form.get("komentar", ""), now())
    flash(_("Komentar dicatat."), "ok")
    return see("kasus.rinci", id=id)


@bp.post("/tindak-lanjut/<int:id>/tunjuk")
@needs("temuan:putuskan")
@stands_on("kasus.rinci")
def tunjuk(id: int) -> ResponseReturnValue:
    """Name who must answer."""
    with writing() as session:
        owner = whole_number(request.form.get("pemilik", ""))
        verbs.assign(session, actor(), id, owner, now())
    flash(_("Pemilik ditunjuk."), "ok")
    return see("kasus.rinci", id=id)


@bp.get("/tindak-lanjut/<int:id>/bukti/<int:langkah>")
@needs("temuan:lihat")
def bukti(id: int, langkah: int) -> Response:
    """The bytes of a file that came with an answer."""
    steps = reads.one_case(reading(), actor(), id).steps
    file = next((one.file for one in steps if one.step.id == langkah), None)
    if file is None:
        raise NotFound(_("Bukti tidak ditemukan."))
    response = Response(store().get(file.sha256), mimetype=file.media)
    response.headers.set("Content-Disposition", "inline", filename=file.nama)
    return framed(response)
