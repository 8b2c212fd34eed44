"""The eight steps of a month in real Chromium, from an empty office to a verified DPT.

One bill walks the whole way once with everything the browser has, and its core once without
JavaScript. The administrator's step is in test_administrator.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kkpd.engines.paper.verify import verify
from tests.browser.conftest import LOOKS, OpenPage
from tests.browser.kantor import (
    AREA,
    LAPTOP,
    TAGIHAN,
    Kantor,
    bebankan,
    catat,
    kantor_baru,
    nota,
    panels,
    tandatangani,
    uji,
    unduh,
    unggah,
)
from tests.databases import Databases
from tests.engines.reading.bills import as_csv, as_xlsx

PHONE = LOOKS[2]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def database_kind() -> str:
    """The browser is tried on SQLite but where a test asks for both."""
    return "sqlite"


@pytest.fixture
def kantor(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[Kantor]:
    """An office of this test's own."""
    databases: Databases = request.getfixturevalue(f"{database_kind}_databases")
    with kantor_baru(databases, tmp_path / "instance") as found:
        yield found


@pytest.fixture
def address(kantor: Kantor) -> str:
    """Where `open_page` goes."""
    return kantor.alamat


def h1(page: Page, words: str | re.Pattern[str]) -> None:
    """The heading says so; a space that does not break is a space."""
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


@pytest.mark.parametrize("database_kind", ["sqlite", "postgres"])
def test_one_bill_walks_the_whole_way(kantor: Kantor, open_page: OpenPage) -> None:
    citra = open_page("citra", f"{AREA}/belanja/baru")
    purchases_are_logged(citra, open_page)
    the_bill_is_taken_in(citra)
    the_difference_goes_to_zero(citra)
    the_line_goes_to_the_pptk(citra, open_page("budi", f"{AREA}/persetujuan/"))
    numbers = the_pa_decides(open_page("dewi", f"{AREA}/persetujuan/"))
    the_inspector_drills(open_page("fitri", "/papan/"))
    the_auditor_sees_reports_only(kantor, open_page("gilang", "/"), numbers[0])
    strangers_see_nothing(open_page("eko", "/"))


def purchases_are_logged(citra: Page, open_page: OpenPage) -> None:
    """By the treasurer with ceilings and class while typing, by the holder on a phone."""
    citra.get_by_label("Nilai", exact=True).fill("750.000")
    citra.get_by_label("Untuk apa").fill("Kertas HVS A4 dan pulpen")
    bebankan(citra, "5.1.02.01.01.0024")
    beside = citra.get_by_label("Sisa batas dan usul kelas")
    expect(beside).to_contain_text("Sisa UP KKPD")
    expect(beside).to_contain_text(re.compile(r"Rp.39\.250\.000"))
    expect(beside).to_contain_text("Usul: operasi")
    catat(citra, nilai="750.000", di="Toko Sumber Rejeki", untuk="Kertas HVS A4 dan pulpen",
          tanggal="14/10/2026")  # fmt: skip
    h1(citra, re.compile(r"Toko Sumber Rejeki: Rp.750\.000"))
    expect(citra.get_by_role("img", name="Bukti: nota-750.000.jpg")).to_be_visible()
    citra.goto(f"{AREA}/belanja/baru")
    catat(citra, nilai="12.500.000", di="Komputer Link", untuk="Laptop 14 inci untuk loket",
          tanggal="15/10/2026", akun=LAPTOP)  # fmt: skip
    expect(citra.get_by_label("Kelas").first).to_contain_text("modal")
    ani = open_page("ani", f"{AREA}/belanja-saya/baru", PHONE)
    catat(ani, nilai="121.500", di="Fotokopi Deli", untuk="Fotokopi berkas pendaftaran",
          tanggal="16/10/2026")  # fmt: skip
    h1(ani, re.compile("Fotokopi Deli"))


def the_bill_is_taken_in(citra: Page) -> None:
    """CSV, checked row by row, then the same bill as XLSX: nothing twice."""
    unggah(citra, "tagihan-okt.csv", "text/csv", as_csv(TAGIHAN))
    expect(citra.locator(".state")).to_contain_text("5 baru, 0 sudah dikenal")
    skipped = citra.get_by_role("region", name="Baris yang dilewati dan alasannya")
    expect(skipped).to_contain_text("CATATAN: SIMPAN BUKTI ANDA")
    expect(skipped).to_contain_text("SALDO PINDAHAN")
    citra.get_by_role("button", name="Ambil 5 baris baru").click()
    expect(citra.get_by_text("2 baris langsung cocok")).to_be_visible()
    unggah(citra, "tagihan-okt.xlsx", XLSX, as_xlsx(TAGIHAN))
    expect(citra.locator(".state")).to_contain_text("0 baru, 5 sudah dikenal")
    citra.get_by_role("button", name="Catat: tidak ada baris baru").click()


def the_difference_goes_to_zero(citra: Page) -> None:
    """By keys alone: accept with its surcharge, make the forgotten purchase, explain, undo."""
    citra.goto(f"{AREA}/cocok/")
    h1(citra, re.compile(r"Selisih Rp.12\.950\.000$"))
    chosen = citra.locator("#pilihan")
    expect(chosen.get_by_role("heading", level=2)).to_contain_text("KOMPUTER LINK")
    expect(chosen).to_contain_text("Mengapa calon pertama?")
    citra.keyboard.press("Enter")
    h1(citra, re.compile(r"Selisih Rp.75\.000$"))
    expect(chosen.get_by_role("heading", level=2)).to_contain_text("KANTIN SINAR")
    citra.keyboard.press("u")
    h1(citra, re.compile(r"Selisih Rp.12\.950\.000$"))
    expect(chosen.get_by_role("heading", level=2)).to_contain_text("KOMPUTER LINK")
    citra.keyboard.press("Enter")
    h1(citra, re.compile(r"Selisih Rp.75\.000$"))
    citra.keyboard.press("n")
    expect(citra.get_by_label("Untuk apa")).to_be_focused()
    citra.get_by_role("link", name="Isi lengkap dengan bukti…").click()
    expect(citra.get_by_label("Nilai", exact=True)).to_have_value("65.000")
    expect(citra.get_by_label("Tanggal", exact=True)).to_have_value("20/10/2026")
    expect(citra.get_by_label("Di mana")).to_have_value("KANTIN SINAR LESTARI")
    citra.get_by_label("Untuk apa").fill("Alat tulis kantor dari kantin")
    bebankan(citra, "5.1.02.01.01.0024")
    citra.get_by_label("Bukti").first.set_input_files(nota("nota-kantin.jpg", 40))
    citra.get_by_role("button", name="Simpan dan periksa").click()
    expect(chosen.get_by_role("heading", level=2)).to_contain_text("BEA METERAI")
    citra.get_by_text("Jelaskan, atau belum dapat diputuskan…").click()
    citra.get_by_role("button", name="Simpan penjelasan").click()
    h1(citra, re.compile(r"Selisih Rp.0$"))
    citra.goto(f"{AREA}/bulan-ini/")
    h1(citra, re.compile(r"Oktober 2026: selisih Rp.0$"))
    expect(citra.locator(".state")).to_contain_text("17 hari ke jatuh tempo")
    expect(citra.locator(".state")).to_contain_text("4 belanja belum diajukan")


def the_line_goes_to_the_pptk(citra: Page, budi: Page) -> None:
    """Classes settled, put forward, checked and signed."""
    citra.goto(f"{AREA}/belanja/kelas")
    expect(citra.get_by_role("heading", level=1)).to_contain_text("Semua kelas sudah jelas")
    citra.goto(f"{AREA}/dpr/")
    citra.get_by_role("button", name="Ajukan kepada PPTK").click()
    expect(citra.get_by_role("status")).to_contain_text("4 belanja diajukan")
    budi.reload()
    for panel in panels(budi):
        uji(panel, "Sesuai: masuk DPR")
    tandatangani(budi)
    expect(budi.get_by_role("status")).to_contain_text("2 DPR ditandatangani")


def the_pa_decides(dewi: Page) -> list[str]:
    """Six tests line by line; whole, part and refusal; both papers as PDF that prove themselves."""
    dewi.reload()
    for panel in panels(dewi):
        what = panel.inner_text()
        if "Komputer Link" in what:
            uji(panel, "Setujui sebagian", tidak=4, nilai="12.000.000",
                alasan="Tas tidak termasuk dalam pesanan.")  # fmt: skip
        elif "KANTIN" in what.upper():
            uji(panel, "Tolak, dengan surat pemberitahuan", tidak=2,
                alasan="Nota kantin bukan alat tulis kantor.")  # fmt: skip
        else:
            uji(panel, "Setujui seluruhnya")
    tandatangani(dewi)
    expect(dewi.get_by_role("status")).to_contain_text("3 disetujui, 1 ditolak")
    dewi.goto(f"{AREA}/persetujuan/terbit")
    h1(dewi, re.compile(r"Terbitkan DPT Oktober 2026: Rp.12\.871\.500"))
    numbers = []
    for issue, kind in (("Terbitkan DPT KKPD", "DPT"), ("Terbitkan surat penolakan", "KKPD")):
        dewi.goto(f"{AREA}/persetujuan/terbit")
        dewi.get_by_role("button", name=issue).click()
        heading = dewi.get_by_role("heading", level=1)
        expect(heading).to_contain_text(kind)
        numbers.append(heading.inner_text().split()[-1])
        assert verify(unduh(dewi, "Unduh PDF")).exit_status == 4
    return numbers


def the_inspector_drills(fitri: Page) -> None:
    """From the board over all OPDs to the line, and to the row of the bank's file."""
    fitri.reload()
    h1(fitri, re.compile(r"Selisih Rp.0 pada 0 dari 2 OPD"))
    row = fitri.get_by_role("row").filter(has_text="Dinas Kesehatan")
    row.get_by_role("link", name=re.compile("dijelaskan, menunggu")).click()
    h1(fitri, re.compile("Tanggungan"))
    fitri.goto(f"{AREA}/cocok/")
    fitri.get_by_role("link", name="Semua", exact=True).click()
    fitri.get_by_role("link", name=re.compile("FOTOKOPI DELI")).click()
    chosen = fitri.locator("#pilihan")
    expect(chosen).to_contain_text(re.compile(r"tagihan-okt\.csv, baris 17"))
    with fitri.expect_download() as kept:
        chosen.get_by_role("link", name="tagihan-okt.csv").click()
    lines = Path(kept.value.path()).read_text().splitlines()
    assert "FOTOKOPI DELI" in lines[16]
    expect(fitri.get_by_role("button", name="Urungkan")).to_have_count(0)


def the_auditor_sees_reports_only(kantor: Kantor, gilang: Page, number: str) -> None:
    """Issued reports, each download logged, and what they lead to; no page where work is done."""
    h1(gilang, "Laporan terbit")
    expect(gilang.locator(".nav a")).to_have_text(["Laporan", "Cari", "Peristiwa"])
    for path in ("cocok/", "dpr/", "belanja/baru"):
        answer = gilang.request.get(f"{AREA}/{path}")
        assert answer.status in (403, 404), path
    before = len(kantor.log_events("laporan:unduh"))
    gilang.get_by_role("link", name=number).click()
    data = unduh(gilang, "Unduh PDF")
    assert verify(data).exit_status == 4
    events = kantor.log_events("laporan:unduh")
    assert len(events) == before + 1
    gilang.reload()
    expect(gilang.get_by_text("Gilang Auditor,")).to_be_visible()


def strangers_see_nothing(eko: Page) -> None:
    """The treasurer of another OPD: every address of this one is not there."""
    for path in ("bulan-ini/", "tagihan/1", "belanja/1", "cocok/", "dpr/", "pembayaran/", "pagu/"):
        assert eko.request.get(f"{AREA}/{path}").status == 404, path
    assert eko.request.get("/dokumen/1").status == 404
    eko.goto("/laporan/")
    expect(eko.get_by_text("Belum ada laporan terbit")).to_be_visible()
    eko.goto(f"{AREA}/cocok/")
    expect(eko.get_by_role("heading", level=1)).to_have_text("Halaman tidak ditemukan")


def test_the_core_without_javascript(open_page: OpenPage) -> None:
    """Log, take in, settle, put forward, sign, test, issue: by forms alone."""
    plain = {"java_script_enabled": False}
    citra = open_page("citra", f"{AREA}/belanja/baru", **plain)
    catat(citra, nilai="750.000", di="Toko Sumber Rejeki", untuk="Kertas HVS A4 dan pulpen",
          tanggal="14/10/2026")  # fmt: skip
    citra.goto(f"{AREA}/belanja/baru")
    catat(citra, nilai="12.500.000", di="Komputer Link", untuk="Laptop 14 inci untuk loket",
          tanggal="15/10/2026", akun=LAPTOP)  # fmt: skip
    unggah(citra, "tagihan.csv", "text/csv", as_csv(TAGIHAN))
    citra.get_by_role("button", name="Ambil 5 baris baru").click()
    citra.goto(f"{AREA}/cocok/")
    citra.get_by_role("button", name="Pasangkan").first.click()
    for _line in range(3):
        citra.get_by_text("Jelaskan, atau belum dapat diputuskan…").click()
        citra.get_by_label("Catatan: mengapa").fill("Menunggu nota dari pemegang kartu.")
        citra.get_by_role("button", name="Simpan penjelasan").click()
    h1(citra, re.compile(r"Selisih Rp.0$"))
    citra.goto(f"{AREA}/dpr/")
    citra.get_by_role("button", name="Ajukan kepada PPTK").click()
    budi = open_page("budi", f"{AREA}/persetujuan/", **plain)
    for panel in panels(budi):
        uji(panel, "Sesuai: masuk DPR")
    tandatangani(budi)
    dewi = open_page("dewi", f"{AREA}/persetujuan/", **plain)
    for panel in panels(dewi):
        uji(panel, "Setujui seluruhnya")
    tandatangani(dewi)
    dewi.get_by_role("link", name="Terbitkan DPT…").click()
    dewi.get_by_role("button", name="Terbitkan DPT KKPD").click()
    assert verify(unduh(dewi, "Unduh PDF")).exit_status == 4
