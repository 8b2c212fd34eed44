"""Recording purchases: one row, one event, its class; what is no fact is refused by field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.belanja.classes import decide as classes_decide
from kkpd.belanja.commands import NotAFact
from kkpd.belanja.verbs import ChangePurchase, change, record, record_many
from kkpd.core.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.core.money import Rupiah
from kkpd.models import Ceiling, DpaBaris, Event, Kartu, Rekening, Temuan, Transaksi
from kkpd.records import event_log
from tests.cast import ACTORS, DINKES, KARTU_EKO, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, DINAS, GAJI, KARTU_DINAS, LAPTOP, NOW, PAD, SUB, aturan

CITRA, ANI, EKO = ACTORS["citra"], ACTORS["ani"], ACTORS["eko"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


def reserved(session: Session, jenis: str) -> Rupiah:
    """What all ceilings of a kind have reserved."""
    sums = session.scalars(select(Ceiling.reserved).where(Ceiling.jenis == jenis))
    return sum(sums, start=Rupiah(0))


def test_a_purchase_is_recorded_with_class_reservations_and_event(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(), NOW)
    assert (row.tahun, row.bulan, row.status, row.kelas) == (2026, 10, "tercatat", "operasi")
    assert (row.pemegang_id, row.pemakai_id) == (ORANG["ani"], ORANG["ani"])
    assert (row.perekam_id, row.sumber_dana, row.versi) == (ORANG["citra"], PAD, 1)
    assert aturan(session, row.id) == set()
    for jenis in ("dpa", "up_kkpd", "kartu"):
        assert reserved(session, jenis) == Rupiah.of(750_000)
    event_log.append_queued(session)
    event = session.scalars(select(Event).where(Event.subjek == f"transaksi:{row.id}")).one()
    assert event.jenis == "belanja:transaksi:catat"
    assert b'"nilai":75000000' in event.isi


def test_the_second_click_gives_the_first_row(session: Session) -> None:
    first = record(session, CITRA, worlds.belanja(), NOW)
    assert record(session, CITRA, worlds.belanja(), NOW) is first
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 1
    assert reserved(session, "dpa") == Rupiah.of(750_000)
    with pytest.raises(Conflict):
        record(session, ACTORS["kartika"], worlds.belanja(), NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kartu_id": 99}, "kartu_id"),
        ({"kartu_id": KARTU_EKO}, "kartu_id"),
        ({"merchant": " \u200b\x00 "}, "merchant"),
        ({"uraian": ""}, "uraian"),
        ({"merchant": "x" * 201}, "merchant"),
        ({"tanggal": date(2026, 10, 21)}, "tanggal"),
        ({"tanggal": date(2021, 12, 31)}, "tanggal"),
        ({"rupiah": 0}, "nilai"),
        ({"rupiah": 2_000_000_000_000}, "nilai"),
        ({"rekening": "5.1.02.99.99.9999"}, "rekening"),
        ({"rekening": "abc"}, "rekening"),
        ({"sub_kegiatan": ""}, "sub_kegiatan"),
        ({"volume": 0}, "volume"),
        ({"harga_satuan": Rupiah(0)}, "harga_satuan"),
        ({"ppn": Rupiah(-1)}, "ppn"),
        ({"kanal": "pasar"}, "kanal"),
        ({"pph_jenis": "pph99"}, "pph_jenis"),
        ({"pemungut": ""}, "pemungut"),
        ({"pemakai_id": 999}, "pemakai_id"),
        ({"program_id": 2}, "program_id"),
        ({"asal_id": 77}, "nilai"),
        ({"asal_id": 77, "rupiah": -5}, "asal_id"),
        ({"kunci_kirim": ""}, "kunci_kirim"),
    ],
)
def test_what_is_no_fact_is_refused_by_field(
    session: Session, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(NotAFact) as refusal:
        record(session, CITRA, worlds.belanja(**changes), NOW)
    assert field in {finding.field for finding in refusal.value.findings}
    assert refusal.value.status == 422
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 0


def test_all_faults_are_said_at_once(session: Session) -> None:
    with pytest.raises(NotAFact) as refusal:
        record(session, CITRA, worlds.belanja(merchant="", rupiah=0), NOW)
    assert [f.field for f in refusal.value.findings] == ["merchant", "nilai"]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"rupiah": 10_000_001}, {"lewat_batas"}),
        ({"rekening": LAPTOP, "uraian": "Laptop", "rupiah": 30_000_001}, {"lewat_batas"}),
        ({"kartu_id": KARTU_DINAS}, {"kartu_salah"}),
        ({"rekening": DINAS, "uraian": "Tiket pesawat"}, {"kartu_salah"}),
        ({"rekening": GAJI, "uraian": "Gaji"}, {"di_luar_lingkup", "tanpa_pagu"}),
        ({"rekening": "5.1.02.01.01.0026"}, {"tanpa_pagu"}),
        ({"sumber_dana": "DAK"}, {"tanpa_pagu"}),
        ({"mata_uang": "usd"}, {"mata_uang_asing"}),
        ({"tanggal": date(2026, 10, 17)}, {"akhir_pekan"}),
        ({"rupiah": -1_000}, {"pengembalian_tanpa_asal"}),
        ({"volume": 2, "harga_satuan": Rupiah.of(300_000)}, {"hitungan"}),
        ({"volume": 1, "harga_satuan": Rupiah.of(728_000)}, {"biaya_tambahan"}),
    ],
)
def test_a_fact_that_breaks_a_rule_is_recorded_with_its_finding(
    session: Session, changes: dict[str, Any], rules: set[str]
) -> None:
    row = record(session, CITRA, worlds.belanja(**changes), NOW)
    assert row.status == "tercatat"
    assert aturan(session, row.id) == rules
    for temuan in session.scalars(select(Temuan)):
        assert temuan.masukan["dasar"]
        assert temuan.pesan.endswith(".")


def test_card_numbers_are_cut_everywhere(session: Session) -> None:
    row = record(
        session,
        CITRA,
        worlds.belanja(
            merchant="TOKO 4539 1488 0343 6467",
            uraian="kartu 4539148803436467",
            nota="4539148803436467",
            penjual_npwp="0123456789010000",
        ),
        NOW,
    )
    event_log.append_queued(session)
    event = session.scalars(select(Event)).first()
    assert event is not None
    for text in (row.merchant, row.uraian, row.nota, event.isi.decode()):
        assert "453914880343" not in text.replace(" ", "")
    assert row.merchant == "TOKO ****6467"
    assert row.penjual_npwp == "012.345.678.9-010.000"


def test_roles(session: Session) -> None:
    with pytest.raises(NotFound):
        record(session, EKO, worlds.belanja(), NOW)
    with pytest.raises(Forbidden):
        record(session, ACTORS["dewi"], worlds.belanja(), NOW)
    own = record(session, ANI, worlds.belanja(), NOW)
    assert own.perekam_id == ORANG["ani"]
    session.get_one(Kartu, 1).pemegang_id = ORANG["hana"]
    with pytest.raises(NotFound):
        record(session, ANI, worlds.belanja(kunci_kirim="2"), NOW)


def test_a_refund_takes_its_purchase_s_class_and_reserves_nothing(session: Session) -> None:
    asal = record(
        session,
        CITRA,
        worlds.belanja(rekening=LAPTOP, uraian="Laptop", rupiah=4_000_000),
        NOW,
    )
    back = record(
        session,
        CITRA,
        worlds.belanja(
            kunci_kirim="2",
            rekening=LAPTOP,
            uraian="Uang kembali",
            rupiah=-1_000_000,
            asal_id=asal.id,
        ),
        NOW,
    )
    assert (asal.kelas, back.kelas) == ("modal", "modal")
    assert reserved(session, "dpa") == Rupiah.of(4_000_000)
    more = record(
        session,
        CITRA,
        worlds.belanja(
            kunci_kirim="3", rekening=LAPTOP, uraian="Lagi", rupiah=-3_000_001, asal_id=asal.id
        ),
        NOW,
    )
    assert aturan(session, more.id) == {"pengembalian_lebih"}


def test_account_against_goods_is_unsure_until_a_person_decides(session: Session) -> None:
    row = record(
        session,
        CITRA,
        worlds.belanja(
            uraian="Laptop 14 inci", rupiah=4_850_000, volume=1, harga_satuan=Rupiah.of(4_850_000)
        ),
        NOW,
    )
    assert row.kelas == "ragu"
    assert aturan(session, row.id) == {"kelas_bertentangan"}
    classes_decide.settle_class(
        session, CITRA, classes_decide.SettleClass(row.id, "modal", "Dipakai di loket"), NOW
    )
    assert aturan(session, row.id) == {"kelas_beda_rekening"}
    isi = worlds.belanja(uraian="Laptop 14 inci", rekening=LAPTOP, rupiah=4_850_000)
    change(session, CITRA, ChangePurchase(row.id, 1, isi), NOW)
    assert (row.kelas, aturan(session, row.id)) == ("modal", set())


def test_a_grid_is_saved_whole_or_not_at_all(session: Session) -> None:
    good = [worlds.belanja(kunci_kirim=f"g{n}", rupiah=1000 + n) for n in range(3)]
    bad = worlds.belanja(kunci_kirim="g9", merchant="")
    with pytest.raises(NotAFact) as refusal:
        record_many(session, CITRA, [*good, bad, good[0]], NOW)
    assert [(f.row, f.field) for f in refusal.value.findings] == [(4, "merchant"), (5, None)]
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 0
    assert len(record_many(session, CITRA, good, NOW)) == 3
    with pytest.raises(DomainError, match="Belum ada baris"):
        record_many(session, CITRA, [], NOW)


def test_a_holder_s_grid_names_the_row_with_another_s_card(session: Session) -> None:
    session.get_one(Kartu, KARTU_DINAS).pemegang_id = ORANG["hana"]
    rows = [worlds.belanja(), worlds.belanja(kunci_kirim="2", kartu_id=KARTU_DINAS)]
    with pytest.raises(NotAFact) as refusal:
        record_many(session, ANI, rows, NOW)
    assert [(f.row, f.field) for f in refusal.value.findings] == [(2, "kartu_id")]


def test_with_several_fund_sources_one_must_be_chosen(session: Session) -> None:
    session.add(
        DpaBaris(
            dpa_id=1,
            opd_id=DINKES,
            tahun=2026,
            sub_kegiatan=SUB,
            rekening=ATK,
            sumber_dana="DAK",
            pagu=Rupiah.of(5_000_000),
        )
    )
    session.flush()
    with pytest.raises(NotAFact, match="beberapa sumber dana"):
        record(session, CITRA, worlds.belanja(), NOW)
    assert record(session, CITRA, worlds.belanja(sumber_dana="DAK"), NOW).sumber_dana == "DAK"


def test_an_account_that_only_the_dpa_knows_is_a_fact(session: Session) -> None:
    session.delete(session.get_one(Rekening, (2026, ATK)))
    session.flush()
    assert record(session, CITRA, worlds.belanja(), NOW).rekening == ATK
