"""A real small disk that is full: books, kept files and logs on it, no room for the next file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.server.conftest import Server
from tests.server.test_berkas_buruk import state
from tests.server.test_mati import AREA, bill
from tests.worlds.bills import KOPI, csv

_ROOM = 64


@pytest.fixture
def small(server: Server, tmp_path: Path) -> Iterator[Server]:
    """A server whose whole instance lies on a disk of its own of 64 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}m,mode=700", "tmpfs", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may make a small disk, and not in every container")
    try:
        database = disk / "books.sqlite3"
        shutil.copy(make_url(server.database).database or "", database)
        server.instance, server.database = disk / "instance", f"sqlite:///{database}"
        server.further = {"KKPD_MAX_BILL_MIB": "2"}
        yield server
        server.bunuh()
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill_up(disk: Path, left: int) -> Path:
    """Use up the room but for so many bytes."""
    filler = disk / "filler"
    with filler.open("wb") as handle:
        handle.write(bytes(shutil.disk_usage(disk).free - left))
    return filler


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("left", [200 * 1024, 0])
def test_a_full_disk_says_so_and_keeps_nothing_half_written(small: Server, left: int) -> None:
    """Room for the log, not for the file; then none at all."""
    small.mulai()
    citra = small.orang("citra")
    form, fields = f"{AREA}/unggah", {"profil": "", "jenis": ""}
    assert citra.get(form).status == 200
    before = state(small)
    filler = fill_up(small.instance.parent, left)
    sent = citra.kirim(form, fields, ("berkas", "besar.csv", bill(15_000)))
    assert (sent.status, "penuh" in sent.teks) == (507, True), sent.teks
    health = citra.get("/sehat")
    assert (health.status, "tersisa" in health.teks) == (503, True), health.teks
    assert state(small) == before
    assert not [path for path in small.instance.rglob("*") if path.name.startswith(".")]
    filler.unlink()
    citra.get(form)
    assert citra.kirim(form, fields, ("berkas", "kecil.csv", csv([KOPI]))).status == 303
    assert citra.get("/sehat").status == 200
