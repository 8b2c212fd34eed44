"""NPD, SPP-GU, SPTB and SPM-GU over the DPTs of a span of months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.pencairan import PencairanInput
from kkpd.domain.money import total
from kkpd.domain.peran import Peran
from kkpd.models import Dokumen, Dpa
from kkpd.queries import beban, dasar_bayar, setelan
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
    ids, tahun = bahan.lingkup.ids, bahan.rentang.tahun
    nomor, tanggal = _dpa(bahan)
    rows = beban.baris_pencairan(session, dpts)
    return PencairanInput(
        rangka=bahan.rangka,
        opd=bahan.lingkup.nama,
        tahun=tahun,
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
        baris=rows,
        spd=dasar_bayar.spd(session, ids, tahun, on),
        sp2d=dasar_bayar.sp2d_lalu(session, ids, tahun, min(dpt.id for dpt in dpts)),
        selaku_pa=bahan.penanda[0].selaku,
        nama_sub=dasar_bayar.nama_sub_kegiatan(session, tahun, [r.sub_kegiatan for r in rows]),
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
