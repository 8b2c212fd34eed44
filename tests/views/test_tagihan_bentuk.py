"""An unknown layout in the web: the guess, the correction, the profile; and files that change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import BarisBank, Impor, Pekerjaan, ProfilBank
from kkpd.web.globals import engine
from tests.client import Page, PageClient
from tests.views.test_tagihan import AREA, count, unggah

LoggedIn = Callable[[str], PageClient]
DATA = b"Kapan;Apa;Banyaknya\n13/10/2026;KOPI DELI;25.000,00\n14/10/2026;NASI;18.500,00\n"
COLUMNS = f"{AREA}/berkas/1/kolom"


def _simpan(citra: PageClient, page: Page, status: int = 303, **fields: Any) -> Page:
    (action,) = page.tree.xpath("//main//form/@action")
    return citra.submit(page, action, status, **fields)


def _recognised(citra: PageClient, data: bytes = DATA, judul: str = "Rekap kantor") -> Page:
    """Keep the guess as it stands under this title; the check that follows."""
    return citra.follow(_simpan(citra, citra.follow(unggah(citra, data)), judul=judul))


def test_an_unknown_layout_is_guessed_corrected_and_kept(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.follow(unggah(citra, DATA))
    assert "belum dikenal" in page.text
    assert page.tree.xpath("//select[@name='kolom.0']/option[@selected]/@value") == [
        "transaction_date"
    ]
    assert page.tree.xpath("//select[@name='kolom.2']/option[@selected]/@value") == ["amount"]
    twice = _simpan(citra, page, 422, judul="Rekap", **{"kolom.1": "amount"})
    assert "Satu arti dipilih untuk dua kolom" in twice.errors()[0]
    few = _simpan(citra, page, 422, judul="Rekap", **{"kolom.2": ""})
    assert "kolom tanggal dan kolom jumlah" in few.errors()[0]
    shop: dict[str, Any] = {"kolom.1": "merchant"}
    check = citra.follow(_simpan(citra, page, judul="Rekap kantor", **shop))
    assert "KOPI DELI" in check.text
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    assert (count(app, ProfilBank), count(app, BarisBank)) == (1, 2)


def test_next_month_is_known_without_a_question(entry: LoggedIn) -> None:
    citra = entry("citra")
    _recognised(citra)
    open_day = b"Kapan;Apa;Banyaknya\n03/11/2026;KOPI;2.500\n"
    check = citra.follow(unggah(citra, open_day, "nov.csv"))
    assert "Sekarang dibaca sebagai: Rekap kantor" in check.text
    assert "3 Nov 2026" in check.text
    assert "Rp 2.500" in check.text
    citra.submit(check, f"{AREA}/berkas/2/ambil")
    for page in ("riwayat", "riwayat/1"):
        assert "Rekap kantor" in citra.get(f"{AREA}/{page}").text


def test_a_layout_that_changed_is_told(entry: LoggedIn) -> None:
    citra = entry("citra")
    _recognised(citra)
    other = b"Tanggal;Apa;Banyaknya;Jumlah\n13/11/2026;KOPI;3;2.500,00\n"
    check = citra.follow(unggah(citra, other, "lain.csv"))
    assert "mirip bentuk “Rekap kantor”, tetapi kolom Kapan tidak ada" in check.text
    again = citra.get(check.links["Tunjukkan kolomnya"])
    assert again.tree.xpath("//select[@name='kolom.2']/option[@selected]/@value") == ["amount"]
    unread = citra.follow(unggah(citra, DATA.replace(b"Banyaknya", b"Berapa"), "b.csv"))
    assert unread.h1 == "Kolom b.csv"


def test_two_layouts_that_fit_are_named(entry: LoggedIn) -> None:
    citra = entry("citra")
    _recognised(citra)
    page = citra.get(COLUMNS)
    _simpan(citra, page, judul="Rekap dinas", belanja="positive", ganti=None)
    check = citra.get(f"{AREA}/berkas/1/periksa")
    assert "Dipakai “Rekap dinas”, yang terbaru; pilih “Rekap kantor”" in check.text


def test_a_name_that_is_taken_is_given_away_only_on_purpose(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    _recognised(citra)
    page = citra.get(COLUMNS)
    refused = _simpan(citra, page, 409, judul="REKAP  kantor", belanja="positive", ganti=None)
    assert "sudah tersimpan" in refused.errors()[0]
    _simpan(citra, page, judul="Rekap kantor", ganti=None)
    assert count(app, ProfilBank) == 1, "the same once more is no second one"
    _simpan(citra, refused, ganti="y")
    assert count(app, ProfilBank) == 2


@pytest.mark.parametrize(
    ("judul", "sentence"),
    [("", "Beri nama"), ("   ", "memuat huruf"), ("😀 12", "memuat huruf"), ("x" * 81, "80")],
)
def test_bad_names_are_refused(app: Flask, entry: LoggedIn, judul: str, sentence: str) -> None:
    citra = entry("citra")
    page = citra.follow(unggah(citra, DATA))
    assert sentence in _simpan(citra, page, 422, judul=judul).errors()[0]
    assert count(app, ProfilBank) == 0


@pytest.mark.parametrize(
    ("judul", "nama", "shown"),
    [
        ("BRI", "bentuk_bri", "BRI"),
        ("  1. Bank\tSumut (baru)", "bank_sumut_baru", "1. Bank Sumut (baru)"),
        ("<script>alert(1)</script>\x7f", "script_alert_1_script", "<script>alert(1)</script>\x7f"),
        ("Kartu 4111111111111111", "kartu_1111", "1111"),
    ],
)
def test_hostile_and_odd_names_are_kept_as_text(
    app: Flask, entry: LoggedIn, judul: str, nama: str, shown: str
) -> None:
    check = _recognised(entry("citra"), judul=judul)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        row = session.scalars(select(ProfilBank)).one()
    assert row.nama == nama
    assert "4111111111111111" not in row.toml
    assert shown.rstrip("\x7f") in check.text


def test_a_layout_that_does_not_read_its_own_file_is_not_kept(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.follow(unggah(citra, DATA))
    refused = _simpan(citra, page, 422, judul="Rekap", desimal=".")
    assert "jumlah “25.000,00” tidak terbaca" in refused.errors()[0]
    assert count(app, ProfilBank) == 0
    _recognised(citra)
    other = b"Kapan;Apa;Banyaknya\n13/10/2026;KOPI;25,000.00\n14/10/2026;NASI;1,500.00\n"
    assert "tidak terbaca" in unggah(citra, other, "titik.csv", 422).errors()[0]


def test_own_words_are_typed_and_checked(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    data = DATA + b"15/10/2026;ONGKOS KARTU;5.000,00\n"
    page = citra.follow(unggah(citra, data))
    short = _simpan(citra, page, 422, judul="Rekap", kata_biaya="ya, ongkos kartu")
    assert "masing-masing 3 sampai 40 huruf" in short.errors()[0]
    check = citra.follow(_simpan(citra, page, judul="Rekap", kata_biaya="ongkos kartu, "))
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        assert session.scalars(select(BarisBank.jenis).order_by(BarisBank.id)).all()[2] == "biaya"


def test_the_kind_chosen_before_the_columns_is_kept(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    form = citra.get(f"{AREA}/unggah")
    sent = citra.submit(form, f"{AREA}/unggah", berkas=(DATA, "dts.csv"), jenis="dts")
    saved = _simpan(citra, citra.follow(sent), judul="Rekap")
    citra.submit(citra.follow(saved), f"{AREA}/berkas/1/ambil")
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        assert session.scalars(select(Impor.jenis)).one() == "dts"


def test_the_answer_is_shown_in_words_with_the_file(entry: LoggedIn) -> None:
    citra = entry("citra")
    data = b"Tanggal,Uraian,Jumlah\n03/04/2026,KOPI,25000\n04/04/2026,NASI,5000\n"
    unggah(citra, data)
    answered = citra.get(f"{AREA}/berkas/1/periksa?jawab.urutan_tanggal=dmy")
    citra.submit(answered, f"{AREA}/berkas/1/ambil")
    assert "Jawaban Urutan tanggal: hari-bulan-tahun" in citra.get(f"{AREA}/riwayat/1").text


def test_another_opd_neither_sees_nor_uses_it(entry: LoggedIn) -> None:
    _recognised(entry("citra"))
    eko = entry("eko")
    area = "/disdik/2026-10/tagihan"
    assert "Rekap kantor" not in eko.get(f"{area}/unggah").text
    sent = eko.submit(eko.get(f"{area}/unggah"), f"{area}/unggah", berkas=(DATA, "a.csv"))
    assert "belum dikenal" in eko.follow(sent).text
    eko.get(COLUMNS, 404)
    for who in ("budi", "dewi", "fitri"):
        entry(who).get(COLUMNS, 403)


@pytest.mark.parametrize(
    "answer", ["lain=1", "urutan_tanggal=4111111111111111", f"arti_tanda={'x' * 41}"]
)
def test_an_answer_that_no_question_offers_is_kept_nowhere(
    app: Flask, entry: LoggedIn, answer: str
) -> None:
    citra = entry("citra")
    unggah(citra, b"Tanggal,Uraian,Jumlah\n13/04/2026,KOPI,25000\n")
    key, value = answer.split("=")
    address = f"{AREA}/berkas/1/periksa?jawab.{answer}"
    if "4111" in answer:  # a card number leaves the address first
        address = str(citra.get(address, 303).location)
        assert "41111" not in address
    assert "Jawaban" in citra.get(address, 422).text
    for act in ("ambil", "baca"):
        citra.post(f"{AREA}/berkas/1/{act}", {f"jawab.{key}": value}, 422)
    assert (count(app, Impor), count(app, Pekerjaan)) == (0, 0)
