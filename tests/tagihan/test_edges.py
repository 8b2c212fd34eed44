"""At the edges of the verbs: what is gone from the store, who holds several roles, money back
without a purchase, limits that were raised, files whose references change with every export.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr, dpt
from kkpd.core.errors import DomainError, Forbidden, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Assignment, Role
from kkpd.engines import reading as engines_reading
from kkpd.models import BarisBank, Ceiling, Selisih, Tagihan, Temuan
from kkpd.organisation import cards, organisation
from kkpd.pagu.ceilings.movements import Key, set_limit
from kkpd.reconciliation import differences
from kkpd.records import transitions
from kkpd.records.custody import Store
from kkpd.tagihan import receive
from kkpd.tagihan.intake import consequences as impor_akibat
from kkpd.tagihan.intake.plan import preview_lines
from kkpd.tagihan.receive import TakeIn, UploadFile
from tests.cast import ACTORS, DINKES, DISDIK, ORANG
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, NASI, SEKARANG, ambil, csv, tutup_bulan
from tests.worlds.chain_steps import LULUS, OKTOBER, berbukti, diperiksa, penerbit, setuju
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]
JOKO = ACTORS["joko"]
KEPALA_REF = "Tgl Transaksi;Tgl Pembukuan;Nomor Kartu;No Referensi;Keterangan;Jumlah (Rp);DB/CR"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def up(session: Session) -> Ceiling:
    return session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()


def with_references(*references: str) -> bytes:
    """One purchase a reference, with the references of one export."""
    rows = [
        ";".join((*KOPI[:3], reference, f"TOKO {number}", *KOPI[4:]))
        for number, reference in enumerate(references)
    ]
    return "\n".join([KEPALA_REF, *rows, ""]).encode()


class TestBerkas:
    """Kept bytes answer for themselves."""

    def test_gone_or_changed_bytes_are_said(self, tmp_path: Path) -> None:
        store = Store(tmp_path)
        digest = store.put(b"tagihan")
        assert store.put(b"tagihan") == digest
        assert store.get(digest) == b"tagihan"
        store.path(digest).write_bytes(b"tagihan?")
        with pytest.raises(NotFound, match="berubah di penyimpanan"):
            store.get(digest)
        for changed in (b"tagihan?", b"tagihaN"):
            store.path(digest).write_bytes(changed)
            assert store.get(store.put(b"tagihan")) == b"tagihan", "whoever has the file mends it"
        store.path(digest).unlink()
        with pytest.raises(NotFound, match="tidak ada di penyimpanan"):
            store.get(digest)


class TestPeran:
    """Somebody with several assignments acts in the one that the step asks for."""

    def test_the_role_that_the_step_asks_for_is_taken(self) -> None:
        both = (
            Assignment(Role.BENDAHARA, DISDIK),
            Assignment(Role.PA, DINKES),
        )
        dewi = replace(ACTORS["dewi"], assignment=both)
        assert transitions.acting_role(dewi, DINKES, "setujui") == Role.PA
        assert transitions.acting_role(dewi, DISDIK, "ajukan") == Role.BENDAHARA
        with pytest.raises(Forbidden, match="Hanya"):
            transitions.acting_role(dewi, DISDIK, "setujui")
        with pytest.raises(Forbidden, match="Hanya"):
            transitions.acting_role(replace(dewi, assignment=()), DINKES, "setujui")

    def test_a_line_of_another_opd_of_mine_is_not_put_forward_here(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path)
        both = replace(
            CITRA,
            assignment=(Assignment(Role.BENDAHARA, DINKES), Assignment(Role.BENDAHARA, DISDIK)),
        )
        with pytest.raises(DomainError, match="bukan milik OPD ini"):
            dpr.put_forward(session, both, DISDIK, [row.id], NOW)

    def test_a_person_without_number_may_be_entered_twice(self, session: Session) -> None:
        for _ in range(2):
            made = organisation.save_person(
                session, JOKO, organisation.PersonData(nama="Sari"), NOW
            )
            assert made.nip is None


class TestPagu:
    """Room on the ceilings, found late or given back."""

    def test_a_line_over_the_ceiling_is_approved_once_there_is_room(
        self, session: Session, tmp_path: Path
    ) -> None:
        row = berbukti(session, tmp_path, rupiah=9_500_000)
        over = berbukti(session, tmp_path, 2, rupiah=8_000_000)
        diperiksa(session, tmp_path, row, over)
        line = f"{belanja_dunia.SUB}|{belanja_dunia.ATK}|{belanja_dunia.PAD}"
        set_limit(session, Key(DINKES, 2026, "dpa", line), Rupiah.of(20_000_000))
        approval_decide.decide(session, ACTORS["dewi"], setuju(over), NOW)
        assert over.status == "disetujui"
        assert up(session).reserved == Rupiah.of(17_500_000)

    def test_money_back_without_an_original_is_recorded_and_goes_no_further(
        self, session: Session, tmp_path: Path
    ) -> None:
        """It is open, not negative spending: it leaves the ceilings and is put on no DPR."""
        back = berbukti(session, tmp_path, 2, rupiah=-50_000)
        with pytest.raises(DomainError, match="pengembalian tanpa belanja asal"):
            diperiksa(session, tmp_path, back)
        assert (up(session).reserved, up(session).posted) == (ZERO, ZERO)

    def test_a_refusal_is_told_once(self, session: Session, tmp_path: Path) -> None:
        row, whole = berbukti(session, tmp_path, 1), berbukti(session, tmp_path, 2)
        diperiksa(session, tmp_path, row, whole)
        part = {"nilai": Rupiah.of(700_000), "alasan": "ongkos kirim bukan belanja"}
        answers = LULUS | {2: "tidak"}
        approval_decide.decide(session, ACTORS["dewi"], setuju(row, jawaban=answers, **part), NOW)
        approval_decide.decide(session, ACTORS["dewi"], setuju(whole), NOW)
        told = dpt.not_yet_notified(session, DINKES, OKTOBER)
        assert [(one.id, amount) for one, amount, _ in told] == [(row.id, Rupiah.of(50_000))]
        issue = penerbit(tmp_path)
        dpt.issue_refusal_notice(session, ACTORS["dewi"], DINKES, OKTOBER, issue, NOW)
        assert dpt.not_yet_notified(session, DINKES, OKTOBER) == []
        with pytest.raises(DomainError, match="Tidak ada penolakan"):
            dpt.issue_refusal_notice(session, ACTORS["dewi"], DINKES, OKTOBER, issue, NOW)

    def test_a_card_without_a_limit_has_no_ceiling(self, session: Session) -> None:
        command = cards.ProposeCard(
            opd_id=DINKES,
            jenis="barang",
            nomor_akhir="1234",
            bank="Bank Sumut",
            pemegang_id=ORANG["ani"],
            tanggal=NOW.date(),
            nomor_dokumen="Usul/9",
        )
        made = cards.propose(session, JOKO, command, NOW)
        held = select(Ceiling.id).where(Ceiling.kunci == made.token)
        assert session.scalars(held).all() == []


class TestBerkasBank:
    """Files that change between two exports."""

    def test_references_that_change_with_every_export_are_not_believed(
        self, session: Session, tmp_path: Path
    ) -> None:
        first = ambil(session, tmp_path, with_references("A1", "A2", "A3"), nama="a.csv")
        again = ambil(session, tmp_path, with_references("B1", "B2", "B3"), nama="b.csv")
        assert (first.baru, again.baru, again.lama) == (3, 0, 3)

    def test_references_that_stay_tell_equal_purchases_apart(
        self, session: Session, tmp_path: Path
    ) -> None:
        ambil(session, tmp_path, with_references("A1", "A2"), nama="a.csv")
        more = ambil(session, tmp_path, with_references("A1", "A2", "A3"), nama="b.csv")
        assert (more.baru, more.lama) == (1, 2)

    def test_a_line_without_a_day_goes_to_the_month_of_the_last_one(
        self, session: Session, tmp_path: Path
    ) -> None:
        stamp = ("", "", "4821", "BEA METERAI", "10.000,00", "DB")
        hasil = ambil(session, tmp_path, csv([KOPI, NASI, stamp]))
        assert hasil.baru == 3
        assert [(one.tahun, one.bulan) for one in session.scalars(select(Tagihan))] == [OKTOBER]

    def test_equal_lines_are_counted_over_files(self, session: Session, tmp_path: Path) -> None:
        first = ambil(session, tmp_path, csv([KOPI, NASI, KOPI]), nama="a.csv")
        more = ambil(session, tmp_path, csv([KOPI, NASI, KOPI, KOPI]), nama="b.csv")
        assert (first.baru, more.baru, more.lama) == (3, 1, 3)
        held = session.execute(
            select(BarisBank.keterangan, BarisBank.kejadian).order_by(BarisBank.id)
        ).all()
        assert Counter(number for _, number in held) == {1: 2, 2: 1, 3: 1}
        assert len({tuple(one) for one in held}) == 4

    def test_the_preview_goes_on_behind_what_was_shown(
        self, session: Session, tmp_path: Path
    ) -> None:
        rows = [(*KOPI[:3], f"TOKO {number}", *KOPI[4:]) for number in range(7)]
        file = UploadFile(DINKES, csv(rows), "t.csv")
        kept = receive.upload(session, CITRA, file, Store(tmp_path), SEKARANG)
        command = TakeIn(DINKES, kept.id, engines_reading.parse(csv(rows), "t.csv"))
        plan = receive.preview(session, CITRA, command, SEKARANG)
        shown = preview_lines(plan, 4, 5)
        assert [one.line.description for one in shown.baris] == ["TOKO 5", "TOKO 6"]
        assert shown.next_up is None

    def test_many_findings_of_one_kind_are_one_a_bill(
        self, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of two months' lists only the one with unknown cards gets the finding."""
        monkeypatch.setattr(impor_akibat, "ONE_BY_ONE", 1)
        september = [("13/09/2026", "14/09/2026", *KOPI[2:])]
        unknown = [(*KOPI[:2], "9999", f"TOKO {number}", *KOPI[4:]) for number in range(3)]
        ambil(session, tmp_path, csv([*september, *unknown]))
        found = session.scalars(select(Temuan).where(Temuan.aturan == "kartu_tak_dikenal")).one()
        assert found.masukan["n"] == "3"

    def test_an_explanation_of_an_interim_line_that_changed_is_asked_again(
        self, session: Session, tmp_path: Path
    ) -> None:
        interim = ("14/10/2026", "", "4821", "RM SEDERHANA", "180.000,00", "DB")
        ambil(session, tmp_path, csv([interim]), jenis="dts", nama="dts.csv")
        line = session.scalars(select(BarisBank)).one()
        explain = differences.Explain(line.id, "biaya", Rupiah.of(180_000), "ditanyakan ke bank")
        differences.explain_difference(session, CITRA, DINKES, explain, NOW)
        ambil(session, tmp_path, csv([NASI]), nama="final.csv")
        assert [one.dicabut_at is None for one in session.scalars(select(Selisih))] == [False]

    def test_a_late_line_stays_in_the_list_of_the_open_month(
        self, session: Session, tmp_path: Path
    ) -> None:
        tutup_bulan(session, 9)
        late = ("28/09/2026", "29/09/2026", *KOPI[2:])
        older = ("28/08/2026", "29/08/2026", *KOPI[2:])
        assert ambil(session, tmp_path, csv([older, late, NASI])).baru == 3
        lines = session.scalars(select(BarisBank).order_by(BarisBank.tanggal_transaksi)).all()
        assert [(one.bulan, one.bulan_asal) for one in lines] == [
            (10, 202608),
            (10, 202609),
            (10, None),
        ]
