"""From the bytes a person sent to a bill in the books: reading and services, brought together.

Pages, the command line and the worker for long files all come through here; nothing in it knows
Flask. What may be kept is decided before anything is read, so a card number is never stored.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import PurePath

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.engines import reading as engines_reading
from kkpd.engines.reading.custody import Kept, keepable
from kkpd.engines.reading.profile import Profile, get_profile, load_profiles
from kkpd.engines.reading.reading import Stream
from kkpd.engines.reading.recognise import fitting, nearly
from kkpd.ledger.booking_month import Bulan
from kkpd.models import Berkas
from kkpd.records.custody import Store
from kkpd.tagihan import profile_reads, receive
from kkpd.tagihan.intake.line_buffer import Lapor, Tergulung, gulung
from kkpd.tagihan.intake.plan_shapes import Rencana
from kkpd.tagihan.receive import Hasil, Terima, Unggah
from kkpd.worker.kept_readings import kunci_bacaan

#: From so many rows on, taking in is work for later (hard-parts 9).
BARIS_PANJANG = 20_000
#: A row of a workbook takes about so many bytes when unpacked.
_BITA_BARIS = 400


@dataclass(frozen=True, slots=True)
class Pilihan:
    """How a kept file is to be read and booked: all that a person may choose."""

    profil: str | None = None
    jenis: str | None = None
    periode: Bulan | None = None
    jawaban: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bentuk:
    """Kept profiles beside a file: those that fit, the best first; else one that nearly does, with
    the titles that the file lacks.
    """

    cocok: tuple[Profile, ...] = ()
    mirip: tuple[Profile, tuple[str, ...]] | None = None


def siapkan(data: bytes, nama: str) -> Kept:
    """What may be kept of the file that was sent. Raises Unreadable and TooLarge."""
    return keepable(data, PurePath(nama.replace("\\", "/")).name or "tagihan")


def panjang(data: bytes) -> bool:
    """Whether a person would wait: about `BARIS_PANJANG` rows and more."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        return size > BARIS_PANJANG * _BITA_BARIS
    return data.count(b"\n") > BARIS_PANJANG


def profil(session: Session, opd_id: int, nama: str | None, data: bytes) -> Profile | None:
    """The profile by name, kept or shipped; without a name a kept one that fits the file."""
    kept = tersimpan(session, opd_id)
    if nama is not None:
        return kept[nama] if nama in kept else get_profile(nama)
    return next(iter(fitting(data, kept.values())), None) if kept else None


def tersimpan(session: Session, opd_id: int) -> dict[str, Profile]:
    """The kept profiles that this OPD may use, by name, the newest first."""
    return {one.nama: Profile.from_toml(one.toml) for one in profile_reads.daftar(session, opd_id)}


def judul_bentuk(session: Session, opd_id: int) -> dict[str, str]:
    """Name -> title of every profile that this OPD may use, its own first."""
    own = {name: one.title for name, one in tersimpan(session, opd_id).items()}
    return own | {one.name: one.title for one in load_profiles().values() if one.name not in own}


def bentuk_terdekat(
    session: Session, opd_id: int, nama: str | None, data: bytes
) -> tuple[Profile | None, bool]:
    """The kept profile chosen by name, else the one that fits, else the one most of whose titles
    the file shows; and whether it fits whole.
    """
    kept = tersimpan(session, opd_id)
    if nama in kept:
        return kept[nama], bool(fitting(data, [kept[nama]]))
    fits = fitting(data, kept.values()) if kept else []
    if fits:
        return fits[0], True
    near = nearly(data, kept.values()) if kept else None
    return (near[0] if near else None), False


def kata_bentuk(session: Session, opd_id: int, data: bytes) -> Bentuk:
    """What a person should know of the kept profiles before the file is taken in."""
    kept = tersimpan(session, opd_id)
    fits = fitting(data, kept.values()) if kept else []
    return Bentuk(tuple(fits), None if fits or not kept else nearly(data, kept.values()))


def baca(session: Session, opd_id: int, data: bytes, nama: str, pilihan: Pilihan) -> Stream:
    """Begin reading a file as chosen."""
    chosen = profil(session, opd_id, pilihan.profil, data)
    return engines_reading.stream(data, nama, chosen, dict(pilihan.jawaban))


def sudah_diambil(
    session: Session, actor: Actor, opd_id: int, kept: Kept, pilihan: Pilihan
) -> Hasil | None:
    """What taking in this very file did before; None for the first time."""
    return receive.sudah(
        session,
        actor,
        opd_id,
        hashlib.sha256(kept.data).hexdigest(),
        jenis=pilihan.jenis,
        jawaban=pilihan.jawaban,
    )


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
    return receive.rencanakan(session, actor, command, now)


def simpan(
    session: Session, actor: Actor, store: Store, opd_id: int, kept: Kept, now: datetime
) -> Berkas:
    """Keep the file with its receipt."""
    command = Unggah(opd_id, kept.data, kept.name, kept.media, kept.sha256_sent)
    return receive.unggah(session, actor, command, store, now)


def rencanakan(
    session: Session,
    actor: Actor,
    berkas: Berkas,
    pilihan: Pilihan,
    bacaan: Tergulung,
    now: datetime,
) -> Rencana:
    """What taking the kept file in would do, as it was read with the same choices."""
    return receive.pratinjau(session, actor, _terima(berkas, pilihan, bacaan), now)


def lihat_kepala(session: Session, opd_id: int, kept: Kept, pilihan: Pilihan) -> None:
    """Read the first lines of a long file that is not kept yet. Raises Unreadable and TooLarge."""
    next(baca(session, opd_id, kept.data, kept.name, pilihan).batches(), None)


def coba(store: Store, berkas: Berkas, profil: Profile) -> None:
    """Read the kept file with this profile, of a long one the first lines. Raises Unreadable."""
    data = store.get(berkas.sha256)
    reading = engines_reading.stream(data, berkas.nama, profil)
    for _batch in islice(reading.batches(), 1 if panjang(data) else None):
        pass
    if not panjang(data):
        reading.statement()


def kunci(session: Session, berkas: Berkas, data: bytes, pilihan: Pilihan) -> str:
    """Under what the reading of a kept file with these choices is kept."""
    chosen = profil(session, berkas.opd_id, pilihan.profil, data)
    return kunci_bacaan(berkas.sha256, chosen.to_toml() if chosen else "", pilihan.jawaban)


def baca_berkas(
    session: Session, opd_id: int, kept: Kept, pilihan: Pilihan, lapor: Lapor | None = None
) -> Tergulung:
    """Read a file that is not kept yet to its end."""
    return gulung(baca(session, opd_id, kept.data, kept.name, pilihan), lapor)


def gulung_berkas(
    session: Session,
    store: Store,
    berkas: Berkas,
    pilihan: Pilihan,
    lapor: Lapor | None = None,
) -> Tergulung:
    """Read the kept file to its end, its bytes checked against their hash, before any writing."""
    data = store.get(berkas.sha256)
    return gulung(baca(session, berkas.opd_id, data, berkas.nama, pilihan), lapor)


def ambil(
    session: Session,
    actor: Actor,
    berkas: Berkas,
    pilihan: Pilihan,
    bacaan: Tergulung,
    now: datetime,
) -> Hasil:
    """Take the kept file in, as `gulung_berkas` has read it with the same choices."""
    return receive.terima(session, actor, _terima(berkas, pilihan, bacaan), now)


def _terima(berkas: Berkas, pilihan: Pilihan, bacaan: Tergulung) -> Terima:
    return Terima(berkas.opd_id, berkas.id, bacaan, pilihan.jenis, pilihan.periode, pilihan.jawaban)
