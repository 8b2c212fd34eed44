"""Purchases read back: lists, one whole, choices, budget lines, class review."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import detail as belanja_detail
from kkpd.belanja import lists
from kkpd.belanja import lists as belanja_export
from kkpd.belanja.classes import accuracy, reads
from kkpd.belanja.classes.decide import SettleClass, settle_class
from kkpd.belanja.evidence import AttachEvidence, attach
from kkpd.belanja.fields import content, event_name, say_change
from kkpd.belanja.lists import PurchaseCriteria
from kkpd.belanja.verbs import ChangePurchase, record
from kkpd.belanja.verbs import change as change_belanja
from kkpd.core.money import Rupiah
from kkpd.engines.paper import csv
from kkpd.models import DpaBaris, Transaksi
from kkpd.pagu import reads as pagu
from kkpd.records import event_log
from kkpd.records.custody import Store
from tests.cast import ACTORS, DINKES, DISDIK, KARTU_ANI, ORANG
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, KARTU_DINAS, LAPTOP, NOW, PAD, SUB

CITRA = ACTORS["citra"]
ALL = PurchaseCriteria(opd_id=DINKES, tahun=2026)


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


def some(session: Session, count: int) -> list[Transaksi]:
    """Purchases of one day with rising amounts."""
    return [
        record(
            session,
            CITRA,
            worlds.belanja(
                kunci_kirim=f"k{n}", rupiah=1_000 + n, merchant=f"Toko {n % 3}", nota=f"N{n}"
            ),
            NOW,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("column", lists.SORT_KEYS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_by_key_hold_every_row_once(session: Session, column: str, descending: bool) -> None:
    made = {row.id for row in some(session, 7)}
    seen: list[int] = []
    key: str | None = None
    while True:
        page = lists.listing(session, ALL, (column, descending), key, bound=3)
        seen += [row.id for row in page.baris]
        key = page.sesudah
        if key is None:
            break
    assert len(seen) == 7
    assert set(seen) == made


def test_filters_and_totals(session: Session, tmp_path: Path) -> None:
    first, second, third = some(session, 3)
    sent = AttachEvidence(first.id, "a.jpg", worlds.foto())
    attach(session, CITRA, Store(tmp_path), sent, max_bytes=10**6, now=NOW)
    worlds.pasangkan(session, second)
    big = record(session, CITRA, worlds.belanja(kunci_kirim="b", rupiah=11_000_000), NOW)

    def ids(**wanted: object) -> set[int]:
        narrowed = PurchaseCriteria(opd_id=DINKES, tahun=2026, **wanted)  # type: ignore[arg-type]  # a table
        return {row.id for row in lists.listing(session, narrowed).baris}

    assert ids(bukti="ada") == {first.id}
    assert ids(cocok="ada") == {second.id}
    assert ids(temuan="ada") == {big.id}
    assert ids(temuan="tanpa", bukti="tanpa", cocok="tanpa") == {third.id}
    assert ids(status="berbukti") == {first.id}
    assert ids(kelas="modal") == set()
    assert ids(kartu_id=KARTU_DINAS) == set()
    assert ids(cari="toko n2") == {third.id}
    assert ids(cari="%") == ids(cari="_") == set()
    assert ids(pemegang_id=ORANG["ani"]) == {first.id, second.id, third.id, big.id}
    assert ids(pemegang_id=ORANG["eko"]) == set()
    assert ids(bulan=9) == set()
    assert lists.jumlah(session, ALL) == lists.PurchaseTotals(4, Rupiah.of(11_003_003))
    assert lists.jumlah(session, PurchaseCriteria(opd_id=DISDIK)) == lists.PurchaseTotals(
        0, Rupiah(0)
    )
    (row,) = lists.listing(session, PurchaseCriteria(opd_id=DINKES, temuan="ada")).baris
    assert row.temuan == (("lewat_batas", "salah"),)
    assert row.lacks == ("bukti",)


def test_a_download_carries_every_row(session: Session) -> None:
    some(session, 3)
    dokumen = belanja_export.dokumen(session, ALL, "Dinas Kesehatan", date(2026, 10, 20))
    assert len(csv.write(dokumen).splitlines()) == 4
    assert dokumen.judul == "Daftar belanja KKPD Tahun 2026"
    month = belanja_export.dokumen(
        session, PurchaseCriteria(opd_id=DINKES, tahun=2026, bulan=10), "X", date(2026, 10, 20)
    )
    assert month.judul.endswith("Oktober 2026")


def test_one_purchase_whole(session: Session, tmp_path: Path) -> None:
    row = record(session, CITRA, worlds.belanja(tanggal=date(2026, 10, 17), program_id=1), NOW)
    sent = AttachEvidence(row.id, "a.jpg", worlds.foto())
    attach(session, CITRA, Store(tmp_path), sent, max_bytes=10**6, now=NOW)
    worlds.pasangkan(session, row)
    settle_class(session, CITRA, SettleClass(row.id, "operasi"), NOW)
    change_belanja(
        session,
        CITRA,
        ChangePurchase(row.id, 2, worlds.belanja(tanggal=date(2026, 10, 17), nota="N")),
        NOW,
    )
    event_log.append_queued(session)
    found = belanja_detail.detail(session, DINKES, row.id)
    assert found is not None
    assert (found.kartu_akhir, found.pemegang, found.recorder) == (
        "4821",
        "Ani Pemegang",
        "Citra Bendahara",
    )
    assert [one.nama for one in found.bukti] == ["a.jpg"]
    assert [one.aturan for one in found.temuan] == ["akhir_pekan"]
    assert [one.oleh for one in found.putusan] == [None, "Citra Bendahara"]
    assert found.terakhir is not None
    assert found.terakhir.kelas == "operasi"
    assert [one.baris for one in found.pairings] == [7]
    assert {one.jenis for one in found.holds if one.present} == {"dpa", "up_kkpd", "kartu"}
    assert belanja_detail.detail(session, DISDIK, row.id) is None
    held = belanja_detail.reservation(session, row.id)
    assert held[("up_kkpd", "UP")] == Rupiah.of(750_000)
    kept = belanja_detail.evidence_bytes(session, DINKES, found.bukti[0].id)
    assert kept is not None
    assert kept.media == "image/jpeg"
    assert belanja_detail.evidence_bytes(session, DISDIK, found.bukti[0].id) is None
    history = event_log.event_trail(session, DINKES, f"transaksi:{row.id}")
    assert [event_name(event.jenis) for event in history] == [
        "Dicatat",
        "Bukti dilampirkan",
        "Bukti lengkap",
        "Kelas ditetapkan",
        "Diubah",
    ]
    assert ("nota", "", "N") in history[-1].perubahan


def test_choices_of_the_form(session: Session) -> None:
    row = record(session, CITRA, worlds.belanja(mata_uang="USD"), NOW)
    assert [one.nomor_akhir for one in belanja_choices.kartu(session, DINKES)] == ["4821", "9004"]
    assert belanja_choices.kartu(session, DINKES, ORANG["eko"]) == []
    assert (ORANG["ani"], "Ani Pemegang") in belanja_choices.orang(session, DINKES)
    assert belanja_choices.program(session, DISDIK) == [(2, "Kas Anak Kasir")]
    assert [id_ for id_, _ in belanja_choices.asal(session, DINKES, 2026)] == [row.id]
    assert [id_ for id_, _ in belanja_choices.asal(session, DINKES, 2025, row.id)] == [row.id]
    assert belanja_choices.mata_uang(session, DINKES, row.id) == "USD"
    assert belanja_choices.mata_uang(session, DINKES, 99) == "IDR"


def test_budget_lines_and_weighing(session: Session) -> None:
    record(session, CITRA, worlds.belanja(), NOW)
    lines = pagu.dpa_lines(session, DINKES, 2026)
    assert [line.rekening for line in lines] == [ATK, worlds.DINAS, LAPTOP]
    assert lines[0].sisa == Rupiah.of(9_250_000)
    assert [line.kunci for line in pagu.dpa_lines(session, DINKES, 2026, "personal computer")] == [
        f"{SUB}|{LAPTOP}|{PAD}"
    ]
    assert pagu.dpa_lines(session, DINKES, 2026, "100% _ada") == ()
    assert pagu.sumber_dana(session, DINKES, 2026, SUB, ATK) == (PAD,)
    assert pagu.has_rekening(session, DINKES, 2026, ATK)
    assert not pagu.has_rekening(session, DISDIK, 2026, ATK)
    assert pagu.token_kartu(session, DINKES, KARTU_ANI) == "kartu-4821"
    assert pagu.token_kartu(session, DISDIK, KARTU_ANI) is None
    keys = {"dpa": lines[0].kunci, "up_kkpd": "UP", "kartu": "kartu-4821", "penerima": "x"}
    weighed = pagu.weigh(session, DINKES, 2026, keys, Rupiah.of(10_000_000))
    assert [(one.jenis, one.enough) for one in weighed] == [
        ("dpa", False),
        ("up_kkpd", True),
        ("kartu", True),
    ]


def test_a_line_without_ceiling_shows_its_whole_budget(session: Session) -> None:
    session.add(
        DpaBaris(
            dpa_id=1,
            opd_id=DINKES,
            tahun=2026,
            sub_kegiatan=SUB,
            rekening=ATK,
            sumber_dana="DAK",
            pagu=Rupiah.of(5),
        )
    )
    session.flush()
    assert [line.sisa for line in pagu.dpa_lines(session, DINKES, 2026, "DAK")] == []
    by_source = {line.sumber_dana: line for line in pagu.dpa_lines(session, DINKES, 2026, ATK)}
    assert (by_source["DAK"].state, by_source["DAK"].sisa) == (None, Rupiah.of(5))


def test_review_is_worst_first_and_accuracy_counts(session: Session) -> None:
    price = Rupiah.of(4_850_000)
    odd = record(
        session,
        CITRA,
        worlds.belanja(
            kunci_kirim="x", uraian="Laptop 14 inci", nilai=price, volume=1, harga_satuan=price
        ),
        NOW,
    )
    plain = record(session, CITRA, worlds.belanja(), NOW)
    (row,) = reads.needing_review(session, DINKES)
    assert (row.id, row.contradicted, row.kelas) == (odd.id, True, "ragu")
    assert reads.needing_review(session, DISDIK) == ()
    settle_class(session, CITRA, SettleClass(plain.id, "operasi"), NOW)
    settle_class(session, CITRA, SettleClass(odd.id, "modal", "Dipakai di loket"), NOW)
    pairs = accuracy.pairings(session, frozenset({DINKES}), 2026)
    assert {(pair.machine, pair.orang) for pair in pairs} == {
        ("operasi", "operasi"),
        ("ragu", "modal"),
    }
    whole = accuracy.measure("", pairs)
    assert (whole.everything, whole.given, whole.correct, whole.wrong_count) == (2, 1, 1, 0)
    assert (whole.bagian, whole.right_share) == (Fraction(1, 2), Fraction(1))
    assert accuracy.cross_table(pairs)[("ragu", "modal")] == 1
    (band,) = accuracy.calibration(pairs)
    assert (band.label, band.given, band.right_share) == ("95–100%", 1, Fraction(1))
    assert Fraction(95, 100) <= band.confidence <= 1
    assert [one.everything for one in accuracy.by_opd(pairs)] == [2]
    assert {rule.label for rule in accuracy.by_rule(pairs)} == {
        "rekening",
        "kelas_bertentangan",
    }
    assert all(pair.chosen_by_person for pair in pairs)
    assert accuracy.pairings(session, None, 2026) == pairs
    assert accuracy.pairings(session, frozenset({DISDIK}), 2026) == ()
    assert [month.label for month in accuracy.by_month(pairs)] == ["2026-10"]
    assert accuracy.measure("", ()).right_share is None
    assert accuracy.measure("", ()).bagian == 0
    assert len(accuracy.by_threshold(pairs)) == 6
    rows = accuracy.corrections(session, frozenset({DINKES}), 2026)
    assert [(row.label, row.kelas_mesin) for row in rows] == [
        ("modal", "ragu"),
        ("operasi", "operasi"),
    ]
    assert rows[0].alasan == "Dipakai di loket"
    assert (rows[0].harga, rows[0].volume) == (price, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("nilai", 100, 25_050), "nilai dari Rp 1 menjadi Rp 250,50"),
        (("tanggal", "2026-10-01", "2026-10-02"), "tanggal dari 1 Okt 2026 menjadi 2 Okt 2026"),
        (("nota", "", "N"), "nomor nota dari kosong menjadi N"),
        (("status", None, "berbukti"), "status menjadi berbukti"),
        (("dipesan", False, True), "dipesan dari tidak menjadi ya"),
        (("volume", 2, None), "volume dari 2 menjadi kosong"),
    ],
)
def test_changes_in_words(change: tuple[str, object, object], words: str) -> None:
    assert say_change(*change) == words
    assert content("merchant", "X") == "X"
