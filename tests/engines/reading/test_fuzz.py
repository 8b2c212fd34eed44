"""Damaged and hostile bytes: no exception but the reader's own, no hang, no row lost.

500 cases in a normal run; `KKPD_FUZZ_CASES=10000` makes a long one. Each failing case prints the
seed that makes it again.
"""

from __future__ import annotations

import io
import os
import random
import resource
import signal
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kkpd.core.errors import DomainError
from kkpd.engines.reading import apart, parse
from kkpd.engines.reading.guess import recognise
from tests.engines.reading import bills, samples

CASES = int(os.environ.get("KKPD_FUZZ_CASES", "500"))
#: Seeds of the long run that once failed: a sheet made wide by one changed byte took 25 s.
ONCE_WRONG = (6128,)
SECONDS = 5
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What reading damaged files may add to this process's peak, in MB; a child has limits of its own.
MEGABYTES = 500


class Hang(Exception):
    """A reading that took more processor time than it may."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@cache
def seeds() -> tuple[bytes, ...]:
    """Real files, the long ones cut, and made bills in the formats without a small real one."""
    found = [samples.read(name)[:6_000] for name in samples.expected() if "kota_b" not in name]
    xls = samples.read("pcard/kota_b_2.xls.gz")
    items = [bills.Item(date(2025, 3, n % 27 + 1), Decimal(n), f"TOKO {n}") for n in range(1, 9)]
    bill = bills.BillSheet(items, previous=Decimal(5), paid=Decimal(5))
    made = [bills.as_csv(bill), bills.as_xlsx(bill), bills.as_pdf(bill)]
    return (*found, xls, *made * 4, bills.as_csv(bill, ",", "utf-16"))


def flip(data: bytearray, dice: random.Random) -> None:
    data[dice.randrange(len(data))] = dice.randrange(256)


def cut(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.randrange(1, 200)]


def repeat(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.randrange(1, 300)]


def truncate(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


PLANTED = (
    *(b"\x00", b'"', b"\n", b";", b"<", b"&#0;", b":61:", b"-", b"9" * 40, b"31/02/2025"),
    *(b"1,234.5.6", b"NaN", b"Infinity", b"1e999", b"\xff\xfe", b"<STMTTRN>", b"]]>"),
)


def plant(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = dice.choice(PLANTED)


CHANGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip, flip, flip, cut, repeat, truncate, plant, plant,
)  # fmt: skip


def damaged(seed: int) -> bytes:
    """The same damage for the same seed."""
    dice = random.Random(seed)
    data = dice.choice(seeds())
    if data.startswith(b"PK") and dice.random() < 0.7:
        return inside(data, dice)
    return changed(data, dice)


def changed(data: bytes, dice: random.Random) -> bytes:
    """Some changes to the bytes."""
    array = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        if array:
            dice.choice(CHANGES)(array, dice)
    return bytes(array)


def inside(data: bytes, dice: random.Random) -> bytes:
    """Some changes to one part of a workbook, packed again without a fault."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        wanted = dice.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changed(part, dice) if name == wanted else part)
    return out.getvalue()


def read(data: bytes) -> str | None:
    """Read as a service would: the sentence of a refusal, None for a reading that lost no row."""
    try:
        if data.startswith(OLD_WORKBOOK):  # its parser may end the process
            statement = apart.unpacked(io.BytesIO(apart.parsed(data, None, {})))
        else:
            statement = parse(data, "x")
            recognise(data)
    except DomainError as refusal:
        return refusal.message
    assert statement.rows == len(statement.lines) + len(statement.skipped)
    assert all(line.amount.is_finite() for line in statement.lines)
    return None


def _read_all(cases: int) -> int:
    """The peak in KiB of this process and of those it started."""
    for seed in (*range(cases), *ONCE_WRONG):
        try:
            with time_limit(SECONDS):
                said = read(damaged(seed))
        except Exception as wrong:
            raise AssertionError(f"seed {seed}: {type(wrong).__name__}: {wrong}") from wrong
        assert said is None or said.endswith("."), f"seed {seed}: {said}"
    # a process carries the peak of the one that started it in ru_maxrss, but not in VmHWM
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own = int(status["VmHWM"].split()[0])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def test_damaged_files() -> None:
    """In a process of its own, whose memory no other test has filled."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        peak = pool.submit(_read_all, CASES).result()
    assert peak / 1024 < MEGABYTES


WORDS = (
    *("Tanggal", "Jumlah", "Merchant", "Date", "Amount", "01/02/2025", "2025-01-31", "1.234"),
    *("1,5", "-", "CR", "Total", "Saldo", "", " ", "4111111111111111", "x\ny", '"', "Rp 5.000,-"),
    *("31/12", "(1)", "1e5", "NaN"),
)
STARTS = (
    *(b"", b"PK\x03\x04", b"%PDF-1.4\n", b"OFXHEADER:100", b":20:X\n:61:"),
    *(b'<?xml version="1.0"?><Document>', b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
)
tokens = st.sampled_from(WORDS) | st.text(max_size=12)


@settings(max_examples=max(100, CASES // 5), deadline=None)
@given(st.lists(st.lists(tokens, max_size=6), max_size=12), st.sampled_from(",;\t|"))
@example([["Tanggal", "Jumlah"], ["Tanggal", "01/02/2025"], [], []], "\t")
def test_tables_of_anything(rows: list[list[str]], delimiter: str) -> None:
    read("\r\n".join(delimiter.join(row) for row in rows).encode("utf-8", "replace"))


TITLES = (
    *("Tanggal", "Tgl Transaksi", "Posting Date", "Keterangan", "Merchant", "Jumlah", "Debet"),
    *("Kredit", "Saldo", "Amount", "Kartu", "MCC", "Referensi", "Mata Uang", ""),
)
CELLS = (
    *("01/02/2025", "2 Feb", "31/12", "2025-02-03", "Rp 5.000,-", "1.234", "12.500,00 CR"),
    *("(7.00)", "KAFE", "TOKO BUKU", "Saldo Awal", "Total", "4111 **** **** 1111", "USD 3.00"),
    *("", "  ", "-"),
)
almost = st.lists(st.lists(st.sampled_from(CELLS) | tokens, max_size=7), max_size=14)


@settings(max_examples=max(200, CASES // 2), deadline=None)
@given(
    st.lists(st.sampled_from(TITLES), min_size=2, max_size=7),
    almost,
    st.integers(0, 3),
    st.sampled_from([",", ";", "\t", "|", "   ", ""]),
)
def test_almost_a_bill(titles: list[str], rows: list[list[str]], above: int, between: str) -> None:
    """Titles of a bill over rows of its kinds of cells, some gone: as a table and as set text."""
    table = [*rows[:above], titles, *rows[above:]]
    lines = (between.join(row) if between else "".join(c.ljust(16) for c in row) for row in table)
    read("\n".join(lines).encode("utf-8", "replace"))


@settings(max_examples=max(100, CASES // 5), deadline=None)
@given(st.binary(max_size=400), st.sampled_from(STARTS))
@pytest.mark.filterwarnings("ignore")  # as above
def test_bytes_of_anything(data: bytes, start: bytes) -> None:
    read(start + data)
