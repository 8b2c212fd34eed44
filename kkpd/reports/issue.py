"""Issuing a report: numbered, frozen, proved and archived; a newer one replaces the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.authorise import require
from kkpd.core.errors import Conflict
from kkpd.core.moments import business_day
from kkpd.core.money import NOL, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.engines.paper import Dokumen as Naskah
from kkpd.engines.paper import Terbilang
from kkpd.models import Dokumen
from kkpd.records import event_log
from kkpd.records.issue import Penerbit, Rencana, terbitkan
from kkpd.reports import named as reports
from kkpd.reports.named import issued

#: The column whose total is the document's, the first that a form has.
_KOLOM_JUMLAH = (
    ("realisasi_barang", "realisasi_modal"),
    ("jumlah",),
    ("nilai",),
    ("bank",),
    ("terpakai",),
    ("pengeluaran",),
    ("ppn", "pbjt", "pph"),
)


@dataclass(frozen=True, slots=True)
class Terbitan:
    """The issued document; `baru` False where the newest issue still says the same."""

    dokumen: Dokumen
    baru: bool


def terbit(
    session: Session,
    actor: Actor,
    permintaan: reports.Permintaan,
    penerbit: Penerbit,
    now: datetime,
) -> Terbitan:
    """Issue the report as of now; where the newest issue still says the same it stands."""
    where = reports.lingkup(session, actor, permintaan.opd, "laporan:terbit")
    opd_id = None if where.opd is None else where.opd.id
    role = require(actor, "laporan:terbit", opd_id)
    report = reports.cari(permintaan.nama)
    if report.rantai:
        raise Conflict(
            f"{report.judul} terbit lewat langkahnya sendiri (persetujuan, pembayaran, atau "
            "penutupan bulan), bukan sebagai laporan."
        )
    event_log.locked_chain(session, opd_id)  # one issue at a time: each knows the one it replaces
    last = issued.terakhir(session, opd_id, report.dokumen, permintaan.rentang.kode)
    if last is not None and issued.segar(session, actor, last):
        return Terbitan(last, baru=False)
    on = business_day(now)
    draft = reports.susun(session, actor, permintaan, on, rancangan=False)

    def numbered(nomor: str) -> Naskah:
        return reports.susun(session, actor, permintaan, on, nomor=nomor, rancangan=False)

    plan = Rencana(
        jenis=report.dokumen,
        opd_id=opd_id,
        tahun=permintaan.rentang.tahun,
        bulan=permintaan.rentang.akhir,
        periode=permintaan.rentang.kode,
        tanggal=on,
        total=jumlah(draft),
        baris=(),
        naskah=numbered,
        menggantikan_id=None if last is None else last.id,
    )
    return Terbitan(terbitkan(session, actor, role, plan, penerbit, now), baru=True)


def jumlah(naskah: Naskah) -> Rupiah:
    """The one amount by which lists know the document; zero for forms without one."""
    for part in naskah.isi:
        if isinstance(part, Terbilang):
            return part.nilai
    for table in naskah.tabel:
        keys = [table.kolom[at].kunci for at in table.dijumlah]
        sums = dict(zip(keys, table.jumlah, strict=True))
        for wanted in _KOLOM_JUMLAH:
            if set(wanted) <= sums.keys():
                return total(sums[key] for key in wanted)
    return NOL
