"""Realisation by SKPD, use of the UP's card share, smart-city programmes, evidence completeness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import exists, func, select

from kkpd import ledger
from kkpd.core.errors import Conflict
from kkpd.core.moments import long
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper.parts import SignatureBlock, percentage
from kkpd.ledger import Part, active
from kkpd.ledger.charges import MODAL, Charge, charges
from kkpd.models import Bukti, Dokumen, Opd, Pencairan, Program, Transaksi
from kkpd.pagu.forms.up_statement import UpFigures, up_statement
from kkpd.payment import payment_facts
from kkpd.records.report_request import ReportInputs
from kkpd.reports.forms.oversight import (
    RECAP,
    SHEETS,
    CompletenessRow,
    LimitRow,
    ProgrammeRow,
    RecapRow,
)
from kkpd.reports.named.cash_books import regular_up_decisions, up_per_opd

#: Group and row for charges without a programme.
NO_PROGRAMME: Final = "Tanpa program"
#: The six dimensions of a smart city, as the paper names them.
DIMENSIONS: Final = {
    "smart governance": "Tata kelola cerdas (smart governance)",
    "smart branding": "Penjenamaan daerah cerdas (smart branding)",
    "smart economy": "Ekonomi cerdas (smart economy)",
    "smart living": "Kehidupan cerdas (smart living)",
    "smart society": "Masyarakat cerdas (smart society)",
    "smart environment": "Lingkungan cerdas (smart environment)",
}


def compose_recap(inputs: ReportInputs) -> Document:
    """Charges of DPTs against the DPA, goods and services beside capital, a row for each SKPD."""
    budget = _by_kind(payment_facts.pagu(inputs.session, inputs.coverage.ids, inputs.span.tahun))
    spent: dict[tuple[int, bool], Rupiah] = defaultdict(lambda: ZERO)
    for row in _charged(inputs):
        spent[row.opd_id, row.modal] += row.amount
    waiting = _without_sp2d(inputs)
    rows = [
        RecapRow(
            skpd=opd.nama,
            anggaran_barang=budget[opd.id, False],
            realisasi_barang=spent[opd.id, False],
            anggaran_modal=budget[opd.id, True],
            realisasi_modal=spent[opd.id, True],
            keterangan=f"Belum SP2D Rp {waiting[opd.id]}" if waiting.get(opd.id) else "",
        )
        for opd in _with_budget(inputs, budget, spent)
    ]
    if not rows:
        raise inputs.kosong("Anggaran dan realisasi KKPD")
    title = f"{RECAP.judul} Tahun Anggaran {inputs.span.tahun}"
    return inputs.sheet(RECAP, [("", rows)], judul=title)


def _with_budget(inputs: ReportInputs, *sums: dict[tuple[int, bool], Rupiah]) -> list[Opd]:
    known = {opd_id for found in sums for opd_id, _ in found}
    return [opd for opd in inputs.coverage.members if opd.id in known]


def _by_kind(amounts: dict[payment_facts.Key, Rupiah]) -> dict[tuple[int, bool], Rupiah]:
    """(OPD, is it capital) -> sum."""
    found: dict[tuple[int, bool], Rupiah] = defaultdict(lambda: ZERO)
    for (opd_id, _, account), amount in amounts.items():
        found[opd_id, account.startswith(MODAL)] += amount
    return found


def _charged(inputs: ReportInputs) -> list[Charge]:
    return charges(inputs.session, inputs.coverage.ids, inputs.span)


def _without_sp2d(inputs: ReportInputs) -> dict[int, Rupiah]:
    paid = select(Pencairan.dpt_id).where(Pencairan.langkah == "sp2d", active.holds(Pencairan))
    rows = inputs.session.execute(
        select(Dokumen.opd_id, func.sum(Dokumen.total))
        .where(*inputs.within(Dokumen), Dokumen.jenis == "dpt", Dokumen.id.not_in(paid))
        .where(active.holds(Dokumen))
        .group_by(Dokumen.opd_id)
    )
    return {opd_id or 0: amount for opd_id, amount in rows}


def compose_limits(inputs: ReportInputs) -> Document:
    """The UP of each OPD, cash and card, and how the card share stood on the last day."""
    decisions = up_per_opd(inputs, inputs.span.sampai)
    if not decisions:
        raise inputs.kosong("Keputusan UP")
    held: dict[int, list[Part]] = defaultdict(list)
    for part in inputs.as_of(inputs.span.sampai).parts:
        held[part.opd_id].append(part)
    rows = [
        _limits(opd, *decisions.get(opd.id, (ZERO, ZERO)), *ledger.held(held[opd.id]))
        for opd in inputs.coverage.members
        if opd.id in decisions or any(ledger.held(held[opd.id]))
    ]
    return inputs.sheet(SHEETS["batas"], [("", rows)], f"Per akhir {inputs.span.nama}")


def _limits(opd: Opd, up: Rupiah, up_kkpd: Rupiah, reserved: Rupiah, posted: Rupiah) -> LimitRow:
    return LimitRow(
        skpd=opd.nama,
        up=up,
        up_tunai=up - up_kkpd,
        up_kkpd=up_kkpd,
        dicadangkan=reserved,
        terpakai=posted,
    )


#: What UP may be used for by card: goods and services, and capital (kkpd.md 1.3).
_PAYABLE_FROM_UP: Final = ("5.1.02", MODAL)


def compose_up_statement(inputs: ReportInputs) -> Document:
    """The PA's statement of the UP in force on the last day, with the budget it can be used for."""
    opd = inputs.coverage.opd
    if opd is None:
        raise Conflict("Surat Pernyataan UP dibuat oleh PA satu OPD. Pilih satu OPD.", field="opd")
    decisions = regular_up_decisions(inputs, opd.id)
    if not decisions:
        raise inputs.kosong("Keputusan UP")
    budget = payment_facts.pagu(inputs.session, inputs.coverage.ids, inputs.span.tahun)
    now, before = decisions[-1], [row.up for row in decisions[-2:-1]]
    figures = UpFigures(
        pagu=total(budget.values()),
        pagu_up=total(
            amount for key, amount in budget.items() if key[2].startswith(_PAYABLE_FROM_UP)
        ),
        up=now.up,
        up_kkpd=now.up_kkpd,
        sebelumnya=total(before),
    )
    decision = f"Nomor {now.nomor}, berlaku sejak {long(now.mulai)}"
    signer = SignatureBlock(inputs.signed_by[0].selaku, inputs.signed_by[0].orang)
    year = inputs.span.tahun
    return up_statement(inputs.paper_frame, year, opd.nama, decision, figures, signer)


def compose_programmes(inputs: ReportInputs) -> Document:
    """Charges of DPTs by smart-city programme under its dimension, and without one."""
    rows: dict[tuple[int, int | None], list[Charge]] = defaultdict(list)
    for row in _charged(inputs):
        rows[row.opd_id, row.program_id].append(row)
    programmes = inputs.session.scalars(
        select(Program)
        .where(Program.id.in_({key for _, key in rows if key is not None}))
        .order_by(Program.dimensi, Program.nama, Program.id)
    ).all()
    groups: dict[str, list[ProgrammeRow]] = defaultdict(list)
    for one in programmes:
        for opd in inputs.coverage.members:
            if (opd.id, one.id) in rows:
                dimension = DIMENSIONS.get(one.dimensi.strip().lower(), one.dimensi)
                groups[dimension].append(_programme(one.nama, opd, rows[opd.id, one.id]))
    for opd in inputs.coverage.members:
        if (opd.id, None) in rows:
            groups[NO_PROGRAMME].append(_programme(NO_PROGRAMME, opd, rows[opd.id, None]))
    return inputs.sheet(SHEETS["program"], with_shares(groups))


def with_shares(groups: Mapping[str, list[ProgrammeRow]]) -> list[tuple[str, list[ProgrammeRow]]]:
    """Each row with its share of all of them; each share is what its row adds to the share of all
    rows down to it, so they are 100 % together however they are rounded.
    """
    whole = total(row.jumlah for rows in groups.values() for row in rows)
    so_far, found = ZERO, []
    for heading, rows in groups.items():
        shared = []
        for row in rows:
            before, so_far = so_far, so_far + row.jumlah
            share = (percentage(so_far, whole) or 0) - (percentage(before, whole) or 0)
            shared.append(replace(row, bagian=share if whole else None))
        found.append((heading, shared))
    return found


def _programme(nama: str, opd: Opd, rows: Sequence[Charge]) -> ProgrammeRow:
    return ProgrammeRow(
        program=nama,
        skpd=opd.nama,
        transaksi=sum(row.count for row in rows),
        operasi=total(row.amount for row in rows if not row.modal),
        modal=total(row.amount for row in rows if row.modal),
    )


def compose_completeness(inputs: ReportInputs) -> Document:
    """How many purchases of each OPD have evidence, and the amount without."""
    proved = exists().where(Bukti.transaksi_id == Transaksi.id, Bukti.dicabut_at.is_(None))
    rows = inputs.session.execute(
        select(Transaksi.opd_id, proved, func.count(), func.sum(Transaksi.nilai))
        .where(*inputs.within(Transaksi), Transaksi.status != "dibatalkan")
        .group_by(Transaksi.opd_id, proved)
    )
    found: dict[int, dict[bool, tuple[int, Rupiah]]] = defaultdict(dict)
    for opd_id, has, count, amount in rows:
        found[opd_id][bool(has)] = (count, amount)
    lines = [
        _completeness(opd.nama, found[opd.id]) for opd in inputs.coverage.members if opd.id in found
    ]
    return inputs.sheet(SHEETS["kelengkapan"], [("", lines)])


def _completeness(nama: str, parts: dict[bool, tuple[int, Rupiah]]) -> CompletenessRow:
    whole, open_ = parts.get(True, (0, ZERO)), parts.get(False, (0, ZERO))
    return CompletenessRow(
        skpd=nama,
        transaksi=whole[0] + open_[0],
        lengkap=whole[0],
        nilai=whole[1] + open_[1],
        nilai_belum=open_[1],
    )
