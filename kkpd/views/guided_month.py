"""The guided month of the demo: nine steps, who does each, a login as that person, and its tick.

Only a program that runs as demo has these pages. The login itself is that of everybody
(`masuk.kirim`), which refuses the people of the demo everywhere else.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from kkpd.core.db import session as db
from kkpd.core.errors import NotFound
from kkpd.core.permissions import ROLE_NAMES, Role
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD
from kkpd.oversight.guided_month import (
    ALL_RECEIPTS,
    BILL,
    FILES,
    GUIDED_MONTH,
    GUIDED_OPD,
    guided_month,
)
from kkpd.web.downloads import downloaded
from kkpd.web.globals import engine, settings, today
from kkpd.web.request.converters import Periode
from kkpd.web.translation import N_, _

bp = Blueprint("bulan_terpandu", __name__, url_prefix="/panduan/bulan")


class GuidedAct(NamedTuple):
    """What one person does in a step, and the page where; `turn` is the action of the line that
    waits for it (`kkpd.core.moves`).
    """

    role: Role
    words: str
    endpoint: str
    turn: str = ""


class GuidedStep(NamedTuple):
    """One step: its name, what it is for, who does what."""

    name: str
    purpose: str
    acts: tuple[GuidedAct, ...]


#: step -> what the page says of it, in the order of the month
STEPS: Final = {
    "tagihan": GuidedStep(
        N_("Unggah tagihan bank"),
        N_("Hanya yang ditagih bank yang dibayar; berkasnya disimpan utuh sebagai bukti."),
        (
            GuidedAct(
                Role.BENDAHARA,
                N_("Unduh berkas tagihan di bawah ini, unggah, lalu ambil barisnya."),
                "tagihan.unggah",
            ),
        ),
    ),
    "cocok": GuidedStep(
        N_("Cocokkan dengan belanja"),
        N_("Setiap baris bank harus punya belanja yang dicatat pemegang kartu."),
        (
            GuidedAct(
                Role.BENDAHARA,
                N_("Yang pasti sudah terpasang; putuskan pasangan yang nilainya berbeda."),
                "cocok.index",
            ),
        ),
    ),
    "kelompok": GuidedStep(
        N_("Catat belanja yang belum ada"),
        N_("Baris tanpa belanja dicatat sekelompok per toko, dengan usul akun dan kegiatannya."),
        (
            GuidedAct(
                Role.BENDAHARA,
                N_(
                    "Periksa usul setiap toko, catat sekaligus, lalu jelaskan selisih yang tersisa."
                ),
                "cocok.kelompok",
            ),
        ),
    ),
    "bukti": GuidedStep(
        N_("Lengkapi bukti"),
        N_("Tanpa nota, PPTK dan Pengguna Anggaran tidak dapat menyetujui."),
        (
            GuidedAct(
                Role.BENDAHARA,
                N_("Unduh notanya, jatuhkan semua ke kotak bukti, lalu lampirkan yang pasti."),
                "kotak_bukti.index",
            ),
        ),
    ),
    "dpr": GuidedStep(
        N_("Susun dan tandatangani DPR"),
        N_("Daftar Pengeluaran Riil menyatakan bahwa belanjanya sungguh terjadi."),
        (
            GuidedAct(
                Role.BENDAHARA, N_("Ajukan semua belanja kepada PPTK."), "dpr.index", "ajukan"
            ),
            GuidedAct(
                Role.PPTK,
                N_("Periksa setiap baris dengan notanya, lalu tanda tangani."),
                "persetujuan.index",
                "periksa",
            ),
        ),
    ),
    "uji": GuidedStep(
        N_("Enam pengujian"),
        N_("Pengguna Anggaran menguji setiap baris menurut Pasal 5 Permendagri 79/2022."),
        (
            GuidedAct(
                Role.PA,
                N_("Setujui yang tanpa pengecualian sekaligus, putuskan yang lain."),
                "persetujuan.index",
                "setujui",
            ),
        ),
    ),
    "dpt": GuidedStep(
        N_("Terbitkan DPT"),
        N_("Daftar Pembayaran Tagihan memuat hanya yang disetujui; hanya itu yang dibayar."),
        (
            GuidedAct(
                Role.PA,
                N_("Periksa jumlahnya, lalu terbitkan."),
                "persetujuan.terbit",
                "terbit_dpt",
            ),
        ),
    ),
    "bayar": GuidedStep(
        N_("NPD, SPP, SPM, SP2D, bayar"),
        N_("Setiap dokumen punya penerbitnya sendiri, supaya tidak ada yang membayar sendirian."),
        (
            GuidedAct(Role.PA, N_("Terbitkan NPD."), "pembayaran.index", "terbit_npd"),
            GuidedAct(Role.BENDAHARA, N_("Ajukan SPP-GU."), "pembayaran.index", "ajukan_spp"),
            GuidedAct(Role.PPK, N_("Uji SPP-GU."), "pembayaran.index", "verifikasi_spp"),
            GuidedAct(Role.PA, N_("Terbitkan SPM-GU."), "pembayaran.index", "terbit_spm"),
            GuidedAct(Role.BUD, N_("Catat SP2D-GU."), "pembayaran.index", "terbit_sp2d"),
            GuidedAct(Role.BENDAHARA, N_("Catat debet bank."), "pembayaran.index", "bayar"),
        ),
    ),
    "tutup": GuidedStep(
        N_("Tutup bulan"),
        N_("Berita Acara Rekonsiliasi membuktikan bahwa bank dan pembukuan sama."),
        (
            GuidedAct(
                Role.BENDAHARA,
                N_("Baca keadaan akhirnya, lalu tutup periodenya."),
                "cocok.periksa_tutup",
            ),
        ),
    ),
}


@bp.get("/")
def index() -> str:
    """The nine steps as they stand in the books now."""
    folder = _folder()
    with db.reading(engine(), db.EVERY_OPD) as session:
        month = guided_month(session, today())
    if month is None:
        raise NotFound(_("Tahun demo belum dibuat. Jalankan kkpd demo build."))
    names = sorted(one.name for one in folder.glob("*.*"))
    receipts = sorted(set(names) - {BILL}, key=lambda name: (name != ALL_RECEIPTS, name))
    return render_template(
        "pages/panduan/bulan.html",
        steps=STEPS,
        month=month,
        now=next((step for step in STEPS if not month.ticks[step]), None),
        files={"tagihan": [BILL], "bukti": receipts},
        word=DEMO_LOGIN_WORD,
        roles={role: _(name) for role, name in ROLE_NAMES.items()},
        place={"opd": GUIDED_OPD, "periode": Periode(*GUIDED_MONTH)},
    )


@bp.get("/berkas/<nama>")
def berkas(nama: str) -> Response:
    """A file that a step asks for."""
    found = _folder() / nama
    if found not in set(_folder().glob("*.*")):
        raise NotFound(_("Berkas ini tidak ada. Pilih dari langkahnya."))
    return downloaded(found.read_bytes(), found.stem, found.suffix[1:])


def _folder() -> Path:
    """The files of the month; outside the demo there is no such page."""
    if not settings().demo:
        raise NotFound(_("Halaman ini hanya ada dalam demo."))
    return settings().instance / FILES
