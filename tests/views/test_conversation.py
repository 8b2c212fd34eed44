"""Every return, refusal, question and answer reaches whose move it is: reason, paper, act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.engines.paper.verify import verify
from kkpd.models import Dokumen, Event
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


PAY = f"{AREA}/pembayaran/"


def paid(app: Flask, entry: LoggedIn, ids: list[int], *steps: tuple[str, str]) -> int:
    """The lines on a DPT that has taken these steps (by whom, which); its number in the books."""
    pair(app, ids)
    forward(entry, ids)
    dewi = entry("dewi")
    for id_ in ids:
        answer(dewi, id_)
    dewi.post(f"{AREA}/persetujuan/terbit", {"jenis": "dpt"})
    dpt_id = newest(app, "dpt")
    for who, step in steps:
        if step == "spm":
            found_complete(app, entry("hana"))
        client = entry(who)
        client.submit(client.get(PAY), f"{PAY}{dpt_id}/terbit", langkah=step)
    return dpt_id


def newest(app: Flask, jenis: str) -> int:
    """The newest paper of this kind."""
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        papers = select(Dokumen.id).where(Dokumen.jenis == jenis).order_by(Dokumen.id.desc())
        return session.scalars(papers.limit(1)).one()


def found_complete(app: Flask, hana: PageClient) -> None:
    """The PPK-SKPD answers the checklist of the newest SPP with yes."""
    page = hana.get(f"{PAY}spp/{newest(app, 'spp')}")
    names = {str(one) for one in page.tree.xpath("//input[@type='radio']/@name")}
    yes: dict[str, Any] = dict.fromkeys(names, "ya")
    hana.submit(page, f"{PAY}spp/{newest(app, 'spp')}/verifikasi", **yes)


def test_an_spp_that_was_sent_back_reaches_the_treasurer_until_a_new_one(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    dpt_id = paid(app, entry, belanja, ("dewi", "npd"), ("citra", "spp"))
    hana, citra, spp_id = entry("hana"), entry("citra"), newest(app, "spp")
    place = f"{PAY}spp/{spp_id}"
    hana.submit(hana.get(place), f"{place}/kembalikan", alasan="SPTB tanpa tanggal DPA.")
    first = home(citra)
    assert "SPP-GU-KKPD/DINKES" in words(first)
    assert "Hana Penatausahaan (PPK-SKPD) mengembalikan" in words(first)
    assert "“SPTB tanpa tanggal DPA.”" in words(first)
    page = act(citra, first)
    assert "SPTB tanpa tanggal DPA." in page.text
    assert "mengembalikan" in citra.get(f"/dokumen/{spp_id}").text
    assert "mengembalikan" in citra.get(place).text
    assert words(home(hana)) == words(home(entry("dewi"))) == ""
    citra.submit(page, f"{PAY}{dpt_id}/terbit", langkah="spp")
    assert words(home(citra)) == ""


def test_an_spm_that_the_bud_sent_back_reaches_the_pa_until_a_new_one(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    steps = ("dewi", "npd"), ("citra", "spp"), ("dewi", "spm")
    dpt_id = paid(app, entry, belanja, *steps)
    lukman, dewi, spm_id = entry("lukman"), entry("dewi"), newest(app, "spm")
    back = f"{PAY}spm/{spm_id}/kembalikan"
    assert "5 sampai 600" in lukman.submit(lukman.get(PAY), back, 422, alasan="x").errors()[0]
    lukman.submit(lukman.get(PAY), back, alasan="Rekening bank keliru.")
    first = home(dewi)
    assert "(Kuasa BUD) mengembalikan" in words(first)
    assert "“Rekening bank keliru.”" in words(first)
    page = act(dewi, first)
    assert "Rekening bank keliru." in page.text
    dewi.post(back, {"alasan": "Bukan tugas saya."}, 403)
    dewi.submit(page, f"{PAY}{dpt_id}/terbit", langkah="spm")
    assert words(home(dewi)) == ""
    assert "mengembalikan" in dewi.get(f"/dokumen/{spm_id}").text


def test_a_paper_that_another_took_back_waits_for_whose_move_it_is(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    dpt_id = paid(app, entry, belanja)
    dewi = entry("dewi")
    dewi.submit(
        dewi.get(f"/dokumen/{dpt_id}"), f"/dokumen/{dpt_id}/batalkan", alasan="Satu nota tertukar."
    )
    assert words(home(dewi)) == "", "who took it back knows"
    first = home(entry("indra"))
    assert "membatalkan dokumen" in words(first)
    assert "“Satu nota tertukar.”" in words(first)
    assert "Satu nota tertukar." in entry("indra").get(f"/dokumen/{dpt_id}").text


@pytest.mark.parametrize(("asker", "asked"), [("hana", "citra"), ("fitri", "dewi")])
def test_a_question_about_a_paper_is_asked_answered_and_read(
    app: Flask, entry: LoggedIn, belanja: list[int], asker: str, asked: str
) -> None:
    paid(app, entry, belanja, ("dewi", "npd"), ("citra", "spp"))
    paper = f"/dokumen/{newest(app, 'spp')}"
    who, other = entry(asker), entry(asked)
    given: dict[str, Any] = {"kepada": str(ORANG[asked]), "isi": "DPA perubahan yang mana?"}
    who.submit(who.get(paper), f"{paper}/tanya", **given)
    first = home(other)
    assert "bertanya: " not in words(first)
    assert "“DPA perubahan yang mana?”" in words(first)
    page = act(other, first)
    refused = other.submit(page, f"{paper}/jawab", 422, isi="x")
    assert "Tulis jawaban Anda" in refused.errors()[0]
    other.submit(refused, f"{paper}/jawab", isi="DPPA nomor 2.")
    assert words(home(other)) == ""
    assert "“DPPA nomor 2.”" in words(home(who))
    assert "DPPA nomor 2." in act(who, home(who)).text
    if asker == "hana":  # who must act reads until she has acted
        found_complete(app, who)
        assert words(home(who)) == ""


def test_a_paper_of_another_office_can_be_neither_asked_about_nor_answered(
    app: Flask, entry: LoggedIn, belanja: list[int]
) -> None:
    paper = f"/dokumen/{paid(app, entry, belanja)}"
    entry("eko").post(f"{paper}/tanya", {"kepada": "1", "isi": "Untuk apa ini?"}, 404)
    refused = entry("citra").post(f"{paper}/tanya", {"kepada": "999999", "isi": "Untuk apa?"}, 422)
    assert "Pilih siapa yang ditanya" in refused.errors()[0]


def test_a_request_for_another_ceiling_is_asked_about_and_refused_at_the_pas_first_screen(
    entry: LoggedIn,
) -> None:
    dewi, joko, place = entry("dewi"), entry("joko"), f"{AREA}/pagu/"
    wanted: dict[str, Any] = {
        "up_kkpd": "60.000.000",
        "alasan": "kebutuhan_naik",
        "uraian": "rata-rata 55 juta sebulan",
    }
    dewi.submit(dewi.get(place), f"{place}usulan", **wanted)
    page, asked = joko.get("/admin/up?tahun=2026"), "/admin/up/usulan/1/tanya"
    given: dict[str, Any] = {"kepada": str(ORANG["dewi"]), "isi": "Rata-rata bulan apa saja?"}
    joko.submit(page, asked, **given)
    first = home(dewi)
    assert "Usulan UP KKPD 2026" in words(first)
    assert "“Rata-rata bulan apa saja?”" in words(first)
    page = act(dewi, first)
    [reply] = page.tree.xpath("//form/@action[contains(., '/jawab')]")
    dewi.submit(page, reply, isi="Januari sampai September.")
    assert "“Januari sampai September.”" in words(home(joko))
    page = act(joko, home(joko))
    joko.submit(page, "/admin/up/usulan/1/1/tolak", alasan="Belum perlu tahun ini.")
    assert words(home(joko)) == ""
    first = home(dewi)
    assert "“Belum perlu tahun ini.”" in words(first)
    assert "usulkan lagi" in words(first)
    page = act(dewi, first)
    dewi.submit(page, reply.removesuffix("/1/jawab"), **wanted)
    assert words(home(dewi)) == ""
