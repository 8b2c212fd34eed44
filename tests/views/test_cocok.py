"""Reconciliation by forms: proposals whole, purchases from a bank line, who owns a question."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.app import create_app
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.money import Rupiah
from kkpd.models import Cocok, Selisih, Transaksi
from kkpd.records import event_log
from kkpd.web.globals import engine
from tests.cast import DINKES, ORANG
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, NASI, csv
from tests.worlds.chain_steps import baris_bank, berbukti
from tests.worlds.office import ATK, KARTU_DINAS, NOW, SUB

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def baris(app: Flask, settings: Settings) -> list[int]:
    """A split over two purchases, a line nobody logged, stamp duty; their ids."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        for nomor, rupiah in ((1, 512_300), (2, 231_700)):
            berbukti(session, settings.instance, nomor, rupiah=rupiah)
        return [line.id for line in baris_bank(session, 744_000, 65_000, 10_000)]


def links(app: Flask) -> dict[int, set[int]]:
    """Bank line -> the purchases that are linked with it."""
    found: dict[int, set[int]] = {}
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        for row in session.scalars(select(Cocok).where(Cocok.dicabut_at.is_(None))):
            found.setdefault(row.baris_bank_id, set()).add(row.transaksi_id)
    return found


def made(citra: PageClient, line: int, nilai: str) -> Page:
    """The purchase form opened from a bank line, filled and sent."""
    page = citra.get(f"{AREA}/belanja/baru?baris={line}")
    return citra.submit(
        page,
        f"{AREA}/belanja/baru",
        uraian="Alat tulis kantor",
        nilai=nilai,
        pembebanan=f"{SUB}|{ATK}|PAD",
    )


def test_a_proposal_is_accepted_and_undone(app: Flask, entry: LoggedIn, baris: list[int]) -> None:
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[0]}")
    assert "2 belanja berjumlah tepat sama" in page.text
    after = citra.follow(citra.submit(page, f"{AREA}/cocok/usul?tampil=perlu"))
    assert "sudah diputuskan" in after.text
    assert links(app) == {baris[0]: {1, 2}}
    gone = citra.post(f"{AREA}/cocok/usul", {"baris": str(baris[0])}, status=409)
    assert "Usul ini sudah berubah" in gone.text
    citra.submit(after, f"{AREA}/cocok/urungkan?tampil=perlu")
    assert links(app) == {}


def test_lines_are_joined_by_hand(
    app: Flask, settings: Settings, entry: LoggedIn, baris: list[int]
) -> None:
    """Two payments of one purchase; what was chosen stays chosen where it does not add up."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        for nomor, rupiah in ((3, 810_000), (4, 809_000)):
            berbukti(session, settings.instance, nomor, rupiah=rupiah)
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[0]}")
    address = f"{AREA}/cocok/gabungkan?tampil=perlu"
    assert "Satu belanja yang dibayar lebih dari sekali" in page.text
    wrong = {"bersama": str(baris[1]), "satu_belanja": "3"}
    refused = citra.submit(page, address, 422, **wrong)
    assert "kurang Rp 1.000 dari belanja" in refused.text
    form = refused.form(address)
    chosen = (form.fields["bersama"], form.fields["satu_belanja"])
    assert (set(chosen[0]), chosen[1]) == ({str(baris[1])}, "3")
    for sent, said in (
        ({"satu_belanja": ""}, "Pilih belanjanya"),
        ({"satu_belanja": "tiga"}, "Pilih belanjanya"),
        ({"bersama": "x", "satu_belanja": "4"}, "Pilih satu sampai 19 baris lain"),
    ):
        given = {"baris": str(baris[0]), "bersama": str(baris[1])} | sent
        assert said in citra.post(address, given, status=422).text
    joined = citra.submit(refused, address, satu_belanja="4")
    assert "2 baris dipasangkan" in citra.follow(joined).text
    assert links(app) == {baris[0]: {4}, baris[1]: {4}}


def test_the_place_is_kept(entry: LoggedIn, baris: list[int]) -> None:
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[1]}")
    sent = citra.submit(page, f"{AREA}/cocok/jelaskan?tampil=perlu", catatan="Menunggu nota.")
    chosen = citra.follow(sent).tree.xpath("//a[@aria-current='true' and contains(@class,'line')]")
    assert [f"baris={baris[2]}" in one.get("href") for one in chosen] == [True]


def test_a_purchase_made_from_a_bank_line(app: Flask, entry: LoggedIn, baris: list[int]) -> None:
    citra = entry("citra")
    form = citra.get(f"{AREA}/belanja/baru?baris={baris[1]}").form(f"{AREA}/belanja/baru")
    asked = ("nilai", "tanggal", "merchant", "kartu_id")
    assert [form.fields[name] for name in asked] == [
        "65.000",
        "14/10/2026",
        "SUMBER REJEKI MEDAN ID",
        "1",
    ]
    sent = made(citra, baris[1], "65.000")
    assert "dipasangkan dengan baris bank" in citra.follow(sent).text
    assert links(app) == {baris[1]: {3}}


def test_another_amount_is_not_linked(app: Flask, entry: LoggedIn, baris: list[int]) -> None:
    citra = entry("citra")
    sent = made(citra, baris[1], "60.000")
    assert "pasangkan sendiri" in citra.follow(sent).text
    assert links(app) == {}
    citra.get(f"{AREA}/belanja/baru?baris=9999", 404)
    assert citra.get(f"{AREA}/belanja/baru?baris=x").h1 == "Catat belanja"


def test_a_question_has_an_owner_and_a_day(app: Flask, entry: LoggedIn, baris: list[int]) -> None:
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[1]}")
    to = f"{AREA}/cocok/jelaskan?tampil=perlu"
    note = "Menunggu nota dari pemegang."
    sent = {"baris": str(baris[1]), "jenis": "biaya", "catatan": note}
    stranger = citra.post(to, sent | {"pemilik": str(ORANG["eko"])}, status=422)
    assert "Pilih orang dari OPD ini" in stranger.text
    assert "31/02" in citra.submit(page, to, 422, jatuh_tempo="31/02/2026", catatan=note).text
    owner = str(ORANG["ani"])
    citra.submit(page, to, jatuh_tempo="30/11/2026", pemilik=owner, catatan=note)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        row = session.scalars(select(Selisih)).one()
    assert (row.pemilik_id, str(row.jatuh_tempo)) == (ORANG["ani"], "2026-11-30")
    shown = citra.get(f"{AREA}/cocok/?tampil=dijelaskan").text
    assert "diselesaikan Ani Pemegang, 30 Nov 2026" in shown


def test_a_bill_settles_what_is_exact(app: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    page = citra.get(f"{AREA}/belanja/baru")
    citra.submit(
        page,
        f"{AREA}/belanja/baru",
        nilai="187.500",
        merchant="RM Sederhana",
        uraian="Kertas HVS dan pulpen",
        tanggal="14/10/2026",
        pembebanan=f"{SUB}|{ATK}|PAD",
    )
    page = citra.get(f"{AREA}/tagihan/unggah")
    sent = citra.submit(page, f"{AREA}/tagihan/unggah", berkas=(csv([KOPI, NASI]), "okt.csv"))
    taken = citra.submit(citra.follow(sent), f"{AREA}/tagihan/berkas/1/ambil")
    assert "1 baris langsung cocok" in citra.follow(taken).text
    assert list(links(app).values()) == [{1}]


def test_single_keys_are_remembered(entry: LoggedIn, baris: list[int]) -> None:
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/")
    assert "Matikan tombol tunggal" in page.text
    citra.post("/preferensi", {"tombol": "mati", "lanjut": f"{AREA}/cocok/"})
    page = citra.get(f"{AREA}/cocok/")
    assert page.tree.get("data-tombol") == "mati"
    assert "Hidupkan tombol tunggal" in page.text


def test_another_process_sees_a_decision_at_once(
    entry: LoggedIn, baris: list[int], settings: Settings
) -> None:
    """Each process keeps what it reckoned; the books' heads tell it when that is over."""
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[0]}")
    lain = create_app(settings)
    try:
        other = PageClient(lain).entry("citra")
        for _twice in range(2):
            assert "Selisih Rp 819.000" in other.get(f"{AREA}/cocok/").h1
        citra.submit(page, f"{AREA}/cocok/usul?tampil=perlu")
        after = other.get(f"{AREA}/cocok/")
        assert "Selisih Rp 75.000" in after.h1
        assert f"baris={baris[0]}" not in after.html
        assert "Selisih Rp 0" in PageClient(lain).entry("eko").get("/disdik/2026-10/cocok/").h1
    finally:
        with lain.app_context():
            engine().dispose()


def test_a_split_offers_what_is_near(
    app: Flask, entry: LoggedIn, baris: list[int], settings: Settings
) -> None:
    """Purchases of another card, and the many far ones, stand behind a link."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        berbukti(session, settings.instance, 3, rupiah=40_000, kartu_id=KARTU_DINAS)
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[1]}")
    offered = "//form//input[@type='checkbox' and @name='transaksi']/@value"
    assert page.tree.xpath(offered) == ["1", "2"]
    every = citra.get(page.links["Tampilkan 1 belanja lain yang belum ditagih"].partition("#")[0])
    assert every.tree.xpath(offered) == ["1", "2", "3"]


def test_a_slip_is_corrected_on_the_card(
    app: Flask, settings: Settings, entry: LoggedIn, baris: list[int]
) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        berbukti(session, settings.instance, 3, rupiah=56_000)
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={baris[1]}&cari=sumber")
    assert "Ubah menjadi Rp 65.000 dan pasangkan" in page.text
    actions = [str(form.action) for form in page.tree.forms]
    address = next(one for one in actions if one.startswith(f"{AREA}/cocok/ubah"))
    assert address.endswith("cari=sumber")  # the place is kept
    after = citra.follow(citra.submit(page, address))
    assert "Belanja diubah dan dipasangkan" in after.text
    assert links(app) == {baris[1]: {3}}
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        row = session.get_one(Transaksi, 3)
        assert (row.nilai, row.versi) == (Rupiah.of(65_000), 3)


def test_lines_are_searched_sorted_and_parted(app: Flask, entry: LoggedIn) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        baris_bank(session, *range(10_000, 80_000, 1_000))
        event_log.record(session, None, None, "uji:baris:tulis", "uji", now=NOW, opd_id=DINKES)
    citra = entry("citra")

    def shown(page: Page) -> list[str]:
        found = page.tree.xpath("//ol[contains(@class,'lines')]//span[@class='line-sum']")
        return [one.text_content().replace("\u00a0", " ").strip() for one in found]

    page = citra.get(f"{AREA}/cocok/?urut=-nilai")
    assert shown(page)[:2] == ["Rp 79.000", "Rp 78.000"]
    assert len(shown(page)) == 20
    page = citra.get(page.links["Berikutnya ›"])
    assert shown(page)[0] == "Rp 59.000"  # the order is kept, the page goes on
    assert shown(citra.get(f"{AREA}/cocok/?cari=12.000")) == ["Rp 12.000"]
    assert shown(citra.get(f"{AREA}/cocok/?cari=tidak+ada")) == []
    assert shown(citra.get(f"{AREA}/cocok/?kartu=3")) == []
    assert len(shown(citra.get(f"{AREA}/cocok/?kartu=1&cari=14/10/2026"))) == 20
