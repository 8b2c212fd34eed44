"""PostgreSQL: what the program's login may do, and whose rows a transaction sees (law 12).

The login owns nothing. Its scope is a setting with a seal: an HMAC under a key that the database
gives each connection once (`kkpd_kunci`), so a statement that slipped into a transaction can make
its scope invalid, never wider. The table of keys is readable by the owner's functions alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from sqlalchemy import MetaData, Table

from kkpd.core.db.facts_kinds import LEFT_OUT, NOT_FACTS
from kkpd.core.db.roles import APP_ROLE, REPORT_ROLE

#: As subqueries, so that the scope is checked once per statement and not once per row.
EVERY: Final = "(SELECT 0 = ANY (kkpd_lingkup()))"
OWN: Final = f"{EVERY} OR opd_id = ANY ((SELECT kkpd_lingkup())::int[])"
_ITSELF: Final = f"{EVERY} OR id = ANY ((SELECT kkpd_lingkup())::int[])"
#: Before a login nobody is known: only accounts are seen, no row of an OPD.
NOBODY_YET: Final = "(SELECT kkpd_lingkup() = '{}')"


class Sight(NamedTuple):
    """Which rows of a table are read and which are written, and why not simply those of the OPD."""

    read: str
    write: str
    reason: str


#: Tables that are not simply "rows of the OPD". A table without OPD that belongs to a person or an
#: account is seen with it (`_PARENTS`) and needs no line.
SIGHTS: Final[Mapping[str, Sight]] = {
    "chain": Sight(
        "true",
        f"opd_id IS NULL OR {OWN}",
        "sizes and hashes only: a checkpoint signs the heads of all chains",
    ),
    "chain_checkpoint": Sight("true", "true", "signed hashes over one chain, append-only"),
    "checkpoint": Sight("true", "true", "signed hashes over all chains, append-only"),
    "checkpoint_head": Sight("true", "true", "sizes of chains at a checkpoint, append-only"),
    "event": Sight(
        f"opd_id IS NULL OR {OWN}",
        f"opd_id IS NULL OR {OWN}",
        "everybody's account acts are written to the administration's chain",
    ),
    "langkah_masuk": Sight(
        "true",
        "true",
        "a login on its way, mostly before anybody is known; found by a token's hash",
    ),
    "log_key": Sight("true", "true", "public keys of the log and their signatures, append-only"),
    "opd": Sight("true", _ITSELF, "names of offices stand in menus and on papers of others"),
    "orang": Sight(
        f"opd_id IS NULL OR {OWN} OR {NOBODY_YET}"
        " OR EXISTS (SELECT 1 FROM penugasan WHERE penugasan.orang_id = orang.id)",
        f"opd_id IS NULL OR {OWN} OR {NOBODY_YET}"
        " OR EXISTS (SELECT 1 FROM penugasan WHERE penugasan.orang_id = orang.id)",
        "who holds an office in the scope belongs to it, also from another home; BUD has none",
    ),
    "pemakaian": Sight("true", "true", "counts of acts of persons and OPDs, without their content"),
    "penugasan": Sight(
        f"opd_id IS NULL OR {OWN} OR {NOBODY_YET} OR opd_id IN (SELECT unit.induk_id FROM opd unit"
        " WHERE unit.id = ANY ((SELECT kkpd_lingkup())::int[]))",
        OWN,
        "offices over all OPDs, and those of the SKPD over its units (Pasal 5), sign for the OPD",
    ),
    "percobaan_masuk": Sight("true", "true", "guesses are counted before anybody is known; hashes"),
    "profil_bank": Sight(f"opd_id IS NULL OR {OWN}", OWN, "layouts of no OPD are for all"),
    "rekening": Sight("true", EVERY, "the ministry's codes, the same for all"),
    "setelan": Sight(f"opd_id IS NULL OR {OWN}", OWN, "settings of no OPD are for all"),
    "sub_kegiatan": Sight("true", EVERY, "the ministry's codes, the same for all"),
}

#: Column of a table without OPD -> the table with whose row it is seen.
_PARENTS: Final = {"pengguna_id": "pengguna", "orang_id": "orang"}


def sight(table: Table) -> Sight | None:
    """How rows of this table are seen; None where nobody has decided it."""
    if found := SIGHTS.get(table.name):
        return found
    if "opd_id" in table.columns:
        return Sight(OWN, OWN, "")
    for column, parent in _PARENTS.items():
        if column in table.columns:
            seen = f"EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = {table.name}.{column})"
            return Sight(seen, seen, f"seen with its {parent}")
    return None


def functions() -> Iterator[str]:
    """The keys of connections, and the two functions that alone reach them."""
    yield "CREATE SCHEMA IF NOT EXISTS penjaga"
    yield "REVOKE ALL ON SCHEMA penjaga FROM PUBLIC"
    yield (
        "CREATE UNLOGGED TABLE IF NOT EXISTS penjaga.kunci (pid int PRIMARY KEY, "
        "mulai timestamptz NOT NULL, dalam bytea NOT NULL, luar bytea NOT NULL)"
    )
    yield "REVOKE ALL ON penjaga.kunci FROM PUBLIC"
    yield f"CREATE OR REPLACE FUNCTION kkpd_kunci() RETURNS text VOLATILE {_DEFINER} $$ {_KEY} $$"
    yield (
        "CREATE OR REPLACE FUNCTION kkpd_lingkup() RETURNS int[] STABLE PARALLEL RESTRICTED "
        f"{_DEFINER} $$ {_SCOPE} $$"
    )
    for function in ("kkpd_kunci()", "kkpd_lingkup()"):
        yield f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"
        yield f"GRANT EXECUTE ON FUNCTION {function} TO {APP_ROLE}"


_DEFINER: Final = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS"

#: A connection is a process and the moment it began. Each gets its key once: NULL when asked again.
#: 32 random bytes from two version 4 UUIDs, whose 12 fixed bits leave 244.
#: Keys of connections that are gone are thrown away after an hour: pg_stat_activity is looked at
#: once a transaction, and a connection that began a moment later is not in it yet.
_KEY: Final = """
DECLARE lahir timestamptz; rahasia bytea;
BEGIN
  SELECT backend_start INTO STRICT lahir FROM pg_stat_activity WHERE pid = pg_backend_pid();
  IF lahir IS NULL OR EXISTS (
    SELECT 1 FROM penjaga.kunci k WHERE k.pid = pg_backend_pid() AND k.mulai = lahir
  ) THEN RETURN NULL; END IF;
  rahasia := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
  DELETE FROM penjaga.kunci k WHERE k.pid = pg_backend_pid()
    OR k.mulai < lahir - interval '1 hour'
      AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = k.pid);
  INSERT INTO penjaga.kunci
    SELECT pg_backend_pid(), lahir,
      decode(string_agg(lpad(to_hex(satu # 54), 2, '0'), '' ORDER BY n), 'hex'),
      decode(string_agg(lpad(to_hex(satu # 92), 2, '0'), '' ORDER BY n), 'hex')
    FROM (SELECT n, CASE WHEN n < 32 THEN get_byte(rahasia, n) ELSE 0 END AS satu
          FROM generate_series(0, 63) n) huruf;
  RETURN encode(rahasia, 'hex');
END
"""

#: HMAC-SHA-256 (RFC 2104) of the scope, compared with its seal. NULL: not sealed, nothing is seen;
#: {0}: every OPD.
_SCOPE: Final = """
DECLARE tertulis text := current_setting('kkpd.lingkup', true); isi text; sah boolean;
BEGIN
  isi := substr(tertulis, 66);
  SELECT encode(sha256(luar || sha256(dalam || convert_to(isi, 'UTF8'))), 'hex')
    = left(tertulis, 64) INTO sah FROM penjaga.kunci WHERE pid = pg_backend_pid();
  IF sah IS NOT TRUE THEN RETURN NULL; END IF;
  RETURN CASE WHEN isi = '*' THEN ARRAY[0] ELSE string_to_array(isi, ',')::int[] END;
END
"""


def app_role(
    metadata: MetaData, updated: Collection[str], deleted: Collection[str]
) -> Iterator[str]:
    """The program's login: it owns nothing and cannot DELETE or UPDATE posted facts (law 5)."""
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP_ROLE}, {REPORT_ROLE}"
    yield f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}, {REPORT_ROLE}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {APP_ROLE}"
    for table in sorted(metadata.tables):
        verbs = "INSERT, UPDATE" if table in updated else "INSERT"
        verbs += ", DELETE" if table in deleted else ""
        yield f"GRANT {verbs} ON {table} TO {APP_ROLE}"


def report_role(metadata: MetaData) -> Iterator[str]:
    """The login for reports reads the books of all OPDs, without what events leave out as secret:
    no sessions, no password hashes, not the log's bytes.
    """
    for name, table in sorted(metadata.tables.items()):
        if name not in NOT_FACTS:
            hidden = LEFT_OUT.get(name, {})
            columns = ", ".join(f'"{c.name}"' for c in table.columns if c.name not in hidden)
            yield f"GRANT SELECT ({columns}) ON {name} TO {REPORT_ROLE}"


#: A migration could not change a column or table that a policy of another table asks.
LIFT: Final = """DO $do$ DECLARE satu record; BEGIN
  FOR satu IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public'
  LOOP EXECUTE format('DROP POLICY %I ON %I', satu.policyname, satu.tablename); END LOOP;
END $do$"""


def row_level_security(metadata: MetaData) -> Iterator[str]:
    """Every table: a row is seen and written only in a transaction whose scope includes it. A table
    that nobody has decided about is closed but for the scope of every OPD.
    """
    yield LIFT
    for name, table in sorted(metadata.tables.items()):
        read, write, _ = sight(table) or Sight(EVERY, EVERY, "")
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"  # the owner migrates and backs up
        yield f"CREATE POLICY lingkup ON {name} TO {APP_ROLE} USING ({write})"
        if read != write:
            yield f"CREATE POLICY lingkup_baca ON {name} FOR SELECT TO {APP_ROLE} USING ({read})"
        yield f"CREATE POLICY lingkup_laporan ON {name} FOR SELECT TO {REPORT_ROLE} USING (true)"
