"""What waits for a decision: the PPTK checks a DPR, PA or KPA test lines and issue the DPT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from kkpd.approval import decide as uji
from kkpd.approval import desk, dpr, dpt, refund_order
from kkpd.approval import reads as look
from kkpd.approval.six_tests import SIX_TESTS, check_answers, check_refund
from kkpd.belanja import detail as belanja_detail
from kkpd.core.document_kinds import NAMES
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.moves import MOVES, Move, may_take
from kkpd.ledger import bill_chain
from kkpd.ledger.active import latest_decision
from kkpd.models import Transaksi
from kkpd.oversight.talk import conversation
from kkpd.web.desk import lacking
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

#: desk -> the status of its lines
_DESKS = {"pptk": "diajukan", "pa": "diperiksa"}


@bp.get("/")
@needs("persetujuan:lihat")
def index(opd: str, periode: Periode) -> str:
    """The desk: the month's waiting lines with their evidence, and what was decided."""
    opd_id, meja = chosen_opd().id, _chosen_desk()
    rows = look.lines(
        reading(), actor(), "persetujuan:lihat", opd_id, (*_WAITING, *_DECIDED), periode
    )
    move = MOVES[_DESKS[meja]]
    baris = desk.lines(reading(), [row for row in rows if row.status == _DESKS[meja]])
    mine = {one.row.id for one in baris if _is_mine(move, one.row)}
    clean = [one.row for one in baris if one.row.id in mine and not one.exceptional]
    decided = [row for row in rows if row.status in _DECIDED]
    return render_template(
        "pages/persetujuan/index.html",
        meja=meja,
        waits={one: sum(row.status == state for row in rows) for one, state in _DESKS.items()},
        baris=baris,
        mine=mine,
        clean=(len(clean), total(row.nilai for row in clean)),
        said=conversation.conversations(reading(), [one.row.id for one in baris]),
        returned={one.row.id: _refund(one.row.id) for one in baris if one.row.nilai < ZERO},
        decided=decided,
        putusan=look.decisions(reading(), [row.id for row in decided]),
        not_yet_notified=len(dpt.not_yet_notified(reading(), opd_id, periode)),
        stand_ins=desk.stand_ins(reading(), opd_id, move.permission, today()),
    )


_WAITING = tuple(_DESKS.values())
_DECIDED = ("disetujui", "ditolak")


def _chosen_desk() -> str:
    named = request.values.get("meja", "")
    if named in _DESKS:
        return named
    opd_id = chosen_opd().id
    may = (one for one, at in _DESKS.items() if actor().can(MOVES[at].permission, opd_id))
    return next(may, "pa")


def _is_mine(move: Move, row: look.SixTestRow) -> bool:
    """Whether the line waits for this person."""
    own = actor().orang_id in (row.perekam_id, row.pemegang_id)
    return may_take(move, actor(), chosen_opd().id, row.sub_kegiatan, own=own)


@dataclass(frozen=True, slots=True)
class DeskMark:
    """What a person chose for a line, as it was sent."""

    versi: int
    putusan: str
    nilai: str = ""
    alasan: str = ""
    failed: tuple[str, ...] = ()


def _marks() -> dict[int, DeskMark]:
    """The choices that were sent, by line."""
    found, form = {}, request.form
    for name in form:
        id_ = whole_number(name.removeprefix("putusan-"))
        if name.startswith("putusan-") and id_ is not None and form[name]:
            found[id_] = DeskMark(
                whole_number(form.get(f"versi-{id_}", "")) or 0,
                form[name],
                form.get(f"nilai-{id_}", ""),
                form.get(f"alasan-{id_}", ""),
                tuple(form.getlist(f"gagal-{id_}")),
            )
    return found


@bp.post("/putuskan")
@needs("persetujuan:lihat")
@stands_on("persetujuan.index", carries=("meja",))
def putuskan(opd: str, periode: Periode) -> Response | str:
    """Show the choices with their sum and what will be true; once that was seen, sign them."""
    meja, marks = _chosen_desk(), _marks()
    if "ubah" in request.form:
        raise DomainError(_("Belum ada yang ditandatangani. Ubah pilihan Anda, lalu periksa lagi."))
    if "tanda_tangan" not in request.form:
        return _review(periode, meja, marks)
    if not marks:
        raise DomainError(_("Pilih putusan untuk sedikitnya satu belanja."))
    with writing() as session:
        if meja == "pptk":
            words = {id_: _verdict(mark) for id_, mark in marks.items()}
            opd_id = chosen_opd().id
            issued = dpr.check_dpr(session, actor(), opd_id, words, penerbit(), now())
            told = _("%(n)s DPR ditandatangani.", n=len(issued))
        else:
            commands = [_command(id_, mark) for id_, mark in marks.items()]
            told = _told(uji.decide_all(session, actor(), commands, now()))
    flash(told, "ok")
    return see("persetujuan.index")


def _review(periode: Periode, meja: str, marks: dict[int, DeskMark]) -> str:
    """Check-answers: what was chosen, its sum, and what will be true once it is signed."""
    opd_id, move = chosen_opd().id, MOVES[_DESKS[meja]]
    rows = look.lines(reading(), actor(), "persetujuan:lihat", opd_id, (_DESKS[meja],), periode)
    baris = desk.lines(reading(), rows)
    if "semua" in request.form:
        for one in baris:
            if _is_mine(move, one.row) and not one.exceptional:
                marks.setdefault(one.row.id, DeskMark(one.row.versi, "setuju"))
    chosen = [one for one in baris if one.row.id in marks]
    if not chosen:
        raise DomainError(_("Pilih putusan untuk sedikitnya satu belanja."))
    parts = {one.row.id: _checked(meja, one.row, marks[one.row.id]) for one in chosen}
    refused = [one for one in chosen if marks[one.row.id].putusan in ("tolak", "kembalikan")]
    return render_template(
        "pages/persetujuan/tinjau.html",
        meja=meja,
        marks={one.row.id: marks[one.row.id] for one in chosen},
        setuju=[one for one in chosen if one not in refused],
        tolak=refused,
        nilai=parts,
        jumlah=total(parts.values()),
        ditolak=total(one.row.nilai for one in chosen) - total(parts.values()),
        stand_ins=desk.stand_ins(reading(), opd_id, move.permission, today()),
        kurang=_dpr_lacking([one.row.id for one in chosen if one not in refused])
        if meja == "pptk"
        else [],
    )


def _dpr_lacking(ids: list[int]) -> list[lacking.LackShown]:
    """What the DPRs of these lines would lack."""
    lines = [reading().get_one(Transaksi, id_) for id_ in ids]
    return lacking.of_plans(*dpr.dpr_plans(reading(), actor(), lines, now()))


def _checked(meja: str, row: look.SixTestRow, mark: DeskMark) -> Rupiah:
    """The amount that this mark approves; the refusal of a mark that cannot stand, at its line."""
    with uji.told_at(reading(), row.id):
        if mark.versi != row.versi:
            raise Conflict(_("Belanja ini berubah sejak Anda membukanya."), field="versi")
        if meja == "pptk":
            dpr.check_reason(row, _verdict(mark))
            return row.nilai if mark.putusan == "setuju" else ZERO
        command = _command(row.id, mark)
        approves = command.keputusan == "setuju"
        if row.nilai < ZERO:
            check_refund(command.jawaban, approves)
            return row.nilai
        nilai = (row.nilai if command.nilai is None else command.nilai) if approves else ZERO
        check_answers(command.jawaban, approves, nilai, row.nilai, command.alasan)
        return nilai


def _verdict(mark: DeskMark) -> dpr.PptkVerdict:
    word: dpr.Checked = "kembalikan" if mark.putusan == "kembalikan" else "setuju"
    return dpr.PptkVerdict(word, mark.alasan, mark.versi)


def _command(transaksi_id: int, mark: DeskMark) -> uji.SixTestsDecision:
    """The decision with its six answers: a test that was not named as failed is passed by the
    person who signs.
    """
    if mark.putusan not in {"setuju", "sebagian", "tolak"}:
        raise DomainError(_("Pilih keputusan: setuju, sebagian, atau tolak."))
    nilai = None
    if mark.putusan == "sebagian":
        with uji.told_at(reading(), transaksi_id, "nilai"):
            nilai = Rupiah.parse(mark.nilai)
    return uji.SixTestsDecision(
        transaksi_id=transaksi_id,
        versi=mark.versi,
        jawaban={n: "tidak" if str(n) in mark.failed else "lulus" for n in SIX_TESTS},
        keputusan="tolak" if mark.putusan == "tolak" else "setuju",
        nilai=nilai,
        alasan="" if mark.putusan == "setuju" else mark.alasan,
    )


def _told(done: Sequence[Transaksi]) -> str:
    words = {"disetujui": 0, "ditolak": 0, "kembali": 0}
    for row in done:
        words["kembali" if row.nilai < ZERO else row.status] += 1
    told = [_("%(n)s disetujui", n=words["disetujui"]), _("%(n)s ditolak", n=words["ditolak"])]
    if words["kembali"]:
        told.append(_("%(n)s pengembalian dicatat", n=words["kembali"]))
    return ", ".join(told) + "."


@bp.get("/uji/<int:transaksi_id>")
@needs("uji:lihat")
def baris(opd: str, periode: Periode, transaksi_id: int) -> str | Response:
    """A line that was decided; one that still waits is on the desk."""
    line = reading().get(Transaksi, transaksi_id)
    if line is None or line.opd_id != chosen_opd().id:
        raise NotFound(_("Belanja tidak ditemukan."))
    if line.status == "diperiksa":
        month = Periode(line.tahun, line.bulan)
        return see("persetujuan.index", periode=month, meja="pa", _anchor=f"baris-{line.id}")
    return render_template(
        "pages/persetujuan/uji.html",
        baris=line,
        brief=look.one_line(reading(), line),
        uji=look.newest_answers(reading(), line.id),
        nama={nomor: one.nama for nomor, one in SIX_TESTS.items()},
        putusan=latest_decision(reading(), line.id),
        nilai_putusan=look.decisions(reading(), [line.id]).get(line.id),
        bukti=belanja_detail.bukti(reading(), line.id),
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


def _refund(transaksi_id: int) -> RefundEffect:
    line = reading().get_one(Transaksi, transaksi_id)
    origin = reading().get(Transaksi, line.asal_id) if line.asal_id else None
    if origin is None:
        return RefundEffect(sebab=_("Pengembalian ini belum menunjuk belanja asalnya."))
    try:
        share = refund_order.budget_part(reading(), origin, line)
    except DomainError as refusal:
        return RefundEffect(sebab=refusal.message)
    return RefundEffect(origin.merchant, -share, share - line.nilai)


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
    plans = dpt.refusal_plans(reading(), actor(), opd_id, periode, now())
    return render_template(
        "pages/persetujuan/terbit.html",
        tagihan=[
            (
                one,
                [(known[id_], amount) for id_, amount in one.lines.items()],
                lacking.of_plans(dpt.dpt_plan(reading(), actor(), opd_id, one, now())),
            )
            for one in bills
        ],
        surat_kurang=lacking.of_plans(*plans),
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
