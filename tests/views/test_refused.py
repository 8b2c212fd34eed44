"""A form that is refused stands where it was, with all that was sent (law 11)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from flask import Flask

from kkpd.web.request.refused import declared
from tests.databases import Fill
from tests.views.test_rantai import AREA, LoggedIn, belanja, forward
from tests.worlds import office

__all__ = ["belanja"]

#: POST endpoints whose refusal is answered another way, and why.
ELSEWHERE: Final = {
    "has as many rows as were sent": ("belanja.catat_banyak",),
    "draws its own page from what was sent (`drawn`): weighed ceilings, parts, a step of a login": (
        *("belanja.catat", "belanja.simpan", "belanja_saya.catat", "belanja_saya.simpan"),
        *("belanja.pecahkan", "belanja_saya.pecahkan"),
        *("faktor.kirim", "masuk.ganti", "masuk.kirim", "masuk.kirim_kode", "masuk.pakai_kode"),
    ),
    "takes the good files and names the others above": ("kotak_bukti.terima",),
    "says at each cell of many rows what is wrong": ("cocok.catat_kelompok",),
    "has no field that could be wrong": (
        *("akun.akhiri", "akun.kalender_baru", "akun.kalender_cabut", "cara_masuk.tanya"),
        *("faktor.kunci_jawab", "faktor.kunci_mulai", "penyedia.hubungkan", "penyedia.lepas"),
        *("penyedia.mulai", "penyedia.selesai", "penyedia.buktikan"),
    ),
    "is a preview that a script asks for": ("belanja.sisa", "belanja_saya.sisa"),
    "cannot be refused": ("masuk.keluar", "preferensi.simpan"),
}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return office.fill


def test_every_form_says_where_it_stands(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    excepted = {one for names in ELSEWHERE.values() for one in names}
    assert {one for one in posts if not declared(app, one)} == excepted
    pages = {page for one in posts for page in declared(app, one)}
    assert pages <= set(app.view_functions)


def test_one_empty_reason_loses_no_choice(entry: LoggedIn, belanja: list[int]) -> None:
    citra, (first, second) = entry("citra"), belanja[:2]
    citra.submit(citra.get(f"{AREA}/dpr/"), f"{AREA}/dpr/ajukan", transaksi=[first, second])
    budi, act = entry("budi"), f"{AREA}/persetujuan/putuskan"
    page = budi.get(f"{AREA}/persetujuan/")
    said: dict[str, Any] = {f"putusan-{one}": "kembalikan" for one in (first, second)}
    said[f"alasan-{first}"] = "nota tidak terbaca"
    refused = budi.submit(page, act, 422, **said)
    assert refused.h1 == page.h1
    form = refused.form(act)
    assert form.fields[f"putusan-{first}"] == form.fields[f"putusan-{second}"] == "kembalikan"
    assert form.fields[f"alasan-{first}"] == "nota tidak terbaca"
    [wrong] = form.xpath(f".//textarea[@name='alasan-{second}']")
    assert wrong.get("aria-invalid") == "true"
    told = refused.tree.get_element_by_id(wrong.get("aria-describedby")).text_content()
    [link] = refused.tree.xpath("//*[@data-error-summary]//a")
    assert (link.get("href"), link.text_content()) == (f"#{wrong.get('id')}", told)
    assert "Tulis alasan" in told
    mended: dict[str, Any] = {f"alasan-{second}": "nilainya lain"}
    signed = budi.submit(refused, act, 200, **mended)
    budi.submit(signed, act, tanda_tangan="1")


def test_what_changed_meanwhile_is_told_and_the_rest_kept(
    entry: LoggedIn, belanja: list[int]
) -> None:
    citra, (first, second) = entry("citra"), belanja[:2]
    forms = citra.get(f"{AREA}/dpr/")
    citra.submit(forms, f"{AREA}/dpr/ajukan", transaksi=[first, second])
    budi, act = entry("budi"), f"{AREA}/persetujuan/putuskan"
    page = budi.get(f"{AREA}/persetujuan/")
    citra.submit(citra.get(f"{AREA}/dpr/"), f"{AREA}/dpr/tarik", transaksi=[second])
    edit = f"{AREA}/belanja/{second}/ubah"
    citra.submit(citra.get(edit), edit, uraian="Kertas HVS F4")
    citra.submit(citra.get(f"{AREA}/dpr/"), f"{AREA}/dpr/ajukan", transaksi=[second])
    said: dict[str, Any] = {f"putusan-{one}": "kembalikan" for one in (first, second)}
    reasons: dict[str, Any] = {f"alasan-{one}": f"alasan nomor {one}" for one in (first, second)}
    refused = budi.submit(page, act, 409, **said, **reasons)
    told = " ".join(refused.errors())
    assert "Citra Bendahara mengubah" in told
    assert "Kertas HVS F4" in told
    form = refused.form(act)
    assert form.fields[f"putusan-{first}"] == "kembalikan"
    assert form.fields[f"putusan-{second}"] is None, "nobody signs for what changed unseen"
    assert form.fields[f"alasan-{second}"] == f"alasan nomor {second}"


def test_of_two_tabs_the_later_is_led_to_the_newest(entry: LoggedIn, belanja: list[int]) -> None:
    citra, edit = entry("citra"), f"{AREA}/belanja/{belanja[0]}/ubah"
    old = citra.get(edit)
    citra.submit(citra.get(edit), edit, uraian="Kertas HVS F4")
    refused = citra.submit(old, edit, 409, uraian="Kertas buram")
    [told] = refused.errors()
    assert told.startswith("Belanja ini diubah sesudah Anda membukanya")
    assert refused.form(edit).fields["uraian"] == "Kertas buram", "nothing typed is lost"
    [newest] = refused.tree.xpath("//*[@data-error-summary]//a")
    assert (newest.get("href"), newest.text_content()) == (edit, "Buka yang terbaru")


def test_the_place_in_the_page_is_kept(entry: LoggedIn, belanja: list[int]) -> None:
    forward(entry, belanja)
    dewi, id_, path = entry("dewi"), belanja[0], f"{AREA}/persetujuan/putuskan"
    given: dict[str, Any] = {f"putusan-{id_}": "sebagian", f"nilai-{id_}": "banyak"}
    given |= {f"alasan-{id_}": "Lebih dari nota."}
    refused = dewi.submit(dewi.get(f"{AREA}/persetujuan/"), path, 422, **given)
    form = refused.form(path)
    assert {name: form.fields[name] for name in given} == given


def test_a_refusal_at_an_address_with_any_letters_is_no_error(entry: LoggedIn) -> None:
    """The page of the form has the same letters in its address; that page does not exist."""
    citra = entry("citra")
    sent = {"periode": "?", "csrf_token": citra.csrf_token()}
    citra.post("/laporan/susun/%E9%E2%82%AC/terbit", sent, 400)
