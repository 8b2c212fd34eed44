"""The class: accepted or changed by a person, the unsure ones in bulk, and how well it has done."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.domain.errors import DomainError
from kkpd.queries import kelas as reads
from kkpd.queries import kelas_tinjau as tinjau_reads
from kkpd.queries import kelas_ukur
from kkpd.reports import csv
from kkpd.services import kelas
from kkpd.services.kelas import TetapkanKelas
from kkpd.views.belanja.dasar import ambil, bp
from kkpd.views.belanja.satu import halaman
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.filters import persen
from kkpd.web.ground import now
from kkpd.web.page import see
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading, writing
from kkpd.web.translation import _
from kkpd.web.unduhan import unduhan

#: The page shows the worst hundred; a choice on it counts though its row moved down since.
SEMUA = 10_000


@bp.post("/<int:id>/kelas")
@needs("kelas:tetapkan")
def tetapkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Accept the proposal or choose another class with a reason."""
    ambil(id)
    command = TetapkanKelas(id, request.form.get("kelas", ""), request.form.get("alasan", ""))
    try:
        with writing() as session:
            kelas.tetapkan(session, actor(), command, now())
    except DomainError as refusal:
        return halaman(id, kelas_galat=refusal.message), refusal.status
    flash(_("Kelas ditetapkan: %(kelas)s.", kelas=command.kelas), "ok")
    return see("belanja.rinci", id=id, _anchor="kelas")


@bp.get("/kelas")
@needs("belanja:lihat")
def tinjau(opd: str, periode: Periode) -> str:
    """The unsure ones of the OPD, worst first."""
    return _review([], 200)[0]


@bp.post("/kelas")
@needs("kelas:tetapkan")
def tinjau_simpan(opd: str, periode: Periode) -> ResponseReturnValue:
    """Decide many at once: only rows on which a class was chosen, all or none.

    A row that somebody else settled meanwhile is named, and nothing is saved over it unseen.
    """
    commands, gone = _chosen()
    if gone:
        numbers = ", ".join(map(str, gone))
        told = _(
            "Belanja nomor %(nomor)s sudah ditetapkan atau diajukan orang lain dan tidak lagi di "
            "daftar ini. Periksa, lalu simpan sisanya.",
            nomor=numbers,
        )
        return _review([told], 409)
    if not commands:
        return _review([_("Belum ada kelas yang dipilih. Pilih sedikitnya satu.")], 422)
    try:
        with writing() as session:
            count = kelas.tetapkan_banyak(session, actor(), commands, now())
    except DomainError as refusal:
        return _review([refusal.message], refusal.status)
    flash(_("%(n)s kelas ditetapkan.", n=count), "ok")
    return see("belanja.tinjau")


def _chosen() -> tuple[list[TetapkanKelas], list[int]]:
    """The decisions in the form, and the numbers of those that no longer wait for one."""
    rows = tinjau_reads.perlu_ditinjau(reading(), chosen_opd().id, batas=SEMUA)
    waiting = {row.id for row in rows}
    shared = request.form.get("alasan", "")
    chosen = {
        int(number): word
        for name, word in request.form.items()
        if word and (number := name.removeprefix("kelas-")) != name and number.isdecimal()
    }
    commands = [
        TetapkanKelas(id_, word, request.form.get(f"alasan-{id_}", "").strip() or shared)
        for id_, word in chosen.items()
        if id_ in waiting
    ]
    return commands, sorted(set(chosen) - waiting)


def _review(errors: list[str], status: int) -> tuple[str, int]:
    rows = tinjau_reads.perlu_ditinjau(reading(), chosen_opd().id)
    page = render_template(
        "pages/belanja/tinjau.html", baris=rows, galat=errors, isian=request.form
    )
    return page, status


@bp.get("/kelas/ketelitian")
@needs("belanja:lihat")
def ketelitian(opd: str, periode: Periode) -> str:
    """How well the engine has done, on decisions that people confirmed this year."""
    everywhere = kelas_ukur.pasangan(reading(), actor().jangkauan("belanja:lihat"), periode.tahun)
    pairs = [pair for pair in everywhere if pair.opd == chosen_opd().nama]
    ambang = kelas_ukur.menurut_ambang(pairs)
    kalibrasi = kelas_ukur.kalibrasi(pairs)
    return render_template(
        "pages/belanja/ketelitian.html",
        jumlah=kelas_ukur.ukur("", pairs),
        ditetapkan=sum(pair.ditetapkan for pair in pairs),
        aturan=kelas_ukur.menurut_aturan(pairs),
        silang=kelas_ukur.tabel_silang(pairs),
        bulan=kelas_ukur.menurut_bulan(pairs),
        ambang=ambang,
        kalibrasi=kalibrasi,
        titik_cakupan=[
            (one.bagian, one.teliti, f"{one.label}: {persen(one.teliti)}")
            for one in ambang
            if one.teliti is not None
        ],
        titik_kejujuran=[
            (one.yakin, one.teliti, f"{one.label}: {persen(one.teliti)}") for one in kalibrasi
        ],
        semua_opd=kelas_ukur.menurut_opd(everywhere),
        ingatan=reads.ingatan(reading(), chosen_opd().id),
    )


@bp.get("/kelas/koreksi.csv")
@needs("belanja:lihat")
def koreksi(opd: str, periode: Periode) -> ResponseReturnValue:
    """The OPD's decisions of the year as labelled rows, for `script/train --koreksi`."""
    rows = kelas_ukur.koreksi(reading(), frozenset({chosen_opd().id}), periode.tahun)
    data = csv.write_records(kelas_ukur.Koreksi._fields, rows)
    return unduhan(data, f"koreksi-kelas-{chosen_opd().slug}-{periode.tahun}", "csv")


@bp.post("/kelas/ingatan/<int:id>/cabut")
@needs("kelas:tetapkan")
def cabut_ingatan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Forget one remembered class."""
    with writing() as session:
        row = kelas.cabut_ingatan(session, actor(), id, now())
        kunci = row.kunci.partition(":")[2]
    flash(_("Ingatan “%(kunci)s” dicabut.", kunci=kunci), "ok")
    return see("belanja.ketelitian")
