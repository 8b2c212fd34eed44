"""What a bill's page and the month's list say when bank papers do not agree."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from tests.client import Page, PageClient
from tests.views.test_tagihan import AREA, unggah
from tests.worlds.bills import KOPI, NASI, csv, kepala_tagihan

LoggedIn = Callable[[str], PageClient]


def _take(citra: PageClient, data: bytes, nama: str) -> Page:
    return _as_checked(citra, citra.follow(unggah(citra, data, nama)))


def _as_checked(citra: PageClient, check: Page) -> Page:
    (action,) = [one for one in check.tree.xpath("//form/@action") if one.endswith("/ambil")]
    return citra.follow(citra.submit(check, action))


def test_what_the_final_bill_changed_stands_on_its_page(entry: LoggedIn) -> None:
    citra = entry("citra")
    interim = kepala_tagihan("212.500,00", "212.500,00", jenis="Daftar Tagihan Sementara")
    _take(citra, csv([KOPI, NASI], *interim), "dts.csv")
    more = (*KOPI[:4], "26.000,00", "DB")
    bill = _take(citra, csv([more, NASI], *kepala_tagihan("213.500,00", "213.500,00")), "f.csv")
    assert "Pada DTS baris ini Rp 25.000, pada tagihan final Rp 26.000" in bill.text
    line = citra.get(bill.links["KOPI DELI"].split("#")[0])
    assert "Rp 26.000" in line.text


def test_a_line_on_two_bills_counts_once_and_a_wrong_total_is_marked(entry: LoggedIn) -> None:
    citra = entry("citra")
    _take(citra, csv([KOPI, NASI], *kepala_tagihan("212.500,00", "212.500,00")), "a.csv")
    check = citra.follow(
        unggah(citra, csv([KOPI, NASI], *kepala_tagihan("212.501,00", "212.500,00")), "b.csv")
    )
    assert "tidak sama dengan total tagihan 212.501" in check.text
    assert not [one for one in check.tree.xpath("//form/@action") if one.endswith("/ambil")]
    reason = quote("Bank membulatkan totalnya")
    answered = citra.get(f"{AREA}/berkas/2/periksa?jawab.beda_tercetak={reason}")
    wrong = _as_checked(citra, answered)
    assert "total tercetak beda Rp 1" in wrong.text
    assert wrong.links["Lanjutkan mencocokkan"].endswith("/2026-10/cocok/")
    month = citra.get(f"{AREA}/")
    assert "2 tagihan, jumlah baris final Rp 212.500." in month.text
    assert "total tercetak beda Rp 1" in month.text
    assert month.text.count("lengkap") == 1
