"""The six tests and the decision of PA or KPA on a line (Permendagri 79/2022 Pasal 5 huruf e-g)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import reads as queries
from kkpd.approval import refund_order, six_tests
from kkpd.approval.six_tests import LineTest
from kkpd.belanja import ceilings
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.moments import business_day, period_name
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, Role, require
from kkpd.core.proof.canonical import Json
from kkpd.models import Penyelesaian, Periode, Persetujuan, Transaksi, Uji
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import open_rows as ceilings_open_rows
from kkpd.pagu.ceilings.movements import Holding
from kkpd.records.transitions import (
    acts_apart,
    advance,
    locked_purchase,
    locked_purchases,
    seen_purchase,
)

#: What a decision on a line can be.
_ACTIONS: Final = ("setujui", "tolak", "ikut_asal")


@dataclass(frozen=True, slots=True)
class SixTestsDecision:
    """The answers to all six tests and the decision; `nilai` is the approved amount.

    `versi` is the line's version that the person saw: a decision on an old version is refused.
    """

    transaksi_id: int
    versi: int
    jawaban: Mapping[int, str]
    keputusan: Literal["setuju", "tolak"]
    nilai: Rupiah | None = None
    alasan: str = ""


@dataclass(frozen=True, slots=True)
class _Ruling:
    """The step to take, the approved amount, and the reason."""

    action: str
    nilai: Rupiah
    alasan: str

    @property
    def approves(self) -> bool:
        """Whether the budget bears anything of the line."""
        return self.action == "setujui"


def decide(session: Session, actor: Actor, putusan: SixTestsDecision, now: datetime) -> Transaksi:
    """Save the six answers and the decision, reserve or release the ceilings, take the step.

    A refund is never refused: it follows its original, and the part that the budget did not bear is
    the holder's without a new decision.
    """
    return _decide(session, actor, putusan, _read(session, actor, [putusan]), now)


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read of all lines that are decided together: the lines and the originals of refunds,
    locked; and by line, the program's tests, the actor's earlier acts, and what it holds.
    """

    rows: Mapping[int, Transaksi]
    tests: Mapping[int, Sequence[LineTest]]
    taken: Mapping[int, Sequence[str]]
    holding: dict[int, list[Holding]]
    refunded: frozenset[int]


def _read(session: Session, actor: Actor, commands: Sequence[SixTestsDecision]) -> _Read:
    """So many queries for any number of lines; purchases are locked before refunds."""
    ids = {one.transaksi_id for one in commands}
    columns = select(Transaksi.id, Transaksi.asal_id, Transaksi.nilai)
    found = session.execute(columns.where(Transaksi.id.in_(ids))).all()
    refunds = {row.id for row in found if row.nilai < ZERO}
    origins = {row.asal_id for row in found if row.asal_id is not None}
    rows = locked_purchases(session, origins | ids - refunds)
    rows |= locked_purchases(session, refunds)
    mine = [rows[id_] for id_ in sorted(ids & rows.keys())]
    return _Read(
        rows,
        queries.line_tests(session, mine),
        acts_apart(session, actor, mine, _ACTIONS),
        ceilings_movements.holding_of(session, ids),
        ceilings.refunded(session, ids),
    )


def _decide(
    session: Session, actor: Actor, putusan: SixTestsDecision, known: _Read, now: datetime
) -> Transaksi:
    transaksi = seen_purchase(actor, known.rows.get(putusan.transaksi_id))
    asal = None if transaksi.asal_id is None else known.rows.get(transaksi.asal_id)
    role = require(actor, "uji:putuskan", transaksi.opd_id)
    if transaksi.versi != putusan.versi:
        raise Conflict(
            "Belanja ini berubah sejak Anda membukanya. Muat ulang lalu putuskan lagi.",
            field="versi",
        )
    decided = _decided(session, putusan, transaksi, asal)
    if decided.approves:
        _bear(session, actor, transaksi, decided.nilai, known.holding, now)
    spoken = _spoken(putusan, decided)
    advance(session, actor, transaksi, decided.action, now=now, after=spoken, taken=known.taken)
    _keep_answers(session, actor, transaksi, putusan, known.tests[transaksi.id], now)
    nilai = decided.nilai if decided.approves else transaksi.nilai
    keep_decision(session, actor, role, transaksi, (decided.approves, nilai, decided.alasan), now)
    if not decided.approves and transaksi.nilai > ZERO:
        ceilings_movements.settle(session, transaksi.id, "void", oleh_id=actor.orang_id, now=now)
    if transaksi.nilai < ZERO or transaksi.id in known.refunded:
        session.flush()
        ceilings.follow(session, transaksi, oleh_id=actor.orang_id, now=now)
    return transaksi


def decide_all(
    session: Session, actor: Actor, commands: Sequence[SixTestsDecision], now: datetime
) -> list[Transaksi]:
    """Decide on all of these lines or on none, purchases before refunds.

    The person signs one sum: when a line changed meanwhile, or one cannot be decided, the sum is no
    longer what was signed, so nothing is written. The refusal's `field` is that of its line.
    """
    if not commands:
        raise DomainError("Putuskan sedikitnya satu belanja.")
    known = _read(session, actor, commands)
    refunds = {id_ for id_, row in known.rows.items() if row.nilai < ZERO}
    done = []
    for one in sorted(commands, key=lambda one: (one.transaksi_id in refunds, one.transaksi_id)):
        with told_at(session, one.transaksi_id):
            done.append(_decide(session, actor, one, known, now))
    return done


@contextmanager
def told_at(session: Session, transaksi_id: int, field: str = "putusan") -> Iterator[None]:
    """What is refused in here names the line, and stands at its field."""
    try:
        yield
    except (Conflict, DomainError) as refusal:
        row = session.get(Transaksi, transaksi_id)
        at = f"-{transaksi_id}"
        if row is None or (refusal.field or "").endswith(at):
            raise
        name = refusal.field if refusal.field in {"nilai", "alasan", "versi"} else field
        raise type(refusal)(
            f"{row.merchant} Rp {row.nilai}: {refusal.message}",
            rule=refusal.rule,
            field=f"{name}{at}",
        ) from refusal


def _decided(
    session: Session, putusan: SixTestsDecision, transaksi: Transaksi, asal: Transaksi | None
) -> _Ruling:
    setuju = putusan.keputusan == "setuju"
    if transaksi.nilai < ZERO:
        return _follow(session, putusan, transaksi, asal)
    nilai = ZERO
    if setuju:  # zero was typed and is refused; None means the whole amount
        nilai = transaksi.nilai if putusan.nilai is None else putusan.nilai
    six_tests.check_answers(putusan.jawaban, setuju, nilai, transaksi.nilai, putusan.alasan)
    return _Ruling("setujui" if setuju else "tolak", nilai, putusan.alasan.strip())


def _follow(
    session: Session, putusan: SixTestsDecision, refund: Transaksi, asal: Transaksi | None
) -> _Ruling:
    """The decision on a refund: what the budget bore of its original comes back to the budget."""
    six_tests.check_refund(putusan.jawaban, putusan.keputusan == "setuju")
    if asal is None:
        raise Conflict(
            "Pengembalian ini belum menunjuk belanja asalnya, sehingga belum dapat diputuskan. "
            "Mintalah PPTK membatalkan DPR-nya agar bendahara mengisi belanja asal."
        )
    share = refund_order.budget_part(session, asal, refund)
    if share == refund.nilai:
        return _Ruling("setujui", share, "")
    if share:
        rest = refund.nilai - share
        return _Ruling("setujui", share, f"Rp {rest} mengurangi tanggungan pemegang.")
    why = f"Belanja asalnya {asal.status.replace('_', ' ')}: pengembalian ini milik pemegang."
    return _Ruling("ikut_asal", ZERO, why)


class _Who(TypedDict):
    oleh_id: int
    now: datetime


def undo(session: Session, actor: Actor, transaksi_id: int, now: datetime) -> Transaksi:
    """Undo the decision while the line is on no DPT or refusal notice."""
    transaksi = locked_purchase(session, actor, transaksi_id)
    require(actor, "uji:putuskan", transaksi.opd_id)
    if queries.on_document(session, transaksi.id, "penolakan") is not None:
        raise Conflict(
            "Surat pemberitahuan penolakan sudah terbit; putusan tidak dapat diurungkan. "
            "Batalkan surat itu dahulu."
        )
    paid = select(func.sum(Penyelesaian.nilai)).where(Penyelesaian.transaksi_id == transaksi.id)
    if session.scalar(paid):  # a reversed entry counts as not paid
        raise Conflict("Penolakannya sudah dibayar pemegang; putusan tidak dapat diurungkan.")
    _not_closed(session, transaksi, business_day(now))
    refund_order.require_no_refund(session, transaksi)
    advance(session, actor, transaksi, "urungkan_uji", now=now)
    session.flush()
    if transaksi.nilai > ZERO:
        with suppress(Conflict):  # without room it keeps what it holds
            ceilings_movements.top_up(
                session, transaksi.id, transaksi.nilai, oleh_id=actor.orang_id, now=now
            )
    ceilings.follow(session, transaksi, oleh_id=actor.orang_id, now=now)
    return transaksi


def _not_closed(session: Session, transaksi: Transaksi, on: date) -> None:
    """Conflict when the purchase is on a closed month's bill, because closing relied on this
    decision.
    """
    facts = ledger.facts(session, [transaksi.opd_id], on)
    for link in facts.links_of_purchase.get(transaksi.id, ()):
        bill_id = facts.lines[link.line_id].bill_id
        if bill_id is None:
            continue
        month = facts.bills[bill_id].month
        found = session.get(Periode, (transaksi.opd_id, *month))
        if found is not None and found.status != "terbuka":
            raise Conflict(
                f"Tagihan {period_name(*month)} yang memuat belanja ini sudah ditutup dengan "
                "putusan ini. Mintalah inspektur membuka periodenya kembali dahulu.",
                rule="periode tertutup tidak dapat diubah",
            )


def _bear(
    session: Session,
    actor: Actor,
    transaksi: Transaksi,
    nilai: Rupiah,
    holding: dict[int, list[Holding]],
    now: datetime,
) -> None:
    """Approval needs room (law 1): a line without reservation must get one now, and the part that
    is not approved takes none.
    """
    if transaksi.nilai <= ZERO:
        return
    who: _Who = {"oleh_id": actor.orang_id, "now": now}
    try:
        known = holding or ceilings_movements.holding_of(session, [transaksi.id])
        if mine := known.get(transaksi.id):  # less than the whole after a partial decision
            ceilings_movements.keep(session, mine, transaksi.id, nilai, **who)
            return
        holding.clear()  # a ceiling that is opened here takes over what the others hold
        _, found = ceilings_open_rows.prepare(session, transaksi, **who)
        ceilings_movements.move(session, found, transaksi.id, "reserve", nilai, **who)
    except Conflict as refusal:
        raise Conflict(
            f"Belum dapat disetujui. {refusal.message}",
            rule="Pasal 5 huruf f",
        ) from refusal


def _spoken(putusan: SixTestsDecision, decided: _Ruling) -> dict[str, Json]:
    return {
        "jawaban": {str(nomor): answer for nomor, answer in sorted(putusan.jawaban.items())},
        "keputusan": "setuju" if decided.approves else "tolak",
        "nilai": decided.nilai.sen,
        "alasan": decided.alasan,
    }


def _keep_answers(
    session: Session,
    actor: Actor,
    transaksi: Transaksi,
    putusan: SixTestsDecision,
    found: Sequence[LineTest],
    now: datetime,
) -> None:
    for seen in found:
        session.add(
            Uji(
                opd_id=transaksi.opd_id,
                transaksi_id=transaksi.id,
                perekam_id=transaksi.perekam_id,
                pemegang_id=transaksi.pemegang_id,
                penguji_id=actor.orang_id,
                nomor=seen.nomor,
                hasil=seen.hasil,
                masukan={**seen.masukan, "kalimat": seen.wording},
                jawaban=putusan.jawaban[seen.nomor],
                at=now,
            )
        )


def keep_decision(
    session: Session,
    actor: Actor,
    role: Role,
    transaksi: Transaksi,
    decided: tuple[bool, Rupiah, str],
    now: datetime,
) -> None:
    """Keep what the PPTK, PA or KPA decided on the line: (approved, amount, reason)."""
    setuju, nilai, alasan = decided
    session.add(
        Persetujuan(
            opd_id=transaksi.opd_id,
            transaksi_id=transaksi.id,
            perekam_id=transaksi.perekam_id,
            pemegang_id=transaksi.pemegang_id,
            penguji_id=actor.orang_id,
            peran=role,
            keputusan="setuju" if setuju else "tolak",
            nilai=nilai,
            alasan=alasan,
            at=now,
        )
    )
