"""Recording, changing and cancelling one purchase through the treasurer's pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.pagu.ceilings.movements import Key, set_limit
from kkpd.web.globals import engine as engine_of
from kkpd.web.globals import now, today
from tests.cast import ACTORS, given
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, LAPTOP, PAD, SUB

BASIS = "/dinkes/2026-10/belanja"
MASUK = Callable[[str], PageClient]
KEY = f"{SUB}|{ATK}|{PAD}"


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """Every database here begins with the small world."""
    return worlds.fill


@pytest.fixture
def day(app: Flask) -> str:
    """A weekday of this week or the last, as typed."""
    with app.app_context():
        day = today()
    day -= timedelta(days=max(0, day.weekday() - 4))
    return f"{day:%d/%m/%Y}"


@pytest.fixture
def one_item(app: Flask) -> Callable[..., int]:
    """Record a purchase of October 2026 and give its number."""

    def record(**changes: object) -> int:
        with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
            return belanja_verbs.record(
                session, ACTORS["citra"], worlds.belanja(**changes), now()
            ).id

    return record


def isi(day: str, **changes: object) -> dict[str, Any]:
    """The fields of a good form."""
    return {
        "tanggal": day,
        "nilai": "750.000",
        "kartu_id": "1",
        "merchant": "Toko Sumber Rejeki",
        "uraian": "Kertas HVS dan pulpen",
        "pembebanan": KEY,
    } | changes


def test_from_the_empty_list_to_a_purchase_with_its_evidence(entry: MASUK, day: str) -> None:
    citra = entry("citra")
    page = citra.get(f"{BASIS}/")
    assert "Mulai dengan Catat belanja" in page.text
    page = citra.get(page.links["Catat belanja"])
    after = citra.submit(
        page,
        f"{BASIS}/baru",
        **isi(day, bukti=[(worlds.foto(), "nota.jpg"), (worlds.pdf("x"), "f.pdf")]),
    )
    saved = citra.follow(after)
    assert saved.h1 == "Toko Sumber Rejeki: Rp 750.000"
    assert "Pagu, UP KKPD dan batas kartu sudah dipesan" in saved.text
    assert "2 bukti terlampir." in saved.text
    assert "Dicatat" in saved.text
    picture = citra.get(saved.tree.xpath("//figure//img/@src")[0])
    assert picture.response.mimetype == "image/jpeg"
    assert picture.body == worlds.foto()
    headers = picture.response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Content-Disposition"].startswith("inline")


def test_a_second_sending_is_the_same_purchase(entry: MASUK, day: str) -> None:
    citra = entry("citra")
    page = citra.get(f"{BASIS}/baru")
    first = citra.submit(page, f"{BASIS}/baru", **isi(day))
    assert citra.submit(page, f"{BASIS}/baru", **isi(day)).location == first.location


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
    entry: MASUK, day: str, changes: dict[str, Any], status: int, words: str
) -> None:
    citra = entry("citra")
    page = citra.get(f"{BASIS}/baru")
    refused = citra.submit(page, f"{BASIS}/baru", status, **isi(day, **changes))
    assert any(error.startswith(words) for error in refused.errors()), refused.errors()
    assert "Kertas HVS dan pulpen" in refused.html
    assert "Belum ada belanja" in citra.get(f"{BASIS}/").text


def test_weighing_without_javascript_saves_nothing(entry: MASUK, day: str) -> None:
    citra = entry("citra")
    page = citra.get(f"{BASIS}/baru")
    fields = isi(day, nilai="11.000.000", uraian="Laptop 14 inci", tindakan="periksa")
    page = citra.submit(page, f"{BASIS}/baru", 200, **fields)
    assert "sekarang Rp 10.000.000" in page.text
    assert "Kurang" in page.text
    assert "Usul: operasi" in page.text
    assert "Belum ada belanja" in citra.get(f"{BASIS}/").text


def test_weighing_while_typing(entry: MASUK) -> None:
    citra = entry("citra")
    typed = {"nilai": "4.850.000", "kartu_id": "1", "pembebanan": f"{SUB}|{LAPTOP}|{PAD}"}
    html = citra.post(f"{BASIS}/timbang", {**typed, "uraian": "Laptop"}, 200).json["html"]
    assert "45.150.000" in html.replace("\u00a0", " ")
    assert "modal" in html
    for strange in (
        {"nilai": "abc"},
        {"kartu_id": "x", "id": "y"},
        {"volume": "\N{GRINNING FACE}", "uraian": "a"},
        {"nilai": "9" * 40},
    ):
        assert citra.post(f"{BASIS}/timbang", strange, 200).is_html is False
    assert citra.get(f"{BASIS}/timbang?uraian=Laptop", 405).status == 405


def test_changing_shows_what_is_left_without_the_line_itself(
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    number = one_item()
    citra = entry("citra")
    page = citra.get(f"{BASIS}/{number}/ubah")
    assert "sekarang Rp 10.000.000" in page.text
    after = citra.submit(page, f"{BASIS}/{number}/ubah", nilai="800.000", nota="N-1")
    page = citra.follow(after)
    assert page.h1.endswith("Rp 800.000")
    assert "nilai dari Rp 750.000 menjadi Rp 800.000" in page.text


def test_a_stale_form_is_told_what_changed(entry: MASUK, one_item: Callable[..., int]) -> None:
    number = one_item()
    citra, kartika = entry("citra"), entry("kartika")
    stale = kartika.get(f"{BASIS}/{number}/ubah")
    citra.submit(citra.get(f"{BASIS}/{number}/ubah"), f"{BASIS}/{number}/ubah", nilai="800.000")
    page = kartika.submit(stale, f"{BASIS}/{number}/ubah", 409, nota="X")
    assert "Citra Bendahara mengubah nilai" in page.text


def test_an_account_outside_the_dpa_is_recorded_with_a_finding(entry: MASUK, day: str) -> None:
    citra = entry("citra")
    page = citra.get(f"{BASIS}/baru")
    fields = isi(
        day,
        pembebanan="lain",
        sub_kegiatan=SUB,
        rekening="510201010026",
        sumber_dana="PAD",
        uraian="Cetak spanduk",
    )
    saved = citra.follow(citra.submit(page, f"{BASIS}/baru", **fields))
    assert "tidak ada dalam DPA" in saved.text
    edit = citra.get(saved.links["Ubah"])
    assert edit.form(saved.links["Ubah"]).fields["rekening"] == "5.1.02.01.01.0026"


def test_cancelling_asks_first_and_needs_a_reason(
    entry: MASUK, one_item: Callable[..., int]
) -> None:
    number = one_item()
    citra = entry("citra")
    page = citra.get(f"{BASIS}/{number}/batal")
    refused = citra.submit(page, f"{BASIS}/{number}/batal", 422, alasan="")
    assert "Tulis alasan pembatalan" in refused.text
    after = citra.submit(page, f"{BASIS}/{number}/batal", alasan="Tercatat dua kali")
    assert "Dibatalkan" in citra.follow(after).text
    assert "Belum ada belanja" in citra.get(f"{BASIS}/").text
    assert "Toko Sumber" in citra.get(f"{BASIS}/?status=dibatalkan").text


def test_weigh_again_after_the_budget_changed(
    entry: MASUK, one_item: Callable[..., int], app: Flask
) -> None:
    number = one_item(rupiah=11_000_000)
    citra = entry("citra")
    page = citra.get(f"{BASIS}/{number}")
    page = citra.follow(citra.submit(page, f"{BASIS}/{number}/timbang-ulang"))
    assert "kurang Rp 1.000.000" in page.text
    with app.app_context(), writing(engine_of(), EVERY_OPD) as session:
        set_limit(session, Key(1, 2026, "dpa", KEY), Rupiah.of(12_000_000))
        given(session)
    page = citra.follow(citra.submit(page, f"{BASIS}/{number}/timbang-ulang"))
    assert "sudah dipesankan" in page.text
