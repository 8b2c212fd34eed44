"""`kkpd verify log` and `kkpd verify books`: what only an installation can check of itself."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli.proof.keys import read_file, read_key
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading, reading_one_moment
from kkpd.core.errors import Unreadable
from kkpd.core.proof import witness
from kkpd.core.proof.log_key import KeyHistory, load_signer
from kkpd.pagu.ceilings.recount import recount
from kkpd.records import log_check, log_signing
from kkpd.records.checks import books, kept


def check_log(args: argparse.Namespace) -> int:
    """Check every chain and every checkpoint, and say it, one line a chain."""
    config = cli_context.settings()
    with cli_context.opened(config) as engine, reading(engine, EVERY_OPD) as session:
        chains = log_check.check_chains(session)
        known = _known(session, args, config)
        signed = log_check.check_checkpoints(session, known)
        told = {"checkpoints": signed}
        if args.witness:
            told["witness"] = _witness_fault(session, Path(args.witness), known)
    holds = not any(told.values()) and all(chain.fault is None for chain in chains)
    if args.json:
        rows = [{"chain": c.name, "size": c.size, "fault": c.fault} for c in chains]
        print(json.dumps({"holds": holds, "chains": rows, **told}, indent=2))
    else:
        for chain in chains:
            print(f"{chain.name}: {chain.fault or f'{chain.size} peristiwa utuh'}")
        print(f"titik periksa: {signed or 'semua sah'}")
        if args.witness:
            print(f"saksi: {told['witness'] or 'catatan hari itu adalah awal catatan sekarang'}")
    return 0 if holds else 1


def _witness_fault(session: Session, path: Path, known: KeyHistory) -> str | None:
    """What the log and a witness say differently; a bent file is refused."""
    try:
        seen, signed_by = witness.read_signed(read_file(path))
    except ValueError as error:
        raise Unreadable(f"{path} bukan saksi yang utuh ({error}). Pakai salinan lain.") from None
    if not known.accepts(signed_by, seen.at):
        return "ditandatangani kunci lain: saksi ini dari catatan lain, atau kuncinya sudah dicabut"
    return log_check.check_witness(session, seen)


def check_books(args: argparse.Namespace) -> int:
    """Check the log, then every row and kept file against it; each difference is one line."""
    config = cli_context.settings()
    with cli_context.opened(config) as engine, reading_one_moment(engine, EVERY_OPD) as session:
        if _tell_all(args, "fault", _log_faults(session, _known(session, args, config))):
            said = "Catatan peristiwa tidak utuh, jadi pembukuan tidak dapat diperiksa dengannya."
            _tell_all(args, "result", [said])
            return 1
        made = books.replay(session, on_progress=_progress)
        found = _tell_all(args, "difference", _book_faults(session, made, config))
        _tell_all(args, "remark", books.remarks(session, made))
        rows = sum(books.compared(session).values())
    said = f"{rows} baris pembukuan dan semua berkas sama dengan {made.events} peristiwa."
    if found:
        said = f"{found} perbedaan. Jangan mengubah apa pun; hubungi Inspektorat."
    _tell_all(args, "result", [said])
    return 1 if found else 0


def _tell_all(args: argparse.Namespace, kind: str, lines: Iterable[str]) -> int:
    """Print each line as it is found, with --json as an object of its own; how many there were."""
    count = 0
    for line in lines:
        count += 1
        print(json.dumps({kind: line}, ensure_ascii=False) if args.json else line)
    return count


def _known(session: Session, args: argparse.Namespace, config: Settings) -> KeyHistory:
    """The keys of this database; a key given from outside must be one of them."""
    try:
        known = log_signing.known_keys(session, load_signer(config.instance))
    except ValueError as error:
        raise Unreadable(f"Riwayat kunci log di basis data ini tidak utuh ({error}).") from None
    if args.log_key:
        given = KeyHistory.known(read_key(args.log_key))
        if known.generation(given.generations[0].key) is None:
            return given
    return known


def _log_faults(session: Session, known: KeyHistory) -> Iterator[str]:
    for chain in log_check.check_chains(session):
        if chain.fault:
            yield f"{chain.name}: {chain.fault}"
    signed = log_check.check_checkpoints(session, known)
    if signed:
        yield f"titik periksa: {signed}"


def _book_faults(session: Session, made: books.Replay, config: Settings) -> Iterator[str]:
    yield from books.differences(session, made)
    yield from kept.faults(
        session, cli_context.open_store(config), cli_context.penerbit(config).arsip
    )
    _, ceiling = recount(session)
    if ceiling:
        yield ceiling


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} dari {of} peristiwa", end="\r" if done < of else "\n", file=sys.stderr)
