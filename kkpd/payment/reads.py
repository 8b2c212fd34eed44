"""Each DPT on its way to lunas: which papers it has, and what comes next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.ledger import cancelled
from kkpd.models import Dokumen, DokumenBaris, Opd, Pencairan, Transaksi

#: The steps after the DPT, in order; each names the status that a line has when it is done.
LANGKAH = ("npd", "spp", "spm", "sp2d", "bayar")
_STATUS = {"npd": "npd", "spp": "spp", "spm": "spm", "sp2d": "sp2d", "bayar": "lunas"}


@dataclass(frozen=True, slots=True)
class Kertas:
    """A paper of a step: an issued document, or a number recorded from another office."""

    langkah: str
    nomor: str
    tanggal: date
    dokumen_id: int | None
    pencairan_id: int | None = None


@dataclass(frozen=True, slots=True)
class JalanDpt:
    """One DPT with its papers; `berikut` is the next step, None when it is paid; `terakhir` the
    last one taken, which alone can be taken back.
    """

    id: int
    opd: str
    slug: str
    nomor: str
    tanggal: date
    periode: tuple[int, int]
    total: Rupiah
    baris: int
    kertas: dict[str, Kertas]
    berikut: str | None
    terakhir: str | None


def daftar(session: Session, actor: Actor, opd_id: int | None, tahun: int) -> list[JalanDpt]:
    """Every DPT of the year, unpaid first; of one OPD, or of all the actor may see."""
    require(actor, "bayar:lihat", opd_id)
    statement = (
        select(Dokumen, Opd.nama, Opd.slug)
        .join(Opd, Opd.id == Dokumen.opd_id)
        .where(Dokumen.jenis == "dpt", Dokumen.tahun == tahun, cancelled.berlaku(Dokumen))
        .order_by(Dokumen.id.desc())
    )
    if opd_id is not None:
        statement = statement.where(Dokumen.opd_id == opd_id)
    elif actor.opd_ids is not None:
        statement = statement.where(Dokumen.opd_id.in_(actor.opd_ids))
    found = [_row(session, row, nama, slug) for row, nama, slug in session.execute(statement)]
    return sorted(found, key=lambda one: one.berikut is None)


def _row(session: Session, dpt: Dokumen, nama: str, slug: str) -> JalanDpt:
    statuses: Counter[str] = Counter()
    for status, count in session.execute(
        select(Transaksi.status, func.count())
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .where(DokumenBaris.dokumen_id == dpt.id)
        .group_by(Transaksi.status)
    ):
        statuses[status] = count
    done = [step for step in LANGKAH if statuses[_STATUS[step]]]
    reached = LANGKAH.index(done[-1]) + 1 if done else 0
    return JalanDpt(
        id=dpt.id,
        opd=nama,
        slug=slug,
        nomor=dpt.nomor,
        tanggal=dpt.tanggal,
        periode=(dpt.tahun, dpt.bulan),
        total=dpt.total,
        baris=statuses.total(),
        kertas=_papers(session, dpt),
        berikut=LANGKAH[reached] if reached < len(LANGKAH) else None,
        terakhir=LANGKAH[reached - 1] if reached else None,
    )


def _papers(session: Session, dpt: Dokumen) -> dict[str, Kertas]:
    lines = select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id == dpt.id)
    issued = session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            Dokumen.opd_id == dpt.opd_id,
            Dokumen.jenis.in_(("npd", "spp", "spm")),
            cancelled.berlaku(Dokumen),
            DokumenBaris.transaksi_id.in_(lines),
        )
        .order_by(Dokumen.id)
    )
    found = {row.jenis: Kertas(row.jenis, row.nomor, row.tanggal, row.id) for row in issued}
    for row in session.scalars(
        select(Pencairan).where(Pencairan.dpt_id == dpt.id, cancelled.berlaku(Pencairan))
    ):
        found[row.langkah] = Kertas(row.langkah, row.nomor, row.tanggal, None, row.id)
    return found
