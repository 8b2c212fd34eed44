"""The second factor through the pages: setting up, two steps of a login, a lost phone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from lxml.html import HtmlElement
from sqlalchemy import select

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Event, LoginStep, Sesi, Setelan
from kkpd.organisation import login as services
from kkpd.organisation import login_steps, passkeys, second_factor
from kkpd.web.confirm import PROOF_LASTS
from kkpd.web.globals import engine
from tests.client import DEMO_LOGIN_WORD, Page, PageClient
from tests.second_factors import Authenticator, code

LoggedIn = Callable[[str], PageClient]
FIRST_DAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still."""
    with time_machine.travel(FIRST_DAY, tick=False) as clock:
        yield clock


def require(app: Flask) -> None:
    """From the first of January on the setting requires a second factor."""
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.add(
            Setelan(
                kunci="faktor_kedua_wajib",
                nilai="ya",
                mulai=date(2026, 1, 1),
                dasar_hukum="Perbup 9/2026",
                dicatat_at=FIRST_DAY,
            )
        )
        from tests.cast import given

        given(session)


def prove(client: PageClient, **changes: str) -> Page:
    """Open the changes on the page Cara masuk."""
    client.get("/cara-masuk/")
    return client.follow(client.post("/cara-masuk/bukti", {"lama": DEMO_LOGIN_WORD, **changes}))


def seed_of(page: Page) -> str:
    """The seed as the page shows it in text."""
    found: list[HtmlElement] = page.tree.xpath("//code[@class='seed']")
    return (found[0].text or "").replace(" ", "")


def set_up_app(client: PageClient) -> tuple[str, list[str]]:
    """Set up an app; its seed and the recovery codes that the page showed."""
    page = prove(client)
    seed = seed_of(page)
    kode = code(seed, datetime.now(UTC))
    shown = client.submit(page, "/cara-masuk/aplikasi", 200, kode=kode)
    return seed, [str(one) for one in shown.tree.xpath("//ul[@class='codes']//code/text()")]


def challenge_of(page: Page, action: str) -> str:
    """The challenge that the page's passkey form carries."""
    form = page.form(action)
    return str(json.loads(form.get("data-passkey", ""))["challenge"])


def log_in(app: Flask, nama: str = "citra") -> tuple[PageClient, Page]:
    """The first step; the page that asks for the second factor."""
    client = PageClient(app)
    after = client.submit(client.get("/masuk"), "/masuk", nama=nama, sandi=DEMO_LOGIN_WORD)
    assert after.location == "/masuk/faktor"
    return client, client.follow(after)


def events(app: Flask) -> list[str]:
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return list(session.scalars(select(Event.jenis).order_by(Event.seq)))


def test_an_app_is_set_up_and_asked_for_at_the_next_login(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    citra, elsewhere = entry("citra"), entry("citra")
    seed, codes = set_up_app(citra)
    assert len(codes) == 10
    page = citra.get("/cara-masuk/")
    assert "10 dari 10 masih berlaku" in page.text
    assert not any(one in page.text for one in codes)
    elsewhere.get("/sandi", 303)  # other sessions end, this one stays
    clock.shift(HALF_MINUTE)
    client, asked = log_in(app)
    client.get("/sandi", 303)  # half a login opens nothing
    wrong = client.submit(asked, "/masuk/faktor", 422, kode="000000")
    assert "tidak benar" in wrong.errors()[0]
    done = client.submit(wrong, "/masuk/faktor", kode=code(seed, FIRST_DAY + HALF_MINUTE))
    assert client.follow(done, 303).location  # the first screen of a treasurer
    client.get("/sandi")
    again, asked = log_in(app)
    again.submit(asked, "/masuk/faktor", 422, kode=code(seed, FIRST_DAY + HALF_MINUTE))
    found = [kind for kind in events(app) if kind.startswith("akun:")]
    assert found == [
        "akun:sesi:masuk",
        "akun:sesi:masuk",
        "akun:faktor:bukti",
        "akun:totp:pasang",
        "akun:faktor:gagal",
        "akun:sesi:masuk",
        "akun:faktor:gagal",
    ]


def test_a_recovery_code_opens_a_login_once(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    _, codes = set_up_app(entry("citra"))
    client, asked = log_in(app)
    client.submit(asked, "/masuk/faktor", kode=codes[6])
    client.get("/cara-masuk/")
    other, asked = log_in(app)
    other.submit(asked, "/masuk/faktor", 422, kode=codes[6])
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        assert "pemulihan" in session.scalars(select(Sesi.cara)).all()


def test_half_a_login_ends_after_five_minutes_and_is_worth_nothing_to_a_thief(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    seed, _ = set_up_app(entry("citra"))
    clock.shift(HALF_MINUTE)
    client, asked = log_in(app)
    kept = client.http.get_cookie("__Host-kkpd")
    assert kept is not None
    thief = PageClient(app)
    thief.http.set_cookie("__Host-kkpd", kept.value)
    for address in ("/", "/sandi", "/cara-masuk/"):
        assert thief.get(address, 303).location.startswith("/masuk")
    clock.shift(login_steps.LIFETIME)
    late = client.submit(asked, "/masuk/faktor", kode=code(seed, datetime.now(UTC)))
    assert "lewat waktu" in client.follow(late).text
    client.get("/masuk/faktor", 303)
    PageClient(app).get("/masuk/faktor", 303)


def test_wrong_codes_must_wait_in_every_browser_together(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    seed, _ = set_up_app(entry("citra"))
    clock.shift(HALF_MINUTE)
    for _ in range(5):
        client, asked = log_in(app)
        client.submit(asked, "/masuk/faktor", 422, kode="123456")
    client, asked = log_in(app)
    refused = client.submit(asked, "/masuk/faktor", 429, kode=code(seed, datetime.now(UTC)))
    assert "Tunggu 15 menit" in refused.errors()[0]


def test_a_role_that_needs_one_is_led_to_it_and_can_do_nothing_else(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    require(app)
    entry("ani").get("/sandi")  # a card holder needs none
    citra = entry("citra")
    for address in ("/", "/sandi", "/dinkes/2026-10/belanja/", "/perlu/"):
        assert citra.get(address, 303).location == "/cara-masuk/"
    page = citra.get("/cara-masuk/")
    assert "Peran Anda wajib memakai faktor kedua (Perbup 9/2026)" in page.text
    seed = seed_of(page)  # the password was typed a moment ago: no second proof
    citra.submit(page, "/cara-masuk/aplikasi", 200, kode=code(seed, FIRST_DAY))
    citra.get("/sandi")
    clock.shift(timedelta(minutes=6))
    page = prove(citra, kode=code(seed, datetime.now(UTC)))
    citra.submit(page, "/cara-masuk/aplikasi/cabut")
    assert citra.get("/sandi", 303).location == "/cara-masuk/"


def test_a_stolen_session_cannot_change_how_one_logs_in(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    citra = entry("citra")
    seed, _ = set_up_app(citra)
    clock.shift(login_steps.LIFETIME)
    for address in ("aplikasi/cabut", "kode", "aplikasi", "kunci", "kunci/1/cabut"):
        refused = citra.post(f"/cara-masuk/{address}", {"kode": "1", "nama": "x", "jawaban": "{}"})
        assert refused.location == "/cara-masuk/"
    page = citra.get("/cara-masuk/")
    citra.submit(page, "/cara-masuk/bukti", 422, lama=DEMO_LOGIN_WORD, kode="")
    citra.submit(page, "/cara-masuk/bukti", 422, lama="salah", kode=code(seed, datetime.now(UTC)))
    dewi = entry("dewi")  # a proof is the account's own
    kept = login_token(app, "citra")
    with dewi.http.session_transaction() as cookie:
        cookie["langkah_ubah"] = kept
    assert dewi.post("/cara-masuk/kode").location == "/cara-masuk/"
    page = prove(citra, kode=code(seed, datetime.now(UTC)))
    shown = citra.submit(page, "/cara-masuk/kode", 200)
    assert shown.h1 == "Kode pemulihan"


def login_token(app: Flask, nama: str) -> str:
    """The token of a state of that account, as a thief of its cookie would have it."""
    from tests.cast import ORANG

    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        return login_steps.begin(
            session, "ubah", ORANG[nama], {"benih": "", "tantangan": ""}, datetime.now(UTC)
        )


def register(client: PageClient, key: Authenticator, nama: str = "Laptop kantor") -> Page:
    page = prove(client)
    answer = key.make(challenge_of(page, "/cara-masuk/kunci"))
    return client.submit(page, "/cara-masuk/kunci", 200, nama=nama, jawaban=answer)


def test_a_passkey_is_registered_named_used_both_ways_and_removed(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    key, citra = Authenticator(), entry("citra")
    assert len(register(citra, key).tree.xpath("//ul[@class='codes']/li")) == 10
    client, asked = log_in(app)
    answer = key.use(challenge_of(asked, "/masuk/faktor"))
    client.submit(asked, "/masuk/faktor", jawaban=answer)
    client.get("/sandi")
    thief, asked = log_in(app)
    thief.submit(asked, "/masuk/faktor", 422, jawaban=answer)  # the answer to another challenge
    alone = PageClient(app)
    page = alone.follow(alone.submit(alone.get("/masuk?lanjut=/sandi"), "/masuk/kunci/mulai"))
    answer = key.use(challenge_of(page, "/masuk/kunci"))
    after = alone.submit(page, "/masuk/kunci", jawaban=answer)
    assert after.location == "/sandi"
    assert alone.follow(after).h1 == "Ganti kata sandi"
    page = citra.get("/cara-masuk/")
    assert "Kunci sandi: Laptop kantor" in page.text
    page = citra.follow(citra.submit(page, "/cara-masuk/kunci/1/cabut"))
    assert "Kunci sandi: Laptop kantor" not in page.text


def test_a_passkey_of_nobody_or_without_verification_logs_nobody_in(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    key = Authenticator()
    register(entry("citra"), key)
    client = PageClient(app)
    client.get("/masuk/kunci", 303)
    for other in (Authenticator(name=b"unknown"), Authenticator(key=key.key, verified=False)):
        page = client.follow(client.submit(client.get("/masuk"), "/masuk/kunci/mulai"))
        answer = other.use(challenge_of(page, "/masuk/kunci"))
        refused = client.submit(page, "/masuk/kunci", jawaban=answer)
        assert "tidak dikenal atau tidak benar" in client.follow(refused).text
        late = client.submit(page, "/masuk/kunci", jawaban=answer)  # one challenge, one answer
        assert "lewat waktu" in client.follow(late).text


def test_a_change_can_be_proved_by_a_passkey(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    key, citra = Authenticator(), entry("citra")
    register(citra, key)
    clock.shift(login_steps.LIFETIME)
    page = citra.follow(citra.submit(citra.get("/cara-masuk/"), "/cara-masuk/tanya"))
    answer = key.use(challenge_of(page, "/cara-masuk/bukti"))
    after = citra.submit(page, "/cara-masuk/bukti", lama=DEMO_LOGIN_WORD, jawaban=answer)
    page = citra.follow(after)
    assert "Pasang aplikasi kode" in page.text
    refused = citra.submit(page, "/cara-masuk/kunci", 422, nama="", jawaban="{}")
    assert "Beri kunci sandi ini nama" in refused.errors()[0]
    refused = citra.submit(refused, "/cara-masuk/aplikasi", 422, kode="12")
    assert "tidak cocok" in refused.errors()[0]


def test_where_passkeys_belong_to_is_the_public_address(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    import dataclasses

    config = app.extensions["kkpd.settings"]
    public = "https://kkpd.example.go.id/"
    app.extensions["kkpd.settings"] = dataclasses.replace(config, public_url=public)
    key, citra = Authenticator(passkeys.Site("kkpd.example.go.id", public[:-1])), entry("citra")
    assert register(citra, key).h1 == "Kode pemulihan"
    form = prove_with(citra, key).form("/cara-masuk/kunci")
    asked = json.loads(form.get("data-passkey", ""))
    assert asked["rp"]["id"] == "kkpd.example.go.id"
    assert len(asked["excludeCredentials"]) == 1


def prove_with(client: PageClient, _key: Authenticator) -> Page:
    """The page while the proof is still fresh."""
    return client.get("/cara-masuk/")


def test_nothing_of_a_login_on_its_way_stays_in_the_database(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    set_up_app(entry("citra"))
    for _ in range(3):
        log_in(app)
    clock.shift(timedelta(minutes=6))
    client, _ = log_in(app)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        assert len(session.scalars(select(LoginStep.id)).all()) == 1
    with client.http.session_transaction() as cookie:
        kept = cookie["langkah_faktor"]
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        hashes = session.scalars(select(LoginStep.token_hash)).all()
    assert hashes == [services.hash_token(kept)]


def test_an_administrator_removes_the_factors_of_a_lost_phone(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    citra, joko = entry("citra"), entry("joko")
    set_up_app(citra)
    address = "/admin/pengguna/3/faktor"
    page = joko.get(address)
    assert "10" in page.text
    joko.submit(page, address, 422, alasan="")
    joko.submit(page, address, 422, alasan="ya")
    clock.shift(PROOF_LASTS)
    asked = joko.submit(page, address, 422, alasan="telepon hilang, KTP diperiksa")
    wrong: dict[str, Any] = {"bukti-lama": "salah"}
    asked = joko.submit(asked, address, 422, **wrong)
    joko.submit(asked, address, **(wrong | {"bukti-lama": DEMO_LOGIN_WORD}))
    citra.get("/sandi")  # nobody alone: joko proposed
    page = joko.get(address)
    alone = joko.submit(page, address, 409, alasan="telepon hilang, KTP diperiksa lagi")
    assert "Anda yang mengusulkannya" in alone.text
    mira = entry("mira")
    page = mira.get(address)
    assert "Joko Administrator mengusulkan pencabutan: telepon hilang, KTP diperiksa" in page.text
    mira.submit(page, address, alasan="saya juga melihat KTP-nya")
    citra.get("/sandi", 303)
    again = entry("citra")
    assert again.get("/sandi", 303).location == "/cara-masuk/"
    page = again.get("/cara-masuk/")
    assert "dicabut oleh Mira Administrator: saya juga melihat KTP-nya" in page.text
    kode = code(seed_of(page), datetime.now(UTC))
    again.submit(page, "/cara-masuk/aplikasi", 200, kode=kode)
    again.get("/sandi")
    joko.get("/admin/pengguna/999/faktor", 404)
    assert {"akun:faktor:usul", "akun:faktor:cabut"} <= {*events(app)}


def test_an_administrator_alone_takes_over_no_account(
    entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    """A code for a new password is his to give; the factor stays, however often he proposes."""
    citra, joko = entry("citra"), entry("joko")
    set_up_app(citra)
    address = "/admin/pengguna/3/faktor"
    joko.submit(joko.get(address), address, alasan="telepon hilang")
    clock.shift(second_factor.PROPOSAL_LASTS)
    joko = entry("joko")
    page = joko.submit(joko.get(address), address, alasan="telepon hilang lagi")
    assert "Usulan dicatat" in joko.follow(page).text
    joko.submit(joko.get(address), address, 409, alasan="telepon hilang lagi")


class TestPostgres:
    """The same with the program's own rights, where nobody is known before a login."""

    @pytest.fixture
    def database_kind(self) -> str:
        """The other database."""
        return "postgres"

    def test_both_ways_of_logging_in(
        self, app: Flask, entry: LoggedIn, clock: time_machine.Traveller
    ) -> None:
        key, citra = Authenticator(), entry("citra")
        seed, _ = set_up_app(citra)
        page = citra.get("/cara-masuk/")
        answer = key.make(challenge_of(page, "/cara-masuk/kunci"))
        citra.submit(page, "/cara-masuk/kunci", nama="Laptop", jawaban=answer)
        clock.shift(HALF_MINUTE)
        client, asked = log_in(app)
        assert asked.h1 == "Faktor kedua"
        client.post("/masuk/faktor", {"kode": "000000"}, 422)
        client.post("/masuk/faktor", {"kode": code(seed, datetime.now(UTC))})
        client.get("/cara-masuk/")
        alone = PageClient(app)
        page = alone.follow(alone.submit(alone.get("/masuk"), "/masuk/kunci/mulai"))
        answer = key.use(challenge_of(page, "/masuk/kunci"))
        alone.submit(page, "/masuk/kunci", jawaban=answer)
        alone.get("/cara-masuk/")
