"""One transaction a request (law 4): a GET reads, a POST writes once.

@bp.get("/")                              @bp.post("/")
@needs("tagihan:lihat")                   @needs("tagihan:unggah")
def index(...):                           def unggah(...):
    rows = listing(reading(), ...)            with writing() as session:
    return render_template(...)                   ambil(session, actor(), command, now())
                                              return see("tagihan.index")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask, g, request
from sqlalchemy.orm import Session

from kkpd.core.db import session as db
from kkpd.core.errors import DomainError
from kkpd.core.permissions import Actor
from kkpd.web.globals import engine
from kkpd.web.request.http import note_refusal


def reading() -> Session:
    """The request's reading session, opened on first use; the database refuses writes in it."""
    if "reading" not in g:
        g.reading_block = db.reading(engine(), _scope())
        g.reading = g.reading_block.__enter__()
    session = g.reading
    assert isinstance(session, Session)
    return session


@contextmanager
def writing() -> Iterator[Session]:
    """The request's one writing transaction: committed at the end, rolled back if anything raises.

    An open reading session is closed first, so that the data is read again inside.
    """
    close_reading()
    try:
        with db.writing(engine(), _scope()) as session:
            yield session
    except DomainError as refusal:
        note_refusal(refusal)
        raise


@contextmanager
def rehearsing() -> Iterator[Session]:
    """A transaction for a preview: like `writing`, but always rolled back."""
    close_reading()
    with db.rehearsing(engine(), _scope()) as session:
        yield session


def close_reading() -> None:
    """End the reading session, if one is open."""
    block = g.pop("reading_block", None)
    g.pop("reading", None)
    if block is not None:
        block.__exit__(None, None, None)


def _scope() -> Iterable[int] | str:
    """The OPDs that row-level security shows to this transaction; none without a login."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        return ()
    return db.EVERY_OPD if actor.opd_ids is None else actor.opd_ids


def setup(app: Flask) -> None:
    """Close what the request has opened."""
    app.teardown_appcontext(lambda _error: close_reading())
    app.teardown_request(lambda _error: request.close())  # files that were sent
