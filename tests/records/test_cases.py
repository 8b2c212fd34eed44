"""Cases: facts open them, join them, close them; nothing is told twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from kkpd.core.errors import Finding
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.watch.shapes import Hit
from kkpd.models import Case, CaseItem, CaseStep, Event, Temuan
from kkpd.oversight.cases import WATCHED, open_from_hits
from kkpd.records import findings
from kkpd.records.case_rules import at_risk, strongest, tier
from tests.cast import DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW

MONTH = (2026, 10)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def hit(*lines: int, rule: str = "judi", cause: str = "kartu:1/judi", amount: int = 0) -> Hit:
    """A hit of the watch about these lines."""
    return Hit(
        rule=rule,
        severity="salah",
        lines=lines,
        amount=Rupiah.of(amount),
        cause=cause,
        message="Kata judi pada keterangan bank.",
        clears="Keterangan tertulis pemegang.",
        basis="UU 1/2023 Pasal 426",
        evidence={"kata": "slot"},
    )


def every(session: Session) -> list[Case]:
    """All cases, oldest first."""
    return list(session.scalars(select(Case).order_by(Case.id)))


def test_hits_of_one_cause_are_one_case_and_the_same_again_changes_nothing(
    session: Session,
) -> None:
    one, two = baris_bank(session, 250_000, 100_000)
    hits = [hit(one.id, two.id), hit(one.id, rule="malam", cause="kartu:1/judi")]
    assert open_from_hits(session, DINKES, hits, NOW) == 1
    assert open_from_hits(session, DINKES, hits, NOW) == 0
    (case,) = every(session)
    assert (case.sebab, case.aturan, case.berat) == ("kartu:1/judi", "judi", "salah")
    assert case.nilai == Rupiah.of(350_000)
    assert case.pemilik_id == ORANG["dewi"]
    assert case.jatuh_tempo == NOW.date() + timedelta(days=60)
    assert len(session.scalars(select(CaseItem)).all()) == 3


def test_a_case_grows_while_open_and_a_closed_one_takes_no_line_back(session: Session) -> None:
    one, two, three = baris_bank(session, 250_000, 100_000, 90_000)
    open_from_hits(session, DINKES, [hit(one.id)], NOW)
    assert open_from_hits(session, DINKES, [hit(one.id, two.id)], NOW) == 0
    (case,) = every(session)
    assert case.nilai == Rupiah.of(350_000)
    assert [step.jenis for step in session.scalars(select(CaseStep))] == ["buka", "tambah"]
    case.status, case.hasil = "selesai", "wajar"
    case.ditutup_at, case.ditutup_oleh_id = NOW, ORANG["fitri"]
    session.flush()
    again = [hit(one.id, two.id, rule="cepat"), hit(one.id, two.id, three.id)]
    assert open_from_hits(session, DINKES, again, NOW) == 1
    assert every(session)[-1].nilai == Rupiah.of(90_000)


def test_one_line_stands_in_one_waiting_case(session: Session) -> None:
    (one,) = baris_bank(session, 250_000)
    open_from_hits(session, DINKES, [hit(one.id)], NOW)
    assert open_from_hits(session, DINKES, [hit(one.id, cause="toko:x/toko")], NOW) == 0
    assert len(every(session)) == 1


def test_a_hit_about_no_line_is_about_its_cause(session: Session) -> None:
    assert open_from_hits(session, DINKES, [hit(cause="kartu:1/tagihan", amount=5)], NOW) == 1
    assert every(session)[0].nilai == Rupiah.of(5)


def test_the_watch_tells_its_cases_in_one_event(session: Session) -> None:
    (one,) = baris_bank(session, 250_000)
    open_from_hits(session, DINKES, [hit(one.id)], NOW)
    for finish in session.info["at_end"]:
        finish(session)
    assert session.scalars(select(Event.jenis).where(Event.jenis == WATCHED)).all() == [WATCHED]


def test_a_finding_opens_a_case_that_closes_and_returns_with_it(session: Session) -> None:
    found = Finding("tanpa_pagu", "Tidak ada anggarannya.", "salah")
    findings.note(session, DINKES, MONTH, "dokumen:1", found, NOW)
    (case,) = every(session)
    assert (case.status, case.pemilik_id) == ("terbuka", ORANG["citra"])
    row = session.scalars(select(Temuan)).one()
    findings.settle(session, row, "Selesai.", oleh_id=ORANG["citra"], now=NOW)
    assert (case.status, case.ditutup_oleh_id) == ("selesai", None)
    findings.renew(session, row, found, NOW, "Selesai.")
    assert case.status == "terbuka"
    assert len(every(session)) == 1


def test_information_closes_by_itself_in_one_case_a_card(session: Session) -> None:
    one, two = baris_bank(session, 250_000, 100_000)
    for line in (one, two):
        found = Finding("akhir_pekan", "Hari Minggu.", "info")
        findings.note(session, DINKES, MONTH, f"baris_bank:{line.id}", found, NOW)
    assert {case.status for case in every(session)} == {"selesai"}
    assert len({case.sebab for case in every(session)}) == len(every(session))


def test_lines_of_a_card_that_nobody_registered_are_one_case(session: Session) -> None:
    strange = baris_bank(session, 250_000, 100_000, kartu_id=None, kartu_akhir="9999")
    found = Finding("kartu_tak_dikenal", "Kartu berakhiran 9999 belum terdaftar.", "perhatian")
    for line in strange:
        findings.note(session, DINKES, MONTH, f"baris_bank:{line.id}", found, NOW)
    (case,) = every(session)
    assert (case.status, case.nilai) == ("terbuka", Rupiah.of(350_000))


def test_a_subject_counts_once_and_the_gravest_rule_names_the_case() -> None:
    assert at_risk([("a", Rupiah.of(5)), ("a", Rupiah.of(-7)), ("b", ZERO)]) == Rupiah.of(7)
    items = [("x", "info", Rupiah.of(9)), ("y", "salah", ZERO), ("z", "perhatian", Rupiah.of(99))]
    assert strongest(items) == ("y", "salah")
    assert tier("apa_saja", "info").clear
    assert not tier("apa_saja", "salah").clear


def test_the_database_keeps_items_and_steps_and_lets_no_owner_decide(session: Session) -> None:
    (one,) = baris_bank(session, 250_000)
    open_from_hits(session, DINKES, [hit(one.id)], NOW)
    (case,) = every(session)
    own = CaseStep(
        opd_id=DINKES, kasus_id=case.id, jenis="putus", isi="Wajar saja.", at=NOW,
        oleh_id=ORANG["dewi"],
    )  # fmt: skip
    session.add(own)
    with pytest.raises(DatabaseError, match="yang terlibat dalam kasus"):
        session.flush()
