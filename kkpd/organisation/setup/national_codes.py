"""The national code tables and holidays that come with the program, with version and source.

They go through the same loaders as a file of one's own, so a later file changes or adds to them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.permissions import Actor
from kkpd.core.reference_row import ReferenceRow
from kkpd.organisation import holidays
from kkpd.pagu.budget import reference

_DATA: Final = resources.files("kkpd").joinpath("data")
_LOADERS: Final[dict[str, Callable[..., reference.ReferenceLoad]]] = {
    "rekening": reference.load_rekening,
    "sub_kegiatan": reference.load_sub_kegiatan,
}


@dataclass(frozen=True, slots=True)
class NationalTable:
    """A code table of the program: what it is, its version, where it comes from, what to check."""

    jenis: str
    nama: str
    berkas: str
    versi: str
    sumber: str
    catatan: str


def tables() -> tuple[NationalTable, ...]:
    """The tables that come with the program."""
    said = tomllib.loads(_DATA.joinpath("acuan", "tabel.toml").read_text("utf-8"))
    return tuple(NationalTable(jenis, **words) for jenis, words in said.items())


def load_codes(
    session: Session, actor: Actor, tahun: int, now: datetime
) -> list[tuple[NationalTable, reference.ReferenceLoad]]:
    """Account codes and sub kegiatan of a year; what is there already stays or gets its name."""
    return [
        (
            one,
            _LOADERS[one.jenis](
                session, actor, _rows(one.berkas, ("kode", "nama")), tahun, now, one.versi
            ),
        )
        for one in tables()
    ]


def holiday_decree(tahun: int) -> str | None:
    """The decree behind the holidays that come with the program; None where it has none of that
    year.
    """
    said = tomllib.loads(_DATA.joinpath("acuan", "libur.toml").read_text("utf-8"))
    return said[str(tahun)]["dasar_hukum"] if str(tahun) in said else None


def load_holidays(session: Session, actor: Actor, tahun: int, now: datetime) -> int:
    """The holidays of the year where the program has them; gives how many days are new."""
    decree = holiday_decree(tahun)
    if decree is None:
        return 0
    rows = _rows(f"libur/{tahun}.csv", ("tanggal", "nama"))
    return holidays.load_data(session, actor, rows, tahun, decree, now).baru


def _rows(path: str, columns: tuple[str, ...]) -> list[ReferenceRow]:
    found = _DATA.joinpath(*path.split("/"))
    return reference.read(found.read_bytes(), found.name, columns)
