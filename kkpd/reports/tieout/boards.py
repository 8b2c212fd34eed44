"""Identities of pages and boards (I, K, F6): what inspectors see against the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from kkpd import ledger
from kkpd.core.moments import Span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.ledger import standing
from kkpd.models import Case, CaseItem, Ceiling
from kkpd.oversight import board as oversight_board
from kkpd.oversight import monitoring as oversight_monitoring
from kkpd.oversight.breakdown import breakdowns
from kkpd.oversight.cases.reads import WAITING
from kkpd.oversight.year_figures import year_figures
from kkpd.reconciliation import month as reconciliation_month
from kkpd.records.case_rules import at_risk
from kkpd.reports.tieout.world import READER, Claim, Identity, World


def claims(world: World, span: Span) -> Iterator[Identity]:
    """The month's open difference on its own page."""
    month = (span.tahun, span.start)
    lines = reconciliation_month.month_lines(world.session, READER, world.opd.id, month)
    orphans = standing.unowned(world.session, world.opd.id, month)
    page = reconciliation_month.summary(lines, (), set(), orphans).selisih
    yield "I2", (page, "Cocokkan, Selisih"), (_gross(world, span), "bagian terbuka")
    said = world.paper("tindak_lanjut", span).sum("nilai"), "Register Tindak Lanjut"
    yield "I3", said, (_at_risk(world, month), "butirnya, tiap hal sekali")


def _at_risk(world: World, month: tuple[int, int]) -> Rupiah:
    """The money of the month's cases, from their facts."""
    return _of_cases(world, Case.tahun == month[0], Case.bulan == month[1])


def _waiting_at_risk(world: World) -> Rupiah:
    """The money of the cases that wait, from their facts."""
    return _of_cases(world, Case.status.in_(WAITING))


def _of_cases(world: World, *which: ColumnElement[bool]) -> Rupiah:
    facts: dict[int, list[tuple[str, Rupiah]]] = defaultdict(list)
    for case_id, subject, amount in world.session.execute(
        select(CaseItem.kasus_id, CaseItem.subjek, CaseItem.nilai)
        .join(Case, Case.id == CaseItem.kasus_id)
        .where(Case.opd_id == world.opd.id, *which)
    ):
        facts[case_id].append((subject, amount))
    return total(at_risk(items) for items in facts.values())


def board(world: World, tahun: int, rows: dict[int, oversight_board.BoardRow]) -> Iterator[Claim]:
    """The OPD's row of the board, month by month."""
    row = rows.get(world.opd.id)
    if row is None:
        return
    for number, cell in enumerate(row.bulan, 1):
        span = Span(tahun, number, number)
        if span.mulai <= world.day:
            said, gross = (cell.selisih, "Papan, selisih"), _gross(world, span)
            yield from world.claims(span, [("I1", said, (gross, "bagian terbuka"))])
    yield from world.claims(str(tahun), _charts(world, tahun, row))


def _charts(world: World, tahun: int, row: oversight_board.BoardRow) -> Iterator[Identity]:
    """The charts of the board: their bars together, against the parts, papers and ceilings."""
    id_ = world.opd.id
    figures = {id_: year_figures(world.session, id_, tahun, world.day)}
    charts = breakdowns([row], figures, tahun, world.day)
    sums = {
        name: total(by_opd.get(id_, ZERO) for by_opd in chart.values())
        for name, chart in charts.items()
    }
    parts = world.parts(world.day)
    yield "I4", (sums["umur"], "Papan, umur"), (ledger.gross(parts), "bagian terbuka")
    charged = total(one.total for one in world.documents("dpt", Span(tahun, 1, 12)))
    both = sums["operasi"] + sums["modal"], "Papan, operasi dan modal"
    yield "I5", both, (charged, "DPT tahun ini")
    yield "I6", (sums["toko"], "Papan, penyedia"), (charged, "DPT tahun ini")
    blocks = ledger.bill_blocks(world.facts(world.day), parts)
    owed = total(max(one.owed_to_bank, ZERO) for one in blocks if one.bill.due is not None)
    yield "I7", (sums["tagihan"], "Papan, jatuh tempo"), (owed, "sisa tagihan kepada bank")
    waiting = _waiting_at_risk(world)
    yield "I8", (sums["kasus"], "Papan, tindak lanjut"), (waiting, "butirnya, tiap hal sekali")
    used = figures[id_].up_used
    if used:
        ceiling = world.session.scalars(
            select(Ceiling).where(
                Ceiling.opd_id == id_, Ceiling.tahun == tahun, Ceiling.jenis == "up_kkpd"
            )
        ).one()
        last = used[max(used)], "Papan, UP KKPD"
        yield "I9", last, (ceiling.reserved + ceiling.posted, "batas UP KKPD")


def monitoring(
    world: World, tahun: int, rows: dict[int, oversight_monitoring.WatchedYear]
) -> Iterator[Claim]:
    """Spending by quarter on the monitoring page against the DPTs of its months."""
    row = rows.get(world.opd.id)
    for number, quarter in enumerate(row.year_quarters if row else (), 1):
        span = Span(tahun, number * 3 - 2, number * 3)
        if span.mulai <= world.day:
            said = quarter.belanja, "Pemantauan, belanja"
            charged = total(one.total for one in world.documents("dpt", span))
            yield from world.claims(span, [("F6", said, (charged, "DPT triwulan ini"))])


def _gross(world: World, span: Span) -> Rupiah:
    return ledger.gross(part for part in world.parts(world.day) if part.month in span.bulan)
