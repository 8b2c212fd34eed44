"""The evidence inbox: many files at once, each offered to its purchase and attached in one click.

A holder sees the own inbox and own purchases, the treasurer those of the OPD.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from kkpd.belanja import evidence
from kkpd.belanja.inbox import reads, verbs
from kkpd.belanja.inbox.reads import Inbox, WaitingFile
from kkpd.belanja.inbox.rules import EvidencePlace, Likeness, Offer, nearest
from kkpd.belanja.inbox.verbs import DropFile
from kkpd.core.errors import DomainError, NotFound, TooMany
from kkpd.core.moments import brief
from kkpd.records import quotas
from kkpd.web.globals import now, settings, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, whole_number
from kkpd.web.request.http import framed
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import close_reading, reading, writing
from kkpd.web.stores import store
from kkpd.web.translation import _

bp = Blueprint("kotak_bukti", __name__, url_prefix="/<opd:opd>/<periode:periode>/kotak-bukti")

#: Files sent at once, and purchases shown to choose from (more by searching).
MOST: Final = 60
_SHOWN: Final = 40


def _only_of() -> int | None:
    """Whose inbox this is: the treasurer's page has everybody's."""
    me = actor()
    return None if me.can("belanja:catat", chosen_opd().id) else me.orang_id


def _inbox(periode: Periode) -> Inbox:
    return reads.inbox(reading(), chosen_opd().id, periode.tahun, _only_of())


@bp.get("/")
@needs("bukti:unggah")
def index(opd: str, periode: Periode) -> str:
    """What waits: the sure ones together, the others one at a time beside their picture."""
    return _page(periode)


def _page(periode: Periode, problems: tuple[str, ...] = ()) -> str:
    found = _inbox(periode)
    asked = whole_number(request.args.get("berkas", ""))
    open_files = [one for one in found.files if one not in found.sure]
    current = next((one for one in found.files if one.id == asked), None)
    if current is None:
        current = next(iter(open_files), None)
    words = request.args.get("cari", "")[:100]
    choices = _choices(current, found.purchases, words)
    return render_template(
        "pages/kotak_bukti/index.html",
        inbox=found,
        open_files=open_files,
        current=current,
        choices=choices[:_SHOWN],
        more=max(0, len(choices) - _SHOWN),
        words=words,
        why=_why,
        people=reads.people(reading(), chosen_opd().id, today()),
        of_all=_only_of() is None,
        today=today(),
        problems=problems,
        goes_on="lanjut" in request.args,
    )


def _choices(
    current: WaitingFile | None, purchases: tuple[EvidencePlace, ...], words: str
) -> list[EvidencePlace]:
    """The purchases to choose from, those that agree most first; with `words` those that hold all
    of them.
    """
    if current is None:
        return []
    wanted = words.casefold().split()
    held = [one for one in purchases if all(word in _text(one) for word in wanted)]
    return nearest(current.clues, held)


def _text(one: EvidencePlace) -> str:
    amount = str(one.nilai)
    parts = (one.merchant, one.uraian, amount, amount.replace(".", ""), brief(one.tanggal))
    return " ".join((*parts, one.kartu_akhir, one.pemegang)).casefold()


def _why(offer: Offer) -> str:
    """Why this purchase, in one sentence."""
    told = ", ".join(_likeness(part, offer.purchase) for part in offer.why)
    has = " " + _("Belanja itu sudah berbukti.") if offer.purchase.has_evidence else ""
    return _("Sama: %(apa)s.", apa=told) + has


def _likeness(part: Likeness, one: EvidencePlace) -> str:
    what = {
        "nilai": lambda: _("jumlah Rp %(nilai)s", nilai=one.nilai),
        "hari": lambda: _("hari %(hari)s", hari=brief(one.tanggal)),
        "kartu": lambda: _("kartu berakhiran %(akhir)s", akhir=one.kartu_akhir),
        "penyedia": lambda: _("penyedia %(nama)s", nama=one.merchant),
    }[part.kind]()
    where = {"nama": _("nama berkas"), "teks": _("isi berkas"), "waktu": _("waktu berkas")}
    return f"{what} ({where[part.place]})"


@bp.post("/")
@needs("bukti:unggah")
def terima(opd: str, periode: Periode) -> ResponseReturnValue:
    """Take in all files that can be evidence; the others are named with their reason."""
    files = [one for one in request.files.getlist("berkas") if one.filename]
    if not files:
        return _page(periode, problems=(_("Pilih atau jatuhkan berkasnya dahulu."),)), 400
    if len(files) > MOST:
        told = _("Paling banyak %(n)s berkas sekaligus. Kirim sisanya sesudah ini.", n=MOST)
        return _page(periode, problems=(told,)), 413
    good, problems = _judged(files)
    count = 0
    for command in good:
        try:
            with writing() as session:
                if command is not good[0]:  # the first was counted with the form
                    quotas.spend(session, actor(), "unggah", 0, now())
                verbs.drop(session, actor(), store(), command, now())
        except TooMany as refusal:
            problems.append(refusal.message)
            break
        except DomainError as refusal:
            problems.append(refusal.message)
        else:
            count += 1
    if problems:
        close_reading()  # it began before the files were kept
        told = _("%(n)s berkas diterima, %(lain)s tidak:", n=count, lain=len(files) - count)
        return _page(periode, problems=(told, *problems)), 422 if not count else 200
    flash(_("%(n)s berkas diterima.", n=count), "ok")
    return see("kotak_bukti.index")


def _judged(files: list[FileStorage]) -> tuple[list[DropFile], list[str]]:
    """The files that can be evidence, and why the others cannot; before a transaction is open."""
    most = settings().max_evidence_bytes
    good: list[DropFile] = []
    problems: list[str] = []
    for one in files:
        nama, data = one.filename or "bukti", one.stream.read(most + 1)
        try:
            seen = evidence.look(data, evidence.safe_name(nama), most)
        except DomainError as refusal:
            problems.append(refusal.message)
        else:
            good.append(DropFile(chosen_opd().id, nama, data, seen))
    return good, problems


@bp.post("/pasti")
@needs("bukti:unggah")
@stands_on("kotak_bukti.index")
def pasangkan_semua(opd: str, periode: Periode) -> ResponseReturnValue:
    """Attach every sure one that the page showed, all or none."""
    pairs = []
    for pair in request.form.getlist("pasangan")[: verbs.MOST_WAITING]:
        file, _mark, purchase = pair.partition(":")
        pairs.append((whole_number(file) or 0, whole_number(purchase) or 0))
    with writing() as session:
        count = verbs.attach_all(session, actor(), pairs, now())
    flash(_("%(n)s bukti terlampir pada belanjanya.", n=count), "ok")
    return see("kotak_bukti.index", lanjut=1)


@bp.post("/<int:id>/pasang")
@needs("bukti:unggah")
@stands_on("kotak_bukti.index")
def pasangkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Attach one file to the purchase whose button was pressed; the next one is shown."""
    purchase = whole_number(request.form.get("transaksi", "")) or 0
    with writing() as session:
        verbs.attach(session, actor(), id, purchase, now())
    flash(_("Terlampir pada belanja nomor %(id)s.", id=purchase), "ok")
    return see("kotak_bukti.index", lanjut=1)


@bp.post("/<int:id>/pindah")
@needs("bukti:unggah")
@stands_on("kotak_bukti.index")
def pindahkan(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Hand a file to somebody who knows what it is."""
    owner = whole_number(request.form.get("pemilik", "")) or 0
    with writing() as session:
        verbs.move(session, actor(), id, owner, now())
    flash(_("Berkas dipindahkan; ia kini menunggu orang itu."), "ok")
    return see("kotak_bukti.index")


@bp.post("/<int:id>/buang")
@needs("bukti:unggah")
@stands_on("kotak_bukti.index")
def buang(opd: str, periode: Periode, id: int) -> ResponseReturnValue:
    """Take a file that is no evidence out of the inbox, with the reason."""
    with writing() as session:
        verbs.discard(session, actor(), id, request.form.get("alasan", ""), now())
    flash(_("Berkas dibuang dari kotak. Isinya tetap tersimpan bersama alasannya."), "ok")
    return see("kotak_bukti.index", lanjut=1)


@bp.get("/<int:id>/isi")
@needs("bukti:unggah")
def isi(opd: str, periode: Periode, id: int) -> Response:
    """The bytes of a waiting file, shown beside its choices."""
    found = reads.file_of(reading(), chosen_opd().id, id, _only_of())
    if found is None:
        raise NotFound(_("Berkas tidak ditemukan."))
    response = Response(store().get(found.sha256), mimetype=found.media)
    response.headers.set("Content-Disposition", "inline", filename=found.nama)
    return framed(response)
