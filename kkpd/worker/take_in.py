"""From the bytes a person sent to a bill in the books: reading and services, brought together.

Pages, the command line and the worker for long files all come through here; nothing in it knows
Flask. What may be kept is decided before anything is read, so a card number is never stored.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import NamedTuple

from sqlalchemy.orm import Session

from kkpd.core import gc_paused, sandbox
from kkpd.core.permissions import Actor
from kkpd.core.sandbox import JOB, PAGE
from kkpd.engines.reading import apart
from kkpd.engines.reading.custody import Kept
from kkpd.engines.reading.profile import Profile, get_profile, load_profiles
from kkpd.engines.reading.statement import Statement
from kkpd.ledger.shapes import Month
from kkpd.models import Berkas
from kkpd.oversight import watch
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.records.custody import Store
from kkpd.tagihan import profiles, receive
from kkpd.tagihan.receive import TakeIn, TakeInResult
from kkpd.worker.context import ReadingShelf, reading_key

#: From so many rows on, taking in is work for later.
LONG_ROW_COUNT = 15_000
#: A row of a workbook takes about so many bytes when unpacked.
_BYTES_PER_LINE = 400


@dataclass(frozen=True, slots=True)
class TakeInChoice:
    """How a kept file is to be read and booked: all that a person may choose."""

    profil: str | None = None
    jenis: str | None = None
    periode: Month | None = None
    jawaban: Mapping[str, str] = field(default_factory=dict)

    def command(self, opd_id: int, berkas_id: int, read: Statement) -> TakeIn:
        """Take in the file, as it was read with the same choices; 0 for one not kept yet."""
        return TakeIn(opd_id, berkas_id, read, self.jenis, self.periode, self.jawaban)


class IntoBooks(NamedTuple):
    """What taking in did, how many lines matched at once, how many cases the watch opened."""

    result: TakeInResult
    matched: int
    cases: int


@dataclass(frozen=True, slots=True)
class ReadShape:
    """Kept profiles beside a file: those that fit, the best first; else one that nearly does, with
    the titles that the file lacks.
    """

    cocok: tuple[Profile, ...] = ()
    similar: tuple[Profile, tuple[str, ...]] | None = None


def prepare(data: bytes, nama: str) -> Kept:
    """What may be kept of the file that was sent. Raises Unreadable and TooLarge."""
    name = PurePath(nama.replace("\\", "/")).name or "tagihan"
    paper = data.startswith(b"%PDF-")
    return apart.keepable(data, name, PAGE if paper else sandbox.for_size(len(data)))


def long(data: bytes) -> bool:
    """Whether a person would wait: about `LONG_ROW_COUNT` rows and more."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        return size > LONG_ROW_COUNT * _BYTES_PER_LINE
    return data.count(b"\n") > LONG_ROW_COUNT


def profil(session: Session, opd_id: int, nama: str | None, data: bytes) -> Profile | None:
    """The profile by name, kept or shipped; without a name a kept one that fits the file."""
    kept = kept_take_in(session, opd_id)
    if nama is not None:
        return kept[nama] if nama in kept else get_profile(nama)
    return next(iter(apart.fitting(data, kept.values())), None) if kept else None


def kept_take_in(session: Session, opd_id: int) -> dict[str, Profile]:
    """The kept profiles that this OPD may use, by name, the newest first."""
    return {one.nama: Profile.from_toml(one.toml) for one in profiles.listing(session, opd_id)}


def profile_titles(session: Session, opd_id: int) -> dict[str, str]:
    """Name -> title of every profile that this OPD may use, its own first."""
    own = {name: one.title for name, one in kept_take_in(session, opd_id).items()}
    return own | {one.name: one.title for one in load_profiles().values() if one.name not in own}


def nearest_profile(
    session: Session, opd_id: int, nama: str | None, data: bytes
) -> tuple[Profile | None, bool]:
    """The kept profile chosen by name, else the one that fits, else the one most of whose titles
    the file shows; and whether it fits whole.
    """
    kept = kept_take_in(session, opd_id)
    if nama in kept:
        return kept[nama], bool(apart.fitting(data, [kept[nama]]))
    fits = apart.fitting(data, kept.values()) if kept else []
    if fits:
        return fits[0], True
    near = apart.nearly(data, kept.values()) if kept else None
    return (near[0] if near else None), False


def profile_notes(session: Session, opd_id: int, data: bytes) -> ReadShape:
    """What a person should know of the kept profiles before the file is taken in."""
    kept = kept_take_in(session, opd_id)
    fits = apart.fitting(data, kept.values()) if kept else []
    return ReadShape(tuple(fits), None if fits or not kept else apart.nearly(data, kept.values()))


@gc_paused.pause()
def parsed(session: Session, opd_id: int, data: bytes, options: TakeInChoice) -> Statement:
    """The file read to its end as chosen."""
    chosen = profil(session, opd_id, options.profil, data)
    return apart.unpacked(io.BytesIO(apart.parsed(data, chosen, options.jawaban)))


@gc_paused.pause()
def read_file(
    session: Session,
    shelf: ReadingShelf,
    opd_id: int,
    data: bytes,
    options: TakeInChoice,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Statement:
    """The file as it was read with these choices before, else read now and kept for the next."""
    key = kunci(session, opd_id, data, options)
    found = shelf.load_data(key)
    if found is None:
        chosen = profil(session, opd_id, options.profil, data)
        limits = JOB if long(data) else PAGE
        packed = apart.parsed(data, chosen, options.jawaban, on_progress, limits)
        found = apart.unpacked(io.BytesIO(packed))
        if not found.unread:  # such a file is refused
            shelf.save(key, packed)
    return found


def kunci(session: Session, opd_id: int, data: bytes, options: TakeInChoice) -> str:
    """Under what the reading of a file with these choices is kept."""
    chosen = profil(session, opd_id, options.profil, data)
    sha256 = hashlib.sha256(data).hexdigest()
    return reading_key(sha256, chosen.to_toml() if chosen else "", options.jawaban)


def read_head(session: Session, opd_id: int, data: bytes, options: TakeInChoice) -> None:
    """Read the first lines of a long file that is not kept yet. Raises Unreadable and TooLarge."""
    chosen = profil(session, opd_id, options.profil, data)
    apart.try_head(data, chosen, options.jawaban)


def into_books(session: Session, actor: Actor, command: TakeIn, now: datetime) -> IntoBooks:
    """Take a kept file in, match what is certain, and let the watch judge its lines."""
    opd_id, berkas_id = command.opd_id, command.berkas_id
    result = receive.take_in(session, actor, command, now)
    matched = reconciliation_decide.accept_certain_of_file(session, actor, opd_id, berkas_id, now)
    return IntoBooks(result, matched, watch.watch_file(session, opd_id, berkas_id, now))


def try_out(store: Store, berkas: Berkas, profil: Profile) -> None:
    """Read the kept file with this profile, of a long one the first lines. Raises Unreadable."""
    data = store.get(berkas.sha256)
    if long(data):
        apart.try_head(data, profil, {})
    else:
        apart.parsed(data, profil, {}, limits=PAGE)
