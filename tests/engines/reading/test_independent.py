"""The expected rows and sums of the sample files, counted a second time in the plainest way.

Not one line of kkpd.engines.reading is used: csv, calamine, lxml and regular expressions over the
bytes. So the table of expectations does not rest on the reader that it judges.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from tests.engines.reading import samples

_MOVED = re.compile(r"^:61:\s*\d{6}(?:\d{4})?\s*(R?[DC])[A-Z]?\s*([\d.]*,?\d*)", re.MULTILINE)


def city_csv(data: bytes) -> Iterator[Decimal]:
    """Rows with a transaction's number in the second column; its amount stands in the sixth."""
    for row in csv.reader(io.StringIO(data.decode("cp1252")), delimiter="\t"):
        if len(row) > 5 and re.fullmatch(r"\d+-\d+", row[1].strip()):
            yield Decimal(row[5].replace(",", ""))


def city_xls(data: bytes) -> Iterator[Decimal]:
    """Every row below the titles; the billed amount, else the original one."""
    titles, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    )
    wanted = "BILLING GROSS AMT" if "BILLING GROSS AMT" in titles else "ORIGINAL GROSS AMT"
    for row in rows:
        if row[0] != "":
            yield Decimal(f"{row[titles.index(wanted)]:.2f}")


def mt940(data: bytes) -> Iterator[Decimal]:
    """Every `:61:`; a debit is spending, a reversal goes the other way."""
    text = data.decode("cp1252", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for mark, amount in _MOVED.findall(text):
        value = Decimal(amount.replace(".", "").replace(",", ".").rstrip("."))
        yield value if mark in ("D", "RC") else -value


def camt(data: bytes) -> Iterator[Decimal]:
    """Every `Ntry`."""
    for entry in etree.fromstring(data).iter("{*}Ntry"):
        value = Decimal(entry.findtext("{*}Amt") or "")
        yield -value if entry.findtext("{*}CdtDbtInd") == "CRDT" else value


def ofx(data: bytes) -> Iterator[Decimal]:
    """Every `TRNAMT`, its sign turned."""
    for text in re.findall(rb"(?i)<TRNAMT>\s*([^<\r\n]+)", data):
        plain = text.decode().replace(" ", "").replace(",", ".")
        yield -Decimal(plain)


COUNTERS: dict[str, Callable[[bytes], Iterator[Decimal]]] = {
    ".csv": city_csv,
    ".xls": city_xls,
    ".sta": mt940,
    ".xml": camt,
    ".ofx": ofx,
    ".qfx": ofx,
}


@pytest.mark.parametrize("name", sorted(samples.expected()))
def test_the_expectation_is_what_the_file_says(name: str) -> None:
    count = COUNTERS[f".{name.removesuffix('.gz').rpartition('.')[2]}"]
    amounts = list(count(samples.read(name)))
    assert (len(amounts), sum(amounts, Decimal(0))) == samples.expected()[name]
