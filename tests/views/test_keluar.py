"""Taking an import out through the pages: the check, the reason, the history, and in again."""

from __future__ import annotations

from collections.abc import Callable

from tests.client import Page, PageClient
from tests.worlds.bills import KOPI, NASI, csv, kepala_tagihan

LoggedIn = Callable[[str], PageClient]
AREA = "/dinkes/2026-10/tagihan"
OUT = f"{AREA}/riwayat/1/keluarkan"


def taken_in(client: PageClient) -> Page:
    """A bill in the books, through the form."""
    data = csv([KOPI, NASI], *kepala_tagihan("212.500,00", "212.500,00"))
    sent = client.submit(
        client.get(f"{AREA}/unggah"), f"{AREA}/unggah", berkas=(data, "tagihan.csv")
    )
    return client.follow(client.submit(client.follow(sent), f"{AREA}/berkas/1/ambil"))


def test_out_and_in_again(entry: LoggedIn) -> None:
    citra = entry("citra")
    assert (
        citra.get(taken_in(citra).links["Lihat atau keluarkan pengambilannya"]).h1
        == "Pengambilan tagihan.csv"
    )
    check = citra.get(citra.get(f"{AREA}/riwayat/1").links["Keluarkan"])
    assert check.h1 == "Keluarkan tagihan.csv"
    assert "2 baris, Rp 212.500, tidak akan dihitung lagi" in check.text
    assert "KOPI DELI" in check.text
    assert "Tulis alasannya" in citra.submit(check, OUT, 422, alasan="").errors()[0]
    assert "5 sampai 600 huruf" in citra.submit(check, OUT, 422, alasan="    a    ").errors()[0]
    out = citra.follow(citra.submit(check, OUT, alasan="Salah tanggal"))
    assert "Dikeluarkan: 2 baris tidak lagi dihitung" in out.text
    assert "dikeluarkan oleh Citra Bendahara" in out.text
    assert "Salah tanggal" in out.text
    assert "dikeluarkan" in citra.get(f"{AREA}/riwayat").text
    assert "Belum ada tagihan bulan ini" in citra.get(f"{AREA}/").text
    assert "riwayat pengambilan" in citra.get(f"{AREA}/1", 404).text
    assert "sudah dikeluarkan sebelumnya" in citra.get(OUT, 409).text
    again = citra.follow(citra.submit(out, f"{AREA}/riwayat/1/ulang"))
    assert again.h1 == "Periksa tagihan.csv"
    assert "2 baru" in again.text
    citra.follow(citra.submit(again, f"{AREA}/berkas/2/ambil"))
    assert "lengkap" in citra.get(f"{AREA}/").text
    assert "masih berlaku" in citra.post(f"{AREA}/riwayat/2/ulang", status=409).text


def test_what_stands_in_the_way_is_said_and_refused(entry: LoggedIn) -> None:
    citra = entry("citra")
    taken_in(citra)
    told = {"baris": "1", "jenis": "biaya", "nilai": "25.000", "catatan": "biaya layanan"}
    citra.post("/dinkes/2026-10/cocok/jelaskan", told)
    check = citra.get(OUT)
    assert "Urungkan penjelasannya di halaman Cocokkan" in check.text
    assert "Mengapa dikeluarkan" not in check.text
    assert "belum dapat dikeluarkan" in citra.post(OUT, {"alasan": "Salah berkas"}, 409).text


def test_what_goes_out_first_is_linked_in_order(entry: LoggedIn) -> None:
    """The same line came under a list and under a bill: the later import goes first."""
    citra = entry("citra")
    files = (csv([KOPI]), csv([KOPI], *kepala_tagihan("25.000,00", "25.000,00")))
    for number, data in enumerate(files, 1):
        page = citra.get(f"{AREA}/unggah")
        sent = citra.submit(page, f"{AREA}/unggah", berkas=(data, f"{number}.csv"))
        citra.submit(citra.follow(sent), f"{AREA}/berkas/{number}/ambil")
    check = citra.get(OUT)
    assert "tetapi pada tagihan lain" in check.text
    first = citra.get(check.links["Keluarkan 2.csv"])
    citra.follow(citra.submit(first, f"{AREA}/riwayat/2/keluarkan", alasan="Salah bulan"))
    assert "Yang harus diurungkan dahulu" not in citra.get(OUT).text


def test_only_who_takes_in_takes_out(entry: LoggedIn) -> None:
    taken_in(entry("citra"))
    budi = entry("budi")
    assert "Keluarkan" not in budi.get(f"{AREA}/riwayat/1").links
    budi.get(OUT, 403)
    entry("eko").get(OUT, 404)
