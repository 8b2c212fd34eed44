"""`kkpd db`: the logins of PostgreSQL (`roles`), and the present structure (`upgrade`).

After the structure, `upgrade` opens the cases of findings that were written before there were any.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import URL, make_url, select

from kkpd.cli import context as cli_context
from kkpd.core.config import Settings
from kkpd.core.db import roles
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.errors import DomainError
from kkpd.models import Opd
from kkpd.oversight.cases import open_from_findings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and for `roles` as whom."""
    parser.add_argument("act", choices=[*_ACTS], help="logins once, structure at each version")
    parser.add_argument(
        "--admin",
        metavar="URL",
        help="roles: address of the server as somebody who may create roles; "
        "without it the statements are printed, for psql",
    )


def run(args: argparse.Namespace) -> int:
    """Do it; both are safe to repeat."""
    _ACTS[args.act](cli_context.settings(), args.admin)
    return 0


def _upgrade(config: Settings, _admin: str | None) -> None:
    cli_context.migrate(config)
    print("Struktur basis data terbaru.")
    now = cli_context.now()
    with cli_context.opened(config) as engine, writing(engine, EVERY_OPD) as session:
        opds = session.scalars(select(Opd.id).order_by(Opd.id)).all()
        opened = sum(open_from_findings(session, opd_id, now) for opd_id in opds)
    if opened:
        print(f"{opened} tindak lanjut dibuka dari temuan yang sudah ada.")


def _make_roles(config: Settings, admin: str | None) -> None:
    owner, app = _addresses(config)
    if admin is None:
        print(roles.script(owner, app))
        return
    roles.make(make_url(admin), owner, app)
    print(
        f"Peran {owner.username} (pemilik), {roles.APP_ROLE} (program) dan {roles.REPORT_ROLE} "
        "(laporan, hanya baca) siap. Lanjutkan dengan: kkpd db upgrade"
    )


def _addresses(config: Settings) -> tuple[URL, URL]:
    """The owner's and the program's address; DomainError unless they are two logins of one
    database.
    """
    if not config.database_url.startswith("postgresql"):
        raise DomainError("kkpd db roles hanya untuk PostgreSQL; SQLite tidak mengenal peran.")
    if not config.database_owner_url:
        raise DomainError(
            "KKPD_DATABASE_OWNER_URL belum diisi. Isi dengan alamat yang dipakai untuk migrasi, "
            "misalnya postgresql://kkpd_pemilik@localhost/kkpd."
        )
    owner, app = make_url(config.database_owner_url), make_url(config.database_url)
    if app.username != roles.APP_ROLE:
        raise DomainError(f"KKPD_DATABASE_URL harus memakai peran {roles.APP_ROLE}.")
    if owner.username in {None, roles.APP_ROLE, roles.REPORT_ROLE}:
        raise DomainError("KKPD_DATABASE_OWNER_URL harus memakai peran pemilik yang lain.")
    if owner.database != app.database:
        raise DomainError(
            "KKPD_DATABASE_URL dan KKPD_DATABASE_OWNER_URL menunjuk basis data yang berbeda."
        )
    return owner, app


_ACTS: Final[Mapping[str, Callable[[Settings, str | None], None]]] = {
    "roles": _make_roles,
    "upgrade": _upgrade,
}
