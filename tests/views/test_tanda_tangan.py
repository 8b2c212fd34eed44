"""Signing in the web: by whom, how, what is refused, and what is kept of the secrets: nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import make_url, select

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.verify import verify
from kkpd.models import Arsip, Dokumen, Event, Penandatanganan
from kkpd.organisation import guessing
from kkpd.records import documents as look
from kkpd.reports import signatures as keadaan_dari
from kkpd.web.globals import engine
from tests import cast
from tests.client import Page, PageClient
from tests.databases import Fill
from tests.reports.signers import DEMO_LOGIN_WORD, bsre, p12, root, serving
from tests.views.test_rantai import belanja, forward
from tests.worlds import office as belanja_dunia

__all__ = ["belanja"]
LoggedIn = Callable[[str], PageClient]
NIK = "1207000000000009"  # passes the test by which card numbers are known, and stays whole


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def dpr(app: Flask, entry: LoggedIn, belanja: list[int]) -> int:
    """An issued DPR: Budi's name stands under it."""
    forward(entry, belanja)
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        return session.scalars(select(Dokumen.id).order_by(Dokumen.id)).first() or 0


def filled(**changes: Any) -> dict[str, Any]:
    certificate = (p12("Budi Teknis"), "budi.p12")
    return {"sertifikat": certificate, "sandi": DEMO_LOGIN_WORD, "setuju": "y"} | changes


def send(client: PageClient, id_: int, status: int = 303, **changes: Any) -> Page:
    path = f"/dokumen/{id_}/tanda-tangan/"
    return client.submit(client.get(path), path, status, **filled(**changes))


def test_the_person_named_signs_and_everybody_sees_it(
    app: Flask, entry: LoggedIn, settings: Settings, dpr: int
) -> None:
    (settings.instance / "penerbit_sertifikat.pem").write_bytes(root())
    budi = entry("budi")
    page = budi.get(f"/dokumen/{dpr}")
    assert "belum ditandatangani secara elektronik" in page.text
    page = budi.follow(send(budi, dpr))
    assert "Utuh dan sah" in page.text
    assert "dipercaya di sini" in page.text
    assert budi.get(f"/dokumen/{dpr}/tanda-tangan/", 409)
    sent = budi.submit(page, f"/dokumen/{dpr}/unduh", 200)
    verdict = verify(sent.body, load_signer(settings.instance).public_key)
    assert verdict.exit_status == 0
    assert [one.name for one in verdict.signatures] == ["Budi Teknis"]
    with app.app_context(), reading(engine(), EVERY_OPD) as session:
        row = session.scalars(select(Penandatanganan)).one()
        assert look.check(session, row.sha256).status == "terbit"
        event = session.scalars(select(Event).where(Event.jenis == "laporan:tandatangan")).one()
        assert row.sha256.encode() in event.isi
        assert all(
            DEMO_LOGIN_WORD.encode() not in one.isi for one in session.scalars(select(Event))
        )
        first = session.scalars(select(Arsip).where(Arsip.dokumen_id == dpr)).one()
        assert row.ukuran > first.ukuran
        state = keadaan_dari.state_of(session, cast.actor("budi"), dpr)
        assert (state.lengkap, state.next_up, state.owned) == (True, 2, None)


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"sandi": "bukan ini"}, 422, "kata sandinya keliru"),
        ({"sandi": ""}, 422, "Isi frasa sandinya"),
        ({"sertifikat": None}, 422, "Pilih berkas sertifikat"),
        ({"setuju": None}, 422, "Centang bila"),
    ],
    ids=["wrong", "none", "no file", "not agreed"],
)
def test_what_is_refused(
    entry: LoggedIn, dpr: int, changes: dict[str, Any], status: int, said: str
) -> None:
    answer = send(entry("budi"), dpr, status, **changes)
    assert said in answer.text
    assert DEMO_LOGIN_WORD not in answer.text
    assert "bukan ini" not in answer.text


def test_guessing_a_passphrase_is_limited(
    entry: LoggedIn, dpr: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guessing.LIMITS, "frasa", (2, 50))
    budi = entry("budi")
    for _ in range(2):
        send(budi, dpr, 422, sandi="bukan ini")
    assert "Tunggu 15 menit" in send(budi, dpr, 429).text


def test_only_who_is_named_signs(entry: LoggedIn, dpr: int) -> None:
    assert (
        "tidak tercetak sebagai penanda tangan"
        in entry("dewi").get(f"/dokumen/{dpr}/tanda-tangan/", 403).text
    )
    entry("eko").get(f"/dokumen/{dpr}/tanda-tangan/", 404)


def test_by_the_service(app: Flask, settings: Settings, entry: LoggedIn, dpr: int) -> None:
    with serving(bsre) as url:
        _with(app, settings, bsre_url=url, bsre_user="buku", bsre_password="rahasia")
        budi = entry("budi")
        assert "Isi NIK Anda" in send(budi, dpr, 422, cara="bsre", nik="").text
        assert (
            "Passphrase anda salah"
            in send(budi, dpr, 422, cara="bsre", nik=NIK, sandi="bukan ini").text
        )
        send(budi, dpr, cara="bsre", nik=NIK)


def test_neither_nik_nor_passphrase_is_kept(
    app: Flask, settings: Settings, entry: LoggedIn, dpr: int
) -> None:
    """In no file of the instance and in no page of the database."""
    with serving(bsre) as url:
        _with(app, settings, bsre_url=url, bsre_user="buku", bsre_password="rahasia")
        send(entry("budi"), dpr, cara="bsre", nik=NIK)
    database = Path(make_url(settings.database_url).database or "")
    kept = [one for one in settings.instance.rglob("*") if one.is_file()]
    kept += database.parent.glob(f"{database.name}*")
    assert database in kept
    assert len(kept) > 3
    for path in kept:
        data = path.read_bytes()
        assert NIK.encode() not in data, path
        assert DEMO_LOGIN_WORD.encode() not in data, path


def _with(app: Flask, settings: Settings, **changes: str) -> None:
    app.extensions["kkpd.settings"] = dataclasses.replace(
        settings,
        **changes,  # type: ignore[arg-type]  # a test's own fields
    )
