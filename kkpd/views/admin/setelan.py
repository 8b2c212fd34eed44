"""Dated settings with their legal basis and history (law 15)."""

from __future__ import annotations

from typing import Final

from flask import render_template
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from kkpd.queries import admin
from kkpd.services import organisasi
from kkpd.views.admin.dasar import bp, opd_choices, optional_id, save
from kkpd.web.forms import Formulir, TanggalField
from kkpd.web.ground import now, today
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading
from kkpd.web.translation import N_, _, _l

#: setting -> what it is, as people say it
NAMA: Final = {
    "share_up_kkpd": N_("Bagian UP KKPD dari UP"),
    "batas_kapitalisasi": N_("Batas kapitalisasi aset"),
    "max_per_payee_domestic_small": N_("Batas per penyedia, produk dalam negeri"),
    "max_per_payee_general": N_("Batas per penyedia, umum"),
    "first_limit_goods": N_("Batas pemakaian pertama kartu barang"),
    "first_limit_travel": N_("Batas pemakaian pertama kartu perjalanan"),
    "limit_kartu_barang": N_("Limit kartu barang/jasa/modal menurut keputusan kepala daerah"),
    "limit_kartu_perjalanan": N_("Limit kartu perjalanan menurut keputusan kepala daerah"),
    "periksa_spd": N_("SPD membatasi belanja (bulan atau kumulatif)"),
    "periksa_kas": N_("Anggaran kas membatasi belanja (bulan atau kumulatif)"),
    "year_end_use_cutoff": N_("Hari terakhir pemakaian kartu"),
    "ppn_kecuali_kartu": N_("PPN belanja kartu tidak dipungut bendahara"),
    "pph22_kecuali_kartu": N_("PPh 22 belanja kartu tidak dipungut bendahara"),
    "bea_meterai": N_("Bea meterai"),
    "days_to_pay_after_funds": N_("Hari kerja membayar sesudah dana masuk"),
    "settle_within_days": N_("Hari penyelesaian sejak transaksi"),
    "nama_pemerintah": N_("Nama pemerintah daerah"),
    "lambang": N_("Lambang daerah"),
    "tempat_dokumen": N_("Tempat penandatanganan"),
    "alamat_periksa": N_("Alamat pemeriksaan dokumen"),
    "bank_rkud": N_("Bank RKUD"),
    "rekening_bendahara": N_("Rekening bendahara"),
}


class FormulirSetelan(Formulir):
    """A new value from a day on."""

    kunci = StringField(_l("Setelan"), [InputRequired(), Length(max=60)])
    nilai = StringField(_l("Nilai"), [Optional(), Length(max=200)])
    mulai = TanggalField(_l("Berlaku mulai"), [InputRequired()])
    dasar_hukum = StringField(_l("Dasar hukum"), [InputRequired(), Length(max=300)])
    opd_id = SelectField(_l("Untuk OPD"))

    def isi(self) -> organisasi.DataSetelan:
        """The fields as the service takes them."""
        return organisasi.DataSetelan(
            kunci=(self.kunci.data or "").strip(),
            nilai=self.nilai.data or None,
            mulai=self.mulai.data,
            dasar_hukum=self.dasar_hukum.data or "",
            opd_id=optional_id(self.opd_id.data),
        )


def _form() -> FormulirSetelan:
    form = FormulirSetelan()
    form.opd_id.choices = opd_choices(_("semua OPD"))
    return form


def _page(form: FormulirSetelan) -> str:
    rows = admin.setelan(reading(), actor(), today())
    return render_template(
        "pages/admin/setelan.html",
        form=form,
        nama={key: _(words) for key, words in NAMA.items()},
        rows=[row for row in rows if row.berlaku],
        kosong=sorted(_(NAMA[key]) for key in set(NAMA) - {r.kunci for r in rows if r.berlaku}),
        lama=[row for row in rows if not row.berlaku],
    )


@bp.get("/setelan")
@needs("pengaturan:kelola")
def setelan() -> str:
    """Settings in force, and the history beneath."""
    return _page(_form())


@bp.post("/setelan")
@needs("pengaturan:kelola")
def setelan_buat() -> Response | tuple[str, int]:
    """A new dated row; the old one stays in the history."""
    form = _form()
    return save(
        form,
        lambda session: organisasi.tetapkan_setelan(session, actor(), form.isi(), now()),
        _("Setelan dicatat."),
        "admin.setelan",
        lambda: _page(form),
    )
