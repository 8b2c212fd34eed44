"""The check before taking in: every row, every question, what is new; then one act takes it in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import flash, render_template, request
from werkzeug.wrappers import Response
from wtforms import SelectField

from kkpd.core.errors import Unreadable
from kkpd.records import jobs as records_jobs
from kkpd.tagihan import known_lines as tagihan_known_lines
from kkpd.tagihan import receive
from kkpd.tagihan.intake.plan import STATES, IntakePlan, preview_lines
from kkpd.views.tagihan.layout_form import ANSWER_MEANINGS, COLUMN_MEANINGS, layout_guess
from kkpd.views.tagihan.upload import (
    CHOICES,
    KINDS,
    as_fields,
    bp,
    kept,
    profile_choices,
    read_choices,
    store,
)
from kkpd.web.filters import period_name
from kkpd.web.forms import PageForm, options
from kkpd.web.globals import engine, now
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

#: Lines, and skipped rows, on one page of the check.
PAGE_SIZE = 100


class ChoicesForm(PageForm):
    """How the kept file is read and booked; the field names are those of the address."""

    profil = SelectField(_l("Bentuk berkas"))
    jenis = SelectField(_l("Jenis tagihan"), choices=options(KINDS))
    buku = SelectField(_l("Dibukukan pada"))


@bp.get("/berkas/<int:berkas_id>/periksa")
@needs("tagihan:unggah")
def periksa(opd: str, periode: Periode, berkas_id: int) -> str | Response:
    """What taking the file in would do; nothing is written."""
    session = reading()
    berkas = kept(session, berkas_id)
    done = tagihan_known_lines.import_of_file(session, berkas.id)
    if done is not None:
        flash(_("Berkas ini sudah diambil."), "info")
        return see("tagihan.impor", impor_id=done.id)
    chosen = read_choices(request.args)
    data = store().get(berkas.sha256)
    long = take_in.long(data)
    try:
        shelf = work_stores().file_reading
        if long and not shelf.present(take_in.kunci(session, berkas.opd_id, data, chosen)):
            fields = as_fields(chosen)
            return render_template("pages/tagihan/baca.html", berkas=berkas, options=fields)
        read = take_in.read_file(session, shelf, berkas.opd_id, data, chosen)
        plan = receive.preview(
            session, actor(), chosen.command(berkas.opd_id, berkas_id, read), now()
        )
    except Unreadable as refusal:
        if refusal.field != "kolom" and not take_in.kept_take_in(session, berkas.opd_id):
            raise
        flash(refusal.message, "warn")
        return see("tagihan.kolom", berkas_id=berkas_id, **as_fields(chosen))
    state, used = request.args.get("keadaan", ""), take_in.kept_take_in(session, berkas.opd_id)
    return render_template(
        "pages/tagihan/periksa.html",
        berkas=berkas,
        plan=plan,
        form=_form(chosen, plan, periode),
        options=as_fields(chosen),
        arti_jawaban=ANSWER_MEANINGS,
        ulang=partial(_without, chosen),
        long=long,
        layout_guess=layout_guess(data, used.get(plan.summary.profile)),
        bentuk=take_in.ReadShape()
        if long or chosen.profil
        else take_in.profile_notes(session, berkas.opd_id, data),
        profile_titles=take_in.profile_titles(session, berkas.opd_id),
        keadaan=state,
        excerpt=preview_lines(plan, _after(), PAGE_SIZE, state if state in STATES else ""),
        lewat=plan.summary.skipped[:PAGE_SIZE],
        meaning=COLUMN_MEANINGS,
    )


def _form(chosen: TakeInChoice, plan: IntakePlan, periode: Periode) -> ChoicesForm:
    form = ChoicesForm(formdata=None, data=as_fields(chosen))
    form.profil.choices = options(profile_choices())
    month = (str(periode), _("Semua pada %(bulan)s", bulan=period_name(periode)))
    form.buku.choices = options([("", _("Bulan tagihan, atau bulan tiap barisnya")), month])
    form.jenis.data = chosen.jenis or plan.jenis
    form.profil.data = chosen.profil or ""
    return form


def _without(chosen: TakeInChoice, name: str) -> dict[str, str]:
    """The choices without one answer: the file's question is asked again."""
    return {key: value for key, value in as_fields(chosen).items() if key != name}


def _after() -> int:
    key = request.args.get("sesudah", "")
    return int(key) if key.isascii() and key.isdigit() and len(key) < 12 else -1


@bp.post("/berkas/<int:berkas_id>/ambil")
@needs("tagihan:unggah")
@stands_on("tagihan.periksa", carries=CHOICES)
def ambil(opd: str, periode: Periode, berkas_id: int) -> Response:
    """Take the file into the books, as the kept bytes were read: the sender is not trusted."""
    chosen, session = read_choices(request.form), reading()
    berkas = kept(session, berkas_id)
    data, shelf = store().get(berkas.sha256), work_stores().file_reading
    if take_in.long(data):
        return _later(berkas_id, chosen)
    read = take_in.read_file(session, shelf, berkas.opd_id, data, chosen)
    key = take_in.kunci(session, berkas.opd_id, data, chosen)
    with writing() as session:
        berkas = kept(session, berkas_id)
        hasil, matched, cases = take_in.into_books(
            session, actor(), chosen.command(berkas.opd_id, berkas_id, read), now()
        )
    shelf.drop(key)
    if hasil.already_taken_in:
        flash(_("Berkas ini sudah diambil sebelumnya; tidak ada yang ditambahkan."), "info")
    else:
        flash(
            _(
                "Tagihan diambil: %(baru)s baris baru, %(lama)s sudah dikenal, %(lewat)s dilewati.",
                baru=hasil.baru,
                lama=hasil.lama,
                lewat=hasil.lewat,
            ),
            "ok",
        )
    if matched:
        flash(_("%(n)s baris langsung cocok dengan belanja yang tercatat.", n=matched), "ok")
    if cases:
        flash(_("%(n)s tindak lanjut dibuka oleh pengawasan baris bank.", n=cases), "warn")
    return _where(hasil.impor_id, hasil.tagihan_ids)


def _later(berkas_id: int, chosen: TakeInChoice) -> Response:
    """A long file is taken in by the worker; a second click finds the first."""
    with writing() as session:
        request_ = importing.as_request(berkas_id, chosen)
        row = records_jobs.enqueue(session, actor(), chosen_opd().id, request_, now())
        row_id = row.id
    loop.wake_worker(engine(), work_stores())
    return see("tagihan.maju", pekerjaan_id=row_id)


def _where(impor_id: int, tagihan_ids: Sequence[int]) -> Response:
    """To the bill, or to the receipt of an import that touched several."""
    if len(tagihan_ids) == 1:
        return see("tagihan.rinci", tagihan_id=tagihan_ids[0])
    return see("tagihan.impor", impor_id=impor_id)
