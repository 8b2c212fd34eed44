"""What the administrator keeps: OPDs, people, logins, roles, settings, cards, codes, budgets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import Event, KartuRiwayat, Penugasan
from kkpd.organisation import admin as organisation_admin
from kkpd.organisation import assignments, cards, organisation, system_actor
from kkpd.records import event_log, office_holders, scope
from kkpd.records import settings as records_settings
from tests.cast import ACTORS, DINKES, KARTU_ANI, ORANG, fill
from tests.databases import Fill
from tests.services.belanja_dunia import NOW

JOKO = ACTORS["joko"]
HARI = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


OPD: dict[str, Any] = {"kode": "9.99.0.00.0.00.09.0000", "slug": "dinsos", "nama": "Dinas Sosial"}


class TestOpd:
    """OPDs have a code and a short name of their own."""

    def test_is_made_and_changed_with_events(self, session: Session) -> None:
        made = organisation.simpan_opd(session, JOKO, organisation.DataOpd(**OPD), NOW)
        changed = organisation.DataOpd(**OPD | {"nama": "Dinas Sosial Baru"})
        assert organisation.simpan_opd(session, JOKO, changed, NOW, made.id).id == made.id
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
            organisation.simpan_opd(session, JOKO, organisation.DataOpd(**OPD | change), NOW)

    def test_only_by_the_administrator(self, session: Session) -> None:
        with pytest.raises(Forbidden):
            organisation.simpan_opd(session, ACTORS["citra"], organisation.DataOpd(**OPD), NOW)
        with pytest.raises(NotFound):
            organisation.simpan_opd(session, JOKO, organisation.DataOpd(**OPD), NOW, 999)

    def test_is_found_by_who_may_see_it(self, session: Session) -> None:
        assert scope.get_opd(session, ACTORS["citra"], DINKES).slug == "dinkes"
        for who, opd_id in (("eko", DINKES), ("fitri", 999)):
            with pytest.raises(NotFound):
                scope.get_opd(session, ACTORS[who], opd_id)


class TestOrang:
    """People, logins, roles with dates."""

    def test_a_person_gets_a_login_and_a_role(self, session: Session) -> None:
        person = organisation.simpan_orang(
            session, JOKO, organisation.DataOrang(nama="Wira", nip="199001"), NOW
        )
        organisation.simpan_orang(
            session, JOKO, organisation.DataOrang(nama="Wira S.E.", nip="199001"), NOW, person.id
        )
        login = organisation.DataPengguna(
            orang_id=person.id, nama_masuk="wira", sandi_hash="$argon2id$"
        )
        organisation.buat_pengguna(session, JOKO, login, NOW)
        role = assignments.DataPenugasan(
            orang_id=person.id, peran="pptk", opd_id=DINKES, mulai=HARI
        )
        made = organisation.tugaskan(session, JOKO, role, NOW)
        organisation.akhiri_tugas(session, JOKO, made.id, HARI, NOW)
        assert session.get_one(Penugasan, made.id).sampai == HARI
        row = next(one for one in organisation_admin.orang(session, JOKO, HARI, "wira"))
        assert (row.nama, row.nama_masuk, row.peran) == ("Wira S.E.", "wira", ("pptk",))
        event_log.append_queued(session)
        assert not any(b"argon2id" in e.isi for e in session.scalars(select(Event)))

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (organisation.DataOrang(nama=" "), "Isi nama"),
            (organisation.DataOrang(nama="Kembar", nip="123"), "NIP itu sudah"),
        ],
    )
    def test_refuses_people(
        self, session: Session, data: organisation.DataOrang, sentence: str
    ) -> None:
        organisation.simpan_orang(session, JOKO, organisation.DataOrang(nama="A", nip="123"), NOW)
        with pytest.raises(DomainError, match=sentence):
            organisation.simpan_orang(session, JOKO, data, NOW)

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
        given: dict[str, Any] = {"orang_id": 1, "peran": "pptk", "opd_id": DINKES, "mulai": HARI}
        with pytest.raises(DomainError, match=sentence):
            organisation.tugaskan(session, JOKO, assignments.DataPenugasan(**given | change), NOW)

    def test_an_end_before_the_beginning(self, session: Session) -> None:
        with pytest.raises(DomainError, match="sebelum tanggal mulai"):
            organisation.akhiri_tugas(session, JOKO, 1, date(2020, 1, 1), NOW)

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
        data = organisation.DataPengguna(orang_id=orang_id, nama_masuk=name, sandi_hash="x")
        with pytest.raises(DomainError, match=sentence):
            organisation.buat_pengguna(session, JOKO, data, NOW)

    def test_there_is_one_first_administrator(self, session: Session) -> None:
        with pytest.raises(Conflict, match="Administrator sudah ada"):
            organisation.pertama(
                session,
                organisation.DataOrang(nama="Kedua"),
                "kedua",
                "x",
                mulai=HARI,
                now=NOW,
            )
        assert system_actor.administrator(session).orang_id == ORANG["joko"]

    def test_who_holds_an_office(self, session: Session) -> None:
        found = office_holders.pejabat(session, DINKES, "pa", HARI)
        assert found is not None
        assert found.id == ORANG["dewi"]
        assert office_holders.pejabat(session, None, "auditor", HARI) is not None
        assert office_holders.pejabat(session, DINKES, "pa", date(2020, 1, 1)) is None


class TestSetelan:
    """Dated settings: the newest in force, an OPD's own first."""

    def test_the_value_of_a_day(self, session: Session) -> None:
        def put(nilai: str | None, mulai: date, opd_id: int | None = None) -> None:
            data = organisation.DataSetelan(
                kunci="share_up_kkpd",
                nilai=nilai,
                mulai=mulai,
                dasar_hukum="Perbup 1",
                opd_id=opd_id,
            )
            organisation.tetapkan_setelan(session, JOKO, data, NOW)

        put("40%", date(2026, 1, 1))
        put("50%", date(2026, 7, 1))
        put("30%", date(2026, 3, 1), DINKES)
        assert records_settings.value(session, "share_up_kkpd", date(2025, 1, 1)) is None
        assert records_settings.value(session, "share_up_kkpd", date(2026, 6, 30)) == "40%"
        assert str(records_settings.share(session, "share_up_kkpd", date(2026, 7, 1))) == "0.5"
        assert records_settings.value(session, "share_up_kkpd", HARI, DINKES) == "30%"
        put(None, date(2026, 8, 1))
        assert records_settings.share(session, "share_up_kkpd", HARI) is None
        assert records_settings.money(session, "tiada", HARI) is None
        rows = organisation_admin.setelan(session, JOKO, HARI)
        assert [
            (row.nilai, row.berlaku) for row in rows if row.kunci == "share_up_kkpd" and not row.opd
        ] == [
            (None, True),
            ("50%", False),
            ("40%", False),
        ]

    def test_needs_its_legal_basis(self, session: Session) -> None:
        data = organisation.DataSetelan(kunci="a", nilai="1", mulai=HARI, dasar_hukum=" ")
        with pytest.raises(DomainError, match="dasar hukum"):
            organisation.tetapkan_setelan(session, JOKO, data, NOW)


KARTU: dict[str, Any] = {
    "opd_id": DINKES,
    "jenis": "barang",
    "nomor_akhir": "7730",
    "bank": "Bank Sumut",
    "pemegang_id": ORANG["ani"],
    "tanggal": HARI,
    "nomor_dokumen": "Usul/1",
    "limit": Rupiah.of(5_000_000),
}


class TestKartu:
    """A card's life, never its number."""

    def test_from_proposal_to_the_end(self, session: Session) -> None:
        card = cards.usulkan(session, JOKO, cards.UsulkanKartu(**KARTU), NOW)
        for status in ("ditetapkan", "terbit", "diserahkan", "aktif", "diblokir", "ditutup"):
            step = cards.UbahStatus(
                kartu_id=card.id, status=status, tanggal=HARI, nomor_dokumen="SK/2"
            )
            cards.ubah_status(session, JOKO, step, NOW)
        assert card.status == "ditutup"
        assert len(session.scalars(select(KartuRiwayat)).all()) == 7
        with pytest.raises(Conflict, match="tidak berubah lagi"):
            cards.ubah_status(session, JOKO, step, NOW)
        found = organisation_admin.satu_kartu(session, JOKO, card.id, 2026)
        assert found is not None
        assert found.limit == Rupiah.of(5_000_000)
        assert len(organisation_admin.riwayat_kartu(session, card.id)) == 7

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
            cards.usulkan(session, JOKO, cards.UsulkanKartu(**KARTU | change), NOW)

    def test_of_nobody(self, session: Session) -> None:
        step = cards.UbahStatus(kartu_id=999, status="aktif", tanggal=HARI, nomor_dokumen="SK/2")
        with pytest.raises(NotFound):
            cards.ubah_status(session, JOKO, step, NOW)
        own = cards.UbahStatus(
            kartu_id=KARTU_ANI, status="diblokir", tanggal=HARI, nomor_dokumen="SK/2"
        )
        with pytest.raises(Forbidden):
            cards.ubah_status(session, ACTORS["citra"], own, NOW)


def test_lists_for_the_administrator_only(session: Session) -> None:
    assert [row.slug for row in organisation_admin.opd(session, JOKO)] == ["disdik", "dinkes"]
    assert all(row.berlaku for row in organisation_admin.penugasan(session, JOKO, HARI))
    with pytest.raises(Forbidden):
        organisation_admin.opd(session, ACTORS["citra"])
