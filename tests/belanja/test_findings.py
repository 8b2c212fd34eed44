"""What surrounds a purchase: ceilings, cards, closed months, settings; each breach is a finding."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import reads as approval_reads
from kkpd.belanja.verbs import record, weigh_again
from kkpd.core.money import Rupiah
from kkpd.models import Ceiling, Kartu, KartuRiwayat, Periode, Temuan
from kkpd.pagu.ceilings.movements import Key, set_limit
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, NOW, PAD, SUB, aturan

CITRA, ANI, EKO = ACTORS["citra"], ACTORS["ani"], ACTORS["eko"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


def reserved(session: Session, jenis: str) -> Rupiah:
    """What all ceilings of a kind have reserved."""
    sums = session.scalars(select(Ceiling.reserved).where(Ceiling.jenis == jenis))
    return sum(sums, start=Rupiah(0))


def test_over_a_ceiling_nothing_is_reserved_and_the_finding_says_what_is_left(
    session: Session,
) -> None:
    row = record(session, CITRA, worlds.belanja(rupiah=11_000_000), NOW)
    assert reserved(session, "up_kkpd") == Rupiah(0)
    temuan = session.scalars(select(Temuan).where(Temuan.aturan == "lewat_batas")).one()
    assert temuan.masukan["Sisa pagu sub kegiatan"] == "Rp 10.000.000"
    assert "kurang Rp 1.000.000" in temuan.pesan
    refusal = weigh_again(session, CITRA, row.id, NOW)
    assert refusal is not None
    set_limit(session, Key(DINKES, 2026, "dpa", f"{SUB}|{ATK}|{PAD}"), Rupiah.of(12_000_000))
    assert weigh_again(session, CITRA, row.id, NOW) is None
    assert reserved(session, "dpa") == Rupiah.of(11_000_000)
    assert aturan(session, row.id) == set()
    assert aturan(session, row.id, terbuka=False) == {"lewat_batas"}


def test_the_cap_per_payee_counts_spellings_as_one(session: Session) -> None:
    worlds.setelan(session, "max_per_payee_general", "1.000.000")
    record(session, CITRA, worlds.belanja(), NOW)
    second = record(
        session, CITRA, worlds.belanja(kunci_kirim="2", merchant="TOKO SUMBER-REJEKI"), NOW
    )
    assert aturan(session, second.id) == {"lewat_batas"}


def test_a_twin_is_told_and_an_unlike_nota_is_none(session: Session) -> None:
    first = record(session, CITRA, worlds.belanja(nota="A1"), NOW)
    twin = record(session, CITRA, worlds.belanja(kunci_kirim="2"), NOW)
    other = record(session, CITRA, worlds.belanja(kunci_kirim="3", nota="A2"), NOW)
    assert aturan(session, twin.id) == {"mungkin_kembar"}
    found = session.scalars(select(Temuan).where(Temuan.subjek == f"transaksi:{other.id}")).one()
    assert found.masukan["belanja"] == str(twin.id)
    assert aturan(session, first.id) == set()


def test_the_year_s_last_day_of_card_use(session: Session) -> None:
    worlds.setelan(session, "year_end_use_cutoff", "2026-10-10")
    row = record(session, CITRA, worlds.belanja(), NOW)
    assert aturan(session, row.id) == {"lewat_batas_pakai"}


def test_a_cutoff_of_another_year_says_nothing(session: Session) -> None:
    worlds.setelan(session, "year_end_use_cutoff", "2025-10-10")
    assert aturan(session, record(session, CITRA, worlds.belanja(), NOW).id) == set()


def test_first_use_above_its_cap(session: Session) -> None:
    worlds.setelan(session, "first_limit_goods", "500.000")
    first = record(session, CITRA, worlds.belanja(), NOW)
    later = record(session, CITRA, worlds.belanja(kunci_kirim="2", rupiah=760_000), NOW)
    assert aturan(session, first.id) == {"batas_pertama"}
    assert aturan(session, later.id) == set()


def test_a_blocked_or_expired_card(session: Session) -> None:
    kartu = session.get_one(Kartu, 1)
    kartu.status = "diblokir"
    assert aturan(session, record(session, CITRA, worlds.belanja(), NOW).id) == {
        "kartu_tidak_aktif"
    }
    kartu.status, kartu.berlaku_sampai = "aktif", date(2026, 9, 30)
    row = record(session, CITRA, worlds.belanja(kunci_kirim="2", rupiah=1_000), NOW)
    assert aturan(session, row.id) == {"kartu_tidak_aktif"}


def test_the_card_s_history_decides_the_state_of_the_day(session: Session) -> None:
    for status, day in (("aktif", date(2026, 10, 1)), ("hilang", date(2026, 10, 15))):
        session.add(
            KartuRiwayat(
                kartu_id=1,
                opd_id=DINKES,
                status=status,
                tanggal=day,
                nomor_dokumen="BA/1",
                at=NOW,
                oleh_id=ORANG["joko"],
            )
        )
    session.get_one(Kartu, 1).status = "hilang"
    session.flush()
    before = record(session, CITRA, worlds.belanja(), NOW)
    assert approval_reads.inputs(session, [before])[before.id].status_kartu == "aktif"
    after = record(session, CITRA, worlds.belanja(kunci_kirim="2", tanggal=date(2026, 10, 16)), NOW)
    early = record(session, CITRA, worlds.belanja(kunci_kirim="3", tanggal=date(2026, 9, 30)), NOW)
    assert aturan(session, before.id) == set()
    assert aturan(session, after.id) == {"kartu_tidak_aktif"}
    assert "kartu_tidak_aktif" in aturan(session, early.id)


def test_a_day_in_a_closed_month_is_booked_in_the_open_one(session: Session) -> None:
    close(session, 9)
    row = record(session, CITRA, worlds.belanja(tanggal=date(2026, 9, 30)), NOW)
    assert (row.bulan, row.tanggal) == (10, date(2026, 9, 30))
    assert aturan(session, row.id) == {"dibukukan_kemudian"}


def test_with_all_months_closed_the_next_one_opens(session: Session) -> None:
    session.get_one(Periode, (DINKES, 2026, 10)).status = "ditutup"
    session.flush()
    row = record(session, CITRA, worlds.belanja(), NOW)
    assert (row.tahun, row.bulan) == (2026, 11)
    assert session.get_one(Periode, (DINKES, 2026, 11)).status == "terbuka"


def close(session: Session, bulan: int) -> None:
    """A closed month before the open one."""
    session.add(
        Periode(
            opd_id=DINKES,
            tahun=2026,
            bulan=bulan,
            status="ditutup",
            sejak=NOW,
            oleh_id=CITRA.orang_id,
        )
    )
    session.flush()
