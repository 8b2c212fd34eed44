"""Nobody alone: a role is proposed by one person and effective when a second one confirms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Role
from kkpd.core.proof.events import LogEvent
from kkpd.models import Ceiling, Event, Kartu, Orang, Pengguna, Penugasan
from kkpd.organisation import accounts, assignments, cards, organisation
from kkpd.oversight.todo import to_do
from kkpd.records import event_log, office_holders
from tests.cast import ACTORS, DINKES, DISDIK, ORANG, fill
from tests.databases import Fill
from tests.worlds.grants import grant, role_data
from tests.worlds.office import NOW

JOKO, MIRA, FITRI, CITRA = (ACTORS[name] for name in ("joko", "mira", "fitri", "citra"))
DAYS = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.fixture
def wira(session: Session) -> Orang:
    """Somebody new without any role."""
    data = organisation.PersonData(nama="Wira Baru", opd_id=DINKES)
    return organisation.save_person(session, JOKO, data, NOW)


def roles(session: Session, orang_id: int, day: date = DAYS) -> set[Role]:
    return {one.peran for one in accounts.assignments_on(session, orang_id, day)}


def waiting(session: Session, name: str) -> list[str]:
    return [one.wording for one in to_do(session, ACTORS[name], DAYS)]


class TestTwoPersons:
    """Proposed, confirmed, refused, withdrawn."""

    def test_a_proposal_gives_nothing(self, session: Session, wira: Orang) -> None:
        """It gave the role at once: to the login, to papers, to a delegation."""
        assignments.propose(session, JOKO, role_data(wira.id, "bud", None), NOW)
        assignments.propose(session, JOKO, role_data(wira.id, "pa", DISDIK), NOW)
        assert roles(session, wira.id) == set()
        assert office_holders.officer(session, DISDIK, "pa", DAYS) is None
        stand_in = role_data(
            ORANG["indra"], "pa", DISDIK, sampai=DAYS + timedelta(days=3), atas_nama_id=wira.id
        )
        with pytest.raises(DomainError, match="tidak memegang peran itu"):
            assignments.propose(session, JOKO, stand_in, NOW)

    def test_a_second_person_makes_it_effective(self, session: Session, wira: Orang) -> None:
        row = assignments.propose(session, JOKO, role_data(wira.id, "pa", DISDIK), NOW)
        with pytest.raises(Forbidden, match="Anda yang mengusulkan"):
            assignments.confirm(session, JOKO, row.id, NOW)
        with pytest.raises(Forbidden):
            assignments.confirm(session, CITRA, row.id, NOW)
        assignments.confirm(session, MIRA, row.id, NOW)
        assert roles(session, wira.id) == {Role.PA}
        with pytest.raises(Conflict, match="sudah diputus"):
            assignments.confirm(session, MIRA, row.id, NOW)

    def test_a_proposal_that_waited_is_not_back_dated_unseen(
        self, session: Session, wira: Orang
    ) -> None:
        row = assignments.propose(session, JOKO, role_data(wira.id, "pa", DISDIK), NOW)
        late = NOW + assignments.CONFIRMED_WITHIN + timedelta(days=1)
        with pytest.raises(Conflict, match="tanpa alasan berlaku mundur"):
            assignments.confirm(session, MIRA, row.id, late)
        assignments.confirm(session, MIRA, row.id, late - timedelta(days=1))

    def test_nobody_confirms_what_is_for_himself(self, session: Session) -> None:
        first = session.scalars(select(Penugasan).where(Penugasan.orang_id == ORANG["mira"])).one()
        longer = role_data(ORANG["mira"], "admin", None, dasar="SK 10/2026")
        row = assignments.propose(session, JOKO, longer, NOW)
        with pytest.raises(Forbidden, match="untuk Anda sendiri"):
            assignments.confirm(session, MIRA, row.id, NOW)
        assert first.status == "berlaku"

    def test_refused_with_a_reason_or_withdrawn(self, session: Session, wira: Orang) -> None:
        data = role_data(wira.id, "pa", DISDIK)
        row = assignments.propose(session, JOKO, data, NOW)
        with pytest.raises(Conflict, match="sudah menunggu"):
            assignments.propose(session, JOKO, data, NOW)
        with pytest.raises(Forbidden, match="Tariklah"):
            assignments.refuse(session, JOKO, row.id, "keliru orang", NOW)
        with pytest.raises(DomainError, match="alasan menolak"):
            assignments.refuse(session, MIRA, row.id, " ", NOW)
        assignments.refuse(session, MIRA, row.id, "keliru orang", NOW)
        again = assignments.propose(session, JOKO, data, NOW)
        with pytest.raises(Forbidden, match="Hanya pengusulnya"):
            assignments.withdraw(session, MIRA, again.id, NOW)
        assignments.withdraw(session, JOKO, again.id, NOW)
        assert (row.status, again.status) == ("ditolak", "ditarik")
        assert roles(session, wira.id) == set()
        for act in (assignments.confirm, assignments.withdraw):
            with pytest.raises(NotFound):
                act(session, MIRA, 999, NOW)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"dasar": " "}, "nomor surat keputusan"),
            ({"tanggal_dasar": None}, "tanggal surat"),
            ({"tanggal_dasar": date(2026, 10, 21)}, "belum tiba"),
            ({"mulai": date(2020, 1, 1)}, "mengapa berlaku mundur"),
            ({"orang_id": 999}, "masih bekerja"),
        ],
    )
    def test_basis_and_start(
        self, session: Session, wira: Orang, change: dict[str, Any], sentence: str
    ) -> None:
        data = replace(role_data(wira.id, "pa", DISDIK), **change)
        with pytest.raises(DomainError, match=sentence):
            assignments.propose(session, JOKO, data, NOW)

    def test_the_database_asks_for_two_persons(self, session: Session, wira: Orang) -> None:
        """A row that one person wrote past the verbs is refused on both databases."""

        def row(**changes: Any) -> Penugasan:
            given: dict[str, Any] = {
                "orang_id": wira.id, "peran": "pa", "opd_id": DISDIK, "mulai": DAYS, "dasar": "SK",
                "tanggal_dasar": DAYS, "status": "berlaku", "diusulkan_oleh_id": JOKO.orang_id,
                "diputus_oleh_id": MIRA.orang_id,
            }  # fmt: skip
            return Penugasan(**given | changes)

        for wrong in (
            {"diputus_oleh_id": JOKO.orang_id},
            {"diputus_oleh_id": None},
            {"diputus_oleh_id": wira.id},
            {"dasar": ""},
            {"tanggal_dasar": None},
        ):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.add(row(**wrong))
        good = row()
        session.add(good)
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            good.peran = "bud"


class TestKeptApart:
    """What the law keeps apart is refused at proposal, at confirmation and at a card."""

    def test_the_administrator_gives_himself_nothing(self, session: Session) -> None:
        """He gave himself PA, KPA from 2020, BUD, inspector, treasurer, PPK and PPTK, at once."""
        for peran, opd_id in (
            ("pa", DINKES), ("kpa", DINKES), ("bud", None), ("inspektur", None), ("pptk", DINKES),
            ("bendahara", DINKES), ("ppk", DINKES), ("auditor", None), ("pemegang", DINKES),
        ):  # fmt: skip
            with pytest.raises(Conflict, match="Joko Administrator sudah Administrator"):
                assignments.propose(session, JOKO, role_data(JOKO.orang_id, peran, opd_id), NOW)
        assert roles(session, JOKO.orang_id) == {Role.ADMIN}

    def test_a_treasurer_is_no_pptk_and_no_pa(self, session: Session) -> None:
        for peran in ("pptk", "pa", "kpa", "ppk"):
            with pytest.raises(Conflict, match="Citra Bendahara sudah Bendahara Pengeluaran"):
                assignments.propose(session, JOKO, role_data(CITRA.orang_id, peran, DINKES), NOW)
        grant(session, role_data(CITRA.orang_id, "pptk", DISDIK))  # another office's lines

    def test_checked_again_at_confirmation(self, session: Session, wira: Orang) -> None:
        one = assignments.propose(session, JOKO, role_data(wira.id, "pptk", DISDIK), NOW)
        two = assignments.propose(session, JOKO, role_data(wira.id, "kpa", DISDIK), NOW)
        assignments.confirm(session, MIRA, one.id, NOW)
        with pytest.raises(Conflict, match="sudah PPTK"):
            assignments.confirm(session, MIRA, two.id, NOW)

    def test_one_after_the_other_is_possible(self, session: Session, wira: Orang) -> None:
        first = grant(session, role_data(wira.id, "pptk", DISDIK))
        assignments.end(session, JOKO, first.id, DAYS, NOW)
        with pytest.raises(Conflict):
            grant(session, role_data(wira.id, "kpa", DISDIK))
        grant(session, role_data(wira.id, "kpa", DISDIK, mulai=DAYS + timedelta(days=1)))

    def test_who_tests_bills_holds_no_goods_card(self, session: Session, wira: Orang) -> None:
        def command(name: str, jenis: str = "barang") -> cards.ProposeCard:
            return cards.ProposeCard(
                opd_id=DINKES, jenis=jenis, nomor_akhir="1234", bank="Bank Sumut",
                pemegang_id=ORANG[name], tanggal=DAYS, nomor_dokumen="Usul/2",
            )  # fmt: skip

        for name in ("citra", "kartika", "hana", "dewi", "indra", "joko"):
            with pytest.raises(Conflict, match="tidak dapat menjadi pemegang kartu barang"):
                cards.propose(session, JOKO, command(name), NOW)
        cards.propose(session, JOKO, command("citra", "perjalanan"), NOW)  # as a traveller
        given = replace(command("ani"), nomor_akhir="1235", pemegang_id=wira.id)
        card = cards.propose(session, JOKO, given, NOW)
        grant(session, role_data(wira.id, "ppk", DINKES))
        step = cards.ChangeStatus(
            kartu_id=card.id, status="ditetapkan", tanggal=DAYS, nomor_dokumen="SK/1"
        )
        with pytest.raises(Conflict, match="sudah PPK-SKPD"):
            cards.change_status(session, MIRA, step, NOW)
        with pytest.raises(Conflict, match="sudah pemegang kartu barang"):
            assignments.propose(session, JOKO, role_data(ORANG["ani"], "ppk", DINKES), NOW)


class TestCards:
    """A card with its limit is proposed by one and decided by another."""

    @pytest.fixture
    def card(self, session: Session) -> Kartu:
        """Proposed by Joko for Ani."""
        command = cards.ProposeCard(
            opd_id=DINKES, jenis="barang", nomor_akhir="1234", bank="Bank Sumut",
            pemegang_id=ORANG["ani"], tanggal=DAYS, nomor_dokumen="Usul/2",
            limit=Rupiah.of(5_000_000),
        )  # fmt: skip
        return cards.propose(session, JOKO, command, NOW)

    @staticmethod
    def step(card: Kartu, status: str, why: str = "") -> cards.ChangeStatus:
        return cards.ChangeStatus(
            kartu_id=card.id, status=status, tanggal=DAYS, nomor_dokumen="SK/1", keterangan=why
        )

    def test_the_proposer_does_not_decide(self, session: Session, card: Kartu) -> None:
        limit = select(Ceiling.limit).where(Ceiling.kunci == card.token)
        assert session.scalar(limit) is None
        with pytest.raises(Forbidden, match="Anda yang mengusulkan kartu ini"):
            cards.change_status(session, JOKO, self.step(card, "ditetapkan"), NOW)
        cards.change_status(session, MIRA, self.step(card, "ditetapkan"), NOW)
        assert session.scalar(limit) == Rupiah.of(5_000_000)

    def test_taken_back_or_refused_with_a_reason(self, session: Session, card: Kartu) -> None:
        with pytest.raises(DomainError, match="ditarik atau ditolak"):
            cards.change_status(session, MIRA, self.step(card, "ditutup"), NOW)
        cards.change_status(session, MIRA, self.step(card, "ditutup", "salah orang"), NOW)
        assert card.status == "ditutup"


class TestWhoMustActIsTold:
    """The second person and the inspector see it at once, and the log tells all of it."""

    def test_to_do_of_the_second_person_and_the_inspector(
        self, session: Session, wira: Orang
    ) -> None:
        own = {name: waiting(session, name) for name in ("joko", "mira", "fitri", "citra")}
        row = assignments.propose(session, JOKO, role_data(wira.id, "pa", DISDIK), NOW)
        assert waiting(session, "mira") == ["Konfirmasi atau tolak 1 usulan penugasan"]
        assert waiting(session, "joko") == own["joko"] == []
        told = "Tinjau 1 usulan dan pemberian hak 7 hari terakhir"
        assert waiting(session, "fitri") == [*own["fitri"], told]
        assignments.confirm(session, MIRA, row.id, NOW)
        assert waiting(session, "mira") == []
        assert told in waiting(session, "fitri")
        assert waiting(session, "citra") == own["citra"]
        later = to_do(session, FITRI, DAYS + timedelta(days=9))
        assert told not in [one.wording for one in later]

    def test_cards_too(self, session: Session) -> None:
        command = cards.ProposeCard(
            opd_id=DINKES, jenis="barang", nomor_akhir="1234", bank="Bank Sumut",
            pemegang_id=ORANG["ani"], tanggal=DAYS, nomor_dokumen="Usul/2",
        )  # fmt: skip
        cards.propose(session, JOKO, command, NOW)
        assert waiting(session, "mira") == ["Tetapkan atau tolak 1 usulan kartu"]
        assert waiting(session, "joko") == []
        assert "Tinjau 1 usulan dan pemberian hak 7 hari terakhir" in waiting(session, "fitri")

    def test_the_event_tells_who_what_whom_when_and_why(
        self, session: Session, wira: Orang
    ) -> None:
        data = role_data(
            wira.id, "pa", DISDIK, mulai=date(2026, 10, 1), alasan_mundur="SK terlambat diterima"
        )
        grant(session, data)
        event_log.append_queued(session)
        last = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
        told = LogEvent.from_bytes(last.isi)
        assert (told.kind, told.actor) == ("admin:penugasan:konfirmasi", f"orang:{MIRA.orang_id}")
        assert isinstance(told.before, dict)
        assert isinstance(told.after, dict)
        assert (told.before["status"], told.after["status"]) == ("usulan", "berlaku")
        assert (
            told.after.items()
            >= {
                "orang": "Wira Baru",
                "peran": "pa",
                "opd": "Dinas Pendidikan",
                "mulai": "2026-10-01",
                "dasar": "SK Bupati 9/2026",
                "tanggal_dasar": "2026-10-19",
                "alasan_mundur": "SK terlambat diterima",
                "diusulkan_oleh": "Joko Administrator",
                "diputus_oleh": "Mira Administrator",
            }.items()
        )


class TestAdministrators:
    """How two of them come to be, and what happens when they leave."""

    @staticmethod
    def install(session: Session, others: int, name: str = "kedua", dasar: str = "SK 3") -> int:
        data = organisation.PersonData(nama="Kedua")
        return organisation.first_one(
            session, data, name, "x", now=NOW, others=others, dasar=dasar
        ).orang_id

    @staticmethod
    def leaves(session: Session, name: str) -> None:
        session.get_one(Orang, ORANG[name]).aktif = False
        session.flush()

    def test_the_machine_makes_only_two(self, session: Session) -> None:
        with pytest.raises(Conflict, match="mereka usulkan di halaman Penugasan"):
            self.install(session, 1)
        self.leaves(session, "mira")
        with pytest.raises(Conflict, match="second-admin"):
            self.install(session, 0)
        with pytest.raises(DomainError, match="nomor keputusannya"):
            self.install(session, 1, dasar="")
        made = self.install(session, 1)
        assert list(accounts.administrators(session, DAYS)) == [ORANG["joko"], made]
        event_log.append_queued(session)
        kinds = session.scalars(select(Event.jenis).order_by(Event.seq)).all()
        assert kinds[-1] == "admin:penugasan:pasang"
        assert "Tinjau 1 usulan dan pemberian hak 7 hari terakhir" in waiting(session, "fitri")

    @staticmethod
    def term(session: Session, name: str, last: date) -> None:
        """The administrator's office ends on this day."""
        row = session.scalars(select(Penugasan).where(Penugasan.orang_id == ORANG[name])).one()
        row.sampai = last
        session.flush()

    def test_two_of_them_renew_each_other_s_term_by_the_machine(self, session: Session) -> None:
        """The proposer is not the one who gets it, the confirmer neither: of two nobody is left."""
        last = DAYS + timedelta(days=20)
        self.term(session, "mira", last)
        words = "Perpanjang masa administrator yang segera berakhir"
        told = f"{words}: Mira Administrator, {last:%d-%m-%Y}"
        assert told in waiting(session, "joko")
        data = replace(role_data(MIRA.orang_id, "admin", None), mulai=DAYS)
        row = assignments.propose(session, JOKO, data, NOW)
        for who in (JOKO, MIRA):
            with pytest.raises(Forbidden):
                assignments.confirm(session, who, row.id, NOW)
        with pytest.raises(Conflict, match="Joko Administrator sudah administrator tanpa"):
            self.install(session, 1, "joko")
        assert self.install(session, 1, "mira") == MIRA.orang_id
        assert told not in waiting(session, "joko")
        after = last + timedelta(days=1)
        assert MIRA.orang_id in accounts.administrators(session, after)
        with pytest.raises(Conflict, match="tanpa hari terakhir"):
            self.install(session, 1, "mira")

    def test_the_only_one_left_gets_a_new_term_by_the_machine(self, session: Session) -> None:
        self.leaves(session, "mira")
        self.term(session, "joko", DAYS)
        assert self.install(session, 0, "joko") == JOKO.orang_id
        assert JOKO.orang_id in accounts.administrators(session, DAYS + timedelta(days=1))

    def test_after_both_left_the_machine_begins_again(self, session: Session) -> None:
        self.leaves(session, "joko")
        session.get_one(Pengguna, ORANG["mira"]).aktif = False
        session.flush()
        with pytest.raises(Conflict, match="first-admin"):
            accounts.administrator(session, DAYS)
        with pytest.raises(Conflict, match="first-admin"):
            self.install(session, 1)
        made = self.install(session, 0)
        assert accounts.administrator(session, DAYS).orang_id == made

    def test_a_known_login_keeps_its_person_but_not_beside_a_role(self, session: Session) -> None:
        self.leaves(session, "mira")
        with pytest.raises(Conflict, match="Citra Bendahara sudah Bendahara"):
            self.install(session, 1, "citra")
        with pytest.raises(Conflict, match="tidak aktif"):
            self.install(session, 1, "mira")

    def test_the_last_administrator_does_not_end(self, session: Session) -> None:
        rows = {
            row.orang_id: row.id
            for row in session.scalars(select(Penugasan).where(Penugasan.peran == "admin"))
        }
        assignments.end(session, JOKO, rows[ORANG["mira"]], DAYS, NOW)
        with pytest.raises(Conflict, match="administrator terakhir"):
            assignments.end(session, JOKO, rows[ORANG["joko"]], DAYS, NOW)


def test_an_end_only_comes_nearer(session: Session, wira: Orang) -> None:
    """Ending was also a way to make an assignment longer, alone."""
    row = grant(session, role_data(wira.id, "pa", DISDIK, sampai=date(2026, 12, 31)))
    with pytest.raises(DomainError, match="diusulkan sebagai penugasan baru"):
        assignments.end(session, JOKO, row.id, date(2027, 12, 31), NOW)
    assignments.end(session, JOKO, row.id, date(2026, 11, 30), NOW)
    waits = assignments.propose(session, JOKO, role_data(wira.id, "pemegang", DISDIK), NOW)
    with pytest.raises(Conflict, match="tidak sedang berlaku"):
        assignments.end(session, JOKO, waits.id, DAYS, NOW)


@pytest.mark.parametrize(
    "act",
    [
        lambda s, data: assignments.propose(s, CITRA, data, NOW),
        lambda s, _data: assignments.confirm(s, FITRI, 1, NOW),
        lambda s, _data: assignments.refuse(s, FITRI, 1, "tidak boleh", NOW),
        lambda s, _data: assignments.withdraw(s, FITRI, 1, NOW),
        lambda s, _data: assignments.end(s, FITRI, 1, DAYS, NOW),
    ],
)
def test_only_by_administrators(session: Session, act: Callable[[Session, Any], Any]) -> None:
    with pytest.raises(Forbidden):
        act(session, role_data(ORANG["ani"], "pptk", DISDIK))
