"""Year end: what is unsettled, what the new year lacks, opening it once, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import decide as approval_decide
from kkpd.approval import dpt
from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict, Forbidden
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.models import Bawaan, Ceiling, Event, Kartu, Transaksi
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings.movements import Key
from kkpd.payment import pay as payment_pay
from kkpd.records.event_log import append_queued
from kkpd.year import open_year, reads
from kkpd.year import reads as year_reads
from kkpd.year.rules import CarriedFate, YearNeed
from tests.cast import ACTORS, DINKES, DISDIK, KARTU_ANI
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    OKTOBER,
    baris_bank,
    berbukti,
    diperiksa,
    issue_step,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW, beri_spd, setelan
from tests.worlds.office import belanja as isi
from tests.worlds.report_world import susun

JANUARI = datetime(2027, 1, 5, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill_tanpa_spd


def kartu(session: Session, tahun: int = 2027) -> Ceiling:
    query = select(Ceiling).where(
        Ceiling.jenis == "kartu", Ceiling.kunci == "kartu-4821", Ceiling.tahun == tahun
    )
    return session.scalars(query.execution_options(populate_existing=True)).one()


def buka(session: Session, at: datetime = JANUARI) -> open_year.OpenedYear:
    return open_year.open_year(session, ACTORS["joko"], DINKES, 2027, at)


def bayar(session: Session, folder: Path, day: date, at: datetime, *rows: Transaksi) -> None:
    """From the PPTK's desk to the bank."""
    diperiksa(session, folder, *rows)
    for row in rows:
        approval_decide.decide(session, ACTORS["dewi"], setuju(row), NOW)
    office = penerbit(folder)
    issued = dpt.issue_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, office, NOW)
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        issue_step(session, ACTORS[who], issued.id, jenis, office, NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        paper = payment_pay.RecordStep(issued.id, langkah, f"{langkah}/1", day)
        payment_pay.record(session, ACTORS[who], paper, at)


def test_limits_and_unsettled_lines_go_over_once(session: Session, tmp_path: Path) -> None:
    open_ = berbukti(session, tmp_path, 1)
    paid = berbukti(session, tmp_path, 2)
    beri_spd(session)
    bayar(session, tmp_path, NOW.date(), NOW, paid)
    before = kartu(session, 2026)
    assert (before.limit, before.reserved) == (Rupiah.of(30_000_000), Rupiah.of(750_000))
    done = buka(session)
    assert done == open_year.OpenedYear("Dinas Kesehatan", True, 1, 1, 1, Rupiah.of(750_000))
    new = kartu(session)
    assert (new.limit, new.reserved, new.posted) == (before.limit, Rupiah.of(750_000), ZERO)
    assert [row.transaksi_id for row in session.scalars(select(Bawaan))] == [open_.id]
    again = buka(session)
    assert (again.first_one, again.kartu, again.baris) == (False, 0, 0)
    append_queued(session)
    opened = session.scalars(select(Event).where(Event.jenis == "tahun:buku:buka")).all()
    assert len(opened) == 1
    assert (open_.tahun, kartu(session, 2026).reserved) == (2026, Rupiah.of(750_000))


def test_a_carried_line_that_is_paid_frees_its_card_in_both_years(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path)
    beri_spd(session)
    buka(session)
    bayar(session, tmp_path, JANUARI.date(), JANUARI, row)
    assert (kartu(session).reserved, kartu(session).posted) == (ZERO, ZERO)
    assert kartu(session, 2026).posted == ZERO
    found = reads.fate(session, ACTORS["citra"], DINKES, 2027, JANUARI.date())
    amount = Rupiah.of(750_000)
    assert found == CarriedFate(amount, amount, ZERO, ZERO, 1, 0)
    assert year_reads.one_item(session, ACTORS["citra"], DINKES, 2027).debt == amount


def test_what_comes_late_weighs_at_once_and_is_carried_by_opening_again(
    session: Session,
) -> None:
    buka(session)
    late = belanja_verbs.record(
        session, ACTORS["citra"], isi(kunci_kirim="susulan", tanggal=date(2026, 10, 30)), JANUARI
    )
    assert late.tahun == 2026
    assert kartu(session).reserved == Rupiah.of(750_000)
    assert buka(session).baris == 1
    assert kartu(session).reserved == Rupiah.of(750_000)
    belanja_verbs.cancel(
        session,
        ACTORS["citra"],
        belanja_verbs.CancelPurchase(late.id, late.versi, "keliru"),
        JANUARI,
    )
    assert kartu(session).reserved == ZERO
    amount = Rupiah.of(750_000)
    found = reads.fate(session, ACTORS["citra"], DINKES, 2027, JANUARI.date())
    assert found == CarriedFate(amount, ZERO, amount, ZERO, 1, 0)
    assert buka(session).dibawa == 0


def test_a_carried_line_may_still_change_and_the_year_opens_again(session: Session) -> None:
    command = isi(kunci_kirim="berubah", tanggal=date(2026, 10, 30))
    line = belanja_verbs.record(session, ACTORS["citra"], command, JANUARI)
    buka(session)
    dearer = replace(command, nilai=Rupiah.of(800_000), harga_satuan=None, volume=None)
    change = belanja_verbs.ChangePurchase(line.id, line.versi, dearer)
    belanja_verbs.change(session, ACTORS["citra"], change, JANUARI)
    again = buka(session)
    assert (again.baris, again.nilai) == (0, Rupiah.of(800_000))
    assert session.scalars(select(Bawaan.nilai)).one() == Rupiah.of(750_000)
    assert kartu(session).reserved == Rupiah.of(800_000)


def test_a_limit_below_what_is_open_sinks_with_it(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path)
    ceilings_movements.set_limit(
        session, Key(DINKES, 2027, "kartu", "kartu-4821"), Rupiah.of(500_000)
    )
    assert buka(session).kartu == 0
    new = kartu(session)
    assert (new.limit, new.sasaran) == (Rupiah.of(750_000), Rupiah.of(500_000))


def test_a_closed_card_carries_no_limit(session: Session) -> None:
    session.get_one(Kartu, KARTU_ANI).status = "ditutup"
    assert buka(session).kartu == 0


def test_when_and_by_whom(session: Session) -> None:
    with pytest.raises(Conflict, match="mulai 1 Januari 2027"):
        buka(session, datetime(2026, 12, 31, 3, 0, tzinfo=UTC))
    with pytest.raises(Forbidden):
        open_year.open_year(session, ACTORS["dewi"], DINKES, 2027, JANUARI)
    assert [row.slug for row in year_reads.everything(session, ACTORS["joko"], 2027)] == [
        "dinkes",
        "disdik",
    ]
    assert open_year.open_year(session, ACTORS["joko"], DISDIK, 2027, JANUARI).nilai == ZERO


def test_what_is_missing_is_named(session: Session) -> None:
    ready = year_reads.one_item(session, ACTORS["joko"], DINKES, 2026)
    assert {one.kunci for one in ready.lacks} == {
        "up", "kartu", "libur", "batas_pakai", "batas_spm", "desember",
    }  # fmt: skip
    setelan(session, "periksa_spd", "bulan")
    setelan(session, "year_end_use_cutoff", "2026-12-13")
    setelan(session, "nomor_dpr", "{urut}/DPR/{opd}")
    found = {one.kunci: one.present for one in ready_for(session)}
    assert (found["batas_pakai"], found["spd"], found["kas"], found["nomor"]) == (
        True,
        False,
        None,
        False,
    )
    next_year = year_reads.one_item(session, ACTORS["joko"], DINKES, 2027)
    assert {"rekening", "sub_kegiatan", "dpa", "batas_pakai"} <= {
        one.kunci for one in next_year.lacks
    }


def ready_for(session: Session) -> tuple[YearNeed, ...]:
    return year_reads.one_item(session, ACTORS["joko"], DINKES, 2026).required


def test_the_unsettled_are_listed(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path)
    (line,) = reads.debt(session, ACTORS["fitri"], DINKES, 2026)
    assert (line.id, line.nilai, line.kartu_akhir) == (row.id, row.nilai, "4821")
    assert reads.fate(session, ACTORS["fitri"], DINKES, 2027, JANUARI.date()) is None


def test_nothing_may_be_lost() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        CarriedFate(Rupiah.of(3), Rupiah.of(1), ZERO, Rupiah.of(1), 2, 1)


def test_a_card_limit_taken_to_nothing_stays_nothing(session: Session, tmp_path: Path) -> None:
    """Zero, waiting for its use to sink, once went over as what was used."""
    berbukti(session, tmp_path)
    ceilings_movements.set_limit(
        session, Key(DINKES, 2026, "kartu", "kartu-4821"), ZERO, decided=True
    )
    buka(session)
    new = kartu(session)
    assert (new.limit, new.sasaran) == (Rupiah.of(750_000), ZERO)


def test_what_is_owed_is_what_was_approved(session: Session, tmp_path: Path) -> None:
    """Of 750,000 the PA bears 500,000: the rest is the holder's debt, never the OPD's."""
    part, later = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2)
    diperiksa(session, tmp_path, part, later)
    some = {"nilai": Rupiah.of(500_000), "alasan": "sebagian tidak sesuai"}
    approval_decide.decide(session, ACTORS["dewi"], setuju(part, **some), NOW)
    whole = year_reads.one_item(session, ACTORS["joko"], DINKES, 2027)
    assert (whole.banyak, whole.debt) == (2, Rupiah.of(1_250_000))
    owed = reads.debt(session, ACTORS["citra"], DINKES, 2026)
    assert [one.nilai for one in owed] == [Rupiah.of(500_000), Rupiah.of(750_000)]
    _, *booked = next(iter(susun(session, "buku_pembantu").data_table)).baris
    assert total(row[4] for row in booked) == Rupiah.of(1_250_000)  # type: ignore[misc]  # cells are of many kinds
    assert buka(session).nilai == Rupiah.of(1_250_000)
    approval_decide.decide(session, ACTORS["dewi"], setuju(later, **some), JANUARI)
    assert buka(session).nilai == Rupiah.of(1_250_000)  # a January decision says nothing of then
    fate = reads.fate(session, ACTORS["citra"], DINKES, 2027, JANUARI.date())
    assert fate == CarriedFate(
        Rupiah.of(1_250_000), ZERO, Rupiah.of(250_000), Rupiah.of(1_000_000), 2, 2
    )


def test_a_carried_line_weighs_on_up_kkpd_of_the_new_year_until_it_is_paid(
    session: Session, tmp_path: Path
) -> None:
    row = berbukti(session, tmp_path)
    beri_spd(session)
    buka(session)
    ceilings_movements.set_limit(session, Key(DINKES, 2027, "up_kkpd", "UP"), Rupiah.of(40_000_000))
    buka(session)  # the decision came after the opening
    new = up(session)
    assert (new.limit, new.reserved) == (Rupiah.of(40_000_000), row.nilai)
    buka(session)
    assert up(session).reserved == row.nilai  # once
    bayar(session, tmp_path, JANUARI.date(), JANUARI, row)
    assert (up(session).reserved, up(session).posted) == (ZERO, ZERO)


def up(session: Session) -> Ceiling:
    query = select(Ceiling).where(Ceiling.jenis == "up_kkpd", Ceiling.tahun == 2027)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def test_what_goes_over_is_what_the_ledger_owes_whatever_year_it_is_of(
    session: Session, tmp_path: Path
) -> None:
    old, new = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2)
    old.tahun = 2025
    old.tanggal = date(2025, 10, 14)
    session.flush()
    done = buka(session)
    owed = ledger.owed(ledger.parts(session, [DINKES], date(2026, 12, 31)))
    assert (done.dibawa, done.nilai) == (2, owed) == (2, old.nilai + new.nilai)


def test_open_lines_and_differences_of_the_old_year_stay_in_sight(session: Session) -> None:
    baris_bank(session, 750_000)
    assert reads.remaining(session, ACTORS["citra"], DINKES, 2026, JANUARI.date()) == (
        reads.Remaining(((OKTOBER, Rupiah.of(750_000)),), ())
    )


def test_an_opening_that_lost_a_line_is_refused(session: Session) -> None:
    told = open_year.OpenedYear("Dinas Kesehatan", True, 0, 1, 1, Rupiah.of(750_000))
    with pytest.raises(Conflict, match="Tahun 2027 tidak dibuka: 1 baris"):
        open_year._nothing_lost(session, DINKES, 2027, told)
