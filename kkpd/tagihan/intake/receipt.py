"""The receipt of an import: counts, skipped rows with reasons, lines per bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah
from kkpd.models import Berkas, Impor, ImporTagihan, Tagihan
from kkpd.tagihan.bill_arithmetic import LineTotals, sen, totals_by_key
from kkpd.tagihan.intake.plan_shapes import IntakePlan, Target


def write_receipt(
    session: Session,
    plan: IntakePlan,
    berkas: Berkas,
    jawaban: dict[str, str],
    *,
    oleh_id: int,
    now: datetime,
) -> Impor:
    """Write the receipt; every row of the file is in it."""
    summary = plan.summary
    skipped = [
        {"baris": str(row.row), "lembar": row.sheet or "", "sebab": row.reason, "isi": row.text}
        for row in summary.skipped
    ]
    skipped += _left_out(plan)
    made = Impor(
        opd_id=berkas.opd_id,
        berkas_id=berkas.id,
        jenis=plan.jenis,
        profil=summary.profile,
        jawaban=jawaban,
        baris_masuk=summary.rows,
        baris_baru=plan.baru,
        baris_lama=len(plan.recognised),
        baris_lewat=len(skipped),
        lewat=skipped,
        temuan=[_plain(one) for one in (*plan.catatan, *plan.temuan)],
        at=now,
        oleh_id=oleh_id,
    )
    session.add(made)
    session.flush()
    return made


def per_tagihan(
    session: Session, plan: IntakePlan, impor: Impor, bills: Mapping[Target, Tagihan]
) -> None:
    """What each bill got; late lines and those of the month itself go to one list."""
    ids = {target: bill.id for target, bill in bills.items()}
    totals = totals_by_key((ids[target] for target in plan.targets), plan.lines)
    new = Counter(
        ids[target]
        for number, target in enumerate(plan.targets)
        if number not in plan.recognised and number not in plan.lewat
    )
    for id_ in dict.fromkeys(ids.values()):
        own = totals.get(id_, LineTotals())
        session.add(
            ImporTagihan(
                opd_id=impor.opd_id,
                impor_id=impor.id,
                tagihan_id=id_,
                baris=own.baris,
                baru=new[id_],
                jumlah=own.bank_billed,
            )
        )
    session.flush()


def _left_out(plan: IntakePlan) -> list[dict[str, str]]:
    """Lines that a complete bill does not have, as skipped rows."""
    return [
        {
            "baris": str(line.row),
            "lembar": line.sheet or "",
            "sebab": plan.lewat[number],
            "isi": f"{line.description} | {Rupiah(sen(line))}",
        }
        for number, line in enumerate(plan.lines)
        if number in plan.lewat
    ]


def _plain(finding: Finding) -> dict[str, str]:
    """A finding as the books keep it."""
    row = {} if finding.row is None else {"baris": str(finding.row)}
    return {
        "aturan": finding.rule,
        "berat": finding.severity,
        "pesan": finding.message,
        **row,
        **{f"masukan_{key}": value for key, value in finding.inputs.items()},
    }
