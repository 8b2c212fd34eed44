"""The treasurer's first page: the month as a task list, due date, room left, what needs eyes."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, render_template

from kkpd.core.moments import MONTHS
from kkpd.oversight.this_month import MonthStep, month_overview
from kkpd.web.request import read_cache
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading
from kkpd.web.terms import bill_state, due_term
from kkpd.web.translation import N_, _

bp = Blueprint("bulan_ini", __name__, url_prefix="/<opd:opd>/<periode:periode>/bulan-ini")

#: step -> (what it is called, the endpoint where it is done, the permission for it,
#: words when it is done, words while something is left, the same as what holds the month)
STEPS: Final = {
    "tagihan": (
        N_("Tagihan diterima"),
        "tagihan.index",
        "tagihan:lihat",
        N_("%(a)s berkas, %(b)s baris"),
        N_("belum ada tagihan bulan ini"),
        N_("tagihan belum diunggah"),
    ),
    "cocok": (
        N_("Cocokkan baris bank"),
        "cocok.index",
        "cocok:lihat",
        N_("%(a)s baris cocok atau dijelaskan"),
        N_("%(a)s cocok, %(n)s perlu diputuskan"),
        N_("%(n)s baris bank belum diputuskan"),
    ),
    "bukti": (
        N_("Lengkapi bukti"),
        "belanja.index",
        "belanja:lihat",
        N_("%(a)s belanja, semua berbukti"),
        N_("%(n)s belanja belum berbukti"),
        N_("%(n)s belanja belum berbukti"),
    ),
    "kelas": (
        N_("Tetapkan kelas belanja"),
        "belanja.tinjau",
        "belanja:lihat",
        N_("%(a)s operasi, %(b)s modal"),
        N_("%(a)s operasi, %(b)s modal, %(n)s ragu"),
        N_("%(n)s kelas masih ragu"),
    ),
    "dpr": (
        N_("Susun DPR"),
        "dpr.index",
        "dpr:lihat",
        N_("semua belanja sudah diajukan"),
        N_("%(n)s belanja belum diajukan"),
        N_("%(n)s belanja belum diajukan"),
    ),
    "uji": (
        N_("Uji dan setujui"),
        "dpr.index",
        "dpr:lihat",
        N_("semua yang diajukan sudah diuji"),
        N_("%(a)s menunggu PPTK, %(b)s menunggu Pengguna Anggaran"),
        N_("%(n)s menunggu PPTK atau Pengguna Anggaran"),
    ),
    "dpt": (
        N_("Terbitkan DPT"),
        "dpr.index",
        "dpt:lihat",
        N_("%(a)s belanja dalam DPT"),
        N_("%(n)s disetujui menunggu DPT"),
        N_("%(n)s disetujui menunggu DPT"),
    ),
    "spm": (
        N_("NPD, SPP, SPM"),
        "pembayaran.index",
        "bayar:lihat",
        N_("terbit atas semua DPT"),
        N_("Bendahara, PPK-SKPD, Pengguna Anggaran"),
        N_("%(n)s belanja menunggu SPM"),
    ),
    "bayar": (
        N_("Bayar ke bank"),
        "pembayaran.index",
        "bayar:lihat",
        N_("%(a)s belanja lunas"),
        N_("%(n)s belanja menunggu pembayaran"),
        N_("%(n)s belanja menunggu pembayaran"),
    ),
}
#: At most so many reasons are named in the sentence under the heading.
MOST_BLOCKERS: Final = 3


@bp.get("/")
@needs("bulan:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month of the chosen OPD."""
    opd_id = chosen_opd().id
    headline = read_cache.working(opd_id, periode).summary
    month = month_overview(reading(), actor(), opd_id, periode, headline, read_cache.books(opd_id))
    return render_template(
        "pages/bulan_ini/index.html",
        bulan=month,
        due_term=due_term(month.due_term),
        sisa=month.due_term.sisa if month.due_term is not None and month.due_term.dibayar else None,
        keadaan=bill_state,
        langkah=[_step(step) for step in month.langkah],
        penahan=_holding(month.langkah),
        label=[name[:3] for name in MONTHS],
    )


def _step(step: MonthStep) -> tuple[MonthStep, str, str, str, str]:
    """(step, its name, endpoint, permission, how it stands)."""
    name, endpoint, permission, done, left, _held = STEPS[step.kunci]
    return step, _(name), endpoint, permission, _said(done if step.selesai else left, step)


def _holding(steps: tuple[MonthStep, ...]) -> list[str]:
    """What holds the month, the first things first."""
    waiting = [step for step in steps if step.mulai and not step.selesai and _counts(step)]
    return [_said(STEPS[step.kunci][5], step) for step in waiting[:MOST_BLOCKERS]]


def _counts(step: MonthStep) -> bool:
    return step.kunci == "tagihan" or step.remaining > 0


def _said(words: str, step: MonthStep) -> str:
    a, b = step.numeric
    return _(words, a=a, b=b, n=step.remaining)
