"""Settings: where they come from, and that a bad one stops the start by its name."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys
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
    assert Settings.load({"KKPD_SECRET_KEY": KEY, "KKPD_DEMO": "1"}).instance.name == "instance"


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


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("postgresql://kkpd_app@db.contoh.go.id/kkpd", True),
        ("postgresql://kkpd_app@10.0.0.5/kkpd?sslmode=require", True),
        ("postgresql://kkpd_app@/kkpd?host=10.0.0.5", True),
        ("postgresql://kkpd_app@localhost/kkpd?host=10.0.0.5", True),
        ("postgresql://kkpd_app@db.contoh.go.id/kkpd?sslmode=verify-full", False),
        ("postgresql://kkpd_app@localhost/kkpd", False),
        ("postgresql://kkpd_app@127.0.0.1:5433/kkpd", False),
        ("postgresql:///kkpd?host=/run/postgresql", False),
    ],
)
@pytest.mark.parametrize("name", ["KKPD_DATABASE_URL", "KKPD_DATABASE_OWNER_URL"])
def test_a_database_on_another_machine_is_reached_by_checked_tls_alone(
    tmp_path: Path, name: str, url: str, refused: bool
) -> None:
    if not refused:
        assert url in (load(tmp_path, **{name: url}).database_url, url)
        return
    with pytest.raises(SettingError, match="sslmode=verify-full") as caught:
        load(tmp_path, **{name: url})
    assert caught.value.name == name


@pytest.mark.parametrize("name", ["kkpd.toml", "kkpd.sqlite3", "log_key", "keamanan.log", "berkas"])
def test_what_others_can_open_stops_the_start_with_the_command_that_mends_it(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.mkdir() if name == "berkas" else path.touch()
    path.chmod(0o755 if name == "berkas" else 0o640)
    with pytest.raises(SettingError, match=f"chmod 600 {path}|chmod 700 {path}"):
        load(tmp_path)
    load(tmp_path, KKPD_DEMO="1")
    path.chmod(0o700 if name == "berkas" else 0o600)
    load(tmp_path)


def test_an_open_instance_folder_stops_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    with pytest.raises(SettingError, match=f"chmod 700 {tmp_path}"):
        load(tmp_path)


def test_what_the_program_makes_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    environ = {**os.environ, "KKPD_INSTANCE": str(tmp_path / "baru")}
    made = [sys.executable, "-c", _MAKES]
    subprocess.run(made, env=environ, cwd=Path(__file__).parents[1], umask=0, check=True)
    found = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "baru").iterdir()}
    assert {"kkpd.sqlite3", "secret_key", "log_key", "log_key.pub", "berkas"} <= set(found)
    assert {name: mode for name, mode in found.items() if mode not in {0o600, 0o700}} == {}
    load(tmp_path / "baru")


_MAKES = """
from kkpd.cli import context, main
from kkpd.core.proof.log_key import load_signer
main(["db", "upgrade"])
load_signer(context.settings().instance)
context.open_store(context.settings()).put(b"isi")
"""


def test_the_secret_key_may_lie_in_a_file_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "rahasia" / "kunci"
    path.parent.mkdir()
    path.write_text(KEY + "\n")
    name = {"KKPD_SECRET_KEY_FILE": str(path)}
    assert load(tmp_path / "instance", **name).secret_key == KEY
    assert not (tmp_path / "instance" / "secret_key").exists()
    path.chmod(0o440)
    with pytest.raises(SettingError, match=f"chmod 600 {path}"):
        load(tmp_path / "instance", **name)
    found = load(tmp_path / "instance", **name, CREDENTIALS_DIRECTORY=str(path.parent))
    assert found.secret_key == KEY  # systemd lets the service in by the group's ACL
    path.chmod(0o444)
    with pytest.raises(SettingError, match="orang lain"):
        load(tmp_path / "instance", **name, CREDENTIALS_DIRECTORY=str(path.parent))
