"""One bill in three forms is one bill, whatever comes first; so is a copy with numbers hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.engines import reading as engines_reading
from kkpd.engines.reading.custody import keepable
from kkpd.models import BarisBank, Impor, ImporTagihan, Tagihan, Temuan
from tests.cast import fill
from tests.databases import Fill
from tests.engines.reading.bills import BillSheet, Item, as_csv, as_pdf, as_xlsx
from tests.worlds.bills import ambil

KARTU = "512345******4821"
BILL = BillSheet(
    [
        Item(date(2026, 10, 3), Decimal("750000"), "SUMBER REJEKI MEDAN ID", card=KARTU),
        Item(date(2026, 10, 13), Decimal("25000"), "KOPI DELI LUBUK PAKAM", card=KARTU),
        Item(date(2026, 10, 13), Decimal("25000"), "KOPI DELI LUBUK PAKAM", card=KARTU),
        Item(date(2026, 10, 20), Decimal("-87500"), "REFUND RM SEDERHANA", card=KARTU),
        Item(date(2026, 10, 25), Decimal("10000"), "BEA METERAI", card=KARTU),
    ],
    bill_date=date(2026, 10, 25),
    due_date=date(2026, 11, 14),
    stamp_duty=Decimal(10_000),
)
MEMBUAT: dict[str, Callable[[BillSheet], bytes]] = {
    "csv": as_csv,
    "xlsx": as_xlsx,
    "pdf": as_pdf,
}
SHAPE = {form: make(BILL) for form, make in MEMBUAT.items()}


@pytest.fixture(scope="module")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.fixture
def database_kind() -> str:
    """What is tried here does not depend on the database; the rest of the tests runs on both."""
    return "sqlite"


@pytest.mark.parametrize("order", list(permutations(SHAPE)))
def test_one_bill_in_three_forms(session: Session, tmp_path: Path, order: tuple[str, ...]) -> None:
    for number, form in enumerate(order):
        hasil = ambil(session, tmp_path, SHAPE[form], nama=f"tagihan.{form}")
        assert (hasil.baru, hasil.lama) == ((5, 0) if number == 0 else (0, 5)), form
    assert session.scalar(select(func.count()).select_from(Tagihan)) == 1
    assert session.scalar(select(func.count()).select_from(BarisBank)) == 5
    assert session.scalar(select(func.sum(BarisBank.nilai))) == session.scalar(
        select(ImporTagihan.jumlah).limit(1)
    )
    assert session.scalars(select(Temuan.aturan)).all() == []
    assert session.scalar(select(func.count()).select_from(Impor)) == 3


@pytest.mark.parametrize("form", list(SHAPE))
def test_a_file_with_whole_card_numbers_reads_the_same_once_hidden(form: str) -> None:
    whole = BillSheet([replace(item, card="4111111111111111") for item in BILL.items])
    data = MEMBUAT[form](whole)
    kept = keepable(data, f"tagihan.{form}")
    assert kept.sha256_sent is not None
    assert b"4111111111111111" not in kept.data
    before, after = engines_reading.parse(data).lines, engines_reading.parse(kept.data).lines
    assert len(after) == 5
    for one, two in zip(before, after, strict=True):
        assert one.card_last4 == two.card_last4 == "1111"
        assert (one.transaction_date, one.amount, one.raw) == (
            two.transaction_date,
            two.amount,
            two.raw,
        )
