"""The class: accepted or changed by a person, the unsure ones in bulk, and how well it has done."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.belanja.classes import accuracy, reads
from kkpd.belanja.classes import decide as kelas
from kkpd.belanja.classes import review as tinjau_reads
from kkpd.belanja.classes.decide import TetapkanKelas
from kkpd.core.errors import DomainError
from kkpd.engines.paper import csv
from kkpd.views.belanja.base import ambil, bp
from kkpd.views.belanja.detail import halaman
from kkpd.web.downloads import unduhan
from kkpd.web.filters import persen
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

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
    everywhere = accuracy.pasangan(reading(), actor().jangkauan("belanja:lihat"), periode.tahun)
    pairs = [pair for pair in everywhere if pair.opd == chosen_opd().nama]
    ambang = accuracy.menurut_ambang(pairs)
    kalibrasi = accuracy.kalibrasi(pairs)
    return render_template(
        "pages/belanja/ketelitian.html",
        jumlah=accuracy.ukur("", pairs),
        ditetapkan=sum(pair.ditetapkan for pair in pairs),
        aturan=accuracy.menurut_aturan(pairs),
        silang=accuracy.tabel_silang(pairs),
        bulan=accuracy.menurut_bulan(pairs),
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
        semua_opd=accuracy.menurut_opd(everywhere),
        ingatan=reads.ingatan(reading(), chosen_opd().id),
    )


@bp.get("/kelas/koreksi.csv")
@needs("belanja:lihat")
def koreksi(opd: str, periode: Periode) -> ResponseReturnValue:
    """The OPD's decisions of the year as labelled rows, for `script/train --koreksi`."""
    rows = accuracy.koreksi(reading(), frozenset({chosen_opd().id}), periode.tahun)
    data = csv.write_records(accuracy.Koreksi._fields, rows)
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
