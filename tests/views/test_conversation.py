"""Every return, refusal, question and answer reaches whose move it is: reason, paper, act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.engines.paper.verify import verify
from kkpd.models import Event
from kkpd.web.globals import engine
from tests.cast import ORANG
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.views.test_rantai import AREA, answer, belanja, forward, pair, sign
from tests.worlds import office

__all__ = ["belanja"]
LoggedIn = Callable[[str], PageClient]
MINE = f"{AREA}/belanja-saya"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def home(client: PageClient) -> Page:
    """The first screen."""
    return client.follow(client.get("/", 303))


def words(page: Page) -> str:
    """What was said to the person there; empty when nothing was."""
    [*found] = page.tree.xpath("//section[@aria-labelledby='judul-kata']")
    return " ".join(found[0].text_content().replace("\u00a0", " ").split()) if found else ""


def act(client: PageClient, page: Page) -> Page:
    """The page behind the act of the first thing said."""
    [link, *_] = page.tree.xpath("//section[@aria-labelledby='judul-kata']//a[@class]/@href")
    return client.get(link.partition("#")[0])


def give_back(entry: LoggedIn, ids: list[int]) -> None:
    """The PPTK returns the first of two lines."""
    citra, budi = entry("citra"), entry("budi")
    citra.submit(citra.get(f"{AREA}/dpr/"), f"{AREA}/dpr/ajukan", transaksi=[str(i) for i in ids])
    said: dict[str, Any] = {
        f"putusan-{ids[0]}": "kembalikan",
        f"alasan-{ids[0]}": "Nota tidak terbaca.",
        f"putusan-{ids[1]}": "setuju",
    }
    sign(budi, **said)


def test_a_return_stands_on_first_screens_until_it_goes_forward_again(
    entry: LoggedIn, belanja: list[int]
) -> None:
    give_back(entry, belanja)
    for name, mend in (("citra", "Perbaiki, lalu ajukan lagi"), ("ani", "Lengkapi buktinya")):
        client = entry(name)
        first = home(client)
        assert "Budi Teknis (PPTK) mengembalikan" in words(first)
        assert "“Nota tidak terbaca.”" in words(first)
        assert mend in words(first)
        assert "Nota tidak terbaca." in act(client, first).text
    citra = entry("citra")
    put = citra.get(f"{AREA}/dpr/")
    assert "Budi Teknis (PPTK) mengembalikan: “Nota tidak terbaca.”" in put.text
    assert "1 belanja Oktober 2026 yang dikembalikan PPTK" in citra.get("/perlu/").text
    citra.submit(put, f"{AREA}/dpr/ajukan", transaksi=[str(belanja[0])])
    assert words(home(citra)) == words(home(entry("ani"))) == ""
    assert "Nota tidak terbaca." in citra.get(f"{AREA}/belanja/{belanja[0]}").text


def test_a_partial_refusal_reaches_the_holder_with_paper_and_amount(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    pair(app, belanja)
    forward(entry, belanja)
    dewi = entry("dewi")
    answer(dewi, belanja[0], "sebagian", nilai="700.000", alasan="Lebih dari harga pasar.")
    ani = entry("ani")
    first = home(ani)
    assert "Dewi Anggaran (Pengguna Anggaran) menolak sebagian Rp 50.000" in words(first)
    assert "“Lebih dari harga pasar.”" in words(first)
    assert "Yang harus Anda bayar: Rp 50.000." in words(first)
    ani.get(f"{MINE}/{belanja[0]}/surat", 404)
    page = dewi.get(f"{AREA}/persetujuan/terbit")
    assert "Lebih dari harga pasar." in page.text
    dewi.post(f"{AREA}/persetujuan/terbit", {"jenis": "penolakan"})
    own = act(ani, first)
    assert "Yang harus dibayar pemegang: Rp 50.000." in own.text
    [paper] = own.tree.xpath("//section[@id='percakapan']//a/@href")
    notice = ani.get(paper)
    assert "Lebih dari harga pasar." in notice.text
    pdf = ani.submit(notice, f"{MINE}/{belanja[0]}/surat/unduh", 200).body
    assert verify(pdf).exit_status == 4
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        taken = session.scalars(select(Event).where(Event.jenis == "laporan:unduh")).one()
    assert (taken.aktor, taken.peran) == (f"orang:{ORANG['ani']}", "pemegang")
    ani.get(f"{MINE}/{belanja[1]}/surat", 404)
    entry("citra").get(f"{MINE}/{belanja[0]}/surat", 403)


def test_a_question_is_answered_by_its_person_and_read_by_who_asked(
    entry: LoggedIn, belanja: list[int]
) -> None:
    forward(entry, belanja)
    dewi, ani = entry("dewi"), entry("ani")
    place = f"{AREA}/belanja/{belanja[0]}"
    asked = {"kepada": str(ORANG["ani"]), "isi": "Untuk rapat yang mana?"}
    dewi.submit(dewi.get(place), f"{place}/tanya", **asked)  # type: ignore[arg-type]  # no status
    first = home(ani)
    assert "Dewi Anggaran (Pengguna Anggaran) bertanya" in words(first)
    assert "“Untuk rapat yang mana?”" in words(first)
    own, reply = act(ani, first), f"{MINE}/{belanja[0]}/jawab"
    refused = ani.submit(own, reply, 422, isi="x")
    assert "Tulis jawaban Anda" in refused.errors()[0]
    assert refused.form(reply).fields["isi"] == "x"
    ani.submit(refused, reply, isi="Rapat koordinasi 14 Oktober.")
    assert words(home(ani)) == ""
    told = home(dewi)
    assert "Ani Pemegang (Pemegang KKPD) menjawab" in words(told)
    assert "Rapat koordinasi 14 Oktober." in words(told)
    answer(dewi, belanja[0])
    assert words(home(dewi)) == ""
    ani.post(reply, {"isi": "Jawaban yang tidak diminta."}, 409)


def test_who_may_not_see_a_purchase_can_neither_ask_nor_answer(
    entry: LoggedIn, belanja: list[int]
) -> None:
    asked = {"kepada": str(ORANG["citra"]), "isi": "Untuk apa ini?"}
    entry("eko").post(f"{AREA}/belanja/{belanja[0]}/tanya", asked, 404)
    entry("ani").post(f"{MINE}/{belanja[0]}/tanya", asked)
    assert "Untuk apa ini?" in words(home(entry("citra")))
    refused = entry("ani").post(f"{MINE}/{belanja[0]}/tanya", asked | {"kepada": "999999"}, 422)
    assert "Pilih siapa yang ditanya" in refused.errors()[0]
