"""Changing and cancelling purchases, and who may."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja.fields import RecordPurchase
from kkpd.belanja.verbs import CancelPurchase, ChangePurchase, cancel, change, record, weigh_again
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import Ceiling, Kartu, Periode, Persetujuan, PutusanKelas, Temuan
from kkpd.records import event_log, transitions
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import DINAS, KARTU_DINAS, LAPTOP, NOW, aturan

CITRA, ANI, EKO = ACTORS["citra"], ACTORS["ani"], ACTORS["eko"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


def reserved(session: Session, jenis: str) -> Rupiah:
    """What all ceilings of a kind have reserved."""
    sums = session.scalars(select(Ceiling.reserved).where(Ceiling.jenis == jenis))
    return sum(sums, start=Rupiah(0))


def test_change_moves_reservations_and_class(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    isi = worlds.belanja(rekening=LAPTOP, uraian="Laptop 14 inci", rupiah=4_850_000)
    changed = change(session, CITRA, ChangePurchase(row.id, 1, isi), NOW)
    assert (changed.versi, changed.kelas, changed.nilai) == (2, "modal", Rupiah.of(4_850_000))
    assert reserved(session, "dpa") == Rupiah.of(4_850_000)
    assert session.scalar(select(func.count()).select_from(PutusanKelas)) == 2
    again = change(
        session,
        CITRA,
        ChangePurchase(row.id, 2, RecordPurchase(**{**_fields(isi), "nota": "N9"})),
        NOW,
    )
    assert again.nota == "N9"
    assert session.scalar(select(func.count()).select_from(PutusanKelas)) == 2


def test_a_repaired_line_loses_its_finding(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(rupiah=11_000_000), NOW)
    change(session, CITRA, ChangePurchase(row.id, 1, worlds.belanja(rupiah=9_000_000)), NOW)
    assert aturan(session, row.id) == set()
    change(session, CITRA, ChangePurchase(row.id, 2, worlds.belanja(rupiah=11_000_000)), NOW)
    assert aturan(session, row.id) == {"lewat_batas"}


def test_a_finding_that_a_person_settled_stays_settled(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(tanggal=date(2026, 10, 17)), NOW)
    temuan = session.scalars(select(Temuan)).one()
    temuan.selesai_at, temuan.selesai_oleh_id, temuan.selesai_catatan = NOW, 6, "Bakti sosial"
    isi = worlds.belanja(tanggal=date(2026, 10, 17), nota="B7")
    change(session, CITRA, ChangePurchase(row.id, 1, isi), NOW)
    assert aturan(session, row.id) == set()


def test_a_stale_save_is_told_what_changed(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    change(session, CITRA, ChangePurchase(row.id, 1, worlds.belanja(rupiah=800_000)), NOW)
    event_log.append_queued(session)
    with pytest.raises(Conflict) as refusal:
        change(session, ACTORS["kartika"], ChangePurchase(row.id, 1, worlds.belanja(nota="X")), NOW)
    assert "Citra Bendahara mengubah nilai dari Rp 750.000 menjadi Rp 800.000" in str(refusal.value)
    with pytest.raises(Conflict, match="Muat ulang"):
        change(session, CITRA, ChangePurchase(row.id, 9, worlds.belanja(nota="X")), NOW)


def test_changing_is_for_the_treasurer_and_the_holder_only(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    with pytest.raises(NotFound):
        change(session, EKO, ChangePurchase(row.id, 1, worlds.belanja()), NOW)
    with pytest.raises(Forbidden):
        change(session, ACTORS["dewi"], ChangePurchase(row.id, 1, worlds.belanja()), NOW)
    session.get_one(Kartu, KARTU_DINAS).pemegang_id = ORANG["hana"]
    other = record(
        session,
        CITRA,
        worlds.belanja(kunci_kirim="2", kartu_id=KARTU_DINAS, rekening=DINAS, uraian="Tiket"),
        NOW,
    )
    with pytest.raises(NotFound):
        change(session, ANI, ChangePurchase(other.id, 1, worlds.belanja()), NOW)
    assert (
        change(session, ANI, ChangePurchase(row.id, 1, worlds.belanja(nota="N1")), NOW).nota == "N1"
    )


def test_a_line_on_a_dpr_or_in_a_closed_month_does_not_change(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    session.get_one(Periode, (DINKES, 2026, 10)).status = "ditutup"
    session.flush()
    with pytest.raises(Conflict, match="ditutup"):
        change(session, CITRA, ChangePurchase(row.id, 1, worlds.belanja(nota="X")), NOW)
    session.get_one(Periode, (DINKES, 2026, 10)).status = "terbuka"
    session.flush()
    transitions.advance(session, CITRA, row, "lengkapi", now=NOW)
    transitions.advance(session, CITRA, row, "ajukan", now=NOW)
    with pytest.raises(Conflict, match="diajukan"):
        change(session, CITRA, ChangePurchase(row.id, 3, worlds.belanja(nota="X")), NOW)


def test_a_matched_line_keeps_amount_date_and_card(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    worlds.pasangkan(session, row)
    with pytest.raises(Conflict, match="Urungkan"):
        change(session, CITRA, ChangePurchase(row.id, 1, worlds.belanja(rupiah=1)), NOW)
    with pytest.raises(Conflict, match="Urungkan"):
        cancel(session, CITRA, CancelPurchase(row.id, 1, "salah catat"), NOW)
    assert (
        change(session, CITRA, ChangePurchase(row.id, 1, worlds.belanja(nota="N")), NOW).nota == "N"
    )


def test_cancelling_gives_everything_back(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(tanggal=date(2026, 10, 17)), NOW)
    with pytest.raises(DomainError, match="alasan"):
        cancel(session, CITRA, CancelPurchase(row.id, 1, " "), NOW)
    cancel(session, CITRA, CancelPurchase(row.id, 1, "tercatat dua kali"), NOW)
    assert (row.status, reserved(session, "dpa")) == ("dibatalkan", Rupiah(0))
    assert aturan(session, row.id) == set()
    with pytest.raises(Conflict):
        weigh_again(session, CITRA, row.id, NOW)


def _fields(command: RecordPurchase) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__dataclass_fields__}


def test_a_new_date_moves_the_period_unless_a_judge_has_signed(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    isi = worlds.belanja(tanggal=date(2026, 9, 3))
    moved = change(session, CITRA, ChangePurchase(row.id, 1, isi), NOW)
    assert (moved.bulan, moved.tanggal) == (9, date(2026, 9, 3))
    session.add(
        Persetujuan(
            opd_id=DINKES,
            transaksi_id=row.id,
            perekam_id=row.perekam_id,
            pemegang_id=row.pemegang_id,
            penguji_id=ORANG["budi"],
            peran="pptk",
            keputusan="tolak",
            nilai=row.nilai,
            alasan="Nota kurang jelas",
            at=NOW,
        )
    )
    session.flush()
    other = worlds.belanja(kartu_id=KARTU_DINAS)
    with pytest.raises(Conflict, match="PPTK"):
        change(session, CITRA, ChangePurchase(row.id, 2, other), NOW)
