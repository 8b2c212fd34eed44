"""The event log: chains, checkpoints, and that any byte changed is found (law 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.permissions import Role
from kkpd.core.proof import log_key
from kkpd.core.proof.events import ChainHead
from kkpd.core.proof.first_version import FirstCheckpoint
from kkpd.core.proof.log_key import KeyHistory
from kkpd.models import Chain, ChainCheckpoint, Checkpoint
from kkpd.records import event_log, log_signing
from kkpd.records import log_check as look
from tests.cast import ACTORS, DINKES, DISDIK, fill
from tests.databases import Fill
from tests.worlds.chain_steps import SIGNER
from tests.worlds.office import NOW

CITRA = ACTORS["citra"]


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The cast."""
    return fill


@pytest.fixture
def written(engine: Engine) -> Engine:
    """Three events over two chains and the administration, and a checkpoint."""
    with writing(engine, EVERY_OPD) as session:
        for opd_id in (DINKES, DISDIK, None, DINKES):
            event_log.record(
                session,
                CITRA,
                Role.BENDAHARA,
                "uji:coba:catat",
                "coba:1",
                now=NOW,
                opd_id=opd_id,
                after={"n": 1},
            )
        log_signing.checkpoint(session, SIGNER, NOW)
    return engine


def faults(engine: Engine) -> list[str]:
    with reading(engine, EVERY_OPD) as session:
        found = [f"{c.name}: {c.fault}" for c in look.check_chains(session) if c.fault]
        signed = look.check_checkpoints(session, KeyHistory.of_one(SIGNER.public_key))
    return found + ([signed] if signed else [])


def test_events_form_a_chain_for_each_opd(written: Engine) -> None:
    with reading(written, EVERY_OPD) as session:
        sizes = {chain.name: chain.size for chain in look.check_chains(session)}
    assert sizes == {"adm": 1, "opd:1.01.0.00.0.00.01.0000": 1, "opd:1.02.0.00.0.00.01.0000": 2}
    assert faults(written) == []


def test_nothing_is_appended_when_the_transaction_fails(written: Engine) -> None:
    with pytest.raises(RuntimeError, match="crash"), writing(written, EVERY_OPD) as session:  # noqa: PT012 -- the crash is inside
        event_log.record(session, None, None, "uji:coba:gagal", "coba:2", now=NOW, opd_id=DINKES)
        event_log.append_queued(session)
        raise RuntimeError("crash")
    assert faults(written) == []


TAMPER = {
    "a field of the bytes": (
        "UPDATE event SET isi = replace(CAST(isi AS TEXT), '\"n\":1', '\"n\":2') WHERE id = 1",
        "isi tidak sesuai dengan sidiknya",
    ),
    "a readable column": ("UPDATE event SET subjek = 'coba:9' WHERE id = 1", "kolom terbaca"),
    "an event in the middle": ("DELETE FROM event WHERE id = 1", "urutan"),
    "the newest event": ("DELETE FROM event WHERE id = 2", "kepala rantai"),
    "a checkpoint's signature": ("UPDATE checkpoint SET tanda = zeroblob(64)", "tidak sah"),
    "a checkpoint": ("UPDATE checkpoint SET seq = 2;UPDATE checkpoint_head SET seq = 2", "hilang"),
    "a size that a checkpoint signs": ("UPDATE checkpoint_head SET ukuran = 1", "ditandatangani"),
}


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("what", sorted(TAMPER))
def test_whatever_is_changed_is_found(written: Engine, what: str) -> None:
    """With the guards taken away, as somebody with the file in hand could do."""
    statement, sentence = TAMPER[what]
    with written.connect() as connection, connection.begin():
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in rows.all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for one in statement.split(";"):
            connection.exec_driver_sql(one)
    found = faults(written)
    assert found
    assert any(sentence in words for words in found), found


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_chain_cut_with_its_head_is_found_by_the_checkpoint(written: Engine) -> None:
    with written.connect() as connection, connection.begin():
        for name in ("event_tetap_d", "chain_tetap_d"):
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("DELETE FROM event WHERE opd_id = 1"))
        connection.execute(
            text("UPDATE chain SET ukuran = 0, ujung = zeroblob(32), puncak = '' WHERE opd_id = 1")
        )
    assert any("tidak lagi memuat 2 peristiwa" in words for words in faults(written))


def _first_checkpoint(session: Session, *, root: str = "") -> bytes:
    """All heads of today as version 0.1.0 wrote them; with `root` for another one of the first."""
    chains = session.scalars(select(Chain).order_by(Chain.nama)).all()
    heads = [
        ChainHead(one.nama, one.ukuran, event_log.frontier_of(one).root().hex()) for one in chains
    ]
    heads[0] = replace(heads[0], root=root or heads[0].root)
    return FirstCheckpoint(2, NOW, tuple(heads)).to_bytes()


@pytest.mark.parametrize(
    ("root", "bent", "sentence"),
    [
        ("", b"", ""),
        ("ab" * 32, b"", "tidak lagi memuat"),
        ("", b" ", "tanda tangan atau isi tidak sah"),
    ],
)
def test_a_checkpoint_of_version_0_1_0_is_checked_for_ever(
    written: Engine, root: str, bent: bytes, sentence: str
) -> None:
    with writing(written, EVERY_OPD) as session:
        isi = _first_checkpoint(session, root=root) + bent
        session.add(Checkpoint(seq=2, at=NOW, isi=isi, akar=b"", tanda=SIGNER.sign(isi)))
    found = faults(written)
    assert sentence in "".join(found)
    assert bool(found) is bool(sentence)


@pytest.mark.parametrize(
    ("root", "signed", "sentence"),
    [(None, False, "tanda tangan tidak sah"), (b"\x01" * 32, True, "tidak lagi memuat 1")],
)
def test_a_signed_head_of_one_chain_is_checked(
    written: Engine, root: bytes | None, signed: bool, sentence: str
) -> None:
    with writing(written, EVERY_OPD) as session:
        chain = session.scalars(select(Chain).where(Chain.opd_id == DISDIK)).one()
        akar = root or event_log.frontier_of(chain).root()
        row = ChainCheckpoint(chain_id=chain.id, ukuran=1, at=NOW, akar=akar, tanda=b"\0" * 64)
        if signed:
            head = log_signing.head_of(chain, row)
            row.tanda = SIGNER.sign(log_signing.signed_text(head, row).signed_bytes())
        session.add(row)
    assert sentence in "".join(faults(written))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE event SET seq = 9", "DELETE FROM event", "UPDATE checkpoint SET at = at"],
)
def test_the_database_refuses_changes_itself(written: Engine, statement: str) -> None:
    def change() -> None:
        with writing(written, EVERY_OPD) as session:
            session.execute(text(statement))

    _refused(change)


def _refused(act: Callable[[], None]) -> None:
    with pytest.raises(Exception, match=r"(?i)dapat|denied"):
        act()


def test_the_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    first = log_key.load_signer(tmp_path)
    assert log_key.load_signer(tmp_path).public_key == first.public_key
    assert (tmp_path / "log_key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "log_key.pub").read_text().strip() == first.public_key.hex()
