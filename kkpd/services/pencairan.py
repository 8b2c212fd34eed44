"""What NPD, SPP-GU and SPM-GU say of a DPT: budget, used before, this time, signers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.pencairan import PencairanBaris, PencairanInput
from kkpd.domain.money import NOL, Rupiah
from kkpd.domain.peran import NAMA_PERAN, Actor, Peran
from kkpd.domain.waktu import business_day, kode_periode, nama_periode
from kkpd.models import Dokumen, DokumenBaris, Dpa, DpaBaris, Opd, Orang, Rekening, Transaksi
from kkpd.queries import pejabat as officers
from kkpd.queries import setelan
from kkpd.queries.rangka import pejabat, rangka


def hari(now: datetime) -> date:
    """The document's own date."""
    return business_day(now)


def naskah(
    session: Session,
    dpt: Dokumen,
    form: Callable[[PencairanInput], Naskah],
    actor: Actor,
    role: Peran,
    now: datetime,
) -> Callable[[str], Naskah]:
    """The form over this DPT, waiting for its number."""
    opd, on = session.get_one(Opd, dpt.opd_id), hari(now)
    periode = (dpt.tahun, dpt.bulan)
    dpa = session.scalars(
        select(Dpa)
        .where(Dpa.opd_id == opd.id, Dpa.tahun == dpt.tahun)
        .order_by(Dpa.urut.desc())
        .limit(1)
    ).one()
    own = session.get_one(Orang, actor.orang_id)
    signs = {role: own}

    def signer(peran: Peran) -> Orang:
        return signs.get(peran) or officers.pejabat(session, opd.id, peran, on) or own

    rows = _rows(session, dpt)

    def made(nomor: str) -> Naskah:
        return form(
            PencairanInput(
                rangka=rangka(session, opd, kode_periode(*periode), nomor, on),
                opd=opd.nama,
                tahun=dpt.tahun,
                dpt=f"DPT KKPD Nomor {dpt.nomor}",
                jumlah_dpt=dpt.total,
                keperluan=f"Pembayaran tagihan KKPD {nama_periode(*periode)}",
                bank=setelan.value(session, "bank_rkud", on) or "Bank Sumut",
                rekening_bank=setelan.value(session, "rekening_bendahara", on, opd.id) or "-",
                npwp=opd.npwp or "-",
                dpa=dpa.nomor,
                tanggal_dpa=dpa.tanggal,
                pa=pejabat(signer(Peran.PA)),
                bendahara=pejabat(signer(Peran.BENDAHARA)),
                pptk=pejabat(signer(Peran.PPTK)),
                ppk=pejabat(signer(Peran.PPK)),
                baris=rows,
                selaku_pa=NAMA_PERAN[role if role is Peran.KPA else Peran.PA],
            )
        )

    return made


def _rows(session: Session, dpt: Dokumen) -> list[PencairanBaris]:
    """One row for each sub kegiatan and account of the DPT, with pagu and what DPTs took before."""
    now_sums = _sums(session, dpt, before=False)
    earlier = _sums(session, dpt, before=True)
    wanted = select(Rekening.kode, Rekening.nama).where(
        Rekening.tahun == dpt.tahun, Rekening.kode.in_({key[1] for key in now_sums})
    )
    names = {row.kode: row.nama for row in session.execute(wanted)}
    return [
        PencairanBaris(
            sub_kegiatan=key[0],
            rekening=key[1],
            uraian=names.get(key[1], key[1]),
            anggaran=_pagu(session, dpt, key),
            sebelumnya=earlier.get(key, NOL),
            nilai=nilai,
        )
        for key, nilai in sorted(now_sums.items())
    ]


def _sums(session: Session, dpt: Dokumen, *, before: bool) -> dict[tuple[str, str], Rupiah]:
    which = Dokumen.id < dpt.id if before else Dokumen.id == dpt.id
    rows = session.execute(
        select(Transaksi.sub_kegiatan, Transaksi.rekening, func.sum(DokumenBaris.nilai))
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(
            Dokumen.opd_id == dpt.opd_id,
            Dokumen.tahun == dpt.tahun,
            Dokumen.jenis == "dpt",
            which,
        )
        .group_by(Transaksi.sub_kegiatan, Transaksi.rekening)
    )
    return {(activity, account): amount for activity, account, amount in rows}


def _pagu(session: Session, dpt: Dokumen, key: tuple[str, str]) -> Rupiah:
    newest = select(func.max(Dpa.id)).where(Dpa.opd_id == dpt.opd_id, Dpa.tahun == dpt.tahun)
    found = session.scalar(
        select(func.sum(DpaBaris.pagu)).where(
            DpaBaris.dpa_id == newest.scalar_subquery(),
            DpaBaris.sub_kegiatan == key[0],
            DpaBaris.rekening == key[1],
        )
    )
    return found or NOL
