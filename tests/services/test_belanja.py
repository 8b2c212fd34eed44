"""Recording, changing and cancelling purchases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.domain.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.domain.money import Rupiah
from kkpd.models import Ceiling, Event, Kartu, Periode, PutusanKelas, Temuan, Transaksi
from kkpd.services import belanja, kelas, log, rantai
from kkpd.services.belanja import (
    BatalkanBelanja,
    BukanFakta,
    CatatBelanja,
    UbahBelanja,
    batalkan,
    catat,
    catat_banyak,
    timbang_ulang,
    ubah,
)
from kkpd.services.ceilings import Key, set_limit
from tests.cast import ACTORS, DINKES, KARTU_EKO, ORANG
from tests.databases import Fill
from tests.services import belanja_dunia as dunia
from tests.services.belanja_dunia import (
    ATK,
    DINAS,
    GAJI,
    KARTU_DINAS,
    LAPTOP,
    NOW,
    PAD,
    SUB,
    aturan,
)

CITRA, ANI, EKO = ACTORS["citra"], ACTORS["ani"], ACTORS["eko"]


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return dunia.fill


def reserved(session: Session, jenis: str) -> Rupiah:
    """What all ceilings of a kind have reserved."""
    sums = session.scalars(select(Ceiling.reserved).where(Ceiling.jenis == jenis))
    return sum(sums, start=Rupiah(0))


def test_a_purchase_is_recorded_with_class_reservations_and_event(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(), NOW)
    assert (row.tahun, row.bulan, row.status, row.kelas) == (2026, 10, "tercatat", "operasi")
    assert (row.pemegang_id, row.pemakai_id) == (ORANG["ani"], ORANG["ani"])
    assert (row.perekam_id, row.sumber_dana, row.versi) == (ORANG["citra"], PAD, 1)
    assert aturan(session, row.id) == set()
    for jenis in ("dpa", "up_kkpd", "kartu"):
        assert reserved(session, jenis) == Rupiah.of(750_000)
    log.append_queued(session)
    event = session.scalars(select(Event).where(Event.subjek == f"transaksi:{row.id}")).one()
    assert event.jenis == "belanja:transaksi:catat"
    assert b'"nilai":75000000' in event.isi


def test_the_second_click_gives_the_first_row(session: Session) -> None:
    first = catat(session, CITRA, dunia.belanja(), NOW)
    assert catat(session, CITRA, dunia.belanja(), NOW) is first
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 1
    assert reserved(session, "dpa") == Rupiah.of(750_000)
    with pytest.raises(Conflict):
        catat(session, ACTORS["kartika"], dunia.belanja(), NOW)


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
    with pytest.raises(BukanFakta) as refusal:
        catat(session, CITRA, dunia.belanja(**changes), NOW)
    assert field in {finding.field for finding in refusal.value.findings}
    assert refusal.value.status == 422
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 0


def test_all_faults_are_said_at_once(session: Session) -> None:
    with pytest.raises(BukanFakta) as refusal:
        catat(session, CITRA, dunia.belanja(merchant="", rupiah=0), NOW)
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
    row = catat(session, CITRA, dunia.belanja(**changes), NOW)
    assert row.status == "tercatat"
    assert aturan(session, row.id) == rules
    for temuan in session.scalars(select(Temuan)):
        assert temuan.masukan["dasar"]
        assert temuan.pesan.endswith(".")


def test_over_a_ceiling_nothing_is_reserved_and_the_finding_says_what_is_left(
    session: Session,
) -> None:
    row = catat(session, CITRA, dunia.belanja(rupiah=11_000_000), NOW)
    assert reserved(session, "up_kkpd") == Rupiah(0)
    temuan = session.scalars(select(Temuan).where(Temuan.aturan == "lewat_batas")).one()
    assert temuan.masukan["Sisa pagu sub kegiatan"] == "Rp 10.000.000"
    assert "kurang Rp 1.000.000" in temuan.pesan
    refusal = timbang_ulang(session, CITRA, row.id, NOW)
    assert refusal is not None
    set_limit(session, Key(DINKES, 2026, "dpa", f"{SUB}|{ATK}|{PAD}"), Rupiah.of(12_000_000))
    assert timbang_ulang(session, CITRA, row.id, NOW) is None
    assert reserved(session, "dpa") == Rupiah.of(11_000_000)
    assert aturan(session, row.id) == set()
    assert aturan(session, row.id, terbuka=False) == {"lewat_batas"}


def test_the_cap_per_payee_counts_spellings_as_one(session: Session) -> None:
    dunia.setelan(session, "max_per_payee_general", "1.000.000")
    catat(session, CITRA, dunia.belanja(), NOW)
    second = catat(
        session, CITRA, dunia.belanja(kunci_kirim="2", merchant="TOKO SUMBER-REJEKI"), NOW
    )
    assert aturan(session, second.id) == {"lewat_batas"}


def test_a_twin_is_told_and_an_unlike_nota_is_none(session: Session) -> None:
    first = catat(session, CITRA, dunia.belanja(nota="A1"), NOW)
    twin = catat(session, CITRA, dunia.belanja(kunci_kirim="2"), NOW)
    other = catat(session, CITRA, dunia.belanja(kunci_kirim="3", nota="A2"), NOW)
    assert aturan(session, twin.id) == {"mungkin_kembar"}
    found = session.scalars(select(Temuan).where(Temuan.subjek == f"transaksi:{other.id}")).one()
    assert found.masukan["belanja"] == str(twin.id)
    assert aturan(session, first.id) == set()


def test_the_year_s_last_day_of_card_use(session: Session) -> None:
    dunia.setelan(session, "year_end_use_cutoff", "2026-10-10")
    row = catat(session, CITRA, dunia.belanja(), NOW)
    assert aturan(session, row.id) == {"lewat_batas_pakai"}


def test_a_cutoff_of_another_year_says_nothing(session: Session) -> None:
    dunia.setelan(session, "year_end_use_cutoff", "2025-10-10")
    assert aturan(session, catat(session, CITRA, dunia.belanja(), NOW).id) == set()


def test_first_use_above_its_cap(session: Session) -> None:
    dunia.setelan(session, "first_limit_goods", "500.000")
    first = catat(session, CITRA, dunia.belanja(), NOW)
    later = catat(session, CITRA, dunia.belanja(kunci_kirim="2", rupiah=760_000), NOW)
    assert aturan(session, first.id) == {"batas_pertama"}
    assert aturan(session, later.id) == set()


def test_a_blocked_or_expired_card(session: Session) -> None:
    kartu = session.get_one(Kartu, 1)
    kartu.status = "diblokir"
    assert aturan(session, catat(session, CITRA, dunia.belanja(), NOW).id) == {"kartu_tidak_aktif"}
    kartu.status, kartu.berlaku_sampai = "aktif", date(2026, 9, 30)
    row = catat(session, CITRA, dunia.belanja(kunci_kirim="2", rupiah=1_000), NOW)
    assert aturan(session, row.id) == {"kartu_tidak_aktif"}


def test_the_card_s_history_decides_the_state_of_the_day(session: Session) -> None:
    from kkpd.models import KartuRiwayat

    for status, day in (("aktif", date(2026, 10, 1)), ("hilang", date(2026, 10, 15))):
        session.add(
            KartuRiwayat(
                kartu_id=1,
                opd_id=DINKES,
                status=status,
                tanggal=day,
                nomor_dokumen="BA/1",
                at=NOW,
                oleh_id=ORANG["joko"],
            )
        )
    session.get_one(Kartu, 1).status = "hilang"
    session.flush()
    before = catat(session, CITRA, dunia.belanja(), NOW)
    after = catat(session, CITRA, dunia.belanja(kunci_kirim="2", tanggal=date(2026, 10, 16)), NOW)
    early = catat(session, CITRA, dunia.belanja(kunci_kirim="3", tanggal=date(2026, 9, 30)), NOW)
    assert aturan(session, before.id) == set()
    assert aturan(session, after.id) == {"kartu_tidak_aktif"}
    assert "kartu_tidak_aktif" in aturan(session, early.id)


def test_a_day_in_a_closed_month_is_booked_in_the_open_one(session: Session) -> None:
    close(session, 9)
    row = catat(session, CITRA, dunia.belanja(tanggal=date(2026, 9, 30)), NOW)
    assert (row.bulan, row.tanggal) == (10, date(2026, 9, 30))
    assert aturan(session, row.id) == {"dibukukan_kemudian"}


def test_with_all_months_closed_the_next_one_opens(session: Session) -> None:
    session.get_one(Periode, (DINKES, 2026, 10)).status = "ditutup"
    session.flush()
    row = catat(session, CITRA, dunia.belanja(), NOW)
    assert (row.tahun, row.bulan) == (2026, 11)
    assert session.get_one(Periode, (DINKES, 2026, 11)).status == "terbuka"


def close(session: Session, bulan: int) -> None:
    """A closed month before the open one."""
    session.add(
        Periode(
            opd_id=DINKES,
            tahun=2026,
            bulan=bulan,
            status="ditutup",
            sejak=NOW,
            oleh_id=CITRA.orang_id,
        )
    )
    session.flush()


def test_card_numbers_are_cut_everywhere(session: Session) -> None:
    row = catat(
        session,
        CITRA,
        dunia.belanja(
            merchant="TOKO 4539 1488 0343 6467",
            uraian="kartu 4539148803436467",
            nota="4539148803436467",
            penjual_npwp="0123456789010000",
        ),
        NOW,
    )
    log.append_queued(session)
    event = session.scalars(select(Event)).first()
    assert event is not None
    for text in (row.merchant, row.uraian, row.nota, event.isi.decode()):
        assert "453914880343" not in text.replace(" ", "")
    assert row.merchant == "TOKO ****6467"
    assert row.penjual_npwp == "012.345.678.9-010.000"


def test_roles(session: Session) -> None:
    with pytest.raises(NotFound):
        catat(session, EKO, dunia.belanja(), NOW)
    with pytest.raises(Forbidden):
        catat(session, ACTORS["dewi"], dunia.belanja(), NOW)
    own = catat(session, ANI, dunia.belanja(), NOW)
    assert own.perekam_id == ORANG["ani"]
    session.get_one(Kartu, 1).pemegang_id = ORANG["hana"]
    with pytest.raises(NotFound):
        catat(session, ANI, dunia.belanja(kunci_kirim="2"), NOW)


def test_change_moves_reservations_and_class(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(), NOW)
    isi = dunia.belanja(rekening=LAPTOP, uraian="Laptop 14 inci", rupiah=4_850_000)
    changed = ubah(session, CITRA, UbahBelanja(row.id, 1, isi), NOW)
    assert (changed.versi, changed.kelas, changed.nilai) == (2, "modal", Rupiah.of(4_850_000))
    assert reserved(session, "dpa") == Rupiah.of(4_850_000)
    assert session.scalar(select(func.count()).select_from(PutusanKelas)) == 2
    again = ubah(
        session, CITRA, UbahBelanja(row.id, 2, CatatBelanja(**{**_fields(isi), "nota": "N9"})), NOW
    )
    assert again.nota == "N9"
    assert session.scalar(select(func.count()).select_from(PutusanKelas)) == 2


def _fields(command: CatatBelanja) -> dict[str, Any]:
    return {name: getattr(command, name) for name in command.__dataclass_fields__}


def test_a_repaired_line_loses_its_finding(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(rupiah=11_000_000), NOW)
    ubah(session, CITRA, UbahBelanja(row.id, 1, dunia.belanja(rupiah=9_000_000)), NOW)
    assert aturan(session, row.id) == set()
    ubah(session, CITRA, UbahBelanja(row.id, 2, dunia.belanja(rupiah=11_000_000)), NOW)
    assert aturan(session, row.id) == {"lewat_batas"}


def test_a_finding_that_a_person_settled_stays_settled(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(tanggal=date(2026, 10, 17)), NOW)
    temuan = session.scalars(select(Temuan)).one()
    temuan.selesai_at, temuan.selesai_oleh_id, temuan.selesai_catatan = NOW, 6, "Bakti sosial"
    isi = dunia.belanja(tanggal=date(2026, 10, 17), nota="B7")
    ubah(session, CITRA, UbahBelanja(row.id, 1, isi), NOW)
    assert aturan(session, row.id) == set()


def test_a_stale_save_is_told_what_changed(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(), NOW)
    ubah(session, CITRA, UbahBelanja(row.id, 1, dunia.belanja(rupiah=800_000)), NOW)
    log.append_queued(session)
    with pytest.raises(Conflict) as refusal:
        ubah(session, ACTORS["kartika"], UbahBelanja(row.id, 1, dunia.belanja(nota="X")), NOW)
    assert "Citra Bendahara mengubah nilai dari Rp 750.000 menjadi Rp 800.000" in str(refusal.value)
    with pytest.raises(Conflict, match="Muat ulang"):
        ubah(session, CITRA, UbahBelanja(row.id, 9, dunia.belanja(nota="X")), NOW)


def test_changing_is_for_the_treasurer_and_the_holder_only(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(), NOW)
    with pytest.raises(NotFound):
        ubah(session, EKO, UbahBelanja(row.id, 1, dunia.belanja()), NOW)
    with pytest.raises(Forbidden):
        ubah(session, ACTORS["dewi"], UbahBelanja(row.id, 1, dunia.belanja()), NOW)
    session.get_one(Kartu, KARTU_DINAS).pemegang_id = ORANG["hana"]
    other = catat(
        session,
        CITRA,
        dunia.belanja(kunci_kirim="2", kartu_id=KARTU_DINAS, rekening=DINAS, uraian="Tiket"),
        NOW,
    )
    with pytest.raises(NotFound):
        ubah(session, ANI, UbahBelanja(other.id, 1, dunia.belanja()), NOW)
    assert ubah(session, ANI, UbahBelanja(row.id, 1, dunia.belanja(nota="N1")), NOW).nota == "N1"


def test_a_line_on_a_dpr_or_in_a_closed_month_does_not_change(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(), NOW)
    session.get_one(Periode, (DINKES, 2026, 10)).status = "ditutup"
    session.flush()
    with pytest.raises(Conflict, match="ditutup"):
        ubah(session, CITRA, UbahBelanja(row.id, 1, dunia.belanja(nota="X")), NOW)
    session.get_one(Periode, (DINKES, 2026, 10)).status = "terbuka"
    session.flush()
    rantai.advance(session, CITRA, row, "lengkapi", now=NOW)
    rantai.advance(session, CITRA, row, "ajukan", now=NOW)
    with pytest.raises(Conflict, match="diajukan"):
        ubah(session, CITRA, UbahBelanja(row.id, 3, dunia.belanja(nota="X")), NOW)


def test_a_matched_line_keeps_amount_date_and_card(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(), NOW)
    dunia.pasangkan(session, row)
    with pytest.raises(Conflict, match="Urungkan"):
        ubah(session, CITRA, UbahBelanja(row.id, 1, dunia.belanja(rupiah=1)), NOW)
    with pytest.raises(Conflict, match="Urungkan"):
        batalkan(session, CITRA, BatalkanBelanja(row.id, 1, "salah catat"), NOW)
    assert ubah(session, CITRA, UbahBelanja(row.id, 1, dunia.belanja(nota="N")), NOW).nota == "N"


def test_cancelling_gives_everything_back(session: Session) -> None:
    row = catat(session, CITRA, dunia.belanja(tanggal=date(2026, 10, 17)), NOW)
    with pytest.raises(DomainError, match="alasan"):
        batalkan(session, CITRA, BatalkanBelanja(row.id, 1, " "), NOW)
    batalkan(session, CITRA, BatalkanBelanja(row.id, 1, "tercatat dua kali"), NOW)
    assert (row.status, reserved(session, "dpa")) == ("dibatalkan", Rupiah(0))
    assert aturan(session, row.id) == set()
    with pytest.raises(Conflict):
        timbang_ulang(session, CITRA, row.id, NOW)


def test_a_refund_takes_its_purchase_s_class_and_reserves_nothing(session: Session) -> None:
    asal = catat(
        session,
        CITRA,
        dunia.belanja(rekening=LAPTOP, uraian="Laptop", rupiah=4_000_000),
        NOW,
    )
    back = catat(
        session,
        CITRA,
        dunia.belanja(
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
    more = catat(
        session,
        CITRA,
        dunia.belanja(
            kunci_kirim="3", rekening=LAPTOP, uraian="Lagi", rupiah=-3_000_001, asal_id=asal.id
        ),
        NOW,
    )
    assert aturan(session, more.id) == {"pengembalian_lebih"}


def test_account_against_goods_is_unsure_until_a_person_decides(session: Session) -> None:
    row = catat(
        session,
        CITRA,
        dunia.belanja(
            uraian="Laptop 14 inci", rupiah=4_850_000, volume=1, harga_satuan=Rupiah.of(4_850_000)
        ),
        NOW,
    )
    assert row.kelas == "ragu"
    assert aturan(session, row.id) == {"kelas_bertentangan"}
    kelas.tetapkan(session, CITRA, kelas.TetapkanKelas(row.id, "modal", "Dipakai di loket"), NOW)
    assert aturan(session, row.id) == {"kelas_beda_rekening"}
    isi = dunia.belanja(uraian="Laptop 14 inci", rekening=LAPTOP, rupiah=4_850_000)
    ubah(session, CITRA, UbahBelanja(row.id, 1, isi), NOW)
    assert (row.kelas, aturan(session, row.id)) == ("modal", set())


def test_a_grid_is_saved_whole_or_not_at_all(session: Session) -> None:
    good = [dunia.belanja(kunci_kirim=f"g{n}", rupiah=1000 + n) for n in range(3)]
    bad = dunia.belanja(kunci_kirim="g9", merchant="")
    with pytest.raises(BukanFakta) as refusal:
        catat_banyak(session, CITRA, [*good, bad, good[0]], NOW)
    assert [(f.row, f.field) for f in refusal.value.findings] == [(4, "merchant"), (5, None)]
    assert session.scalar(select(func.count()).select_from(Transaksi)) == 0
    assert len(catat_banyak(session, CITRA, good, NOW)) == 3
    with pytest.raises(DomainError, match="Belum ada baris"):
        catat_banyak(session, CITRA, [], NOW)


def test_a_holder_s_grid_names_the_row_with_another_s_card(session: Session) -> None:
    session.get_one(Kartu, KARTU_DINAS).pemegang_id = ORANG["hana"]
    rows = [dunia.belanja(), dunia.belanja(kunci_kirim="2", kartu_id=KARTU_DINAS)]
    found = belanja.periksa_banyak(session, ANI, rows, NOW)
    assert [(f.row, f.field) for f in found] == [(2, "kartu_id")]
