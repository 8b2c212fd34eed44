"""What the administrator keeps: OPDs, people, logins, roles, settings, cards, codes, budgets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import Event, KartuRiwayat, Penugasan
from kkpd.organisation import accounts, assignments, cards, organisation
from kkpd.organisation import admin as organisation_admin
from kkpd.records import event_log, office_holders
from kkpd.records import settings as records_settings
from tests.cast import ACTORS, DINKES, KARTU_ANI, ORANG, fill
from tests.databases import Fill
from tests.worlds.grants import grant, role_data
from tests.worlds.office import NOW

JOKO, MIRA = ACTORS["joko"], ACTORS["mira"]
DAYS = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


OPD: dict[str, Any] = {"kode": "9.99.0.00.0.00.09.0000", "slug": "dinsos", "nama": "Dinas Sosial"}


class TestOpd:
    """OPDs have a code and a short name of their own."""

    def test_is_made_and_changed_with_events(self, session: Session) -> None:
        made = organisation.save_opd(session, JOKO, organisation.DataOpd(**OPD), NOW)
        changed = organisation.DataOpd(**OPD | {"nama": "Dinas Sosial Baru"})
        assert organisation.save_opd(session, JOKO, changed, NOW, made.id).id == made.id
        event_log.append_queued(session)
        kinds = [e.jenis for e in session.scalars(select(Event).order_by(Event.seq))]
        assert kinds == ["admin:opd:buat", "admin:opd:ubah"]

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"slug": "Dinas Sosial"}, "Nama pendek"),
            ({"nama": " "}, "Isi kode dan nama"),
            ({"slug": "dinkes"}, "Nama pendek itu sudah dipakai"),
            ({"kode": "1.02.0.00.0.00.01.0000"}, "Kode OPD itu sudah dipakai"),
        ],
    )
    def test_refuses(self, session: Session, change: dict[str, str], sentence: str) -> None:
        with pytest.raises(DomainError, match=sentence):
            organisation.save_opd(session, JOKO, organisation.DataOpd(**OPD | change), NOW)

    def test_only_by_the_administrator(self, session: Session) -> None:
        with pytest.raises(Forbidden):
            organisation.save_opd(session, ACTORS["citra"], organisation.DataOpd(**OPD), NOW)
        with pytest.raises(NotFound):
            organisation.save_opd(session, JOKO, organisation.DataOpd(**OPD), NOW, 999)


class TestOrang:
    """People, logins, roles with dates."""

    def test_a_person_gets_a_login_and_a_role(self, session: Session) -> None:
        person = organisation.save_person(
            session, JOKO, organisation.PersonData(nama="Wira", nip="199001"), NOW
        )
        organisation.save_person(
            session, JOKO, organisation.PersonData(nama="Wira S.E.", nip="199001"), NOW, person.id
        )
        login = organisation.LoginData(
            orang_id=person.id, nama_masuk="wira", sandi_hash="$argon2id$"
        )
        organisation.create_login(session, JOKO, login, NOW)
        made = grant(session, role_data(person.id, "pptk", DINKES))
        assignments.end(session, JOKO, made.id, DAYS, NOW)
        assert session.get_one(Penugasan, made.id).sampai == DAYS
        row = next(one for one in organisation_admin.orang(session, JOKO, DAYS, "wira"))
        assert (row.nama, row.nama_masuk, row.peran) == ("Wira S.E.", "wira", ("pptk",))
        event_log.append_queued(session)
        assert not any(b"argon2id" in e.isi for e in session.scalars(select(Event)))

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (organisation.PersonData(nama=" "), "Isi nama"),
            (organisation.PersonData(nama="Kembar", nip="123"), "NIP itu sudah"),
        ],
    )
    def test_refuses_people(
        self, session: Session, data: organisation.PersonData, sentence: str
    ) -> None:
        organisation.save_person(session, JOKO, organisation.PersonData(nama="A", nip="123"), NOW)
        with pytest.raises(DomainError, match=sentence):
            organisation.save_person(session, JOKO, data, NOW)

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"peran": "raja"}, "Pilih peran"),
            ({"opd_id": None}, "terikat satu OPD; pilih"),
            ({"peran": "auditor"}, "kosongkan OPD"),
            ({"sampai": date(2020, 1, 1)}, "sebelum tanggal mulai"),
        ],
    )
    def test_refuses_roles(self, session: Session, change: dict[str, Any], sentence: str) -> None:
        with pytest.raises(DomainError, match=sentence):
            assignments.propose(session, JOKO, replace(role_data(1, "pptk", DINKES), **change), NOW)

    def test_an_end_before_the_beginning(self, session: Session) -> None:
        with pytest.raises(DomainError, match="sebelum tanggal mulai"):
            assignments.end(session, JOKO, 1, date(2020, 1, 1), NOW)

    @pytest.mark.parametrize(
        ("orang_id", "name", "sentence"),
        [
            (ORANG["citra"], "Citra 2", "Nama masuk: huruf kecil"),
            (ORANG["citra"], "citra2", "sudah punya nama masuk"),
            (ORANG["citra"], "dewi", "Nama masuk sudah dipakai"),
        ],
    )
    def test_refuses_logins(
        self, session: Session, orang_id: int, name: str, sentence: str
    ) -> None:
        data = organisation.LoginData(orang_id=orang_id, nama_masuk=name, sandi_hash="x")
        with pytest.raises(DomainError, match=sentence):
            organisation.create_login(session, JOKO, data, NOW)

    def test_there_is_one_first_administrator(self, session: Session) -> None:
        with pytest.raises(Conflict, match="Administrator sudah ada"):
            organisation.first_one(
                session, organisation.PersonData(nama="Kedua"), "kedua", "x", now=NOW
            )
        assert accounts.administrator(session, DAYS).orang_id == ORANG["joko"]

    def test_who_holds_an_office(self, session: Session) -> None:
        found = office_holders.officer(session, DINKES, "pa", DAYS)
        assert found is not None
        assert found.id == ORANG["dewi"]
        assert office_holders.officer(session, None, "auditor", DAYS) is not None
        assert office_holders.officer(session, DINKES, "pa", date(2020, 1, 1)) is None


class TestSetelan:
    """Dated settings: the newest in force, an OPD's own first."""

    def test_the_value_of_a_day(self, session: Session) -> None:
        def put(nilai: str | None, mulai: date, opd_id: int | None = None) -> None:
            data = organisation.SettingData(
                kunci="share_up_kkpd",
                nilai=nilai,
                mulai=mulai,
                dasar_hukum="Perbup 1",
                opd_id=opd_id,
            )
            organisation.decide_setting(session, JOKO, data, NOW)

        put("40%", date(2026, 1, 1))
        put("50%", date(2026, 7, 1))
        put("30%", date(2026, 3, 1), DINKES)
        assert records_settings.value(session, "share_up_kkpd", date(2025, 1, 1)) is None
        assert records_settings.value(session, "share_up_kkpd", date(2026, 6, 30)) == "40%"
        assert str(records_settings.share(session, "share_up_kkpd", date(2026, 7, 1))) == "0.5"
        assert records_settings.value(session, "share_up_kkpd", DAYS, DINKES) == "30%"
        put(None, date(2026, 8, 1))
        assert records_settings.share(session, "share_up_kkpd", DAYS) is None
        assert records_settings.money(session, "tiada", DAYS) is None
        rows = organisation_admin.setelan(session, JOKO, DAYS)
        assert [
            (row.nilai, row.effective)
            for row in rows
            if row.kunci == "share_up_kkpd" and not row.opd
        ] == [
            (None, True),
            ("50%", False),
            ("40%", False),
        ]

    def test_needs_its_legal_basis(self, session: Session) -> None:
        data = organisation.SettingData(kunci="a", nilai="1", mulai=DAYS, dasar_hukum=" ")
        with pytest.raises(DomainError, match="dasar hukum"):
            organisation.decide_setting(session, JOKO, data, NOW)


KARTU: dict[str, Any] = {
    "opd_id": DINKES,
    "jenis": "barang",
    "nomor_akhir": "7730",
    "bank": "Bank Sumut",
    "pemegang_id": ORANG["ani"],
    "tanggal": DAYS,
    "nomor_dokumen": "Usul/1",
    "limit": Rupiah.of(5_000_000),
}


class TestKartu:
    """A card's life, never its number."""

    def test_from_proposal_to_the_end(self, session: Session) -> None:
        card = cards.propose(session, JOKO, cards.ProposeCard(**KARTU), NOW)
        for status in ("ditetapkan", "terbit", "diserahkan", "aktif", "diblokir", "ditutup"):
            step = cards.ChangeStatus(
                kartu_id=card.id, status=status, tanggal=DAYS, nomor_dokumen="SK/2"
            )
            cards.change_status(session, MIRA, step, NOW)
        assert card.status == "ditutup"
        assert len(session.scalars(select(KartuRiwayat)).all()) == 7
        with pytest.raises(Conflict, match="tidak berubah lagi"):
            cards.change_status(session, JOKO, step, NOW)
        found = organisation_admin.find_card(session, JOKO, card.id, 2026)
        assert found is not None
        assert found.limit == Rupiah.of(5_000_000)
        assert len(organisation_admin.card_steps(session, card.id)) == 7

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"jenis": "emas"}, "Jenis kartu"),
            ({"nomor_akhir": "77300"}, "empat angka"),
            ({"nomor_akhir": "77٣0"}, "empat angka"),
            ({"pemegang_id": 999}, "Pilih pemegang"),
            ({"nomor_dokumen": " "}, "nomor surat"),
            ({"nomor_akhir": "4821"}, "sudah terdaftar"),
        ],
    )
    def test_refuses(self, session: Session, change: dict[str, Any], sentence: str) -> None:
        with pytest.raises(DomainError, match=sentence):
            cards.propose(session, JOKO, cards.ProposeCard(**KARTU | change), NOW)

    def test_of_nobody(self, session: Session) -> None:
        step = cards.ChangeStatus(kartu_id=999, status="aktif", tanggal=DAYS, nomor_dokumen="SK/2")
        with pytest.raises(NotFound):
            cards.change_status(session, JOKO, step, NOW)
        own = cards.ChangeStatus(
            kartu_id=KARTU_ANI, status="diblokir", tanggal=DAYS, nomor_dokumen="SK/2"
        )
        with pytest.raises(Forbidden):
            cards.change_status(session, ACTORS["citra"], own, NOW)


def test_lists_for_the_administrator_only(session: Session) -> None:
    assert [row.slug for row in organisation_admin.opd(session, JOKO)] == ["disdik", "dinkes"]
    assert all(row.effective for row in organisation_admin.penugasan(session, JOKO, DAYS))
    with pytest.raises(Forbidden):
        organisation_admin.opd(session, ACTORS["citra"])
