"""The facts of a payment for DPTs, the same for drafts and issued papers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from kkpd.core import moments
from kkpd.core.moments import business_day, period_code, period_name
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import ROLE_NAMES, Actor, Role
from kkpd.engines.paper import Person
from kkpd.engines.paper.forms import Frame
from kkpd.ledger import active
from kkpd.ledger.active import bill_exists
from kkpd.models import (
    BarisBank,
    Cocok,
    Dokumen,
    DokumenBaris,
    Dpa,
    DpaBaris,
    Opd,
    Orang,
    Pencairan,
    Rekening,
    RencanaDana,
    RencanaDanaBaris,
    SubKegiatan,
    Tagihan,
    Transaksi,
)
from kkpd.payment.forms.payment_facts import Basis, Deduction, PaymentInput, PaymentRow
from kkpd.records import settings as records_settings
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.office_holders import officer

_PPN: Final = "PPN"
_PPH: Final = {
    "pph21": "PPh Pasal 21",
    "pph22": "PPh Pasal 22",
    "pph23": "PPh Pasal 23",
    "pph4_2": "PPh Pasal 4 ayat (2)",
}


def spd(session: Session, opd_ids: Collection[int], tahun: int, sampai: date) -> list[Basis]:
    """The SPDs of the year up to this day, oldest first; SPDs add up."""
    rows = session.execute(
        select(RencanaDana.nomor, RencanaDana.tanggal, func.sum(RencanaDanaBaris.nilai))
        .join(RencanaDanaBaris, RencanaDanaBaris.rencana_id == RencanaDana.id)
        .where(
            RencanaDana.opd_id.in_(opd_ids),
            RencanaDana.tahun == tahun,
            RencanaDana.jenis == "spd",
            RencanaDana.tanggal <= sampai,
        )
        .group_by(RencanaDana.id, RencanaDana.nomor, RencanaDana.tanggal)
        .order_by(RencanaDana.tanggal, RencanaDana.id)
    )
    return [Basis(number, day, amount) for number, day, amount in rows]


def earlier_sp2ds(
    session: Session, opd_ids: Collection[int], tahun: int, before_dpt: int
) -> list[Basis]:
    """The SP2Ds of the year over DPTs issued before this one."""
    rows = session.scalars(
        select(Pencairan)
        .where(
            Pencairan.opd_id.in_(opd_ids),
            Pencairan.tahun == tahun,
            Pencairan.langkah == "sp2d",
            active.holds(Pencairan),
            Pencairan.dpt_id < before_dpt,
        )
        .order_by(Pencairan.tanggal, Pencairan.id)
    )
    return [Basis(row.nomor, row.tanggal, row.nilai) for row in rows]


def spp(session: Session, dpts: Sequence[Dokumen]) -> list[Basis]:
    """The valid SPPs of these DPTs, oldest first."""
    rows = session.scalars(
        select(Dokumen)
        .join(DokumenBaris, DokumenBaris.dokumen_id == Dokumen.id)
        .where(
            Dokumen.jenis == "spp",
            active.holds(Dokumen),
            DokumenBaris.transaksi_id.in_(_carried(dpts)),
        )
        .distinct()
        .order_by(Dokumen.id)
    )
    return [Basis(row.nomor, row.tanggal, row.total) for row in rows]


def cuts(session: Session, dpts: Sequence[Dokumen]) -> list[Deduction]:
    """PPN and PPh that the treasurer collects on these lines; negative for refunds."""
    rows = session.scalars(
        select(Transaksi).where(Transaksi.id.in_(_carried(dpts)), Transaksi.pemungut == "bendahara")
    )
    found: dict[str, Rupiah] = defaultdict(lambda: ZERO)
    for line in rows:
        sign = -1 if line.nilai < ZERO else 1
        found[_PPN] += line.ppn * sign
        if line.pph_jenis:
            found[_PPH[line.pph_jenis]] += line.pph * sign
    return [Deduction(name, found[name]) for name in (_PPN, *_PPH.values()) if found[name]]


def tagihan(session: Session, dpts: Sequence[Dokumen]) -> str:
    """The bill that each DPT pays, by its date; for a DPT that names none, the bills of its lines.
    Empty if unknown.
    """
    named = [dpt.tagihan_id for dpt in dpts if dpt.tagihan_id is not None]
    asked = (
        select(BarisBank.tagihan_id)
        .join(Cocok, Cocok.baris_bank_id == BarisBank.id)
        .where(
            Cocok.transaksi_id.in_(_carried([dpt for dpt in dpts if dpt.tagihan_id is None])),
            Cocok.dicabut_at.is_(None),
        )
    )
    rows = session.execute(
        select(Tagihan.tanggal, Tagihan.tahun, Tagihan.bulan, Tagihan.jatuh_tempo)
        .where(
            or_(Tagihan.id.in_(named), Tagihan.id.in_(asked)),
            Tagihan.jenis == "final",
            bill_exists(),
        )
        .order_by(Tagihan.tahun, Tagihan.bulan, Tagihan.tanggal, Tagihan.id)
    )
    return "; ".join(_bill_name(*row) for row in rows)


def _bill_name(day: date | None, tahun: int, bulan: int, due: date | None) -> str:
    named = moments.long(day) if day else period_name(tahun, bulan)
    until = f", jatuh tempo {moments.long(due)}" if due else ""
    return f"Tagihan bank {named}{until}"


def _carried(dpts: Sequence[Dokumen]) -> Select[int]:
    ids = [dpt.id for dpt in dpts]
    return select(DokumenBaris.transaksi_id).where(DokumenBaris.dokumen_id.in_(ids))


def sub_kegiatan_name(session: Session, tahun: int, codes: Iterable[str]) -> dict[str, str]:
    """The names of these sub kegiatan in the year's table."""
    rows = session.execute(
        select(SubKegiatan.kode, SubKegiatan.nama).where(
            SubKegiatan.tahun == tahun, SubKegiatan.kode.in_(sorted(set(codes)))
        )
    )
    return {row.kode: row.nama for row in rows}


#: (opd_id, sub kegiatan, account)
Key = tuple[int, str, str]


def payment_rows(session: Session, dpts: Sequence[Dokumen]) -> list[PaymentRow]:
    """One row for each sub kegiatan and account of these DPTs of one year, in their order.

    Charges of earlier DPTs of the same OPD are given beside the budget.
    """
    if not dpts:
        return []
    tahun, mine = dpts[0].tahun, {dpt.id for dpt in dpts}
    first: dict[int, int] = {}
    for dpt in dpts:
        first[dpt.opd_id or 0] = min(dpt.id, first.get(dpt.opd_id or 0, dpt.id))
    this: dict[Key, Rupiah] = defaultdict(lambda: ZERO)
    earlier: dict[Key, Rupiah] = defaultdict(lambda: ZERO)
    for opd_id, dokumen_id, activity, account, amount in _charged(session, first, tahun):
        if dokumen_id in mine:
            this[opd_id, activity, account] += amount
        elif dokumen_id < first[opd_id]:
            earlier[opd_id, activity, account] += amount
    budget, names = pagu(session, first, tahun), nama_rekening(session, tahun, this)
    return [
        PaymentRow(
            sub_kegiatan=key[1],
            rekening=key[2],
            uraian=names.get(key[2], key[2]),
            anggaran=budget.get(key, ZERO),
            sebelumnya=earlier[key],
            nilai=nilai,
        )
        for key, nilai in sorted(this.items())
    ]


def _charged(
    session: Session, opd_ids: Iterable[int], tahun: int
) -> list[tuple[int, int, str, str, Rupiah]]:
    rows = session.execute(
        select(
            Transaksi.opd_id,
            Dokumen.id,
            Transaksi.sub_kegiatan,
            Transaksi.rekening,
            func.sum(DokumenBaris.nilai),
        )
        .join(DokumenBaris, DokumenBaris.transaksi_id == Transaksi.id)
        .join(Dokumen, Dokumen.id == DokumenBaris.dokumen_id)
        .where(Dokumen.opd_id.in_(opd_ids), Dokumen.tahun == tahun, Dokumen.jenis == "dpt")
        .where(active.holds(Dokumen))
        .group_by(Transaksi.opd_id, Dokumen.id, Transaksi.sub_kegiatan, Transaksi.rekening)
    )
    return [(o, d, activity, account, amount) for o, d, activity, account, amount in rows]


def pagu(session: Session, opd_ids: Iterable[int], tahun: int) -> dict[Key, Rupiah]:
    """The newest DPA of each OPD by sub kegiatan and account, fund sources added up."""
    newest = (
        select(func.max(Dpa.id))
        .where(Dpa.opd_id.in_(opd_ids), Dpa.tahun == tahun)
        .group_by(Dpa.opd_id)
    )
    rows = session.execute(
        select(DpaBaris.opd_id, DpaBaris.sub_kegiatan, DpaBaris.rekening, func.sum(DpaBaris.pagu))
        .where(DpaBaris.dpa_id.in_(newest))
        .group_by(DpaBaris.opd_id, DpaBaris.sub_kegiatan, DpaBaris.rekening)
    )
    return {(opd_id, activity, account): amount for opd_id, activity, account, amount in rows}


def nama_rekening(session: Session, tahun: int, keys: Iterable[Key]) -> dict[str, str]:
    """The official names of these accounts."""
    codes = sorted({account for _, _, account in keys})
    wanted = select(Rekening.kode, Rekening.nama).where(Rekening.tahun == tahun)
    rows = session.execute(wanted.where(Rekening.kode.in_(codes)))
    return {row.kode: row.nama for row in rows}


#: If there are more numbers than these, their count is printed instead.
_NAME_AT_MOST = 4


def masukan(
    session: Session,
    opd: Opd,
    dpts: Sequence[Dokumen],
    paper_frame: Frame,
    when: str,
    officer: Callable[[Role], Person],
    pa_capacity: str,
) -> PaymentInput:
    """The payment of these DPTs of one year, of the OPD and its units; `when` names the months.

    `officer` returns the holder of an office. DomainError where nothing is to be paid.
    """
    on, tahun = paper_frame.tanggal, dpts[0].tahun
    ids = sorted({dpt.opd_id or 0 for dpt in dpts})
    nomor, tanggal = _dpa(session, ids, tahun)
    rows = payment_rows(session, dpts)
    return PaymentInput(
        paper_frame=paper_frame,
        opd=opd.nama,
        tahun=tahun,
        dpt=_dpt_name(dpts),
        dpt_total=total(dpt.total for dpt in dpts),
        keperluan=f"Pembayaran tagihan KKPD {when}",
        bank=records_settings.value(session, "bank_rkud", on, opd.id) or "",
        rekening_bank=records_settings.value(session, "rekening_bendahara", on, opd.id) or "",
        npwp=opd.npwp or "",
        dpa=nomor,
        dpa_date=tanggal,
        pa=officer(Role.PA),
        pptk=officer(Role.PPTK),
        bendahara=officer(Role.BENDAHARA),
        ppk=officer(Role.PPK),
        baris=rows,
        spd=spd(session, ids, tahun, on),
        sp2d=earlier_sp2ds(session, ids, tahun, min(dpt.id for dpt in dpts)),
        spp=spp(session, dpts),
        cuts=cuts(session, dpts),
        tagihan=tagihan(session, dpts),
        pa_capacity=pa_capacity,
        sub_name=sub_kegiatan_name(session, tahun, [r.sub_kegiatan for r in rows]),
    )


def _dpt_name(dpts: Sequence[Dokumen]) -> str:
    if len(dpts) > _NAME_AT_MOST:
        return f"{len(dpts)} DPT KKPD"
    return f"DPT KKPD Nomor {', '.join(dpt.nomor for dpt in dpts)}"


def _dpa(session: Session, opd_ids: Sequence[int], tahun: int) -> tuple[str, date | None]:
    """Number and date of the newest DPA; for several SKPDs there is no single number."""
    row = session.execute(
        select(Dpa.nomor, Dpa.tanggal)
        .where(Dpa.opd_id.in_(opd_ids), Dpa.tahun == tahun)
        .order_by(Dpa.urut.desc(), Dpa.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return "", None
    return ("masing-masing SKPD" if len(opd_ids) > 1 else row.nomor), row.tanggal


def of_dpt(session: Session, dpt: Dokumen, actor: Actor, role: Role, now: datetime) -> PaymentInput:
    """The facts of the payment of this DPT; the actor and the officers sign in their roles."""
    opd, on = session.get_one(Opd, dpt.opd_id), business_day(now)
    own = session.get_one(Orang, actor.orang_id)
    acting = {role, Role.PA} if role is Role.KPA else {role}

    def signer(peran: Role) -> Person:
        found = own if peran in acting else officer(session, opd.id, peran, on)
        return Person("") if found is None else as_printed(found)

    return masukan(
        session,
        opd,
        [dpt],
        paper_frame(session, opd, period_code(dpt.tahun, dpt.bulan), "", on),
        period_name(dpt.tahun, dpt.bulan),
        signer,
        ROLE_NAMES[role if role is Role.KPA else Role.PA],
    )
