"""No card number gets past the door (law 8): what people type is masked before a view sees it.

Fields whose numbers are long by nature and no cards (NIP, NPWP, NIK) stay as typed, and so do
passwords and the program's own tokens.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict

from kkpd.domain.pan import mask

#: Field names (or their last part) that are never masked.
UTUH: Final = (
    "csrf_token",
    "sandi",
    "lama",
    "baru",
    "ulang",
    "nip",
    "npwp",
    "kunci_kirim",
    "sha256",
    "sidik",
)


def _mask_form() -> None:
    """Runs after the permission was asked for, so a stranger's body is still never read."""
    if request.method != "POST" or not request.form:
        return
    pairs = [
        (name, value if name.endswith(UTUH) else mask(value))
        for name, value in request.form.items(multi=True)
    ]
    request.form = ImmutableMultiDict(pairs)


def setup(app: Flask) -> None:
    """Mask every form; registered after `permissions`."""
    app.before_request(_mask_form)
