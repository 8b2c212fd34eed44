"""The class: accepted or changed by a person, the unsure ones in bulk, and how well it has done."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from kkpd.belanja.classes import accuracy, reads
from kkpd.belanja.classes import decide as kelas
from kkpd.belanja.classes.decide import SettleClass
from kkpd.core.errors import Conflict, DomainError
from kkpd.engines.paper import csv
from kkpd.views.belanja.base import bp, fetch
from kkpd.web.downloads import downloaded
from kkpd.web.filters import percent
from kkpd.web.globals import now
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.quotas import counted
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.translation import _

#: The page shows the worst hundred; a choice on it counts though its row moved down since.
ALL = 10_000


@bp.post("/<int:id>/kelas")
@needs("kelas:tetapkan")
@stands_on("belanja.rinci")
def tetapkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Accept the proposal or choose another class with a reason."""
    fetch(id)
    command = SettleClass(id, request.form.get("kelas", ""), request.form.get("alasan", ""))
    with writing() as session:
        kelas.settle_class(session, actor(), command, now())
    flash(_("Kelas ditetapkan: %(kelas)s.", kelas=command.kelas), "ok")
    return see("belanja.rinci", id=id, _anchor="kelas")


@bp.get("/kelas")
@needs("belanja:lihat")
def tinjau(opd: str, periode: Periode) -> str:
    """The unsure ones of the OPD, worst first."""
    rows = reads.needing_review(reading(), chosen_opd().id)
    return render_template("pages/belanja/tinjau.html", baris=rows)


@bp.post("/kelas")
@needs("kelas:tetapkan")
@stands_on("belanja.tinjau")
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
        raise Conflict(told)
    if not commands:
        raise DomainError(_("Belum ada kelas yang dipilih. Pilih sedikitnya satu."))
    with writing() as session:
        count = kelas.settle_many(session, actor(), commands, now())
    flash(_("%(n)s kelas ditetapkan.", n=count), "ok")
    return see("belanja.tinjau")


def _chosen() -> tuple[list[SettleClass], list[int]]:
    """The decisions in the form, and the numbers of those that no longer wait for one."""
    rows = reads.needing_review(reading(), chosen_opd().id, bound=ALL)
    waiting = {row.id for row in rows}
    shared = request.form.get("alasan", "")
    chosen = {
        int(number): word
        for name, word in request.form.items()
        if word and (number := name.removeprefix("kelas-")) != name and number.isdecimal()
    }
    commands = [
        SettleClass(id_, word, request.form.get(f"alasan-{id_}", "").strip() or shared)
        for id_, word in chosen.items()
        if id_ in waiting
    ]
    return commands, sorted(set(chosen) - waiting)


@bp.get("/kelas/ketelitian")
@needs("belanja:lihat")
def ketelitian(opd: str, periode: Periode) -> str:
    """How well the engine has done, on decisions that people confirmed this year."""
    everywhere = accuracy.pairings(reading(), actor().opds_for("belanja:lihat"), periode.tahun)
    pairs = [pair for pair in everywhere if pair.opd == chosen_opd().nama]
    threshold = accuracy.by_threshold(pairs)
    calibration = accuracy.calibration(pairs)
    return render_template(
        "pages/belanja/ketelitian.html",
        jumlah=accuracy.measure("", pairs),
        chosen_by_person=sum(pair.chosen_by_person for pair in pairs),
        aturan=accuracy.by_rule(pairs),
        crossed=accuracy.cross_table(pairs),
        bulan=accuracy.by_month(pairs),
        threshold=threshold,
        calibration=calibration,
        titik_cakupan=[
            (one.bagian, one.right_share, f"{one.label}: {percent(one.right_share)}")
            for one in threshold
            if one.right_share is not None
        ],
        titik_kejujuran=[
            (one.confidence, one.right_share, f"{one.label}: {percent(one.right_share)}")
            for one in calibration
        ],
        semua_opd=accuracy.by_opd(everywhere),
        remembered=reads.remembered(reading(), chosen_opd().id),
    )


@bp.get("/kelas/koreksi.csv")
@needs("belanja:lihat")
@counted("ekspor")
def koreksi(opd: str, periode: Periode) -> ResponseReturnValue:
    """The OPD's decisions of the year as labelled rows, for `script/train --koreksi`."""
    rows = accuracy.corrections(reading(), frozenset({chosen_opd().id}), periode.tahun)
    data = csv.write_records(accuracy.Correction._fields, rows)
    return downloaded(data, f"koreksi-kelas-{chosen_opd().slug}-{periode.tahun}", "csv")


@bp.post("/kelas/ingatan/<int:id>/cabut")
@needs("kelas:tetapkan")
@stands_on("belanja.ketelitian")
def cabut_ingatan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Forget one remembered class."""
    with writing() as session:
        row = kelas.revoke_memory(session, actor(), id, now())
        kunci = row.kunci.partition(":")[2]
    flash(_("Ingatan “%(kunci)s” dicabut.", kunci=kunci), "ok")
    return see("belanja.ketelitian")
