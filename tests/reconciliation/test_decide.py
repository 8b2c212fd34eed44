"""Reconciliation as a service: certain pairs, people's pairs, explanations, undo, closing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines import matching
from kkpd.ledger import standing
from kkpd.models import Cocok, Periode, Selisih, Tagihan, Temuan
from kkpd.oversight import board, this_month
from kkpd.oversight.cases import reads
from kkpd.oversight.cases.reads import CaseFilter
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import differences, line_detail, periods
from kkpd.reconciliation import month as look
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import OKTOBER, bank_billed, baris_bank, berbukti, penerbit, shortlist
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def summary(session: Session) -> look.MonthSummary:
    return look.working(session, CITRA, DINKES, OKTOBER).summary


def _bulan_ini(session: Session, month: tuple[int, int]) -> this_month.MonthOverview:
    headline = look.working(session, CITRA, DINKES, month).summary
    books = standing.standing(session, [DINKES], NOW.date())
    return this_month.month_overview(session, CITRA, DINKES, month, headline, books)


def test_certain_pairs_are_accepted_at_once(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path, 1)
    berbukti(session, tmp_path, 2, rupiah=1_237_450)
    baris_bank(session, 750_000, 1_237_450)
    assert summary(session).selisih == Rupiah.of(1_987_450)
    assert reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW) == 2
    after = summary(session)
    assert (after.selisih, after.matched_lines, after.not_yet_billed) == (ZERO, 2, 0)
    assert {row.status for row in session.scalars(select(Cocok))} == {"pasti"}
    assert reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW) == 0


def test_candidates_come_with_reasons(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 772_500)[0]
    found = shortlist(session, CITRA, DINKES, OKTOBER, line.id)
    assert [one.transaksi_id for one in found] == [row.id]
    assert any(not reason.same for reason in found[0].alasan)
    assert shortlist(session, CITRA, DINKES, OKTOBER, 999) == ()


def test_the_card_on_the_bill_is_of_the_wrong_kind(session: Session, tmp_path: Path) -> None:
    """Recorded on the goods card, billed on the travel card: a finding as long as they are one."""
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 750_000, kartu_id=belanja_dunia.KARTU_DINAS, kartu_akhir="9004")[0]
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
    )
    found = session.scalars(select(Temuan).where(Temuan.aturan == "kartu_tagihan_salah")).one()
    assert "berakhiran 9004" in found.pesan
    assert found.masukan["dasar"] == "Permendagri 79/2022 Pasal 18 ayat (4)"
    reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)
    assert found.selesai_at == NOW


def test_a_surcharge_is_linked_with_its_rest_named(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 772_500)[0]
    with pytest.raises(DomainError, match=r"Tagihan lebih Rp 22\.500"):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
        )
    command = reconciliation_decide.LinkUp(line.id, (row.id,), "biaya", "surcharge tiga persen")
    reconciliation_decide.pair_up(session, CITRA, DINKES, command, NOW)
    assert summary(session).selisih == ZERO
    assert summary(session).amount_explained == Rupiah.of(22_500)
    assert [one.nilai for one in line_detail.explanations_on_line(session, DINKES, line.id)] == [
        Rupiah.of(22_500)
    ]
    assert [one.merchant for one in line_detail.links_of(session, CITRA, DINKES, line.id)] == [
        "Toko Sumber Rejeki"
    ]


def test_one_line_for_two_purchases(session: Session, tmp_path: Path) -> None:
    rows = [berbukti(session, tmp_path, n, rupiah=amount) for n, amount in ((1, 300), (2, 450))]
    line = baris_bank(session, 750)[0]
    command = reconciliation_decide.LinkUp(line.id, tuple(row.id for row in rows))
    reconciliation_decide.pair_up(session, CITRA, DINKES, command, NOW)
    assert {row.jenis for row in session.scalars(select(Cocok))} == {"pecah"}
    assert summary(session).selisih == ZERO


def test_a_second_hand_is_told_and_nothing_is_linked_twice(
    session: Session, tmp_path: Path
) -> None:
    first, second = (berbukti(session, tmp_path, n) for n in (1, 2))
    lines = baris_bank(session, 750_000, 750_000)
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(lines[0].id, (first.id,)), NOW
    )
    with pytest.raises(Conflict, match="sudah diselesaikan"):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(lines[0].id, (second.id,)), NOW
        )
    with pytest.raises(Conflict, match="sudah dipasangkan"):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(lines[1].id, (first.id,)), NOW
        )


def test_undo_and_again(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 750_000)[0]
    for _ in range(2):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
        )
        assert reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW) == [line.id]
    with pytest.raises(Conflict, match="Tidak ada pasangan"):
        reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)
    assert summary(session).selisih == Rupiah.of(750_000)
    assert len(session.scalars(select(Cocok)).all()) == 2


def test_what_was_undone_never_comes_back(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 750_000)[0]
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
    )
    reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)
    link = session.scalars(select(Cocok)).one()
    link.dicabut_at, link.dicabut_oleh_id = None, None
    with pytest.raises(DBAPIError, match="tidak kembali"):
        session.flush()


@pytest.mark.parametrize(
    ("jenis", "catatan", "sentence"),
    [("lain", "karena begitu", "Pilih jenis"), ("meterai", "", "Tulis catatan")],
)
def test_an_explanation_says_what_and_why(
    session: Session, jenis: str, catatan: str, sentence: str
) -> None:
    line = baris_bank(session, 10_000)[0]
    with pytest.raises(DomainError, match=sentence):
        differences.explain_difference(
            session, CITRA, DINKES, differences.Explain(line.id, jenis, None, catatan), NOW
        )


@pytest.mark.parametrize("sen", [-1, 0, 1_000_001, 10**17])
def test_an_explanation_stays_within_the_line(session: Session, sen: int) -> None:
    line = baris_bank(session, 10_000)[0]
    command = differences.Explain(line.id, "meterai", Rupiah(sen), "dari UP Tunai")
    with pytest.raises(DomainError, match="antara nol dan sisa"):
        differences.explain_difference(session, CITRA, DINKES, command, NOW)


def test_cannot_decide_is_an_answer_with_an_owner(session: Session) -> None:
    line = baris_bank(session, 90_000)[0]
    command = differences.Explain(
        line.id, "tanpa_belanja", None, "tanyakan Ani", pemilik_id=1, jatuh_tempo=NOW.date()
    )
    row = differences.explain_difference(session, CITRA, DINKES, command, NOW)
    assert (row.pemilik_id, row.nilai) == (1, Rupiah.of(90_000))
    assert summary(session).selisih == ZERO


def test_choices_that_are_none(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    line = baris_bank(session, 750_000)[0]
    for ids in ((), tuple(range(1, 30))):
        with pytest.raises(DomainError, match="Pilih satu sampai 20"):
            reconciliation_decide.pair_up(
                session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, ids), NOW
            )
    with pytest.raises(NotFound):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id, 99)), NOW
        )
    with pytest.raises(NotFound):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(99, (row.id,)), NOW
        )
    with pytest.raises(Forbidden):
        reconciliation_decide.accept_certain(session, ACTORS["dewi"], DINKES, OKTOBER, NOW)
    with pytest.raises(NotFound):
        look.month_lines(session, ACTORS["eko"], DINKES, OKTOBER)


class TestPeriode:
    """Closing in order, and what a closed month refuses."""

    def test_says_what_holds_it(self, session: Session, tmp_path: Path) -> None:
        row, _waits = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2, rupiah=90_000)
        baris_bank(session, 500_000)
        bank_billed(session, tmp_path, row)
        obstacles = periods.closing_obstacles(session, CITRA, DINKES, OKTOBER, NOW.date())
        assert obstacles == [
            "1 baris bank belum cocok atau dijelaskan.",
            "1 belanja yang ditagih belum selesai diuji atau belum masuk DPT.",
        ]
        with pytest.raises(Conflict, match="belum dapat ditutup"):
            periods.close(session, CITRA, DINKES, OKTOBER, penerbit(tmp_path), NOW)

    def test_closes_once_and_in_order(self, session: Session, tmp_path: Path) -> None:
        line = baris_bank(session, 10_000, jenis="meterai")[0]
        later = NOW.replace(month=11)  # a month to come cannot be closed at all
        with pytest.raises(Conflict, match="Oktober 2026 belum ditutup"):
            periods.close(session, CITRA, DINKES, (2026, 11), penerbit(tmp_path), later)
        command = differences.Explain(line.id, "meterai", None, "dari UP Tunai")
        differences.explain_difference(session, CITRA, DINKES, command, NOW)
        periods.close(session, CITRA, DINKES, OKTOBER, penerbit(tmp_path), NOW)
        with pytest.raises(Conflict, match="sudah ditutup"):
            periods.close(session, CITRA, DINKES, OKTOBER, penerbit(tmp_path), NOW)
        assert periods.status_periode(session, DINKES, OKTOBER) == "ditutup"
        assert periods.status_periode(session, DINKES, (2026, 12)) == "terbuka"
        with pytest.raises(Conflict, match="sudah ditutup"):
            reconciliation_decide.undo(session, CITRA, DINKES, line.id, NOW)

    def test_a_closed_month_takes_no_fact_by_any_path(self, session: Session) -> None:
        line = baris_bank(session, 10_000, jenis="meterai")[0]
        row = session.get_one(Periode, (DINKES, *OKTOBER))
        row.status = "ditutup"
        session.flush()
        session.add(
            Selisih(
                opd_id=DINKES,
                tahun=2026,
                bulan=10,
                jenis="meterai",
                nilai=Rupiah.of(1),
                catatan="langsung",
                at=NOW,
                oleh_id=CITRA.orang_id,
                pemilik_id=CITRA.orang_id,
                baris_bank_id=line.id,
            )
        )
        with pytest.raises(DBAPIError, match="periode sudah ditutup"):
            session.flush()


class TestPapan:
    """The inspector's board and the treasurer's month over the same facts."""

    def test_what_needs_eyes_comes_first(self, session: Session, tmp_path: Path) -> None:
        berbukti(session, tmp_path, 1)
        baris_bank(session, 750_000, -20_000)
        rows = board.oversight_board(session, ACTORS["fitri"], 2026, NOW.date())
        assert [row.slug for row in rows] == ["dinkes", "disdik"]
        assert rows[0].selisih == Rupiah.of(770_000)
        assert (rows[0].oldest_open, (rows[0].oldest_cell or [None])[0]) == (6, OKTOBER)
        assert rows[0].up_used == 1
        assert rows[1].selisih == ZERO

    def test_cases_are_scoped(self, session: Session, tmp_path: Path) -> None:
        berbukti(session, tmp_path, 1, kartu_id=belanja_dunia.KARTU_DINAS)
        found = reads.page(session, CaseFilter(opds=None))
        assert "kartu_salah" in {row.aturan for row in found.rows}
        assert reads.page(session, CaseFilter(opds={2})).rows == ()

    def test_the_month_counts_its_steps(self, session: Session, tmp_path: Path) -> None:
        empty = _bulan_ini(session, (2026, 11))
        assert (empty.selesai, len(empty.langkah)) == (0, 9)
        berbukti(session, tmp_path, 1)
        baris_bank(session, 750_000)
        reconciliation_decide.accept_certain(session, CITRA, DINKES, OKTOBER, NOW)
        month = _bulan_ini(session, OKTOBER)
        done = {step.kunci for step in month.langkah if step.selesai}
        assert {"tagihan", "cocok", "bukti", "kelas"} == done
        assert (month.operasi[9], month.up is None) == (Rupiah.of(750_000), False)
        assert session.scalars(select(Tagihan)).one().bulan == 10


def test_two_lines_for_one_purchase(session: Session, tmp_path: Path) -> None:
    """A purchase billed in two parts is covered by both lines, exactly."""
    row = berbukti(session, tmp_path, 1, rupiah=1_237_450)
    lines = {str(line.id): line for line in baris_bank(session, 800_000, 437_450)}
    pair = matching.Pairing(tuple(lines), (str(row.id),), "gabung", "pasti", 9.0, 0.999, 5.0, ())
    shown = {str(one.id): one for one in look.month_lines(session, CITRA, DINKES, OKTOBER)}
    open_ = {str(one.id): one for one in look.open_lines_month(session, DINKES, OKTOBER)}
    parts = reconciliation_decide._parts(pair, shown, open_)
    assert [amount for _line, _purchase, amount in parts] == [
        Rupiah.of(800_000),
        Rupiah.of(437_450),
    ]


def test_a_line_of_money_back(session: Session, tmp_path: Path) -> None:
    origin = berbukti(session, tmp_path, 1)
    back = berbukti(session, tmp_path, 2, rupiah=-250_000, asal_id=origin.id)
    line = baris_bank(session, -250_000)[0]
    reconciliation_decide.pair_up(
        session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (back.id,)), NOW
    )
    assert session.scalars(select(Cocok)).one().jenis == "refund"


def test_a_cancelled_purchase_is_no_partner(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1)
    row.status = "dibatalkan"
    line = baris_bank(session, 750_000)[0]
    with pytest.raises(Conflict, match="dibatalkan"):
        reconciliation_decide.pair_up(
            session, CITRA, DINKES, reconciliation_decide.LinkUp(line.id, (row.id,)), NOW
        )
