"""The watcher of the simulator, tried on a life with one thing broken behind the services' back.

Every change here is one that the database itself refuses: its guards are taken off first. A look
after it must name the invariant; what a look reads only once, the checks at the end must find.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from kkpd.core.db.columns import Base
from kkpd.core.db.engine import create_engine
from tests.simulator import Report, Request, jalan
from tests.simulator.awas_ledger import AwasLedger
from tests.simulator.baris import everything
from tests.simulator.dunia import Kantor
from tests.simulator.pengawas import Pengawas
from tests.simulator.rusak import Rusak

#: The last day of the life that is watched.
_LAST = date(2026, 12, 31)
_T = Base.metadata.tables


class _Pengawas(Pengawas):
    """Keeps the offices that it was shown first: all of them."""

    kantor: Sequence[Kantor] = ()

    def periksa(self, session: Any, kantor: Sequence[Kantor], day: date) -> None:
        self.kantor = self.kantor or list(kantor)
        super().periksa(session, kantor, day)


@pytest.fixture(scope="module")
def not_withdrawn() -> Iterator[jalan._Main]:
    """A life that has seen a bit of everything."""
    minta = Request(9001, 3, 2, langkah=230)
    with jalan._tempat(minta) as (engines, folder):
        life = jalan._Main(engines, folder, minta, minta.seed, Report())
        life.awas = _Pengawas((life.penerbit.arsip,))
        life.bulan_demi_bulan()
        assert life.reporting.rusak is None
        yield life


def _lepas(connection: Connection) -> None:
    """Without triggers and CHECKs, until the transaction ends."""
    names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    for name in names:
        connection.execute(text(f"DROP TRIGGER {name}"))
    connection.execute(text("PRAGMA ignore_check_constraints=ON"))


def _salin(connection: Connection, table: str, where: str = "1 = 1", **changes: Any) -> None:
    """The newest such row once more, with these changes; a callable is given the row."""
    rows = connection.execute(
        select(_T[table]).where(text(where)).order_by(text("rowid DESC")).limit(1)
    )
    row = dict(rows.mappings().one())
    row.pop("id", None)
    row |= {name: new(row) if callable(new) else new for name, new in changes.items()}
    connection.execute(insert(_T[table]).values(row))


def _changes(statement: str) -> Any:
    def change(connection: Connection) -> None:
        assert connection.execute(text(statement)).rowcount

    return change


def _tambah(table: str, where: str = "1 = 1", **changes: Any) -> Any:
    return lambda connection: _salin(connection, table, where, **changes)


def _gerak(connection: Connection) -> None:
    """A line that is paid for holds room once more, and the ceiling agrees with it."""
    _salin(connection, "ceiling_movement", "kind = 'post'", kind="reserve")
    ceiling, amount = connection.execute(
        text("SELECT ceiling_id, amount FROM ceiling_movement ORDER BY id DESC LIMIT 1")
    ).one()
    connection.execute(
        text(
            'UPDATE ceiling SET reserved = reserved + :more, "limit" = "limit" + :more '
            "WHERE id = :ceiling"
        ),
        {"more": amount, "ceiling": ceiling},
    )


def _deciding_kind(kind: str) -> Any:
    return lambda row: row[kind]


_LINKED = "baris_bank_id IS NOT NULL AND dicabut_at IS NULL"
#: what is done -> (invariant that must be named, how)
_BROKEN_OFF: dict[str, tuple[str, Any]] = {
    "head of a chain": ("rantai", _changes("UPDATE chain SET ukuran = ukuran + 1")),
    "tip of a chain": ("rantai", _changes("UPDATE chain SET ujung = zeroblob(32)")),
    "an event twice": ("rantai", _tambah("event", seq=lambda row: row["seq"] + 1)),
    "a status": (
        "status",
        _changes("UPDATE transaksi SET status = 'lunas' WHERE status <> 'lunas'"),
    ),
    "money of a line on paper": (
        "beku",
        _changes(
            "UPDATE transaksi SET nilai = nilai + 1 WHERE status NOT IN ('tercatat', 'berbukti')"
        ),
    ),
    "a month closed before an earlier one": (
        "periode",
        _changes(
            "UPDATE periode SET status = 'ditutup' WHERE status = 'terbuka' AND EXISTS ("
            "SELECT 1 FROM periode lama JOIN transaksi USING (opd_id, tahun, bulan) "
            "WHERE lama.opd_id = periode.opd_id AND lama.status = 'terbuka' "
            "AND (lama.tahun, lama.bulan) < (periode.tahun, periode.bulan))"
        ),
    ),
    "a ceiling's sum": ("hitung ulang", _changes("UPDATE ceiling SET reserved = reserved + 1")),
    "a ceiling's limit": ("batas", _changes('UPDATE ceiling SET "limit" = reserved + posted - 1')),
    "what a line holds": ("dipegang", _gerak),
    "a judge of one's own": (
        "pemisahan tugas",
        _tambah("persetujuan", penguji_id=_deciding_kind("perekam_id")),
    ),
    "a document's number left out": (
        "nomor",
        _tambah("dokumen", urut=lambda row: row["urut"] + 2, nomor="lompat", data_sha256="0" * 64),
    ),
    "a counter": ("nomor", _changes("UPDATE nomor_urut SET terakhir = terakhir + 1")),
    "a document's sum": (
        "jumlah",
        _tambah(
            "dokumen",
            "jenis = 'dpt'",
            urut=lambda row: row["urut"] + 1,
            nomor="jumlah",
            data_sha256="0" * 64,
        ),
    ),
    "a paper off the archive": (
        "arsip",
        _tambah("arsip", sha256="ab" * 32),
    ),
    "a bank line of nobody": (
        "kustodi",
        _tambah("baris_bank", "tanggal_posting IS NOT NULL", kejadian=99),
    ),
    "an interim line of nobody": (
        "kustodi",
        _tambah("baris_bank", "tanggal_posting IS NULL", kejadian=99),
    ),
    "a link beyond its line": (
        "cocok",
        _tambah("cocok", _LINKED, transaksi_id=lambda row: 1 + row["transaksi_id"] % 2),
    ),
    "more paid than owed": (
        "tanggungan",
        _tambah("penyelesaian", "nilai > 0", nilai=lambda row: row["nilai"] * 1000),
    ),
}


@pytest.mark.parametrize("what", list(_BROKEN_OFF))
def test_the_next_look_names_it(not_withdrawn: jalan._Main, what: str) -> None:
    rule, change = _BROKEN_OFF[what]
    awas = copy.deepcopy(not_withdrawn.awas)
    assert isinstance(awas, _Pengawas)
    engine = create_engine(str(not_withdrawn.engines[0].url))
    with engine.connect() as connection, connection.begin() as transaction:
        _lepas(connection)
        change(connection)
        with Session(connection) as session, pytest.raises(Rusak) as found:
            awas.periksa(session, awas.kantor, _LAST)
        transaction.rollback()
    engine.dispose()
    assert found.value.aturan == rule, found.value


#: what is done -> (what the ledger must name, how); its look comes with the next event
_LEDGER: dict[str, tuple[str, Any]] = {
    "room that nothing is owed for": (
        "up dan ledger",
        _tambah(
            "ceiling_movement",
            "kind = 'post' AND ceiling_id IN (SELECT id FROM ceiling WHERE jenis = 'up_kkpd')",
            kind="restore",
        ),
    ),
    "a DPT of what no bank billed": (
        "ditagih",
        _changes(
            "UPDATE cocok SET dicabut_at = at WHERE dicabut_at IS NULL AND transaksi_id IN ("
            "SELECT transaksi_id FROM dokumen_baris JOIN dokumen ON dokumen.id = dokumen_id "
            "WHERE jenis = 'dpt')"
        ),
    ),
}


@pytest.mark.parametrize("what", list(_LEDGER))
def test_the_ledger_names_it(not_withdrawn: jalan._Main, what: str) -> None:
    rule, change = _LEDGER[what]
    assert isinstance(not_withdrawn.awas, _Pengawas)
    ids = [one.id for one in not_withdrawn.awas.kantor]
    engine = create_engine(str(not_withdrawn.engines[0].url))
    with engine.connect() as connection, connection.begin() as transaction:
        _lepas(connection)
        change(connection)
        with Session(connection) as session, pytest.raises(Rusak) as found:
            AwasLedger().periksa(session, ids, everything(session, ids), _LAST)
        transaction.rollback()
    engine.dispose()
    assert found.value.aturan == rule, found.value


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("an old event", "UPDATE event SET isi = replace(isi, 'a', 'b') WHERE id = 40"),
        ("an old movement", "UPDATE ceiling_movement SET amount = amount + 1 WHERE id = 3"),
        ("a checkpoint", "UPDATE chain_checkpoint SET tanda = zeroblob(64) WHERE ukuran > 0"),
    ],
)
def test_what_is_read_once_is_found_at_the_end(
    not_withdrawn: jalan._Main, tmp_path: Path, what: str, statement: str
) -> None:
    """What no one may change is folded as it comes; the program's own checks read it whole."""
    copied = tmp_path / "salinan.sqlite3"
    with not_withdrawn.engines[0].connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql(f"VACUUM INTO '{copied}'")
        connection.exec_driver_sql("BEGIN")
    engine = create_engine(f"sqlite:///{copied}")
    with engine.connect() as connection, connection.begin():
        _lepas(connection)
        _changes(statement)(connection)
    life = copy.copy(not_withdrawn)
    life.engines = (engine, engine)
    with pytest.raises(Rusak, match="pemeriksaan akhir"):
        life._akhir()
    engine.dispose()
