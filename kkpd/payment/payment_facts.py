"""The facts of a payment over DPTs, as drafts and issued papers both say them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.money import total
from kkpd.core.permissions import Peran
from kkpd.engines.paper import Orang
from kkpd.engines.paper.form_frame import Rangka
from kkpd.models import Dokumen, Dpa, Opd
from kkpd.payment import basis as payment_basis
from kkpd.payment import charges
from kkpd.payment.forms.payment_facts import PencairanInput
from kkpd.records import settings as records_settings

#: More numbers than these would not be read: their count stands for them.
_SEBUT = 4


def masukan(
    session: Session,
    opd: Opd,
    dpts: Sequence[Dokumen],
    rangka: Rangka,
    waktu: str,
    pejabat: Callable[[Peran], Orang],
    selaku_pa: str,
) -> PencairanInput:
    """The payment of these DPTs of one year, of the OPD and its units; `waktu` names the months.

    `pejabat` gives who holds an office. DomainError where nothing is left to be paid.
    """
    on, tahun = rangka.tanggal, dpts[0].tahun
    ids = sorted({dpt.opd_id or 0 for dpt in dpts})
    nomor, tanggal = _dpa(session, ids, tahun)
    rows = charges.baris_pencairan(session, dpts)
    return PencairanInput(
        rangka=rangka,
        opd=opd.nama,
        tahun=tahun,
        dpt=_nama_dpt(dpts),
        jumlah_dpt=total(dpt.total for dpt in dpts),
        keperluan=f"Pembayaran tagihan KKPD {waktu}",
        bank=records_settings.value(session, "bank_rkud", on, opd.id) or "",
        rekening_bank=records_settings.value(session, "rekening_bendahara", on, opd.id) or "",
        npwp=opd.npwp or "",
        dpa=nomor,
        tanggal_dpa=tanggal,
        pa=pejabat(Peran.PA),
        pptk=pejabat(Peran.PPTK),
        bendahara=pejabat(Peran.BENDAHARA),
        ppk=pejabat(Peran.PPK),
        baris=rows,
        spd=payment_basis.spd(session, ids, tahun, on),
        sp2d=payment_basis.sp2d_lalu(session, ids, tahun, min(dpt.id for dpt in dpts)),
        spp=payment_basis.spp(session, dpts),
        potongan=payment_basis.potongan(session, dpts),
        tagihan=payment_basis.tagihan(session, dpts),
        selaku_pa=selaku_pa,
        nama_sub=payment_basis.nama_sub_kegiatan(session, tahun, [r.sub_kegiatan for r in rows]),
    )


def _nama_dpt(dpts: Sequence[Dokumen]) -> str:
    if len(dpts) > _SEBUT:
        return f"{len(dpts)} DPT KKPD"
    return f"DPT KKPD Nomor {', '.join(dpt.nomor for dpt in dpts)}"


def _dpa(session: Session, opd_ids: Sequence[int], tahun: int) -> tuple[str, date | None]:
    """Number and date of the newest DPA; of several SKPDs no single number can be named."""
    row = session.execute(
        select(Dpa.nomor, Dpa.tanggal)
        .where(Dpa.opd_id.in_(opd_ids), Dpa.tahun == tahun)
        .order_by(Dpa.urut.desc(), Dpa.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return "", None
    return ("masing-masing SKPD" if len(opd_ids) > 1 else row.nomor), row.tanggal
