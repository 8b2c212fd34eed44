"""A walk over every page that a person can open, following links as they do, and what is measured.

A page is one endpoint with the words of its address (the kind of a report, the filter of a list);
rows of a kind look alike, so the first row stands for all. The browser keeps one page a person and
changes its window: nothing is loaded twice for another width.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import BrowserContext, Error, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from tests.browser.axe import violations

WIDTHS: Final = (375, 768, 1024, 1280, 1920)
#: The longest page on a phone (pixels): some ten screens.
TALLEST: Final = 8_000
#: Words of an address that choose rows, not another page.
_ROWS: Final = frozenset({"urut", "sesudah", "baris", "cari", "kunci", "opd", "periode", "tahun"})
#: Links of the page that stay in the program.
_LINKS: Final = """() => [...document.querySelectorAll('main a[href], .nav a[href], .me a[href]')]
    .filter(a => a.origin === location.origin && !a.hasAttribute('download'))
    .map(a => a.pathname + a.search)"""
#: What stands outside the window, and every box that hides a part of what it holds.
_CUT: Final = """() => {
    const width = document.documentElement.clientWidth, found = [];
    const name = (el) => `${el.tagName.toLowerCase()}.${el.className}`;
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
    for (const el of document.querySelectorAll('main *, .top *, .context *')) {
        const box = el.getBoundingClientRect();
        if (box.width < 2 || !el.checkVisibility()) continue;
        if (el.closest('.vh, .me, .menu, option, svg')) continue;
        const head = el.closest('thead');  // a folded table keeps its head for screen readers
        if (head !== null && getComputedStyle(head).clipPath !== 'none') continue;
        if (box.right > width + 1) found.push(`${name(el)} ends at ${Math.round(box.right)}`);
        const hides = getComputedStyle(el).overflowX !== 'visible' && !el.matches('input, select');
        if (hides && el.scrollWidth > el.clientWidth + 1 && el.clientWidth > 20)
            found.push(`${name(el)} hides ${el.scrollWidth - el.clientWidth}`);
    }
    return [...new Set(found)].slice(0, 5);
}"""
_OPEN: Final = (
    """() => document.querySelectorAll('main details').forEach(el => { el.open = true; })"""
)
_HEIGHT: Final = "() => document.documentElement.scrollHeight"
_HEADING: Final = """() => {
    const h1 = document.querySelector('h1');
    if (h1 === null) return 0;
    const line = parseFloat(getComputedStyle(h1).lineHeight);
    return Math.round(h1.getBoundingClientRect().height / line);
}"""
_PRIMARY: Final = """() => [...document.querySelectorAll('main .button.primary')]
    .filter(el => el.checkVisibility()).map(el => el.innerText.trim())"""


class Way(NamedTuple):
    """One way to look at a page: each page is looked at in both."""

    language: Literal["id", "en"]
    scheme: Literal["light", "dark"]


#: A report that its period does not have answers 404 with a page that says why there is none.
MAY_BE_MISSING: Final = frozenset({"laporan.pratinjau"})

WAYS: Final = (Way("id", "light"), Way("en", "dark"))


class Fault(NamedTuple):
    """What is wrong with a page, where."""

    page: str
    path: str
    entry: str
    what: str


@dataclass
class Crawl:
    """What was seen so far, by everybody."""

    routes: MapAdapter
    address: str
    seen: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def name(self, path: str) -> str | None:
        """The page that an address belongs to; None for what is none of ours."""
        parts = urlsplit(path)
        try:
            endpoint, given = self.routes.match(parts.path, method="GET")
        except (HTTPException, RequestRedirect):
            return None
        words = [
            str(value)
            for key, value in given.items()
            if key not in _ROWS and not str(value).isdigit()
        ]
        asked = [f"{key}={value}" for key, value in parse_qsl(parts.query) if key not in _ROWS]
        asked = [one for one in asked if not one.rpartition("=")[2].isdigit()]
        return " ".join([endpoint, *words, *asked])

    def walk(self, context: BrowserContext, entry: str, starts: Sequence[str]) -> None:
        """Open every page that this person reaches, and measure it."""
        page = context.new_page()
        waiting, met = deque(starts), set[str]()
        while waiting:
            path = waiting.popleft()
            name = self.name(path)
            if name is None or name in met:
                continue
            met.add(name)
            kind = name.partition(" ")[0]
            visits = max((len(WAYS) if name == kind else 1) - self.seen[name], 0)
            for number in range(max(visits, path in starts)):
                way = WAYS[(self.seen[name] + len(name)) % 2]
                if not self._opened(page, name, path, entry, way):
                    break
                waiting.extend(page.evaluate(_LINKS))
                if number < visits:
                    self.seen[name] += 1
                    self._measure(page, name, path, entry, way)
        page.close()

    def _measure(self, page: Page, name: str, path: str, entry: str, way: Way) -> None:
        """Everything that can be wrong with the page that is open."""
        found: list[str] = []
        page.set_viewport_size({"width": 375, "height": 812})
        height = page.evaluate(_HEIGHT)
        if height > TALLEST:
            found.append(f"{height} pixels long on a phone")
        page.set_viewport_size({"width": 1280, "height": 900})
        if (lines := page.evaluate(_HEADING)) > 2:
            found.append(f"heading of {lines} lines")
        if len(primary := page.evaluate(_PRIMARY)) > 1:
            found.append(f"primary acts: {primary}")
        if " " not in name:  # the filters of a list and the kinds of a report are made alike
            found += violations(page)
        page.evaluate(_OPEN)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{width}: {one}" for one in page.evaluate(_CUT)]
        new = [Fault(name, path, f"{entry} {way.language}", what) for what in found]
        self.faults += new
        print(f"{height:6} px  {name} ({entry})", *(" | ".join(one) for one in new), sep="\n")

    def _opened(self, page: Page, name: str, path: str, entry: str, way: Way) -> bool:
        """Go there; False where the address gives a file."""
        page.context.add_cookies([{"name": "bahasa", "value": way.language, "url": self.address}])
        page.emulate_media(color_scheme=way.scheme)
        try:
            answer = page.goto(path)
        except Error as refusal:
            if "Download" in str(refusal) or "ERR_ABORTED" in str(refusal):
                return False
            raise
        assert answer is not None
        if answer.status == 404 and name.partition(" ")[0] in MAY_BE_MISSING:
            return False
        if answer.status != 200:
            self.faults.append(Fault(name, path, entry, f"answers {answer.status}"))
            return False
        kind: str = page.evaluate("() => document.contentType")
        return kind == "text/html"
