"""Uploads are shown to clamd where one is set: a server that speaks its protocol stands for it."""

from __future__ import annotations

import dataclasses
import io
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kkpd.core.config import SettingError, Settings
from kkpd.web.request.malware import scan
from tests.client import PageClient
from tests.databases import Fill
from tests.program import leave, program
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, csv

#: The test file that every scanner knows, in two parts so that this file is none.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
UNGGAH = "/dinkes/2026-10/tagihan/unggah"


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


def _exactly(channel: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        found += channel.recv(size - len(found))
    return found


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            channel, _ = listener.accept()
        except OSError:
            return
        with channel:
            assert _exactly(channel, 10) == b"zINSTREAM\x00"
            data = b""
            while size := struct.unpack(">I", _exactly(channel, 4))[0]:
                data += _exactly(channel, size)
            found = EICAR in data
            channel.sendall(
                b"stream: Eicar-Test-Signature FOUND\x00" if found else b"stream: OK\x00"
            )


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """The address of a scanner on a socket."""
    path = tmp_path / "clamd"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=_serve, args=(listener,), daemon=True).start()
        yield f"unix:{path}"
        listener.shutdown(socket.SHUT_RDWR)


def test_its_protocol(clamd: str) -> None:
    assert scan(clamd, io.BytesIO(b"nota" * 300_000)) == ""
    assert scan(clamd, io.BytesIO(b"nota" * 300_000 + EICAR)) == "Eicar-Test-Signature"


def test_what_it_finds_is_refused_with_a_sentence(settings: Settings, clamd: str) -> None:
    app = program(dataclasses.replace(settings, clamd=clamd))
    citra = PageClient(app).entry("citra")
    assert "tidak diperiksa terhadap virus" not in citra.get(UNGGAH).text
    sent = {"profil": "", "jenis": ""}
    words = citra.post(UNGGAH, {"berkas": (EICAR, "tagihan.csv"), **sent}, 422).text
    assert "menemukan Eicar-Test-Signature" in words
    citra.post(UNGGAH, {"berkas": (csv([KOPI]), "tagihan.csv"), **sent}, 303)
    leave(app)


def test_a_silent_scanner_refuses_and_none_is_told(settings: Settings, tmp_path: Path) -> None:
    app = program(dataclasses.replace(settings, clamd=f"unix:{tmp_path}/none"))
    citra = PageClient(app).entry("citra")
    sent = {"berkas": (csv([KOPI]), "tagihan.csv"), "profil": "", "jenis": ""}
    assert "Pemeriksa virus tidak menjawab" in citra.post(UNGGAH, sent, 422).text
    leave(app)
    app = program(settings)
    assert "tidak diperiksa terhadap virus" in PageClient(app).entry("citra").get(UNGGAH).text
    leave(app)


def test_its_address_is_checked(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="KKPD_CLAMD"):
        Settings.load({"KKPD_INSTANCE": str(tmp_path), "KKPD_CLAMD": "file:///x"})
