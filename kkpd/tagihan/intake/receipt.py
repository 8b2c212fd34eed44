"""The receipt of a taking-in: counts, skipped rows with their reasons, what each bill got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.errors import Finding
from kkpd.core.money import Rupiah, total
from kkpd.models import Berkas, Impor, ImporTagihan, Tagihan
from kkpd.tagihan.bill_arithmetic import LineTotals
from kkpd.tagihan.intake.plan_shapes import IntakePlan


@dataclass(slots=True)
class ReceiptTally:
    """What one bill got from this file."""

    baris: int = 0
    baru: int = 0
    jumlah: LineTotals = field(default_factory=LineTotals)


def write_receipt(
    session: Session,
    plan: IntakePlan,
    berkas: Berkas,
    jawaban: dict[str, str],
    *,
    oleh_id: int,
    now: datetime,
) -> Impor:
    """The receipt of the taking-in: nothing of the file is missing from it."""
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
    session: Session, impor: Impor, tagihan: Sequence[Tagihan], arithmetic: Sequence[ReceiptTally]
) -> None:
    """What each bill got; late lines and those of the month itself go to one list."""
    for id_ in dict.fromkeys(one.id for one in tagihan):
        own = [tally for one, tally in zip(tagihan, arithmetic, strict=True) if one.id == id_]
        session.add(
            ImporTagihan(
                opd_id=impor.opd_id,
                impor_id=impor.id,
                tagihan_id=id_,
                baris=sum(tally.baris for tally in own),
                baru=sum(tally.baru for tally in own),
                jumlah=total(tally.jumlah.bank_billed for tally in own),
            )
        )
    session.flush()


def _left_out(plan: IntakePlan) -> list[dict[str, str]]:
    """Lines that a complete bill does not have, as skipped rows."""
    if not plan.lewat:
        return []
    return [
        {
            "baris": str(kolom.baris[offset]),
            "lembar": kolom.lembar[offset] or "",
            "sebab": plan.lewat[start + offset],
            "isi": f"{kolom.keterangan[offset]} | {Rupiah(kolom.sen[offset])}",
        }
        for start, kolom in plan.buffer.numbered()
        for offset in range(len(kolom))
        if start + offset in plan.lewat
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
