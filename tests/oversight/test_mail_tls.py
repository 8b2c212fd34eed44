"""Reminders by a mail server that encrypts and asks for a login: what goes out, what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kkpd.core.config import Smtp
from kkpd.oversight.remind import NotSent, SmtpCarrier
from kkpd.oversight.reminder_rules import Mail
from tests.worlds.certificates import sertifikat
from tests.worlds.mail_server import Rule, server
from tests.worlds.office import NOW

SURAT = Mail("citra@dinkes.contoh.go.id", "Pengingat KKPD", "1 hal menunggu Anda.\n")
AKUN = ("kkpd", "kata sandi panjang")
SMTP = Smtp("127.0.0.1", 1, "tls", "kkpd@contoh.go.id", *AKUN)


@pytest.fixture
def dipercaya(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rule:
    """A server with an account and a certificate that this machine trusts."""
    konteks, ca = sertifikat(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    return Rule(akun=AKUN, konteks=konteks)


def kirim(aturan: Rule, smtp: Smtp) -> str:
    """Send by such a server; why it did not go, empty when it did."""
    told = ""
    with server(aturan) as port:
        try:
            SmtpCarrier(replace(smtp, port=port)).deliver(SURAT, NOW)
        except NotSent as problem:
            told = str(problem)
    assert AKUN[1] not in told
    return told


@pytest.mark.parametrize("lintas", ["tls", "starttls"])
def test_encrypted_and_logged_in(dipercaya: Rule, lintas: str) -> None:
    dipercaya.lintas = lintas
    assert kirim(dipercaya, replace(SMTP, security=lintas)) == ""
    assert len(dipercaya.letter) == 1
    assert dipercaya.terbuka == []  # nothing in the clear, the login least of all
    wrong = replace(SMTP, security=lintas, password="keliru")
    assert kirim(dipercaya, wrong) == "server surel menolak nama atau kata sandi pengirim"
    anonymous = replace(SMTP, security=lintas, user="", password="")
    assert kirim(dipercaya, anonymous) == "server surel menjawab 530"
    assert len(dipercaya.letter) == 1


@pytest.mark.parametrize("lintas", ["tls", "starttls"])
def test_a_server_that_nobody_vouches_for_learns_nothing(
    dipercaya: Rule, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lintas: str
) -> None:
    other = tmp_path / "lain"
    other.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(sertifikat(other)[1]))
    dipercaya.lintas = lintas
    told = kirim(dipercaya, replace(SMTP, security=lintas))
    assert told == "sertifikat server surel tidak dapat dipercaya"
    assert (dipercaya.letter, dipercaya.terbuka) == ([], [])


def test_a_server_without_starttls_is_not_told_the_password(dipercaya: Rule) -> None:
    told = kirim(dipercaya, replace(SMTP, security="starttls"))
    assert told == "server surel tidak menawarkan STARTTLS atau cara masuk yang dikenal"
    assert (dipercaya.letter, dipercaya.terbuka) == ([], [])


def test_a_server_that_knows_no_login(dipercaya: Rule) -> None:
    """The setting asks for a login that this server does not offer: nothing is sent without."""
    dipercaya.lintas, dipercaya.akun = "tls", None
    assert "tidak menawarkan" in kirim(dipercaya, SMTP)
    assert dipercaya.letter == []
