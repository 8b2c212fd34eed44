"""From rows of the books to the frozen forms of kkpd.md 1.10, ready to be numbered and issued."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from kkpd.approval.forms.dpr import DprBaris, DprInput, JenisDpr
from kkpd.approval.forms.dpr import dpr as form_dpr
from kkpd.approval.forms.dpt import DptBaris, DptInput
from kkpd.approval.forms.dpt import dpt as form_dpt
from kkpd.approval.forms.refusal import PenolakanBaris, PenolakanInput
from kkpd.approval.forms.refusal import penolakan as form_penolakan
from kkpd.approval.reads import jenis_dpr
from kkpd.belanja import detail as belanja_detail
from kkpd.core.moments import business_day, kode_periode, nama_periode
from kkpd.core.money import Rupiah, total
from kkpd.core.permissions import NAMA_PERAN, Actor, Peran
from kkpd.engines.paper import Dokumen
from kkpd.ledger.bill_chain import Ready, bill_sums
from kkpd.models import Kartu, Opd, Orang, Transaksi
from kkpd.records.form_header import pejabat, rangka
from kkpd.records.issue import Rencana

_FORM_DPR: Final[dict[str, JenisDpr]] = {
    "perjalanan": "perjalanan_dinas",
    "modal": "belanja_modal",
    "barang_jasa": "barang_jasa",
}
_JENIS_BELANJA: Final = {
    "perjalanan": "Perjalanan Dinas",
    "modal": "Belanja Modal",
    "barang_jasa": "Belanja Barang dan Jasa",
}


def dpr(
    session: Session,
    actor: Actor,
    kartu_id: int,
    jenis: str,
    lines: Sequence[Transaksi],
    now: datetime,
) -> Rencana:
    """The DPR of one card and kind over these lines of one month, signed by the acting PPTK."""
    kartu = session.get_one(Kartu, kartu_id)
    opd = session.get_one(Opd, kartu.opd_id)
    on, periode = business_day(now), (lines[0].tahun, lines[0].bulan)
    rows = [
        DprBaris(
            uraian=f"{line.uraian} ({line.merchant})",
            jenis_belanja=_JENIS_BELANJA[jenis],
            sub_kegiatan=line.sub_kegiatan,
            rekening=line.rekening,
            ada_bukti=bool(belanja_detail.bukti(session, line.id)),
            jumlah=line.nilai,
        )
        for line in lines
    ]
    holder = pejabat(session.get_one(Orang, kartu.pemegang_id))
    signer = pejabat(session.get_one(Orang, actor.orang_id))

    def naskah(nomor: str) -> Dokumen:
        return form_dpr(
            DprInput(
                rangka=rangka(session, opd, kode_periode(*periode), nomor, on),
                jenis=_FORM_DPR[jenis],
                pemegang=holder,
                opd=opd.nama,
                kartu=kartu.nomor_akhir,
                baris=rows,
                pptk=signer,
            )
        )

    return _plan("dpr", opd, periode, on, [(line, line.nilai) for line in lines], naskah, kartu.id)


def dpt(
    session: Session,
    actor: Actor,
    role: Peran,
    opd_id: int,
    found: Ready,
    approved: Sequence[tuple[Transaksi, Rupiah]],
    now: datetime,
) -> Rencana:
    """The DPT of a bill over what was approved of it, signed by the acting PA or KPA."""
    periode, sums = found.bill.month, bill_sums(found)
    opd, on = session.get_one(Opd, opd_id), business_day(now)
    rows = [_dpt_row(session, line, amount) for line, amount in approved]
    signer = pejabat(session.get_one(Orang, actor.orang_id))
    bank = session.get_one(Kartu, approved[0][0].kartu_id).bank

    def naskah(nomor: str) -> Dokumen:
        return form_dpt(
            DptInput(
                rangka=rangka(session, opd, kode_periode(*periode), nomor, on),
                bank=bank,
                baris=rows,
                penanda_tangan=signer,
                selaku=NAMA_PERAN[role],
                keterangan=[
                    ("Tagihan", found.name),
                    ("Bulan pembukuan", nama_periode(*periode)),
                ],
                hitungan=sums,
            )
        )

    plan = _plan("dpt", opd, periode, on, approved, naskah)
    return replace(plan, tagihan_id=found.bill_id)


def penolakan(
    session: Session,
    actor: Actor,
    role: Peran,
    periode: tuple[int, int],
    refused: Sequence[tuple[Transaksi, Rupiah, str]],
    now: datetime,
) -> Rencana:
    """The refusal notice to one proxy user of one card (Pasal 5 huruf i)."""
    first, on = refused[0][0], business_day(now)
    opd = session.get_one(Opd, first.opd_id)
    kartu = session.get_one(Kartu, first.kartu_id)
    to = pejabat(session.get_one(Orang, first.pemakai_id))
    holder = pejabat(session.get_one(Orang, first.pemegang_id))
    signer = pejabat(session.get_one(Orang, actor.orang_id))
    rows = [
        PenolakanBaris(line.tanggal, line.merchant, line.uraian, reason, amount)
        for line, amount, reason in refused
    ]

    def naskah(nomor: str) -> Dokumen:
        return form_penolakan(
            PenolakanInput(
                rangka=rangka(session, opd, kode_periode(*periode), nomor, on),
                kepada=to,
                pemegang=holder,
                kartu=kartu.nomor_akhir,
                tagihan=f"{kartu.bank}, {nama_periode(*periode)}",
                baris=rows,
                penanda_tangan=signer,
                selaku=NAMA_PERAN[role],
            )
        )

    lines = [(line, amount) for line, amount, _ in refused]
    return _plan("penolakan", opd, periode, on, lines, naskah, kartu.id)


def _plan(
    jenis: str,
    opd: Opd,
    periode: tuple[int, int],
    on: date,
    lines: Sequence[tuple[Transaksi, Rupiah]],
    naskah: Callable[[str], Dokumen],
    kartu_id: int | None = None,
) -> Rencana:
    return Rencana(
        jenis=jenis,
        opd_id=opd.id,
        tahun=periode[0],
        bulan=periode[1],
        tanggal=on,
        total=total(amount for _, amount in lines),
        baris=tuple((line.id, amount) for line, amount in lines),
        naskah=naskah,
        kartu_id=kartu_id,
    )


def _dpt_row(session: Session, line: Transaksi, amount: Rupiah) -> DptBaris:
    kartu = session.get_one(Kartu, line.kartu_id)
    return DptBaris(
        nama=session.get_one(Orang, line.pemegang_id).nama,
        kartu=kartu.nomor_akhir,
        jenis_belanja=_JENIS_BELANJA[jenis_dpr(kartu.jenis, line.kelas)],
        rincian=f"{line.uraian} ({line.merchant})",
        sub_kegiatan=line.sub_kegiatan,
        rekening=line.rekening,
        jumlah=amount,
    )
