"""The facts of a payment for DPTs, the same for drafts and issued papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import total
from kkpd.core.permissions import Role
from kkpd.engines.paper import Person
from kkpd.engines.paper.form_frame import Frame
from kkpd.models import Dokumen, Dpa, Opd
from kkpd.payment import basis as payment_basis
from kkpd.payment import charges
from kkpd.payment.forms.payment_facts import PaymentInput
from kkpd.records import settings as records_settings

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
    rows = charges.payment_rows(session, dpts)
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
        spd=payment_basis.spd(session, ids, tahun, on),
        sp2d=payment_basis.earlier_sp2ds(session, ids, tahun, min(dpt.id for dpt in dpts)),
        spp=payment_basis.spp(session, dpts),
        cuts=payment_basis.cuts(session, dpts),
        tagihan=payment_basis.tagihan(session, dpts),
        pa_capacity=pa_capacity,
        sub_name=payment_basis.sub_kegiatan_name(session, tahun, [r.sub_kegiatan for r in rows]),
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
