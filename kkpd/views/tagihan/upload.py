"""Uploading: a file is read before it is kept, and what cannot be read is not kept.

Of a long file the first lines are read here, the rest by the worker, once, while a page shows how
far it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from flask import Blueprint, flash, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import InputRequired

from kkpd.core.errors import DomainError, NotFound, Unreadable
from kkpd.core.moments import parse_periode
from kkpd.engines.reading.custody import Kept
from kkpd.engines.reading.reading import checked
from kkpd.models import Berkas
from kkpd.records import jobs as records_jobs
from kkpd.records.custody import Store
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan import receive
from kkpd.tagihan.receive import UploadFile
from kkpd.tagihan.withdraw.discard import ThrowAway, throw_away
from kkpd.views.tagihan.layout_form import layout_guess
from kkpd.web.forms import PageForm, UploadField, options, uploads
from kkpd.web.globals import engine, now, settings
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import work_stores
from kkpd.web.translation import _, _l
from kkpd.worker import importing, loop, take_in
from kkpd.worker.take_in import TakeInChoice

bp = Blueprint("tagihan", __name__, url_prefix="/<opd:opd>/<periode:periode>/tagihan")

#: In addresses and forms an answer to a question of the file is `jawab.<key>`.
ANSWER_PREFIX: Final = "jawab."
#: What the address of the check is made of.
CHOICES: Final = ("profil", "jenis", "buku", f"{ANSWER_PREFIX}*")


def store() -> Store:
    """Where bank files are kept."""
    return Store(settings().instance / "berkas")


def kept(session: Session, berkas_id: int) -> Berkas:
    """The kept bank file of the OPD in the address; NotFound otherwise (law 12)."""
    return receive.bank_file(session, actor(), chosen_opd().id, berkas_id)


def read_choices(fields: Mapping[str, str]) -> TakeInChoice:
    """The choices in an address or a form; empty words choose nothing. Raises Unreadable."""
    jenis = fields.get("jenis", "")
    periode = fields.get("buku", "")
    return TakeInChoice(
        profil=fields.get("profil") or None,
        jenis=jenis if jenis in ("dts", "final") else None,
        periode=parse_periode(periode) if periode else None,
        jawaban=checked(
            {
                key.removeprefix(ANSWER_PREFIX): value
                for key, value in fields.items()
                if key.startswith(ANSWER_PREFIX) and value
            }
        ),
    )


def as_fields(chosen: TakeInChoice) -> dict[str, str]:
    """The same choices as fields of an address or of hidden inputs."""
    fields = {
        "profil": chosen.profil or "",
        "jenis": chosen.jenis or "",
        "buku": f"{chosen.periode[0]:04d}-{chosen.periode[1]:02d}" if chosen.periode else "",
        **{f"{ANSWER_PREFIX}{key}": value for key, value in chosen.jawaban.items()},
    }
    return {name: value for name, value in fields.items() if value}


#: The two kinds of bill (Permendagri 79/2022 Art. 5-6).
KINDS: Final = (
    ("final", _l("Tagihan (e-billing)")),
    ("dts", _l("Daftar Tagihan Sementara (DTS)")),
)


class UploadForm(PageForm):
    """One file, and how to read it."""

    berkas = UploadField(_l("Berkas dari bank"), [InputRequired(_l("Pilih berkasnya."))])
    profil = SelectField(_l("Bentuk berkas"))
    jenis = SelectField(
        _l("Jenis tagihan"),
        choices=options([("", _l("Menurut berkas; tagihan final bila tidak disebut")), *KINDS]),
    )


def profile_choices() -> list[tuple[str, str]]:
    """Every bank profile that this OPD may use."""
    titles = take_in.profile_titles(reading(), chosen_opd().id)
    return [("", _("Kenali sendiri dari isinya")), *titles.items()]


def _form(*, sent: bool) -> UploadForm:
    form = UploadForm() if sent else UploadForm(formdata=None)
    form.profil.choices = options(profile_choices())
    return form


@bp.get("/unggah")
@needs("tagihan:unggah")
def unggah(opd: str, periode: Periode) -> str:
    """The upload form."""
    return render_template("pages/tagihan/unggah.html", form=_form(sent=False))


@bp.post("/unggah")
@needs("tagihan:unggah")
@stands_on("tagihan.unggah")
def kirim(opd: str, periode: Periode) -> Response:
    """Keep the file, when it can be read, and go on to the check."""
    form = _form(sent=True)
    form.check()
    try:
        kept, chosen = _sent(form)
        done = tagihan_known_lines.import_of_content(
            reading(), chosen_opd().id, sha256(kept.data).hexdigest()
        )
        if done is not None:
            flash(_("Berkas ini sudah diambil."), "info")
            return see("tagihan.impor", impor_id=done.id)
        asked = _unknown_layout(kept, chosen)
        berkas_id = _keep(kept)
    except DomainError as refusal:
        if refusal.field not in ("profil", "jenis"):
            refusal.field = "berkas"
        raise
    return _next(kept, berkas_id, chosen, asked)


def _next(kept: Kept, berkas_id: int, chosen: TakeInChoice, asked: Unreadable | None) -> Response:
    """To the columns where the layout is unknown, to the worker with a long file, to the check."""
    fields = {"profil": chosen.profil, "jenis": chosen.jenis}
    if asked is not None:
        flash(_("Bentuk berkas ini belum dikenal. Periksa arti tiap kolom, lalu simpan."), "info")
        return see("tagihan.kolom", berkas_id=berkas_id, **fields)
    if take_in.long(kept.data):
        return read_later(berkas_id, chosen)
    return see("tagihan.periksa", berkas_id=berkas_id, **fields)


def _sent(form: UploadForm) -> tuple[Kept, TakeInChoice]:
    files = uploads(form.berkas)
    if len(files) != 1:
        raise DomainError(_("Unggah satu berkas sekali jalan."))
    kept = take_in.prepare(files[0].stream.read(), files[0].filename or "")
    return kept, TakeInChoice(form.profil.data or None, form.jenis.data or None)


def _unknown_layout(kept: Kept, chosen: TakeInChoice) -> Unreadable | None:
    """Plan it once without keeping it, of a long file read the first lines: the worker reads the
    rest. The refusal back when a person can point out columns.
    """
    opd_id = chosen_opd().id
    try:
        if take_in.long(kept.data):
            take_in.read_head(reading(), opd_id, kept.data, chosen)
        else:
            shelf = work_stores().file_reading
            read = take_in.read_file(reading(), shelf, opd_id, kept.data, chosen)
            receive.make_plan(reading(), actor(), chosen.command(opd_id, 0, read), now())
    except Unreadable as refusal:
        if refusal.field == "kolom" and chosen.profil:
            refusal.field = "profil"
        if refusal.field == "kolom" and layout_guess(kept.data) is not None:
            return refusal
        raise
    return None


def _keep(kept: Kept) -> int:
    with writing() as session:
        berkas = receive.upload(
            session, actor(), UploadFile.of(chosen_opd().id, kept), store(), now()
        )
        berkas_id = berkas.id
    if kept.sha256_sent:
        flash(_("Nomor kartu utuh di dalam berkas disamarkan sebelum disimpan."), "info")
    return berkas_id


@bp.post("/berkas/<int:berkas_id>/buang")
@needs("tagihan:keluarkan")
@stands_on("tagihan.index")
def buang(opd: str, periode: Periode, berkas_id: int) -> Response:
    """Throw away a file that was not taken in."""
    reason = request.form.get(f"alasan-{berkas_id}", "")
    with writing() as session:
        throw_away(session, actor(), ThrowAway(chosen_opd().id, berkas_id, reason), now())
    flash(_("Berkas dibuang dan tidak ditawarkan lagi."), "ok")
    return see("tagihan.index")


@bp.post("/berkas/<int:berkas_id>/baca")
@needs("tagihan:unggah")
@stands_on("tagihan.periksa", carries=CHOICES)
def baca(opd: str, periode: Periode, berkas_id: int) -> Response:
    """Have the kept file read with the choices sent; a second click finds the first."""
    return read_later(berkas_id, read_choices(request.form))


def read_later(berkas_id: int, chosen: TakeInChoice) -> Response:
    """Queue the reading, and on to its progress. Nothing that was read so before is read again."""
    with writing() as session:
        berkas = kept(session, berkas_id)
        key = take_in.kunci(session, berkas.opd_id, store().get(berkas.sha256), chosen)
        asked = importing.as_request(berkas_id, chosen)
        gone = not work_stores().file_reading.present(key)
        row = records_jobs.enqueue(
            session, actor(), chosen_opd().id, asked, now(), "baca", lost=gone
        )
        row_id = row.id
    loop.wake_worker(engine(), work_stores())
    return see("tagihan.maju", pekerjaan_id=row_id)


#: Seconds after which the page looks again by itself, without JavaScript too.
REFRESH_SECONDS = 2


@bp.get("/pekerjaan/<int:pekerjaan_id>")
@needs("tagihan:lihat")
def maju(opd: str, periode: Periode, pekerjaan_id: int) -> Response:
    """The progress; when it is done, on to the check or to what came in."""
    row = records_jobs.one_item(reading(), actor(), pekerjaan_id, ("baca", "impor"))
    if row.opd_id != chosen_opd().id:
        raise NotFound("Pekerjaan ini tidak ada. Periksa alamatnya atau mulai dari menu.")
    if row.status == "selesai" and row.jenis == "baca":
        chosen, berkas_id = importing.from_request(row.permintaan)
        return see("tagihan.periksa", berkas_id=berkas_id, **as_fields(chosen))
    if row.status == "selesai":
        flash(row.pesan, "ok")
        return see("tagihan.impor", impor_id=row.impor_id)
    if records_jobs.pending(row, now()):
        loop.wake_worker(engine(), work_stores())
    response = make_response(render_template("pages/tagihan/pekerjaan.html", working=row))
    if row.status != "gagal":
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response
