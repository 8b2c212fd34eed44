"""The page checks find what they are there for: one good page, and one fault at a time."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.pagecheck import problems

GOOD = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>Tagihan · Buku KKPD</title></head>
<body><main id="isi"><h1>Tagihan</h1>
<p>Jumlah Rp\u00a01.234.567, lalu Rp\u00a0750.000,50.</p>
<a href="/">Awal</a> <a href="#isi">isi</a>
<table><caption>Baris</caption><thead><tr><th scope="col">A</th></tr></thead></table>
<form method="post" action="/kirim"><input type="hidden" name="csrf_token" value="t">
<label for="nama">Nama</label><input id="nama" name="nama"><button>Kirim</button></form>
</main></body></html>"""


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_url_path="/berkas")
    app.add_url_rule("/", "awal", lambda: "")
    app.add_url_rule("/kirim", "kirim", lambda: "", methods=["POST"])

    return app


def test_a_good_page_has_no_problem(app: Flask) -> None:
    assert problems(app, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<!doctype html>", "", "invalid HTML"),
        ("</caption>", "", "invalid HTML"),
        ("<h1>Tagihan</h1>", "<h2>Tagihan</h2>", "0 h1"),
        ("<h1>Tagihan</h1>", "<h1>Tagihan</h1><h1>Tagihan</h1>", "2 h1"),
        ("<h1>Tagihan</h1>", "<h1>Belanja</h1>", "not in the title"),
        ('<label for="nama">Nama</label>', "", "no label for the field nama"),
        ('<label for="nama">Nama</label>', '<label for="nama"> </label>', "no label"),
        ('name="csrf_token"', 'name="lain"', "no CSRF token"),
        ('value="t"', 'value=""', "no CSRF token"),
        ('method="post" action="/kirim"', 'method="get" action="/"', "a CSRF token in the address"),
        ('id="nama" name="nama"', 'id="nama" name="nama" type="file"', "not multipart"),
        ("<p>", '<p id="isi">', "id isi stands 2 times"),
        ("<p>", '<p aria-describedby="hilang">', "aria-describedby names hilang"),
        ('href="#isi"', 'href="#hilang"', "a link to #hilang"),
        ("</main>", '<img src="/berkas/ikon.svg"></main>', "no alt"),
        ("</main>", '<img src="/berkas/hilang.svg" alt="x"></main>', "no such static file"),
        ("</main>", '<iframe src="/"></iframe></main>', "an iframe without a title"),
        ("Rp\u00a01.234.567", "Rp 1.234.567", "money written as"),
        ("Rp\u00a01.234.567", "Rp\u00a01234567", "money written as"),
        ("Rp\u00a01.234.567", "Rp\u00a01,234,567", "money written as"),
        ("Rp\u00a01.234.567", "Rp\u00a01.234.567,8", "money written as"),
        ("Jumlah", "Jumlah None", "'None' in text"),
        ("Jumlah", "{{ jumlah }}", "'{{' in text"),
        ('href="/"', 'href="/?sesudah=None"', "'None' in an attribute"),
        ('lang="id"', "", "lang is None"),
        ("<caption>Baris</caption>", "", "a table without a caption"),
        ('<th scope="col">', "<th>", "a th without scope"),
        ("<p>", '<p style="color: red">', "a style attribute"),
        ("<p>", '<p onclick="x()">', "a handler attribute"),
        ("</main>", "<script>x()</script></main>", "a <script> without nonce"),
        ("</main>", '<img src="https://lain.id/x.png" alt="x"></main>', "from another host"),
        ('href="/"', 'href="/hilang"', "GET /hilang leads nowhere (404)"),
        ('action="/kirim"', 'action="/"', "POST / leads nowhere (405)"),
        ("Awal", "", "a a without words"),
        ("<button>Kirim</button>", "<button></button>", "a button without words"),
    ],
)
def test_each_fault_is_found(app: Flask, old: str, new: str, found: str) -> None:
    page = GOOD.replace(old, new, 1)
    assert page != GOOD
    assert any(found in problem for problem in problems(app, page)), problems(app, page)
