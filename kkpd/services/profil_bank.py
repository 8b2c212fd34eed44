"""Keeping a bank's layout: append-only, the newest of a name holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.domain.errors import DomainError
from kkpd.domain.izin import require
from kkpd.domain.peran import Actor
from kkpd.models import ProfilBank
from kkpd.services import log

_NAMA = re.compile(r"[a-z][a-z0-9_]{2,39}")


@dataclass(frozen=True, slots=True)
class SimpanProfil:
    """A profile of this OPD; `toml` was read by kkpd.ingest before, so it is a right one."""

    opd_id: int
    nama: str
    toml: str


def simpan(session: Session, actor: Actor, command: SimpanProfil, now: datetime) -> ProfilBank:
    """Keep the profile as the newest of its name."""
    role = require(actor, "tagihan:unggah", command.opd_id)
    if not _NAMA.fullmatch(command.nama):
        raise DomainError(
            "Nama profil 3 sampai 40 huruf kecil, angka atau garis bawah, diawali huruf; "
            "misalnya bank_sumut_2026.",
            field="nama",
        )
    row = ProfilBank(
        opd_id=command.opd_id,
        nama=command.nama,
        toml=command.toml,
        at=now,
        oleh_id=actor.orang_id,
    )
    session.add(row)
    session.flush()
    log.record(
        session,
        actor,
        role,
        "tagihan:profil:simpan",
        f"profil_bank:{row.id}",
        now=now,
        opd_id=command.opd_id,
        after={"nama": command.nama, "toml": command.toml},
    )
    return row
