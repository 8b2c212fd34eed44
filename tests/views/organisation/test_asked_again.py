"""Before acts on accounts and on others' rights the program asks again who it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.permissions import ASKED_AGAIN
from kkpd.models import Opd, Pengguna
from kkpd.organisation.guessing import LIMITS
from kkpd.web.confirm import PROOF_LASTS
from kkpd.web.globals import engine
from kkpd.web.request.permissions import declared
from tests.cast import ORANG
from tests.client import DEMO_LOGIN_WORD, Page, PageClient
from tests.second_factors import Authenticator, code
from tests.views.organisation.test_second_factor import challenge_of, register, set_up_app

LoggedIn = Callable[[str], PageClient]
CITRA = f"/admin/pengguna/{ORANG['citra']}"
QUESTION = "Buktikan bahwa ini Anda"
PASSWORD: dict[str, Any] = {"bukti-lama": DEMO_LOGIN_WORD}
WRONG: dict[str, Any] = {"bukti-lama": "salah"}
#: One form for each kind of act of the administrator, as a stolen session would send it.
ACTS = {
    f"{CITRA}/masuk/kode": {},
    f"{CITRA}/masuk/aktif": {"aktif": "0"},
    f"{CITRA}/masuk/nama": {"nama_masuk": "lain"},
    f"{CITRA}/masuk/sesi": {},
    f"{CITRA}/faktor": {"alasan": "telepon hilang"},
    CITRA: {"nama": "Lain"},
    "/admin/pengguna/baru": {"nama": "Baru"},
    "/admin/penugasan": {"orang_id": "3", "peran": "pa"},
    "/admin/penugasan/1/konfirmasi": {},
    "/admin/penugasan/1/akhiri": {"sampai": "24/11/2026"},
    "/admin/kartu": {"nomor_akhir": "1234"},
    "/admin/kartu/1": {"status": "diblokir"},
    "/admin/opd/1": {"nama": "Lain"},
    "/admin/setelan": {"kunci": "batas_harian", "nilai": "1"},
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still."""
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False) as clock:
        yield clock


def offered(page: Page) -> str:
    """The challenge for a passkey on the page that asks."""
    (options,) = page.tree.xpath("//form/@data-passkey")
    return str(json.loads(options)["challenge"])


def opd_names(app: Flask) -> list[str]:
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return list(session.scalars(select(Opd.nama).order_by(Opd.id)))


def new_opd(client: PageClient, status: int = 303, **changes: str) -> Page:
    """Send the form of a new OPD."""
    page = client.get("/admin/opd/baru")
    fields = {"kode": "1.05.0.00.0.00.01.0000", "nama": "Dinas & “Baru”", "slug": "baru"}
    return client.submit(page, "/admin/opd/baru", status, **(fields | changes))


def test_a_stolen_session_gives_and_takes_no_rights(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    joko = entry("joko")
    clock.shift(PROOF_LASTS)
    for path, fields in ACTS.items():
        assert joko.post(path, fields, 422).h1 == QUESTION, path
    for number in range(LIMITS["ulang"][0]):
        joko.post(CITRA, {"nama": "Lain", "bukti-lama": f"coba {number}"}, 422)
    assert "Tunggu 15 menit" in joko.post(CITRA, {"nama": "Lain", **PASSWORD}, 429).errors()[0]
    PageClient(app).entry("joko")  # whose owner is not locked out


def test_every_act_on_others_asks(app: Flask) -> None:
    """The table of permissions reaches every form of these areas: none is left out."""
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    asked = {one.endpoint for one in posts if declared(app, one.endpoint) in ASKED_AGAIN}
    assert len(asked) >= len(ACTS)
    areas = ("pengguna", "penugasan", "kartu", "opd", "setelan")
    those = {
        one.endpoint for one in posts if one.rule.startswith(tuple(f"/admin/{a}" for a in areas))
    }
    assert those - asked == set()


def test_the_fields_are_kept_and_the_act_is_carried_out(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    joko = entry("joko")
    new_opd(joko, nama="Dinas Segera", slug="segera")  # a login of this minute is enough
    clock.shift(PROOF_LASTS)
    before = opd_names(app)
    asked = new_opd(joko, 422, kode="1.05.0.00.0.00.02.0000")
    assert opd_names(app) == before
    wrong = joko.submit(asked, "/admin/opd/baru", 422, **WRONG)
    assert "Kata sandi sekarang salah" in wrong.errors()[0]
    joko.submit(wrong, "/admin/opd/baru", **PASSWORD)
    assert opd_names(app) == [*before, "Dinas & “Baru”"]
    clock.shift(PROOF_LASTS - timedelta(seconds=1))
    joko.post(f"{CITRA}/masuk/sesi")  # an answer of the last minutes is enough
    clock.shift(timedelta(seconds=1))
    joko.post(f"{CITRA}/masuk/sesi", status=422)


def test_a_clock_that_was_set_back_does_not_make_an_answer_last(
    entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    joko = entry("joko")
    clock.shift(timedelta(minutes=-5))
    sent = joko.http.post(f"{CITRA}/masuk/sesi")
    assert sent.location == "/masuk"  # a cookie of the future opens nothing
    joko.entry("joko").post(f"{CITRA}/masuk/sesi")
    clock.shift(timedelta(minutes=5) + PROOF_LASTS)
    joko.post(f"{CITRA}/masuk/sesi", status=422)


def test_the_answer_is_worth_nothing_in_another_session(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    joko = entry("joko")
    copied = joko.http.get_cookie("__Host-kkpd")
    assert copied is not None
    clock.shift(PROOF_LASTS)
    joko.post(f"{CITRA}/masuk/sesi", PASSWORD)
    thief = PageClient(app)
    thief.http.set_cookie("__Host-kkpd", copied.value)
    assert thief.post(f"{CITRA}/masuk/sesi", status=422).h1 == QUESTION


def test_a_code_or_a_passkey_answers_too(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    key, joko = Authenticator(), entry("joko")
    seed, _ = set_up_app(joko)
    page = joko.get("/cara-masuk/")
    answer = key.make(challenge_of(page, "/cara-masuk/kunci"))
    joko.submit(page, "/cara-masuk/kunci", nama="Laptop", jawaban=answer)
    clock.shift(PROOF_LASTS)
    path = f"{CITRA}/masuk/sesi"
    asked = joko.post(path, status=422)
    assert "Ketik kata sandi" in joko.submit(asked, path, 422).errors()[0]
    wrong: dict[str, Any] = {"bukti-kode": "000000"}
    right: dict[str, Any] = {"bukti-kode": code(seed, datetime.now(UTC))}
    joko.submit(asked, path, 422, **wrong)
    joko.submit(asked, path, **right)
    clock.shift(PROOF_LASTS)
    asked = joko.post(path, status=422)
    answer = key.use(offered(asked))
    joko.post(path, {"bukti-jawaban": answer})
    clock.shift(PROOF_LASTS)
    joko.post(path, {"bukti-jawaban": answer}, 422)  # one challenge, one answer


def test_an_account_without_a_password_proves_itself_by_its_factor(
    app: Flask, entry: LoggedIn, clock: time_machine.Traveller
) -> None:
    key, citra = Authenticator(), entry("citra")
    register(citra, key)
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        mine = update(Pengguna).where(Pengguna.nama_masuk == "citra")
        session.execute(mine.values(sandi_hash=None))
    clock.shift(PROOF_LASTS)
    page = citra.get("/akun/kalender")
    asked = citra.submit(page, "/akun/kalender", 422)
    assert not asked.tree.xpath("//input[@type='password']")
    challenge = offered(asked)
    token = asked.form("/akun/kalender").fields["csrf_token"]
    fields = {"csrf_token": token, "bukti-jawaban": key.use(challenge)}
    assert citra.http.post("/akun/kalender", data=fields).status_code == 200
    assert citra.get("/sandi", 303).location == "/cara-masuk/"
    page = citra.follow(citra.submit(citra.get("/cara-masuk/"), "/cara-masuk/tanya"))
    answer = key.use(challenge_of(page, "/cara-masuk/bukti"))
    citra.submit(page, "/cara-masuk/bukti", jawaban=answer)
    word = "perahu kuning sore hari"
    citra.submit(citra.get("/sandi"), "/sandi", baru=word, ulang=word)
