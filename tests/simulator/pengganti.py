"""Who stands in: delegations by letter and dates, used in time and tried out of time; the PA joins
the DPTs of the units.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.core.permissions import Assignment, Role
from kkpd.models import Transaksi
from kkpd.organisation import assignments
from tests.simulator import dunia
from tests.simulator.langkah import Harapan, Konteks, WorkStep
from tests.simulator.rantai import LULUS

_DURATION: Final = timedelta(days=9)


def limpahkan(k: Konteks) -> WorkStep | None:
    """PA or KPA lets somebody stand in for ten days, by letter."""
    office = k.kantor
    if office.pelimpahan is not None and k.day <= office.pelimpahan[1]:
        return None
    giver, now = office.orang["penguji"], k.now
    granters = k.worlds.admin, k.worlds.second
    data = assignments.AssignmentData(
        orang_id=office.orang["wakil"].orang_id,
        peran=_peran(k).value,
        opd_id=office.id,
        mulai=k.day,
        sampai=k.day + _DURATION,
        dasar=f"Surat pelimpahan {office.urut()}",
        tanggal_dasar=k.day,
        alasan_mundur="Surat dicatat pada malam harinya",
        atas_nama_id=giver.orang_id,
    )
    days = (data.mulai, k.day + _DURATION)
    return WorkStep(
        "limpahkan",
        lambda s: dunia.grant(s, granters, data, now),
        sesudah=lambda: setattr(office, "pelimpahan", days),
    )


def _peran(k: Konteks) -> Role:
    return Role.PA if k.kantor.parent is None else Role.KPA


def wakil_menguji(k: Konteks) -> WorkStep | None:
    """Who stands in decides a line: on the letter's days only, and never one recorded by him."""
    row = k.one_item(Transaksi.status == "diperiksa")
    if row is None:
        return None
    who = dunia.pada_hari(k.session, k.kantor.orang["wakil"], k.day)
    days = k.kantor.pelimpahan
    in_time = days is not None and days[0] <= k.day <= days[1]
    own = row.perekam_id == who.orang_id
    expected: Harapan = "boleh" if in_time and not own else "tolak"
    command, now = approval_decide.SixTestsDecision(row.id, row.versi, LULUS, "setuju"), k.now
    name = "wakil_menguji" if expected == "boleh" else "wakil_terlarang"
    return WorkStep(name, lambda s: approval_decide.decide(s, who, command, now), harapan=expected)


def gabungkan(k: Konteks) -> WorkStep | None:
    """The PA joins the DPTs of a month that his units issued; the KPA may not."""
    parent = k.kantor.parent
    month = k.periode("dpt")
    if parent is None or month is None:
        return None
    if not dpt.not_yet_joined(k.session, parent.id, month):
        return None
    who, now, office = k.kantor.orang["pa"], k.now, k.penerbit
    if k.rng.random() < 0.2:
        kpa = k.kantor.orang["kpa"]
        who = replace(kpa, assignment=(*kpa.assignment, Assignment(Role.PPTK, parent.id)))
        return WorkStep(
            "gabungkan_kpa",
            lambda s: dpt.issue_joint_dpt(s, who, parent.id, month, office, now),
            harapan="tolak",
        )
    return WorkStep(
        "gabungkan",
        lambda s: dpt.issue_joint_dpt(s, who, parent.id, month, office, now),
        twins=True,
    )
