"""What waits for a decision: the PPTK checks a DPR, PA or KPA test lines and issue the DPT."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.approval import decide as uji
from kkpd.approval import dpr, dpt, refund_order
from kkpd.approval import reads as look
from kkpd.approval.six_tests import SIX_TESTS
from kkpd.belanja import detail as belanja_detail
from kkpd.core.document_kinds import NAMES
from kkpd.core.errors import DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger import bill_chain
from kkpd.ledger.active import latest_decision
from kkpd.models import Transaksi
from kkpd.web.globals import now, today
from kkpd.web.page import see
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.converters import Periode, sen, whole_number
from kkpd.web.request.permissions import actor, needs
from kkpd.web.request.refused import stands_on
from kkpd.web.request.transaction import reading, writing
from kkpd.web.stores import penerbit
from kkpd.web.translation import _

bp = Blueprint("persetujuan", __name__, url_prefix="/<opd:opd>/<periode:periode>/persetujuan")

_STATUS = ("diajukan", "diperiksa", "disetujui", "ditolak")


@bp.get("/")
@needs("persetujuan:lihat")
def index(opd: str, periode: Periode) -> str:
    """The month's lines that wait for the PPTK or the PA, and what is ready to be issued."""
    rows = look.lines(reading(), actor(), "persetujuan:lihat", chosen_opd().id, _STATUS, periode)
    by_status = {status: [row for row in rows if row.status == status] for status in _STATUS}
    groups: dict[tuple[str, str], list[look.SixTestRow]] = {}
    for row in by_status["diajukan"]:
        groups.setdefault((row.kartu_akhir, row.dpr_kind), []).append(row)
    return render_template(
        "pages/persetujuan/index.html",
        kelompok=groups,
        baris=by_status,
        putusan=look.decisions(reading(), [row.id for row in rows]),
        sums={status: total(row.nilai for row in found) for status, found in by_status.items()},
        not_yet_notified=len(dpt.not_yet_notified(reading(), chosen_opd().id, periode)),
    )


@bp.post("/periksa")
@needs("dpr:periksa")
@stands_on("persetujuan.index")
def periksa(opd: str, periode: Periode) -> Response:
    """The PPTK's word on each line; passed lines become signed DPR."""
    words = {
        id_: dpr.PptkVerdict(
            "kembalikan" if request.form[f"putusan-{id_}"] == "kembalikan" else "setuju",
            request.form.get(f"alasan-{id_}", ""),
            whole_number(request.form.get(f"versi-{id_}", "")) or 0,
        )
        for id_ in _ids()
        if request.form.get(f"putusan-{id_}") in {"setuju", "kembalikan"}
    }
    if not words:
        raise DomainError(_("Pilih setuju atau kembalikan untuk sedikitnya satu belanja."))
    with writing() as session:
        issued = dpr.check_dpr(session, actor(), chosen_opd().id, words, penerbit(), now())
    flash(_("%(n)s DPR ditandatangani.", n=len(issued)), "ok")
    return see("persetujuan.index")


def _ids() -> list[int]:
    sent = map(whole_number, request.form.getlist("transaksi"))
    return [number for number in sent if number is not None]


@bp.get("/uji/<int:transaksi_id>")
@needs("uji:lihat")
def baris(opd: str, periode: Periode, transaksi_id: int) -> str:
    """The six tests of one line beside its evidence."""
    line = reading().get(Transaksi, transaksi_id)
    if line is None or line.opd_id != chosen_opd().id:
        raise NotFound(_("Belanja tidak ditemukan."))
    month = (line.tahun, line.bulan)
    waiting = look.lines(reading(), actor(), "uji:lihat", chosen_opd().id, ("diperiksa",), month)
    ids = [row.id for row in waiting]
    return render_template(
        "pages/persetujuan/uji.html",
        baris=line,
        brief=look.one_line(reading(), line),
        uji=look.line_tests(reading(), line),
        jawaban=look.newest_answers(reading(), line.id),
        putusan=latest_decision(reading(), line.id),
        nilai_putusan=look.decisions(reading(), [line.id]).get(line.id),
        returned=_refund(line),
        bukti=belanja_detail.bukti(reading(), line.id),
        nomor=ids.index(line.id) + 1 if line.id in ids else None,
        banyak=len(ids),
        on_own=actor().orang_id in (line.perekam_id, line.pemegang_id),
        dapat_diurungkan=line.status in ("disetujui", "ditolak")
        and look.on_document(reading(), line.id, "penolakan") is None,
    )


@dataclass(frozen=True, slots=True)
class RefundEffect:
    """What becomes of a refund: so much to the budget, so much off the holder's debt; `sebab` says
    why that is not known yet.
    """

    asal: str = ""
    anggaran: Rupiah = ZERO
    pemegang: Rupiah = ZERO
    sebab: str = ""


def _refund(line: Transaksi) -> RefundEffect | None:
    if line.nilai >= ZERO:
        return None
    origin = reading().get(Transaksi, line.asal_id) if line.asal_id else None
    if origin is None:
        return RefundEffect(sebab=_("Pengembalian ini belum menunjuk belanja asalnya."))
    try:
        share = refund_order.budget_part(reading(), origin, line)
    except DomainError as refusal:
        return RefundEffect(sebab=refusal.message)
    return RefundEffect(origin.merchant, -share, share - line.nilai)


@bp.post("/uji/<int:transaksi_id>")
@needs("uji:putuskan")
@stands_on("persetujuan.baris")
def putuskan(opd: str, periode: Periode, transaksi_id: int) -> Response:
    """Keep the answers and the decision, then on to the next waiting line."""
    command = _command(transaksi_id)
    with writing() as session:
        line = uji.decide(session, actor(), command, now())
        merchant, nilai = line.merchant, line.nilai
    word = _("disetujui") if command.keputusan == "setuju" else _("ditolak")
    if nilai.sen < 0:
        word = _("pengembalian dicatat")
    flash(f"{merchant}, Rp {nilai}: {word}.", "ok")
    return _next(periode)


def _next(periode: Periode) -> Response:
    waiting = look.lines(reading(), actor(), "uji:lihat", chosen_opd().id, ("diperiksa",), periode)
    own = [r for r in waiting if actor().orang_id not in (r.perekam_id, r.pemegang_id)]
    return see("persetujuan.baris", transaksi_id=own[0].id) if own else see("persetujuan.index")


def _command(transaksi_id: int) -> uji.SixTestsDecision:
    word = request.form.get("keputusan", "")
    if word not in {"setuju", "sebagian", "tolak"}:
        raise DomainError(_("Pilih keputusan: setuju, sebagian, atau tolak."), field="keputusan")
    sent = {nomor: request.form.get(f"uji-{nomor}", "") for nomor in SIX_TESTS}
    return uji.SixTestsDecision(
        transaksi_id=transaksi_id,
        versi=whole_number(request.form.get("versi", "")) or 0,
        jawaban={nomor: answer for nomor, answer in sent.items() if answer},
        keputusan="tolak" if word == "tolak" else "setuju",
        nilai=Rupiah.parse(request.form.get("nilai", "")) if word == "sebagian" else None,
        alasan=request.form.get("alasan", ""),
    )


@bp.post("/uji/<int:transaksi_id>/urungkan")
@needs("uji:putuskan")
@stands_on("persetujuan.baris")
def urungkan(opd: str, periode: Periode, transaksi_id: int) -> Response:
    """Take the decision back while nothing was issued over it."""
    with writing() as session:
        uji.undo(session, actor(), transaksi_id, now())
    flash(_("Putusan diurungkan; baris ini menunggu diuji lagi."), "ok")
    return see("persetujuan.baris", transaksi_id=transaksi_id)


@bp.get("/terbit")
@needs("dpt:terbit")
def terbit(opd: str, periode: Periode) -> str:
    """Check-answers: what will be on the DPT and in the refusal notices."""
    opd_id = chosen_opd().id
    rows = look.lines(reading(), actor(), "dpt:lihat", opd_id, ("disetujui", "diperiksa"))
    known = {row.id: row for row in rows}
    bills = bill_chain.ready(reading(), opd_id, periode, today())
    return render_template(
        "pages/persetujuan/terbit.html",
        tagihan=[
            (one, [(known[id_], amount) for id_, amount in one.lines.items()]) for one in bills
        ],
        jumlah=total(one.total for one in bills),
        not_yet_billed=[
            (known[one.purchase_id], one) for one in bill_chain.waiting(reading(), opd_id, today())
        ],
        pending=[
            row for row in rows if row.status == "diperiksa" and (row.tahun, row.bulan) == periode
        ],
        ditolak=dpt.not_yet_notified(reading(), chosen_opd().id, periode),
        dokumen=NAMES,
    )


@bp.post("/terbit")
@needs("dpt:terbit")
@stands_on("persetujuan.terbit")
def terbitkan(opd: str, periode: Periode) -> Response:
    """Issue the DPT and the refusal notices of the month, as asked for."""
    opd_id = chosen_opd().id
    seen, bill = (
        sen(request.form.get("terlihat", "")),
        whole_number(request.form.get("tagihan", "")),
    )
    with writing() as session:
        if request.form.get("jenis") == "penolakan":
            issued = dpt.issue_refusal_notice(session, actor(), opd_id, periode, penerbit(), now())
        else:
            issued = [
                dpt.issue_dpt(session, actor(), opd_id, periode, penerbit(), now(), seen, bill)
            ]
        numbers = ", ".join(row.nomor for row in issued)
        first = issued[0].id
    flash(_("Terbit: %(nomor)s.", nomor=numbers), "ok")
    return see("dokumen.rinci", dokumen_id=first)
