"""The web program for tests: made as in production, but its templates are compiled once a process.

Every test has a program of its own, and compiling the templates of one page anew took longer than
most tests of it.

Programs are made by `program` and ended by `leave`. Browser tests do not share a process with tests
that sign.
"""

from __future__ import annotations

from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from kkpd.app import create_app
from kkpd.core.config import Settings
from kkpd.web import globals
from kkpd.worker import loop


class _Compiled(BytecodeCache):
    """Compiled templates in memory, by name and content."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what this name and content became before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next program."""
        assert bucket.code is not None
        self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def program(settings: Settings) -> Flask:
    """A fresh program with these settings."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def leave(app: Flask) -> None:
    """Let its background work end, then close its database: nothing of it reaches the next test."""
    with app.app_context():
        engine = globals.engine()
    loop.wait_idle(engine, 120)
    engine.dispose()
