"""What commands with a database share: settings from the environment, the engine, who acts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from kkpd.core.config import SettingError, Settings
from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import is_current, is_new, upgrade
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.proof.log_key import load_signer
from kkpd.engines.paper.writers import draw
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer


def now() -> datetime:
    """This moment; below the command line `now` is an argument (law 3)."""
    return datetime.now(UTC)


def settings() -> Settings:
    """The settings of this installation; a bad one is a sentence that names it."""
    try:
        return Settings.load(os.environ)
    except SettingError as problem:
        raise DomainError(problem.message) from problem


@contextmanager
def opened(config: Settings, *, current: bool = True, new: bool = False) -> Iterator[Engine]:
    """The engine, closed at the end; an old structure is told before anything is read.

    `new` gives a database without any structure its structure; one that has books is left alone.
    """
    engine = create_engine(config.database_url)
    try:
        if new:
            with engine.connect() as connection:
                empty = is_new(connection)
            if empty:
                upgrade(engine)
        if current:
            with engine.connect() as connection:
                if not is_current(connection):
                    raise Conflict("Struktur basis data belum terbaru. Jalankan: kkpd db upgrade")
        yield engine
    finally:
        engine.dispose()


def penerbit(config: Settings) -> Issuer:
    """The issuing office of this installation: its key, its archive, the drawing."""
    return Issuer(load_signer(config.instance), Store(config.instance / "arsip"), draw)


def open_store(config: Settings) -> Store:
    """Where bank files and evidence are kept."""
    return Store(config.instance / "berkas")
