"""One language: names that kkpd/ defines are English, the law's nouns, or names of columns."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Final

from kkpd import models
from kkpd.core.db.columns import Base
from kkpd.engines.paper import model, parts
from tests.architecture.source import ROOT, Source, sources

#: English words in use. A new word is added by hand, by somebody who has looked whether a plainer
#: one is there already.
WORDS: Final = ROOT / "tests" / "architecture" / "words.txt"
GLOSSARY: Final = ROOT / "docs" / "glosarium.md"

#: Verbs of the language that people read: fine in a column, an address or a text, never in the name
#: of a function (but for the functions behind an address, which are named like it).
VERBS: Final = frozenset(
    [
        "ajukan",
        "ambil",
        "baca",
        "balik",
        "batalkan",
        "buka",
        "cabut",
        "cari",
        "catat",
        "coba",
        "gabungkan",
        "jelaskan",
        "keluarkan",
        "kembalikan",
        "kirim",
        "konfirmasi",
        "lampirkan",
        "maju",
        "muat",
        "pasangkan",
        "pecah",
        "periksa",
        "pilih",
        "putuskan",
        "simpan",
        "susun",
        "tarik",
        "terbitkan",
        "terima",
        "tetapkan",
        "timbang",
        "tinjau",
        "tolak",
        "tutup",
        "ubah",
        "unduh",
        "unggah",
        "urungkan",
        "usulkan",
    ]
)
#: What makes a column of a report; its first argument is the column's name.
_COLUMN_OF_REPORT: Final = frozenset({"Column", "money", "percent", "day", "kode"})
#: Columns of files that people keep (lists to classify, corrections, findings), named in code.
_OF_FILES: Final = frozenset(
    [
        "spesifikasi",
        "kode_barang",
        "jenis_pengadaan",
        "kelas_mesin",
        "keyakinan_mesin",
        "aturan_mesin",
        "saldo_akhir",
    ]
)
#: It travels in every audit package under this name.
_TRAVELS: Final = "kkpd/reports/package/periksa.py"
_PART: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def split(name: str) -> list[str]:
    """The words of an identifier, in lower case; single letters and digits are no words."""
    return [word.lower() for word in _PART.findall(name) if len(word) > 1]


@cache
def _allowed() -> frozenset[str]:
    """English words, law nouns, and the words of columns, tables and mapped classes."""
    english = WORDS.read_text("utf-8").split()
    law = re.findall(
        r"^\| (\w+) \|", GLOSSARY.read_text("utf-8").split("| kata |")[1], re.MULTILINE
    )
    tables = Base.metadata.tables.values()
    mapped = [*(c.key for t in tables for c in t.columns), *Base.metadata.tables]
    mapped += models.__all__
    return frozenset(
        [
            *english,
            *(w for noun in law for w in split(noun)),
            *(w for m in mapped for w in split(m)),
        ]
    )


def _behind_an_address(node: ast.FunctionDef) -> bool:
    return any(re.search(r"\bbp\.|^in_both\(", ast.unparse(each)) for each in node.decorator_list)


def _is_form(node: ast.ClassDef) -> bool:
    return any("Form" in ast.unparse(base) for base in node.bases)


def _said_elsewhere(source: Source) -> set[str]:
    """Names that people or files see: of addresses, of fields of forms, of columns of reports."""
    found = set(re.findall(r"<(?:[\w()=, \"']+:)?(\w+)>", source.text))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and _is_form(node):
            found |= {n.id for part in node.body for n in ast.walk(part) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Call):
            found |= {word.arg for word in node.keywords if word.arg and _names_address(node)}
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and ast.unparse(node.func) in _COLUMN_OF_REPORT:
                found.add(str(first.value))
    return found


def _names_address(node: ast.Call) -> bool:
    return ast.unparse(node.func).rpartition(".")[2] in {"see", "url_for", "url_with", "back"}


def names(source: Source) -> Iterator[tuple[int, str, bool]]:
    """(line, name, whether it is a function's) of everything that a file defines."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if isinstance(node, ast.FunctionDef) and _behind_an_address(node):
                continue
            yield node.lineno, node.name, True
        elif isinstance(node, ast.ClassDef):
            yield node.lineno, node.name, False
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg, False
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id, False
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr, False
        elif isinstance(node, ast.alias) and node.asname:
            yield 0, node.asname, False


def foreign(source: Source) -> Iterator[str]:
    """What a file defines with words of another language."""
    shown = _shown()
    parts_of_path = source.path.removesuffix(".py").split("/")
    if source.path != _TRAVELS and any(set(split(part)) - _allowed() for part in parts_of_path):
        yield f"{source.path}: the file's own name"
    for line, name, is_function in names(source):
        if name in shown or name.startswith("__"):
            continue
        words = set(split(name))
        if words - _allowed() or (is_function and words & VERBS):
            yield f"{source.path}:{line} {name}"


@cache
def _shown() -> frozenset[str]:
    frozen = [kind for module in (model, parts) for kind in vars(module).values()]
    fields = (f.name for kind in frozen if is_dataclass(kind) for f in dataclasses.fields(kind))
    return frozenset(
        [*fields, *_OF_FILES, *(n for source in sources("kkpd") for n in _said_elsewhere(source))]
    )


def test_names_are_of_one_language() -> None:
    """A name fails here until its words are English, or the law's own."""
    assert [what for source in sources("kkpd") for what in foreign(source)] == []


def test_an_indonesian_name_is_seen() -> None:
    text = "def hitung_ulang(berkas: int) -> int:\n    sementara = berkas\n    return sementara\n"
    source = Source("kkpd/x.py", text, ast.parse(text))
    assert list(foreign(source)) == ["kkpd/x.py:1 hitung_ulang", "kkpd/x.py:2 sementara"]


def test_every_word_is_in_use() -> None:
    """The list does not grow beyond the program."""
    used = {
        word for source in sources("kkpd") for _, name, _ in names(source) for word in split(name)
    }
    used |= {
        w
        for s in sources("kkpd")
        for part in s.path.removesuffix(".py").split("/")
        for w in split(part)
    }
    assert sorted(set(WORDS.read_text("utf-8").split()) - used) == []


def test_a_class_name_means_one_thing() -> None:
    """No two public classes of the program share a name (mapped classes and their values aside)."""
    seen: dict[str, list[str]] = {}
    for source in sources("kkpd"):
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                seen.setdefault(node.name, []).append(source.path)
    twice = {name: where for name, where in seen.items() if len(where) > 1}
    assert {name: twice[name] for name in twice.keys() - set(models.__all__)} == {}
