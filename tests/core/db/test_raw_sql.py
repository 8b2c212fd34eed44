"""Statements straight to the driver: types, errors and listeners are what they are elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, event, insert, literal_column, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kkpd.core.db.raw_sql import FixedStatement
from kkpd.core.money import Rupiah
from kkpd.models import Ceiling, CeilingMovement, Opd, Orang

_C = Ceiling.metadata.tables["ceiling"]
_M = CeilingMovement.metadata.tables["ceiling_movement"]
_NAMES = ("ceiling_id", "opd_id", "tahun", "transaksi_id", "kind", "amount", "at", "oleh_id")
_RECORD_MOVE = FixedStatement(insert(_M).values({name: bindparam(name) for name in _NAMES}))
_READERS = FixedStatement(select(_M.c.transaksi_id, _M.c.amount, _M.c.at).order_by(_M.c.id))
_LAMPAU = FixedStatement(update(_C).values(reserved=bindparam("jumlah")))
_TAHUN = FixedStatement(
    insert(_C)
    .values(
        opd_id=bindparam("opd"), tahun=literal_column("2027"), jenis=literal_column("'up_kkpd'"),
        kunci=literal_column("'UP'"), limit=bindparam("batas"), reserved=bindparam("nol"),
        posted=bindparam("nol"),
    )
    .returning(_C.c.tahun, _C.c.limit)
)  # fmt: skip
_KAPAN = datetime(2026, 11, 2, 3, 4, 5, 678, tzinfo=UTC)


def _limit(session: Session) -> Ceiling:
    opd, orang = Opd(kode="9", slug="langsung", nama="Langsung"), Orang(nama="Citra")
    session.add_all([opd, orang])
    session.flush()
    made = Ceiling(opd_id=opd.id, tahun=2026, jenis="up_kkpd", kunci="UP", limit=Rupiah.of(100))
    session.add(made)
    session.flush()
    return made


def _gerak(bound: Ceiling, belanja: int, **other: Any) -> dict[str, Any]:
    row = {
        "ceiling_id": bound.id, "opd_id": bound.opd_id, "tahun": 2026, "transaksi_id": belanja,
        "kind": "reserve", "amount": Rupiah(belanja * 7), "at": _KAPAN, "oleh_id": 1,
    }  # fmt: skip
    return row | other


@pytest.mark.parametrize("didengar", [False, True])
def test_values_go_and_come_back_through_their_types(session: Session, didengar: bool) -> None:
    """One row, several rows and RETURNING; whether somebody listens makes no difference."""
    bound, heard = _limit(session), []
    connection = session.connection()
    orang = session.scalars(select(Orang.id)).first()
    if didengar:
        event.listen(connection, "before_cursor_execute", lambda *args: heard.append(args[2]))
    _RECORD_MOVE.run_each(connection, [])
    _RECORD_MOVE.run_each(connection, [_gerak(bound, 1, oleh_id=orang)])
    _RECORD_MOVE.run_each(connection, [_gerak(bound, n, oleh_id=orang) for n in (2, 3)])
    assert _READERS.baris(connection, {}) == [(n, Rupiah(n * 7), _KAPAN) for n in (1, 2, 3)]
    values = {"opd": bound.opd_id, "batas": Rupiah.of(5), "nol": Rupiah(0)}
    assert _TAHUN.baris(connection, values) == [(2027, Rupiah.of(5))]
    assert [text.split()[0] for text in heard] == (
        ["INSERT", "INSERT", "SELECT", "INSERT"] if didengar else []
    )


def test_what_the_database_refuses_is_the_error_of_everywhere(session: Session) -> None:
    _limit(session)
    with pytest.raises(IntegrityError, match="tidak_lewat") as refused, session.begin_nested():
        _LAMPAU.run_each(session.connection(), [{"jumlah": Rupiah.of(101)}])
    assert "UPDATE ceiling" in str(refused.value)


def test_money_that_is_no_money_and_a_value_left_out_are_refused(session: Session) -> None:
    bound, connection = _limit(session), session.connection()
    with pytest.raises(TypeError, match="Rupiah"):
        _RECORD_MOVE.run_each(connection, [_gerak(bound, 1, amount=7)])
    row = _gerak(bound, 1)
    del row["oleh_id"]
    with pytest.raises(KeyError, match="oleh_id"):
        _RECORD_MOVE.run_each(connection, [row])
