"""Sign-on by an identity provider that runs as a process of its own."""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import select, update

from kkpd.core.config import NAMES, Oidc, SettingError, Settings
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import LoginStep, Pengguna, Sesi
from kkpd.organisation import sign_on
from kkpd.organisation.sign_on import NotProved, Provider, ProviderDown
from kkpd.web.globals import engine
from tests.client import DEMO_LOGIN_WORD, Page, PageClient
from tests.second_factors import code as app_code

LoggedIn = Callable[[str], PageClient]
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_PATIENCE_SECONDS = 120


@dataclasses.dataclass
class Running:
    """The provider: its address and its process."""

    issuer: str
    process: subprocess.Popen[bytes]

    def config(self, client_id: str = "buku-kkpd", mfa: str = "") -> Oidc:
        """The settings of a program that uses it."""
        words = frozenset(mfa.split())
        return Oidc(self.issuer, client_id, "Akun Kabupaten", words, client_secret="a secret")


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Running]:
    """A provider of this test's own, ended with it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "provider.log").open("wb") as log:
        words = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
        process = subprocess.Popen(words, stdout=log, stderr=log)
    found = Running(f"http://localhost:{port}", process)
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(found.issuer):
        assert time.monotonic() < give_up, (tmp_path / "provider.log").read_text()
        time.sleep(0.1)
    yield found
    process.kill()
    process.wait()


def _answers(issuer: str) -> bool:
    try:
        address = f"{issuer}/.well-known/openid-configuration"
        return requests.get(address, timeout=5).status_code == 200
    except requests.RequestException:
        return False


@pytest.fixture
def used(app: Flask, settings: Settings, provider: Running) -> Flask:
    """The program, which uses the provider."""
    app.extensions["kkpd.settings"] = dataclasses.replace(settings, oidc=provider.config())
    return app


def at_provider(page: Page, subject: str) -> str:
    """Log in at the provider, where the page leads; the address it sends the browser back to."""
    address = page.tree.xpath("//main//a/@href")[0]
    asked = parse_qs(urlsplit(address).query)
    assert asked["redirect_uri"] == ["http://localhost/masuk/penyedia/kembali"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert page.response.headers["Refresh"] == f"0; url={address}"
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=30)
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def come_back(client: PageClient, page: Page, subject: str) -> Page:
    """From the page that leads to the provider until the program has judged the answer."""
    shown = client.get(at_provider(page, subject))
    return client.submit(shown, "/masuk/penyedia/kembali")


def link(client: PageClient, subject: str) -> None:
    """Link the logged-in person's account."""
    client.post("/cara-masuk/bukti", {"lama": DEMO_LOGIN_WORD})
    page = client.submit(client.get("/cara-masuk/"), "/cara-masuk/penyedia", 200)
    done = client.follow(come_back(client, page, subject))
    assert "Akun Anda terhubung" in done.text


def test_a_linked_account_is_opened_by_the_provider_and_no_other(
    used: Flask, entry: LoggedIn
) -> None:
    stranger = PageClient(used)
    page = stranger.submit(stranger.get("/masuk"), "/masuk/penyedia", 200)
    refused = stranger.follow(come_back(stranger, page, "citra@example.go.id"))
    assert "belum dihubungkan" in refused.text  # no account is made, and no address is enough
    citra = entry("citra")
    link(citra, "subject-of-citra")
    client = PageClient(used)
    page = client.submit(client.get("/masuk?lanjut=/sandi"), "/masuk/penyedia", 200)
    after = come_back(client, page, "subject-of-citra")
    assert after.location == "/sandi"
    assert "Citra Bendahara" in client.follow(after).text
    dewi = entry("dewi")
    dewi.post("/cara-masuk/bukti", {"lama": DEMO_LOGIN_WORD})
    page = dewi.submit(dewi.get("/cara-masuk/"), "/cara-masuk/penyedia", 200)
    taken = dewi.follow(come_back(dewi, page, "subject-of-citra"))
    assert "sudah terhubung dengan akun lain" in taken.text
    _change(used, "citra", aktif=False)
    blocked = PageClient(used)
    page = blocked.submit(blocked.get("/masuk"), "/masuk/penyedia", 200)
    assert come_back(blocked, page, "subject-of-citra").location == "/masuk"


def _change(app: Flask, nama: str, **values: object) -> None:
    with app.app_context(), writing(engine(), EVERY_OPD) as session:
        session.execute(update(Pengguna).where(Pengguna.nama_masuk == nama).values(**values))


def test_the_link_needs_a_proof_and_can_be_ended(used: Flask, entry: LoggedIn) -> None:
    citra = entry("citra")
    assert citra.post("/cara-masuk/penyedia").location == "/cara-masuk/"
    assert citra.post("/cara-masuk/penyedia/lepas").location == "/cara-masuk/"
    link(citra, "subject-of-citra")
    citra.submit(citra.get("/cara-masuk/"), "/cara-masuk/penyedia/lepas")
    client = PageClient(used)
    page = client.submit(client.get("/masuk"), "/masuk/penyedia", 200)
    assert "belum dihubungkan" in client.follow(come_back(client, page, "subject-of-citra")).text


def test_the_second_factor_is_asked_unless_the_providers_counts(
    used: Flask, settings: Settings, provider: Running, entry: LoggedIn
) -> None:
    citra = entry("citra")
    link(citra, "subject-of-citra")
    page = citra.get("/cara-masuk/")
    seed = page.tree.xpath("//code[@class='seed']")[0].text.replace(" ", "")
    kode = app_code(seed, datetime.now(UTC))
    citra.submit(page, "/cara-masuk/aplikasi", 200, kode=kode)
    client = PageClient(used)
    page = client.submit(client.get("/masuk"), "/masuk/penyedia", 200)
    assert come_back(client, page, "subject-of-citra").location == "/masuk/faktor"
    client.get("/sandi", 303)
    requests.put(f"{provider.issuer}/users/subject-of-citra", json={"amr": ["mfa"]}, timeout=30)
    strong = dataclasses.replace(settings, oidc=provider.config(mfa="mfa"))
    used.extensions["kkpd.settings"] = strong
    client = PageClient(used)
    page = client.submit(client.get("/masuk"), "/masuk/penyedia", 200)
    assert come_back(client, page, "subject-of-citra").location == "/"


def by_provider(app: Flask, subject: str) -> PageClient:
    """A browser that the provider let in."""
    client = PageClient(app)
    page = client.submit(client.get("/masuk"), "/masuk/penyedia", 200)
    come_back(client, page, subject)
    return client


def asked_at(provider: Running, subject: str, at: datetime | None) -> None:
    """What the provider says of when it last asked this person."""
    claims = {"auth_time": None if at is None else int(at.timestamp())}
    requests.put(f"{provider.issuer}/users/{subject}", json=claims, timeout=30)


def test_who_comes_by_the_provider_alone_proves_it_there_again(
    used: Flask, provider: Running, entry: LoggedIn
) -> None:
    """No password, no factor: an act waits with its fields while the provider asks anew."""
    subject = "subject-of-joko"
    link(entry("joko"), subject)
    _change(used, "joko", sandi_hash=None)
    joko, path = by_provider(used, subject), "/admin/pengguna/baru"
    asked = joko.submit(joko.get(path), path, 422, nama="Wira “Baru”")
    assert not asked.tree.xpath("//input[@type='password']")
    for told in (None, datetime.now(UTC) - timedelta(minutes=7)):  # an old session proves nothing
        asked_at(provider, subject, told)
        page = joko.submit(asked, "/masuk/penyedia/bukti", 200)
        refused = joko.submit(joko.get(at_provider(page, subject)), "/masuk/penyedia/kembali")
        assert "tidak memastikan bahwa ini Anda" in joko.follow(refused).text
    page = joko.submit(asked, "/masuk/penyedia/bukti", 200)
    address = parse_qs(urlsplit(page.tree.xpath("//main//a/@href")[0]).query)
    assert (address["prompt"], address["max_age"]) == (["login"], ["0"])
    asked_at(provider, subject, datetime.now(UTC))
    asked_at(provider, "somebody else", datetime.now(UTC))
    stranger = joko.submit(joko.get(at_provider(page, "somebody else")), "/masuk/penyedia/kembali")
    assert "tidak memastikan" in joko.follow(stranger).text
    page = joko.submit(asked, "/masuk/penyedia/bukti", 200)
    shown = joko.submit(joko.get(at_provider(page, subject)), "/masuk/penyedia/kembali", 200)
    done = joko.submit(shown, path)
    assert "Wira “Baru”" in joko.follow(done).text
    page = joko.submit(joko.get("/cara-masuk/"), "/masuk/penyedia/bukti", 200)
    joko.follow(joko.submit(joko.get(at_provider(page, subject)), "/masuk/penyedia/kembali"))
    word = "perahu kuning sore hari"
    joko.submit(joko.get("/sandi"), "/sandi", baru=word, ulang=word)
    PageClient(used).entry("joko", word)


def kept_tokens(app: Flask) -> list[str]:
    """The provider's tokens that sessions hold."""
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return list(session.scalars(select(Sesi.token_penyedia).where(Sesi.token_penyedia != "")))


def test_logging_out_ends_the_session_at_the_provider_too(
    used: Flask, provider: Running, entry: LoggedIn
) -> None:
    citra = entry("citra")
    link(citra, "subject-of-citra")
    assert citra.submit(citra.get("/akun/"), "/keluar").location == "/masuk"  # a password's session
    citra = by_provider(used, "subject-of-citra")
    assert len(kept_tokens(used)) == 1
    assert kept_tokens(used)[0].startswith("gAAAA"), "sealed"
    page = citra.submit(citra.get("/akun/"), "/keluar", 200)
    address = page.tree.xpath("//main//a/@href")[0]
    assert page.response.headers["Refresh"] == f"0; url={address}"
    assert address.startswith(f"{provider.issuer}/oauth2/end_session?")
    told = parse_qs(urlsplit(address).query)
    assert told["client_id"] == ["buku-kkpd"]
    assert told["post_logout_redirect_uri"] == ["http://localhost/masuk"]
    body = told["id_token_hint"][0].split(".")[1]
    claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert (claims["sub"], claims["iss"]) == ("subject-of-citra", provider.issuer)
    assert kept_tokens(used) == [], "with the session it is gone"
    assert requests.get(address, timeout=30).status_code == 200
    citra.get("/akun/", 303)  # and here it is over already
    citra = by_provider(used, "subject-of-citra")
    provider.process.kill()
    provider.process.wait()
    used.extensions.pop("kkpd.provider")
    after = citra.submit(citra.get("/akun/"), "/keluar")
    assert "tetap terbuka; akhiri di sana" in citra.follow(after).text


def test_a_provider_without_a_place_to_log_out_is_taken_as_it_is(provider: Running) -> None:
    asked = Provider(provider.config())
    assert asked.end_address("http://localhost/masuk", NOW) is not None
    del asked.server_metadata["end_session_endpoint"]
    assert asked.end_address("http://localhost/masuk", NOW) is None
    told = {**asked.server_metadata, "end_session_endpoint": "http://id.example.go.id/keluar"}
    with pytest.raises(ValueError, match="without https"):
        asked._checked(told)


def test_an_answer_is_used_once_by_the_browser_that_asked(used: Flask, entry: LoggedIn) -> None:
    link(entry("citra"), "subject-of-citra")
    client, thief = PageClient(used), PageClient(used)
    page = client.submit(client.get("/masuk"), "/masuk/penyedia", 200)
    address = at_provider(page, "subject-of-citra")
    stolen = thief.submit(thief.get(address), "/masuk/penyedia/kembali")
    assert "sudah dipakai" in thief.follow(stolen).text
    shown = client.get(address)
    assert client.submit(shown, "/masuk/penyedia/kembali").location == "/"
    fields = dict(shown.form("/masuk/penyedia/kembali").form_values())
    answers = {name: fields[name] for name in ("kode_jawaban", "state_jawaban")}
    assert client.post("/masuk/penyedia/kembali", answers).location == "/masuk"


def test_a_wrong_state_or_nonce_is_refused(used: Flask, entry: LoggedIn) -> None:
    link(entry("citra"), "subject-of-citra")
    for changed in ("state", "nonce"):
        client = PageClient(used)
        page = client.submit(client.get("/masuk"), "/masuk/penyedia", 200)
        address = at_provider(page, "subject-of-citra")
        with used.app_context(), writing(engine(), EVERY_OPD) as session:
            row = session.query(LoginStep).order_by(LoginStep.id.desc()).first()
            assert row is not None
            row.isi = {**row.isi, changed: "of somebody else"}
        refused = client.submit(client.get(address), "/masuk/penyedia/kembali")
        assert "tidak dapat diterima" in client.follow(refused).text, changed
    client = PageClient(used)
    for query in ("?error=access_denied", "?code=x&iss=https://jahat.id", ""):
        assert client.get(f"/masuk/penyedia/kembali{query}", 303).location == "/masuk"


def test_an_id_token_for_somebody_else_or_changed_is_refused(provider: Running) -> None:
    ours, other = Provider(provider.config()), Provider(provider.config("another program"))
    token, nonce = _token(other)
    assert other.identity(token, nonce).subject == "siapa"
    ours.begin("http://localhost/kembali", NOW)
    with pytest.raises(NotProved):
        ours.identity(token, nonce)  # its audience is the other program
    with pytest.raises(NotProved):
        other.identity(token, "another nonce")
    head, body, signature = str(token["id_token"]).split(".")
    for forged in (
        f"{head}.{body}.{signature[:-8]}AAAAAAAA",
        f"{head}.{body[:-4]}AAAA.{signature}",
        f"eyJhbGciOiJub25lIn0.{body}.",
        "no token",
    ):
        with pytest.raises(NotProved):
            other.identity({**token, "id_token": forged}, nonce)
    with pytest.raises(NotProved):
        other.identity({"access_token": "x"}, nonce)
    elsewhere = Provider(
        dataclasses.replace(provider.config("another program"), issuer="https://x")
    )
    elsewhere.server_metadata = other.server_metadata
    with pytest.raises(NotProved):
        elsewhere.identity(token, nonce)


def _token(asked: Provider) -> tuple[dict[str, object], str]:
    """A real token of the provider for this client, and its nonce."""
    back = "http://localhost/kembali"
    address, kept = asked.begin(back, NOW)
    answer = requests.post(address, data={"sub": "siapa"}, allow_redirects=False, timeout=30)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    with asked._get_session(back) as session:
        token = session.fetch_token(
            asked.server_metadata["token_endpoint"], code=code, code_verifier=kept["verifier"]
        )
    return dict(token), kept["nonce"]


def test_a_provider_that_is_down_leaves_the_password(
    used: Flask, provider: Running, entry: LoggedIn
) -> None:
    provider.process.kill()
    provider.process.wait()
    client = PageClient(used)
    for _ in range(2):  # the second time it is not even asked
        after = client.submit(client.get("/masuk"), "/masuk/penyedia")
        assert "Penyedia identitas tidak menjawab" in client.follow(after).text
    entry("citra").get("/sandi")


def test_a_provider_that_never_answers_is_given_up() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        issuer = f"http://localhost:{silent.getsockname()[1]}"
        asked = Provider(Oidc(issuer, "buku-kkpd", "x", frozenset()))
        begun = time.monotonic()
        for _ in range(2):
            with pytest.raises(ProviderDown):
                asked.begin("http://localhost/kembali", NOW)
        assert time.monotonic() - begun < 4 * sign_on.TIME_LIMIT


def test_without_a_provider_there_is_no_way_in(client: PageClient) -> None:
    assert "penyedia" not in client.get("/masuk").html
    client.post("/masuk/penyedia", status=404)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"KKPD_OIDC_ISSUER": "http://id.example.go.id"}, "KKPD_OIDC_ISSUER"),
        ({"KKPD_OIDC_ISSUER": "https://id.example.go.id"}, "KKPD_OIDC_CLIENT_ID"),
    ],
)
def test_a_bad_setting_is_named(given: dict[str, str], name: str, tmp_path: Path) -> None:
    assert name.removeprefix("KKPD_").lower() in NAMES
    tmp_path.chmod(0o700)
    with pytest.raises(SettingError) as refused:
        Settings.load({"KKPD_INSTANCE": str(tmp_path), **given})
    assert refused.value.name == name
