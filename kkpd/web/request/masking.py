"""No card number gets in (law 8): form values are masked before a view sees them. NUL characters
are removed too, since no text column can hold them.

Fields with other long numbers (NIP, NPWP, NIK), passwords and the program's own tokens are left as
typed.
"""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from werkzeug.datastructures import ImmutableMultiDict

from kkpd.core.pan import mask

#: Field names (or their last part) that are never masked.
UNMASKED: Final = (
    "csrf_token",
    "sandi",
    "lama",
    "baru",
    "ulang",
    "nik",
    "nip",
    "npwp",
    "kunci_kirim",
    "sha256",
    "sidik",
    "jawaban",
)


def _mask_form() -> None:
    """Runs after the checks of permission, size and token: a stranger's form costs nothing."""
    if request.method != "POST" or not request.form:
        return
    pairs = [
        (name, text if name.endswith(UNMASKED) else mask(text))
        for name, value in request.form.items(multi=True)
        for text in (value.replace("\x00", ""),)
    ]
    request.form = ImmutableMultiDict(pairs)


def setup(app: Flask) -> None:
    """Mask every form; registered after the checks."""
    app.before_request(_mask_form)
