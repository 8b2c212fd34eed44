"""A form that is refused stands where it was, with all that was sent (law 11).

    @bp.post("/periksa")
    @needs("dpr:periksa")
    @stands_on("persetujuan.index")

After a DomainError the page that the form stands on is shown again, as its own GET would show it,
in a new reading transaction; `refill` puts in what was sent and the sentence at its field. Rows
carry the version that the person saw (`versi-12`): for one that changed meanwhile the page says
what changed and by whom, its choices are left open, and all others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase as alike
from functools import wraps
from html import escape
from io import BytesIO
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode, urlsplit

from flask import Flask, current_app, g, request, session, url_for
from flask.ctx import RequestContext
from werkzeug.wrappers import Response

from kkpd.belanja.commands import what_changed
from kkpd.core.errors import DomainError, FileRefused, FormRefused, NotFound
from kkpd.web.filters import wording
from kkpd.web.request import http, permissions, refill
from kkpd.web.request.converters import whole_number
from kkpd.web.request.transaction import close_reading, reading
from kkpd.web.translation import _

View = TypeVar("View", bound=Callable[..., Any])

_MARK: Final = "__kkpd_stands_on__"
#: What a page that was refused keeps of its own address for the next time.
_QUERY: Final = "kueri_halaman"
#: So many wrong rows of a file are listed.
_ROWS: Final = 200


def stands_on(*endpoints: str, carries: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Declare the pages that the form stands on; of several that counts from which it was sent,
    else the first. `carries` names the fields that the page's own
    address is made of (`jawaban-*` for all that begin so).

    What does not exist for this person stays a 404 (law 12).
    """

    def declare(view: View) -> View:
        @wraps(view)
        def answer(**args: Any) -> Any:
            try:
                return view(**args)
            except NotFound:
                raise
            except DomainError as refusal:
                return _again(refusal, endpoints, args, carries)

        setattr(answer, _MARK, endpoints)
        return answer  # type: ignore[return-value]  # wraps keeps the view's own signature

    return declare


def declared(app: Flask, endpoint: str) -> tuple[str, ...]:
    """The pages that an endpoint's form stands on; none without a declaration."""
    found: tuple[str, ...] = getattr(app.view_functions.get(endpoint), _MARK, ())
    return found


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the person sent: where to, the fields, what the address named, whether with files."""

    action: str
    fields: refill.Sent
    args: Mapping[str, Any]
    files: bool


def _again(
    refusal: DomainError, endpoints: tuple[str, ...], args: dict[str, Any], carries: tuple[str, ...]
) -> Response:
    http.note_refusal(refusal)
    close_reading()
    sent = _sent(args)
    with _asked(_address(endpoints, args, carries)):
        try:
            shown = _shown()
        except DomainError:
            shown = None
        if shown is None:  # the page itself is closed to this person now
            raise refusal
        shown.status_code = _status(refusal)
        shown.set_data(_filled(shown.get_data(as_text=True), sent, refusal))
        return shown


def drawn(refusal: DomainError, html: str, files: str = "") -> tuple[str, int]:
    """The same for a page that only the answer to a POST can show: drawn from what was sent.
    `files` says where the files are, when they need not be chosen again.
    """
    http.note_refusal(refusal)
    return _filled(html, _sent(request.view_args or {}), refusal, files), _status(refusal)


def _sent(args: Mapping[str, Any]) -> _Sent:
    files = any(one.filename for one in request.files.values())
    return _Sent(request.path, dict(request.form.lists()), args, files)


def _status(refusal: DomainError) -> int:
    return 422 if refusal.status == 400 else refusal.status


def _address(endpoints: tuple[str, ...], args: dict[str, Any], carries: tuple[str, ...]) -> str:
    """The address of the page, with the filter and the place in it that the person had."""
    came, paths = urlsplit(request.referrer or ""), []
    for endpoint in endpoints:
        expects = current_app.url_map.is_endpoint_expecting
        wanted = {name: value for name, value in args.items() if expects(endpoint, name)}
        paths.append(url_for(endpoint, **wanted))
    query = request.form.get(_QUERY) or request.query_string.decode("latin-1")
    if came.path in paths:
        query = came.query
    fields = [*request.form.items(multi=True), *((name, str(args[name])) for name in args)]
    kept = [pair for pair in fields if any(alike(pair[0], name) for name in carries)]
    names = {name for name, _text in kept}
    query = urlencode([*(pair for pair in parse_qsl(query) if pair[0] not in names), *kept])
    path = came.path if came.path in paths else paths[0]
    return f"{path}?{query}" if query else path


@contextmanager
def _asked(address: str) -> Iterator[None]:
    """Inside, the request is the GET of that page by the same person in the same session."""
    path, _mark, query = address.partition("?")
    kept = {name: value for name, value in request.environ.items() if "werkzeug" not in name}
    place = unquote_to_bytes(path).decode("latin-1")  # as WSGI has it
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": place, "QUERY_STRING": query}
    body = {"CONTENT_LENGTH": "0", "CONTENT_TYPE": "", "wsgi.input": BytesIO()}
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # behind the proxy
    own = session._get_current_object()  # type: ignore[attr-defined]  # the same here
    with RequestContext(app, {**kept, **asked, **body}, session=own):
        yield


def _shown() -> Response | None:
    """The page as it is now; None when this person may not open it or it leads elsewhere."""
    endpoint = request.endpoint or ""
    needed = permissions.declared(current_app, endpoint)
    if endpoint not in permissions.PUBLIC and (needed is None or not permissions.may(needed)):
        return None
    answer = current_app.make_response(current_app.dispatch_request())
    return answer if answer.status_code == 200 and answer.mimetype == "text/html" else None


def _filled(html: str, sent: _Sent, refusal: DomainError, files: str = "") -> str:
    page = refill.PageHtml(html)
    form = page.form(sent.action, sent.fields)
    changed = _changed(form, sent)
    if form is not None:
        rows = frozenset(one for one in changed if f"versi-{one}" in sent.fields)
        refill.fill(page, form, sent.fields, rows)
        query = escape(request.query_string.decode("latin-1"))
        hidden = f'<input type="hidden" name="{_QUERY}" value="{query}">'
        page.change(form.element.inner, form.element.inner, hidden)
    told = [*_sentences(refusal, bool(changed))]
    told += [(name, "", said) for name, said in _by_row(form, changed)]
    lines, targets = [], dict[int, str]()  # at each field stands its first sentence
    for name, label, said in told:
        sentence = str(wording(said))
        control = refill.field_of(form, name)
        if form is not None and name in form.hidden():
            label = ""  # no field that a person knows
        if control is not None and id(control) not in targets:
            targets[id(control)] = refill.at_field(page, control, sentence)
        lines.append((targets.get(id(control), ""), f"{label}: {sentence}" if label else sentence))
    if sent.files:
        lines.append(("", files or _("Berkas tidak ikut kembali: pilih lagi berkasnya.")))
    texts = "".join(
        f"<blockquote>{escape(text)}</blockquote>" for text in refill.typed(form, sent.fields)
    )
    before = escape(_("Yang Anda tulis:"))
    more = f"<p>{before}</p>{texts}" if texts else ""
    if any((name or "").startswith("versi") for name, _label, _said in told):
        newest = escape(_("Buka yang terbaru"))
        more += f'<p><a href="{escape(request.path)}">{newest}</a></p>'
    refill.summary(page, _("Ada yang perlu diperbaiki"), lines, more)
    return page.text()


def _sentences(refusal: DomainError, told: bool) -> list[tuple[str | None, str, str]]:
    """(field, label, sentence) of what the verb said, unless it is only that a row changed, which
    is told more exactly.
    """
    if told and (refusal.field or "").startswith("versi"):
        return []
    if isinstance(refusal, FormRefused):
        return list(refusal.errors)
    if isinstance(refusal, FileRefused):
        wrong = [one.message for one in refusal.findings[:_ROWS]]
        return [(refusal.field, "", refusal.message), *((None, "", said) for said in wrong)]
    rule = _("Dasar: %(rule)s", rule=refusal.rule) if refusal.rule else ""
    return [(refusal.field, "", f"{refusal.message} ({rule})" if rule else refusal.message)]


def _changed(form: refill.FormOnPage | None, sent: _Sent) -> dict[int, str]:
    """Purchases whose version on the page is not the one that was sent: what was changed and by
    whom. The rows that have left the page are among them.
    """
    now_there = form.hidden() if form is not None else {}
    own = sent.args.get("transaksi_id", sent.args.get("id"))
    found: dict[int, str] = {}
    for name, values in sent.fields.items():
        number = own if name == "versi" else whole_number(name.removeprefix("versi-"))
        if not name.startswith("versi") or number is None or "opd" not in g:
            continue
        seen = whole_number(values[0])
        if seen is not None and now_there.get(name) != [values[0]]:
            sentence = what_changed(reading(), g.opd.id, number, seen)
            found |= {number: sentence} if sentence else {}
    return found


def _by_row(
    form: refill.FormOnPage | None, changed: Mapping[int, str]
) -> Iterator[tuple[str | None, str]]:
    for number, sentence in changed.items():
        names = [one.get("name") for one in form.controls] if form is not None else []
        of_row = [name for name in names if name.endswith(f"-{number}")]
        shown = [name for name in of_row if not name.startswith("versi")]
        yield next(iter(shown), None), sentence
