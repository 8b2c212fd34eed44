"""Files as responses: a frozen document in each format, with media type and name."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

_MEDIA: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
    "png": "image/png",
}


def downloaded(data: bytes, name: str, ending: str) -> Response:
    """The bytes as a download."""
    response = Response(data, content_type=_MEDIA[ending])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{ending}")
    return response
