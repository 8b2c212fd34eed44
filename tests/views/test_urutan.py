"""What a stranger sends costs next to nothing: size and token are checked before forms are read."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from kkpd.core import pan
from kkpd.core.pan import mask
from kkpd.web.request import masking

#: Of one field, as the review sent it, and other ways to write digits apart.
LONG = 480 * 1024
ROWS = ["1 ", "4111 1111 1111 1111 ", "1-", "1.", "1  ", "1\u00a0", "1/", "1,", "1\n", "4", "1 1-"]
#: Far above what a fast machine needs (0.01 s), far below what the review saw (7.2 s).
_CHEAP_SECONDS = 0.05


def spent(act: Callable[[], object]) -> float:
    """Processor seconds, the best of three."""
    found = []
    for _ in range(3):
        begin = time.process_time()
        act()
        found.append(time.process_time() - begin)
    return min(found)


def test_a_strangers_form_is_refused_before_it_is_read(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_text: str) -> str:
        raise AssertionError("masked before the checks")

    monkeypatch.setattr(masking, "mask", never)
    client = app.test_client()
    client.get("/masuk")
    large = {"nama": "1 " * (LONG // 2), "sandi": "x"}
    small = {"nama": "1 " * 7_000, "sandi": "x"}
    many = "&".join(f"a{n}=1" for n in range(1_700))
    assert client.post("/masuk", data=large).status_code == 413
    assert client.post("/masuk", data=small).status_code == 400
    form = "application/x-www-form-urlencoded"
    assert client.post("/masuk", data=many, content_type=form).status_code == 400
    costs = [spent(partial(client.post, "/masuk", data=data)) for data in (large, small)]
    print("processor seconds of a stranger's form:", costs)
    assert max(costs) < _CHEAP_SECONDS


def test_the_order_of_the_checks(app: Flask) -> None:
    """Permission and size, then the token, then masking."""
    names = [check.__name__ for check in app.before_request_funcs[None]]
    assert names.index("_guard") < names.index("csrf_protect") < names.index("_mask_form")


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_masking_takes_time_in_the_length_of_the_text(row: str) -> None:
    """Four times the text takes about four times as long, not sixteen times."""
    short = row * (LONG // 4 // len(row))
    long = row * (LONG // len(row))
    once, four = spent(lambda: mask(short)), spent(lambda: mask(long))
    assert four < 8 * once + 0.05, (once, four)
    assert four < 3, "a whole form of the greatest size"
    assert pan.HIDDEN in mask("4111 1111 1111 1111")
