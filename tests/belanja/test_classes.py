"""The class: decided by the engine, accepted or changed by a person, remembered and revoked."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja.classes import decide, reads
from kkpd.belanja.classes.decide import (
    SettleClass,
    revoke_memory,
    settle_class,
    settle_many,
    terakhir,
)
from kkpd.belanja.classes.reads import needing_review
from kkpd.belanja.verbs import record
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import IngatanKelas, PutusanKelas, Transaksi
from tests.cast import ACTORS, DINKES, DISDIK, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def row(session: Session) -> Transaksi:
    """A laptop booked on the account of paper: unsure."""
    return record(
        session,
        CITRA,
        worlds.belanja(
            uraian="Laptop 14 inci", rupiah=4_850_000, volume=1, harga_satuan=Rupiah.of(4_850_000)
        ),
        NOW,
    )


def test_the_engine_s_row_says_why_and_what_would_change_it(session: Session) -> None:
    paper = record(session, CITRA, worlds.belanja(), NOW)
    putusan = terakhir(session, paper.id)
    assert putusan is not None
    assert (putusan.kelas, putusan.aturan, putusan.oleh_id) == ("operasi", "rekening", None)
    assert putusan.keyakinan >= 900
    assert putusan.yang_mengubah
    assert any("rekening" in part for part in putusan.bukti)


def test_a_person_decides_with_a_reason(session: Session, row: Transaksi) -> None:
    assert row.kelas == "ragu"
    with pytest.raises(DomainError, match="alasan"):
        settle_class(session, CITRA, SettleClass(row.id, "operasi"), NOW)
    putusan = settle_class(session, CITRA, SettleClass(row.id, "operasi", "Untuk diserahkan"), NOW)
    assert (row.kelas, putusan.oleh_id, putusan.keyakinan) == ("operasi", ORANG["citra"], 1000)
    assert worlds.aturan(session, row.id) == set()


def test_accepting_quotes_the_engine(session: Session) -> None:
    paper = record(session, CITRA, worlds.belanja(), NOW)
    assert settle_class(session, CITRA, SettleClass(paper.id, "operasi"), NOW).alasan.startswith(
        "Diterima: "
    )


def test_unsure_is_an_answer_and_is_not_remembered(session: Session, row: Transaksi) -> None:
    settle_class(session, CITRA, SettleClass(row.id, "ragu", "Tanya pengurus barang"), NOW)
    assert (row.kelas, session.scalars(select(IngatanKelas)).all()) == ("ragu", [])
    assert worlds.aturan(session, row.id) == {"kelas_bertentangan"}


def test_memory_is_used_shown_and_revoked(session: Session, row: Transaksi) -> None:
    settle_class(session, CITRA, SettleClass(row.id, "operasi", "Untuk diserahkan"), NOW)
    thing = decide.item_of(
        uraian="Laptop 14 inci", merchant="Toko Lain", rekening="", nilai=Rupiah.of(5_000_000)
    )
    answer = decide.propose(session, DINKES, thing, date(2026, 10, 20))
    assert (answer.kelas, answer.aturan) == ("operasi", "ingatan")
    assert "Citra Bendahara" in answer.alasan
    assert decide.propose(session, DISDIK, thing, date(2026, 10, 20)).aturan != "ingatan"
    (entry,) = reads.remembered(session, DINKES)
    assert (entry.kelas, entry.oleh) == ("operasi", "Citra Bendahara")
    with pytest.raises(Forbidden):
        revoke_memory(session, ACTORS["dewi"], entry.id, NOW)
    with pytest.raises(NotFound):
        revoke_memory(session, ACTORS["eko"], entry.id, NOW)
    with pytest.raises(NotFound):
        revoke_memory(session, CITRA, 99, NOW)
    revoke_memory(session, CITRA, entry.id, NOW)
    with pytest.raises(Conflict):
        revoke_memory(session, CITRA, entry.id, NOW)
    assert decide.propose(session, DINKES, thing, date(2026, 10, 20)).aturan != "ingatan"


def test_the_newest_decision_is_the_one_remembered(session: Session, row: Transaksi) -> None:
    settle_class(session, CITRA, SettleClass(row.id, "operasi", "Untuk diserahkan"), NOW)
    settle_class(session, CITRA, SettleClass(row.id, "modal", "Ternyata dipakai sendiri"), NOW)
    assert [entry.kelas for entry in reads.remembered(session, DINKES)] == ["modal"]
    assert len(session.scalars(select(PutusanKelas)).all()) == 3


def test_the_capitalisation_limit_of_the_day_is_used(session: Session) -> None:
    thing = decide.item_of(
        uraian="Printer inkjet",
        merchant="",
        rekening="",
        nilai=None,
        volume=1,
        harga_satuan=Rupiah.of(1_500_000),
    )
    assert decide.propose(session, DINKES, thing, date(2026, 10, 20)).best_kelas == "modal"
    worlds.setelan(session, "batas_kapitalisasi", "2.000.000")
    assert decide.propose(session, DINKES, thing, date(2026, 10, 20)).best_kelas == "operasi"


def test_several_at_once_all_or_none(session: Session, row: Transaksi) -> None:
    paper = record(session, CITRA, worlds.belanja(kunci_kirim="2"), NOW)
    commands = [
        SettleClass(row.id, "modal", "Dipakai sendiri"),
        SettleClass(paper.id, "operasi"),
    ]
    assert settle_many(session, CITRA, commands, NOW) == 2


def test_who_and_when(session: Session, row: Transaksi) -> None:
    with pytest.raises(Forbidden):
        settle_class(session, ACTORS["dewi"], SettleClass(row.id, "modal", "Aset kantor"), NOW)
    with pytest.raises(NotFound):
        settle_class(session, ACTORS["eko"], SettleClass(row.id, "modal", "Aset kantor"), NOW)
    with pytest.raises(DomainError, match="Pilih"):
        settle_class(session, CITRA, SettleClass(row.id, "aset", "Aset kantor"), NOW)
    settle_class(session, ACTORS["budi"], SettleClass(row.id, "modal", "Aset kantor"), NOW)
    row.status = "disetujui"
    session.flush()
    with pytest.raises(Conflict, match="disetujui"):
        settle_class(session, CITRA, SettleClass(row.id, "operasi", "Barang habis"), NOW)


def test_a_refund_follows_its_purchase_and_is_never_decided_alone(
    session: Session, row: Transaksi
) -> None:
    back = record(
        session,
        CITRA,
        worlds.belanja(uraian="Laptop", rupiah=-850_000, asal_id=row.id, kunci_kirim="kembali"),
        NOW,
    )
    assert (back.kelas, needing_review(session, DINKES)[0].id) == ("ragu", row.id)
    assert {one.id for one in needing_review(session, DINKES)} == {row.id}
    with pytest.raises(Conflict, match=f"belanja asal nomor {row.id}"):
        settle_class(session, CITRA, SettleClass(back.id, "operasi", "Barang habis"), NOW)
    settle_class(session, CITRA, SettleClass(row.id, "modal", "Dipakai sendiri"), NOW)
    newest = terakhir(session, back.id)
    assert newest is not None
    assert (back.kelas, newest.aturan, newest.keyakinan) == ("modal", "pengembalian", 1000)
    back.status = "disetujui"
    session.flush()
    settle_class(session, CITRA, SettleClass(row.id, "operasi", "Untuk diserahkan"), NOW)
    assert back.kelas == "modal"
