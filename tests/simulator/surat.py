"""What the simulated papers need to be valid: letterhead, account, SPD."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor
from kkpd.organisation import organisation
from kkpd.pagu import fund_plan
from kkpd.pagu.budget.rows import BudgetHead, FundPlanLine


def isi(session: Session, admin: Actor, now: datetime) -> None:
    """What every paper names besides its OPD."""
    said = {
        "nama_pemerintah": "Kabupaten Simulasi",
        "bank_rkud": "Bank Sumut",
        "rekening_bendahara": "000-1",
        "perangkat_bud": "Badan Keuangan",
        "alamat_bud": "Jalan Simulasi 2",
    }
    for kunci, nilai in said.items():
        data = organisation.SettingData(
            kunci=kunci, nilai=nilai, mulai=now.date(), dasar_hukum="Keputusan simulasi"
        )
        organisation.decide_setting(session, admin, data, now)


def spd(
    session: Session,
    admin: Actor,
    kantor: tuple[int, str, int],
    baris: Sequence[tuple[str, str, int]],
    now: datetime,
) -> None:
    """The SPD of an OPD (key, slug) and year over these (sub kegiatan, account, rupiah)."""
    opd_id, slug, tahun = kantor
    lines = [
        FundPlanLine(number, BudgetHead(), activity, account, 1, Rupiah.of(amount))
        for number, (activity, account, amount) in enumerate(baris, 2)
    ]
    head = fund_plan.PlanHead(opd_id, tahun, "spd", f"SPD/{slug}/{tahun}", now.date())
    fund_plan.load_data(session, admin, head, lines, now)
