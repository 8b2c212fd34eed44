"""What people do with a case, who may, and what the list counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Finding, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Assignment, Role
from kkpd.engines.watch.shapes import Hit
from kkpd.models import Case, Event, Temuan
from kkpd.oversight.cases import open_from_findings, open_from_hits, reads, sampling, verbs
from kkpd.oversight.cases.reads import CaseFilter
from kkpd.records import findings
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank
from tests.worlds.office import NOW

FITRI, DEWI = ACTORS["fitri"], ACTORS["dewi"]
MONTH = (2026, 10)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def old_finding(rule: str) -> Temuan:
    """A finding as it was written before there were cases."""
    return Temuan(
        opd_id=DINKES,
        tahun=MONTH[0],
        bulan=MONTH[1],
        aturan=rule,
        berat="salah",
        subjek="dokumen:1",
        pesan="Ada.",
        masukan={},
        at=NOW,
    )


@pytest.fixture
def case(session: Session) -> Case:
    """A case of Dinas Kesehatan about one line; Dewi must answer."""
    (line,) = baris_bank(session, 250_000)
    hit = Hit(
        "judi", "salah", (line.id,), line.nilai, "kartu:1/judi", "Kata judi.", "Surat.", "UU 1"
    )
    open_from_hits(session, DINKES, [hit], NOW)
    return session.scalars(select(Case)).one()


def test_from_answer_to_outcome_by_two_people(session: Session, case: Case, tmp_path: Path) -> None:
    store = Store(tmp_path)
    verbs.answer(session, DEWI, case.id, "Sudah dikembalikan.", None, store, NOW)
    assert (case.status, case.status_bpk) == ("dijawab", "belum_sesuai")
    verbs.send_back(session, FITRI, case.id, "Mana bukti setornya?", NOW)
    assert case.status == "terbuka"
    verbs.answer(session, DEWI, case.id, "Bukti setor terlampir.", None, store, NOW)
    verbs.decide(session, FITRI, case.id, "pribadi_dikembalikan", "Setoran cocok.", NOW)
    assert (case.status, case.hasil, case.status_bpk) == (
        "selesai",
        "pribadi_dikembalikan",
        "sesuai",
    )
    shown = reads.one_case(session, FITRI, case.id)
    kinds = [one.step.jenis for one in shown.steps]
    assert kinds == ["buka", "jawab", "kembalikan", "jawab", "putus"]
    assert (shown.clears, shown.bases) == (("Surat.",), ("UU 1",))
    verbs.reopen(session, FITRI, case.id, "Ada keterangan baru.", NOW)
    assert (case.status, case.hasil) == ("terbuka", None)
    with pytest.raises(Conflict, match="dibuka lagi"):
        verbs.reopen(session, FITRI, case.id, "Sekali lagi.", NOW)


@pytest.mark.parametrize("who", ["dewi", "ani", "citra"])
def test_nobody_decides_his_own(session: Session, case: Case, who: str) -> None:
    """The owner, the card's holder, who took the file in: none of them, in whatever role."""
    judge = replace(ACTORS[who], assignment=(Assignment(Role.INSPECTOR, None),))
    with pytest.raises(Forbidden, match="terlibat"):
        verbs.decide(session, judge, case.id, "wajar", "Saya tahu ini wajar.", NOW)


def test_the_office_does_not_decide_and_another_one_sees_nothing(
    session: Session, case: Case, tmp_path: Path
) -> None:
    with pytest.raises(Forbidden):
        verbs.decide(session, DEWI, case.id, "wajar", "Wajar saja.", NOW)
    with pytest.raises(NotFound):
        verbs.answer(session, ACTORS["eko"], case.id, "Bukan kami.", None, Store(tmp_path), NOW)
    with pytest.raises(NotFound):
        reads.one_case(session, ACTORS["eko"], case.id)


def test_wrong_words_are_refused_with_their_field(session: Session, case: Case) -> None:
    for outcome, reason, bpk, field in (
        ("entah", "Alasan cukup.", "", "hasil"),
        ("wajar", "x", "", "alasan"),
        ("wajar", "Alasan cukup.", "entah", "status_bpk"),
    ):
        with pytest.raises(DomainError) as refusal:
            verbs.decide(session, FITRI, case.id, outcome, reason, NOW, bpk)
        assert refusal.value.field == field
    with pytest.raises(DomainError, match="Pilih pemiliknya"):
        verbs.assign(session, FITRI, case.id, ORANG["eko"], NOW)


def test_an_outcome_settles_the_findings_and_opening_again_opens_them(session: Session) -> None:
    findings.note(session, DINKES, MONTH, "dokumen:1", Finding("tanpa_pagu", "Tiada."), NOW)
    case = session.scalars(select(Case)).one()
    verbs.decide(session, FITRI, case.id, "administratif", "Sudah ditata.", NOW)
    row = session.scalars(select(Temuan)).one()
    assert row.selesai_catatan == "Tindak lanjut: Sudah ditata."
    verbs.reopen(session, FITRI, case.id, "Ternyata belum.", NOW)
    assert row.selesai_at is None


def test_findings_from_before_there_were_cases_get_theirs_once(session: Session) -> None:
    for rule in ("tanpa_pagu", "hitungan"):
        session.add(old_finding(rule))
    session.flush()
    assert open_from_findings(session, DINKES, NOW) == 1
    (row,) = reads.page(session, CaseFilter(opds=None)).rows
    assert row.butir == 2
    assert open_from_findings(session, DINKES, NOW) == 0


def test_several_of_one_rule_take_one_reason(session: Session) -> None:
    for number, rule in enumerate(("tanpa_pagu", "tanpa_pagu", "hitungan")):
        findings.note(session, DINKES, MONTH, f"dokumen:{number}", Finding(rule, "Ada."), NOW)
    one, two, three = session.scalars(select(Case.id).order_by(Case.id)).all()
    with pytest.raises(DomainError, match="beberapa aturan"):
        verbs.decide_many(session, FITRI, [one, three], "wajar", "Wajar saja.", NOW)
    with pytest.raises(DomainError, match="Centang"):
        verbs.decide_many(session, FITRI, [], "wajar", "Wajar saja.", NOW)
    assert verbs.decide_many(session, FITRI, [one, two], "wajar", "Wajar saja.", NOW) == 2
    with pytest.raises(Conflict, match=f"Tindak lanjut {one}:"):
        verbs.decide_many(session, FITRI, [one], "wajar", "Wajar saja.", NOW)


def test_assigning_and_commenting_are_steps(session: Session, case: Case) -> None:
    verbs.assign(session, FITRI, case.id, ORANG["citra"], NOW)
    verbs.comment(session, DEWI, case.id, "Kami tanyakan kepada pemegang.", NOW)
    shown = reads.one_case(session, FITRI, case.id)
    assert shown.owner == "Citra Bendahara"
    assert [one.step.jenis for one in shown.steps] == ["buka", "tunjuk", "komentar"]


def test_a_page_counts_all_and_sorts_by_money(session: Session) -> None:
    for number, amount in enumerate((5, 900, 70)):
        found = Finding("bayar_lebih", "Lebih.", "salah", inputs={"nilai": str(Rupiah.of(amount))})
        findings.note(session, DINKES, MONTH, f"dokumen:{number}", found, NOW)
    page = reads.page(session, CaseFilter(opds=None), limit=2)
    assert (page.count, page.amount, page.next_up) == (3, Rupiah.of(975), 2)
    assert [row.nilai for row in page.rows] == [Rupiah.of(900), Rupiah.of(70)]
    assert reads.page(session, CaseFilter(opds=None), skip=2, limit=2).next_up is None
    assert reads.page(session, CaseFilter(opds=set())).count == 0
    late = NOW.date() + timedelta(days=61)
    assert reads.page(session, CaseFilter(opds=None, late=late, rule="bayar_lebih")).count == 3
    assert reads.rules(session, {DINKES}) == ["bayar_lebih"]


def test_a_draw_is_the_share_rounded_up_and_the_same_again() -> None:
    chosen = sampling.draw(range(1, 31), Decimal("0.1"), "benih1")
    assert len(chosen) == 3
    assert chosen == sampling.draw(range(1, 31), Decimal("0.1"), "benih1")
    assert chosen != sampling.draw(range(1, 31), Decimal("0.1"), "benih2")
    assert sampling.draw([], Decimal("0.1"), "benih1") == []


def test_a_seed_is_letters_and_digits(session: Session) -> None:
    with pytest.raises(DomainError, match="Benih acak"):
        sampling.reopen_share(session, FITRI, DINKES, "a b", NOW)
    assert session.scalars(select(Event).where(Event.jenis == sampling.DRAWN)).all() == []
