"""Issuing a report: number, frozen data, proof, archive; a newer issue replaces the previous one.
Also downloads of data (open data, lines for SIPD), one event each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor, require
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.engines.paper import Terbilang
from kkpd.engines.paper.forms import Lack
from kkpd.models import Dokumen
from kkpd.records import event_log
from kkpd.records.issue import IssuePlan, Issuer, issue_document, lacking
from kkpd.reports import named as reports
from kkpd.reports.named import issued

#: The columns whose total is the document's amount; the first one in the form counts.
_TOTAL_COLUMNS = (
    ("realisasi_barang", "realisasi_modal"),
    ("jumlah",),
    ("nilai",),
    ("bank",),
    ("terpakai",),
    ("pengeluaran",),
    ("ppn", "pbjt", "pph"),
)


@dataclass(frozen=True, slots=True)
class IssuedReport:
    """The issued document; `baru` False if the newest issue has the same content."""

    dokumen: Dokumen
    baru: bool


def issue(
    session: Session,
    actor: Actor,
    permintaan: reports.ReportRequest,
    penerbit: Issuer,
    now: datetime,
) -> IssuedReport:
    """Issue the report as of now; if the newest issue has the same content, it is returned."""
    where = reports.coverage(session, actor, permintaan.opd, "laporan:terbit")
    opd_id = None if where.opd is None else where.opd.id
    role = require(actor, "laporan:terbit", opd_id)
    report = reports.find(permintaan.nama)
    if report.of_chain:
        raise Conflict(
            f"{report.judul} terbit lewat langkahnya sendiri (persetujuan, pembayaran, atau "
            "penutupan bulan), bukan sebagai laporan."
        )
    event_log.locked_chain(
        session, opd_id
    )  # one issue at a time, because each names the one it replaces
    last = issued.terakhir(session, opd_id, report.dokumen, permintaan.span.kode)
    if last is not None and issued.is_fresh(session, actor, last):
        return IssuedReport(last, baru=False)
    plan = _plan(session, actor, permintaan, opd_id, now)
    plan = replace(plan, menggantikan_id=None if last is None else last.id)
    return IssuedReport(issue_document(session, actor, role, plan, penerbit, now), baru=True)


def report_lacks(
    session: Session, actor: Actor, permintaan: reports.ReportRequest, now: datetime
) -> tuple[Lack, ...]:
    """What the report would lack if it were issued now."""
    where = reports.coverage(session, actor, permintaan.opd, "laporan:terbit")
    opd_id = None if where.opd is None else where.opd.id
    return lacking(_plan(session, actor, permintaan, opd_id, now))


def _plan(
    session: Session,
    actor: Actor,
    permintaan: reports.ReportRequest,
    opd_id: int | None,
    now: datetime,
) -> IssuePlan:
    on = business_day(now)
    draft = reports.compose(session, actor, permintaan, on, rancangan=False)

    def numbered(nomor: str) -> Document:
        return reports.compose(session, actor, permintaan, on, nomor=nomor, rancangan=False)

    return IssuePlan(
        jenis=reports.find(permintaan.nama).dokumen,
        opd_id=opd_id,
        tahun=permintaan.span.tahun,
        bulan=permintaan.span.finish,
        periode=permintaan.span.kode,
        tanggal=on,
        total=jumlah(draft),
        baris=(),
        document=numbered,
    )


def jumlah(document: Document) -> Rupiah:
    """The document's amount in lists; zero for forms without one."""
    for part in document.isi:
        if isinstance(part, Terbilang):
            return part.nilai
    for table in document.data_table:
        keys = [table.kolom[at].kunci for at in table.dijumlah]
        sums = dict(zip(keys, table.jumlah, strict=True))
        for wanted in _TOTAL_COLUMNS:
            if set(wanted) <= sums.keys():
                return total(sums[key] for key in wanted)
    return ZERO


def record(
    session: Session,
    actor: Actor,
    what: str,
    opd_id: int | None,
    periode: str,
    data: bytes,
    now: datetime,
) -> None:
    """Record that these bytes were downloaded: `what` is data_terbuka, sipd:npd or sipd:tbp.

    Forbidden without the permission. `opd_id` None is all OPDs: the administration's chain.
    """
    kind = what.partition(":")[0]
    event_log.record(
        session,
        actor,
        require(actor, f"{kind}:unduh", opd_id),
        f"laporan:{kind}:unduh",
        f"{what}:{periode}",
        now=now,
        opd_id=opd_id,
        after={"sha256": sha256(data).hexdigest(), "ukuran": len(data)},
    )
