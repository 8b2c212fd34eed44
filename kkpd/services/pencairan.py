"""What NPD, SPP-GU and SPM-GU say of a DPT: budget, used before, this time, signers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.documents.pencairan import PencairanInput
from kkpd.domain.errors import DomainError
from kkpd.domain.peran import NAMA_PERAN, Actor, Peran
from kkpd.domain.waktu import business_day, kode_periode, nama_periode
from kkpd.models import Dokumen, Dpa, Opd, Orang
from kkpd.queries import beban, dasar_bayar, setelan
from kkpd.queries import pejabat as officers
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
    dpa = _dpa(session, opd.id, dpt.tahun)
    own = session.get_one(Orang, actor.orang_id)
    signs = {role: own}

    def signer(peran: Peran) -> Orang:
        return signs.get(peran) or officers.pejabat(session, opd.id, peran, on) or own

    rows = beban.baris_pencairan(session, [dpt])
    spd = dasar_bayar.spd(session, [opd.id], dpt.tahun, on)
    sp2d = dasar_bayar.sp2d_lalu(session, [opd.id], dpt.tahun, dpt.id)
    names = dasar_bayar.nama_sub_kegiatan(session, dpt.tahun, [row.sub_kegiatan for row in rows])

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
                spd=spd,
                sp2d=sp2d,
                nama_sub=names,
                selaku_pa=NAMA_PERAN[role if role is Peran.KPA else Peran.PA],
            )
        )

    return made


def _dpa(session: Session, opd_id: int, tahun: int) -> Dpa:
    """The OPD's newest DPA of the year; DomainError where none is loaded."""
    newest = select(Dpa).where(Dpa.opd_id == opd_id, Dpa.tahun == tahun)
    found = session.scalars(newest.order_by(Dpa.urut.desc()).limit(1)).one_or_none()
    if found is None:
        raise DomainError(
            f"DPA {tahun} milik OPD ini belum dimuat; nomor dan tanggalnya tertulis pada surat "
            "pembayaran. Muat DPA-nya dahulu (kkpd load dpa)."
        )
    return found
