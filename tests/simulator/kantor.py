"""The office around the purchases: budget shifts, UP decisions, cards, months and years closing."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kkpd.models import Kartu
from kkpd.organisation import cards
from kkpd.reconciliation import periods
from kkpd.year import open_year
from tests.simulator import dunia
from tests.simulator.langkah import Konteks, WorkStep


def shift(k: Konteks) -> WorkStep | None:
    """A budget shift: one line gives, another takes; below what is used it may be refused."""
    year = k.day.year
    if year not in k.kantor.tahun_dibuka:
        return None
    giver, taker = k.rng.sample(sorted(k.kantor.pagu), 2)
    amount = min(k.kantor.pagu[giver], k.rng.randint(1, 40) * 500_000)
    before, admin, now = dict(k.kantor.pagu), k.worlds.admin, k.now
    words = "Keputusan PPKD tentang pagu di bawah realisasi" if k.rng.random() < 0.5 else ""
    after = {**before, giver: before[giver] - amount, taker: before[taker] + amount}

    def laku(session: Session) -> None:
        dunia.muat_dpa(session, admin, k.kantor, year, "pergeseran", after, now, words)

    return WorkStep("geser", laku, "boleh", sesudah=lambda: k.kantor.pagu.update(after))


def ubah_up(k: Konteks) -> WorkStep | None:
    """Another UP decision: the card share rises or falls."""
    year = k.day.year
    if year not in k.kantor.tahun_dibuka:
        return None
    share, admin, now = k.rng.randint(30, 120) * 1_000_000, k.worlds.admin, k.now
    return WorkStep(
        "ubah_up", lambda s: dunia.decide_up(s, admin, k.kantor, year, share, now), "boleh"
    )


def blokir(k: Konteks) -> WorkStep | None:
    """A card is blocked, or taken into use again."""
    card = k.session.get(Kartu, k.rng.choice(k.kantor.kartu).id)
    if card is None:
        return None
    status = "diblokir" if card.status == "aktif" else "aktif"
    command = cards.ChangeStatus(
        kartu_id=card.id, status=status, tanggal=k.day, nomor_dokumen="BA simulasi"
    )
    admin, now = k.worlds.admin, k.now
    return WorkStep("blokir", lambda s: cards.change_status(s, admin, command, now), twins=False)


def tutup(k: Konteks) -> WorkStep | None:
    """The oldest open month closes once nothing stands against it."""
    month = next(iter(k.terbuka()), None)
    who, now, office = k.kantor.orang["bendahara"], k.now, k.penerbit
    if month is None or month >= (k.day.year, k.day.month):
        return None
    if periods.closing_obstacles(k.session, who, k.kantor.id, month, k.day):
        return None
    return WorkStep(
        "tutup", lambda s: periods.close(s, who, k.kantor.id, month, office, now), twins=True
    )


def buka_tahun(k: Konteks) -> WorkStep | None:
    """In a new year the codes, the DPA and the UP decision come first."""
    year = k.day.year
    if year in k.kantor.tahun_dibuka:
        return None
    admin, now, office = k.worlds.admin, k.now, k.kantor

    def laku(session: Session) -> None:
        dunia.muat_acuan(session, admin, k.worlds.thing, year, now)
        dunia.muat_dpa(session, admin, office, year, "murni", office.pagu, now)
        dunia.muat_spd(session, admin, office, year, now)
        dunia.decide_up(session, admin, office, year, 60_000_000, now)

    return WorkStep("buka_tahun", laku, sesudah=lambda: office.tahun_dibuka.add(year))


def buka_buku(k: Konteks) -> WorkStep | None:
    """Card limits and unsettled lines go over to the year; again, when something came late."""
    year, admin, now, office = k.day.year, k.worlds.admin, k.now, k.kantor.id
    if year == dunia.TAHUN_AWAL or year not in k.kantor.tahun_dibuka:
        return None
    return WorkStep(
        "buka_buku", lambda s: open_year.open_year(s, admin, office, year, now), twins=True
    )
