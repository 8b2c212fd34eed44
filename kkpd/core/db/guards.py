"""What the database itself refuses: edits of posted facts (law 5), sight of another OPD (law 12).

They are data, dropped and installed again after every migration, so a rebuilt table never loses its
guard.

A new append-only table needs a line here. A table named in `FROM_KNOWN` must stay append-only,
because on PostgreSQL the guard replaces its foreign key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, MetaData, text

from kkpd.core.db import row_security, two_persons, withdrawal_guards
from kkpd.core.db.frozen_columns import FROZEN, PURCHASE_LIVES, UNDONE_ONCE

_TRIGGER: Final = re.compile(r"CREATE TRIGGER (\w+)")
#: Rows that are written once: no UPDATE, no DELETE.
APPEND_ONLY: Final = (
    "arsip",
    "baris_bank",
    "baris_keluar",
    "bawaan",
    "berkas",
    "berkas_tagihan",
    "ceiling_movement",
    "chain_checkpoint",
    "checkpoint",
    "checkpoint_head",
    "dokumen",
    "dokumen_baris",
    "dpa",
    "dpa_baris",
    "dts_final",
    "event",
    "impor",
    "impor_keluar",
    "impor_tagihan",
    "kartu_riwayat",
    "kasus_butir",
    "kasus_langkah",
    "log_key",
    "penandatanganan",
    "pembatalan",
    "pencairan",
    "pengingat",
    "penyelesaian",
    "persetujuan",
    "profil_bank",
    "putusan_kelas",
    "rencana_dana",
    "rencana_dana_baris",
    "setelan",
    "sumber_baris",
    "tagihan",
    "tagihan_keluar",
    "tahun_buka",
    "tindakan_periode",
    "uji",
    "up_keputusan",
    "verifikasi",
)

#: Rows that may change but are never deleted.
NEVER_DELETED: Final = (
    "aturan_cocok",
    "benih_totp",
    "bukti",
    "bukti_masuk",
    "ceiling",
    "chain",
    "cocok",
    "identitas_luar",
    "ingatan_kelas",
    "kartu",
    "kasus",
    "kode_pemulihan",
    "kunci_sandi",
    "nomor_urut",
    "opd",
    "orang",
    "pengguna",
    "penugasan",
    "periode",
    "selisih",
    "temuan",
    "transaksi",
    "up_usulan",
)

#: Facts that enter only an open period: (table, columns whose change counts as entering).
IN_OPEN_PERIOD: Final = ("baris_bank", "tagihan", "transaksi", "selisih")

#: PostgreSQL checks foreign keys row by row, which for a long bill takes as long as writing it.
#: These guards check the distinct values once per statement: (table, columns, table of the same
#: columns). This is as safe as the key it replaces, because rows of either table never change or
#: disappear.
FROM_KNOWN: Final = (("baris_bank", ("opd_id", "tagihan_id", "berkas_id"), "berkas_tagihan"),)


def install(connection: Connection, metadata: MetaData) -> None:
    """Drop and install every guard on this connection's database."""
    maker = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    for statement in maker(metadata):
        connection.execute(text(statement))


def missing(connection: Connection, metadata: MetaData) -> list[str]:
    """The guards that are gone, changed (SQLite) or switched off (PostgreSQL), by name."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        known = {row.name: row.sql for row in connection.execute(text(asked))}
        wanted = _triggers(_sqlite(metadata))
        return sorted(name for name, made in wanted.items() if known.get(name) != made)
    on = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    secured = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relkind = 'r' AND relrowsecurity"
    )
    gone = _triggers(_postgresql(metadata)).keys() - connection.scalars(text(on))
    seen = {table.name for table in metadata.sorted_tables if row_security.sight(table)}
    return sorted((*gone, *(seen - set(connection.scalars(text(secured))))))


def _triggers(statements: Iterable[str]) -> dict[str, str]:
    """Name -> statement of each that makes a trigger."""
    made = ((_TRIGGER.match(one), one) for one in statements)
    return {found[1]: one for found, one in made if found}


def lift(connection: Connection) -> None:
    """Take away what would hinder a migration; `install` brings it back in the same transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(row_security.LIFT))


def _conditions() -> Iterator[tuple[str, str, str, str]]:
    """(table, name, when a change is refused, sentence), the same for both databases."""
    for table in APPEND_ONLY:
        yield table, "tetap_u", "UPDATE", f"{table} hanya dapat ditambah, tidak diubah"
        yield table, "tetap_d", "DELETE", f"{table} tidak dapat dihapus"
    for table in NEVER_DELETED:
        yield table, "tetap_d", "DELETE", f"{table} tidak dapat dihapus"


_CLOSED = (
    "periode.opd_id = {row}.opd_id AND periode.tahun = {row}.tahun"
    " AND periode.bulan = {row}.bulan AND periode.status <> 'terbuka'"
)
_CLOSED_SENTENCE = "periode sudah ditutup; catat pada yang terbuka"
#: Decisions on lines of a closed month can be neither made nor undone: (table, event, closed).
_ON_LINE = (
    "SELECT 1 FROM baris_bank JOIN periode ON "
    f"{_CLOSED.format(row='baris_bank')} WHERE baris_bank.id = NEW.baris_bank_id"
)
_DECISIONS: Final = (
    ("cocok", "INSERT", _ON_LINE),
    ("cocok", "UPDATE", _ON_LINE),
    ("selisih", "UPDATE", f"SELECT 1 FROM periode WHERE {_CLOSED.format(row='NEW')}"),
)


def _changes(columns: tuple[str, ...], distinct: str) -> str:
    return " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in columns)


def frozen_columns(metadata: MetaData, table: str) -> tuple[str, ...]:
    """The columns of the table that freeze, in its order."""
    named = FROZEN[table][0]
    return named or tuple(
        one.name for one in metadata.tables[table].columns if one.name not in PURCHASE_LIVES
    )


def _row_conditions(metadata: MetaData, distinct: str) -> Iterator[tuple[str, str, str, str, str]]:
    """(table, name, event, condition that refuses, sentence) of the guards that check each row."""
    for table, (_, when, sentence) in FROZEN.items():
        condition = f"({when}) AND ({_changes(frozen_columns(metadata, table), distinct)})"
        yield table, "beku", "UPDATE", condition, sentence
    for table, column in UNDONE_ONCE.items():
        condition = f"OLD.{column} IS NOT NULL AND NEW.{column} {distinct} OLD.{column}"
        yield table, "sekali", "UPDATE", condition, f"{table} yang sudah dicabut tidak kembali"
    for table, event, closed in _DECISIONS:
        yield table, f"tutup_{event[0].lower()}", event, f"EXISTS ({closed})", _CLOSED_SENTENCE
    for table, name, found, sentence in (*withdrawal_guards.REFUSALS, *two_persons.REFUSALS):
        yield table, name, "INSERT", f"EXISTS ({found})", sentence


def _sqlite(metadata: MetaData) -> Iterator[str]:
    for table, name, event, sentence in _conditions():
        yield f"DROP TRIGGER IF EXISTS {table}_{name}"
        yield (
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )
    for table, name, event, condition, sentence in _row_conditions(metadata, "IS NOT"):
        yield f"DROP TRIGGER IF EXISTS {table}_{name}"
        yield (
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        )

    for table in IN_OPEN_PERIOD:  # AFTER: before it SQLite would copy every column of every row
        yield f"DROP TRIGGER IF EXISTS {table}_periode"
        yield (
            f"CREATE TRIGGER {table}_periode AFTER INSERT ON {table} WHEN EXISTS "
            f"(SELECT 1 FROM periode WHERE {_CLOSED.format(row='NEW')}) "
            f"BEGIN SELECT RAISE(ABORT, '{_CLOSED_SENTENCE}'); END"
        )


def _postgresql(metadata: MetaData) -> Iterator[str]:
    yield from _functions()
    for table, name, event, sentence in _conditions():
        yield f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
        yield (
            f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION kkpd_tolak('{sentence}')"
        )
    for table, name, event, condition, sentence in _row_conditions(metadata, "IS DISTINCT FROM"):
        yield from _postgresql_row_guard(table, name, event, condition, sentence)
    for table in IN_OPEN_PERIOD:
        yield from _postgresql_period_guard(table)
    for table, columns, known in FROM_KNOWN:
        yield from _postgresql_known_guard(table, columns, known)
    yield from _truncate_guards()
    writable = {*metadata.tables} - {*APPEND_ONLY}
    yield from row_security.functions()
    yield from row_security.app_role(metadata, writable, writable - {*NEVER_DELETED})
    yield from row_security.report_role(metadata)
    yield from row_security.row_level_security(metadata)


def _functions() -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION kkpd_tolak() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$"
    )


#: A temporary table of the same name must not stand in for the one that a guard asks.
_PINNED: Final = "LANGUAGE plpgsql SET search_path = public, pg_temp"


def _postgresql_row_guard(
    table: str, name: str, event: str, condition: str, sentence: str
) -> Iterator[str]:
    """PostgreSQL allows no subquery in a WHEN clause, so the condition goes into a function."""
    function = f"kkpd_{table}_{name}"
    yield (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger {_PINNED} AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{sentence}' "
        "USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$"
    )
    yield f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
    yield (
        f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _postgresql_period_guard(table: str) -> Iterator[str]:
    """Checked once per statement for all its rows: 100,000 lines of a bill are one statement."""
    found = f"SELECT 1 FROM baru JOIN periode ON {_CLOSED.format(row='baru')}"
    yield from _postgresql_statement_guard(
        table, "periode", found, _CLOSED_SENTENCE, "restrict_violation"
    )


def _postgresql_known_guard(table: str, columns: tuple[str, ...], known: str) -> Iterator[str]:
    """What a foreign key would refuse, for all rows of a statement at once."""
    same = " AND ".join(f"{known}.{column} = satu.{column}" for column in columns)
    found = (
        f"SELECT 1 FROM (SELECT DISTINCT {', '.join(columns)} FROM baru) satu "
        f"WHERE NOT EXISTS (SELECT 1 FROM {known} WHERE {same})"
    )
    sentence = f"{table} menunjuk {known} yang tidak ada"
    yield from _postgresql_statement_guard(table, "asal", found, sentence, "foreign_key_violation")


def _postgresql_statement_guard(
    table: str, name: str, found: str, sentence: str, code: str
) -> Iterator[str]:
    """Refuses a statement when the query `found` finds one of its new rows (`baru`)."""
    function = f"kkpd_{table}_{name}"
    yield (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger {_PINNED} AS $$ BEGIN "
        f"IF EXISTS ({found}) THEN RAISE EXCEPTION '{sentence}' USING ERRCODE = '{code}'; "
        "END IF; RETURN NULL; END $$"
    )
    yield f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
    yield (
        f"CREATE TRIGGER {table}_{name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS baru "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def _truncate_guards() -> Iterator[str]:
    for table in (*APPEND_ONLY, *NEVER_DELETED):
        yield f"DROP TRIGGER IF EXISTS {table}_tetap_t ON {table}"
        yield (
            f"CREATE TRIGGER {table}_tetap_t BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION kkpd_tolak('{table} tidak dapat dikosongkan')"
        )
