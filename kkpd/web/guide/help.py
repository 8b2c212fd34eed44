"""The help of each page: what it is for, what to do, the legal basis, where the guide explains it.

The texts are data (kkpd/data/bantuan/bantuan.toml, one entry for pages that do one thing) and are
shown folded under the heading by `layouts/halaman.html`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kkpd.web.translation import N_

#: How sure the legal basis is; what only this program does needs no word.
CERTAINTY: Final = {
    "peraturan": N_("tertulis dalam peraturan"),
    "berita": N_("menurut pemberitaan; naskahnya belum diperiksa"),
    "nasional": N_("aturan kartu pemerintah pusat, sebagai pembanding"),
    "belum": N_("belum dipastikan"),
    "program": "",
}


@dataclass(frozen=True, slots=True)
class PageHelp:
    """The help of a page; `guide` is a page of the guide and a heading in it."""

    purpose: str
    action: str
    law: str
    certainty: str
    guide: str

    @property
    def chapter(self) -> str:
        """The page of the guide: a role, or README."""
        return self.guide.partition("#")[0]

    @property
    def heading(self) -> str:
        """The heading in it, as the address has it."""
        return self.guide.partition("#")[2]


@cache
def pages() -> dict[str, PageHelp]:
    """Endpoint -> its help."""
    text = resources.files("kkpd").joinpath("data", "bantuan", "bantuan.toml").read_text("utf-8")
    found = tomllib.loads(text)
    return {
        endpoint: PageHelp(
            row["purpose"],
            row["action"],
            found["law"][row["law"]]["words"],
            CERTAINTY[found["law"][row["law"]]["certainty"]],
            row["guide"],
        )
        for row in found["page"]
        for endpoint in row["endpoints"]
    }


def page_help() -> PageHelp | None:
    """The help of the page that this request shows; None on pages for strangers."""
    return next((pages()[name] for name in _names() if name in pages()), None)


def _names() -> Iterator[str]:
    """This endpoint; of a refused form the page that it stands on; the first page of the area."""
    yield request.endpoint or ""
    if request.method == "POST":
        routes = current_app.url_map.bind_to_environ(request.environ)
        try:
            yield str(routes.match(method="GET")[0])
        except (HTTPException, RequestRedirect):  # an act without a page of its own
            yield f"{request.blueprint}.index"
