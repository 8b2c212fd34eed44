"""`kkpd db roles` on a real server: three logins, of which only the owner can change the guards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from kkpd.app import create_app
from kkpd.cli import main
from kkpd.core.config import Settings
from kkpd.core.db.roles import APP_ROLE, REPORT_ROLE
from kkpd.core.errors import DomainError

_NAME, _OWNER, _PASSWORD = "kkpd_peran_uji", "kkpd_pemilik_uji", "hanya-untuk-uji"


@pytest.fixture
def admin(postgres_url: str) -> Iterator[URL]:
    """The server as somebody who may create roles; what the test makes is gone afterwards."""
    found = make_url(postgres_url)
    if "KKPD_TEST_POSTGRES_URL" not in os.environ:
        found = found.set(username="postgres", database="postgres")
    yield found
    with _connected(found) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)".encode())
        connection.execute(f"DROP ROLE IF EXISTS {_OWNER}".encode())


@pytest.fixture
def environ(admin: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings of an installation whose database is still to be made."""
    there = admin.set(database=_NAME, password=_PASSWORD)
    found = {
        "KKPD_INSTANCE": str(tmp_path / "instance"),
        "KKPD_DATABASE_URL": _text(there.set(username=APP_ROLE)),
        "KKPD_DATABASE_OWNER_URL": _text(there.set(username=_OWNER)),
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    return found


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _connected(url: URL) -> psycopg.Connection:
    return psycopg.connect(_text(url), autocommit=True)


def test_roles_then_structure_then_the_server_runs(
    environ: dict[str, str], admin: URL, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):  # safe to repeat
        assert main(["db", "roles", "--admin", _text(admin)]) == 0
        assert main(["db", "upgrade"]) == 0
    app = create_app(Settings.load(environ))
    assert app.test_client().get("/sehat").status_code == 200
    app.extensions["kkpd.engine"].dispose()
    assert "kkpd db upgrade" in capsys.readouterr().out
    with pytest.raises(DomainError, match="kkpd db roles"):
        create_app(
            Settings.load({**environ, "KKPD_DATABASE_URL": environ["KKPD_DATABASE_OWNER_URL"]})
        )


REFUSED = {
    APP_ROLE: (
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP TRIGGER event_tetap_u ON event",
        "DELETE FROM event",
        "UPDATE event SET subjek = 'x'",
        "TRUNCATE event",
        "CREATE TABLE public.milikku (n int)",
        f"SET ROLE {_OWNER}",
        "SELECT * FROM penjaga.kunci",
        "CREATE SCHEMA milikku",
    ),
    REPORT_ROLE: (
        "SELECT sandi_hash FROM pengguna",
        "SELECT * FROM sesi",
        "INSERT INTO rekening (id) VALUES (1)",
        "SELECT kkpd_lingkup()",
        "CREATE TEMP TABLE milikku (n int)",
    ),
}


def test_what_each_login_may_not_do(environ: dict[str, str], admin: URL) -> None:
    assert main(["db", "roles", "--admin", _text(admin)]) == 0
    assert main(["db", "upgrade"]) == 0
    with _connected(admin) as connection:
        statement = f"ALTER ROLE {REPORT_ROLE} PASSWORD '{_PASSWORD}'"
        connection.execute(statement.encode())
    for role, statements in REFUSED.items():
        there = make_url(environ["KKPD_DATABASE_URL"]).set(username=role)
        with _connected(there) as connection:
            for statement in statements:
                with pytest.raises(psycopg.Error):
                    connection.execute(statement.encode())
            if role == REPORT_ROLE:
                connection.execute("SELECT nama_masuk FROM pengguna").fetchall()
                connection.execute("SELECT sum(nilai) FROM baris_bank").fetchone()


def test_without_an_administrator_the_statements_are_printed(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["db", "roles"]) == 0
    said = capsys.readouterr().out
    assert f'ALTER DATABASE "{_NAME}" OWNER TO "{_OWNER}";' in said


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("KKPD_DATABASE_URL", "sqlite:////tmp/x.sqlite3", "hanya untuk PostgreSQL"),
        ("KKPD_DATABASE_URL", f"postgresql://lain@localhost/{_NAME}", APP_ROLE),
        ("KKPD_DATABASE_OWNER_URL", "", "belum diisi"),
        ("KKPD_DATABASE_OWNER_URL", f"postgresql://{APP_ROLE}@localhost/{_NAME}", "yang lain"),
        ("KKPD_DATABASE_OWNER_URL", "postgresql://kkpd@localhost/lain", "berbeda"),
    ],
)
def test_addresses_that_are_no_two_logins_of_one_database_are_refused(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv(name, value)
    assert main(["db", "roles"]) == 2
    assert words in capsys.readouterr().err


def test_the_programs_login_alone_cannot_migrate(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KKPD_DATABASE_OWNER_URL")
    assert main(["db", "upgrade"]) == 2
    assert "KKPD_DATABASE_OWNER_URL" in capsys.readouterr().err
