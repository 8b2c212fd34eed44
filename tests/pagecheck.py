"""What is wrong with a page: every check yields sentences, an empty list is a good page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from html5lib.constants import E as HTML_ERRORS
from lxml import html as lxml_html
from lxml.html import HtmlElement
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from kkpd.web.page import STATIC

_MONEY = re.compile(r"Rp\.?\s*[-\u2212]?\d[\d.,]*")
_GOOD_MONEY = re.compile(r"Rp\u00a0\d{1,3}(\.\d{3})*(,\d{2})?")
_LEFTOVERS = re.compile(
    r"\bNone\b|\{\{|\}\}|\{%|Rupiah\(|\bnan\b|datetime\.|<bound method|%\(\w+\)s"
)
_FIELDS = ".//input[not(@type='hidden')] | .//select | .//textarea"


def problems(app: Flask, html: str) -> list[str]:
    """Everything wrong with this page of that program."""
    tree = lxml_html.document_fromstring(html)
    found = list(_validity(html))
    for check in (_heading, _fields, _forms, _ids, _images, _text, _language, _tables, _policy):
        found += check(tree)
    found += _targets(app, tree)
    return found


def text_of(element: HtmlElement) -> str:
    """The element's text with single spaces; no-break spaces stay what they are.

    Items of a list or of a choice stand on lines of their own, as one sees them.
    """
    found = "".join(_words(element))
    return re.sub(r"[ \t\r\n]+", " ", found).strip()


def _words(element: HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str):  # a comment has no tag and no words
        yield " " if element.tag in ("li", "option") else ""
        yield element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""


def _validity(html: str) -> Iterator[str]:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    for (line, column), code, values in parser.errors:
        yield f"invalid HTML at {line}:{column}: {HTML_ERRORS[code] % values}"


def _heading(tree: HtmlElement) -> Iterator[str]:
    headings = tree.findall(".//h1")
    title = tree.findtext(".//title") or ""
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one"
    elif not text_of(headings[0]) or text_of(headings[0]) not in re.sub(r"[ \n]+", " ", title):
        yield f"h1 “{text_of(headings[0])}” is not in the title “{title}”"


def _fields(tree: HtmlElement) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.findall(".//label") if text_of(label)}
    for field in tree.xpath(_FIELDS):
        named = field.get("aria-label") or field.get("aria-labelledby")
        if field.get("id") not in labelled and not named and field.get("type") != "submit":
            yield f"no label for the field {field.get('name')}"
    for element in tree.xpath("//button | //a[@href] | //summary"):
        if not text_of(element) and not element.get("aria-label"):
            yield f"a {element.tag} without words"


def _forms(tree: HtmlElement) -> Iterator[str]:
    for form in tree.findall(".//form"):
        token = form.find(".//input[@name='csrf_token']")
        if form.get("method", "get").lower() == "post":
            if token is None or not token.get("value"):
                yield f"no CSRF token in the form to {form.get('action')}"
            if form.find(".//input[@type='file']") is not None and not form.get("enctype"):
                yield f"a file field in a form that is not multipart: {form.get('action')}"
        elif token is not None:
            yield f"a CSRF token in the address of {form.get('action')}"


def _ids(tree: HtmlElement) -> Iterator[str]:
    counted: Counter[str] = Counter(map(str, tree.xpath("//@id")))
    yield from (f"id {name} stands {n} times" for name, n in counted.items() if n > 1)
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for value in tree.xpath(f"//@{attribute}"):
            for name in value.split():
                if name not in counted:
                    yield f"{attribute} names {name}, which is not there"
    for href in tree.xpath("//a/@href"):
        if href.startswith("#") and href[1:] not in counted:
            yield f"a link to {href}, which is not there"


def _images(tree: HtmlElement) -> Iterator[str]:
    yield from (
        f"no alt for {img.get('src')}" for img in tree.findall(".//img") if img.get("alt") is None
    )
    yield from (
        "an iframe without a title" for f in tree.findall(".//iframe") if not f.get("title")
    )


def _text(tree: HtmlElement) -> Iterator[str]:
    body = tree.find("body")
    assert body is not None
    words = text_of(body)
    for found in _MONEY.findall(words):
        if not _GOOD_MONEY.fullmatch(found.rstrip(".,")):
            yield f"money written as {found!r} instead of Rp 1.234.567"
    attributes = " ".join(str(v) for v in body.xpath(".//@*[name()!='value' and name()!='nonce']"))
    for place, text in (("text", words), ("an attribute", attributes)):
        for leftover in _LEFTOVERS.findall(text):
            yield f"{leftover!r} in {place}"


def _language(tree: HtmlElement) -> Iterator[str]:
    if tree.get("lang") not in {"id", "en"}:
        yield f"lang is {tree.get('lang')!r}"


def _tables(tree: HtmlElement) -> Iterator[str]:
    for table in tree.findall(".//table"):
        caption = table.find("caption")
        if caption is None or not text_of(caption):
            yield "a table without a caption"
        yield from (
            f"a th without scope: {text_of(th)}" for th in table.findall(".//th[@scope='']")
        )
        yield from (
            f"a th without scope: {text_of(th)}" for th in table.xpath(".//th[not(@scope)]")
        )


def _policy(tree: HtmlElement) -> Iterator[str]:
    """What the content policy would refuse silently in the browser."""
    yield from (f"a style attribute on <{e.tag}>" for e in tree.xpath("//*[@style]"))
    yield from (f"a handler attribute {a}" for a in tree.xpath("//@*[starts-with(name(), 'on')]"))
    for element in tree.xpath("//script | //style"):
        if not element.get("nonce"):
            yield f"a <{element.tag}> without nonce"
    for url in tree.xpath("//script/@src | //link/@href | //img/@src | //iframe/@src"):
        if urlsplit(url).netloc:
            yield f"something from another host: {url}"


def _targets(app: Flask, tree: HtmlElement) -> Iterator[str]:
    for url in tree.xpath("//a/@href | //link/@href | //script/@src | //img/@src | //iframe/@src"):
        yield from _target(app, url, "GET")
    for form in tree.findall(".//form"):
        yield from _target(app, form.get("action") or "/", (form.get("method") or "get").upper())


def _target(app: Flask, url: str, method: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not parts.path:
        return
    try:
        endpoint, values = app.url_map.bind("localhost").match(parts.path, method)
    except RequestRedirect:
        return
    except HTTPException as error:
        yield f"{method} {url} leads nowhere ({error.code})"
    else:
        if endpoint == "static" and not (STATIC / values["filename"]).is_file():
            yield f"no such static file: {url}"
