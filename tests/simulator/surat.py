"""What the simulated papers need to be valid: letterhead, account, SPD."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.domain.anggaran import BarisRencana, Kepala
from kkpd.domain.money import Rupiah
from kkpd.domain.peran import Actor
from kkpd.services import organisasi, rencana_dana


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
        data = organisasi.DataSetelan(
            kunci=kunci, nilai=nilai, mulai=now.date(), dasar_hukum="Keputusan simulasi"
        )
        organisasi.tetapkan_setelan(session, admin, data, now)


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
        BarisRencana(number, Kepala(), activity, account, 1, Rupiah.of(amount))
        for number, (activity, account, amount) in enumerate(baris, 2)
    ]
    head = rencana_dana.KepalaRencana(opd_id, tahun, "spd", f"SPD/{slug}/{tahun}", now.date())
    rencana_dana.muat(session, admin, head, lines, now)
