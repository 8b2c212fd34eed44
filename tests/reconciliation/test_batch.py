"""Lines without a purchase: grouped by shop, proposed for, recorded and linked at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.commands import NotAFact
from kkpd.core.errors import DomainError, Forbidden
from kkpd.core.money import Rupiah, total
from kkpd.models import BarisBank, Cocok, Event, Transaksi
from kkpd.reconciliation import batch, shop_groups, text_rules
from kkpd.reconciliation import month as look
from kkpd.reconciliation.batch import RecordLine
from kkpd.reconciliation.shop_groups import ShopGroup
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES, KARTU_ANI
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, baris_bank
from tests.worlds.office import ATK, DINAS, GAJI, KARTU_DINAS, LAPTOP, NOW, SUB, belanja

CITRA = ACTORS["citra"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def lines(session: Session, text: str, *amounts: int, **changes: Any) -> list[BarisBank]:
    """Lines of one shop; `kejadian` keeps their identity apart from other shops'."""
    apart = session.scalar(select(func.count()).select_from(BarisBank)) or 0
    return baris_bank(
        session, *amounts, merchant=text, keterangan=text, kejadian=100 + apart, **changes
    )


def groups(session: Session) -> list[ShopGroup]:
    work = look.working(session, CITRA, DINKES, OKTOBER)
    alone = shop_groups.without_purchase(work)
    return shop_groups.shop_groups(session, CITRA, DINKES, 2026, alone)


def of(line: BarisBank, **changes: Any) -> RecordLine:
    """A good command for a line."""
    given = RecordLine(line.id, line.nilai, "Toko Deli", "Fotokopi berkas", SUB, ATK, "PAD")
    return replace(given, **changes)


def earlier(session: Session, text: str, times: int = 1, **changes: Any) -> None:
    """Purchases that were recorded from lines of this shop before."""
    for line in lines(session, text, *range(11_000, 11_000 + 1_000 * times, 1_000)):
        batch.record_lines(session, CITRA, DINKES, [of(line, **changes)], NOW)


def test_lines_stand_by_shop_whatever_the_bank_added(session: Session) -> None:
    lines(session, "FOTOKOPI DELI", 10_000, 20_000)
    lines(session, "FOTOKOPI  DELI", 30_000)
    lines(session, "KANTIN SINAR", 5_000)
    found = [(one.nama, len(one.baris), one.jumlah) for one in groups(session)]
    assert found == [
        ("FOTOKOPI DELI", 3, Rupiah.of(60_000)),
        ("KANTIN SINAR", 1, Rupiah.of(5_000)),
    ]


def test_lines_with_a_candidate_fees_and_refunds_are_left_to_people(session: Session) -> None:
    belanja_verbs.record(session, CITRA, belanja(rupiah=750_000), NOW)
    lines(session, "SUMBER REJEKI MEDAN ID", 750_000)
    lines(session, "BIAYA KIRIM", 2_500, jenis="biaya")
    lines(session, "KANTIN SINAR", -5_000)
    lines(session, "TANPA KARTU", 5_000, kartu_id=None, kartu_akhir=None)
    assert groups(session) == []


def test_two_kinds_of_cards_are_two_groups(session: Session) -> None:
    lines(session, "HOTEL GRAND KANAYA", 500_000)
    lines(session, "HOTEL GRAND KANAYA", 600_000, kartu_id=KARTU_DINAS, kartu_akhir="9004")
    found = {one.card_kind: one.proposal for one in groups(session)}
    assert (found["perjalanan"].sumber, found["perjalanan"].pembebanan) == (
        "penggolong",
        f"{SUB}|{DINAS}|PAD",
    )
    assert found["barang"].pembebanan == ""  # a goods card pays no travel


def test_equal_earlier_decisions_are_proposed_with_their_wording(session: Session) -> None:
    earlier(session, "FOTOKOPI DELI", 3)
    earlier(session, "FOTOKOPI DELI", rekening=LAPTOP, uraian="Pencetak")
    lines(session, "FOTOKOPI DELI", 45_000)
    said = groups(session)[0].proposal
    assert (said.sumber, said.penerima, said.uraian) == ("riwayat", "Toko Deli", "Fotokopi berkas")
    assert (said.pembebanan, said.times, said.out_of) == (f"{SUB}|{ATK}|PAD", 3, 4)
    assert said.kelas is not None
    assert said.kelas.kelas == "operasi"


def test_decisions_that_differ_propose_nothing(session: Session) -> None:
    earlier(session, "FOTOKOPI DELI")
    earlier(session, "FOTOKOPI DELI", rekening=LAPTOP)
    lines(session, "FOTOKOPI DELI", 45_000)
    said = groups(session)[0].proposal
    assert (said.sumber, said.pembebanan, said.uraian) == ("berbeda-beda", "", "")


def test_what_the_dpa_does_not_hold_is_never_proposed(session: Session) -> None:
    earlier(session, "FOTOKOPI DELI", 2, rekening=GAJI, sumber_dana="")
    lines(session, "FOTOKOPI DELI", 45_000)
    said = groups(session)[0].proposal
    assert (said.sumber, said.pembebanan) == ("di luar DPA", "")


def test_a_shop_of_which_nothing_is_known_has_no_proposal(session: Session) -> None:
    lines(session, "RM SEDERHANA", 45_000)
    said = groups(session)[0].proposal
    assert (said.sumber, said.penerima, said.pembebanan) == ("belum ada", "RM SEDERHANA", "")


def test_a_rule_that_people_made_comes_first(session: Session) -> None:
    earlier(session, "FOTOKOPI DELI", 2)
    rule = text_rules.MakeRule(KARTU_ANI, "FOTOKOPI DELI", "Deli Komputer", SUB, LAPTOP)
    text_rules.save(session, CITRA, DINKES, rule, NOW)
    lines(session, "FOTOKOPI DELI", 45_000)
    said = groups(session)[0].proposal
    assert (said.sumber, said.penerima, said.pembebanan, said.uraian) == (
        "aturan",
        "Deli Komputer",
        f"{SUB}|{LAPTOP}|PAD",
        "",
    )


def test_recorded_and_linked_with_one_event_each(session: Session) -> None:
    rows = lines(session, "FOTOKOPI DELI", 10_000, 20_000)
    done = batch.record_lines(session, CITRA, DINKES, [of(row) for row in rows], NOW)
    assert (done.count, done.over) == (2, 0)
    linked = session.execute(
        select(Cocok.baris_bank_id, Transaksi.nilai, Transaksi.kartu_id, Transaksi.tanggal).join(
            Transaksi, Transaksi.id == Cocok.transaksi_id
        )
    )
    assert {(id_, value) for id_, value, _card, _day in linked} == {
        (row.id, row.nilai) for row in rows
    }
    kinds = ("belanja:transaksi:catat", "cocok:baris:pasangkan")
    event_log.append_queued(session)
    counts = session.execute(
        select(Event.jenis, func.count()).where(Event.jenis.in_(kinds)).group_by(Event.jenis)
    )
    assert {jenis: count for jenis, count in counts} == dict.fromkeys(kinds, 2)  # noqa: C416 -- rows are typed so
    assert groups(session) == []


def test_all_or_none_and_every_wrong_cell_is_named(session: Session) -> None:
    rows = lines(session, "FOTOKOPI DELI", 10_000, 20_000, 30_000)
    asked = [of(rows[0]), of(rows[1], uraian=""), of(rows[2], rekening="5.1.99", merchant="")]
    with pytest.raises(NotAFact) as refused:
        batch.record_lines(session, CITRA, DINKES, asked, NOW)
    assert {(one.row, one.field) for one in refused.value.findings} == {
        (2, "uraian"),
        (3, "rekening"),
        (3, "merchant"),
    }
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 0


def test_a_line_that_was_settled_meanwhile_is_named(session: Session) -> None:
    rows = lines(session, "FOTOKOPI DELI", 10_000, 20_000)
    batch.record_lines(session, CITRA, DINKES, [of(rows[0])], NOW)
    with pytest.raises(NotAFact) as refused:
        batch.record_lines(
            session, CITRA, DINKES, [of(rows[0]), of(rows[1], terlihat=Rupiah.of(1))], NOW
        )
    told = [(one.row, one.field, one.message) for one in refused.value.findings]
    assert [(row, field) for row, field, _said in told] == [(1, "baris"), (2, "baris")]
    assert "sudah diselesaikan" in told[0][2]
    assert "sisanya kini Rp 20.000" in told[1][2]


def test_what_is_beyond_a_ceiling_is_recorded_and_counted(session: Session) -> None:
    (row,) = lines(session, "KOMPUTER LINK", 29_000_000)
    assert batch.record_lines(session, CITRA, DINKES, [of(row)], NOW).over == 1  # ATK holds 10 m


def test_card_month_and_lines_are_read_once(session: Session) -> None:
    """Six lines read no more rows of cards, months and lines than three do."""
    rows = lines(session, "FOTOKOPI DELI", *range(10_000, 19_000, 1_000))
    said: list[str] = []
    event.listen(
        session.connection(), "before_cursor_execute", lambda *given: said.append(given[2])
    )
    counts = []
    for some in (rows[:3], rows[3:]):
        session.expunge_all()
        said.clear()
        batch.record_lines(session, CITRA, DINKES, [of(row) for row in some], NOW)
        whole = ("SELECT kartu.id", "SELECT baris_bank.id", "SELECT periode.opd_id")
        counts.append([sum(one.startswith(table) for one in said) for table in whole])
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 2


def test_who_may_not_record_or_decide_is_refused(session: Session, tmp_path: Path) -> None:
    rows = lines(session, "FOTOKOPI DELI", 10_000)
    for name in ("ani", "budi", "gilang"):
        with pytest.raises(Forbidden):
            batch.record_lines(session, ACTORS[name], DINKES, [of(rows[0])], NOW)


def test_too_few_and_too_many_are_refused(session: Session) -> None:
    (row,) = lines(session, "FOTOKOPI DELI", 10_000)
    for commands in ([], [of(row)] * (batch.MOST + 1)):
        with pytest.raises(DomainError, match="Pilih satu sampai"):
            batch.record_lines(session, CITRA, DINKES, commands, NOW)
    assert total(one.jumlah for one in groups(session)) == Rupiah.of(10_000)
