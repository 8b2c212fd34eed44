"""Accounts through the pages: codes, the own account, what the administrator does to a login."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from kkpd.core.config import Settings, Smtp
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import Orang, Pengguna
from kkpd.organisation.codes import CODE_FAILED
from kkpd.organisation.guessing import LIMITS, WINDOW
from kkpd.web.globals import engine
from kkpd.web.request.origin import browser_name
from kkpd.worker import account_mail
from tests.cast import ORANG
from tests.client import DEMO_LOGIN_WORD, Page, PageClient
from tests.worlds.mail_server import server_surel

LoggedIn = Callable[[str], PageClient]
WORD = "perahu kuning sore hari"
CITRA = f"/admin/pengguna/{ORANG['citra']}"
#: The answer when the program asks again who it is.
PASSWORD: dict[str, Any] = {"bukti-lama": DEMO_LOGIN_WORD}
WRONG: dict[str, Any] = {"bukti-lama": "salah"}
_CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


def code_of(text: str) -> str:
    """The one code in a page or a mail."""
    (found,) = _CODE.findall(text)
    return str(found)


def use_code(client: PageClient, nama: str, code: str, word: str = WORD, status: int = 303) -> Page:
    page = client.get("/kode")
    fields = {"nama": nama, "kode": code, "baru": word, "ulang": word}
    return client.submit(page, "/kode", status, **fields)


def change(app: Flask, statement: object) -> None:
    """What happened outside the pages."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(statement)  # type: ignore[call-overload]  # an UPDATE


@pytest.fixture
def letters(app: Flask, settings: Settings) -> Iterator[list[bytes]]:
    """The program sends mail; what arrived."""
    with server_surel() as (port, received):
        smtp = Smtp("127.0.0.1", port, "none", "kkpd@contoh.go.id")
        app.extensions["kkpd.settings"] = dataclasses.replace(
            settings, smtp=smtp, public_url="https://kkpd.contoh.go.id"
        )
        change(app, update(Orang).where(Orang.id == ORANG["citra"]).values(surel="c@contoh.go.id"))
        yield received


def texts(letters: list[bytes]) -> list[tuple[str, str]]:
    """(recipient, words) of the mails, when all were sent."""
    account_mail.wait_idle()
    found = [message_from_bytes(one, policy=policy.default) for one in letters]
    return [(str(one["To"]), one.get_content()) for one in found]


def test_an_invitation_from_the_administrator_to_the_first_login(
    app: Flask, entry: LoggedIn
) -> None:
    joko = entry("joko")
    joko.submit(joko.get("/admin/pengguna/baru"), "/admin/pengguna/baru", nama="Wira Baru")
    address = joko.get("/admin/pengguna").links["Wira Baru"]
    made = joko.submit(joko.get(address), f"{address}/masuk", 200, nama_masuk="wira")
    assert "72 jam" in made.text
    assert "menunggu kode dipakai" in joko.get(address).text
    wira = PageClient(app)
    after = use_code(wira, "wira", code_of(made.text))
    assert after.location == "/masuk"
    assert "Kata sandi Anda sudah disimpan" in wira.follow(after).text
    wira.entry("wira", WORD)
    assert use_code(wira, "wira", code_of(made.text), status=422).errors() == [CODE_FAILED]
    assert "menunggu kode" not in joko.get(address).text


def test_no_page_lets_an_administrator_type_a_password(entry: LoggedIn) -> None:
    joko = entry("joko")
    for path in (CITRA, "/admin/pengguna/baru"):
        assert not joko.get(path).tree.xpath("//main//input[@type='password']")


def test_a_reset_by_the_administrator(app: Flask, entry: LoggedIn, letters: list[bytes]) -> None:
    citra, joko = entry("citra"), entry("joko")
    made = joko.submit(joko.get(CITRA), f"{CITRA}/masuk/kode", 200)
    assert "24 jam" in made.text
    citra.get("/akun/", 303)
    use_code(citra, "citra", code_of(made.text))
    citra.entry("citra", WORD)
    (recipient, said), (_, after) = texts(letters)
    assert recipient == "c@contoh.go.id"
    assert "diatur ulang oleh Joko Administrator" in said
    assert "Kata sandi akun Anda diganti" in after
    assert not _CODE.search(said + after)


def test_a_code_by_mail_is_asked_for_without_telling_who_exists(
    app: Flask, letters: list[bytes]
) -> None:
    client = PageClient(app)
    answers = {
        client.follow(client.submit(client.get("/lupa"), "/lupa", nama=nama)).text.rpartition(" ")[
            0
        ]
        for nama in ("citra", "budi", "tidak-ada")
    }
    assert len(answers) == 1
    assert "Bila akun itu ada" in answers.pop()
    ((recipient, said),) = texts(letters)
    assert recipient == "c@contoh.go.id"
    assert "https://kkpd.contoh.go.id/kode" in said
    use_code(client, "citra", code_of(said))
    client.entry("citra", WORD)


def test_without_a_mail_server_one_asks_the_administrator(client: PageClient) -> None:
    page = client.get("/lupa")
    assert "administrator" in page.text
    assert not page.tree.xpath("//main//form")
    client.post("/lupa", {"nama": "citra"})


def test_a_password_that_somebody_else_set_is_changed_first(app: Flask, entry: LoggedIn) -> None:
    change(app, update(Pengguna).where(Pengguna.nama_masuk == "citra").values(ganti_sandi=True))
    citra = entry("citra")
    for path in ("/", "/akun/", "/dinkes/2026-10/belanja/"):
        assert citra.get(path, 303).location == "/sandi"
    page = citra.follow(citra.post("/akun/surel", {"lama": DEMO_LOGIN_WORD}))
    assert "ditetapkan orang lain" in page.text
    fields = {"lama": DEMO_LOGIN_WORD, "baru": DEMO_LOGIN_WORD, "ulang": DEMO_LOGIN_WORD}
    assert "sama dengan yang lama" in citra.submit(page, "/sandi", 422, **fields).errors()[0]
    citra.submit(page, "/sandi", lama=DEMO_LOGIN_WORD, baru=WORD, ulang=WORD)
    citra.get("/akun/")


def test_one_sees_one_s_sessions_and_ends_one_after_the_password(entry: LoggedIn) -> None:
    lost, here = entry("citra"), entry("citra")
    page = here.get("/akun/")
    assert "127.0.0.1" in page.text
    assert page.text.count("yang ini") == 1
    ends = page.tree.xpath("//form[contains(@action, '/akun/sesi/')]/@action")
    assert len(ends) == 2
    ask = here.submit(page, ends[1], 422)
    assert ask.h1 == "Buktikan bahwa ini Anda"
    here.submit(ask, ends[1], 422, **WRONG)
    lost.get("/akun/")
    here.submit(ask, ends[1], **PASSWORD)
    lost.get("/akun/", 303)
    here.get("/akun/")
    entry("budi").post(ends[0], PASSWORD, 404)


def test_one_sees_what_others_did_to_the_own_account(app: Flask, entry: LoggedIn) -> None:
    """The notice of a reset for who has no mail address."""
    joko = entry("joko")
    code = code_of(joko.submit(joko.get(CITRA), f"{CITRA}/masuk/kode", 200).text)
    citra = PageClient(app)
    use_code(citra, "citra", code)
    rows = citra.entry("citra", WORD).get("/akun/").tree.xpath("//table//tr")
    told = [row.text_content() for row in rows]
    assert any("Joko Administrator" in row and "kata sandi" in row for row in told)
    assert "Joko Administrator" not in entry("budi").get("/akun/").text


def test_guessing_the_own_password_is_limited_everywhere_at_once(
    app: Flask, entry: LoggedIn
) -> None:
    """A stolen session: one count for all pages that ask, and the owner still logs in."""
    thief = entry("citra")
    pages = [
        ("/sandi", "lama", {"baru": WORD, "ulang": WORD}),
        ("/akun/kalender", "bukti-lama", {}),
        ("/akun/surel", "bukti-lama", {"surel": "pencuri@contoh.go.id"}),
    ]
    for number in range(LIMITS["ulang"][0]):
        path, name, fields = pages[number % 3]
        thief.post(path, {name: f"coba {number}", **fields}, 422)
    for path, name, fields in pages:
        page = thief.post(path, {name: DEMO_LOGIN_WORD, **fields}, 429)
        assert "Tunggu 15 menit" in page.errors()[0]
    PageClient(app).entry("citra")


def test_the_owner_s_browser_is_not_stopped_by_a_stranger_s_guesses(
    app: Flask, entry: LoggedIn
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False) as clock:
        citra = entry("citra")
        kept = citra.http.get_cookie("__Host-kkpd-kenal")
        assert kept is not None
        assert (kept.http_only, kept.secure, kept.same_site) == (True, True, "Lax")
        citra.submit(citra.get("/akun/"), "/keluar")
        stranger = PageClient(app)
        for _ in range(LIMITS["akun"][0]):
            stranger.post("/masuk", {"nama": "citra", "sandi": "salah"}, 422)
        for client in (stranger, PageClient(app)):
            client.post("/masuk", {"nama": "citra", "sandi": DEMO_LOGIN_WORD}, 429)
        forger = PageClient(app)
        forger.http.set_cookie("__Host-kkpd-kenal", kept.value.replace(".", ".9-", 1))
        forger.post("/masuk", {"nama": "citra", "sandi": DEMO_LOGIN_WORD}, 429)
        citra.entry("citra")
        clock.shift(WINDOW)
        PageClient(app).entry("citra")


def test_codes_are_limited_by_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "alamat", (3, 50))
    client = PageClient(app)
    for number in range(3):
        use_code(client, f"nama{number}", "AAAA-BBBB-CCCC", status=422)
    page = use_code(client, "citra", "AAAA-BBBB-CCCC", status=429)
    assert "Tunggu 15 menit" in page.errors()[0]


def test_a_login_in_a_browser_that_is_logged_in_ends_the_old_session(entry: LoggedIn) -> None:
    browser = entry("citra")
    kept = browser.http.get_cookie("__Host-kkpd")
    assert kept is not None
    old = PageClient(browser.app)
    old.http.set_cookie("__Host-kkpd", kept.value)
    browser.post("/masuk", {"nama": "budi", "sandi": DEMO_LOGIN_WORD})
    assert "Masuk sebagai budi" in browser.get("/akun/").text
    old.get("/akun/", 303)


def test_the_own_mail_address_asks_the_password_and_tells_the_old_one(
    entry: LoggedIn, letters: list[bytes]
) -> None:
    citra = entry("citra")
    page = citra.get("/akun/surel")
    asked = citra.submit(page, "/akun/surel", 422, surel="baru@contoh.go.id")
    asked = citra.submit(asked, "/akun/surel", 422, **WRONG)
    citra.submit(asked, "/akun/surel", **PASSWORD)  # the address is kept
    refused = citra.submit(page, "/akun/surel", 422, surel="bukan")
    assert "Alamat surel tidak sah" in refused.errors()[0]
    assert "baru@contoh.go.id" in citra.get("/akun/").text
    ((recipient, said),) = texts(letters)
    assert recipient == "c@contoh.go.id"
    assert "Alamat surel akun Anda diganti" in said


def test_a_mail_address_that_the_administrator_changes_is_told_to_the_old_one(
    entry: LoggedIn, letters: list[bytes]
) -> None:
    joko = entry("joko")
    joko.submit(joko.get(CITRA), CITRA, surel="lain@contoh.go.id")
    joko.submit(joko.get(CITRA), CITRA, jabatan="Bendahara")
    ((recipient, _),) = texts(letters)
    assert recipient == "c@contoh.go.id"


def test_the_administrator_disables_unlocks_renames_and_ends_sessions(
    app: Flask, entry: LoggedIn
) -> None:
    joko = entry("joko")
    for action, fields in (
        ("sesi", {}),
        ("nama", {"nama_masuk": "citra.k"}),
        ("aktif", {"aktif": "0"}),
    ):
        name = "citra.k" if action == "aktif" else "citra"
        citra = PageClient(app).entry(name)
        joko.post(f"{CITRA}/masuk/{action}", fields)
        citra.get("/akun/", 303)
    page = joko.get(CITRA)
    assert "dinonaktifkan" in page.text
    PageClient(app).post("/masuk", {"nama": "citra.k", "sandi": DEMO_LOGIN_WORD}, 422)
    joko.submit(page, f"{CITRA}/masuk/aktif")
    PageClient(app).entry("citra.k")


@pytest.mark.parametrize(
    ("user_agent", "found"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/128 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/128 Safari/537 Edg/128", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU) Version/17 Safari/604.1", "Safari, iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_browser_is_told_in_two_words(user_agent: str, found: str) -> None:
    assert browser_name(user_agent) == found
