"""Issuing a report: numbered, frozen, proved and archived; a newer one replaces the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents import Terbilang
from kkpd.domain.errors import Conflict
from kkpd.domain.izin import require
from kkpd.domain.money import NOL, Rupiah, total
from kkpd.domain.peran import Actor
from kkpd.domain.waktu import business_day
from kkpd.models import Dokumen
from kkpd.queries import laporan as reports
from kkpd.queries.laporan import terbitan
from kkpd.services import log
from kkpd.services.dokumen import Penerbit, Rencana, terbitkan

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
    log.locked_chain(session, opd_id)  # one issue at a time: each knows the one it replaces
    last = terbitan.terakhir(session, opd_id, report.dokumen, permintaan.rentang.kode)
    if last is not None and terbitan.segar(session, actor, last):
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
