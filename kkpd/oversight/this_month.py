"""The treasurer's month as a task list: nine steps, what blocks each, how many are done.

The page shows both what was bought in the month and what its bill asks for. The steps after
matching are about the purchases on the month's bills; without a bill, about the purchases of the
month. Purchases that are not billed yet block nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.ledger.active import bill_exists
from kkpd.ledger.rules import BORNE_BY_HOLDER, bill_of
from kkpd.ledger.shapes import Facts, Month, Purchase
from kkpd.ledger.standing import DueState, Standing, due_term
from kkpd.ledger.sums import BillBlock
from kkpd.models import Ceiling, ImporKeluar, ImporTagihan, Tagihan, Temuan, Transaksi
from kkpd.oversight.findings import SubjectPurchase, subject_purchases
from kkpd.pagu.ceilings.rules import CeilingState
from kkpd.reconciliation import month as reconciliation_month

#: A purchase in one of these states has left the treasurer's desk towards DPT or beyond.
_AFTER_DPT = ("dpt", "npd", "spp", "spm", "sp2d", "lunas")


@dataclass(frozen=True, slots=True)
class MonthStep:
    """One step: key, two counts of what it is about (the page words them by the key), how many
    are left. `mulai` False: it waits for earlier steps.
    """

    kunci: str
    numeric: tuple[int, int]
    remaining: int
    selesai: bool
    mulai: bool = True


@dataclass(frozen=True, slots=True)
class MonthOverview:
    """Everything on the treasurer's first page: `purchased` was bought in the month, `pending` of
    it (how many, how much) no bill asks for yet, `tagihan` are the month's bills.
    """

    summary: reconciliation_month.MonthSummary
    langkah: tuple[MonthStep, ...]
    tagihan: tuple[BillBlock, ...]
    due_term: DueState | None
    purchased: Rupiah
    pending: tuple[int, Rupiah]
    up: CeilingState | None
    temuan: tuple[Temuan, ...]
    subject_purchases: dict[str, SubjectPurchase]
    operasi: tuple[Rupiah, ...]
    modal: tuple[Rupiah, ...]

    @property
    def selesai(self) -> int:
        """How many steps are done."""
        return sum(step.selesai for step in self.langkah)

    @property
    def requested(self) -> Rupiah:
        """What the month's bills ask for."""
        return total(block.total for block in self.tagihan)


def month_overview(
    session: Session,
    actor: Actor,
    opd_id: int,
    periode: Month,
    summary: reconciliation_month.MonthSummary,
    books: Standing,
) -> MonthOverview:
    """The month of an OPD with the headline of its reconciliation (`reconciliation.month.working`),
    as of today.
    """
    require(actor, "bulan:lihat", opd_id)
    blocks = tuple(block for block in books.blocks.values() if block.bill.month == periode)
    bought = [one for one in books.facts.purchases.values() if one.month == periode]
    unbilled = [one for one in bought if _waits(books.facts, one)]
    classes = _classes(session, opd_id, periode[0])
    lines = list(_of_bills(books.facts, periode)) if blocks else bought
    operasi, modal = _by_month(books, classes, periode[0])
    findings = tuple(_findings(session, opd_id, periode))
    files = _taken_in(session, opd_id, periode)
    has_bill = bool(files or blocks or summary.baris)
    return MonthOverview(
        summary=summary,
        langkah=_steps(summary, lines, classes, (files, summary.baris), has_bill=has_bill),
        tagihan=blocks,
        due_term=due_term(blocks, books.facts.day),
        purchased=total(one.amount for one in bought),
        pending=(len(unbilled), total(one.amount for one in unbilled)),
        up=_up(session, opd_id, periode[0]),
        temuan=findings,
        subject_purchases=subject_purchases(session, (one.subjek for one in findings)),
        operasi=operasi,
        modal=modal,
    )


def _waits(facts: Facts, one: Purchase) -> bool:
    """Whether it is not billed yet; amounts that a holder bears do not wait for a bill."""
    return one.status not in BORNE_BY_HOLDER and bill_of(facts, one) is None


def _of_bills(facts: Facts, periode: Month) -> Iterator[Purchase]:
    """The purchases that the bills of the month pay."""
    for one in facts.purchases.values():
        bill_id = bill_of(facts, one)
        if bill_id is not None and facts.bills[bill_id].month == periode:
            yield one


def _classes(session: Session, opd_id: int, tahun: int) -> dict[int, str]:
    """Purchase -> its class, of this year and the one before: a January bill asks for December."""
    rows = session.execute(
        select(Transaksi.id, Transaksi.kelas).where(
            Transaksi.opd_id == opd_id, Transaksi.tahun.in_((tahun - 1, tahun))
        )
    )
    return {id_: kelas for id_, kelas in rows}  # noqa: C416 -- a Row is no typed pair


def _steps(
    summary: reconciliation_month.MonthSummary,
    lines: Collection[Purchase],
    kelas: dict[int, str],
    files: tuple[int, int],
    *,
    has_bill: bool,
) -> tuple[MonthStep, ...]:
    statuses = Counter(one.status for one in lines)
    classes = Counter(kelas.get(one.id, "") for one in lines)
    has_sp2d = any(one.sp2d_on is not None for one in lines)
    return (
        *_before_dpr(summary, statuses, classes, files, has_bill),
        *_after_dpr(statuses, has_sp2d=has_sp2d),
    )


def _before_dpr(
    summary: reconciliation_month.MonthSummary,
    statuses: Counter[str],
    classes: Counter[str],
    files: tuple[int, int],
    has_bill: bool,
) -> tuple[MonthStep, ...]:
    """From the bill to the DPR: the treasurer's own steps."""
    purchases, without = statuses.total(), statuses["tercatat"]
    waiting = summary.baris - summary.matched_lines
    unsure, ready = classes["ragu"], statuses["tercatat"] + statuses["berbukti"]
    some = purchases > 0
    return (
        MonthStep("tagihan", files, 0, has_bill),
        MonthStep("cocok", (summary.matched_lines, 0), waiting, has_bill and not waiting, has_bill),
        MonthStep("bukti", (purchases, 0), without, some and not without),
        MonthStep("kelas", (classes["operasi"], classes["modal"]), unsure, some and not unsure),
        MonthStep("dpr", (purchases - ready, 0), ready, some and not ready, some),
    )


def _after_dpr(statuses: Counter[str], *, has_sp2d: bool) -> tuple[MonthStep, ...]:
    """From the PPTK's desk to the bank."""
    before = statuses["tercatat"] + statuses["berbukti"]
    pptk, pa, approved = (statuses[one] for one in ("diajukan", "diperiksa", "disetujui"))
    issued = sum(statuses[status] for status in _AFTER_DPT)
    without_spm = sum(statuses[status] for status in ("dpt", "npd", "spp"))
    paid, forward = statuses["lunas"], statuses.total() > before
    settled = not before + pptk + pa + approved
    return (
        MonthStep("uji", (pptk, pa), pptk + pa, forward and not pptk + pa, forward),
        MonthStep("dpt", (issued, 0), approved, issued > 0 and settled, approved + issued > 0),
        MonthStep(
            "spm",
            (issued - without_spm, 0),
            without_spm,
            issued > 0 and not without_spm,
            issued > 0,
        ),
        MonthStep(
            "bayar", (paid, 0), issued - paid, issued > 0 and issued == paid and settled, has_sp2d
        ),
    )


def _taken_in(session: Session, opd_id: int, periode: Month) -> int:
    """How many files of the month's bills were taken in and hold."""
    found = session.scalar(
        select(func.count(ImporTagihan.id))
        .join(Tagihan, Tagihan.id == ImporTagihan.tagihan_id)
        .where(Tagihan.opd_id == opd_id, Tagihan.tahun == periode[0], Tagihan.bulan == periode[1])
        .where(bill_exists(), ImporTagihan.impor_id.not_in(select(ImporKeluar.impor_id)))
    )
    return found or 0


def _up(session: Session, opd_id: int, tahun: int) -> CeilingState | None:
    row = session.scalars(
        select(Ceiling).where(
            Ceiling.opd_id == opd_id, Ceiling.tahun == tahun, Ceiling.jenis == "up_kkpd"
        )
    ).one_or_none()
    return None if row is None else CeilingState(row.limit, row.reserved, row.posted)


def _findings(session: Session, opd_id: int, periode: Month) -> list[Temuan]:
    return list(
        session.scalars(
            select(Temuan)
            .where(
                Temuan.opd_id == opd_id,
                Temuan.tahun == periode[0],
                Temuan.bulan == periode[1],
                Temuan.selesai_at.is_(None),
            )
            .order_by(Temuan.berat.desc(), Temuan.id)
            .limit(6)
        )
    )


def _by_month(
    books: Standing, classes: dict[int, str], tahun: int
) -> tuple[tuple[Rupiah, ...], tuple[Rupiah, ...]]:
    """What the budget bears of purchases by the month they were bought in: operasi, modal."""
    sums: Counter[tuple[Month, str]] = Counter()
    for part in books.parts:
        if part.bearer == "budget" and part.purchase_id is not None:
            month = books.facts.purchases[part.purchase_id].month
            sums[month, classes.get(part.purchase_id, "")] += part.amount.sen
    operasi, modal = (
        tuple(Rupiah(sums[(tahun, month), kelas]) for month in range(1, 13))
        for kelas in ("operasi", "modal")
    )
    return operasi, modal
