"""What the program says from below its pages is English on English pages, all of it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, Final

import pytest
import spoken as collected
from flask import Flask

from kkpd.web import spoken
from kkpd.web.translation import compiled_texts
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.views.test_conversation import PAY, LoggedIn, newest, paid
from tests.views.test_rantai import AREA, belanja, forward, pair
from tests.worlds import office

__all__ = ["belanja"]
ROOT: Final = Path(__file__).resolve().parents[2]
SAID: Final = {
    text: english for (context, text), english in compiled_texts("en").items() if context == "said"
}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def test_every_sentence_of_the_source_has_english() -> None:
    found = dict(collected.spoken(ROOT / "kkpd"))
    sentences = {text for _file, text in collected.spoken(ROOT / "kkpd")}
    assert len(sentences) > 800
    assert sentences - SAID.keys() == set()
    assert {"payment/verify_rules.py", "approval/six_tests.py", "belanja/checks.py"} <= found.keys()


def test_what_refuses_says_a_sentence_that_is_collected() -> None:
    """By the source: the sentence of each refusal and finding is one of the catalogue, a marked
    text, or comes from a name whose sentences stand in the source too.
    """
    counted = 0
    for path in sorted((ROOT / "kkpd").rglob("*.py")):
        name = path.relative_to(ROOT / "kkpd").as_posix()
        if name.startswith(collected.APART) or "/forms/" in name:
            continue
        for said in collected.refusals(ast.parse(path.read_text("utf-8"))):
            text = collected.pattern(said).strip()
            if text and len(text.replace("%", "")) > 20:
                assert text in SAID or text.startswith("%("), f"{name}: {text}"
                counted += 1
    assert counted > 450


@pytest.mark.parametrize("text", sorted(SAID))
def test_a_sentence_is_found_again_by_its_pattern(text: str) -> None:
    """Whatever is filled in: the English sentence comes out with the same."""
    names = dict.fromkeys(spoken.PLACE.findall(text))
    values = {name: f"Nilai{number}" for number, name in enumerate(names)}
    assert spoken.in_english(text % values) == SAID[text] % values


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("Toko Sumber Rejeki, Medan", "Toko Sumber Rejeki, Medan"),
        ("", ""),
        (" Belanja tidak ditemukan. Pilih dari daftar.", None),
        (
            "Baris 3: “x” bukan tanggal. Tulis seperti 31/01/2026 atau 2026-01-31."
            " Ada 3 kesalahan lain. Tidak ada yang dimuat.",
            "Row 3: “x” is no date. Write it like 31/01/2026 or 2026-01-31."
            " There are 3 more mistakes. Nothing was loaded.",
        ),
        (
            "nilai sama; tanggal sama; nama mirip 0,98",
            "same amount; same day; name alike 0,98",
        ),
        (
            "Pada teks bukti tidak ditemukan: nilai, tanggal. Periksa.",
            "Not found in the text of the evidence: amount, day. Check it.",
        ),
        (
            "Anda mencatat belanja ini atau memegang kartunya, sehingga tidak dapat menyetujui."
            " Mintalah pejabat lain (pemisahan tugas, Pasal 5).",
            "You recorded this purchase or hold its card, so you may not do this: approve."
            " Ask another official (separation of duties, Pasal 5).",
        ),
        (
            "Uraian kosong atau tidak berisi kata, jadi tidak ada yang dapat dinilai. (Dasar: X)",
            "The description is empty or holds no word, so nothing can be judged. (Dasar: X)",
        ),
    ],
)
def test_sentences_stand_one_behind_another_and_in_each_other(
    said: str, english: str | None
) -> None:
    wanted = " The purchase was not found. Choose from the list." if english is None else english
    assert spoken.in_english(said) == wanted


def test_long_texts_cost_little_and_stay() -> None:
    assert spoken.in_english("Baris 1: " * 400) == "Baris 1: " * 400
    assert spoken.in_english("Tidak ada: x. " * 100).startswith("Missing: x. ")


def texts(page: Page) -> list[str]:
    """Every text of the page's main part."""
    found: list[Any] = page.tree.xpath("//main//text()[not(ancestor::script)]")
    return [" ".join(str(one).replace("\u00a0", " ").split()) for one in found]


def said_in_indonesian(page: Page) -> list[str]:
    """What is left of what the program says in Indonesian; single words are words of pages."""
    told = [one for one in texts(page) if " " in one]
    return [one for one in told if spoken.in_english(one) != one]


def in_english(client: PageClient) -> PageClient:
    """The same person with English pages."""
    client.post("/preferensi", {"bahasa": "en", "lanjut": "/"})
    return client


def test_refusals_findings_tests_and_checklist_are_english_on_english_pages(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    citra = in_english(entry("citra"))
    for place in (f"belanja/{belanja[0]}", "cocok/", "bulan-ini/"):
        shown = citra.get(f"{AREA}/{place}")
        assert said_in_indonesian(shown) == [], place
    form = citra.get(f"{AREA}/belanja/{belanja[0]}")
    refused = citra.submit(form, f"{AREA}/belanja/{belanja[0]}/tanya", 422, isi="x")
    assert said_in_indonesian(refused) == []
    pair(app, belanja)
    forward(entry, belanja)
    dewi = in_english(entry("dewi"))
    desk = dewi.get(f"{AREA}/persetujuan/")
    assert said_in_indonesian(desk) == []
    assert "Data of the payee" in desk.text


def test_the_checklist_of_the_ppk_is_english(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    paid(app, entry, belanja, ("dewi", "npd"), ("citra", "spp"))
    hana, place = in_english(entry("hana")), f"{PAY}spp/{newest(app, 'spp')}"
    page = hana.get(place)
    assert said_in_indonesian(page) == []
    assert "Budget available in the DPA" in page.text
    refused = hana.submit(page, f"{place}/kembalikan", 422, alasan="x")
    assert refused.errors() == ["Write why it is returned, 5 to 600 letters."]


def test_what_a_page_sends_back_is_what_was_typed(entry: LoggedIn) -> None:
    """`pangkat` is also the name of what a paper lacks; a label must still find its field, and a
    search in words of the program must stay as it was typed.
    """
    joko = entry("joko")
    joko.post("/preferensi", {"bahasa": "en", "lanjut": "/"})
    page = joko.get("/admin/pengguna/baru").body.decode()
    assert '<html lang="en"' in page
    assert '<label for="pangkat">Rank' in page
    assert 'name="cari" value="nama pemerintah daerah"' in " ".join(
        joko.get("/admin/pengguna?cari=nama+pemerintah+daerah").body.decode().split()
    )
