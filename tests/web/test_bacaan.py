"""A reading that is kept aside comes back as it was."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path

import pytest

from kkpd.engines.reading import parse
from kkpd.worker.context import ReadingShelf, reading_key
from tests.engines.reading.bills import as_csv
from tests.engines.reading.test_bills import BILL

ASKED = b"Tanggal;Toko;Jumlah\n03/04/2025;A;1.234\n04/05/2025;B;2.345\n;;\n"
UNREAD = b"Tanggal;Toko;Jumlah\n13/04/2025;A;1,50\n31/02/2025;B;2,50\n14/04/2025;C;2,50\n"


@pytest.mark.parametrize("data", [as_csv(BILL), ASKED, UNREAD], ids=["bill", "asked", "unread"])
def test_a_reading_comes_back_as_it_was(tmp_path: Path, data: bytes) -> None:
    rak, key = ReadingShelf(tmp_path / "bacaan"), reading_key("0" * 64, "", {})
    assert (rak.load_data(key), rak.present(key)) == (None, False)
    rak.save(key, pickle.dumps(parse(data)))
    assert rak.load_data(key) == parse(data)
    rak.drop(key)
    rak.drop(key)
    assert not rak.present(key)


#: The last asks to be run while it is loaded.
DAMAGED = (b"", b"\xff\xff", b"i\x07\x00\x00\x00", pickle.dumps(7), b"cbuiltins\nexit\n(I9\ntR.")


@pytest.mark.parametrize("bytes_", DAMAGED)
def test_a_reading_that_cannot_be_read_is_made_anew(tmp_path: Path, bytes_: bytes) -> None:
    rak = ReadingShelf(tmp_path)
    (tmp_path / "rusak").write_bytes(bytes_)
    assert rak.load_data("rusak") is None
    assert not rak.present("rusak")
    rak.save("utuh", pickle.dumps(parse(UNREAD)))
    whole = (tmp_path / "utuh").read_bytes()
    for cut in range(1, len(whole), max(1, len(whole) // 40)):
        (tmp_path / "utuh").write_bytes(whole[:cut])
        assert rak.load_data("utuh") is None


def test_a_reading_that_nobody_came_for_goes(tmp_path: Path) -> None:
    rak, read = ReadingShelf(tmp_path), pickle.dumps(parse(UNREAD))
    rak.save("lama", read)
    week = time.time() - 8 * 24 * 3600
    os.utime(tmp_path / "lama", (week, week))
    rak.save("baru", read)
    assert [one.name for one in tmp_path.iterdir()] == ["baru"]


def test_what_a_reading_depends_on() -> None:
    keys = {
        reading_key("a" * 64, "", {}),
        reading_key("b" * 64, "", {}),
        reading_key("a" * 64, "name = x", {}),
        reading_key("a" * 64, "", {"urutan_tanggal": "dmy"}),
        reading_key("a" * 64, "", {"urutan_tanggal": "mdy"}),
    }
    assert len(keys) == 5
