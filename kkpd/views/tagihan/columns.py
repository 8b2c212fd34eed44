"""Which column is what: the recognition's guess, corrected by a person and kept as a profile."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.core.errors import Unreadable
from kkpd.engines.reading.profile import ROLES, Profile
from kkpd.tagihan import profiles
from kkpd.tagihan.profiles import SaveProfile
from kkpd.views.tagihan.layout_form import (
    COLUMN_MEANINGS,
    LayoutGuess,
    ProfileForm,
    form_values,
    layout_guess,
    profile_from,
)
from kkpd.views.tagihan.upload import as_fields, bp, kept, read_choices, store
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _
from kkpd.worker import take_in


@bp.get("/berkas/<int:berkas_id>/kolom")
@needs("tagihan:unggah")
def kolom(opd: str, periode: Periode, berkas_id: int) -> str:
    """The guess, to be confirmed or corrected; of a kept profile that fits, what it says."""
    found, known, fits = _guess(berkas_id)
    begin = form_values(found, known, read_choices(request.args).jawaban)
    if known is not None and fits:
        begin |= {"judul": known.title, "ganti": True}
    return _page(berkas_id, found, ProfileForm(formdata=None, data=begin), found.meaning)


@bp.post("/berkas/<int:berkas_id>/kolom")
@needs("tagihan:unggah")
@stands_on("tagihan.kolom")
def simpan_kolom(opd: str, periode: Periode, berkas_id: int) -> Response:
    """Keep what was chosen as a profile, and check the file again with it."""
    (found, _known, _fits), form = _guess(berkas_id), ProfileForm()
    form.check()
    name = _keep(form, _chosen(found), berkas_id)
    flash(_("Bentuk berkas disimpan. Tagihan berikutnya dikenali dengan sendirinya."), "ok")
    return see("tagihan.periksa", berkas_id=berkas_id, **_booked() | {"profil": name})


def _keep(form: ProfileForm, chosen: Mapping[str, str], berkas_id: int) -> str:
    """Keep the profile once it has read the file that it was made of."""
    profile = profile_from(form, chosen)
    take_in.try_out(store(), kept(reading(), berkas_id), profile)
    command = SaveProfile(chosen_opd().id, profile.name, profile.to_toml(), ganti=form.ganti.data)
    with writing() as session:
        profiles.save(session, actor(), command, now())
    return profile.name


def _booked() -> dict[str, str]:
    """Kind and month as chosen before; a profile answers the questions of reading itself."""
    fields = as_fields(read_choices(request.args))
    return {name: fields[name] for name in ("jenis", "buku") if name in fields}


def _guess(berkas_id: int) -> tuple[LayoutGuess, Profile | None, bool]:
    """The guess, the kept profile that it follows, and whether that one fits whole."""
    session, berkas = reading(), kept(reading(), berkas_id)
    data = store().get(berkas.sha256)
    known, fits = take_in.nearest_profile(
        session, berkas.opd_id, read_choices(request.args).profil, data
    )
    found = layout_guess(data, known)
    if found is None:
        raise Unreadable(_("Berkas ini tidak mempunyai judul kolom untuk ditunjukkan."))
    return found, known, fits


def _chosen(found: LayoutGuess) -> dict[str, str]:
    """Column title -> role, as sent."""
    sent = {title: request.form.get(f"kolom.{i}", "") for i, title in enumerate(found.judul)}
    return {title: role for title, role in sent.items() if title and role in ROLES}


def _page(berkas_id: int, found: LayoutGuess, form: ProfileForm, chosen: Mapping[str, str]) -> str:
    return render_template(
        "pages/tagihan/kolom.html",
        berkas=kept(reading(), berkas_id),
        layout_guess=found,
        form=form,
        selected=chosen,
        meaning=COLUMN_MEANINGS,
        options=as_fields(read_choices(request.args)),
    )
