"""Reference codes by year, DPA versions and UP decisions, and the ceilings that follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.errors import Conflict, DomainError, Unreadable
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import Ceiling, Rekening, SubKegiatan
from kkpd.organisation import admin as organisation_admin
from kkpd.pagu import up
from kkpd.pagu.budget import reference
from kkpd.pagu.budget import versions as budget_versions
from tests.cast import ACTORS, DINKES, fill
from tests.databases import Fill
from tests.worlds.office import NOW

JOKO = ACTORS["joko"]
DAYS = NOW.date()


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


def rows(*values: dict[str, str]) -> list[ReferenceRow]:
    return [ReferenceRow(number, value) for number, value in enumerate(values, 2)]


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
        assert reference.load_rekening(
            session, JOKO, rows(ATK), 2026, NOW
        ) == reference.ReferenceLoad(1, 0, 0)
        assert reference.load_rekening(
            session, JOKO, rows(ATK), 2026, NOW
        ) == reference.ReferenceLoad(0, 0, 1)
        renamed = rows(ATK | {"nama": "ATK"})
        assert reference.load_rekening(
            session, JOKO, renamed, 2026, NOW
        ) == reference.ReferenceLoad(0, 1, 0)
        assert session.get_one(Rekening, (2026, "5.1.02.01.01.0024")).nama == "ATK"
        reference.load_sub_kegiatan(session, JOKO, rows(SUB), 2026, NOW)
        assert session.get_one(SubKegiatan, (2026, SUB["kode"])).nama == "Pelayanan TB"
        year = organisation_admin.reference_rows(session, JOKO)[0]
        assert (year.tahun, year.rekening, year.sub_kegiatan, year.dpa) == (2026, 1, 1, 0)

    def test_names_the_wrong_row_and_stores_nothing(self, session: Session) -> None:
        wrong = rows(ATK, {"kode": "5.1.x", "nama": "a"}, {"kode": ATK["kode"], "nama": ""})
        with pytest.raises(Unreadable, match=r"Baris 3: .*Ada 1 baris lain") as refused:
            reference.load_rekening(session, JOKO, wrong, 2026, NOW)
        assert "tidak ada yang disimpan" in refused.value.message
        assert session.scalars(select(Rekening)).all() == []


class TestAnggaran:
    """DPA versions and UP decisions become ceilings."""

    HEAD = budget_versions.DpaVersion(DINKES, 2026, "murni", "DPA/1", DAYS)

    @pytest.fixture(autouse=True)
    def codes(self, session: Session) -> None:
        """The codes of the year."""
        reference.load_rekening(session, JOKO, rows(ATK), 2026, NOW)
        reference.load_sub_kegiatan(session, JOKO, rows(SUB), 2026, NOW)

    def test_versions_set_the_limits(self, session: Session) -> None:
        total_row = {"sub_kegiatan": "JUMLAH", "rekening": "", "pagu": "10.000.000"}
        budget_versions.load_dpa(session, JOKO, self.HEAD, rows(BARIS, total_row), NOW)
        ceiling = session.scalars(select(Ceiling)).one()
        assert ceiling.limit == Rupiah.of(10_000_000)
        more = rows(BARIS | {"pagu": "12.000.000"}, BARIS | {"sumber_dana": "DAU"})
        with pytest.raises(Conflict, match="Muat sebagai pergeseran"):
            budget_versions.load_dpa(session, JOKO, self.HEAD, more, NOW)
        shift = replace(self.HEAD, versi="pergeseran", nomor="DPPA/1")
        newer = budget_versions.load_dpa(session, JOKO, shift, more, NOW)
        assert newer.urut == 2
        assert ceiling.limit == Rupiah.of(12_000_000)
        assert budget_versions.load_dpa(session, JOKO, shift, more, NOW) is newer
        fewer = rows(BARIS | {"sumber_dana": "DAU"})
        with pytest.raises(Conflict, match="Nomor DPA DPPA/1 sudah dipakai"):
            budget_versions.load_dpa(session, JOKO, shift, fewer, NOW)
        early = replace(shift, nomor="DPPA/2", tanggal=DAYS - timedelta(1))
        with pytest.raises(Conflict, match="sebelum versi terakhir"):
            budget_versions.load_dpa(session, JOKO, early, fewer, NOW)
        budget_versions.load_dpa(session, JOKO, replace(shift, nomor="DPPA/2"), fewer, NOW)
        assert ceiling.limit == ZERO

    @pytest.mark.parametrize(
        ("lines", "sentence"),
        [
            ([], "Tidak ada baris pagu"),
            ([BARIS, BARIS], "Baris 3: .* sudah ada di atasnya"),
            ([BARIS | {"rekening": "5.1.02.01.01.9999"}], "Baris 2: kode 5.1.02.01.01.9999"),
            ([BARIS | {"sub_kegiatan": "9.99.99.9.99.9999"}], "Baris 2: kode 9.99"),
            ([BARIS | {"pagu": "sepuluh"}], "Baris 2: kolom pagu"),
            ([BARIS | {"pagu": "-1"}], "tidak boleh negatif"),
            ([BARIS, {"sub_kegiatan": "Total", "pagu": "1"}], "penjumlahan barisnya"),
        ],
    )
    def test_refuses_whole_files(
        self, session: Session, lines: list[dict[str, str]], sentence: str
    ) -> None:
        with pytest.raises(Unreadable, match=sentence):
            budget_versions.load_dpa(session, JOKO, self.HEAD, rows(*lines), NOW)

    def test_a_up_decision_sets_the_card_share(self, session: Session) -> None:
        def decide(share: int, nomor: str = "188/1", **changed: Any) -> None:
            command = up.DecideUp(
                opd_id=DINKES,
                tahun=2026,
                nomor=nomor,
                mulai=DAYS,
                up=Rupiah.of(1000),
                up_kkpd=Rupiah.of(share),
                dasar_hukum="Keputusan Bupati 188/2026",
            )
            up.decide_up(session, JOKO, replace(command, **changed), NOW)

        decide(400)
        assert session.scalars(select(Ceiling)).one().limit == Rupiah.of(400)
        with pytest.raises(DomainError, match="antara nol dan seluruh UP"):
            decide(1001, "188/2")
        with pytest.raises(Conflict, match="sudah dicatat"):
            decide(300)
        for basis in ("", "188/2026", "Keputusan Bupati", "b"):
            with pytest.raises(DomainError, match="nama dan nomornya") as refused:
                decide(300, "188/3", dasar_hukum=basis)
            assert refused.value.field == "dasar_hukum"
        with pytest.raises(DomainError, match="TUP 2026 berakhir pada tahun itu juga"):
            decide(300, "188/4", sampai=date(2027, 1, 5))
