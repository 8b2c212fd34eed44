"""The area's blueprint, and what its pages share: the store, the kept file, the choices made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Blueprint
from sqlalchemy.orm import Session

from kkpd.core.moments import parse_periode
from kkpd.engines.reading.reading import checked
from kkpd.models import Berkas
from kkpd.records.custody import Store
from kkpd.tagihan import receive
from kkpd.web.globals import settings
from kkpd.web.request.context import chosen_opd
from kkpd.web.request.permissions import actor
from kkpd.worker.take_in import TakeInChoice

bp = Blueprint("tagihan", __name__, url_prefix="/<opd:opd>/<periode:periode>/tagihan")

#: In addresses and forms an answer to a question of the file is `jawab.<key>`.
ANSWER_PREFIX: Final = "jawab."


def store() -> Store:
    """Where bank files are kept."""
    return Store(settings().instance / "berkas")


def kept(session: Session, berkas_id: int) -> Berkas:
    """The kept bank file of the OPD in the address; NotFound otherwise (law 12)."""
    return receive.bank_file(session, actor(), chosen_opd().id, berkas_id)


def options(fields: Mapping[str, str]) -> TakeInChoice:
    """The choices in an address or a form; empty words choose nothing. Raises Unreadable."""
    jenis = fields.get("jenis", "")
    periode = fields.get("buku", "")
    return TakeInChoice(
        profil=fields.get("profil") or None,
        jenis=jenis if jenis in ("dts", "final") else None,
        periode=parse_periode(periode) if periode else None,
        jawaban=checked(
            {
                key.removeprefix(ANSWER_PREFIX): value
                for key, value in fields.items()
                if key.startswith(ANSWER_PREFIX) and value
            }
        ),
    )


def as_fields(chosen: TakeInChoice) -> dict[str, str]:
    """The same choices as fields of an address or of hidden inputs."""
    fields = {
        "profil": chosen.profil or "",
        "jenis": chosen.jenis or "",
        "buku": f"{chosen.periode[0]:04d}-{chosen.periode[1]:02d}" if chosen.periode else "",
        **{f"{ANSWER_PREFIX}{key}": value for key, value in chosen.jawaban.items()},
    }
    return {name: value for name, value in fields.items() if value}
