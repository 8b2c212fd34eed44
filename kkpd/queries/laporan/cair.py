"""NPD, SPP-GU, SPTB and SPM-GU over the DPTs of a span of months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import func, select

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.pencairan import Dasar, PencairanInput
from kkpd.domain.money import total
from kkpd.domain.peran import Peran
from kkpd.models import Dokumen, Dpa, Pencairan, RencanaDana, RencanaDanaBaris
from kkpd.queries import batal, beban, setelan
from kkpd.queries.laporan.bahan import Bahan
from kkpd.queries.laporan.rantai import dpt_terbit

#: More numbers than these would not be read: their count stands for them.
_SEBUT = 4


def dari_dpt(form: Callable[[PencairanInput], Naskah]) -> Callable[[Bahan], Naskah]:
    """The maker of this paper from the DPTs of the months."""

    def susun(bahan: Bahan) -> Naskah:
        dpts = dpt_terbit(bahan)
        if not dpts:
            raise bahan.kosong("DPT")
        return form(masukan(bahan, dpts))

    return susun


def masukan(bahan: Bahan, dpts: Sequence[Dokumen]) -> PencairanInput:
    """The facts of the payment of these DPTs, which are of one year."""
    session, on, opd = bahan.session, bahan.hari, bahan.lingkup.opd
    opd_id = None if opd is None else opd.id
    nomor, tanggal = _dpa(bahan)
    return PencairanInput(
        rangka=bahan.rangka,
        opd=bahan.lingkup.nama,
        tahun=bahan.rentang.tahun,
        dpt=_nama_dpt(dpts),
        jumlah_dpt=total(dpt.total for dpt in dpts),
        keperluan=f"Pembayaran tagihan KKPD {bahan.rentang.nama}",
        bank=setelan.value(session, "bank_rkud", on) or "-",
        rekening_bank=setelan.value(session, "rekening_bendahara", on, opd_id) or "-",
        npwp=(opd.npwp if opd else None) or "-",
        dpa=nomor,
        tanggal_dpa=tanggal,
        pa=bahan.penanda[0].orang,
        pptk=bahan.pejabat(Peran.PPTK),
        bendahara=bahan.pejabat(Peran.BENDAHARA),
        ppk=bahan.pejabat(Peran.PPK),
        baris=beban.baris_pencairan(session, dpts),
        spd=_spd(bahan),
        sp2d=_sp2d_lalu(bahan, dpts),
        selaku_pa=bahan.penanda[0].selaku,
    )


def _nama_dpt(dpts: Sequence[Dokumen]) -> str:
    if len(dpts) > _SEBUT:
        return f"{len(dpts)} DPT KKPD"
    return f"DPT KKPD Nomor {', '.join(dpt.nomor for dpt in dpts)}"


def _dpa(bahan: Bahan) -> tuple[str, date]:
    row = bahan.session.execute(
        select(Dpa.nomor, Dpa.tanggal)
        .where(Dpa.opd_id.in_(bahan.lingkup.ids), Dpa.tahun == bahan.rentang.tahun)
        .order_by(Dpa.tanggal.desc(), Dpa.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise bahan.kosong("DPA")
    many = len(bahan.lingkup.anggota) > 1
    return ("DPA masing-masing SKPD" if many else row.nomor), row.tanggal


def _spd(bahan: Bahan) -> list[Dasar]:
    """The SPD of the year up to the report's day; SPDs add up."""
    rows = bahan.session.execute(
        select(RencanaDana.nomor, RencanaDana.tanggal, func.sum(RencanaDanaBaris.nilai))
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .where(
            RencanaDana.opd_id.in_(bahan.lingkup.ids),
            RencanaDana.tahun == bahan.rentang.tahun,
            RencanaDana.jenis == "spd",
            RencanaDana.tanggal <= bahan.hari,
        )
        .group_by(RencanaDana.id, RencanaDana.nomor, RencanaDana.tanggal)
        .order_by(RencanaDana.tanggal, RencanaDana.id)
    )
    return [Dasar(number, day, amount) for number, day, amount in rows]


def _sp2d_lalu(bahan: Bahan, dpts: Sequence[Dokumen]) -> list[Dasar]:
    """The SP2D of the year over earlier DPTs."""
    rows = bahan.session.scalars(
        select(Pencairan)
        .where(
            Pencairan.opd_id.in_(bahan.lingkup.ids),
            Pencairan.tahun == bahan.rentang.tahun,
            Pencairan.langkah == "sp2d",
            batal.berlaku(Pencairan),
            Pencairan.dpt_id < min(dpt.id for dpt in dpts),
        )
        .order_by(Pencairan.tanggal, Pencairan.id)
    )
    return [Dasar(row.nomor, row.tanggal, row.nilai) for row in rows]
