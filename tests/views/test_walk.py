"""How many modules a request walks through: whoever follows it must open so many files.

`WALK=names script/test tests/views/test_walk.py -s` also prints the modules of each request.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import pytest
from flask import Flask

from kkpd.web.globals import today
from tests.client import PageClient
from tests.databases import Fill
from tests.views.test_belanja import isi
from tests.views.test_rantai import AREA, LoggedIn, answer, belanja, forward, pair
from tests.worlds import office as belanja_dunia
from tests.worlds.bills import KOPI, NASI, csv

__all__ = ["belanja"]
#: request -> the most modules it may enter; lower it when fragments are joined. Taking in also
#: judges the lines (watch) and opens cases.
MOST = {"upload": 58, "check": 55, "take in": 89, "purchase": 63, "DPT": 69}


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@contextmanager
def walk(name: str) -> Iterator[None]:
    """Count the modules of ours whose functions run; module bodies (imports) do not count."""
    entered: set[str] = set()

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            entered.add(frame.f_globals.get("__name__", ""))

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
    ours = sorted(one for one in entered if one.partition(".")[0] == "kkpd")
    print(f"{name}: {len(ours)} modules", *(ours if os.environ.get("WALK") else []), sep="\n  ")
    assert len(ours) <= MOST[name], ours


def test_a_bill_walks_few_modules(entry: LoggedIn) -> None:
    citra, area = entry("citra"), f"{AREA}/tagihan"
    form = citra.get(f"{area}/unggah")
    with walk("upload"):
        sent = citra.submit(form, f"{area}/unggah", berkas=(csv([KOPI, NASI]), "tagihan.csv"))
    with walk("check"):
        check = citra.follow(sent)
    with walk("take in"):
        citra.submit(check, f"{area}/berkas/1/ambil")


def test_a_purchase_walks_few_modules(app: Flask, entry: LoggedIn) -> None:
    with app.app_context():
        day = today()
    day -= timedelta(days=max(0, day.weekday() - 4))
    citra, area = entry("citra"), f"{AREA}/belanja"
    form = citra.get(f"{area}/baru")
    with walk("purchase"):
        citra.submit(form, f"{area}/baru", **isi(f"{day:%d/%m/%Y}"))


def test_a_dpt_walks_few_modules(app: Flask, entry: LoggedIn, belanja: list[int]) -> None:
    pair(app, belanja)
    forward(entry, belanja)
    dewi: PageClient = entry("dewi")
    for one in belanja:
        answer(dewi, one)
    check = dewi.get(f"{AREA}/persetujuan/terbit")
    with walk("DPT"):
        dewi.submit(check, f"{AREA}/persetujuan/terbit")
