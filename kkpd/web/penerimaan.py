"""From the bytes a person sent to a bill in the books: reading and services, brought together.

Pages, the command line and the worker for long files all come through here; nothing in it knows
Flask. What may be kept is decided before anything is read, so a card number is never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath

from sqlalchemy.orm import Session

from kkpd import ingest
from kkpd.domain.peran import Actor
from kkpd.domain.tagihan.bulan import Bulan
from kkpd.ingest.custody import Kept, keepable
from kkpd.ingest.profile import Profile, get_profile
from kkpd.ingest.reading import Stream
from kkpd.ingest.recognise import fitting
from kkpd.models import Berkas
from kkpd.queries import profil_bank
from kkpd.services import tagihan
from kkpd.services.berkas import Store
from kkpd.services.gulungan import Lapor
from kkpd.services.impor_rencana import Rencana
from kkpd.services.tagihan import Hasil, Terima, Unggah


@dataclass(frozen=True, slots=True)
class Pilihan:
    """How a kept file is to be read and booked: all that a person may choose."""

    profil: str | None = None
    jenis: str | None = None
    periode: Bulan | None = None
    jawaban: Mapping[str, str] = field(default_factory=dict)


def siapkan(data: bytes, nama: str) -> Kept:
    """What may be kept of the file that was sent. Raises Unreadable and TooLarge."""
    return keepable(data, PurePath(nama.replace("\\", "/")).name or "tagihan")


def profil(session: Session, opd_id: int, nama: str | None, data: bytes) -> Profile | None:
    """The profile by name, kept or shipped; without a name a kept one that fits the file."""
    kept = {one.nama: one.toml for one in profil_bank.daftar(session, opd_id)}
    if nama is None:
        return fitting(data, map(Profile.from_toml, kept.values())) if kept else None
    return Profile.from_toml(kept[nama]) if nama in kept else get_profile(nama)


def baca(session: Session, opd_id: int, data: bytes, nama: str, pilihan: Pilihan) -> Stream:
    """Begin reading a file as chosen."""
    chosen = profil(session, opd_id, pilihan.profil, data)
    return ingest.stream(data, nama, chosen, dict(pilihan.jawaban))


def periksa_dulu(
    session: Session, actor: Actor, opd_id: int, kept: Kept, pilihan: Pilihan, now: datetime
) -> Rencana:
    """The plan of a file that is not kept yet: what would be refused is refused before that."""
    command = Terima(
        opd_id,
        0,
        baca(session, opd_id, kept.data, kept.name, pilihan),
        pilihan.jenis,
        pilihan.periode,
        pilihan.jawaban,
    )
    return tagihan.rencanakan(session, actor, command, now)


def simpan(
    session: Session, actor: Actor, store: Store, opd_id: int, kept: Kept, now: datetime
) -> Berkas:
    """Keep the file with its receipt."""
    command = Unggah(opd_id, kept.data, kept.name, kept.media, kept.sha256_sent)
    return tagihan.unggah(session, actor, command, store, now)


def rencanakan(
    session: Session, actor: Actor, store: Store, berkas: Berkas, pilihan: Pilihan, now: datetime
) -> Rencana:
    """What taking the kept file in would do."""
    return tagihan.pratinjau(session, actor, _terima(session, store, berkas, pilihan), now)


def ambil(
    session: Session,
    actor: Actor,
    store: Store,
    berkas: Berkas,
    pilihan: Pilihan,
    now: datetime,
    lapor: Lapor | None = None,
) -> Hasil:
    """Take the kept file in; its bytes are read again and checked against their hash."""
    return tagihan.terima(session, actor, _terima(session, store, berkas, pilihan), now, lapor)


def _terima(session: Session, store: Store, berkas: Berkas, pilihan: Pilihan) -> Terima:
    return Terima(
        berkas.opd_id,
        berkas.id,
        baca(session, berkas.opd_id, store.get(berkas.sha256), berkas.nama, pilihan),
        pilihan.jenis,
        pilihan.periode,
        pilihan.jawaban,
    )
