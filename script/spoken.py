"""Every sentence that the program says from below its pages: refusals, findings, reasons.

They are written in Indonesian where they are made, many with what they speak of inside, and are
kept as they were said (a finding, a case). The catalogue holds each as a pattern under the context
`said`: `f"{nomor} sudah dibatalkan."` as `%(nomor)s sudah dibatalkan.`; `kkpd/web/spoken.py` finds
the pattern of what it shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kkpd.approval.six_tests import SIX_TESTS
from kkpd.belanja.fields import EVENTS
from kkpd.core.moments import DAYS
from kkpd.core.statuses import TRANSITIONS
from kkpd.engines.classify.policy import urutan
from kkpd.engines.classify.verdict import BASE
from kkpd.engines.paper import forms
from kkpd.engines.watch.rules import table
from kkpd.oversight.due import BILL_RULE
from kkpd.payment.verify_rules import CHECKLIST

#: Not on pages: the command line, the demo year, papers (Indonesian by law), mails, columns and the
#: database's own guards.
APART: Final = (
    *("cli/", "demo/", "core/config.py", "core/db/", "engines/audit/", "engines/paper/"),
    *(
        "reports/open_data.py",
        "reports/package/",
        "tables/",
        "worker/account_mail.py",
        "web/server.py",
    ),
)
#: Where papers are refused that would not be whole.
PAPERS: Final = "engines/paper/forms.py"
#: What refuses or finds, and where its sentence stands among the arguments.
SPEAKS: Final = {
    "DomainError": 0,
    "NotFound": 0,
    "Forbidden": 0,
    "Conflict": 0,
    "TooLarge": 0,
    "TooMany": 0,
    "Unreadable": 0,
    "Finding": 1,
}
#: Where also the parts of a reason are collected, because it is put together from them.
IN_PARTS: Final = (
    *("engines/classify/reasons.py", "engines/matching/links.py", "engines/matching/score.py"),
    *("engines/reading/formats/accounts.py", "engines/reading/tables/control.py"),
    "tagihan/line_state.py",
)
#: A sentence with fewer letters of its own fits whatever is said.
_LETTERS: Final = 5
_PLACE: Final = re.compile(r"\{(\w+)(?:![rs])?(?::[^}]*)?\}")
_SENTENCE: Final = re.compile(r"(?s)[A-Z“%].* .*[.?]")


def spoken(package: Path) -> Iterator[tuple[str, str]]:
    """(file, sentence) of each, in the order in which they are written."""
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if not name.startswith(APART) and "/forms/" not in name:
            for text in sentences(ast.parse(path.read_text("utf-8")), parts=name in IN_PARTS):
                yield name, text
    for text in sentences(ast.parse((package / PAPERS).read_text("utf-8"))):
        yield PAPERS, text
    names = {
        "payment/verify_rules.py": [item.nama for item in CHECKLIST],
        "approval/six_tests.py": [test.nama for test in SIX_TESTS.values()],
        "core/moments.py": DAYS,
        "core/statuses.py": [rule.nama for rule in TRANSITIONS],
        "engines/classify/policy.py": [kind.nama for kind in urutan()],
        "belanja/fields.py": EVENTS.values(),
        "engines/classify/verdict.py": [BASE],
        "engines/watch/rules.py": [
            _PLACE.sub(r"%(\1)s", text)
            for one in table().values()
            for text in (one.label, one.sentence, one.clears)
        ],
        "oversight/due.py": [BILL_RULE],
        PAPERS: [text for one in forms.NEEDS for text in (one.what, one.tempat)],
    }
    for name, texts in names.items():
        yield from ((name, text) for text in texts)


def sentences(tree: ast.Module, *, parts: bool = False) -> Iterator[str]:
    """The sentences of one module, with `parts` also what they are put together from."""
    apart = set(_apart(tree))
    said = {id(one) for one in refusals(tree)}
    for node in ast.walk(tree):
        text = pattern(node).strip() if id(node) not in apart else ""
        own = re.sub(r"%\(\w+\)s|[^a-zA-Z]", "", text)
        told = id(node) in said or (parts and " " in text) or _SENTENCE.fullmatch(text)
        if told and len(own) >= _LETTERS:
            yield text


def refusals(tree: ast.Module) -> Iterator[ast.expr]:
    """The sentence of every call that refuses or finds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            at = SPEAKS.get(node.func.id)
            if at is not None:
                named = [one.value for one in node.keywords if one.arg == "message"]
                yield from (*node.args[at : at + 1], *named)


def _apart(tree: ast.Module) -> Iterator[int]:
    """What is no sentence of its own: docstrings, parts of another one, asserts, marked texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield id(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values)
        elif isinstance(node, ast.Assert):
            yield id(node.msg)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "_l", "N_"):
            yield from (id(one) for one in node.args)


def pattern(node: ast.AST) -> str:
    """The text with `%(name)s` where something is filled in; empty for what is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value if re.search(r"%\(\w+\)s", node.value) else node.value.replace("%", "%%")
        return _PLACE.sub(r"%(\1)s", text)
    if not isinstance(node, ast.JoinedStr):
        return ""
    names: dict[str, str] = {}
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append(f"%({_name(part.value, names)})s")
        else:
            assert isinstance(part, ast.Constant)
            parts.append(_PLACE.sub(r"%(\1)s", str(part.value).replace("%", "%%")))
    return "".join(parts)


def _name(value: ast.expr, names: dict[str, str]) -> str:
    """A name for what is filled in: the last word of the expression, told apart by a number."""
    whole = ast.unparse(value)
    if whole not in names:
        words = re.findall(r"[a-z_]\w*", whole.split("(")[-1].rstrip(")")) or ["x"]
        taken = set(names.values())
        fresh = (f"{words[-1]}{n or ''}" for n in range(99))
        names[whole] = next(one for one in fresh if one not in taken)
    return names[whole]
