#!/usr/bin/env python3
"""Keep the catalogues true: `script/translations.py update` or `script/translations.py check`.

`update` finds every text marked with _(), _l() or N_() in kkpd/, adds new ones to the English
catalogue (empty until somebody translates them), marks those that are gone, and compiles both
catalogues. `check` says which ground texts lack English and whether the compiled files agree.

Indonesian is the language of the source, so its catalogue holds only the sentences of WTForms.
"""

from __future__ import annotations

import io
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from spoken import spoken

from kkpd.belanja.fields import FIELDS
from kkpd.core.permissions import ROLE_NAMES
from kkpd.ledger.difference_kinds import LABELS
from kkpd.oversight import event_words
from kkpd.oversight import monitoring_rules as oversight_monitoring
from kkpd.oversight import reminder_rules as pengingat
from kkpd.web.translation import compiled_texts
from kkpd.year.rules import REQUIREMENTS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kkpd"
TRANSLATIONS = PACKAGE / "translations"
HELP = "data/bantuan/bantuan.toml"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}}
#: The context of what the program says from below its pages (`spoken.py`).
SAID = "said"
KEYWORDS = {"_": None, "_l": None, "N_": None, "gettext": None}

HEADER = """\
# English for the pages of KKPD; the language of the source is Indonesian.
msgid ""
msgstr ""
"Project-Id-Version: KKPD\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def extract() -> Catalog:
    """Every marked text with the files it stands in (no line numbers: they only make noise)."""
    found = Catalog(project="KKPD", charset="utf-8")
    texts = extract_from_dir(
        str(PACKAGE), METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True, callback=None
    )
    for filename, _line, message, _comments, context in texts:
        found.add(message, locations=[(filename, 0)], context=context)
    for name in ROLE_NAMES.values():  # the domain knows no catalogue, so its names are named here
        found.add(name, locations=[("core/permissions.py", 0)])
    for entry in FIELDS.values():
        for text in filter(None, (entry.word, entry.label, entry.ask, *entry.choices.values())):
            if text not in entry.choices:  # a code that is its own name
                found.add(text, locations=[("belanja/fields.py", 0)])
    for label in LABELS.values():
        found.add(label, locations=[("ledger/difference_kinds.py", 0)])
    told = event_words.WORDS, event_words.AREAS, event_words.NOTED, event_words.NOTED_AREAS
    for text in (text for words in told for text in words.values()):
        found.add(text, locations=[("oversight/event_words.py", 0)])
    pages = tomllib.loads((PACKAGE / HELP).read_text("utf-8"))
    for page in pages["page"]:
        for text in (page["purpose"], page["action"], pages["law"][page["law"]]["words"]):
            found.add(text, locations=[(HELP, 0)])
    for text in REQUIREMENTS.values():
        found.add(text, locations=[("year/rules.py", 0)])
    for module in (pengingat, oversight_monitoring):
        name = module.__name__.rpartition(".")[2]
        for sentence in module.SENTENCES.values():
            found.add(sentence, locations=[(f"domain/{name}.py", 0)], flags=["python-format"])
    for name, sentence in spoken(PACKAGE):
        found.add(sentence, locations=[(name, 0)], context=SAID)
    return found


def path(language: str, kind: str) -> Path:
    """`kkpd/translations/<language>/LC_MESSAGES/messages.<kind>`."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"messages.{kind}"


def load(language: str) -> Catalog:
    """The catalogue as it is written in the repository."""
    source = path(language, "po")
    if not source.exists():
        return Catalog(locale=language, project="KKPD", charset="utf-8")
    with source.open("rb") as handle:
        return read_po(handle, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """The .mo bytes of a catalogue; its dates are fixed, so that equal texts give equal bytes."""
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def update() -> int:
    """Bring the English catalogue up to the source and compile both."""
    english = load("en")
    english.update(extract(), no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(body, english, width=100, omit_header=True, sort_output=True, include_lineno=False)
    path("en", "po").write_bytes(HEADER.encode() + body.getvalue())
    for language in ("id", "en"):
        path(language, "mo").write_bytes(compiled(load(language)))
    print(f"{len(missing())} of {len(english)} texts without English")
    return 0


def missing(folders: tuple[str, ...] = ("",)) -> list[str]:
    """The texts below these folders of kkpd/ (default: all) that have no English yet."""
    english = load("en")
    known = {(one.id, one.context) for one in english if one.id and one.string}
    return sorted(
        str(message.id)
        for message in extract()
        if message.id
        and (message.id, message.context) not in known
        and any(name.startswith(folders) for name, _line in message.locations)
    )


def stale() -> list[str]:
    """The languages whose compiled file is not what its source compiles to."""
    return [
        language
        for language in ("id", "en")
        if compiled_texts(language) != texts_of(load(language))
    ]


def texts_of(catalogue: Catalog) -> dict[object, object]:
    """The translated texts of a catalogue."""
    return {(one.context or "", one.id): one.string for one in catalogue if one.id and one.string}


def check() -> int:
    """Exit with 1 when something is missing or stale, naming it."""
    for text in missing():
        print(f"no English: {text}")
    for language in stale():
        print(f"compiled catalogue is not up to date: {language}")
    return 1 if missing() or stale() else 0


if __name__ == "__main__":
    commands = {"update": update, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    sys.exit(commands[sys.argv[1]]())
