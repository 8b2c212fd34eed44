"""What the administrator keeps: OPDs, people, logins, roles, settings, cards, codes, budgets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.acuan import BarisAcuan
from kkpd.domain.errors import Conflict, DomainError, Forbidden, NotFound, Unreadable
from kkpd.domain.money import NOL, Rupiah
from kkpd.models import Ceiling, Event, KartuRiwayat, Penugasan, Rekening, SubKegiatan
from kkpd.queries import admin, pejabat, setelan, sistem
from kkpd.services import acuan, anggaran, izin, kartu, log, organisasi
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
        made = organisasi.simpan_opd(session, JOKO, organisasi.DataOpd(**OPD), NOW)
        changed = organisasi.DataOpd(**OPD | {"nama": "Dinas Sosial Baru"})
        assert organisasi.simpan_opd(session, JOKO, changed, NOW, made.id).id == made.id
        log.append_queued(session)
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
            organisasi.simpan_opd(session, JOKO, organisasi.DataOpd(**OPD | change), NOW)

    def test_only_by_the_administrator(self, session: Session) -> None:
        with pytest.raises(Forbidden):
            organisasi.simpan_opd(session, ACTORS["citra"], organisasi.DataOpd(**OPD), NOW)
        with pytest.raises(NotFound):
            organisasi.simpan_opd(session, JOKO, organisasi.DataOpd(**OPD), NOW, 999)

    def test_is_found_by_who_may_see_it(self, session: Session) -> None:
        assert izin.get_opd(session, ACTORS["citra"], DINKES).slug == "dinkes"
        for who, opd_id in (("eko", DINKES), ("fitri", 999)):
            with pytest.raises(NotFound):
                izin.get_opd(session, ACTORS[who], opd_id)


class TestOrang:
    """People, logins, roles with dates."""

    def test_a_person_gets_a_login_and_a_role(self, session: Session) -> None:
        person = organisasi.simpan_orang(
            session, JOKO, organisasi.DataOrang(nama="Wira", nip="199001"), NOW
        )
        organisasi.simpan_orang(
            session, JOKO, organisasi.DataOrang(nama="Wira S.E.", nip="199001"), NOW, person.id
        )
        login = organisasi.DataPengguna(
            orang_id=person.id, nama_masuk="wira", sandi_hash="$argon2id$"
        )
        organisasi.buat_pengguna(session, JOKO, login, NOW)
        role = organisasi.DataPenugasan(orang_id=person.id, peran="pptk", opd_id=DINKES, mulai=HARI)
        made = organisasi.tugaskan(session, JOKO, role, NOW)
        organisasi.akhiri_tugas(session, JOKO, made.id, HARI, NOW)
        assert session.get_one(Penugasan, made.id).sampai == HARI
        row = next(one for one in admin.orang(session, JOKO, HARI, "wira"))
        assert (row.nama, row.nama_masuk, row.peran) == ("Wira S.E.", "wira", ("pptk",))
        log.append_queued(session)
        assert not any(b"argon2id" in e.isi for e in session.scalars(select(Event)))

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            (organisasi.DataOrang(nama=" "), "Isi nama"),
            (organisasi.DataOrang(nama="Kembar", nip="123"), "NIP itu sudah"),
        ],
    )
    def test_refuses_people(
        self, session: Session, data: organisasi.DataOrang, sentence: str
    ) -> None:
        organisasi.simpan_orang(session, JOKO, organisasi.DataOrang(nama="A", nip="123"), NOW)
        with pytest.raises(DomainError, match=sentence):
            organisasi.simpan_orang(session, JOKO, data, NOW)

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
        given = {"orang_id": 1, "peran": "pptk", "opd_id": DINKES, "mulai": HARI}
        with pytest.raises(DomainError, match=sentence):
            organisasi.tugaskan(session, JOKO, organisasi.DataPenugasan(**given | change), NOW)

    def test_an_end_before_the_beginning(self, session: Session) -> None:
        with pytest.raises(DomainError, match="sebelum tanggal mulai"):
            organisasi.akhiri_tugas(session, JOKO, 1, date(2020, 1, 1), NOW)

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
        data = organisasi.DataPengguna(orang_id=orang_id, nama_masuk=name, sandi_hash="x")
        with pytest.raises(DomainError, match=sentence):
            organisasi.buat_pengguna(session, JOKO, data, NOW)

    def test_there_is_one_first_administrator(self, session: Session) -> None:
        with pytest.raises(Conflict, match="Administrator sudah ada"):
            organisasi.pertama(
                session,
                organisasi.DataOrang(nama="Kedua"),
                "kedua",
                "x",
                mulai=HARI,
                now=NOW,
            )
        assert sistem.administrator(session).orang_id == ORANG["joko"]

    def test_who_holds_an_office(self, session: Session) -> None:
        found = pejabat.pejabat(session, DINKES, "pa", HARI)
        assert found is not None
        assert found.id == ORANG["dewi"]
        assert pejabat.pejabat(session, None, "auditor", HARI) is not None
        assert pejabat.pejabat(session, DINKES, "pa", date(2020, 1, 1)) is None


class TestSetelan:
    """Dated settings: the newest in force, an OPD's own first."""

    def test_the_value_of_a_day(self, session: Session) -> None:
        def put(nilai: str | None, mulai: date, opd_id: int | None = None) -> None:
            data = organisasi.DataSetelan(
                kunci="share_up_kkpd",
                nilai=nilai,
                mulai=mulai,
                dasar_hukum="Perbup 1",
                opd_id=opd_id,
            )
            organisasi.tetapkan_setelan(session, JOKO, data, NOW)

        put("40%", date(2026, 1, 1))
        put("50%", date(2026, 7, 1))
        put("30%", date(2026, 3, 1), DINKES)
        assert setelan.value(session, "share_up_kkpd", date(2025, 1, 1)) is None
        assert setelan.value(session, "share_up_kkpd", date(2026, 6, 30)) == "40%"
        assert str(setelan.share(session, "share_up_kkpd", date(2026, 7, 1))) == "0.5"
        assert setelan.value(session, "share_up_kkpd", HARI, DINKES) == "30%"
        put(None, date(2026, 8, 1))
        assert setelan.share(session, "share_up_kkpd", HARI) is None
        assert setelan.money(session, "tiada", HARI) is None
        rows = admin.setelan(session, JOKO, HARI)
        assert [(row.nilai, row.berlaku) for row in rows if not row.opd] == [
            (None, True),
            ("50%", False),
            ("40%", False),
        ]

    def test_needs_its_legal_basis(self, session: Session) -> None:
        data = organisasi.DataSetelan(kunci="a", nilai="1", mulai=HARI, dasar_hukum=" ")
        with pytest.raises(DomainError, match="dasar hukum"):
            organisasi.tetapkan_setelan(session, JOKO, data, NOW)


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
        card = kartu.usulkan(session, JOKO, kartu.UsulkanKartu(**KARTU), NOW)
        for status in ("ditetapkan", "terbit", "diserahkan", "aktif", "diblokir", "ditutup"):
            step = kartu.UbahStatus(
                kartu_id=card.id, status=status, tanggal=HARI, nomor_dokumen="SK/2"
            )
            kartu.ubah_status(session, JOKO, step, NOW)
        assert card.status == "ditutup"
        assert len(session.scalars(select(KartuRiwayat)).all()) == 7
        with pytest.raises(Conflict, match="tidak berubah lagi"):
            kartu.ubah_status(session, JOKO, step, NOW)
        found = admin.satu_kartu(session, JOKO, card.id, 2026)
        assert found is not None
        assert found.limit == Rupiah.of(5_000_000)
        assert len(admin.riwayat_kartu(session, card.id)) == 7

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
            kartu.usulkan(session, JOKO, kartu.UsulkanKartu(**KARTU | change), NOW)

    def test_of_nobody(self, session: Session) -> None:
        step = kartu.UbahStatus(kartu_id=999, status="aktif", tanggal=HARI, nomor_dokumen="SK/2")
        with pytest.raises(NotFound):
            kartu.ubah_status(session, JOKO, step, NOW)
        own = kartu.UbahStatus(
            kartu_id=KARTU_ANI, status="diblokir", tanggal=HARI, nomor_dokumen="SK/2"
        )
        with pytest.raises(Forbidden):
            kartu.ubah_status(session, ACTORS["citra"], own, NOW)


def rows(*values: dict[str, str]) -> list[BarisAcuan]:
    return [BarisAcuan(number, value) for number, value in enumerate(values, 2)]


ATK = {"kode": "5.1.02.01.01.024", "nama": "Alat Tulis Kantor"}
SUB = {"kode": "1.02.02.2.02.0010", "nama": "Pelayanan TB"}
BARIS = {
    "sub_kegiatan": SUB["kode"],
    "rekening": "5.1.02.01.01.0024",
    "sumber_dana": "PAD",
    "pagu": "10.000.000",
}


class TestAcuan:
    """Account codes and sub kegiatan by year."""

    def test_is_loaded_and_loaded_again(self, session: Session) -> None:
        assert acuan.load_rekening(session, JOKO, rows(ATK), 2026, NOW) == acuan.Hasil(1, 0, 0)
        assert acuan.load_rekening(session, JOKO, rows(ATK), 2026, NOW) == acuan.Hasil(0, 0, 1)
        renamed = rows(ATK | {"nama": "ATK"})
        assert acuan.load_rekening(session, JOKO, renamed, 2026, NOW) == acuan.Hasil(0, 1, 0)
        assert session.get_one(Rekening, (2026, "5.1.02.01.01.0024")).nama == "ATK"
        acuan.load_sub_kegiatan(session, JOKO, rows(SUB), 2026, NOW)
        assert session.get_one(SubKegiatan, (2026, SUB["kode"])).nama == "Pelayanan TB"
        year = admin.acuan(session, JOKO)[0]
        assert (year.tahun, year.rekening, year.sub_kegiatan, year.dpa) == (2026, 1, 1, 0)

    def test_names_the_wrong_row_and_stores_nothing(self, session: Session) -> None:
        wrong = rows(ATK, {"kode": "5.1.x", "nama": "a"}, {"kode": ATK["kode"], "nama": ""})
        with pytest.raises(Unreadable, match=r"Baris 3: .*Ada 1 baris lain") as refused:
            acuan.load_rekening(session, JOKO, wrong, 2026, NOW)
        assert "tidak ada yang disimpan" in refused.value.message
        assert session.scalars(select(Rekening)).all() == []


class TestAnggaran:
    """DPA versions and UP decisions become ceilings."""

    HEAD = anggaran.VersiDpa(DINKES, 2026, "murni", "DPA/1", HARI)

    @pytest.fixture(autouse=True)
    def codes(self, session: Session) -> None:
        """The codes of the year."""
        acuan.load_rekening(session, JOKO, rows(ATK), 2026, NOW)
        acuan.load_sub_kegiatan(session, JOKO, rows(SUB), 2026, NOW)

    def test_versions_set_the_limits(self, session: Session) -> None:
        total_row = {"sub_kegiatan": "JUMLAH", "rekening": "", "pagu": "10.000.000"}
        anggaran.load_dpa(session, JOKO, self.HEAD, rows(BARIS, total_row), NOW)
        ceiling = session.scalars(select(Ceiling)).one()
        assert ceiling.limit == Rupiah.of(10_000_000)
        more = rows(BARIS | {"pagu": "12.000.000"}, BARIS | {"sumber_dana": "DAU"})
        newer = anggaran.load_dpa(session, JOKO, self.HEAD, more, NOW)
        assert newer.urut == 2
        assert ceiling.limit == Rupiah.of(12_000_000)
        anggaran.load_dpa(session, JOKO, self.HEAD, rows(BARIS | {"sumber_dana": "DAU"}), NOW)
        assert ceiling.limit == NOL

    @pytest.mark.parametrize(
        ("lines", "sentence"),
        [
            ([], "Tidak ada baris pagu"),
            ([BARIS, BARIS], "Baris 3: .* sudah ada di atasnya"),
            ([BARIS | {"rekening": "5.1.02.01.01.9999"}], "Baris 2: kode 5.1.02.01.01.9999"),
            ([BARIS | {"sub_kegiatan": "9.99.99.9.99.9999"}], "Baris 2: kode 9.99"),
            ([BARIS | {"pagu": "sepuluh"}], "Baris 2, kolom pagu"),
            ([BARIS | {"pagu": "-1"}], "tidak boleh negatif"),
            ([BARIS, {"sub_kegiatan": "Total", "pagu": "1"}], "penjumlahan barisnya"),
        ],
    )
    def test_refuses_whole_files(
        self, session: Session, lines: list[dict[str, str]], sentence: str
    ) -> None:
        with pytest.raises(Unreadable, match=sentence):
            anggaran.load_dpa(session, JOKO, self.HEAD, rows(*lines), NOW)

    def test_a_up_decision_sets_the_card_share(self, session: Session) -> None:
        def decide(share: int) -> None:
            anggaran.tetapkan_up(
                session,
                JOKO,
                anggaran.TetapkanUp(
                    opd_id=DINKES,
                    tahun=2026,
                    nomor="188/1",
                    mulai=HARI,
                    up=Rupiah.of(1000),
                    up_kkpd=Rupiah.of(share),
                    dasar_hukum="Keputusan Bupati",
                ),
                NOW,
            )

        decide(400)
        assert session.scalars(select(Ceiling)).one().limit == Rupiah.of(400)
        with pytest.raises(DomainError, match="antara nol dan seluruh UP"):
            decide(1001)


def test_lists_for_the_administrator_only(session: Session) -> None:
    assert [row.slug for row in admin.opd(session, JOKO)] == ["disdik", "dinkes"]
    assert all(row.berlaku for row in admin.penugasan(session, JOKO, HARI))
    with pytest.raises(Forbidden):
        admin.opd(session, ACTORS["citra"])
