"""Taking a step back before the next one: DPR, DPT, NPD, SPP, SPM, SP2D and the debit.

The paper keeps its number and is void from now on; its lines go back one step through the
transition table, which refuses if a later step was taken. A joint DPT and a refusal notice move no
line: their lines wait for a new one.

The PDF of a void paper still passes the offline check, which proves that it was issued; the public
page says that it is void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import refund_order
from kkpd.belanja import ceilings
from kkpd.belanja.ceilings import UNSETTLED
from kkpd.core.document_kinds import ATTACHMENTS
from kkpd.core.errors import Conflict, DomainError, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.ledger import active
from kkpd.ledger.active import latest_decision
from kkpd.models import Dokumen, DokumenBaris, Pembatalan, Pencairan, Periode, Transaksi
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.payment import pay
from kkpd.records import event_log
from kkpd.records.transitions import advance, locked_purchase
from kkpd.tagihan import billing_findings


@dataclass(frozen=True, slots=True)
class StepBack:
    """A step back: its action in the transition table ("" where no line moves), its permission."""

    action: str
    permission: str


#: paper -> its step back by its own side
STEPS_BACK: Final = {
    "dpr": StepBack("urungkan_periksa", "dpr:periksa"),
    "dpt": StepBack("batalkan_dpt", "dpt:terbit"),
    "npd": StepBack("batalkan_npd", "npd:terbit"),
    "spp": StepBack("batalkan_spp", "spp:ajukan"),
    "spm": StepBack("batalkan_spm", "spm:terbit"),
    "sp2d": StepBack("batalkan_sp2d", "sp2d:terbit"),
    "bayar": StepBack("batalkan_bayar", "bayar:catat"),
}
#: paper -> its step back by who judges it: the PPK-SKPD an SPP, Kuasa BUD an SPM
JUDGES: Final = {
    "spp": StepBack("kembalikan_spp", "spp:uji"),
    "spm": StepBack("kembalikan_spm", "sp2d:terbit"),
}
#: The permission of a joint DPT and of a refusal notice.
NOTICE_PERMISSION: Final = "dpt:terbit"
_STANDING_KINDS: Final = ("dpa", "spd", "kas", "penerima")


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is taken back: the document with the lines, and the step recorded for it."""

    jenis: str
    nomor: str
    tanggal: date
    opd_id: int
    carrier: Dokumen
    langkah: Pencairan | None = None
    sent_back: bool = False

    @property
    def step(self) -> StepBack:
        """The step back that it takes."""
        if self.sent_back:
            return JUDGES[self.jenis]
        return STEPS_BACK.get(self.jenis, StepBack("", NOTICE_PERMISSION))


def dokumen(
    session: Session, actor: Actor, dokumen_id: int, alasan: str, now: datetime
) -> Pembatalan:
    """Take back an issued DPR, DPT (also a joint one), refusal notice, NPD, SPP or SPM; Conflict
    once the next step was taken.
    """
    row = session.get(Dokumen, dokumen_id)
    if row is None or row.opd_id is None or not actor.sees_all_of(row.opd_id):
        raise NotFound("Dokumen tidak ditemukan.")
    if row.jenis not in (*STEPS_BACK, *active.WITHOUT_STEP):
        raise Conflict(
            "Dokumen ini tidak dapat dibatalkan; hanya DPR, DPT, DPT gabungan, surat penolakan, "
            "NPD, SPP dan SPM. Lampiran SPP batal bersama SPP-nya."
        )
    paper = _Paper(row.jenis, row.nomor, row.tanggal, row.opd_id, row)
    return _step_back(session, actor, paper, alasan, now)


def send_back(
    session: Session, actor: Actor, dokumen_id: int, alasan: str, now: datetime
) -> Pembatalan:
    """The PPK-SKPD sends an SPP back, or Kuasa BUD an SPM: it is void, and its maker draws it up
    anew.
    """
    row = session.get(Dokumen, dokumen_id)
    if row is None or row.opd_id is None or not actor.sees(row.opd_id) or row.jenis not in JUDGES:
        raise NotFound("Dokumen tidak ditemukan.")
    paper = _Paper(row.jenis, row.nomor, row.tanggal, row.opd_id, row, sent_back=True)
    return _step_back(session, actor, paper, alasan, now)


def pencairan(
    session: Session, actor: Actor, pencairan_id: int, alasan: str, now: datetime
) -> Pembatalan:
    """Take back a recorded SP2D before the debit, or the record of the debit itself."""
    row = session.get(Pencairan, pencairan_id)
    if row is None or not actor.sees_all_of(row.opd_id):
        raise NotFound("Langkah pembayaran tidak ditemukan.")
    dpt = session.get_one(Dokumen, row.dpt_id)
    paper = _Paper(row.langkah, row.nomor, row.tanggal, row.opd_id, dpt, row)
    return _step_back(session, actor, paper, alasan, now)


def _step_back(
    session: Session, actor: Actor, paper: _Paper, alasan: str, now: datetime
) -> Pembatalan:
    action = paper.step.action
    role = require(actor, paper.step.permission, paper.opd_id)
    if not 5 <= len(alasan.strip()) <= 600:
        word = "dikembalikan" if paper.sent_back else "dibatalkan"
        raise DomainError(f"Tulis mengapa {word}, 5 sampai 600 huruf.", field="alasan")
    lines = _lines(session, actor, paper)
    _still_holds(session, paper)
    _open(session, paper)
    told: dict[str, Json] = {"alasan": f"{paper.nomor}: {alasan.strip()}"}
    for transaksi in lines if action else ():
        advance(session, actor, transaksi, action, now=now, after=told)
        if paper.jenis == "dpt":
            _off_dpt(session, actor, transaksi, lines, now)
        if paper.jenis == "bayar":
            _not_debited(session, actor, transaksi, now)
    if paper.jenis == "spm":
        pay.settle(session, paper.carrier, oleh_id=actor.orang_id, now=now)
    row = Pembatalan(
        opd_id=paper.opd_id,
        dokumen_id=None if paper.langkah else paper.carrier.id,
        pencairan_id=paper.langkah.id if paper.langkah else None,
        alasan=alasan.strip(),
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(row)
    if paper.jenis == "spp":
        session.add_all(_annexes_void(session, paper, row))
    _record(session, actor, role, paper, alasan, now)
    session.flush()
    if paper.jenis == "bayar":
        billing_findings.refresh(session, paper.opd_id, oleh_id=actor.orang_id, now=now)
    return row


def _annexes_void(session: Session, spp: _Paper, with_it: Pembatalan) -> list[Pembatalan]:
    """The annexes of this SPP become void with it, for the same reason."""
    annexes = session.scalars(
        select(Dokumen).where(
            Dokumen.opd_id == spp.opd_id,
            Dokumen.tahun == spp.carrier.tahun,
            Dokumen.jenis.in_(ATTACHMENTS),
            Dokumen.nomor == spp.nomor,
        )
    )
    return [
        Pembatalan(
            opd_id=spp.opd_id,
            dokumen_id=annex.id,
            pencairan_id=None,
            alasan=with_it.alasan,
            at=with_it.at,
            oleh_id=with_it.oleh_id,
        )
        for annex in annexes
    ]


def _lines(session: Session, actor: Actor, paper: _Paper) -> list[Transaksi]:
    """Its lines, locked by ascending key, returned with refunds first."""
    ids = session.scalars(
        select(DokumenBaris.transaksi_id)
        .where(DokumenBaris.dokumen_id == paper.carrier.id)
        .order_by(DokumenBaris.transaksi_id)
    ).all()
    return [locked_purchase(session, actor, id_) for id_ in ids][::-1]


def _still_holds(session: Session, paper: _Paper) -> None:
    about = Pembatalan.dokumen_id == paper.carrier.id
    if paper.langkah is not None:
        about = Pembatalan.pencairan_id == paper.langkah.id
    if session.scalar(select(Pembatalan.id).where(about)) is not None:
        raise Conflict(f"{paper.nomor} sudah dibatalkan. Muat ulang halamannya.")
    if paper.jenis in active.WITHOUT_STEP:
        _not_gone_on(session, paper)
    joint = select(Dokumen.nomor).join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
    carried = select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == paper.carrier.id)
    found = session.scalar(
        joint.where(
            Dokumen.jenis == "dpt_gabungan",
            DokumenBaris.transaksi_id.in_(carried),
            active.holds(Dokumen),
        ).limit(1)
    )
    if paper.jenis == "dpt" and found is not None:
        raise Conflict(f"DPT ini sudah dimuat dalam DPT gabungan {found}.")


def _not_gone_on(session: Session, paper: _Paper) -> None:
    """Check that nothing relies on the joint DPT or the refusal notice yet."""
    if not active.states_of_lines(session, paper.carrier.id) <= active.WITHOUT_STEP[paper.jenis]:
        raise Conflict(
            f"{paper.nomor} tidak dapat dibatalkan: ada belanja di dalamnya yang sudah menempuh "
            "langkah berikutnya. Batalkan langkah itu dahulu."
        )
    if paper.jenis == "penolakan" and active.was_repaid(session, paper.carrier.id):
        raise Conflict(
            f"{paper.nomor} tidak dapat dibatalkan: pemegang sudah membayarnya. "
            "Balik catatan pembayarannya dahulu."
        )


def _open(session: Session, paper: _Paper) -> None:
    """Check that the paper's own month is open, and before the NPD also the month it is about."""
    months = {(paper.tanggal.year, paper.tanggal.month)}
    if paper.jenis in ("dpr", "dpt", *active.WITHOUT_STEP):
        months = {(paper.carrier.tahun, paper.carrier.bulan)}
    for month in sorted(months):
        found = session.get(Periode, (paper.opd_id, *month))
        if found is not None and found.status != "terbuka":
            raise Conflict(
                f"{paper.nomor} berada pada periode {month[0]}-{month[1]:02d} yang sudah ditutup. "
                "Periode tertutup tidak berubah; mintalah inspektur membukanya kembali.",
                rule="periode tertutup tidak dapat diubah",
            )


def _off_dpt(
    session: Session, actor: Actor, transaksi: Transaksi, lines: list[Transaksi], now: datetime
) -> None:
    """Reserve again what the DPT posted; charge again what a refund gave back."""
    if transaksi.nilai > ZERO:
        refund_order.require_no_other_refund(session, transaksi, lines)
        ceilings_movements.unpost(session, transaksi.id, oleh_id=actor.orang_id, now=now)
        return
    asal = refund_order.asal(session, transaksi.id)
    if asal is None or asal.tahun != transaksi.tahun:
        return
    decision = latest_decision(session, transaksi.id)
    assert decision is not None, "a line on a DPT has its decision"
    _charge(session, asal, abs(decision.nilai), _STANDING_KINDS, actor, now)


def _not_debited(session: Session, actor: Actor, transaksi: Transaksi, now: datetime) -> None:
    """The purchase uses UP KKPD and card again, and a refund releases room again."""
    if transaksi.nilai < ZERO:
        ceilings.follow(session, transaksi, oleh_id=actor.orang_id, now=now)
        return
    decision = latest_decision(session, transaksi.id)
    assert decision is not None, "a line on a DPT has its decision"
    _charge(session, transaksi, decision.nilai, UNSETTLED, actor, now)


def _charge(
    session: Session,
    transaksi: Transaksi,
    amount: Rupiah,
    kinds: tuple[str, ...],
    actor: Actor,
    now: datetime,
) -> None:
    if not amount:
        return
    try:
        ceilings_movements.charge_again(
            session, transaksi.id, amount, kinds, oleh_id=actor.orang_id, now=now
        )
    except Conflict as refusal:
        raise Conflict(
            f"Tempat yang sudah kembali pada pagu dipakai belanja lain. {refusal.message}"
        ) from refusal


def _record(
    session: Session, actor: Actor, role: Role, paper: _Paper, alasan: str, now: datetime
) -> None:
    event_log.record(
        session,
        actor,
        role,
        f"dokumen:{paper.jenis}:{'kembalikan' if paper.sent_back else 'batalkan'}",
        f"dokumen:{paper.carrier.id}",
        now=now,
        opd_id=paper.opd_id,
        after={"nomor": paper.nomor, "alasan": alasan.strip()},
    )
