"""Dated settings by topic, with their legal basis and history (law 15), and the regulation's
defaults as one act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in stubs yet
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.document_kinds import NAMES
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import holidays, organisation, setting_forms
from kkpd.organisation.admin import SettingRow
from kkpd.organisation.setup import setting_defaults
from kkpd.web.admin_area import bp, opd_choices, optional_id
from kkpd.web.forms import DayField, PageForm
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.terms import SETTING_NAMES, SETTING_TOPICS
from kkpd.web.translation import N_, _, _l


class SettingForm(PageForm):
    """A new value from a day on."""

    kunci = SelectField(_l("Setelan"))
    nilai = StringField(_l("Nilai"), [Optional(), Length(max=200)])
    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])
    dasar_hukum = StringField(_l("Dasar hukum"), [InputRequired(), Length(max=300)])
    opd_id = SelectField(_l("Untuk OPD"))

    def isi(self) -> organisation.SettingData:
        """The fields as the service takes them."""
        return organisation.SettingData(
            kunci=(self.kunci.data or "").strip(),
            nilai=self.nilai.data or None,
            mulai=self.mulai.data,
            dasar_hukum=self.dasar_hukum.data or "",
            opd_id=optional_id(self.opd_id.data),
        )


class DefaultsForm(PageForm):
    """From which day the regulation's defaults hold."""

    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])


@dataclass(frozen=True, slots=True)
class SettingTopic:
    """A topic of the page: its name, and each of its settings with the rows in force."""

    nama: str
    baris: list[tuple[str, SettingRow | None]]


#: Settings that one document kind has: the pattern of its number.
_NUMBER: dict[str, str] = {f"nomor_{code}": name for code, name in NAMES.items()}
_NUMBER_TOPIC = N_("Nomor dokumen")


def _name(key: str) -> str:
    """What people call the setting."""
    if key in _NUMBER:
        return _("Pola nomor %(apa)s", apa=_(_NUMBER[key]))
    return _(SETTING_NAMES[key]) if key in SETTING_NAMES else key


def _example(key: str) -> str:
    """How its value is written."""
    if key in setting_forms.AMOUNTS:
        said = _("Rupiah, misalnya 1.000.000.")
    elif key in setting_forms.PORTION:
        said = _("Bagian, misalnya %(n)s.", n="40%")
    elif key in setting_forms.COUNTED:
        said = _("Bilangan bulat mulai 1.")
    elif key in setting_forms.DAY_COUNTS:
        said = _("Banyaknya hari, misalnya 2.")
    elif key in setting_forms.DAYS:
        said = _("Tanggal seperti 2026-12-13.")
    elif key in setting_forms.WORDS:
        said = _("Tulis: %(kata)s.", kata=", ".join(setting_forms.WORDS[key]))
    elif key in _NUMBER:
        said = _("Misalnya {urut:04d}/{jenis}/{opd}/{bulan}/{tahun}.")
    else:
        said = ""
    return " ".join(filter(None, (said, _("Kosong berarti tidak diperiksa."))))


def _topics() -> dict[str, list[str]]:
    """topic -> keys, the patterns of numbers last."""
    found = {_(topic): keys.split() for topic, keys in SETTING_TOPICS.items()}
    return found | {_(_NUMBER_TOPIC): list(_NUMBER)}


def _form() -> SettingForm:
    form = SettingForm()
    form.kunci.choices = [
        SelectChoice(value=key, label=_name(key), optgroup=topic)
        for topic, keys in _topics().items()
        for key in keys
    ]
    form.opd_id.choices = opd_choices(_("semua OPD"))
    wanted = request.args.get("kunci", "")
    if request.method == "GET" and wanted in {key for keys in _topics().values() for key in keys}:
        form.kunci.data, form.mulai.data = wanted, today()
    return form


def _shown(rows: list[SettingRow]) -> list[SettingTopic]:
    """The settings by topic; a number's pattern and a key of nobody's only where it is set."""
    held: dict[str, list[SettingRow]] = {}
    for row in rows:
        held.setdefault(row.kunci, []).append(row)
    named = _topics()
    others = sorted(held.keys() - {key for keys in named.values() for key in keys})
    found = []
    for topic, keys in (named | {_("Lain-lain"): others}).items():
        always = set(keys) & SETTING_NAMES.keys()
        lines: list[tuple[str, SettingRow | None]] = []
        for key in keys:
            own: list[Any] = list(held.get(key, [None] if key in always else []))
            lines += [(key, row) for row in own]
        if lines:
            found.append(SettingTopic(topic, lines))
    return found


def _page(form: SettingForm) -> str:
    rows = [
        row
        for row in organisation_admin.setelan(reading(), actor(), today())
        if row.kunci != holidays.KEY
    ]
    return render_template(
        "pages/admin/setelan.html",
        form=form,
        name=_name,
        example=_example(form.kunci.data or ""),
        topics=_shown([row for row in rows if row.effective]),
        undecided=len(setting_defaults.undecided(reading())),
        lama=[row for row in rows if not row.effective],
    )


@bp.get("/setelan")
@needs("pengaturan:kelola")
def setelan() -> str:
    """Settings in force, and the history beneath."""
    return _page(_form())


@bp.post("/setelan")
@needs("pengaturan:kelola")
@stands_on("admin.setelan", carries=("kunci",))
def setelan_buat() -> Response:
    """A new dated row; the old one stays in the history."""
    form = _form()
    return save(
        form,
        lambda session: organisation.decide_setting(session, actor(), form.isi(), now()),
        _("Setelan dicatat."),
        "admin.setelan",
    )


def _defaults_page(form: DefaultsForm) -> str:
    return render_template(
        "pages/admin/setelan_bawaan.html",
        form=form,
        rows=setting_defaults.undecided(reading()),
        name=_name,
    )


@bp.get("/setelan/bawaan")
@needs("pengaturan:kelola")
def setelan_bawaan() -> str:
    """What the regulation's defaults would decide, with the basis of each."""
    first = date(today().year, 1, 1)
    return _defaults_page(DefaultsForm(formdata=None, mulai=first))


@bp.post("/setelan/bawaan")
@needs("pengaturan:kelola")
@stands_on("admin.setelan_bawaan")
def setelan_pakai() -> Response:
    """Take them all: one dated row each."""
    form = DefaultsForm()
    return save(
        form,
        lambda session: setting_defaults.take(session, actor(), form.mulai.data, now()),
        _("Bawaan peraturan dicatat, tiap nilai dengan dasar hukumnya."),
        "admin.setelan",
    )
