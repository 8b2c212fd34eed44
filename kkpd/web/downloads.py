"""Files as answers: a frozen document in each of its forms, with its media type and its name."""

from __future__ import annotations

from typing import Final

from werkzeug.wrappers import Response

_MEDIA: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}


def downloaded(data: bytes, name: str, ending: str) -> Response:
    """The bytes as a file to keep."""
    response = Response(data, content_type=_MEDIA[ending])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{ending}")
    return response
