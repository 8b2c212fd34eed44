"""The demo year, built once a run for whatever looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from kkpd.db.engine import create_engine
from kkpd.db.schema import upgrade
from kkpd.demo.bangun import Demo, build
from kkpd.reports.drawings import draw
from kkpd.services.berkas import Store
from kkpd.services.dokumen import Penerbit
from kkpd.services.kunci_log import FileSigner

SIGNER = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def demo(folder: Path) -> Demo:
    """What a build needs, in this folder."""
    return Demo(Store(folder / "berkas"), Penerbit(SIGNER, Store(folder / "arsip"), draw))


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The whole year on SQLite, to be read only."""
    folder = tmp_path_factory.mktemp("demo")
    engine = create_engine(f"sqlite:///{folder / 'demo.sqlite3'}")
    upgrade(engine)
    build(engine, demo(folder), lambda _: None)
    yield engine
    engine.dispose()
