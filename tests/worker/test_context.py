"""What long work is given: where it tells its progress, and a try that reads only what it must."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Engine

from kkpd.engines.reading import load_profiles
from kkpd.models import Berkas
from kkpd.records.custody import Store
from kkpd.records.jobs import Job
from kkpd.worker import context, take_in

BILL = b"Tanggal;Toko;Jumlah\n13/04/2025;A;1.500,00\n"


def test_progress_is_written_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[Any, ...]] = []
    clock = iter([0.0, 0.5, 1.5, 1.5, 1.6, 3.0, 3.0])
    monkeypatch.setattr("kkpd.worker.context.time.monotonic", lambda: next(clock))
    monkeypatch.setattr(context, "writing", lambda *_: nullcontext(None))
    monkeypatch.setattr("kkpd.records.jobs.advance", lambda *words: told.append(words[1:4]))
    job = cast(Job, SimpleNamespace(id=7, opd_id=1))
    tell = context.report_progress(cast(Engine, None), job, 10)
    for count in (1, 2, 3, 12):
        tell(count)
    assert told == [(7, 2, 10), (7, 12, 12)]


@pytest.mark.parametrize("is_long", [True, False])
def test_a_layout_is_tried_on_long_and_short_files(
    monkeypatch: pytest.MonkeyPatch, *, is_long: bool
) -> None:
    monkeypatch.setattr(take_in, "long", lambda _: is_long)
    store = cast(Store, SimpleNamespace(get=lambda _: BILL))
    kept = cast(Berkas, SimpleNamespace(sha256="0" * 64))
    take_in.try_out(store, kept, load_profiles()["umum"])
