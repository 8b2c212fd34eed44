"""The guide for users: docs/panduan, one Markdown file a role, shown by the program itself so that
an office without internet can read it. The folder lies beside the package, as the migrations do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from flask import url_for

from kkpd.core.errors import NotFound
from kkpd.core.permissions import Role

FOLDER: Final = Path(str(resources.files("kkpd"))).parent / "docs" / "panduan"
#: Roles whose page has another name than their own; the others have a page of their own name.
CHAPTERS: Final = {Role.BPP: "bendahara", Role.KPA: "pa", Role.ADMIN: "administrator"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the guide: its title, its headings (id, words), its text as HTML of our own."""

    title: str
    headings: tuple[tuple[str, str], ...]
    body: str


def chapter(name: str) -> Chapter:
    """That page, made from its Markdown; NotFound for any other name."""
    from markdown_it import MarkdownIt  # only who reads the guide waits for it

    source = FOLDER / f"{name}.md"
    if source not in set(FOLDER.glob("*.md")):
        raise NotFound("Halaman panduan ini tidak ada. Pilih dari daftar peran.")
    reader = MarkdownIt("commonmark", {"html": False})
    tokens = reader.parse(source.read_text("utf-8"))
    title, headings = tokens[1].content, []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[number + 1].content
            token.attrSet("id", slug(words))
            headings.append((slug(words), words))
        for part in token.children or ():
            for attribute in ("href", "src"):
                if attribute in part.attrs:
                    part.attrSet(attribute, _address(str(part.attrs[attribute])))
    body = reader.renderer.render(tokens[3:], reader.options, {})
    return Chapter(title, tuple(headings[1:]), body)


def slug(words: str) -> str:
    """A heading as it stands in an address."""
    return re.sub(r"\W+", "-", words.lower()).strip("-")


def _address(link: str) -> str:
    """A link between files of the folder as an address of the program; others stay."""
    name, _sign, anchor = link.partition("#")
    if name.endswith(".md"):
        return url_for("panduan.peran", peran=name.removesuffix(".md"), _anchor=anchor or None)
    if name.startswith("gambar/"):
        return url_for("panduan.gambar", nama=name.removeprefix("gambar/"))
    return link


def picture(name: str) -> Path:
    """A picture of the guide; NotFound for any other name."""
    found = FOLDER / "gambar" / name
    if found not in set((FOLDER / "gambar").glob("*.png")):
        raise NotFound("Gambar panduan ini tidak ada.")
    return found
