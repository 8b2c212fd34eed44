"""Who stands in: delegations by letter and dates, used in time and tried out of time; the PA joins
the DPTs of the units.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from kkpd.approval import decide as approval_decide
from kkpd.approval import joint_dpt, unit_dpts
from kkpd.core.permissions import Peran, Tugas
from kkpd.models import Transaksi
from kkpd.organisation import assignments, organisation
from tests.simulator import dunia
from tests.simulator.langkah import Harapan, Konteks, Langkah
from tests.simulator.rantai import LULUS

_LAMA: Final = timedelta(days=9)


def limpahkan(k: Konteks) -> Langkah | None:
    """PA or KPA lets somebody stand in for ten days, by letter."""
    office = k.kantor
    if office.pelimpahan is not None and k.hari <= office.pelimpahan[1]:
        return None
    giver, admin, now = office.orang["penguji"], k.dunia.admin, k.now
    data = assignments.DataPenugasan(
        orang_id=office.orang["rangkap"].orang_id,
        peran=_peran(k).value,
        opd_id=office.id,
        mulai=k.hari,
        sampai=k.hari + _LAMA,
        dasar=f"Surat pelimpahan {office.urut()}",
        atas_nama_id=giver.orang_id,
    )
    days = (data.mulai, k.hari + _LAMA)
    return Langkah(
        "limpahkan",
        lambda s: organisation.tugaskan(s, admin, data, now),
        sesudah=lambda: setattr(office, "pelimpahan", days),
    )


def _peran(k: Konteks) -> Peran:
    return Peran.PA if k.kantor.induk is None else Peran.KPA


def wakil_menguji(k: Konteks) -> Langkah | None:
    """Who stands in decides a line: on the letter's days only, and never one recorded by him."""
    row = k.satu(Transaksi.status == "diperiksa")
    if row is None:
        return None
    who = dunia.pada_hari(k.session, k.kantor.orang["rangkap"], k.hari)
    days = k.kantor.pelimpahan
    in_time = days is not None and days[0] <= k.hari <= days[1]
    own = row.perekam_id == who.orang_id
    expected: Harapan = "boleh" if in_time and not own else "tolak"
    command, now = approval_decide.PutusanUji(row.id, row.versi, LULUS, "setuju"), k.now
    name = "wakil_menguji" if expected == "boleh" else "wakil_terlarang"
    return Langkah(name, lambda s: approval_decide.putuskan(s, who, command, now), harapan=expected)


def gabungkan(k: Konteks) -> Langkah | None:
    """The PA joins the DPTs of a month that his units issued; the KPA may not."""
    parent = k.kantor.induk
    month = k.periode("dpt")
    if parent is None or month is None:
        return None
    if not unit_dpts.belum_digabung(k.session, parent.id, month):
        return None
    who, now, office = k.kantor.orang["pa"], k.now, k.penerbit
    if k.rng.random() < 0.2:
        kpa = k.kantor.orang["kpa"]
        who = replace(kpa, tugas=(*kpa.tugas, Tugas(Peran.PPTK, parent.id)))
        return Langkah(
            "gabungkan_kpa",
            lambda s: joint_dpt.terbit(s, who, parent.id, month, office, now),
            harapan="tolak",
        )
    return Langkah(
        "gabungkan",
        lambda s: joint_dpt.terbit(s, who, parent.id, month, office, now),
        kembar=True,
    )
