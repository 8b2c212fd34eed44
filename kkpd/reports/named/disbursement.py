"""NPD, SPP-GU, SPTB and SPM-GU over the DPTs of a span of months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kkpd.engines.paper import FrozenDocument as Document
from kkpd.models import Dokumen
from kkpd.payment import basis as payment_basis
from kkpd.payment import payment_facts
from kkpd.payment.forms.payment_facts import PaymentInput
from kkpd.records.report_request import ReportInputs
from kkpd.reports.named.chain import issued_dpts


def from_dpts(form: Callable[[PaymentInput], Document]) -> Callable[[ReportInputs], Document]:
    """The maker of this paper from the DPTs of the months."""

    def susun(inputs: ReportInputs) -> Document:
        return form(masukan(inputs, _dpts(inputs)))

    return susun


def spp_sheet(form: Callable[[PaymentInput], Document]) -> Callable[[ReportInputs], Document]:
    """The maker of a sheet of the SPP: once the SPP is issued, the sheet carries its number."""

    def susun(inputs: ReportInputs) -> Document:
        dpts = _dpts(inputs)
        number = "; ".join(spp.nomor for spp in payment_basis.spp(inputs.session, dpts))
        data = masukan(inputs, dpts)
        return form(replace(data, paper_frame=replace(data.paper_frame, nomor=number)))

    return susun


def _dpts(inputs: ReportInputs) -> Sequence[Dokumen]:
    found = issued_dpts(inputs)
    if not found:
        raise inputs.kosong("DPT")
    return found


def masukan(inputs: ReportInputs, dpts: Sequence[Dokumen]) -> PaymentInput:
    """The facts of the payment of these DPTs, which are of one year."""
    opd, pa = inputs.coverage.opd, inputs.signed_by[0]
    assert opd is not None, "these papers are of one OPD"
    return payment_facts.masukan(
        inputs.session, opd, dpts, inputs.paper_frame, inputs.span.nama, inputs.officer, pa.selaku
    )
