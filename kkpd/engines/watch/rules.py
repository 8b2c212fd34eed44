"""The rules of the watch: a table of data, and the dated settings that turn them on."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from kkpd.core.errors import Severity

#: Before the name of a rule stands the name of its setting.
SETTING: Final = "pantau_"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: how severe, what its point is called, its sentence, what clears it."""

    name: str
    severity: Severity
    label: str
    sentence: str
    clears: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The setting of a rule in force: its value and legal basis."""

    value: str
    basis: str


#: Rule -> its setting; a rule that is not here is not checked.
Rulings = Mapping[str, Ruling]


@cache
def table() -> Mapping[str, Rule]:
    """All rules, the strongest first."""
    file = resources.files("kkpd") / "data" / "pantau" / "aturan.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: Rule(name, row["berat"], row["tanda"], row["kalimat"], row["selesai"])
        for name, row in told.items()
    }


@cache
def trades() -> frozenset[str]:
    """MCCs of shops that a government's card meets every day."""
    return frozenset(mcc for mcc, kind in kinds().items() if kind != "digital")


@cache
def kinds() -> Mapping[str, str]:
    """MCC -> `perjalanan`, `barang`, `digital`, or `umum` where it may be anything."""
    file = resources.files("kkpd") / "data" / "pantau" / "usaha.csv"
    with file.open(encoding="utf-8") as handle:
        return {
            f"{mcc:04d}": row["jenis"]
            for row in csv.DictReader(handle)
            for mcc in range(int(row["dari"]), int(row["sampai"]) + 1)
        }
