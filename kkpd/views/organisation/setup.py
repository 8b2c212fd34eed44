"""The administrator's first screen with the set-up path, and the page of the letterhead."""

from __future__ import annotations

from typing import Any, Final

from flask import render_template, request
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.core.permissions import ROLE_NAMES
from kkpd.engines.paper.sheet import draw
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation.setup import letterhead
from kkpd.organisation.setup import path as setup_path
from kkpd.web.admin_area import bp
from kkpd.web.document_html import bagian
from kkpd.web.downloads import downloaded
from kkpd.web.forms import DayField, PageForm
from kkpd.web.globals import now, today
from kkpd.web.page import save
from kkpd.web.request.converters import whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading
from kkpd.web.terms import SETTING_NAMES
from kkpd.web.translation import N_, _, _l

#: step -> (what to do, why it is needed, the page where it is done)
_STEPS: Final = {
    "administrator": (
        N_("Administrator kedua"),
        N_(
            "Tidak seorang pun memberi hak sendirian: yang diusulkan seorang administrator "
            "dikonfirmasi yang lain. Di komputer server: kkpd user second-admin."
        ),
        "admin.penugasan",
    ),
    "kepala": (
        N_("Kepala surat"),
        N_("Setiap surat menyebut pemerintah, tempat dan alamatnya; tanpa itu tidak terbit."),
        "admin.kepala",
    ),
    "setelan": (
        N_("Bawaan peraturan"),
        N_("Batas, tenggat dan pajak diperiksa menurut setelan dengan dasar hukumnya."),
        "admin.setelan_bawaan",
    ),
    "kode": (
        N_("Kode nasional"),
        N_("Belanja dibebankan pada kode rekening dan sub kegiatan tahun ini."),
        "admin.acuan",
    ),
    "lembar": (
        N_("OPD, orang, peran dan kartu"),
        N_("Satu lembar untuk semuanya: unduh contohnya, isi, unggah, periksa."),
        "admin.lembar",
    ),
    "konfirmasi": (
        N_("Konfirmasi orang kedua dan kode masuk"),
        N_("Peran dan kartu berlaku sesudah administrator lain mengonfirmasinya."),
        "admin.penugasan",
    ),
    "dpa": (
        N_("DPA tiap OPD"),
        N_("Belanja hanya dapat dibebankan pada baris DPA yang masih cukup."),
        "admin.anggaran",
    ),
    "up": (
        N_("UP KKPD tiap OPD"),
        N_("Batas kartu adalah bagian UP yang ditetapkan keputusan kepala daerah."),
        "admin.anggaran",
    ),
    "bank": (
        N_("Bank dan rekening bendahara"),
        N_("NPD dan SPP menyebut bank RKUD dan rekening bendahara tiap OPD."),
        "admin.setelan",
    ),
}
_WORDS: Final = {
    "administrator": N_("administrator kedua"),
    "alamat": N_("alamat"),
    "npwp": N_("NPWP"),
    "kartu": N_("kartu"),
    "konfirmasi": N_("ada usulan yang menunggu konfirmasi"),
    "masuk": N_("nama masuk"),
    "opd": N_("belum ada OPD"),
    "rekening": N_("kode rekening"),
    "sub_kegiatan": N_("sub kegiatan"),
    "dpa": N_("DPA"),
    "up": N_("keputusan UP"),
    **{role.value: name for role, name in ROLE_NAMES.items()},
    **SETTING_NAMES,
}
#: So many lines a step shows of what it lacks.
_SHOWN: Final = 4


def _said(step: setup_path.SetupStep) -> list[str]:
    """What the step lacks, in words: the first few, and how many more."""
    found = []
    for one in step.left[:_SHOWN]:
        words = [_(_WORDS[word]) for word in one.what]
        said = ", ".join(words[:_SHOWN])
        if len(words) > _SHOWN:
            said = _("%(apa)s dan %(n)s lagi", apa=said, n=len(words) - _SHOWN)
        found.append(f"{one.whose}: {said}" if one.whose else said)
    if len(step.left) > _SHOWN:
        found.append(_("dan %(n)s lagi", n=len(step.left) - _SHOWN))
    return found


@bp.get("/")
@needs("admin:lihat")
def index() -> str:
    """The start page: the set-up path while something is lacking, and links to all parts."""
    session, who = reading(), actor()
    steps = setup_path.steps(session, who, today())
    first = next((step.key for step in steps if not step.done), "")
    return render_template(
        "pages/admin/index.html",
        steps=[(step, *_STEPS[step.key], _said(step)) for step in steps],
        first=first,
        done=sum(step.done for step in steps),
        jumlah=_counts(),
    )


def _counts() -> dict[str, int]:
    session, who = reading(), actor()
    codes = organisation_admin.reference_rows(session, who)
    return {
        "opd": len(organisation_admin.opd(session, who)),
        "pengguna": len(organisation_admin.orang(session, who, today())),
        "penugasan": sum(
            row.effective for row in organisation_admin.penugasan(session, who, today())
        ),
        "kartu": len(organisation_admin.kartu(session, who, today().year)),
        "setelan": sum(row.effective for row in organisation_admin.setelan(session, who, today())),
        "acuan": sum(row.rekening for row in codes),
        "dpa": sum(row.dpa for row in codes),
        "up": organisation_admin.count_up(session),
    }


class LetterheadForm(PageForm):
    """The head of every paper, and by what it is decided."""

    nama_pemerintah = StringField(_l("Nama pemerintah daerah"), [Optional(), Length(max=200)])
    tempat_dokumen = StringField(_l("Tempat penandatanganan"), [Optional(), Length(max=200)])
    perangkat_bud = StringField(_l("Perangkat daerah Kuasa BUD"), [Optional(), Length(max=200)])
    alamat_bud = StringField(_l("Alamat perangkat daerah Kuasa BUD"), [Optional(), Length(max=200)])
    bank_rkud = StringField(_l("Bank RKUD"), [Optional(), Length(max=200)])
    alamat_periksa = StringField(_l("Alamat pemeriksaan dokumen"), [Optional(), Length(max=200)])
    dasar_hukum = StringField(_l("Dasar hukum"), [InputRequired(), Length(max=300)])
    mulai = DayField(_l("Berlaku mulai"), [InputRequired()])


def _letterhead_page(form: LetterheadForm) -> str:
    session, who = reading(), actor()
    chosen = whole_number(request.args.get("opd", ""))
    rows = [row for row in organisation_admin.opd(session, who) if row.aktif]
    document = letterhead.sample(session, who, chosen, today())
    return render_template(
        "pages/admin/kepala.html",
        form=form,
        opds=rows,
        chosen=chosen,
        document=document,
        bagian=list(bagian(document)),
    )


@bp.get("/kepala")
@needs("pengaturan:kelola")
def kepala() -> str:
    """The settings of the head, and how a paper of the chosen OPD begins and ends."""
    values: dict[str, Any] = dict(letterhead.current(reading(), actor(), today()))
    values |= {"mulai": today().replace(month=1, day=1), "dasar_hukum": _("Kepala surat")}
    return _letterhead_page(LetterheadForm(formdata=None, data=values))


@bp.post("/kepala")
@needs("pengaturan:kelola")
@stands_on("admin.kepala")
def kepala_simpan() -> Response:
    """Keep what was changed, each a dated setting."""
    form = LetterheadForm()

    def change(session: Any) -> int:
        values = {key: form[key].data or "" for key in letterhead.KEYS}
        return letterhead.change(
            session, actor(), values, form.mulai.data, form.dasar_hukum.data or "", now()
        )

    return save(form, change, _("Kepala surat disimpan."), "admin.kepala")


@bp.get("/kepala/cetak-uji")
@needs("pengaturan:kelola")
def kepala_cetak() -> Response:
    """The sample as a PDF, marked as a draft."""
    chosen = whole_number(request.args.get("opd", ""))
    return downloaded(
        draw(letterhead.sample(reading(), actor(), chosen, today())), "cetak-uji", "pdf"
    )
