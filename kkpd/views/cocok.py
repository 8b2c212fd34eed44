"""Reconciliation: the difference first, then line by line until it is zero or explained."""

from __future__ import annotations

from fractions import Fraction

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.domain import matching
from kkpd.domain.errors import DomainError
from kkpd.domain.money import Rupiah, total
from kkpd.domain.pilihan import JENIS_SELISIH
from kkpd.queries import belanja_pilihan, cocok_rinci
from kkpd.queries import cocok as lihat
from kkpd.queries import selisih as lihat_selisih
from kkpd.services import cocok, selisih
from kkpd.services import periode as periode_service
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode, bilangan
from kkpd.web.filters import persen
from kkpd.web.forms import read_date
from kkpd.web.ground import now
from kkpd.web.istilah import NAMA_SELISIH
from kkpd.web.page import see
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading, writing
from kkpd.web.translation import _

bp = Blueprint("cocok", __name__, url_prefix="/<opd:opd>/<periode:periode>/cocok")

TAMPIL = ("perlu", "semua", "cocok", "dijelaskan")


@bp.get("/")
@needs("cocok:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month: headline, lines that need a decision, and the chosen line with its candidates."""
    return _page(periode, None)


def _page(periode: Periode, refusal: DomainError | None) -> str:
    month, opd_id = (periode.tahun, periode.bulan), chosen_opd().id
    work = lihat.kerja(reading(), actor(), opd_id, month)
    rows = _filtered(work.baris, _shown())
    line = _chosen(work.baris, rows)
    return render_template(
        "pages/cocok/index.html",
        kerja=work,
        ringkasan=work.ringkasan,
        rows=rows,
        tampil=_shown(),
        baris=line,
        calon=cocok_rinci.calon(reading(), actor(), opd_id, month, line.id) if line else (),
        tautan=cocok_rinci.tautan(reading(), actor(), opd_id, line.id) if line else [],
        penjelasan=lihat_selisih.pada_baris(reading(), opd_id, line.id) if line else [],
        usul={id_: pair for pair in (*work.pasti, *work.usul) for id_ in pair.baris},
        lencana=_badge,
        beda=_differences,
        jenis_selisih=[(key, _(NAMA_SELISIH[key])) for key in JENIS_SELISIH],
        nama_selisih={key: _(words) for key, words in NAMA_SELISIH.items()},
        orang=belanja_pilihan.orang(reading(), opd_id),
        diurungkan=_done(work.baris),
        hambatan=periode_service.hambatan(reading(), actor(), opd_id, month)
        if actor().can("periode:tutup", opd_id)
        else None,
        status=lihat_selisih.status_periode(reading(), opd_id, month),
        tolak=refusal,
    )


def _shown() -> str:
    asked = request.args.get("tampil", "perlu")
    return asked if asked in TAMPIL else "perlu"


def _badge(work: lihat.Kerja, pair: matching.Pasangan) -> str:
    """In one word or two, what is proposed for a line."""
    billed, bought = work.jumlah(pair)
    if bought and billed != bought:
        ratio = Fraction((billed - bought).sen, bought.sen)
        return f"{'+' if ratio > 0 else ''}{persen(ratio, 1)}"
    if pair.jenis == "pecah":
        return _("pecah %(n)s", n=len(pair.belanja))
    if pair.jenis == "gabung":
        return _("gabung %(n)s", n=len(pair.baris))
    if pair.status == "pasti":
        return _("pasti")
    return _("usul")


def _differences(line: lihat.Baris, one: cocok_rinci.Pilihan) -> list[tuple[str, bool]]:
    """The fields of a candidate in a word each, and whether they agree."""
    found = [(_("nilai"), True)]
    if one.nilai != line.sisa:
        ratio = Fraction((line.sisa - one.nilai).sen, one.nilai.sen)
        found = [(f"{'+' if ratio > 0 else ''}{persen(ratio, 1)}", False)]
    if line.tanggal is not None:
        days = (line.tanggal - one.tanggal).days
        found.append((_("%(n)s hari", n=f"{days:+d}") if days else _("tanggal"), not days))
    return found + [(a.teks, False) for a in one.alasan if a.kunci == "nama" and not a.sama]


def _filtered(rows: tuple[lihat.Baris, ...], shown: str) -> list[lihat.Baris]:
    if shown == "semua":
        return list(rows)
    if shown == "cocok":
        return [row for row in rows if not row.sisa and row.cocok]
    if shown == "dijelaskan":
        return [row for row in rows if row.dijelaskan]
    return [row for row in rows if row.sisa]


def _chosen(every: tuple[lihat.Baris, ...], rows: list[lihat.Baris]) -> lihat.Baris | None:
    """The line asked for, or the next one after the one just decided: the place is kept."""
    asked = _asked("baris")
    found = next((row for row in rows if row.id == asked), None)
    if found is not None:
        return found
    after = asked or _asked("diurungkan")
    order = {row.id: number for number, row in enumerate(every)}
    place = order.get(after, -1) if after else -1
    return next((row for row in rows if order[row.id] > place), rows[0] if rows else None)


def _asked(name: str) -> int | None:
    return bilangan(request.values.get(name, ""))


def _done(every: tuple[lihat.Baris, ...]) -> lihat.Baris | None:
    """The line decided a moment ago, when that still stands: it can be undone at once."""
    asked = _asked("diurungkan")
    return next((row for row in every if row.id == asked and (row.cocok or row.dijelaskan)), None)


def _back(**values: int) -> Response:
    """To the same list, the place kept."""
    shown = _shown()
    return see("cocok.index", tampil=None if shown == "perlu" else shown, **values)


@bp.post("/terima")
@needs("cocok:putuskan")
def terima(opd: str, periode: Periode) -> Response:
    """Accept every certain pair at once, after the preview."""
    with writing() as session:
        month = (periode.tahun, periode.bulan)
        count = cocok.terima_pasti(session, actor(), chosen_opd().id, month, now())
    flash(_("%(n)s baris dipasangkan.", n=count), "ok")
    return see("cocok.index")


@bp.get("/terima")
@needs("cocok:putuskan")
def pratinjau(opd: str, periode: Periode) -> str:
    """Every certain pair with its sum, before it is accepted."""
    month = (periode.tahun, periode.bulan)
    work = lihat.kerja(reading(), actor(), chosen_opd().id, month)
    lines = {str(row.id): row for row in work.baris}
    purchases = {str(row.id): row for row in work.belanja}
    pairs = [
        ([lines[id_] for id_ in pair.baris], [purchases[id_] for id_ in pair.belanja], pair)
        for pair in work.pasti
    ]
    return render_template(
        "pages/cocok/terima.html",
        pasangan=pairs,
        jumlah=total(line.sisa for found, _purchases, _pair in pairs for line in found),
    )


@bp.post("/pasangkan")
@needs("cocok:putuskan")
def pasangkan(opd: str, periode: Periode) -> Response | tuple[str, int]:
    """Link the line with the chosen purchases."""
    command = cocok.Pasangkan(
        _number("baris"),
        tuple(_numbers("transaksi")),
        request.form.get("jenis_sisa", ""),
        request.form.get("catatan", ""),
    )
    try:
        with writing() as session:
            cocok.pasangkan(session, actor(), chosen_opd().id, command, now())
    except DomainError as refusal:
        return _page(periode, refusal), refusal.status
    return _back(diurungkan=command.baris_id)


@bp.post("/usul")
@needs("cocok:putuskan")
def usul(opd: str, periode: Periode) -> Response | tuple[str, int]:
    """Accept the proposal for a line as it stands: a split, or several lines of one purchase."""
    try:
        baris_id = _number("baris")
        with writing() as session:
            month = (periode.tahun, periode.bulan)
            cocok.terima_usul(session, actor(), chosen_opd().id, month, baris_id, now())
    except DomainError as refusal:
        return _page(periode, refusal), refusal.status
    return _back(diurungkan=baris_id)


@bp.post("/jelaskan")
@needs("cocok:putuskan")
def jelaskan(opd: str, periode: Periode) -> Response | tuple[str, int]:
    """Name the difference, with a note."""
    try:
        command = _explanation()
        with writing() as session:
            selisih.jelaskan(session, actor(), chosen_opd().id, command, now())
    except DomainError as refusal:
        return _page(periode, refusal), refusal.status
    return _back(diurungkan=command.baris_id)


def _explanation() -> selisih.Jelaskan:
    nilai = request.form.get("nilai", "").strip()
    day = request.form.get("jatuh_tempo", "").strip()
    try:
        due = read_date(day) if day else None
    except ValueError as error:
        raise DomainError(str(error), field="jatuh_tempo") from error
    return selisih.Jelaskan(
        _number("baris"),
        request.form.get("jenis", ""),
        Rupiah.parse(nilai) if nilai else None,
        request.form.get("catatan", ""),
        _owner(),
        due,
    )


def _owner() -> int | None:
    """Who is to settle it: somebody of the OPD, the actor when nobody is named."""
    if not request.form.get("pemilik"):
        return None
    owner = _number("pemilik")
    if owner not in {id_ for id_, _nama in belanja_pilihan.orang(reading(), chosen_opd().id)}:
        raise DomainError(_("Pilih orang dari OPD ini."), field="pemilik")
    return owner


@bp.post("/urungkan")
@needs("cocok:putuskan")
def urungkan(opd: str, periode: Periode) -> Response:
    """Take back the links and explanations of a line."""
    baris_id = _number("baris")
    with writing() as session:
        cocok.urungkan(session, actor(), chosen_opd().id, baris_id, now())
    flash(_("Diurungkan; baris menunggu keputusan lagi."), "ok")
    return _back(baris=baris_id)


@bp.get("/tutup")
@needs("periode:tutup")
def periksa_tutup(opd: str, periode: Periode) -> str:
    """Check-answers: what is open, or what will be true when the month is closed."""
    month, opd_id = (periode.tahun, periode.bulan), chosen_opd().id
    lines = lihat.baris_bulan(reading(), actor(), opd_id, month)
    return render_template(
        "pages/cocok/tutup.html",
        hambatan=periode_service.hambatan(reading(), actor(), opd_id, month),
        ringkasan=lihat.ringkasan(lines, lihat.belanja_terbuka(reading(), opd_id, month), set()),
    )


@bp.post("/tutup")
@needs("periode:tutup")
def tutup(opd: str, periode: Periode) -> Response:
    """Close the month."""
    with writing() as session:
        month = (periode.tahun, periode.bulan)
        periode_service.tutup(session, actor(), chosen_opd().id, month, now())
    flash(_("Periode ditutup."), "ok")
    return see("cocok.index")


def _number(name: str) -> int:
    value = bilangan(request.form.get(name, ""))
    if value is None:
        raise DomainError(_("Pilih barisnya lalu coba lagi."), field=name)
    return value


def _numbers(name: str) -> list[int]:
    sent = map(bilangan, request.form.getlist(name))
    return [number for number in sent if number is not None]
