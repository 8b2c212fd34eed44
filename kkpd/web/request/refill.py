"""A page's form filled again with what was sent: every choice and text, and each refusal at its
field and in a summary on top.

It works on the finished page, so no page needs code for it. Files and passwords cannot be filled
in; hidden fields keep what the page itself says, because a version that was sent may be old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final

#: name -> what was sent under it, in order
Sent = Mapping[str, Sequence[str]]

_VOID: Final = frozenset({"input", "img", "br", "hr", "link", "meta", "col", "rect", "line"})
_CONTROLS: Final = frozenset({"input", "select", "textarea", "button"})
#: A sentence may not stand inside these, so it stands before them.
_CLOSED: Final = frozenset({"p", "label", "legend", "fieldset", "ul", "ol", "dl"})
_JOINED: Final = frozenset({"choice", "choices", "money"})
_KEPT: Final = frozenset({"hidden", "submit", "button", "reset", "image", "file", "password"})


@dataclass(slots=True)
class PageTag:
    """One start tag: where it stands, and where its content ends."""

    tag: str
    words: dict[str, str | None]
    start: int
    inner: int
    above: tuple[PageTag, ...] = ()
    end: int = -1

    def get(self, name: str) -> str:
        """An attribute, empty without one."""
        return self.words.get(name) or ""

    @property
    def kind(self) -> str:
        """The kind of a control: that of an input, else the tag."""
        return (self.get("type") or "text").lower() if self.tag == "input" else self.tag


@dataclass(slots=True)
class FormOnPage:
    """A POST form and its controls, also those outside that name it."""

    element: PageTag
    controls: list[PageTag] = field(default_factory=list)

    def hidden(self) -> dict[str, list[str]]:
        """What the page itself sends."""
        found: dict[str, list[str]] = {}
        for one in self.controls:
            if one.kind == "hidden":
                found.setdefault(one.get("name"), []).append(one.get("value"))
        return found


class PageHtml(HTMLParser):
    """A finished page, and the changes to be made in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self._lines = [0, *(found.end() for found in re.finditer("\n", html))]
        self._open: list[PageTag] = []
        self.elements: list[PageTag] = []
        self._changes: list[tuple[int, int, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        """Note a tag and what is above it."""
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        inner = start + len(self.get_starttag_text() or "")
        element = PageTag(tag, dict(given), start, inner, tuple(self._open))
        self.elements.append(element)
        if tag not in _VOID and not self.html[start:inner].endswith("/>"):
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        """Close what is open down to that tag."""
        line, column = self.getpos()
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at].tag == tag:
                for element in self._open[at:]:
                    element.end = self._lines[line - 1] + column
                del self._open[at:]
                return

    def forms(self, address: str) -> list[FormOnPage]:
        """The POST forms of the page that lead there."""
        found = {
            id(one): FormOnPage(one)
            for one in self.elements
            if one.tag == "form"
            and one.get("method").lower() == "post"
            and one.get("action").split("?")[0].split("#")[0] == address
        }
        named = {form.element.get("id"): form for form in found.values()}
        for one in self.elements:
            if one.tag not in _CONTROLS:
                continue
            owner = named.get(one.get("form")) if one.get("form") else None
            for above in one.above if owner is None and not one.get("form") else ():
                owner = found.get(id(above), owner)
            if owner is not None:
                owner.controls.append(one)
        return list(found.values())

    def form(self, address: str, sent: Sent) -> FormOnPage | None:
        """The form that was sent: of several to one address that with the most of its own values
        in what was sent.
        """

        def alike(form: FormOnPage) -> tuple[int, int]:
            own = form.hidden()
            same = sum(values == list(sent.get(name, ())) for name, values in own.items())
            known = sum(one.get("name") in sent for one in form.controls)
            return same - sum(name not in sent for name in own), known

        return max(self.forms(address), key=alike, default=None)

    def change(self, start: int, end: int, text: str) -> None:
        """Put a text in place of a part of the page."""
        self._changes.append((start, end, text))

    def set(self, element: PageTag, **given: str | None) -> None:
        """Give a start tag other attributes; None takes one away, "" leaves the bare word."""
        names = {name.replace("_", "-"): value for name, value in given.items()}
        for name, value in names.items():
            if value is None:
                element.words.pop(name, None)
            else:
                element.words[name] = value
        words = [
            name if not value and name != "value" else f'{name}="{escape(value or "")}"'
            for name, value in element.words.items()
        ]
        self._changes = [one for one in self._changes if one[:2] != (element.start, element.inner)]
        self.change(element.start, element.inner, f"<{' '.join([element.tag, *words])}>")

    def text(self) -> str:
        """The page with every change; texts put at one place keep their order."""
        parts, at = [], 0
        for start, end, text in sorted(self._changes, key=lambda one: one[:2]):
            parts += [self.html[at:start], text]
            at = max(at, end)
        return "".join([*parts, self.html[at:]])


def fill(
    page: PageHtml, form: FormOnPage, sent: Sent, changed: frozenset[int] = frozenset()
) -> None:
    """Fill the form with what was sent. Choices on the rows `changed` stay open, so that nobody
    signs for what changed meanwhile without looking at it.
    """
    given = {name: iter(values) for name, values in sent.items()}
    for one in form.controls:
        name = one.get("name")
        if not name or one.kind in _KEPT:
            continue
        if one.kind in {"checkbox", "radio"}:
            value = one.get("value") or "on"
            row = value if one.kind == "checkbox" else name.rpartition("-")[2]
            on = value in sent.get(name, ()) and row not in map(str, changed)
            page.set(one, checked="" if on else None)
        elif name not in sent:
            continue
        elif one.tag == "select":
            several = "multiple" in one.words
            _choose(page, one, sent[name] if several else [next(given[name], "")])
        else:
            _write(page, one, next(given[name], ""))


def _choose(page: PageHtml, choice: PageTag, values: Sequence[str]) -> None:
    for one in page.elements:
        if one.tag == "option" and any(above is choice for above in one.above):
            text = page.html[one.inner : one.end if one.end > 0 else one.inner]
            value = one.words.get("value", text)
            page.set(one, selected="" if value in values else None)


def _write(page: PageHtml, one: PageTag, text: str) -> None:
    if one.tag == "input":
        page.set(one, value=text)
    elif one.tag == "textarea":
        first = "\n" if text.startswith("\n") else ""  # the first line break is not read
        page.change(one.inner, one.end, first + escape(text, quote=False))


def field_of(form: FormOnPage | None, name: str | None) -> PageTag | None:
    """The control that a refusal names, by its name or its id."""
    controls = form.controls if form is not None else []
    seen = [one for one in controls if one.kind not in {"hidden", "submit", "button"}]
    for one in seen:
        if name and name in {one.get("name"), one.get("id")}:
            return one
    return None


def at_field(page: PageHtml, control: PageTag, sentence: str) -> str:
    """Put the sentence at the control and tie it to it; returns the id to link to."""
    id_ = control.get("id") or f"isi-{control.get('name')}"
    note = f"{id_}-galat"
    described = f"{control.get('aria-describedby')} {note}".strip()
    page.set(control, id=id_, aria_invalid="true", aria_describedby=described)
    place = control
    for above in reversed(control.above):
        if above.tag in {"td", "form", "section", "details"}:
            break
        if above.tag in _CLOSED or _JOINED & set(above.get("class").split()):
            place = above
    for above in control.above:
        if above.tag == "details":
            page.set(above, open="")
    page.change(place.start, place.start, f'<p class="error" id="{note}">{escape(sentence)}</p>')
    return id_


def summary(page: PageHtml, heading: str, lines: Sequence[tuple[str, str]], more: str = "") -> None:
    """The summary on top of the page: (id of the field or "", sentence) in order."""
    items = "".join(
        f'<li><a href="#{escape(target)}">{escape(text)}</a></li>'
        if target
        else f"<li>{escape(text)}</li>"
        for target, text in lines
    )
    box = (
        '<div class="note danger" role="alert" tabindex="-1" autofocus data-error-summary>'
        f"<h2>{escape(heading)}</h2><ul>{items}</ul>{more}</div>"
    )
    for one in page.elements:
        if one.tag == "main":
            page.change(one.inner, one.inner, box)


def typed(form: FormOnPage | None, sent: Sent) -> Iterator[str]:
    """The texts that were sent and have no field on the page any more."""
    there = {one.get("name") for one in form.controls} if form is not None else set()
    for name, values in sent.items():
        if name not in there and (name == "catatan" or name.startswith("alasan")):
            yield from (text.strip() for text in values if text.strip())
