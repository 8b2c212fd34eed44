"""Reference tables by year: account codes and sub kegiatan, loaded from files, never hard-coded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.errors import Finding, Unreadable
from kkpd.core.permissions import Actor, require
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import Rekening, SubKegiatan
from kkpd.records import event_log

_REKENING: Final = re.compile(r"[1-9]\.\d\.\d{2}\.\d{2}\.\d{2}\.\d{3,4}", re.ASCII)
_SUB_KEGIATAN: Final = re.compile(r"[\dX]\.\w{2}\.\d{2}\.\d\.\d{2}\.\d{2,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReferenceLoad:
    """The result of a load: new rows, changed names, unchanged rows."""

    baru: int
    altered: int
    same: int


def rekening_code(text: str) -> str:
    """A level-6 code with four digits at the end; `001` of the first print becomes `0001`."""
    head, _, tail = text.strip().rpartition(".")
    return f"{head}.{tail:0>4}"


def load_rekening(
    session: Session, actor: Actor, rows: Sequence[ReferenceRow], tahun: int, now: datetime
) -> ReferenceLoad:
    """Account codes of a year from rows with `kode` and `nama` (and `deskripsi`)."""
    _check(rows, _REKENING, "kode rekening tingkat 6, mis. 5.1.02.01.01.0024")
    values = {rekening_code(row["kode"]): (row["nama"], row["deskripsi"]) for row in rows}
    return _load(session, actor, Rekening, tahun, values, now)


def load_sub_kegiatan(
    session: Session, actor: Actor, rows: Sequence[ReferenceRow], tahun: int, now: datetime
) -> ReferenceLoad:
    """Sub kegiatan of a year from rows with `kode` and `nama`."""
    _check(rows, _SUB_KEGIATAN, "kode sub kegiatan, mis. 1.02.02.2.02.0010")
    values = {row["kode"]: (row["nama"], "") for row in rows}
    return _load(session, actor, SubKegiatan, tahun, values, now)


def _check(rows: Iterable[ReferenceRow], form: re.Pattern[str], words: str) -> None:
    """Unreadable with the first wrong row; the findings name all of them."""
    found = [
        Finding("acuan:kode", f"Baris {row.nomor}: “{row['kode'][:30]}” bukan {words}.", "salah")
        for row in rows
        if not form.fullmatch(row["kode"]) or not row["nama"]
    ]
    if found:
        more = f" Ada {len(found) - 1} baris lain yang salah." if len(found) > 1 else ""
        raise Unreadable(f"{found[0].message} Betulkan berkasnya, tidak ada yang disimpan.{more}")


def _load(
    session: Session,
    actor: Actor,
    model: type[Rekening] | type[SubKegiatan],
    tahun: int,
    values: dict[str, tuple[str, str]],
    now: datetime,
) -> ReferenceLoad:
    role = require(actor, "acuan:kelola")
    statement = select(model.kode, model.nama).where(model.tahun == tahun)
    known = {kode: nama for kode, nama in session.execute(statement)}  # noqa: C416 -- rows are typed so
    new = [
        {"tahun": tahun, "kode": kode, "nama": nama}
        | ({"deskripsi": words} if model is Rekening else {})
        for kode, (nama, words) in sorted(values.items())
        if kode not in known
    ]
    changed = [kode for kode in values if kode in known and known[kode] != values[kode][0]]
    with db_facts.watched(session, model, model.tahun == tahun):
        if new:
            session.execute(insert(model), new)
        for kode in changed:
            session.execute(
                update(model)
                .where(model.tahun == tahun, model.kode == kode)
                .values(nama=values[kode][0])
            )
    result = ReferenceLoad(len(new), len(changed), len(values) - len(new) - len(changed))
    event_log.record(
        session,
        actor,
        role,
        f"acuan:{model.__tablename__}:muat",
        f"{model.__tablename__}:{tahun}",
        now=now,
        after={"baru": result.baru, "berubah": result.altered, "sama": result.same},
    )
    return result
