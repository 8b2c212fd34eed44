"""Rules of bank texts: proposed by two equal decisions, tried, kept, met, revoked."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.engines.matching import text_key
from kkpd.models import AturanCocok, BarisBank, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import month as month_matching
from kkpd.reconciliation import text_rules
from kkpd.reconciliation import text_rules as look
from tests.cast import ACTORS, DINKES, KARTU_ANI, KARTU_EKO
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank, berbukti, shortlist
from tests.worlds.office import ATK, NOW, SUB

CITRA = ACTORS["citra"]
ASING = "PT XYZ NUSANTARA 88"
KEY = text_key(ASING)
TEMPAT = (KARTU_ANI, KEY)
CONTENTS = ("Toko Sumber Rejeki", SUB, ATK)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def worlds(session: Session, folder: Path, banyak: int) -> tuple[list[BarisBank], list[Transaksi]]:
    """Lines of a text that says nothing of its payee, and as many purchases of one payee."""
    amounts = [300_000 + 1_111 * n for n in range(banyak)]
    rows = [berbukti(session, folder, n, rupiah=a) for n, a in enumerate(amounts, 1)]
    lines = baris_bank(session, *amounts, merchant=ASING, keterangan=ASING)
    return lines, rows


def build(**changes: str | int) -> text_rules.MakeRule:
    """The rule that these decisions suggest, or changed."""
    given = {
        "kartu_id": KARTU_ANI,
        "teks": ASING,
        "penerima": CONTENTS[0],
        "sub_kegiatan": SUB,
        "rekening": ATK,
    }
    return text_rules.MakeRule(**(given | changes))  # type: ignore[arg-type]  # of the right kinds


def test_two_equal_decisions_propose_and_the_rule_is_met(session: Session, tmp_path: Path) -> None:
    lines, rows = worlds(session, tmp_path, 3)
    for line, row in zip(lines[:2], rows[:2], strict=True):
        assert look.propose(session, CITRA, DINKES, TEMPAT) == []
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
        )
    (proposal,) = look.propose(session, CITRA, DINKES)
    assert (proposal.kunci, proposal.times) == (KEY, 2)
    assert (proposal.penerima, proposal.sub_kegiatan, proposal.rekening) == CONTENTS
    tried = look.try_out(session, CITRA, DINKES, TEMPAT, CONTENTS)
    assert sorted([one.setuju for one in tried], key=str) == [None, True, True]
    assert [one.setuju for one in look.try_out(session, CITRA, DINKES, TEMPAT, ("lain", SUB, ATK))][
        -1
    ] is False
    before = shortlist(session, CITRA, DINKES, OKTOBER, lines[2].id)[0]
    rule = text_rules.save(session, CITRA, DINKES, build(), NOW)
    after = shortlist(session, CITRA, DINKES, OKTOBER, lines[2].id)[0]
    assert after.peluang > before.peluang
    assert look.propose(session, CITRA, DINKES) == []
    (shown,) = look.listing(session, CITRA, DINKES)
    assert (shown.id, shown.affected, shown.oleh) == (rule.id, 3, "Citra Bendahara")
    assert look.rule_for_text(session, DINKES, KARTU_ANI, f"QRIS {ASING}") is rule
    assert look.rule_for_text(session, DINKES, None, ASING) is None
    assert month_matching.working(session, CITRA, DINKES, OKTOBER).summary.to_decide == 1


def test_a_different_decision_ends_the_row(session: Session, tmp_path: Path) -> None:
    lines, rows = worlds(session, tmp_path, 3)
    other = berbukti(session, tmp_path, 9, rupiah=302_222, merchant="Toko Lain")
    for line, row in zip(lines, [rows[0], rows[1], other], strict=True):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
        )
    assert look.propose(session, CITRA, DINKES) == []


def test_declined_and_revoked_is_not_proposed_again_at_once(
    session: Session, tmp_path: Path
) -> None:
    lines, rows = worlds(session, tmp_path, 2)
    for line, row in zip(lines, rows, strict=True):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
        )
    declined = text_rules.refuse(session, CITRA, DINKES, build(), NOW)
    assert declined.dicabut_at == NOW
    assert look.propose(session, CITRA, DINKES) == []
    rule = text_rules.save(session, CITRA, DINKES, build(), NOW)
    with pytest.raises(Conflict, match="sudah mempunyai aturan"):
        text_rules.save(session, CITRA, DINKES, build(), NOW)
    text_rules.revoke(session, CITRA, DINKES, rule.id, NOW)
    assert look.listing(session, CITRA, DINKES) == []
    with pytest.raises(Conflict, match="sudah dicabut"):
        text_rules.revoke(session, CITRA, DINKES, rule.id, NOW)
    with pytest.raises(NotFound):
        text_rules.revoke(session, ACTORS["eko"], 2, rule.id, NOW)
    with pytest.raises(DBAPIError, match="tidak dapat diubah"):
        session.execute(update(AturanCocok).values(penerima="lain"))


def test_rules_that_are_none(session: Session) -> None:
    for command, sentence in (
        (build(teks="TOKOPEDIA"), "tidak menyebut penyedia"),
        (build(teks="QRIS *"), "tidak menyebut penyedia"),
        (build(penerima=" "), "nama penyedianya"),
        (build(teks="X" * 201), "nama penyedianya"),
    ):
        with pytest.raises(DomainError, match=sentence):
            text_rules.save(session, CITRA, DINKES, command, NOW)
    with pytest.raises(NotFound):
        text_rules.save(session, CITRA, DINKES, build(kartu_id=KARTU_EKO), NOW)
    with pytest.raises(Forbidden):
        text_rules.save(session, ACTORS["dewi"], DINKES, build(), NOW)
