"""Each DPT on its way to lunas: which papers it has, and what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, require
from kkpd.ledger import active
from kkpd.models import Dokumen, DokumenBaris, Opd, Pencairan, Transaksi
from kkpd.payment.verify import SentBack, sent_back
from kkpd.payment.verify import verified as verification

#: The steps after the DPT, in order; each names the status that a line has when it is done.
STEPS = ("npd", "spp", "spm", "sp2d", "bayar")
_STATUS = {"npd": "npd", "spp": "spp", "spm": "spm", "sp2d": "sp2d", "bayar": "lunas"}


@dataclass(frozen=True, slots=True)
class PaymentPaper:
    """A paper of a step: an issued document, or a number recorded from another office."""

    langkah: str
    nomor: str
    tanggal: date
    dokumen_id: int | None
    pencairan_id: int | None = None


@dataclass(frozen=True, slots=True)
class DptProgress:
    """One DPT with its papers; `next_up` is the next step, None when it is paid; `terakhir` the
    last one taken, which alone can be taken back. `verified`: the PPK-SKPD found its SPP complete;
    `sent_back`: its SPP or SPM was sent back and none was drawn up anew.
    """

    id: int
    opd: str
    slug: str
    nomor: str
    tanggal: date
    periode: tuple[int, int]
    total: Rupiah
    baris: int
    kertas: dict[str, PaymentPaper]
    next_up: str | None
    terakhir: str | None
    verified: bool
    sent_back: SentBack | None


def listing(session: Session, actor: Actor, opd_id: int | None, tahun: int) -> list[DptProgress]:
    """Every DPT of the year, unpaid first; of one OPD, or of all the actor may see."""
    require(actor, "bayar:lihat", opd_id)
    statement = (
        select(Dokumen, Opd.nama, Opd.slug)
        .join(Opd, Opd.id == Dokumen.opd_id)
        .where(Dokumen.jenis == "dpt", Dokumen.tahun == tahun, active.holds(Dokumen))
        .order_by(Dokumen.id.desc())
    )
    if opd_id is not None:
        statement = statement.where(Dokumen.opd_id == opd_id)
    elif actor.opd_ids is not None:
        statement = statement.where(Dokumen.opd_id.in_(actor.opd_ids))
    found = [_row(session, row, nama, slug) for row, nama, slug in session.execute(statement)]
    return sorted(found, key=lambda one: one.next_up is None)


def _row(session: Session, dpt: Dokumen, nama: str, slug: str) -> DptProgress:
    statuses: Counter[str] = Counter()
    for status, count in session.execute(
        select(Transaksi.status, func.count())
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id == dpt.id)
        .group_by(Transaksi.status)
    ):
        statuses[status] = count
    done = [step for step in STEPS if statuses[_STATUS[step]]]
    reached = STEPS.index(done[-1]) + 1 if done else 0
    next_up = STEPS[reached] if reached < len(STEPS) else None
    papers = _papers(session, dpt)
    spp = papers.get("spp")
    return DptProgress(
        id=dpt.id,
        opd=nama,
        slug=slug,
        nomor=dpt.nomor,
        tanggal=dpt.tanggal,
        periode=(dpt.tahun, dpt.bulan),
        total=dpt.total,
        baris=statuses.total(),
        kertas=papers,
        next_up=next_up,
        terakhir=STEPS[reached - 1] if reached else None,
        verified=spp is not None and verification(session, spp.dokumen_id or 0) is not None,
        sent_back=sent_back(session, dpt.id, next_up) if next_up else None,
    )


def _papers(session: Session, dpt: Dokumen) -> dict[str, PaymentPaper]:
    lines = select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == dpt.id)
    issued = session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            Dokumen.opd_id == dpt.opd_id,
            Dokumen.jenis.in_(("npd", "spp", "spm")),
            active.holds(Dokumen),
            DokumenBaris.transaksi_id.in_(lines),
        )
        .order_by(Dokumen.id)
    )
    found = {row.jenis: PaymentPaper(row.jenis, row.nomor, row.tanggal, row.id) for row in issued}
    for row in session.scalars(
        select(Pencairan).where(Pencairan.dpt_id == dpt.id, active.holds(Pencairan))
    ):
        found[row.langkah] = PaymentPaper(row.langkah, row.nomor, row.tanggal, None, row.id)
    return found
