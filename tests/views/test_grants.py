"""The page Penugasan: a grant by two persons, read by the inspector at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import PageClient

LoggedIn = Callable[[str], PageClient]

PAGE = "/admin/penugasan"


def role(orang_id: int, peran: str, opd_id: str = "2", **changes: str) -> dict[str, Any]:
    given = {
        "orang_id": str(orang_id), "peran": peran, "opd_id": opd_id, "mulai": "01/01/2020",
        "dasar": "SK 9/2026", "tanggal_dasar": "02/01/2026",
        "alasan_mundur": "SK terlambat diterima",
    }  # fmt: skip
    return given | changes


def test_the_administrator_alone_gets_nothing(entry: LoggedIn) -> None:
    """The review's attack: seven roles for himself, back-dated, without a basis."""
    joko = entry("joko")
    for peran, opd_id in (("pa", "1"), ("kpa", "1"), ("bendahara", "1"), ("ppk", "1"),
                          ("pptk", "1"), ("bud", ""), ("inspektur", "")):  # fmt: skip
        bare = role(10, peran, opd_id, dasar="", tanggal_dasar="", alasan_mundur="")
        assert "Ada yang perlu diperbaiki" in joko.submit(joko.get(PAGE), PAGE, 422, **bare).text
        named = joko.submit(joko.get(PAGE), PAGE, 409, **role(10, peran, opd_id))
        assert "administrator memberi hak dan tidak memegang peran lain" in named.text
    joko.get("/papan/", 403)
    joko.get("/dinkes/2026-10/persetujuan/", 403)


def test_proposed_by_one_and_confirmed_by_another(entry: LoggedIn) -> None:
    joko, mira, fitri = entry("joko"), entry("mira"), entry("fitri")
    joko.submit(joko.get(PAGE), PAGE, **role(1, "pptk"))
    ani = entry("ani")
    ani.get("/disdik/2026-10/persetujuan/", 404)  # her OPD is Dinas Kesehatan alone
    assert "Konfirmasi atau tolak 1 usulan penugasan" in mira.get("/perlu/").text
    seen = fitri.get(PAGE)
    for words in ("Menunggu orang kedua", "Ani Pemegang", "Joko Administrator", "berlaku mundur",
                  "SK terlambat diterima", "SK 9/2026"):  # fmt: skip
        assert words in seen.text
    assert "penugasan/14/konfirmasi" not in seen.text
    assert "Tinjau 1 usulan dan pemberian hak 7 hari terakhir" in fitri.get("/perlu/").text
    for act in ("konfirmasi", "tolak", "tarik", "akhiri"):
        fitri.post(f"{PAGE}/14/{act}", {"alasan": "tidak sah"}, 403)
    own = joko.post(f"{PAGE}/14/konfirmasi", {}, 403)
    assert "Anda yang mengusulkan penugasan ini" in own.text
    mira.submit(mira.get(PAGE), f"{PAGE}/14/konfirmasi")
    ani.get("/disdik/2026-10/persetujuan/")
    assert "Mira Administrator" in fitri.get(PAGE).text


@pytest.mark.parametrize("who", ["mira", "joko"])
def test_refused_or_withdrawn(entry: LoggedIn, who: str) -> None:
    joko = entry("joko")
    joko.submit(joko.get(PAGE), PAGE, **role(1, "pptk"))
    browser = joko if who == "joko" else entry(who)
    page = browser.get(PAGE)
    if who == "joko":
        browser.submit(page, f"{PAGE}/14/tarik")
        word = "ditarik"
    else:
        short = browser.submit(page, f"{PAGE}/14/tolak", 422, alasan="tak")
        assert "Tulis alasan menolak" in short.text
        browser.submit(page, f"{PAGE}/14/tolak", alasan="bukan orangnya")
        word = "bukan orangnya"
    assert word in browser.get(PAGE).text
    assert "Tidak ada usulan yang menunggu" in browser.get(PAGE).text


def test_a_card_waits_for_a_second_person(entry: LoggedIn) -> None:
    joko, fitri = entry("joko"), entry("fitri")
    joko.submit(
        joko.get("/admin/kartu"), "/admin/kartu", opd_id="1", jenis="barang", nomor_akhir="7731",
        bank="Bank Sumut", pemegang_id="1", limit="5.000.000", tanggal="02/01/2026",
        nomor_dokumen="Usul/1",
    )  # fmt: skip
    seen = fitri.get(PAGE).text
    assert "menunggu administrator lain" in seen
    assert "Tetapkan atau tolak 1 usulan kartu" in entry("mira").get("/perlu/").text
