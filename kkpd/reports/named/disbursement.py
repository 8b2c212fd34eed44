"""NPD, SPP-GU, SPTB and SPM-GU over the DPTs of a span of months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kkpd.engines.paper import Dokumen as Naskah
from kkpd.models import Dokumen
from kkpd.payment import basis as payment_basis
from kkpd.payment import payment_facts
from kkpd.payment.forms.payment_facts import PencairanInput
from kkpd.records.report_request import Bahan
from kkpd.reports.named.chain import dpt_terbit


def dari_dpt(form: Callable[[PencairanInput], Naskah]) -> Callable[[Bahan], Naskah]:
    """The maker of this paper from the DPTs of the months."""

    def susun(bahan: Bahan) -> Naskah:
        return form(masukan(bahan, _dpts(bahan)))

    return susun


def lembar_spp(form: Callable[[PencairanInput], Naskah]) -> Callable[[Bahan], Naskah]:
    """The maker of a sheet of the SPP: once the SPP is issued, the sheet carries its number."""

    def susun(bahan: Bahan) -> Naskah:
        dpts = _dpts(bahan)
        number = "; ".join(spp.nomor for spp in payment_basis.spp(bahan.session, dpts))
        data = masukan(bahan, dpts)
        return form(replace(data, rangka=replace(data.rangka, nomor=number)))

    return susun


def _dpts(bahan: Bahan) -> Sequence[Dokumen]:
    found = dpt_terbit(bahan)
    if not found:
        raise bahan.kosong("DPT")
    return found


def masukan(bahan: Bahan, dpts: Sequence[Dokumen]) -> PencairanInput:
    """The facts of the payment of these DPTs, which are of one year."""
    opd, pa = bahan.lingkup.opd, bahan.penanda[0]
    assert opd is not None, "these papers are of one OPD"
    return payment_facts.masukan(
        bahan.session, opd, dpts, bahan.rangka, bahan.rentang.nama, bahan.pejabat, pa.selaku
    )
