"""Error pages: what happened and what to do (law 11)."""

from __future__ import annotations

import errno
import logging
from typing import Final

from flask import Flask, g, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response

from kkpd.core.config import MIB
from kkpd.core.errors import DomainError
from kkpd.records import security_log
from kkpd.web.globals import settings
from kkpd.web.request.http import logged_path, note_refusal, request_id
from kkpd.web.translation import _

_log = logging.getLogger("kkpd.error")
#: No room on the disk, or no more of it for this user.
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _heading(status: int) -> str:
    return {
        400: _("Permintaan tidak dapat diterima"),
        401: _("Perlu masuk"),
        403: _("Tidak berwenang"),
        404: _("Halaman tidak ditemukan"),
        405: _("Cara membuka halaman ini keliru"),
        409: _("Keadaan sudah berubah"),
        413: _("Kiriman terlalu besar"),
        422: _("Isi tidak dapat dibaca"),
        429: _("Terlalu banyak percobaan"),
        507: _("Penyimpanan penuh"),
        503: _("Sedang tidak dapat dipakai"),
    }.get(status, _("Ada yang salah pada program"))


def _advice(status: int) -> str:
    return {
        404: _("Halaman ini tidak ada. Periksa alamatnya atau mulai dari menu."),
        405: _("Kembali ke halaman sebelumnya dan pakai tombol yang ada di sana."),
        413: _(
            "Berkas bank paling besar %(tagihan)s MB, satu bukti paling besar %(bukti)s MB. "
            "Perkecil dulu.",
            tagihan=settings().max_bill_bytes // MIB,
            bukti=settings().max_evidence_bytes // MIB,
        ),
        429: _("Tunggu beberapa menit lalu coba lagi."),
        503: _("Basis data sedang tidak menjawab. Coba lagi beberapa menit lagi."),
        507: _(
            "Ruang penyimpanan penuh, jadi tidak ada yang tersimpan. Beri tahu administrator, "
            "lalu kirim lagi."
        ),
    }.get(status, _("Kembali ke halaman sebelumnya dan coba lagi."))


def page(status: int, message: str, rule: str | None = None) -> tuple[str, int]:
    """The error page with its status; without a chosen OPD when that choice was refused."""
    return (
        render_template(
            "pages/galat.html",
            heading=_heading(status),
            message=message,
            rule=rule,
            status=status,
            kode=request_id(),
        ),
        status,
    )


def _refused(refusal: DomainError) -> tuple[str, int]:
    note_refusal(refusal)
    return page(refusal.status, refusal.message, refusal.rule)


def _csrf(_error: CSRFError) -> tuple[str, int]:
    security_log.note("akses:formulir", "ditolak", path=logged_path())
    return page(
        400,
        _("Halaman sudah terlalu lama terbuka. Muat ulang halaman itu lalu kirim sekali lagi."),
    )


def _http(error: HTTPException) -> tuple[str, int] | Response:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status in (413, 429):
        security_log.note("akses:batas", "ditolak", status=status, path=logged_path())
    return page(status, _advice(status))


def _no_storage(error: OSError) -> tuple[str, int]:
    if error.errno not in _FULL:
        raise error  # a programmer's error
    return _full(error)


def _full(error: Exception) -> tuple[str, int]:
    _log.error("no room left", exc_info=error)
    g.actor = None  # the page must not write
    return page(507, _advice(507))


def _database(error: OperationalError) -> tuple[str, int]:
    if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL" or (
        getattr(error.orig, "sqlstate", "") == "53100"
    ):
        return _full(error)
    _log.error("database does not answer", exc_info=error)
    g.actor = None  # the page must not use the database
    return page(503, _advice(503))


def _broken(_error: HTTPException) -> tuple[str, int]:
    """A programmer's error: a 500 with an id; Flask has logged the traceback."""
    g.actor = None
    return page(
        500,
        _("Kesalahan ini sudah dicatat. Bila terulang, beri tahu administrator kodenya."),
    )


def setup(app: Flask) -> None:
    """Register one handler for each kind of error."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(OSError, _no_storage)
    app.register_error_handler(500, _broken)
