"""No card number gets in (law 8): form values are masked before a view sees them. NUL characters
are removed too, since no text column can hold them. A search word that holds one is masked in the
address itself: the browser is sent on, so that neither its history nor a link keeps the number.

Fields with other long numbers (NIP, NPWP, NIK), passwords and the program's own tokens are left as
typed.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Flask, redirect, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from kkpd.core.pan import mask

#: Fields that are never masked, by their whole name: passwords, tokens of ours and of the provider,
#: numbers of persons and firms, marks of files.
UNMASKED: Final = frozenset(
    {
        "csrf_token",
        "sandi",
        "lama",
        "baru",
        "ulang",
        "nik",
        "nip",
        "npwp",
        "sha256",
        "sidik",
        "jawaban",
        "kode_jawaban",
        "state_jawaban",
    }
)


def _masked(name: str, text: str) -> str:
    """The text without card numbers. Of a row in a list (`baris-3-npwp`) or a form with a prefix
    (`bukti-lama`) the last part is the field's name.
    """
    return text if name.rpartition("-")[2] in UNMASKED else mask(text)


def _mask_address() -> Response | None:
    """Send a browser on to the same page without the card number in its address."""
    pairs = list(request.args.items(multi=True))
    masked = [(mask(name), _masked(name, text)) for name, text in pairs]
    if masked == pairs:
        return None
    if request.method in {"GET", "HEAD"}:
        return redirect(f"{request.path}?{urlencode(masked)}", 303)
    request.args = ImmutableMultiDict(masked)
    return None


def _mask_form() -> None:
    """Runs after the checks of permission, size and token: a stranger's form costs nothing."""
    if request.method != "POST" or not request.form:
        return
    pairs = [
        (name, _masked(name, text.replace("\x00", "")))
        for name, text in request.form.items(multi=True)
    ]
    request.form = ImmutableMultiDict(pairs)


def setup(app: Flask) -> None:
    """Mask every form; registered after the checks."""
    app.before_request(_mask_address)
    app.before_request(_mask_form)
