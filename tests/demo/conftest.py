"""The demo year, built once a run for whatever looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.proof.log_key import FileSigner
from kkpd.demo.build import Demo, build
from kkpd.engines.paper.sheet import draw
from kkpd.oversight.guided_month import FILES
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer

SIGNER = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def demo(folder: Path) -> Demo:
    """What a build needs, in this folder."""
    issuer = Issuer(SIGNER, Store(folder / "arsip"), draw)
    return Demo(Store(folder / "berkas"), issuer, folder / FILES)


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The whole year on SQLite, to be read only."""
    folder = tmp_path_factory.mktemp("demo")
    engine = create_engine(f"sqlite:///{folder / 'demo.sqlite3'}")
    upgrade(engine)
    build(engine, demo(folder), lambda _: None)
    yield engine
    engine.dispose()
