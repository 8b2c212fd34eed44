"""Bills through the pages: upload, check, take in, look, download; and what is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import BarisBank, Berkas, Event, Impor, Tagihan
from kkpd.web.globals import engine
from tests.client import Page, PageClient
from tests.worlds.bills import KOPI, NASI, REFUND_DAYS, csv, kepala_tagihan

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10/tagihan"
CARD = "4111111111111111"


def unggah(client: PageClient, data: bytes, nama: str = "tagihan.csv", status: int = 303) -> Page:
    """Upload a file by the form."""
    page = client.get(f"{AREA}/unggah")
    return client.submit(page, f"{AREA}/unggah", status, berkas=(data, nama))


def count(app: Flask, model: type) -> int:
    """Rows of a table."""
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_from_nothing_to_a_bill_in_the_books(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    assert "Belum ada tagihan bulan ini" in citra.get(f"{AREA}/").text
    data = csv([KOPI, NASI, REFUND_DAYS], *kepala_tagihan("125.000,00", "125.000,00"))
    check = citra.follow(unggah(citra, data))
    assert check.h1 == "Periksa tagihan.csv"
    assert "13 baris dalam berkas: 3 baru, 0 sudah dikenal, 10 dilewati" in check.text
    assert check.text.count("Rp 125.000") >= 3
    assert (count(app, Berkas), count(app, Tagihan), count(app, BarisBank)) == (1, 0, 0)
    taken = citra.submit(check, f"{AREA}/berkas/1/ambil")
    bill = citra.follow(taken)
    assert bill.h1 == "Tagihan 25 Okt 2026"
    assert "baris sama dengan belanja baru" in bill.text
    assert "REFUND RM SEDERHANA" in bill.text
    assert count(app, BarisBank) == 3
    listed = citra.get(f"{AREA}/")
    assert "lengkap" in listed.text
    assert "14 Nov 2026" in listed.text


def test_the_file_comes_back_as_it_was(entry: LoggedIn) -> None:
    citra = entry("citra")
    data = csv([KOPI])
    unggah(citra, data)
    assert citra.get(f"{AREA}/berkas/1/unduh").body == data


def test_a_changed_file_is_not_given_out(entry: LoggedIn, settings: Settings) -> None:
    citra = entry("citra")
    unggah(citra, csv([KOPI]))
    path = next(one for one in (settings.instance / "berkas").rglob("*") if one.is_file())
    path.write_bytes(b"lain")
    assert "berubah di penyimpanan" in citra.get(f"{AREA}/berkas/1/unduh", 404).text
    unggah(citra, csv([KOPI]))
    assert citra.get(f"{AREA}/berkas/1/unduh").body == csv([KOPI]), "uploaded again, it is mended"


def test_taking_in_twice_does_nothing_more(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    check = citra.follow(unggah(citra, csv([KOPI])))
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    again = citra.submit(check, f"{AREA}/berkas/1/ambil")
    assert "sudah diambil sebelumnya" in citra.follow(again).text
    assert (count(app, Impor), count(app, BarisBank)) == (1, 1)
    assert citra.get(f"{AREA}/berkas/1/periksa", 303).location == f"{AREA}/riwayat/1"
    assert unggah(citra, csv([KOPI])).location == f"{AREA}/riwayat/1"


def test_questions_are_answered_in_the_check(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    data = b"Tanggal,Uraian,Jumlah\n03/04/2026,KOPI,25000\n04/04/2026,NASI,5000\n"
    check = citra.follow(unggah(citra, data))
    assert "Tanggal seperti 03/04/2026 bisa dibaca lebih dari satu cara" in check.text
    assert "Ambil" not in {b.text_content() for b in check.tree.xpath("//button")}
    refused = citra.post(f"{AREA}/berkas/1/ambil", status=422)
    assert "Masih ada 1 pertanyaan" in refused.text
    answered = citra.get(f"{AREA}/berkas/1/periksa?jawab.urutan_tanggal=dmy")
    assert "3 Apr 2026" in answered.text
    assert "Jawaban Anda: hari-bulan-tahun" in answered.text
    again = citra.get(answered.links["Batalkan jawaban ini"])
    assert "bisa dibaca lebih dari satu cara" in again.text
    citra.submit(answered, f"{AREA}/berkas/1/ambil")
    assert count(app, BarisBank) == 2


def test_a_broken_balance_stops_the_import_until_a_reason_is_in_the_log(
    app: Flask, entry: LoggedIn
) -> None:
    citra = entry("citra")
    data = (
        b"Tanggal;Uraian;Debet;Kredit;Saldo\n13/10/2026;KOPI;25.000;;975.000\n"
        b"14/10/2026;NASI;5.000;;970.000\n15/10/2026;ATK;30.000;;920.000\n"
    )
    check = citra.follow(unggah(citra, data))
    assert "Baris 4: saldo tercetak tidak sama" in check.text
    assert check.tree.xpath("//input[@type='text' and @name='jawab.beda_tercetak' and @required]")
    assert "Ambil" not in {b.text_content() for b in check.tree.xpath("//button")}
    citra.post(f"{AREA}/berkas/1/ambil", status=422)
    reason = "Bank mencetak ulang, surat 12/2026"
    answered = citra.get(f"{AREA}/berkas/1/periksa?jawab.beda_tercetak={quote(reason)}")
    citra.submit(answered, f"{AREA}/berkas/1/ambil")
    assert count(app, BarisBank) == 3
    taken = citra.get(f"{AREA}/riwayat/1").text
    assert f"Jawaban Alasan beda dengan yang tercetak: {reason}" in taken
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        told = session.scalars(select(Event.isi).where(Event.jenis == "tagihan:berkas:ambil"))
        assert reason in told.one().decode()


def _truncated() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" * 500)
    return whole.getvalue()[:-40]


def _bomb() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    return whole.getvalue()


@pytest.mark.parametrize(
    ("data", "nama", "status", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "foto.png", 422, "Ini gambar, bukan tagihan"),
        (b"", "kosong.csv", 422, "kosong"),
        (b"  \n \n", "kosong.csv", 422, "Berkas kosong"),
        (_truncated(), "potong.xlsx", 422, "rusak atau terpotong"),
        (_bomb(), "bom.xlsx", 413, "mengembang tidak wajar"),
        (csv([("31/02/2026", *KOPI[1:])]), "t.csv", 422, "Baris 2: tanggal “31/02/2026”"),
        (csv([(*KOPI[:4], "1,234.5.6", "DB")]), "t.csv", 422, "Baris 2: jumlah “1,234.5.6”"),
        (b"halo\n", "catatan.txt", 422, "Tidak ada tabel transaksi"),
        (csv([]), "kepala.csv", 422, "tidak memuat satu pun baris transaksi"),
    ],
)
def test_bad_files_get_a_sentence_and_leave_nothing(
    app: Flask,
    entry: LoggedIn,
    settings: Settings,
    data: bytes,
    nama: str,
    status: int,
    sentence: str,
) -> None:
    citra = entry("citra")
    page = unggah(citra, data, nama, status)
    assert sentence in page.errors()[0]
    assert count(app, Berkas) == 0
    assert not (settings.instance / "berkas").exists()


def test_a_bill_of_another_opd_is_refused(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    page = unggah(citra, csv([(*KOPI[:2], "7730", *KOPI[3:])]), status=422)
    assert "bukan kartu OPD ini" in page.errors()[0]
    assert "Pendidikan" not in page.text
    assert count(app, Berkas) == 0


def test_no_card_number_is_kept_anywhere(
    app: Flask, entry: LoggedIn, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    citra = entry("citra")
    spaced = "4111 1111 1111 1111"
    head = f"Rekap kartu {spaced};;;;;"
    rows = [(*KOPI[:2], CARD, f"KOPI {CARD}", *KOPI[4:]), (*NASI[:2], spaced, *NASI[3:])]
    check = citra.follow(unggah(citra, csv(rows, head), f"tagihan {CARD}.csv"))
    assert "nomor kartu utuh" in check.text
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    book = _workbook()
    second = citra.follow(unggah(citra, book, f"{CARD}.xlsx"))
    citra.submit(second, f"{AREA}/berkas/2/ambil")
    for path in settings.instance.rglob("*"):
        if path.is_file():
            for text in (CARD, spaced):
                assert text.encode() not in _opened(path), path
    assert CARD not in caplog.text
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        for event in session.scalars(select(Event.isi)):
            assert CARD.encode() not in event
        assert set(session.scalars(select(BarisBank.kartu_akhir))) == {"1111"}


def _workbook() -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # ships no types

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Tanggal", "Nomor Kartu", "Keterangan", "Jumlah"])
        page.write_row(1, 0, ["15/10/2026", CARD, f"ATK {CARD}", 75_000])
        page.write_row(2, 0, ["16/10/2026", CARD, "ATK", 80_000])
    return out.getvalue()


def _opened(path: Path) -> bytes:
    data = path.read_bytes()
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_others_look_but_do_not_upload(entry: LoggedIn) -> None:
    citra = entry("citra")
    check = citra.follow(unggah(citra, csv([KOPI, NASI])))
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    for who in ("budi", "dewi", "fitri", "gilang", "lukman"):
        seen = entry(who)
        assert "KOPI DELI" in seen.get(f"{AREA}/1").text
        assert "Unggah tagihan" not in seen.get(f"{AREA}/").links
        seen.get(f"{AREA}/unggah", 403)
        seen.post(f"{AREA}/berkas/1/ambil", status=403)
    entry("ani").get(f"{AREA}/", 403)


def test_another_opds_treasurer_finds_nothing(entry: LoggedIn) -> None:
    citra, eko = entry("citra"), entry("eko")
    unggah(citra, csv([KOPI]))
    for path in ("", "unggah", "1", "berkas/1/periksa", "berkas/1/unduh", "riwayat/1"):
        eko.get(f"{AREA}/{path}", 404)
    own = "/disdik/2026-10/tagihan"
    for path in ("1", "berkas/1/periksa", "berkas/1/unduh", "riwayat/1"):
        eko.get(f"{own}/{path}", 404)
    eko.post(f"{own}/berkas/1/ambil", status=404)


def test_lines_are_filtered_paged_and_summed(entry: LoggedIn) -> None:
    citra = entry("citra")
    rows = [(*KOPI[:3], f"TOKO {n:03d}", *KOPI[4:]) for n in range(120)]
    check = citra.follow(unggah(citra, csv(rows)))
    assert "100 dari 120 baris" in check.text
    more = citra.get(check.links["Berikutnya ›"])
    assert "TOKO 119" in more.text
    assert (
        "Tidak ada baris seperti itu" in citra.get(f"{AREA}/berkas/1/periksa?keadaan=dikenal").text
    )
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    page = citra.get(f"{AREA}/1")
    assert "Jumlah 120 baris" in page.text
    assert "Rp 3.000.000" in page.text
    assert "TOKO 050" in citra.get(page.links["Berikutnya ›"]).text
    narrow = citra.get(f"{AREA}/1?q=toko+007&kartu=4821&jenis=belanja")
    assert "Jumlah 1 baris" in narrow.text
    assert "Tidak ada baris yang cocok" in citra.get(f"{AREA}/1?jenis=biaya").text


def test_the_history_shows_every_skipped_row(entry: LoggedIn) -> None:
    citra = entry("citra")
    assert "Belum ada berkas yang diambil" in citra.get(f"{AREA}/riwayat").text
    check = citra.follow(unggah(citra, csv([KOPI], "Rekap Oktober;;;;;")))
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    page = citra.get(citra.get(f"{AREA}/riwayat").links["tagihan.csv"])
    assert "di atas tabel" in page.text
    assert "Rekap Oktober" in page.text
    assert "judul kolom" in page.text
    citra.get(f"{AREA}/riwayat/99", 404)


def test_a_month_can_be_chosen(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    unggah(citra, csv([("28/11/2026", "29/11/2026", *KOPI[2:])]))
    check = citra.get(f"{AREA}/berkas/1/periksa?buku=2026-10&jenis=dts")
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        line = session.scalars(select(BarisBank)).one()
        assert (line.bulan, session.scalars(select(Tagihan.jenis)).one()) == (10, "dts")
