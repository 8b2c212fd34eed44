"""Every report from the books: totals against what was done, issuing, replacing, refusing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.domain.documents import Dokumen as Naskah
from kkpd.domain.errors import Conflict, DomainError, Forbidden, NotFound
from kkpd.domain.money import Rupiah
from kkpd.domain.rentang import parse
from kkpd.models import Dokumen, DokumenBaris, Event, Opd, Temuan, Transaksi, UpKeputusan
from kkpd.queries import laporan
from kkpd.queries.laporan import terbitan
from kkpd.reports import draw
from kkpd.reports.verification import verify
from kkpd.services import cocok, dpt, pembayaran, selisih, uji
from kkpd.services.laporan import jumlah, terbit
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.services import belanja_dunia
from tests.services.belanja_dunia import DINAS, KARTU_DINAS, LAPTOP, NOW
from tests.services.jalan import OKTOBER, baris_bank, berbukti, diperiksa, penerbit, setuju

HARI: Final = date(2026, 11, 24)
LULUS_LIMA: Final[dict[int, uji.Jawaban]] = {**dict.fromkeys(range(1, 7), "lulus"), 5: "tidak"}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def bulan(session: Session, tmp_path: Path) -> Session:
    """October with a paid DPT, a refusal, a line that waits, bank lines, and findings."""
    session.add(
        UpKeputusan(
            opd_id=DINKES,
            tahun=2026,
            nomor="UP/1",
            mulai=date(2026, 1, 2),
            up=Rupiah.of(100_000_000),
            up_kkpd=Rupiah.of(40_000_000),
            dasar_hukum="contoh",
            dicatat_at=NOW,
            oleh_id=10,
        )
    )
    paid = berbukti(session, tmp_path, 1, dpp=Rupiah.of(675_675), ppn=Rupiah.of(74_325))
    partly = berbukti(session, tmp_path, 2)
    refused = berbukti(session, tmp_path, 3)
    trip = berbukti(session, tmp_path, 4, kartu_id=KARTU_DINAS, rekening=DINAS)
    diperiksa(session, tmp_path, paid, partly, refused, trip)
    pa = ACTORS["dewi"]
    uji.putuskan(session, pa, setuju(paid), NOW)
    uji.putuskan(session, pa, _sebagian(partly), NOW)
    uji.putuskan(session, pa, _tolak(refused), NOW)
    issue = penerbit(tmp_path)
    paper = dpt.terbitkan_dpt(session, pa, DINKES, OKTOBER, issue, NOW)
    uji.putuskan(session, pa, setuju(trip), NOW)
    _bayar(session, paper.id, tmp_path)
    lines = baris_bank(session, 750_000, 750_000, 10_000)
    cocok.pasangkan(session, ACTORS["citra"], DINKES, cocok.Pasangkan(lines[0].id, (paid.id,)), NOW)
    said = selisih.Jelaskan(lines[2].id, "meterai", None, "Bea meterai dari UP Tunai.")
    selisih.jelaskan(session, ACTORS["citra"], DINKES, said, NOW)
    session.flush()
    return session


def _sebagian(row: Transaksi) -> uji.PutusanUji:
    return setuju(row, nilai=Rupiah.of(700_000), alasan="Kelebihan hitung lima puluh ribu")


def _tolak(row: Transaksi) -> uji.PutusanUji:
    return setuju(row, keputusan="tolak", jawaban=LULUS_LIMA, alasan="Bukan belanja kantor")


def _bayar(session: Session, dpt_id: int, folder: Path) -> None:
    for jenis, who in (("npd", "dewi"), ("spp", "citra"), ("spm", "dewi")):
        pembayaran.terbit(session, ACTORS[who], dpt_id, jenis, penerbit(folder), NOW)
    for langkah, who in (("sp2d", "lukman"), ("bayar", "citra")):
        command = pembayaran.Catat(dpt_id, langkah, f"{langkah}/1", date(2026, 10, 20))
        pembayaran.catat(session, ACTORS[who], command, NOW)


def susun(
    session: Session, nama: str, opd: str = "dinkes", periode: str = "2026-10", kartu: str = ""
) -> Naskah:
    asked = laporan.Permintaan(nama=nama, opd=opd, rentang=parse(periode), kartu=kartu)
    return laporan.susun(session, ACTORS["fitri"], asked, HARI)


#: report -> its amount for October (None: a form without one)
JUMLAH: Final = {
    "dpr_perjalanan": 750_000,
    "dpr_barang": 2_250_000,
    "penolakan": 800_000,
    "dpt": 2_200_000,
    "dpt_gabungan": 1_450_000,
    "npd": 1_450_000,
    "spp_gu_pengantar": 1_450_000,
    "spp_gu_rincian": 1_450_000,
    "sptb": 1_450_000,
    "spm_gu": 1_450_000,
    "lpj": 1_450_000,
    "bku": 1_450_000,
    "buku_pembantu": 1_450_000,
    "register_tagihan": 1_510_000,
    "register_dpt": 1_450_000,
    "register_sp2d": 1_450_000,
    "rekonsiliasi": 1_510_000,
    "rekap": 1_450_000,
    "kelengkapan": 3_000_000,
    "ditolak": 800_000,
    "pajak": 74_325,
}


def test_every_report_says_what_the_books_say(bulan: Session) -> None:
    for nama in laporan.DAFTAR:
        if nama == "dpr_modal":
            continue  # nothing of the kind was bought
        for opd in ("dinkes", "semua"):
            for periode in ("2026-10", "2026-T4", "2026"):
                made = susun(bulan, nama, opd, periode)
                assert made.rancangan
                assert made.periode == periode
                if nama in JUMLAH:
                    assert jumlah(made) == Rupiah.of(JUMLAH[nama]), (nama, opd, periode)
        assert draw(susun(bulan, nama))


def test_the_minutes_explain_every_rupiah(bulan: Session) -> None:
    tables = list(susun(bulan, "rekonsiliasi").tabel)
    assert tables[1].jumlah == (Rupiah.of(1_510_000 - 3_000_000),)
    reasons = [str(row[3]) for row in tables[1].baris]
    assert sum("Belum dijelaskan" in one for one in reasons) == 1
    assert sum("Bea meterai" in one for one in reasons) == 1
    assert sum("Belum ditagih" in one for one in reasons) == 3


def test_a_card_narrows_a_dpr_to_its_own_form(bulan: Session) -> None:
    whole = susun(bulan, "dpr_barang")
    mine = susun(bulan, "dpr_barang", kartu="4821")
    assert jumlah(mine) == jumlah(whole)
    with pytest.raises(NotFound, match="tidak ada untuk Oktober 2026"):
        susun(bulan, "dpr_barang", kartu="0000")


def test_findings_carry_their_amount_and_age(bulan: Session) -> None:
    rows = [
        Temuan(
            opd_id=DINKES, tahun=2026, bulan=10, aturan="uji", berat="info", subjek=subjek,
            pesan="Sesuatu", masukan={}, at=NOW,
        )
        for subjek in ("transaksi:1", "transaksi:999", "transaksi:x", "tagihan:1")
    ]  # fmt: skip
    rows[0].selesai_at, rows[0].selesai_oleh_id = NOW + timedelta(days=3), 1
    rows[0].selesai_catatan = "sudah"
    bulan.add_all(rows)
    bulan.flush()
    found = [row for row in next(susun(bulan, "temuan").tabel).baris if row[3] == "uji"]
    assert [row[5] for row in found] == [Rupiah.of(750_000), None, None, None]
    assert [row[6] for row in found] == [3, 35, 35, 35]
    assert [row[7] for row in found] == ["Selesai: sudah", "Terbuka", "Terbuka", "Terbuka"]


def test_what_was_repaid_and_what_is_carried_over(bulan: Session) -> None:
    refused = bulan.scalars(select(Transaksi).where(Transaksi.status == "ditolak")).one()
    refused.status = "dibayar_pribadi"
    bulan.flush()
    rows = [row for row in next(susun(bulan, "ditolak").tabel).baris if row[6] == refused.nilai]
    assert [(row[7], row[8]) for row in rows] == [(refused.nilai, None)]


def test_units_stand_under_their_opd(bulan: Session) -> None:
    bulan.get_one(Opd, 2).induk_id = DINKES
    bulan.flush()
    assert laporan.lingkup(bulan, ACTORS["fitri"], "dinkes", "laporan:susun").ids == (1, 2)
    assert laporan.lingkup(bulan, ACTORS["citra"], "dinkes", "laporan:susun").ids == (1,)
    assert jumlah(susun(bulan, "rekap")) == Rupiah.of(1_450_000)


@pytest.mark.parametrize(
    ("who", "nama", "opd", "periode", "error"),
    [
        ("citra", "rekap", "semua", "2026-10", Forbidden),
        ("eko", "rekap", "dinkes", "2026-10", NotFound),
        ("fitri", "rekap", "antah", "2026-10", NotFound),
        ("fitri", "rekap", "dinkes", "2026-11", NotFound),
        ("fitri", "rekpa", "dinkes", "2026-10", NotFound),
        ("fitri", "zzz", "dinkes", "2026-10", NotFound),
        ("joko", "rekap", "dinkes", "2026-10", Forbidden),
        ("gilang", "rekap", "dinkes", "2026-10", Forbidden),
    ],
)
def test_refusals(
    bulan: Session, who: str, nama: str, opd: str, periode: str, error: type[DomainError]
) -> None:
    asked = laporan.Permintaan(nama=nama, opd=opd, rentang=parse(periode))
    with pytest.raises(error):
        laporan.susun(bulan, ACTORS[who], asked, HARI)


def test_months_without_papers_or_budget(session: Session, tmp_path: Path) -> None:
    berbukti(session, tmp_path, 1)
    for nama in ("dpr_barang", "dpt", "npd", "dpt_gabungan", "penolakan", "batas"):
        with pytest.raises(NotFound, match="Dinas Kesehatan tidak ada untuk Oktober 2026"):
            susun(session, nama)
    for nama in ("register_sp2d", "register_tagihan", "pajak", "belum_lunas", "lpj", "bku"):
        assert susun(session, nama).isi
    for make in (_without_budget, _without_lines):
        with pytest.raises(NotFound):
            make(session)


def _without_budget(session: Session) -> None:
    baris_bank(session, 1_000, opd_id=2)
    susun(session, "rekap", "disdik")


def _without_lines(session: Session) -> None:
    session.add(
        Temuan(
            opd_id=2, tahun=2026, bulan=9, aturan="a", berat="info", subjek="x:1", pesan="p",
            masukan={}, at=NOW,
        )
    )  # fmt: skip
    session.flush()
    susun(session, "rekonsiliasi", "disdik", "2026-09")


def test_an_issue_is_proved_and_a_newer_one_replaces_it(bulan: Session, tmp_path: Path) -> None:
    citra, issue = ACTORS["citra"], penerbit(tmp_path)
    asked = laporan.Permintaan(nama="lpj", opd="dinkes", rentang=parse("2026-10"))
    first = terbit(bulan, citra, asked, issue, NOW)
    assert first.baru
    file = issue.arsip.get(terbitan.sidik_arsip(bulan, first.dokumen.id))
    assert verify(file, issue.signer.public_key).exit_status == 0
    again = terbit(bulan, citra, asked, issue, NOW + timedelta(days=1))
    assert (again.baru, again.dokumen.id) == (False, first.dokumen.id)
    dpt.terbitkan_dpt(bulan, ACTORS["dewi"], DINKES, OKTOBER, issue, NOW)
    assert not terbitan.segar(bulan, citra, first.dokumen)
    second = terbit(bulan, citra, asked, issue, NOW + timedelta(days=2)).dokumen
    assert second.menggantikan_id == first.dokumen.id
    assert (second.urut, second.total) == (2, Rupiah.of(2_200_000))
    kinds = set(bulan.scalars(select(Event.jenis)))
    assert {"laporan:terbit", "laporan:arsip"} <= kinds


def test_reports_of_all_opds_have_numbers_of_their_own(bulan: Session, tmp_path: Path) -> None:
    issue, lukman = penerbit(tmp_path), ACTORS["lukman"]
    numbers = []
    for periode in ("2026-10", "2026-T4", "2026"):
        asked = laporan.Permintaan(nama="rekap", opd="semua", rentang=parse(periode))
        row = terbit(bulan, lukman, asked, issue, NOW).dokumen
        numbers.append((row.opd_id, row.urut, row.periode, row.bulan))
    assert numbers == [(None, 1, "2026-10", 10), (None, 2, "2026-T4", 12), (None, 3, "2026", 12)]
    with pytest.raises(Forbidden):
        terbit(bulan, ACTORS["citra"], asked, issue, NOW)


def test_papers_of_the_chain_are_not_issued_as_reports(bulan: Session, tmp_path: Path) -> None:
    issue = penerbit(tmp_path)
    asked = laporan.Permintaan(nama="dpt", opd="dinkes", rentang=parse("2026-10"))
    with pytest.raises(Conflict, match="langkahnya sendiri"):
        terbit(bulan, ACTORS["dewi"], asked, issue, NOW)
    lpj = laporan.Permintaan(nama="lpj", opd="dinkes", rentang=parse("2026-10"))
    with pytest.raises(Forbidden):
        terbit(bulan, ACTORS["budi"], lpj, issue, NOW)

    def found(nama: str) -> list[Dokumen]:
        wanted = laporan.Permintaan(nama=nama, opd="dinkes", rentang=parse("2026-10"))
        return terbitan.dari_rantai(bulan, [DINKES], wanted, laporan.cari(nama))

    assert [len(found(nama)) for nama in ("dpt", "dpr_perjalanan", "dpr_barang", "dpr_modal")] == [
        1,
        1,
        1,
        0,
    ]
    assert terbitan.segar(bulan, ACTORS["citra"], found("dpt")[0])


def test_capital_is_apart(session: Session, tmp_path: Path) -> None:
    row = berbukti(session, tmp_path, 1, rekening=LAPTOP, rupiah=9_000_000)
    diperiksa(session, tmp_path, row)
    uji.putuskan(session, ACTORS["dewi"], setuju(row), NOW)
    dpt.terbitkan_dpt(session, ACTORS["dewi"], DINKES, OKTOBER, penerbit(tmp_path), NOW)
    table = next(susun(session, "rekap").tabel)
    cells = dict(zip([k.kunci for k in table.kolom], next(iter(table.baris)), strict=True))
    assert cells["realisasi_modal"] == Rupiah.of(9_000_000)
    assert cells["keterangan"] == "Belum SP2D Rp 9.000.000"


def test_books_changed_behind_the_program_are_a_sentence(bulan: Session) -> None:
    line = bulan.scalars(
        select(DokumenBaris).join(Dokumen).where(Dokumen.jenis == "dpt").limit(1)
    ).one()
    bulan.expunge(line)
    bulan.add(
        DokumenBaris(
            opd_id=DINKES,
            dokumen_id=line.dokumen_id,
            transaksi_id=bulan.scalars(
                select(Transaksi.id).where(Transaksi.status == "ditolak")
            ).one(),
            nilai=Rupiah.of(10**15),
        )
    )
    bulan.flush()
    with pytest.raises(Conflict, match="verify log"):
        susun(bulan, "npd")
    assert jumlah(susun(bulan, "buku_pembantu"))
