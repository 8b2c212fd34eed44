"""The treasurer's first page: the month as a task list, due date, room left, what needs eyes."""

from __future__ import annotations

from flask import Blueprint, render_template

from kkpd.domain.waktu import BULAN
from kkpd.queries.bulan_ini import bulan_ini
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.ground import today
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading
from kkpd.web.translation import N_, _

bp = Blueprint("bulan_ini", __name__, url_prefix="/<opd:opd>/<periode:periode>/bulan-ini")

#: step -> (what it is called, the endpoint where it is done)
LANGKAH = {
    "tagihan": (N_("Tagihan diterima"), "tagihan.index"),
    "cocok": (N_("Cocokkan baris bank"), "cocok.index"),
    "bukti": (N_("Lengkapi bukti"), "belanja.index"),
    "kelas": (N_("Tetapkan kelas belanja"), "belanja.tinjau"),
    "dpr": (N_("Susun DPR"), "dpr.index"),
    "uji": (N_("Uji dan setujui"), "dpr.index"),
    "dpt": (N_("Terbitkan DPT"), "dpr.index"),
    "spm": (N_("NPD, SPP, SPM"), "pembayaran.index"),
    "bayar": (N_("Bayar ke bank"), "pembayaran.index"),
}


@bp.get("/")
@needs("bulan:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month of the chosen OPD."""
    month = bulan_ini(reading(), actor(), chosen_opd().id, (periode.tahun, periode.bulan))
    days = None if month.jatuh_tempo is None else (month.jatuh_tempo - today()).days
    return render_template(
        "pages/bulan_ini/index.html",
        bulan=month,
        hari=days,
        langkah=[
            (step, _(LANGKAH[step.kunci][0]), LANGKAH[step.kunci][1]) for step in month.langkah
        ],
        label=[name[:3] for name in BULAN],
    )
