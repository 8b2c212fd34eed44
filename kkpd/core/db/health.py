"""Whether an installation is fit to work: one sentence for each trouble, for `GET /sehat` and for
every command.
"""

from __future__ import annotations

import shutil
from typing import Final

from sqlalchemy import Connection

from kkpd.core.config import MIB, Settings
from kkpd.core.db import schema

SILENT: Final = "Basis data tidak menjawab. Periksa KKPD_DATABASE_URL dan servernya."


def room(config: Settings) -> str | None:
    """None while the instance folder has room for two of the largest bank files."""
    free = shutil.disk_usage(config.instance).free
    if free >= 2 * config.max_bill_bytes:
        return None
    return f"Ruang penyimpanan hampir habis: tersisa {free // MIB} MB. Tambah ruangnya."


def structure(connection: Connection) -> str | None:
    """None if the database stands at the newest structure of this program."""
    found = schema.revision(connection)
    if found == schema.head():
        return None
    if found is None:
        return "Basis data masih kosong. Jalankan: kkpd db upgrade"
    if not schema.is_known(found):
        return f"Basis data bersusunan {found}, dari versi yang lebih baru. Perbarui programnya."
    return "Susunan basis data belum yang terbaru. Cadangkan, lalu jalankan: kkpd db upgrade"
