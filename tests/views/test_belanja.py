"""The treasurer's purchases through the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from kkpd.db.session import EVERY_OPD, writing
from kkpd.domain.money import Rupiah
from kkpd.services import belanja
from kkpd.services.ceilings import Key, set_limit
from kkpd.web.ground import engine as engine_of
from kkpd.web.ground import now, today
from tests.cast import ACTORS
from tests.client import PageClient
from tests.databases import Fill
from tests.services import belanja_dunia as dunia
from tests.services.belanja_dunia import ATK, LAPTOP, PAD, SUB

DASAR = "/dinkes/2026-10/belanja"
MASUK = Callable[[str], PageClient]
KUNCI = f"{SUB}|{ATK}|{PAD}"


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return dunia.fill


@pytest.fixture
def hari(app: Flask) -> str:
    """A weekday of this week or the last, as typed."""
    with app.app_context():
        day = today()
    day -= timedelta(days=max(0, day.weekday() - 4))
    return f"{day:%d/%m/%Y}"


@pytest.fixture
def satu(app: Flask) -> Callable[..., int]:
    """Record a purchase of October 2026 and give its number."""

    def record(**changes: object) -> int:
        with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
            return belanja.catat(session, ACTORS["citra"], dunia.belanja(**changes), now()).id

    return record


def isi(hari: str, **changes: object) -> dict[str, object]:
    """The fields of a good form."""
    return {
        "tanggal": hari,
        "nilai": "750.000",
        "kartu_id": "1",
        "merchant": "Toko Sumber Rejeki",
        "uraian": "Kertas HVS dan pulpen",
        "pembebanan": KUNCI,
    } | changes


def test_from_the_empty_list_to_a_purchase_with_its_evidence(masuk: MASUK, hari: str) -> None:
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/")
    assert "Mulai dengan Catat belanja" in page.text
    page = citra.get(page.links["Catat belanja"])
    after = citra.submit(
        page,
        f"{DASAR}/baru",
        **isi(hari, bukti=[(dunia.foto(), "nota.jpg"), (dunia.pdf("x"), "f.pdf")]),
    )
    saved = citra.follow(after)
    assert saved.h1 == "Toko Sumber Rejeki: Rp 750.000"
    assert "Pagu, UP KKPD dan batas kartu sudah dipesan" in saved.text
    assert "2 bukti terlampir." in saved.text
    assert "Dicatat" in saved.text
    picture = citra.get(saved.tree.xpath("//figure//img/@src")[0])
    assert picture.response.mimetype == "image/jpeg"
    assert picture.body == dunia.foto()
    headers = picture.response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith("inline")


def test_a_second_sending_is_the_same_purchase(masuk: MASUK, hari: str) -> None:
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/baru")
    first = citra.submit(page, f"{DASAR}/baru", **isi(hari))
    assert citra.submit(page, f"{DASAR}/baru", **isi(hari)).location == first.location


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"nilai": "1,234.5.6"}, 422, "Nilai: “1,234.5.6” bukan nilai rupiah."),
        ({"nilai": ""}, 422, "Nilai: Nilai belum diisi."),
        ({"tanggal": "31/02/2026"}, 422, "Tanggal: “31/02/2026” bukan tanggal yang ada."),
        ({"tanggal": "01/01/2099"}, 422, "Tanggal: Tanggal 1 Jan 2099 belum terjadi."),
        ({"merchant": ""}, 422, "Di mana: Tulis nama penyedianya."),
        ({"merchant": "x" * 201}, 422, "Di mana: Penyedia terlalu panjang"),
        ({"pembebanan": ""}, 422, "Pembebanan: Pilih pembebanannya."),
        ({"pembebanan": "lain", "rekening": "9.9"}, 422, "Kode rekening: Rekening 9.9"),
        ({"volume": "1,5"}, 422, "Volume: Tulis bilangan bulat"),
        (
            {"bukti": [(b"x" * (10 * 1024 * 1024 + 9), "a.jpg")]},
            413,
            "Bukti: Berkas a.jpg lebih besar",
        ),
        ({"bukti": [(b"halo", "a.jpg")]}, 422, "Bukti: Berkas a.jpg bukan foto atau PDF."),
    ],
)
def test_what_is_refused_keeps_what_was_typed_and_saves_nothing(
    masuk: MASUK, hari: str, changes: dict[str, object], status: int, words: str
) -> None:
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/baru")
    refused = citra.submit(page, f"{DASAR}/baru", status, **isi(hari, **changes))
    assert any(error.startswith(words) for error in refused.errors()), refused.errors()
    assert "Kertas HVS dan pulpen" in refused.html
    assert "Belum ada belanja" in citra.get(f"{DASAR}/").text


def test_weighing_without_javascript_saves_nothing(masuk: MASUK, hari: str) -> None:
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/baru")
    fields = isi(hari, nilai="11.000.000", uraian="Laptop 14 inci", tindakan="periksa")
    page = citra.submit(page, f"{DASAR}/baru", 200, **fields)
    assert "sekarang Rp 10.000.000" in page.text
    assert "Kurang" in page.text
    assert "Usul: operasi" in page.text
    assert "Belum ada belanja" in citra.get(f"{DASAR}/").text


def test_weighing_while_typing(masuk: MASUK) -> None:
    citra = masuk("citra")
    query = f"nilai=4.850.000&kartu_id=1&pembebanan={SUB}%7C{LAPTOP}%7C{PAD}&uraian=Laptop"
    html = citra.get(f"{DASAR}/timbang?{query}").json["html"]
    assert "45.150.000" in html.replace("\u00a0", " ")
    assert "modal" in html
    for strange in (
        "nilai=abc",
        "kartu_id=x&id=y",
        "volume=%F0%9F%98%80&uraian=a",
        "nilai=" + "9" * 40,
    ):
        assert citra.get(f"{DASAR}/timbang?{strange}").status == 200


def test_changing_shows_what_is_left_without_the_line_itself(
    masuk: MASUK, satu: Callable[..., int]
) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}/ubah")
    assert "sekarang Rp 10.000.000" in page.text
    after = citra.submit(page, f"{DASAR}/{number}/ubah", nilai="800.000", nota="N-1")
    page = citra.follow(after)
    assert page.h1.endswith("Rp 800.000")
    assert "nilai dari Rp 750.000 menjadi Rp 800.000" in page.text


def test_a_stale_form_is_told_what_changed(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra, kartika = masuk("citra"), masuk("kartika")
    stale = kartika.get(f"{DASAR}/{number}/ubah")
    citra.submit(citra.get(f"{DASAR}/{number}/ubah"), f"{DASAR}/{number}/ubah", nilai="800.000")
    page = kartika.submit(stale, f"{DASAR}/{number}/ubah", 409, nota="X")
    assert "Citra Bendahara mengubah nilai" in page.text


def test_an_account_outside_the_dpa_is_recorded_with_a_finding(masuk: MASUK, hari: str) -> None:
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/baru")
    fields = isi(
        hari,
        pembebanan="lain",
        sub_kegiatan=SUB,
        rekening="510201010026",
        sumber_dana="PAD",
        uraian="Cetak spanduk",
    )
    saved = citra.follow(citra.submit(page, f"{DASAR}/baru", **fields))
    assert "tidak ada dalam DPA" in saved.text
    edit = citra.get(saved.links["Ubah"])
    assert edit.form(saved.links["Ubah"]).fields["rekening"] == "5.1.02.01.01.0026"


def test_cancelling_asks_first_and_needs_a_reason(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}/batal")
    refused = citra.submit(page, f"{DASAR}/{number}/batal", 400, alasan="")
    assert "Tulis alasan pembatalan" in refused.text
    after = citra.submit(page, f"{DASAR}/{number}/batal", alasan="Tercatat dua kali")
    assert "Dibatalkan" in citra.follow(after).text
    assert "Belum ada belanja" in citra.get(f"{DASAR}/").text
    assert "Toko Sumber" in citra.get(f"{DASAR}/?status=dibatalkan").text


def test_weigh_again_after_the_budget_changed(
    masuk: MASUK, satu: Callable[..., int], app: Flask
) -> None:
    number = satu(rupiah=11_000_000)
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}")
    page = citra.follow(citra.submit(page, f"{DASAR}/{number}/timbang-ulang"))
    assert "kurang Rp 1.000.000" in page.text
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        set_limit(session, Key(1, 2026, "dpa", KUNCI), Rupiah.of(12_000_000))
    page = citra.follow(citra.submit(page, f"{DASAR}/{number}/timbang-ulang"))
    assert "sudah dipesankan" in page.text


def test_evidence_added_and_withdrawn_on_the_page(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}")
    refused = citra.submit(page, f"{DASAR}/{number}/bukti", 400)
    assert "Pilih atau ambil fotonya" in refused.text
    big = citra.submit(
        page, f"{DASAR}/{number}/bukti", 413, berkas=[(b"x" * (20 * 1024 * 1024), "b.jpg")]
    )
    assert "lebih besar dari 10 MB" in big.text
    citra.submit(page, f"{DASAR}/{number}/bukti", berkas=[(dunia.foto(), "n.jpg")])
    page = citra.get(f"{DASAR}/{number}")
    assert "Berbukti" in page.text
    twice = citra.submit(page, f"{DASAR}/{number}/bukti", 409, berkas=[(dunia.foto(), "n2.jpg")])
    assert "sudah dilampirkan" in twice.text
    citra.submit(page, f"{DASAR}/{number}/bukti/1/cabut", alasan="Foto toko lain")
    assert "Belum ada bukti" in citra.get(f"{DASAR}/{number}").text
    citra.get(f"{DASAR}/bukti/1", 404)


def test_evidence_is_for_the_opd_only(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}")
    citra.submit(page, f"{DASAR}/{number}/bukti", berkas=[(dunia.foto(), "n.jpg")])
    eko = masuk("eko")
    eko.get(f"{DASAR}/bukti/1", 404)
    eko.get("/disdik/2026-10/belanja/bukti/1", 404)
    eko.get(f"/disdik/2026-10/belanja/{number}", 404)
    masuk("gilang").get(f"{DASAR}/bukti/1", 403)
    assert masuk("dewi").get(f"{DASAR}/bukti/1").body == dunia.foto()
    citra.post(f"{DASAR}/99/bukti/1/cabut", {"alasan": "Foto toko lain"}, 404)


def test_the_class_is_taken_or_changed(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    budi = masuk("budi")
    page = budi.get(f"{DASAR}/{number}")
    refused = budi.submit(page, f"{DASAR}/{number}/kelas", 400, kelas="modal", alasan="")
    assert "Tulis alasan singkat" in refused.text
    page = budi.follow(budi.submit(page, f"{DASAR}/{number}/kelas", kelas="operasi"))
    assert "menurut Budi Teknis" in page.text
    page = budi.follow(
        budi.submit(page, f"{DASAR}/{number}/kelas", kelas="modal", alasan="Rak arsip tetap")
    )
    assert "Ganti rekeningnya sebelum diajukan" in page.text


def test_bulk_review_and_how_well_it_does(masuk: MASUK, satu: Callable[..., int]) -> None:
    citra = masuk("citra")
    assert "Semua kelas sudah jelas" in citra.get(f"{DASAR}/kelas").text
    assert "belum dapat diukur" in citra.get(f"{DASAR}/kelas/ketelitian").text
    first, second = (
        satu(uraian=goods, rupiah=price, volume=1, harga_satuan=Rupiah.of(price), kunci_kirim=goods)
        for goods, price in (("Laptop 14 inci", 4_850_000), ("Printer laser", 3_000_000))
    )
    page = citra.get(f"{DASAR}/kelas")
    assert page.h1 == "2 kelas perlu ditinjau"
    assert page.text.index("Laptop") < page.text.index("Printer")
    nothing = citra.submit(page, f"{DASAR}/kelas", 422)
    assert "Belum ada kelas yang dipilih" in nothing.text
    refused = citra.submit(page, f"{DASAR}/kelas", 400, **{f"kelas-{first}": "modal"})
    assert "Tulis alasan" in refused.text
    words = {f"kelas-{n}": "modal" for n in (first, second)}
    reasons = {f"alasan-{n}": "Dipakai lebih dari setahun" for n in (first, second)}
    citra.submit(page, f"{DASAR}/kelas", **words, **reasons)
    page = citra.get(f"{DASAR}/kelas/ketelitian")
    assert "Laptop".lower() in page.text.lower()
    assert page.tree.xpath("//form[contains(@action, '/ingatan/')]")
    action = page.tree.xpath("//form[contains(@action, '/ingatan/')]/@action")[0]
    assert "dicabut" in citra.follow(citra.submit(page, action)).text


def test_splitting_a_receipt(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/{number}/pecah")
    address = f"{DASAR}/{number}/pecah"
    fields = {
        "csrf_token": citra.csrf_token(),
        "versi": "1",
        "uraian": ["Kertas", "Tinta", ""],
        "nilai": ["500.000", "200.000", ""],
        "pembebanan": [KUNCI, "", ""],
    }
    wrong = citra.post(address, fields, 422)
    assert "selisih Rp 50.000" in wrong.text
    more = citra.post(address, fields | {"tindakan": "tambah"}, 200)
    assert "Bagian 5" in more.text
    strange = citra.post(address, fields | {"nilai": ["x", "1", ""]}, 422)
    assert "bukan nilai rupiah" in strange.text
    after = citra.post(address, fields | {"nilai": ["500.000", "250.000", ""]})
    assert "Dipecah menjadi 2 belanja" in citra.follow(after).text
    assert citra.get(f"{DASAR}/").h1 == "Belanja Oktober 2026: Rp 750.000"
    assert page.h1 == "Pecah nota Toko Sumber Rejeki: Rp 750.000"


def test_the_list_filters_sorts_pages_and_totals(masuk: MASUK, satu: Callable[..., int]) -> None:
    for n in range(55):
        satu(kunci_kirim=f"k{n}", rupiah=1_000 + n, nota=f"N{n}", merchant=f"Toko {n:02d}")
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/?urut=nilai")
    assert page.h1 == "Belanja Oktober 2026: Rp 56.485"
    assert len(page.tree.xpath("//tbody/tr")) == 50
    second = citra.get(page.links["Berikutnya ›"])
    assert len(second.tree.xpath("//tbody/tr")) == 5
    assert "Toko 54" in second.text
    for order in ("-tanggal", "merchant", "-merchant", "-nilai", "entah"):
        page = citra.get(f"{DASAR}/?urut={order}")
        seen = [
            *page.tree.xpath("//tbody/tr/@id"),
            *citra.get(page.links["Berikutnya ›"]).tree.xpath("//tbody/tr/@id"),
        ]
        assert len(set(seen)) == 55
    assert "Toko 07" in citra.get(f"{DASAR}/?cari=toko+07&kelas=operasi&bukti=tanpa").text
    for none in ("kelas=modal", "temuan=ada", "bukti=ada", "cari=%25", "kartu=3", "status=lunas"):
        assert "Tidak ada belanja yang sesuai" in citra.get(f"{DASAR}/?{none}").text
    for strange in ("sesudah=x~y", "sesudah=1~bukan", "kartu=x", "status=zz", "bukti=zz"):
        assert len(citra.get(f"{DASAR}/?{strange}").tree.xpath("//tbody/tr")) == 50
    assert "Tidak ada" in citra.get("/dinkes/2026-09/belanja/?cari=zz").text
    assert len(citra.get("/dinkes/2026-09/belanja/?setahun=1").tree.xpath("//tbody/tr")) == 50


def test_downloads_are_harmless(masuk: MASUK, satu: Callable[..., int]) -> None:
    satu(merchant="=HYPERLINK(1)")
    satu(kunci_kirim="2", merchant="Toko Biasa", rupiah=100)
    citra = masuk("citra")
    page = citra.get(f"{DASAR}/?cari=hyper")
    got = citra.get(page.links["CSV"])
    rows = list(csv.DictReader(io.StringIO(got.body.decode("utf-8-sig"))))
    assert [row["Penyedia"] for row in rows] == ["'=HYPERLINK(1)"]
    assert rows[0]["Nilai"] == "750000.00"
    assert "attachment" in got.response.headers["Content-Disposition"]
    book = citra.get(page.links["XLSX"])
    assert book.body.startswith(b"PK")


def test_who_may_see_and_who_may_act(masuk: MASUK, satu: Callable[..., int]) -> None:
    number = satu()
    dewi = masuk("dewi")
    page = dewi.get(f"{DASAR}/{number}")
    assert "Ubah" not in page.links
    dewi.get(f"{DASAR}/baru", 403)
    masuk("ani").get(f"{DASAR}/{number}", 403)
    masuk("eko").get(f"{DASAR}/{number}", 404)
    masuk("citra").get(f"{DASAR}/999", 404)
    masuk("citra").get(f"{DASAR}/999/ubah", 404)


GRID = {"tanggal": "14/10/2026", "kartu": "4821", "pembebanan": ATK}


def rows_of(citra: PageClient, *rows: dict[str, str], act: str = "simpan") -> dict[str, object]:
    """The grid's fields with these rows."""
    names = (
        "tanggal",
        "kartu",
        "merchant",
        "uraian",
        "pembebanan",
        "nilai",
        "nota",
        "volume",
        "satuan",
        "harga_satuan",
    )
    return {
        "csrf_token": citra.csrf_token(),
        "kunci_kirim": "kunci",
        "tindakan": act,
        **{name: [row.get(name, "") for row in rows] for name in names},
    }


def test_a_grid_from_a_spreadsheet(masuk: MASUK) -> None:
    citra = masuk("citra")
    citra.get(f"{DASAR}/banyak")
    text = (
        "Tanggal\tKartu\tPenyedia\r\n"
        f"14/10/2026\t****4821\tToko A\tKertas\t{ATK}\t100.000\r\n"
        f"15/10/2026\t4821\tToko B\tPulpen\t{KUNCI}\tRp 50.000\tN1\t10\tbuah\t5.000\n"
    )
    fields = rows_of(citra, {}, act="tempel") | {"tempelan": text}
    page = citra.post(f"{DASAR}/banyak", fields, 200)
    assert page.tree.xpath("//input[@name='merchant']/@value") == ["Toko A", "Toko B"]
    after = citra.submit(page, f"{DASAR}/banyak", tindakan="simpan")
    assert after.location == "/dinkes/2026-10/belanja/?bukti=tanpa"
    assert citra.get(f"{DASAR}/").h1 == "Belanja Oktober 2026: Rp 150.000"


def test_a_grid_with_faults_saves_nothing(masuk: MASUK) -> None:
    citra = masuk("citra")
    good = GRID | {"merchant": "Toko A", "uraian": "Kertas", "nilai": "100.000"}
    bad = {
        "tanggal": "31/02/2026",
        "kartu": "0000",
        "pembebanan": "9.9",
        "nilai": "x",
        "merchant": "B",
    }
    page = citra.post(f"{DASAR}/banyak", rows_of(citra, good, {}, bad | {"volume": "1,5"}), 422)
    assert [error[:8] for error in page.errors()] == ["Baris 2,"] * 5
    assert len(page.tree.xpath("//input[@aria-invalid='true']")) == 5
    late = citra.post(f"{DASAR}/banyak", rows_of(citra, good, good | {"merchant": ""}), 422)
    assert late.errors() == ["Baris 2, Penyedia: Penyedia belum diisi."]
    empty = citra.post(f"{DASAR}/banyak", rows_of(citra, {}), 422)
    assert "Belum ada baris" in empty.text
    more = citra.post(f"{DASAR}/banyak", rows_of(citra, good, act="tambah"), 200)
    assert len(more.tree.xpath("//tbody/tr")) == 9
    assert "Belum ada belanja" in citra.get(f"{DASAR}/").text
    citra.post(f"{DASAR}/banyak", rows_of(citra, good))
    citra.post(f"{DASAR}/banyak", rows_of(citra, good))
    assert citra.get(f"{DASAR}/").h1 == "Belanja Oktober 2026: Rp 100.000"


def test_three_codes_by_hand_in_the_grid(masuk: MASUK) -> None:
    citra = masuk("citra")
    row = GRID | {"merchant": "A", "uraian": "Cetak", "nilai": "1.000"}
    typed = row | {"pembebanan": f"{SUB}|5.1.02.01.01.0026|PAD"}
    citra.post(f"{DASAR}/banyak", rows_of(citra, typed))
    assert citra.get(f"{DASAR}/?temuan=ada").h1 == "Belanja Oktober 2026: Rp 1.000"
