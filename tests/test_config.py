"""Settings: where they come from, and that a bad one stops the start by its name."""

from __future__ import annotations

import dataclasses
import os
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from kkpd.core.config import SettingError, Settings

KEY = "k" * 32


def load(folder: Path, **environ: str) -> Settings:
    """Settings of an instance folder and these variables."""
    return Settings.load({"KKPD_INSTANCE": str(folder), **environ})


def test_the_defaults_are_those_of_production(tmp_path: Path) -> None:
    found = load(tmp_path / "baru")
    assert found.database_url == f"sqlite:///{tmp_path}/baru/kkpd.sqlite3"
    assert (found.demo, found.secure_cookies, found.trusted_proxies) == (False, True, 0)
    assert (found.idle, found.absolute) == (timedelta(minutes=30), timedelta(hours=12))
    assert (found.max_bill_bytes, found.max_evidence_bytes) == (64 << 20, 10 << 20)
    assert found.zone == "Asia/Jakarta"
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.demo = True  # type: ignore[misc]  # that it cannot be changed is the test


def test_without_a_folder_named_the_one_beside_the_package_is_taken() -> None:
    assert Settings.load({"KKPD_SECRET_KEY": KEY}).instance.name == "instance"


def test_the_secret_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = load(tmp_path)
    assert len(first.secret_key) >= 48
    assert load(tmp_path).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert load(tmp_path / "lain").secret_key != first.secret_key


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    found: set[str] = set()
    starters = [
        threading.Thread(target=lambda: found.add(load(tmp_path).secret_key)) for _ in range(8)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len(found) == 1


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "kkpd.toml").write_text(
        'idle_minutes = 10\nabsolute_hours = 8\ndemo = true\ntrusted_hosts = ["a.go.id", "b.go.id"]'
    )
    found = load(tmp_path, KKPD_IDLE_MINUTES="20")
    assert found.idle == timedelta(minutes=20)
    assert found.absolute == timedelta(hours=8)
    assert found.demo
    assert not found.secure_cookies
    assert found.trusted_hosts == ("a.go.id", "b.go.id")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KKPD_DATABASE_URL", "mysql://x/y", "sqlite:/// atau postgresql://"),
        ("KKPD_DEMO", "mungkin", "bukan ya atau tidak"),
        ("KKPD_ZONE", "Asia/Atlantis", "tidak dikenal"),
        ("KKPD_ZONE", "../../etc/passwd", "tidak dikenal"),
        ("KKPD_IDLE_MINUTES", "lama", "bukan bilangan bulat"),
        ("KKPD_IDLE_MINUTES", "-1", "bukan bilangan bulat"),
        ("KKPD_IDLE_MINUTES", "٣", "bukan bilangan bulat"),
        ("KKPD_IDLE_MINUTES", "0", "di luar batas"),
        ("KKPD_ABSOLUTE_HOURS", "1000", "di luar batas"),
        ("KKPD_TRUSTED_PROXIES", "9", "di luar batas"),
        ("KKPD_SECURE_COOKIES", "0", "hanya boleh dalam mode demo"),
        ("KKPD_SECRET_KEY", "pendek", "terlalu pendek"),
        ("KKPD_LOG_LEVEL", "BERISIK", "tidak dikenal"),
        ("KKPD_MAX_BILL_MIB", "0", "di luar batas"),
        ("KKPD_PUBLIC_URL", "kkpd.go.id", "bukan alamat http"),
        ("KKPD_SMTP_HOST", "surel go id", "bukan nama komputer"),
    ],
)
def test_a_bad_value_stops_the_start_by_its_name(
    tmp_path: Path, name: str, value: str, words: str
) -> None:
    with pytest.raises(SettingError, match=words) as caught:
        load(tmp_path, **{name: value})
    assert caught.value.name == name
    assert name in caught.value.message


SMTP = {"KKPD_SMTP_HOST": "surel.contoh.go.id", "KKPD_SMTP_FROM": "kkpd@contoh.go.id"}


def test_a_mail_server_is_optional_and_its_password_is_never_shown(tmp_path: Path) -> None:
    assert load(tmp_path).smtp is None
    found = load(tmp_path, **SMTP, KKPD_SMTP_USER="kkpd", KKPD_SMTP_PASSWORD="rahasia sekali")
    assert found.smtp is not None
    assert (found.smtp.port, found.smtp.security) == (587, "starttls")
    assert "rahasia" not in repr(found)
    tls = load(tmp_path, **SMTP, KKPD_SMTP_SECURITY="tls").smtp
    assert tls is not None
    assert tls.port == 465


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("KKPD_SMTP_FROM", {"KKPD_SMTP_FROM": "kkpd"}),
        ("KKPD_SMTP_PORT", {"KKPD_SMTP_PORT": "70000"}),
        ("KKPD_SMTP_SECURITY", {"KKPD_SMTP_SECURITY": "ssl"}),
        ("KKPD_SMTP_USER", {"KKPD_SMTP_USER": "kkpd"}),
        (
            "KKPD_SMTP_SECURITY",
            {
                "KKPD_SMTP_USER": "a",
                "KKPD_SMTP_PASSWORD": "b",
                "KKPD_SMTP_SECURITY": "none",
            },
        ),
    ],
)
def test_a_bad_mail_setting_is_named(tmp_path: Path, name: str, given: dict[str, str]) -> None:
    with pytest.raises(SettingError) as caught:
        load(tmp_path, **(SMTP | given))
    assert caught.value.name == name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("idle_minute = 10", "“idle_minute” tidak dikenal"),
        ("idle_minutes = ", "tidak dapat dibaca"),
        ("idle_minutes = 1.5", "harus berupa teks"),
        ("trusted_hosts = [1]", "harus berupa teks"),
        ("zone = 2026-01-01", "harus berupa teks"),
    ],
)
def test_a_bad_file_stops_the_start(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "kkpd.toml").write_text(content)
    with pytest.raises(SettingError, match=words):
        load(tmp_path)


def test_a_file_that_is_no_text_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "kkpd.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match="tidak dapat dibaca"):
        load(tmp_path)


def test_a_secret_key_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "secret_key").chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"pendek", b"\xff" * 40])
def test_a_broken_secret_key_stops_the_start(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret_key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SettingError, match="secret_key"):
        load(tmp_path)


def test_an_instance_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    with pytest.raises(SettingError, match="KKPD_INSTANCE"):
        load(tmp_path / "berkas" / "instance")


def test_the_environment_of_this_process_is_not_read_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "KKPD_DEMO", "1")
    assert not load(tmp_path).demo


def test_the_addresses_of_signing_services(tmp_path: Path) -> None:
    assert load(tmp_path).tsa_url == ""
    found = load(
        tmp_path,
        KKPD_TSA_URL="http://tsa.example.go.id/",
        KKPD_BSRE_URL="https://esign.example.go.id",
        KKPD_BSRE_USER="buku",
        KKPD_BSRE_PASSWORD="rahasia sekali",
    )
    assert (found.tsa_url, found.bsre_user) == ("http://tsa.example.go.id/", "buku")
    assert "rahasia sekali" not in repr(found)
    for bad in ("ftp://x", "file:///etc/passwd", "esign", "http://"):
        with pytest.raises(SettingError) as refusal:
            load(tmp_path, KKPD_BSRE_URL=bad)
        assert refusal.value.name == "KKPD_BSRE_URL"
