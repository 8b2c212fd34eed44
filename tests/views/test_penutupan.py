"""Closing, rules, four links, refunds and the board's downloads, by forms and links."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.core.config import Settings
from kkpd.core.db import facts as db_facts
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.money import Rupiah
from kkpd.models import AturanCocok, Cocok, Tagihan, Transaksi
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.web.globals import engine
from tests.cast import ACTORS, DINKES
from tests.client import PageClient
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import baris_bank, berbukti
from tests.worlds.office import ATK, NOW, SUB, brought

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def test_a_month_is_closed_confirmed_reviewed_and_opened_again(app: Flask, entry: LoggedIn) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        baris_bank(session, 10_000, jenis="meterai")
        db_facts.carried(session)
    citra, dewi, fitri = entry("citra"), entry("dewi"), entry("fitri")
    page = citra.get(f"{AREA}/cocok/tutup")
    assert "1 baris bank belum cocok" in page.text
    page = citra.get(f"{AREA}/cocok/")
    citra.submit(page, f"{AREA}/cocok/jelaskan?tampil=perlu")
    page = citra.get(f"{AREA}/cocok/tutup")
    assert "Masih berjalan pada empat tautan" in page.text
    done = citra.follow(citra.submit(page, f"{AREA}/cocok/tutup"))
    assert "0001/BAR-KKPD/DINKES/X/2026" in done.text
    page = dewi.get(f"{AREA}/penutupan/")
    page = dewi.follow(dewi.submit(page, f"{AREA}/penutupan/konfirmasi"))
    assert "dikonfirmasi" in page.text
    assert "1 periode menunggu" in fitri.get("/periode/").text
    again = dewi.post(f"{AREA}/penutupan/konfirmasi", {}, status=409)
    assert "hanya dari keadaan ditutup" in again.text
    page = fitri.get(f"{AREA}/penutupan/")
    page = fitri.follow(fitri.submit(page, f"{AREA}/penutupan/tinjau", alasan="sesuai"))
    assert "sesuai" in page.text
    fitri.post(f"{AREA}/penutupan/tinjau", {}, status=409)
    assert "Tulis alasan" in fitri.submit(page, f"{AREA}/penutupan/buka", 422, alasan="x").text
    page = fitri.follow(fitri.submit(page, f"{AREA}/penutupan/buka", alasan="salah hitung"))
    assert "dibuka kembali" in page.text
    assert "Penutupan" not in citra.get(f"{AREA}/cocok/").text


def test_the_closing_page_names_what_differs(app: Flask, entry: LoggedIn) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        [line] = baris_bank(session, 10_000, jenis="meterai")
        bill = session.get_one(Tagihan, line.tagihan_id)
        other = Tagihan(
            opd_id=DINKES,
            tahun=2026,
            bulan=10,
            jenis="final",
            identitas="ee" * 32,
            berkas_id=bill.berkas_id,
            belanja_baru=Rupiah.of(15_000),
            at=NOW,
            oleh_id=bill.oleh_id,
        )
        session.add(other)
        session.flush()
        brought(session, other)
        db_facts.carried(session)
    page = entry("citra").get(f"{AREA}/cocok/tutup")
    assert "A1 dinkes 2026-10" in page.text
    assert "belanja baru tercetak" in page.text
    assert "beda Rp 15.000." in page.text


def test_a_rule_from_two_decisions(app: Flask, settings: Settings, entry: LoggedIn) -> None:
    text = "PT XYZ NUSANTARA 88"
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        amounts = (300_000, 301_111, 65_000)
        rows = [
            berbukti(session, settings.instance, n, rupiah=a) for n, a in enumerate(amounts[:2])
        ]
        lines = baris_bank(session, *amounts, merchant=text, keterangan=text)
        link = reconciliation_decide.LinkUp(lines[0].id, (rows[0].id,))
        reconciliation_decide.pair_up(session, ACTORS["citra"], DINKES, link, NOW)
        ids, wanted = [line.id for line in lines], rows[1].id
    citra = entry("citra")
    assert "Belum ada aturan" in citra.get(f"{AREA}/cocok/aturan/").text
    sent = citra.post(f"{AREA}/cocok/pasangkan", {"baris": str(ids[1]), "transaksi": str(wanted)})
    assert "Jadikan aturan" in citra.follow(sent).text
    assert "Coba dahulu" in citra.get(f"{AREA}/cocok/aturan/").text
    said = {"kartu": "1", "teks": text, "penerima": "Toko Sumber Rejeki"}
    said |= {"sub_kegiatan": SUB, "rekening": ATK}
    query = "&".join(f"{name}={value}" for name, value in said.items()).replace(" ", "%20")
    page = citra.get(f"{AREA}/cocok/aturan/coba?{query}")
    assert "3 baris terkena sejauh ini: 2 sesuai dengan putusan orang, 0 berbeda." in page.text
    kept = citra.follow(citra.submit(page, f"{AREA}/cocok/aturan/simpan"))
    assert kept.h1 == "1 aturan teks bank berlaku"
    assert "sudah mempunyai aturan" in citra.post(f"{AREA}/cocok/aturan/simpan", said, 409).text
    nobody = citra.post(f"{AREA}/cocok/aturan/tolak", said | {"teks": "TOKOPEDIA"}, 422)
    assert "tidak menyebut penyedia" in nobody.text
    assert "tidak menyebut" in citra.get(f"{AREA}/cocok/aturan/coba?kartu=1&teks=SHOPEE").text
    page = citra.get(f"{AREA}/cocok/?baris={ids[2]}")
    assert "Teks ini pada kartu ini berarti Toko Sumber Rejeki" in page.text
    form = page.form(f"{AREA}/belanja/baru?baris={ids[2]}")
    assert (form.fields["merchant"], form.fields["pembebanan"]) == (
        "Toko Sumber Rejeki",
        f"{SUB}|{ATK}|PAD",
    )
    made = citra.submit(page, f"{AREA}/belanja/baru?baris={ids[2]}", uraian="Alat tulis kantor")
    assert "dipasangkan dengan baris bank" in citra.follow(made).text
    citra.submit(kept, f"{AREA}/cocok/aturan/1/cabut")
    citra.post(f"{AREA}/cocok/aturan/tolak", said)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        assert all(row.dicabut_at for row in session.scalars(select(AturanCocok)))


def test_a_refund_by_one_key_and_the_four_links(
    app: Flask, settings: Settings, entry: LoggedIn
) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        origin = berbukti(session, settings.instance, 1)
        bought, back = baris_bank(session, 750_000, -250_000)
        link = reconciliation_decide.LinkUp(bought.id, (origin.id,))
        reconciliation_decide.pair_up(session, ACTORS["citra"], DINKES, link, NOW)
        line, asal = back.id, origin.id
    citra = entry("citra")
    page = citra.get(f"{AREA}/cocok/?baris={line}")
    assert "pengembalian" in page.text
    stale = {"baris": str(line), "transaksi": str(asal), "terlihat": "-1"}
    assert "berubah sejak" in citra.post(f"{AREA}/cocok/kembalikan", stale, 409).text
    citra.follow(citra.submit(page, f"{AREA}/cocok/kembalikan?tampil=perlu"))
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        row = session.scalars(select(Transaksi).where(Transaksi.asal_id == asal)).one()
        assert row.nilai == Rupiah.of(-250_000)
        assert session.scalars(select(Cocok.jenis).where(Cocok.transaksi_id == row.id)).one()
    links = citra.get(f"{AREA}/cocok/tautan")
    assert links.h1 == "Masih berjalan Rp 500.000"
    assert citra.get(f"{AREA}/cocok/tautan?jenis=belum_dibayar").tree.xpath("//table[2]|//tbody/tr")
    assert "Tidak ada yang seperti ini" in citra.get(f"{AREA}/cocok/tautan?jenis=tuntas").text
    assert citra.get(f"{AREA}/cocok/tautan?jenis=semua").h1 == links.h1


def test_the_board_is_sorted_compared_and_taken_away(app: Flask, entry: LoggedIn) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        baris_bank(session, 750_000)
        db_facts.carried(session)
    fitri = entry("fitri")
    page = fitri.get("/papan/?tahun=2026&urut=nama&banding=dinkes&banding=disdik")
    assert "Perbandingan 2 OPD" in page.text
    for key in ("nama", "-selisih", "umur", "-cakupan", "up", "temuan"):
        assert "Dinas Kesehatan" in fitri.get(f"/papan/?tahun=2026&urut={key}").text
    table = fitri.http.get("/papan/unduh.csv?tahun=2026").get_data(as_text=True)
    assert "Dinas Kesehatan" in table
    assert "750000" in table
    assert fitri.http.get("/papan/unduh.xlsx?tahun=2026").data[:2] == b"PK"
