"""The table of purchase fields and all that is made from it agree."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import String

from kkpd.belanja import lists
from kkpd.belanja.fields import (
    ENTRY_FIELDS,
    FIELDS,
    FURTHER,
    PurchaseField,
    RecordPurchase,
    say_change,
)
from kkpd.belanja.verbs import _CLASS_FIELDS, _MATCH_FIELDS
from kkpd.core import choices
from kkpd.core.db.guards import frozen_columns
from kkpd.models import Base, Transaksi
from kkpd.reports.package.contents import TABLES
from kkpd.views.belanja.form import PurchaseForm
from kkpd.views.belanja.grid import COLUMNS

COLUMN = Transaksi.__table__.c


def test_the_command_is_the_table() -> None:
    assert [one.name for one in fields(RecordPurchase)] == ["opd_id", *FIELDS]


@pytest.mark.parametrize("name", ENTRY_FIELDS)
def test_every_stored_field_has_its_column(name: str) -> None:
    """With the same length, and NULL only where the command may leave it out."""
    kind = COLUMN[name].type
    assert (
        not isinstance(kind, String) or FIELDS[name].choices or kind.length == FIELDS[name].longest
    )
    assert not (COLUMN[name].nullable and FIELDS[name].required)


@pytest.mark.parametrize(
    ("name", "words"),
    [("kanal", choices.CHANNELS), ("pemungut", choices.TAX_COLLECTORS), ("pph_jenis", choices.PPH)],
)
def test_the_choices_are_those_of_the_database(name: str, words: tuple[str, ...]) -> None:
    assert {*FIELDS[name].choices} - {""} == {*words}


@pytest.mark.parametrize("one", FIELDS.values(), ids=lambda one: one.name)
def test_every_field_is_asked_and_told(one: PurchaseField) -> None:
    assert hasattr(PurchaseForm, one.name)
    assert say_change(one.name, None, None) == f"{one.in_sentence} menjadi kosong"
    assert not one.grid or one.name.removesuffix("_id") in COLUMNS


@pytest.mark.parametrize("one", FURTHER, ids=lambda one: one.name)
def test_a_plain_field_reaches_every_place_by_itself(one: PurchaseField) -> None:
    """Export, audit package and the guard of submitted lines name no plain field themselves."""
    assert one.name in [column.kunci for column, _ in lists.COLUMNS]
    assert one.name in TABLES["belanja"][1].split()
    assert one.name in frozen_columns(Base.metadata, "transaksi")


def test_what_a_change_weighs_anew() -> None:
    assert {"nilai", "rekening", "uraian"} < _CLASS_FIELDS
    assert {"kartu_id", "nilai", "tanggal"} == _MATCH_FIELDS
